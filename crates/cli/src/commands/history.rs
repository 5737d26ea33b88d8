//! `history RELEASE_NAME`

use action::history::history;
use chart::{Event, Level, Time};
use release::Release;
use serde::Serialize;

use super::{app_version, chart_name};
use crate::command::{Args, Command, Flag, Invocation};
use crate::completions;
use crate::error::Failure;
use crate::flags;
use crate::output::Format;
use crate::session::Session;
use crate::table::Table;
use crate::times;

pub(super) static HISTORY: Command = Command {
    usage: "history RELEASE_NAME",
    aliases: &["hist"],
    short: "show the revisions of a release",
    long: "\
Shows the revisions of a release, oldest first; the newest 256 of them unless --max says otherwise.

    $ {bin} history angry-bird
    REVISION    UPDATED                     STATUS          CHART             APP VERSION     DESCRIPTION
    1           Mon Oct 3 10:15:13 2016     superseded      alpine-0.1.0      1.0             Initial install
    2           Mon Oct 3 10:15:13 2016     superseded      alpine-0.1.0      1.0             Upgraded successfully
    3           Mon Oct 3 10:15:13 2016     deployed        alpine-0.1.0      1.0             Rolled back to 1

--show-rollback-revision adds a column with the revision that a rollback went back to.
",
    args: Args::Exactly(1),
    flags: &[
        &[
            Flag::int("max", "how many revisions to show at most").default("256"),
            Flag::bool("show-rollback-revision", "show the revision that a rollback went back to"),
        ],
        flags::OUTPUT,
    ],
    complete: Some(completions::release),
    run: Some(run),
    ..Command::EMPTY
};

/// A revision as the history shows it.
#[derive(Serialize)]
struct Row {
    revision: i64,
    #[serde(skip_serializing_if = "Time::is_zero")]
    updated: Time,
    status: &'static str,
    chart: String,
    app_version: String,
    #[serde(skip_serializing_if = "is_none")]
    rollback_revision: i64,
    description: String,
}

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let [name] = invocation.args() else {
        return Ok(());
    };
    let store = session.reachable_store(session.namespace())?;
    if action::name::is_release_name(name) {
        let event = Event::new(Level::Debug, "getting history for release");
        session.ui.log(&event.with("release", name));
    }
    let revisions = session.wait(async { history(&*store, name).await })?;
    let most = usize::try_from(invocation.flags.int("max")).unwrap_or(0);
    let newest = &revisions[revisions.len().saturating_sub(most)..];
    let rows: Vec<_> = newest.iter().map(row).collect();
    let with_rollback = invocation.flags.bool("show-rollback-revision");
    let text = Format::of(&invocation.flags).render(&rows, || Ok(table(&rows, with_rollback)))?;
    session.ui.print(&text)
}

fn row(release: &Release) -> Row {
    Row {
        revision: release.version,
        updated: release.info.last_deployed,
        status: release.info.status.name(),
        chart: chart_name(&release.chart),
        app_version: app_version(&release.chart),
        rollback_revision: release.info.rollback_revision,
        description: release.info.description.clone(),
    }
}

fn table(rows: &[Row], with_rollback: bool) -> String {
    let mut table = Table::new();
    let cells = |cells: [&str; 7]| {
        let all = cells.into_iter().enumerate();
        all.filter(|(i, _)| with_rollback || *i != 5)
            .map(|(_, c)| c.to_owned())
            .collect::<Vec<_>>()
    };
    table.row(cells([
        "REVISION",
        "UPDATED",
        "STATUS",
        "CHART",
        "APP VERSION",
        "ROLLBACK",
        "DESCRIPTION",
    ]));
    for row in rows {
        let rollback = match row.rollback_revision {
            1.. => row.rollback_revision.to_string(),
            _ => String::new(),
        };
        table.row(cells([
            &row.revision.to_string(),
            &times::ansic(&row.updated),
            row.status,
            &row.chart,
            &row.app_version,
            &rollback,
            &row.description,
        ]));
    }
    table.render()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_none(revision: &i64) -> bool {
    *revision == 0
}
