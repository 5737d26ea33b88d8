//! `push [chart] [remote]`

use std::path::Path;

use chart::Time;
use source::registry::{Push, push};

use crate::command::{Args, Command, Completions, Directive, Flag, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, fetching, flags, times};

pub(super) static PUSH: Command = Command {
    usage: "push [chart] [remote]",
    short: "upload a chart to a registry",
    long: "Uploads a packed chart to a registry, and its provenance file if there is one beside it.",
    args: Args::AtLeast(2),
    flags: &[&[
        flags::CERT_FILE,
        flags::KEY_FILE,
        flags::CA_FILE,
        Flag::bool(
            "insecure-skip-tls-verify",
            "do not check TLS certificates while uploading the chart",
        ),
        Flag::bool("plain-http", "upload the chart over plain HTTP"),
        flags::USERNAME,
        flags::PASSWORD,
    ]],
    complete: Some(complete),
    run: Some(run),
    ..Command::EMPTY
};

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let [archive, remote, ..] = invocation.args() else {
        return Ok(());
    };
    let fetcher = fetching::fetcher(session);
    let request = Push {
        archive: Path::new(archive),
        remote,
        created: &written(session, archive),
        access: &fetching::access(&invocation.flags),
    };
    push(&request, &fetcher.http, &fetcher.keys, &session.lines())?;
    Ok(())
}

/// When a file was written, on the local clock; empty if there is no such file, which others tell.
fn written(session: &Session, file: &str) -> String {
    let changed = std::fs::metadata(file).and_then(|info| info.modified());
    let since = changed.map(|time| time.duration_since(std::time::UNIX_EPOCH));
    let Ok(Ok(since)) = since else {
        return String::new();
    };
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let time = times::local(session, Time::from_unix(seconds, 0));
    times::rfc3339(&time)
}

/// A file, then the scheme of a registry.
fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    match invocation.args().len() {
        0 => Completions::default(),
        1 => Completions {
            items: vec!["oci://".to_owned()],
            directive: Directive::NO_FILES.and(Directive::NO_SPACE),
        },
        _ => completions::no_more(session, invocation, word),
    }
}
