//! What completes arguments and the values of flags.

use std::path::Path;

use release::Release;
use source::repository::{self, Entry, Listed};

use crate::command::{Completions, Directive, Invocation};
use crate::session::Session;

/// The formats of output.
pub(crate) fn formats(_: &mut Session, _: &Invocation, _: &str) -> Completions {
    Completions::only(vec![
        "json\tOutput result in JSON format".to_owned(),
        "table\tOutput result in human-readable format".to_owned(),
        "yaml\tOutput result in YAML format".to_owned(),
    ])
}

/// The modes of colour.
pub(crate) fn color_modes(_: &mut Session, _: &Invocation, _: &str) -> Completions {
    Completions::only(["never", "auto", "always"].map(str::to_owned).to_vec())
}

/// Nothing more, and says so.
pub(crate) fn no_more(_: &mut Session, _: &Invocation, _: &str) -> Completions {
    Completions::hint("This command does not take any more arguments (but may accept flags).")
}

/// Names of releases for a command that takes one.
pub(crate) fn release(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    if invocation.args().is_empty() {
        releases(session, invocation, word)
    } else {
        no_more(session, invocation, word)
    }
}

/// Names of releases for a command that takes several: those not yet given. They are not
/// filtered by the word, so that shells may match in the middle of a name.
pub(crate) fn releases(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    let debug = session.settings.debug;
    session.completion_note(&format!("compListReleases with toComplete {word}"), debug);
    let request = action::list::Request::default();
    let namespace = session.namespace().to_owned();
    let found = session
        .store(&namespace)
        .and_then(|store| session.wait(async { action::list::list(&*store, &request).await }));
    match found {
        Err(_) => Completions::default(),
        Ok(found) => {
            let new = |r: &&Release| !invocation.args().contains(&r.name);
            Completions::only(found.iter().filter(new).map(release_line).collect())
        }
    }
}

/// The revisions of the release that is named.
pub(crate) fn revisions(session: &mut Session, invocation: &Invocation, _: &str) -> Completions {
    let [name] = invocation.args() else {
        return Completions::none();
    };
    let namespace = session.namespace().to_owned();
    let found = session
        .store(&namespace)
        .and_then(|store| session.wait(async { action::history::history(&*store, name).await }));
    match found {
        Err(_) => Completions {
            items: Vec::new(),
            directive: Directive::ERROR,
        },
        Ok(found) => Completions::only(found.iter().map(revision_line).collect()),
    }
}

/// Namespaces of the cluster.
pub(crate) fn namespaces(_: &mut Session, _: &Invocation, _: &str) -> Completions {
    Completions::default() // what Helm answers where there is no cluster
}

/// Contexts of the kubeconfig.
pub(crate) fn kube_contexts(_: &mut Session, _: &Invocation, _: &str) -> Completions {
    Completions::none()
}

/// Names of repositories that are not given yet.
pub(crate) fn new_repositories(
    session: &mut Session,
    invocation: &Invocation,
    _: &str,
) -> Completions {
    let known = known(session).into_iter();
    let new = known.filter(|entry| !invocation.args().contains(&entry.name));
    Completions::only(
        new.map(|Entry { name, url, .. }| format!("{name}\t{url}"))
            .collect(),
    )
}

/// Charts: of repositories that were added, of registries, of directories.
pub(crate) fn charts(session: &mut Session, _: &Invocation, word: &str) -> Completions {
    chart_candidates(session, word, true)
}

/// A chart that is not on this machine yet.
pub(crate) fn remote_chart(
    session: &mut Session,
    invocation: &Invocation,
    word: &str,
) -> Completions {
    match invocation.args() {
        [] => chart_candidates(session, word, false),
        _ => Completions::none(),
    }
}

