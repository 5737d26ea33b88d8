//! `search hub|repo`

use chart::{Event, Level};
use serde::Serialize;
use source::repository::{Found, search};

use crate::command::{Command, Flag, Invocation, Kind};
use crate::error::Failure;
use crate::output::Format;
use crate::session::Session;
use crate::table::Table;
use crate::{fetching, flags};

pub(super) static SEARCH: Command = Command {
    usage: "search [keyword]",
    short: "search for charts",
    long: "Searches for charts in the Artifact Hub or in the repositories that were added.",
    subcommands: &[&HUB, &REPO],
    ..Command::EMPTY
};

static HUB: Command = Command {
    usage: "hub [KEYWORD]",
    short: "search for charts in the Artifact Hub or a hub of your own",
    long: "\
Searches a hub of charts: the Artifact Hub, or another one that speaks its search protocol.
",
    flags: &[
        &[
            Flag::text("endpoint", "hub to ask").default("https://hub.helm.sh"),
            MAX_WIDTH,
            Flag::bool("list-repo-url", "print the URLs of repositories"),
            FAIL,
        ],
        flags::OUTPUT,
    ],
    run: Some(search_hub),
    ..Command::EMPTY
};

static REPO: Command = Command {
    usage: "repo [keyword]",
    short: "search the repositories that were added",
    long: "\
Searches the cached indexes of the repositories that were added; `{bin} repo update` refreshes them.
Stable versions only, unless --devel or a --version range that asks for others is given.
",
    flags: &[
        &[
            Flag::bool("regexp", "the keyword is a regular expression").short('r'),
            Flag::bool("versions", "list every version of every chart").short('l'),
            Flag::bool(
                "devel",
                "consider development versions too, as '>0.0.0-0' does; ignored with --version",
            ),
            Flag::text("version", "only versions in this range"),
            MAX_WIDTH,
            FAIL,
        ],
        flags::OUTPUT,
    ],
    run: Some(search_repositories),
    ..Command::EMPTY
};

const MAX_WIDTH: Flag =
    Flag::new(Kind::Uint, "max-col-width", "width of the widest column").default("50");
const FAIL: Flag = Flag::bool("fail-on-no-result", "fail if nothing is found");

fn search_repositories(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let given = flags.text("version");
    let debug = |text: &str| Event::new(Level::Debug, text);
    session
        .ui
        .log(&debug("original chart version").with("version", given));
    let version = match (given, flags.bool("devel")) {
        ("", true) => ">0.0.0-0",
        ("", false) => ">0.0.0",
        (given, _) => given,
    };
    if given.is_empty() {
        session
            .ui
            .log(&debug(&format!("setting version to {version}")));
    }
    let lines = session.lines();
    let catalogs = action::repository::catalogs(&fetching::fetcher(session), &lines)?;
    let text = invocation.args().join(" ");
    let text = (!invocation.args().is_empty()).then_some(text.as_str());
    let (is_regexp, all) = (flags.bool("regexp"), flags.bool("versions"));
    let found = search(&catalogs, text, is_regexp, version, all)?;
    if found.is_empty() && flags.bool("fail-on-no-result") {
        return Err(Failure::new("no results found"));
    }
    let listed: Vec<Listed<'_>> = found.iter().map(Listed::of).collect();
    let text =
        Format::of(flags).render(&listed, || Ok(table(&listed, flags.uint("max-col-width"))))?;
    session.ui.print(&text)
}

fn search_hub(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let http = fetching::fetcher(session).http;
    let words = invocation.args().join(" ");
    let found = action::hub::search(flags.text("endpoint"), &words, &http, &session.lines())?;
    if found.is_empty() && flags.bool("fail-on-no-result") {
        return Err(Failure::new("no results found"));
    }
    let text = Format::of(flags).render(&found, || {
        if found.is_empty() {
            return Ok("No results found\n".to_owned());
        }
        let mut table = Table::within(flags.uint("max-col-width"));
        let columns = if flags.bool("list-repo-url") { 5 } else { 4 };
        let headers = [
            "URL",
            "CHART VERSION",
            "APP VERSION",
            "DESCRIPTION",
            "REPO URL",
        ];
        table.row(headers.into_iter().take(columns));
        for chart in &found {
            let cells = [
                &chart.url,
                &chart.version,
                &chart.app_version,
                &chart.description,
                &chart.repository.url,
            ];
            table.row(cells.into_iter().take(columns).cloned());
        }
        Ok(table.render())
    })?;
    session.ui.print(&text)
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    version: &'a str,
    app_version: &'a str,
    description: &'a str,
}

impl<'a> Listed<'a> {
    fn of(found: &'a Found<'_>) -> Listed<'a> {
        let entry = &found.entry;
        Listed {
            name: &found.name,
            version: entry.version,
            app_version: entry.app_version,
            description: entry.description,
        }
    }
}

fn table(listed: &[Listed<'_>], width: u64) -> String {
    if listed.is_empty() {
        return "No results found\n".to_owned();
    }
    let mut table = Table::within(width);
    table.row(["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"]);
    for chart in listed {
        table.row([
            chart.name,
            chart.version,
            chart.app_version,
            chart.description,
        ]);
    }
    table.render()
}
