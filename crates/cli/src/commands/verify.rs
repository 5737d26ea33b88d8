//! `verify PATH`

use super::not_built;
use crate::command::{Args, Command, Completions, Invocation};
use crate::completions;
use crate::flags;
use crate::session::Session;

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
    run: Some(not_built),
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
