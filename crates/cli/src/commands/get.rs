//! `get all|hooks|manifest|metadata|notes|values RELEASE_NAME`

use std::collections::BTreeMap;

use action::get::computed_values;
use goval::strconv::quote;
use goval::{List, Map, Value};
use release::{ApplyMethod, Release};
use serde::Serialize;

use super::status::{self, Report};
use super::stored;
use crate::command::{Args, Command, Flag, Invocation};
use crate::completions;
use crate::error::Failure;
use crate::flags;
use crate::gostruct::GoStruct;
use crate::output::{self, Format};
use crate::session::Session;
use crate::times;

pub(super) static GET: Command = Command {
    usage: "get",
    short: "show what is stored about a release",
    long: "\
Shows what is stored about a release:

- the values that it was made with
- its manifest
- the notes of its chart
- its hooks
- its metadata
",
    args: Args::None,
    subcommands: &[&ALL, &VALUES, &MANIFEST, &HOOKS, &NOTES, &METADATA],
    ..Command::EMPTY
};

/// What the subcommands have in common.
const PART: Command = Command {
    args: Args::Exactly(1),
    flags: &[&[flags::REVISION]],
    complete: Some(completions::release),
    ..Command::EMPTY
};

static ALL: Command = Command {
    usage: "all RELEASE_NAME",
    short: "show everything about a release",
    long: "Shows the state, values, hooks, manifest and notes of a release.",
    flags: &[&[
        flags::REVISION,
        Flag::text(
            "template",
            "Go template for the output, such as {{.Release.Name}}",
        ),
    ]],
    run: Some(all),
    ..PART
};

static VALUES: Command = Command {
    usage: "values RELEASE_NAME",
    short: "show the values of a release",
    long: "Shows the values that a user gave to a release, or with --all those that its templates saw.",
    flags: &[
        &[
            flags::REVISION,
            Flag::bool("all", "show all values, the chart's defaults included").short('a'),
        ],
        flags::OUTPUT,
    ],
    run: Some(values),
    ..PART
};

static MANIFEST: Command = Command {
    usage: "manifest RELEASE_NAME",
    short: "show the manifest of a release",
    long: "\
Shows the manifest of a release: the YAML of all resources that its chart, and the charts that this
one depends on, have rendered. Hooks are not part of it.
",
    run: Some(manifest),
    ..PART
};

static HOOKS: Command = Command {
    usage: "hooks RELEASE_NAME",
    short: "show the hooks of a release",
    long: "Shows the hooks of a release as YAML documents.",
    run: Some(hooks),
    ..PART
};

static NOTES: Command = Command {
    usage: "notes RELEASE_NAME",
    short: "show the notes of a release",
    long: "Shows the notes that the chart of a release has rendered.",
    run: Some(notes),
    ..PART
};

static METADATA: Command = Command {
    usage: "metadata RELEASE_NAME",
    short: "show the metadata of a release",
    flags: &[&[flags::REVISION], flags::OUTPUT],
    run: Some(metadata),
    ..PART
};

fn all(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let release = stored(session, invocation)?;
    let template = invocation.flags.text("template");
    if !template.is_empty() {
        let data = Map::new();
        data.insert("Release", go_release(&release));
        return super::print_template(session, template, &Value::Map(data));
    }
    let given = super::given_values(&release);
    let computed = Value::Map(computed_values(&release, &session.lines())?);
    let everything = Report {
        chart: true,
        values: Some((&given, &computed)),
        ..Report::default()
    };
    let text = status::report(&release, everything, &session.ui)?;
    session.ui.print(&text)
}

fn values(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let release = stored(session, invocation)?;
    let (title, values) = if invocation.flags.bool("all") {
        (
            "COMPUTED VALUES:",
            Value::Map(computed_values(&release, &session.lines())?),
        )
    } else {
        ("USER-SUPPLIED VALUES:", super::given_values(&release))
    };
    let text = match Format::of(&invocation.flags) {
        Format::Table => format!("{title}\n{}", output::yaml_values(&values)?),
        Format::Json => output::json_values(&values)?,
        Format::Yaml => output::yaml_values(&values)?,
    };
    session.ui.print(&text)
}

fn manifest(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let release = stored(session, invocation)?;
    session.ui.print(&format!("{}\n", release.manifest))
}

fn hooks(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let release = stored(session, invocation)?;
    session.ui.print(&status::hooks(&release))
}

fn notes(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let release = stored(session, invocation)?;
    if release.info.notes.is_empty() {
        return Ok(());
    }
    session
        .ui
        .print(&format!("NOTES:\n{}\n", release.info.notes))
}

/// The metadata of a release, in the order in which it is printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    name: &'a str,
    chart: &'a str,
    version: &'a str,
    app_version: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    dependencies: &'a [chart::Dependency],
    namespace: &'a str,
    revision: i64,
    status: &'a str,
    deployed_at: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    apply_method: &'a str,
}

fn metadata(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let release = stored(session, invocation)?;
    let chart = &release.chart.metadata;
    let metadata = Metadata {
        name: &release.name,
        chart: &chart.name,
        version: &chart.version,
        app_version: &chart.app_version,
        annotations: &chart.annotations,
        labels: &release.labels,
        dependencies: &chart.dependencies,
        namespace: &release.namespace,
        revision: release.version,
        status: release.info.status.name(),
        deployed_at: times::rfc3339(&release.info.last_deployed),
        apply_method: release.apply_method.name(),
    };
    let format = Format::of(&invocation.flags);
    let text = format.render(&metadata, || Ok(metadata_text(&metadata)))?;
    session.ui.print(&text)
}

