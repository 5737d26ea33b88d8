//! Who may depend on whom: the table of docs/architecture.md as data.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};

use crate::paths;

/// The pure lower half, each crate with those that it may know.
const LAYERS: &[(&str, &[&str])] = &[
    ("goval", &[]),
    ("gostd", &["goval"]),
    ("parallel", &[]),
    ("gotmpl", &["goval"]),
    ("funcs", &["goval", "gostd", "gotmpl"]),
    ("chart", &["goval", "gostd", "parallel"]),
    ("values", &["goval", "gostd", "parallel", "chart"]),
    (
        "render",
        &[
            "goval", "gostd", "parallel", "gotmpl", "funcs", "chart", "values",
        ],
    ),
    ("manifest", &["goval", "parallel"]),
    ("kyaml", &["goval"]),
    ("release", &["goval", "chart", "manifest"]),
    ("plan", &["goval", "manifest", "release"]),
    ("gonet", &["gostd"]),
    ("provenance", &["goval"]),
    ("wasm", &["goval", "gostd"]),
    ("plugin", &["goval", "gostd", "chart", "wasm"]),
    (
        "source",
        &["goval", "gostd", "gonet", "parallel", "chart", "provenance"],
    ),
    ("cluster", &["goval", "gostd", "gonet", "manifest"]),
    (
        "apply",
        // Of `chart` only what a record and its log are made of: times and events.
        &[
            "goval", "gostd", "gonet", "chart", "manifest", "release", "plan", "cluster",
        ],
    ),
    ("sandbox", &[]),
    ("action", ALL_BELOW_ACTION),
    ("cli", CLI),
    ("testkit", TESTKIT),
    ("fuzz", FUZZ),
    ("xtask", &[]),
];

const ALL_BELOW_ACTION: &[&str] = &[
    "goval",
    "gostd",
    "gonet",
    "gotmpl",
    "funcs",
    "chart",
    "values",
    "render",
    "manifest",
    "kyaml",
    "release",
    "plan",
    "source",
    "wasm",
    "plugin",
    "provenance",
    "cluster",
    "apply",
];

/// `cli` stands on top. What it shows are the values of the crates below; how anything is done it learns
/// from `action`.
const CLI: &[&str] = &[
    "action", "sandbox", "goval", "gostd", "gonet", "gotmpl", "funcs", "chart", "values", "render",
    "manifest", "release", "plan", "source", "wasm", "plugin", "cluster", "apply",
];

/// `testkit` runs the flow in tests of every crate that may know it.
const TESTKIT: &[&str] = ALL_BELOW_ACTION;

/// `fuzz` calls what reads the text of others, up to the manifests; none of that has a cluster.
const FUZZ: &[&str] = &[
    "goval", "gostd", "funcs", "chart", "values", "render", "manifest",
];

/// Outside libraries that only some crates may use, because the others must not do what they do.
const GUARDED: &[(&str, &[&str], &str)] = &[
    ("kube", &["cluster"], "one crate speaks to Kubernetes"),
    (
        "hyper",
        &["cluster", "sandbox"],
        "only the ends of the flow use the network",
    ),
    (
        "tokio",
        &[
            "cluster", "apply", "source", "action", "sandbox", "cli", "testkit",
        ],
        "what is pure has no runtime",
    ),
];

/// A workspace member and the names of what it depends on.
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) uses: BTreeSet<String>,
    /// What only its tests use.
    pub(super) tests_use: BTreeSet<String>,
}

/// Reads every member's Cargo.toml.
pub(super) fn crates() -> Result<Vec<Crate>> {
    let mut folders = vec![paths::root().join("fuzz"), paths::root().join("xtask")];
    for entry in fs::read_dir(paths::root().join("crates"))? {
        folders.push(entry?.path());
    }
    folders.sort();
    folders
        .iter()
        .map(|folder| {
            let file = folder.join("Cargo.toml");
            let text = fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let table: toml::Table = text
                .parse()
                .with_context(|| format!("cannot read {}", file.display()))?;
            let name = table["package"]["name"]
                .as_str()
                .context("a crate has a name")?
                .to_owned();
            let names = |section: &str| {
                table
                    .get(section)
                    .and_then(|t| t.as_table())
                    .map(|t| t.keys().cloned().collect())
            };
            let uses = names("dependencies").unwrap_or_default();
            Ok(Crate {
                name,
                uses,
                tests_use: names("dev-dependencies").unwrap_or_default(),
            })
        })
        .collect()
}

/// Whether a name is that of a member.
pub(super) fn is_ours(name: &str) -> bool {
    LAYERS.iter().any(|(member, _)| *member == name)
}

/// Breaches of the table.
pub(super) fn check(crates: &[Crate]) -> Vec<String> {
    crates.iter().flat_map(check_crate).collect()
}

fn check_crate(member: &Crate) -> Vec<String> {
    let Crate { name, uses, .. } = member;
    let Some((_, may)) = LAYERS.iter().find(|(member, _)| member == name) else {
        return vec![format!(
            "{name}: not in the table of layers; add it to xtask/src/tidy/layers.rs and docs/architecture.md"
        )];
    };
    let ours = uses
        .iter()
        .filter(|used| is_ours(used) && !may.contains(&used.as_str()));
    let mut found: Vec<String> = ours
        .map(|used| {
            format!("{name} depends on {used}, which it must not know: see docs/architecture.md")
        })
        .collect();
    for (library, allowed, reason) in GUARDED {
        if uses.contains(*library) && !allowed.contains(&name.as_str()) {
            found.push(format!("{name} depends on {library}, but {reason}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, uses: &[&str], expected: &[&str]) {
        let uses = uses.iter().map(|name| name.to_string()).collect();
        let found = check_crate(&Crate {
            name: name.to_owned(),
            uses,
            tests_use: BTreeSet::new(),
        });
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn breaches_are_found() {
        check("chart", &["goval", "thiserror"], &[]);
        check("goval", &["chart"], &["goval depends on chart"]);
        check("sandbox", &["cluster"], &["sandbox depends on cluster"]);
        check(
            "render",
            &["kube", "tokio"],
            &["one crate speaks to Kubernetes", "no runtime"],
        );
        check("newcomer", &[], &["not in the table"]);
    }
}
