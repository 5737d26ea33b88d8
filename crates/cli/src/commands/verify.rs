//! `verify PATH`

use std::path::Path;

use super::not_built;
use crate::command::{Args, Command, Completions, Invocation};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, flags};

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

/// What can be said of a chart without looking at its signature, which cannot be done yet.
fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let name = invocation.args().first().map_or("", String::as_str);
    let path = Path::new(name);
    source::check_exists(path).map_err(Failure::new)?;
    if path.is_dir() {
        return Err(Failure::new("unpacked charts cannot be verified"));
    }
    let ending = path.extension().unwrap_or_default();
    if !ending.eq_ignore_ascii_case("tgz") {
        return Err(Failure::new("chart must be a tgz file"));
    }
    let provenance = format!("{name}.prov");
    source::check_exists(Path::new(&provenance)).map_err(|why| {
        Failure::new(format!(
            "could not load provenance file {provenance}: {why}"
        ))
    })?;
    not_built(session, invocation)
}
