//! `verify PATH`

use std::path::Path;

use source::Strategy;

use crate::command::{Args, Command, Completions, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, fetching, flags};

pub(super) static VERIFY: Command = Command {
    usage: "verify PATH",
    short: "verify that a packed chart is signed and unchanged",
    long: "\
Checks a packed chart against the provenance file beside it: the signature must come from a key of
the keyring, and the digest must fit. `{bin} package --sign` makes such packages.
",
    args: Args::Exactly(1),
    flags: &[&[flags::KEYRING]],
    complete: Some(complete),
    run: Some(run),
    ..Command::EMPTY
};

/// A file, as long as there is none.
fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    if invocation.args().is_empty() {
        Completions::default()
    } else {
        completions::no_more(session, invocation, word)
    }
}

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let name = invocation.args().first().map_or("", String::as_str);
    let verification = fetching::verification(session, &invocation.flags, Strategy::Always);
    let verified = source::verify_file(Path::new(name), &verification)?;
    session.ui.print(&verified.report("Chart"))
}
