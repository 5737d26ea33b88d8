//! `lint PATH`

use std::fmt::Write as _;
use std::sync::Arc;

use action::lint::{self, Lint, Report, Severity};
use funcs::World;

use crate::command::{Args, Command, Flag, Invocation};
use crate::error::Failure;
use crate::problems::{self, Errors};
use crate::session::Session;
use crate::world::Machine;
use crate::{fetching, flags, requests};

pub(super) static LINT: Command = Command {
    usage: "lint PATH",
    short: "examine a chart for possible issues",
    long: "\
Examines charts. What keeps a chart from being installed is an [ERROR] and makes the command fail;
what breaks with custom or recommendation is a [WARNING] or [INFO].
",
    args: Args::AtLeast(1),
    flags: &[
        flags::VALUES,
        &[
            Flag::bool("strict", "fail on warnings too"),
            Flag::bool("with-subcharts", "examine the charts it depends on too"),
            Flag::bool("quiet", "print warnings and errors only"),
            Flag::bool(
                "skip-schema-validation",
                "do not validate values against the chart's JSON schema",
            ),
            Flag::text(
                "kube-version",
                "Kubernetes version for capabilities and deprecated APIs",
            ),
        ],
    ],
    run: Some(run),
    ..Command::EMPTY
};

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let options = Lint {
        kube_version: requests::kube_version(flags)?,
        namespace: session.namespace().to_owned(),
        skip_schema: flags.bool("skip-schema-validation"),
        http: fetching::fetcher(session).http,
        strict: flags.bool("strict"),
        explain: match session.settings.errors {
            Errors::Helm => None,
            Errors::Source => Some(flags.list("values").to_vec()),
        },
    };
    let mut paths = flags.args.clone();
    if flags.bool("with-subcharts") {
        let below = |path: &String| lint::with_subcharts(path).into_iter().skip(1);
        let more: Vec<String> = flags.args.iter().flat_map(below).collect();
        paths.extend(more);
    }
    let quiet = flags.bool("quiet");
    let values = values::merge(&requests::sources(flags), &mut requests::reader(session))?;
    let world: Arc<dyn World> = Arc::new(Machine::new(&session.env, false));
    let reporter = session.lines();
    let mut out = String::new();
    let (mut failed, mut worth_a_word) = (0, 0);
    for path in &paths {
        let report = lint::lint(path, &values, &options, &world, &reporter);
        worth_a_word += usize::from(report.has_warnings());
        failed += usize::from(!report.errors.is_empty());
        if !quiet || report.has_warnings() {
            write(&mut out, path, &report, quiet);
        }
    }
    session.ui.print(&out)?;
    let summary = format!("{} chart(s) linted, {failed} chart(s) failed", paths.len());
    if failed > 0 {
        return Err(Failure::new(summary));
    }
    if !quiet || worth_a_word > 0 {
        session.ui.print(&format!("{summary}\n"))?;
    }
    Ok(())
}

/// What was found in a chart, and an empty line. Errors are among the messages, if there are any.
fn write(out: &mut String, path: &str, report: &Report, quiet: bool) {
    let _ = writeln!(out, "==> Linting {path}");
    if report.messages.is_empty() {
        for error in &report.errors {
            let _ = writeln!(out, "Error {error}");
        }
    }
    for message in &report.messages {
        if !quiet || message.severity > Severity::Info {
            match &message.problems[..] {
                [] => {
                    let _ = writeln!(out, "{message}");
                }
                problems => *out += &problems::text(problems, |_, word| word.to_owned()),
            }
        }
    }
    out.push('\n');
}