fn metadata_text(m: &Metadata<'_>) -> String {
    let mut dependencies: Vec<_> = m.dependencies.iter().map(|d| d.name.as_str()).collect();
    dependencies.sort_unstable();
    let method = match ApplyMethod::from(m.apply_method) {
        ApplyMethod::Unset => "client-side apply (defaulted)".to_owned(),
        ApplyMethod::ClientSide => "client-side apply".to_owned(),
        ApplyMethod::ServerSide => "server-side apply".to_owned(),
        ApplyMethod::Other(other) => format!("unknown ({})", quote(&other)),
    };
    let lines = [
        ("NAME", m.name.to_owned()),
        ("CHART", m.chart.to_owned()),
        ("VERSION", m.version.to_owned()),
        ("APP_VERSION", m.app_version.to_owned()),
        ("ANNOTATIONS", pairs(m.annotations)),
        ("LABELS", pairs(m.labels)),
        ("DEPENDENCIES", dependencies.join(",")),
        ("NAMESPACE", m.namespace.to_owned()),
        ("REVISION", m.revision.to_string()),
        ("STATUS", m.status.to_owned()),
        ("DEPLOYED_AT", m.deployed_at.clone()),
        ("APPLY_METHOD", method),
    ];
    lines
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect()
}

fn pairs(map: &BTreeMap<String, String>) -> String {
    map.iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect::<Vec<_>>()
        .join(",")
}

/// A release as Helm's Go type presents it to templates.
fn go_release(release: &Release) -> Value {
    let info = &release.info;
    let info = vec![
        (
            "FirstDeployed",
            Value::str(times::string(&info.first_deployed)),
        ),
        (
            "LastDeployed",
            Value::str(times::string(&info.last_deployed)),
        ),
        ("Deleted", Value::str(times::string(&info.deleted))),
        ("Description", Value::str(info.description.as_str())),
        ("Status", Value::str(info.status.name())),
        ("RollbackRevision", Value::int(info.rollback_revision)),
        ("Notes", Value::str(info.notes.as_str())),
    ];
    let chart = &release.chart.metadata;
    let metadata = vec![
        ("Name", Value::str(chart.name.as_str())),
        ("Home", Value::str(chart.home.as_str())),
        ("Sources", Value::List(List::of_strs(chart.sources.clone()))),
        ("Version", Value::str(chart.version.as_str())),
        ("Description", Value::str(chart.description.as_str())),
        (
            "Keywords",
            Value::List(List::of_strs(chart.keywords.clone())),
        ),
        ("Icon", Value::str(chart.icon.as_str())),
        ("APIVersion", Value::str(chart.api_version.as_str())),
        ("Condition", Value::str(chart.condition.as_str())),
        ("Tags", Value::str(chart.tags.as_str())),
        ("AppVersion", Value::str(chart.app_version.as_str())),
        ("Deprecated", Value::Bool(chart.deprecated)),
        ("Annotations", go_map(&chart.annotations)),
        ("KubeVersion", Value::str(chart.kube_version.as_str())),
        ("Type", Value::str(chart.kind.as_str())),
    ];
    let chart = vec![
        ("Metadata", GoStruct::value("*v2.Metadata", metadata)),
        (
            "Values",
            release.chart.values.clone().map_or(Value::Nil, Value::Map),
        ),
    ];
    let fields = vec![
        ("Name", Value::str(release.name.as_str())),
        ("Info", GoStruct::value("*v1.Info", info)),
        ("Chart", GoStruct::value("*v2.Chart", chart)),
        ("Config", super::given_values(release)),
        ("Manifest", Value::str(release.manifest.as_str())),
        (
            "Hooks",
            Value::List(List::new(release.hooks.iter().map(go_hook).collect())),
        ),
        ("Version", Value::int(release.version)),
        ("Namespace", Value::str(release.namespace.as_str())),
        ("Labels", go_map(&release.labels)),
        ("ApplyMethod", Value::str(release.apply_method.name())),
    ];
    GoStruct::value("*v1.Release", fields)
}

fn go_hook(hook: &release::Hook) -> Value {
    let events = hook.events.iter().map(|e| e.name().to_owned());
    let fields = vec![
        ("Name", Value::str(hook.name.as_str())),
        ("Kind", Value::str(hook.kind.as_str())),
        ("Path", Value::str(hook.path.as_str())),
        ("Manifest", Value::str(hook.manifest.as_str())),
        ("Events", Value::List(List::of_strs(events))),
        ("Weight", Value::int(hook.weight)),
        (
            "DeletePolicies",
            Value::List(List::of_strs(hook.delete_policies.clone())),
        ),
        (
            "OutputLogPolicies",
            Value::List(List::of_strs(hook.output_log_policies.clone())),
        ),
    ];
    GoStruct::value("*v1.Hook", fields)
}

fn go_map(map: &BTreeMap<String, String>) -> Value {
    let copy = Map::new();
    for (key, value) in map {
        copy.insert(key.as_str(), value.as_str());
    }
    Value::Map(copy)
}
