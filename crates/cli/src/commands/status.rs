//! `status RELEASE_NAME`, and the report on a release that other commands print too

use action::get::computed_values;
use action::status::{Status, View, status};
use goval::Value;
use manifest::HookEvent;
use release::{Release, WithoutChart};

use super::status_style;
use crate::command::{Args, Command, Invocation};
use crate::completions;
use crate::error::Failure;
use crate::flags;
use crate::kubectl_table::Tables;
use crate::output::{Format, yaml_values};
use crate::session::Session;
use crate::times;
use crate::ui::{Style, Ui};

pub(super) static STATUS: Command = Command {
    usage: "status RELEASE_NAME",
    short: "show the state of a release",
    long: "\
Shows how a release stands:

- when it was last deployed, and in which namespace
- its state: unknown, deployed, uninstalled, superseded, failed, uninstalling, pending-install,
  pending-upgrade or pending-rollback
- its revision and description
- its resources
- how its tests ended, if they have run
- the notes of its chart
",
    args: Args::Exactly(1),
    flags: &[&[flags::REVISION], flags::OUTPUT],
    complete: Some(completions::release),
    run: Some(run),
    ..Command::EMPTY
};

/// What a report shows beside the state.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Report<'a> {
    /// Name and version of the chart.
    pub(super) chart: bool,
    /// The values given and computed, which come with hooks and manifest.
    pub(super) values: Option<(&'a Value, &'a Value)>,
    /// What the cluster has of its objects, as tables by version and kind.
    pub(super) resources: &'a [(String, Vec<serde_json::Value>)],
    /// Whether the notes are left out.
    pub(super) hide_notes: bool,
}

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let format = Format::of(&invocation.flags);
    let view = match format {
        Format::Table => View::Tables,
        Format::Json | Format::Yaml => View::Objects,
    };
    let status = live(session, invocation, view)?;
    let text = if format == Format::Table {
        let show = Report {
            resources: &status.resources,
            ..Report::default()
        };
        report(&status.release, show, &session.ui)?
    } else {
        let release = status.with_resources();
        format.render(&WithoutChart(&release), || Ok(String::new()))?
    };
    session.ui.print(&text)
}

/// A release with its live objects.
fn live(session: &mut Session, invocation: &Invocation, view: View) -> Result<Status, Failure> {
    let name = invocation.args().first().map_or("", String::as_str);
    let revision = invocation.flags.int("revision");
    let store = super::store_for(session, invocation)?;
    let cluster = session.cluster()?;
    session.wait(async { status(&*store, &*cluster, name, revision, view).await })
}

/// Prints a release that was installed or upgraded, in the format that was asked for.
pub(super) fn print_change(
    session: &mut Session,
    invocation: &Invocation,
    release: &Release,
) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let text = match Format::of(flags) {
        Format::Table => change(session, release, flags.bool("hide-notes"))?,
        format => format.render(release, || Ok(String::new()))?,
    };
    session.ui.print(&text)
}

/// The report on a release that was changed; with `--debug`, its values too.
pub(super) fn change(
    session: &Session,
    release: &Release,
    hide_notes: bool,
) -> Result<String, Failure> {
    let values = match session.settings.debug {
        true => Some((
            super::given_values(release),
            Value::Map(computed_values(release, &session.lines())?),
        )),
        false => None,
    };
    let show = Report {
        values: values.as_ref().map(|(given, computed)| (given, computed)),
        hide_notes,
        ..Report::default()
    };
    report(release, show, &session.ui)
}

/// The report on a release for people.
pub(super) fn report(release: &Release, show: Report<'_>, ui: &Ui) -> Result<String, Failure> {
    let info = &release.info;
    let mut out = format!("NAME: {}\n", release.name);
    if !info.last_deployed.is_zero() {
        out.push_str(&format!(
            "LAST DEPLOYED: {}\n",
            times::ansic(&info.last_deployed)
        ));
    }
    out.push_str(&format!(
        "NAMESPACE: {}\n",
        ui.styled(Style::Cyan, &release.namespace)
    ));
    let status = info.status.name();
    out.push_str(&format!(
        "STATUS: {}\n",
        ui.styled(status_style(status), status)
    ));
    out.push_str(&format!("REVISION: {}\n", release.version));
    if show.chart {
        let chart = &release.chart.metadata;
        out.push_str(&format!("CHART: {}\n", chart.name));
        out.push_str(&format!("VERSION: {}\n", chart.version));
        out.push_str(&format!("APP_VERSION: {}\n", chart.app_version));
    }
    out.push_str(&format!("DESCRIPTION: {}\n", info.description));
    push_resources(&mut out, show.resources);
    push_tests(&mut out, release);
    if let Some((given, computed)) = show.values {
        out.push_str(&format!("USER-SUPPLIED VALUES:\n{}\n", yaml_values(given)?));
        out.push_str(&format!("COMPUTED VALUES:\n{}\n", yaml_values(computed)?));
    }
    if show.values.is_some() || info.description.eq_ignore_ascii_case("Dry run complete") {
        out.push_str("HOOKS:\n");
        out.push_str(&hooks(release));
        out.push_str(&format!("MANIFEST:\n{}\n", release.manifest));
    }
    if !show.hide_notes && !info.notes.is_empty() {
        out.push_str(&format!("NOTES:\n{}\n", info.notes.trim()));
    }
    Ok(out)
}

/// The documents of the hooks.
pub(super) fn hooks(release: &Release) -> String {
    let document = |h: &release::Hook| format!("---\n# Source: {}\n{}\n", h.path, h.manifest);
    release.hooks.iter().map(document).collect()
}

fn push_resources(out: &mut String, resources: &[(String, Vec<serde_json::Value>)]) {
    if resources.is_empty() {
        return;
    }
    let mut printer = Tables::default();
    out.push_str("RESOURCES:\n");
    for (kind, tables) in resources {
        out.push_str(&format!("==> {kind}\n"));
        out.extend(tables.iter().map(|table| printer.print(table)));
        out.push('\n');
    }
    out.push('\n');
}

fn push_tests(out: &mut String, release: &Release) {
    let tests: Vec<_> = release
        .hooks
        .iter()
        .filter(|h| h.runs_at(&HookEvent::Test))
        .collect();
    if tests.is_empty() {
        out.push_str("TEST SUITE: None\n");
    }
    for test in tests {
        let run = &test.last_run;
        if run.started_at.is_zero() {
            continue;
        }
        let (started, completed) = (
            times::ansic(&run.started_at),
            times::ansic(&run.completed_at),
        );
        out.push_str(&format!("TEST SUITE:     {}\n", test.name));
        out.push_str(&format!("Last Started:   {started}\n"));
        out.push_str(&format!("Last Completed: {completed}\n"));
        out.push_str(&format!("Phase:          {}\n", run.phase));
    }
}
