//! The stories: which chart, and who does what with it in which order.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths;

/// Who carries out a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Actor {
    Helm4,
    Helm3,
    /// The binary under test; real Helm 4 where the expectation is made.
    Candidate,
    /// Somebody who knows nothing of releases.
    Kubectl,
    /// Somebody who looks into a database.
    Psql,
}

/// One command.
pub(super) struct Step {
    pub(super) actor: Actor,
    pub(super) words: Vec<String>,
    /// Whether the cluster is looked at afterwards.
    pub(super) changes: bool,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.actor, self.words.join(" "))
    }
}

/// A chart and the flags that it is installed with.
pub(super) struct Subject {
    name: &'static str,
    chart: PathBuf,
    flags: Vec<String>,
}

/// What happens to one release in a namespace of its own.
pub(super) struct Story {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) steps: Vec<Step>,
}

pub(super) const RELEASE: &str = "rel";

/// The charts that there are on this machine: our own always, those of the corpus where it is.
pub(super) fn subjects(helm: &Path, scratch: &Path, corpus: Option<&Path>) -> Result<Vec<Subject>> {
    let created = scratch.join("created");
    let status = Command::new(helm)
        .arg("create")
        .arg(&created)
        .output()
        .context("cannot run real Helm")?
        .status;
    if !status.success() {
        bail!("real Helm cannot create a chart: {status}");
    }
    let set = |value: &str| vec!["--set".to_owned(), value.to_owned()];
    let gallery = paths::root().join("examples/gallery");
    let dev = gallery
        .join("values-dev.yaml")
        .to_string_lossy()
        .into_owned();
    let mut subjects = vec![
        Subject {
            name: "created",
            chart: created,
            flags: vec![],
        },
        Subject {
            name: "lifecycle",
            chart: paths::root().join("conformance/charts/lifecycle"),
            flags: vec![],
        },
        // Its password is random unless it is given.
        Subject {
            name: "gallery",
            chart: gallery,
            flags: [
                set("database.password=known"),
                vec!["--values".to_owned(), dev],
            ]
            .concat(),
        },
    ];
    if let Some(corpus) = corpus {
        let at = |name: &str| corpus.join("render/charts").join(name);
        subjects.extend([
            Subject {
                name: "podinfo",
                chart: at("stefanprodan--podinfo"),
                flags: vec![],
            },
            // No cloud gives a load balancer its address here.
            Subject {
                name: "ingress-nginx",
                chart: at("kubernetes--ingress-nginx"),
                flags: set("controller.service.type=ClusterIP"),
            },
            // The chart makes up a password that it is not given.
            Subject {
                name: "kube-prometheus-stack",
                chart: at("prometheus-community--kube-prometheus-stack"),
                flags: set("grafana.adminPassword=known"),
            },
        ]);
    }
    Ok(subjects)
}

/// Each pair of who installs and who removes that has the candidate in it.
pub(super) fn stories(subject: &Subject) -> Vec<Story> {
    use Actor::{Candidate, Helm3, Helm4};
    [
        ("a", Candidate, vec![Helm4, Helm3, Candidate], Helm4),
        ("b", Candidate, vec![], Helm3),
        ("c", Helm4, vec![Candidate], Candidate),
        ("d", Helm3, vec![Candidate], Candidate),
    ]
    .into_iter()
    .map(|(letter, installs, readers, removes)| {
        let namespace = format!("{}-{letter}", subject.name);
        let mut steps = vec![install(subject, installs, &namespace)];
        steps.extend(
            readers
                .into_iter()
                .flat_map(|reader| reads(reader, &namespace)),
        );
        steps.push(step(removes, &namespace, &["uninstall", RELEASE], true));
        steps.push(step(Candidate, &namespace, &["list", "--all"], false));
        let name = format!(
            "{}: {installs:?} installs, {removes:?} uninstalls",
            subject.name
        );
        Story {
            name,
            namespace,
            steps,
        }
    })
    .collect()
}

