//! `list`

use action::list::{Request, list};
use release::{Release, Status};
use serde::Serialize;

use super::{app_version, chart_name, status_style};
use crate::command::{Args, Command, Flag, FlagSet, Invocation};
use crate::completions;
use crate::error::Failure;
use crate::flags;
use crate::output::{self, Format};
use crate::session::Session;
use crate::table::Table;
use crate::times;
use crate::ui::{Style, Ui};

pub(super) static LIST: Command = Command {
    usage: "list",
    aliases: &["ls"],
    short: "list releases",
    long: "\
Lists the releases of a namespace in their newest revision, whatever their state.

--deployed, --failed, --pending, --superseded, --uninstalled and --uninstalling show those states
only, and can be combined. --filter takes a regular expression that names must match:

    $ {bin} list --filter 'ara[a-z]+'
    NAME                UPDATED                                  CHART
    maudlin-arachnid    2020-06-18 14:17:46.125134977 +0000 UTC  alpine-0.1.0

Releases are sorted by name, with --date by the time of deployment. At most 256 are listed; --max and
--offset page through more. If there are none, only the headers are printed.
",
    args: Args::None,
    flags: &[
        &[
            Flag::bool("short", "print names only").short('q'),
            Flag::bool("no-headers", "leave the headers of the table out"),
            Flag::text("time-format", "layout of times in Go's notation: \"2006-01-02 15:04:05Z0700\""),
            Flag::bool("date", "sort by the time of deployment").short('d'),
            Flag::bool("reverse", "reverse the order").short('r'),
            Flag::bool("uninstalled", "show uninstalled releases, if their history was kept"),
            Flag::bool("superseded", "show superseded releases"),
            Flag::bool("uninstalling", "show releases that are being uninstalled"),
            Flag::bool("deployed", "show deployed releases"),
            Flag::bool("failed", "show failed releases"),
            Flag::bool("pending", "show pending releases"),
            Flag::bool("all-namespaces", "list the releases of all namespaces").short('A'),
            Flag::int("max", "how many releases to list at most").short('m').default("256"),
            Flag::int("offset", "how many releases to leave out at the beginning"),
            Flag::text("filter", "regular expression that names must match").short('f'),
            Flag::text("selector", "labels that releases must have: key1=value1,key2!=value2").short('l'),
        ],
        flags::OUTPUT,
    ],
    complete: Some(completions::no_more),
    run: Some(run),
    ..Command::EMPTY
};

/// A release as the list shows it.
#[derive(Serialize)]
struct Row {
    name: String,
    namespace: String,
    revision: String,
    updated: String,
    status: &'static str,
    chart: String,
    app_version: String,
}

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let namespace = if flags.bool("all-namespaces") {
        ""
    } else {
        session.namespace()
    };
    let store = session.reachable_store(namespace)?;
    let request = request(flags);
    let releases = session.wait(async { list(&*store, &request).await })?;
    let format = Format::of(flags);
    let text = if flags.bool("short") {
        short(&releases, format)?
    } else {
        let rows: Vec<_> = releases
            .iter()
            .map(|r| row(r, flags.text("time-format")))
            .collect();
        let headers = !flags.bool("no-headers");
        format.render(&rows, || Ok(table(&rows, headers, &session.ui)))?
    };
    session.ui.print(&text)
}

fn request(flags: &FlagSet) -> Request {
    let states = [
        ("deployed", [Status::Deployed].as_slice()),
        ("uninstalled", &[Status::Uninstalled]),
        ("uninstalling", &[Status::Uninstalling]),
        (
            "pending",
            &[
                Status::PendingInstall,
                Status::PendingRollback,
                Status::PendingUpgrade,
            ],
        ),
        ("failed", &[Status::Failed]),
        ("superseded", &[Status::Superseded]),
    ];
    let asked = states.into_iter().filter(|(flag, _)| flags.bool(flag));
    Request {
        states: asked.flat_map(|(_, states)| states).copied().collect(),
        filter: flags.text("filter").to_owned(),
        selector: flags.text("selector").to_owned(),
        by_date: flags.bool("date"),
        reverse: flags.bool("reverse"),
        limit: flags.int("max"),
        offset: flags.int("offset"),
    }
}

fn short(releases: &[Release], format: Format) -> Result<String, Failure> {
    let names: Vec<_> = releases.iter().map(|r| r.name.as_str()).collect();
    match format {
        Format::Table => Ok(names.iter().map(|name| format!("{name}\n")).collect()),
        Format::Json => output::json(&names),
        Format::Yaml => output::yaml(&names),
    }
}

fn row(release: &Release, layout: &str) -> Row {
    let deployed = &release.info.last_deployed;
    let updated = match layout {
        _ if deployed.is_zero() => "-".to_owned(),
        "" => times::string(deployed),
        layout => times::layout(deployed, layout),
    };
    Row {
        name: release.name.clone(),
        namespace: release.namespace.clone(),
        revision: release.version.to_string(),
        updated,
        status: release.info.status.name(),
        chart: chart_name(&release.chart),
        app_version: app_version(&release.chart),
    }
}

fn table(rows: &[Row], headers: bool, ui: &Ui) -> String {
    const HEADERS: [&str; 7] = [
        "NAME",
        "NAMESPACE",
        "REVISION",
        "UPDATED",
        "STATUS",
        "CHART",
        "APP VERSION",
    ];
    let mut table = Table::new();
    if headers {
        table.row(HEADERS.map(|header| ui.styled(Style::Bold, header)));
    }
    for row in rows {
        table.row([
            row.name.clone(),
            ui.styled(Style::Cyan, &row.namespace),
            row.revision.clone(),
            row.updated.clone(),
            ui.styled(status_style(row.status), row.status),
            row.chart.clone(),
            row.app_version.clone(),
        ]);
    }
    table.render()
}
