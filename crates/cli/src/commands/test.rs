//! `test [RELEASE]`

use std::time::Duration;

use action::Context;
use action::test::{Filter, Test, Tested, clear, logs, test};

use super::status;
use crate::command::{Args, Command, Flag, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, connect, flags};

pub(super) static TEST: Command = Command {
    usage: "test [RELEASE]",
    short: "run the tests of a release",
    long: "Runs the test hooks of a release and reports how they ended.",
    args: Args::Exactly(1),
    flags: &[&[
        flags::TIMEOUT,
        Flag::bool(
            "logs",
            "print the logs of the test pods, after all tests and before any clean-up",
        ),
        Flag::strings(
            "filter",
            "tests to run: name=NAME, or !name=NAME for all others; may be repeated",
        ),
    ]],
    complete: Some(completions::release),
    run: Some(run),
    ..Command::EMPTY
};

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let request = Test {
        name: invocation.args().first().cloned().unwrap_or_default(),
        filter: Filter::parse(flags.list("filter")),
        timeout: Duration::from_nanos(flags.int("timeout").unsigned_abs()),
    };
    let world = connect::world(session, false);
    let context = connect::context(session, world)?;
    let mut tested = session.wait(test(&request, &context))?;
    let shown = show(session, &mut tested, &request, &context, flags.bool("logs"));
    let cleared = session.wait(clear(&tested, &context));
    shown.and(cleared).and_then(|()| session.keep())
}

/// Reports how the tests ended, with their logs if they are wanted, and fails if they did.
fn show(
    session: &mut Session,
    tested: &mut Tested,
    request: &Test,
    context: &Context,
    wants_logs: bool,
) -> Result<(), Failure> {
    let report = status::change(session, &tested.release, true)?;
    session.ui.print(&report)?;
    let result = std::mem::replace(&mut tested.result, Ok(()));
    if !wants_logs {
        return Ok(result?);
    }
    let mut text = "\n".to_owned();
    let namespace = session.namespace();
    let read = logs(
        &tested.release,
        &request.filter,
        namespace,
        context,
        |log| {
            text.push_str(log);
        },
    );
    let read = session.wait(async { Ok::<_, Failure>(read.await) })?;
    session.ui.print(&text)?;
    match (result, read) {
        (Err(failed), Err(unread)) => Err(Failure::new(format!("{failed}\n{unread}"))),
        (result, read) => Ok(result.and(read)?),
    }
}