/// The ways to the server that flags and kubeconfigs know.
pub(super) fn ways_in(subject: &Subject) -> Story {
    use Actor::{Candidate, Helm4};
    let namespace = format!("{}-ways", subject.name);
    let mut steps = vec![install(subject, Helm4, &namespace)];
    let ways: [&[&str]; 10] = [
        &["--kubeconfig", ".kube/certified"],
        &["--kubeconfig", ".kube/exec"],
        &["--kubeconfig", ".kube/proxied"],
        &["--kubeconfig", ".kube/socks"],
        &["--kubeconfig", ".kube/absent"],
        &["--kube-as-user", "viewer"],
        &["--kube-as-user", "nobody"],
        &["--kube-as-user", "x", "--kube-as-group", "system:masters"],
        &["--kube-token", "unheard-of"],
        &["--kube-context", "absent"],
    ];
    for way in ways {
        for verb in [&["list"][..], &["status", RELEASE]] {
            steps.push(step(Candidate, &namespace, &[verb, way].concat(), false));
        }
    }
    let by_plugin = ["uninstall", RELEASE, "--kubeconfig", ".kube/exec"];
    steps.push(step(Candidate, &namespace, &by_plugin, true));
    Story {
        name: format!("{}: ways to the server", subject.name),
        namespace,
        steps,
    }
}

/// What the candidate says to users whose rights do not suffice, and of what is taken already.
pub(super) fn refusals(subject: &Subject) -> Story {
    use Actor::{Candidate, Helm4};
    let namespace = format!("{}-refused", subject.name);
    let chart = subject.chart.to_string_lossy();
    let mut steps = vec![
        install(subject, Helm4, &namespace),
        step(Candidate, &namespace, &["install", RELEASE, &chart], true),
        // The objects of the first release are in the way of the second.
        step(
            Candidate,
            &namespace,
            &[
                "install",
                "other",
                &chart,
                "--set",
                "fullnameOverride=rel-created",
            ],
            true,
        ),
        step(Candidate, &namespace, &["uninstall", "missing"], true),
    ];
    for user in ["editor", "viewer", "nobody", "stranger"] {
        let kubeconfig = format!(".kube/{user}");
        let mut by_user = |words: &[&str], changes| {
            let words = [words, &["--kubeconfig", &kubeconfig]].concat();
            steps.push(step(Candidate, &namespace, &words, changes));
        };
        by_user(&["list"], false);
        by_user(&["status", RELEASE], false);
        by_user(&["history", RELEASE], false);
        by_user(&["get", "all", RELEASE], false);
        by_user(&["install", user, &chart], true);
        by_user(&["install", user, &chart, "--dry-run=server"], true);
        by_user(&["install", user, &chart, "--create-namespace"], true);
        by_user(&["uninstall", RELEASE], true);
    }
    Story {
        name: format!("{}: users without rights", subject.name),
        namespace,
        steps,
    }
}

fn install(subject: &Subject, actor: Actor, namespace: &str) -> Step {
    let chart = subject.chart.to_string_lossy();
    let mut words = vec![
        "install",
        RELEASE,
        &chart,
        "--create-namespace",
        "--wait",
        "--timeout",
        "2m",
    ];
    words.extend(subject.flags.iter().map(String::as_str));
    step(actor, namespace, &words, true)
}

fn reads(actor: Actor, namespace: &str) -> Vec<Step> {
    [
        &["list"][..],
        &["list", "--output", "json"],
        &["status", RELEASE],
        &["history", RELEASE],
        &["get", "all", RELEASE],
        &["get", "values", RELEASE, "--all"],
        &["get", "manifest", RELEASE],
        &["get", "notes", RELEASE],
        &["get", "hooks", RELEASE],
        &["get", "metadata", RELEASE],
    ]
    .into_iter()
    .map(|words| step(actor, namespace, words, false))
    .collect()
}

pub(super) fn step(actor: Actor, namespace: &str, words: &[&str], changes: bool) -> Step {
    let mut words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
    words.extend(["--namespace".to_owned(), namespace.to_owned()]);
    Step {
        actor,
        words,
        changes,
    }
}
