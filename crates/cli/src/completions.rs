//! What completes arguments and the values of flags.

use release::Release;

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

/// Charts: of repositories that were added, of registries, of directories.
pub(crate) fn charts(_: &mut Session, _: &Invocation, _: &str) -> Completions {
    Completions::default()
}

/// Versions of the chart that is named.
pub(crate) fn chart_versions(_: &mut Session, _: &Invocation, _: &str) -> Completions {
    Completions::none()
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