fn chart_candidates(session: &mut Session, word: &str, files: bool) -> Completions {
    const PREFIXES: [(&str, &str); 4] = [
        ("oci://", "Chart OCI prefix"),
        ("https://", "Chart URL prefix"),
        ("http://", "Chart URL prefix"),
        ("file://", "Chart local URL prefix"),
    ];
    let debug = session.settings.debug;
    session.completion_note(&format!("compListCharts with toComplete {word}"), debug);
    let mut items = Vec::new();
    let (mut no_space, mut no_file) = (false, !files);
    for Entry { name, url, .. } in known(session) {
        if word.starts_with(&format!("{name}/")) {
            let cache = Path::new(&session.settings.repository_cache);
            let charts = repository::chart_names(cache, &name).into_iter();
            items.extend(charts.map(|chart| format!("{name}/{chart}")));
            no_space = false;
            break;
        }
        if name.starts_with(word) {
            items.push(format!("{name}/\t{url}"));
            no_space = true;
        }
    }
    session.completion_note(&listed("Completions after repos", &items), debug);
    for (prefix, what) in PREFIXES {
        let whole = format!("{prefix}\t{what}");
        if word.starts_with(&whole) {
            (no_file, no_space) = (true, true);
        } else if whole.starts_with(word) {
            items.push(whole);
            no_space = true;
        }
    }
    session.completion_note(&listed("Completions after urls", &items), debug);
    if files && !items.is_empty() && !word.is_empty() {
        let names = source::names_in(Path::new("."));
        items.extend(names.into_iter().filter(|name| name.starts_with(word)));
    }
    session.completion_note(&listed("Completions after files", &items), debug);
    if files && word.is_empty() {
        items.extend(
            [
                "./\tRelative path prefix to local chart",
                "/\tAbsolute path prefix to local chart",
            ]
            .map(str::to_owned),
        );
    }
    let text = listed("Completions after checking empty input", &items);
    session.completion_note(&text, debug);
    let mut directive = Directive::default();
    if no_file {
        directive = directive.and(Directive::NO_FILES);
    }
    if no_space {
        directive = directive.and(Directive::NO_SPACE);
    }
    Completions { items, directive }
}

fn listed(what: &str, items: &[String]) -> String {
    format!("{what}: [{}]", items.join(" "))
}

fn known(session: &Session) -> Vec<Entry> {
    action::repository::list(Path::new(&session.settings.repository_config))
}

/// Versions of the chart that is named, which is the last argument.
pub(crate) fn chart_versions(
    session: &mut Session,
    invocation: &Invocation,
    _: &str,
) -> Completions {
    let names_release = ["install", "template"].contains(&invocation.path.command().name());
    let takes_two = names_release && !invocation.flags.bool("generate-name")
        || invocation.path.command().name() == "upgrade";
    let wanted = if takes_two { 2 } else { 1 };
    match invocation.args() {
        [.., chart] if invocation.args().len() == wanted => {
            Completions::only(versions_of(session, chart))
        }
        _ => Completions::none(),
    }
}

/// The versions of `repository/chart` in the cached index, with what is known of each.
fn versions_of(session: &Session, chart: &str) -> Vec<String> {
    let Some((repository, name)) = chart
        .split_once('/')
        .filter(|(_, name)| !name.contains('/'))
    else {
        return Vec::new();
    };
    let cache = Path::new(&session.settings.repository_cache);
    let Ok(catalog) = repository::cached_catalog(cache, repository, &source::Silent) else {
        return Vec::new();
    };
    let line = |listed: &Listed<'_>| {
        let app = match listed.app_version {
            "" => String::new(),
            app => format!("App: {app}, "),
        };
        let created = listed.created.parse().unwrap_or_default();
        let created = crate::times::layout(&created, "January 2, 2006");
        let deprecated = if listed.deprecated {
            "(deprecated)"
        } else {
            ""
        };
        format!("{}\t{app}Created: {created} {deprecated}", listed.version)
    };
    let versions = catalog.versions(name).unwrap_or_default();
    versions.iter().map(line).collect()
}

/// No candidates, no files.
pub(crate) fn nothing(_: &mut Session, _: &Invocation, _: &str) -> Completions {
    Completions::none()
}

fn release_line(release: &Release) -> String {
    let chart = &release.chart.metadata;
    let status = release.info.status;
    format!(
        "{}\t{}-{} -> {status}",
        release.name, chart.name, chart.version
    )
}

fn revision_line(release: &Release) -> String {
    let chart = &release.chart.metadata;
    let (app, name, version) = (&chart.app_version, &chart.name, &chart.version);
    format!("{}\tApp: {app}, Chart: {name}-{version}", release.version)
}
