//! `push [chart] [remote]`

use super::not_built;
use crate::command::{Args, Command, Completions, Directive, Flag, Invocation};
use crate::completions;
use crate::flags;
use crate::session::Session;

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
    run: Some(not_built),
    ..Command::EMPTY
};

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
