//! `docs`, hidden

use super::not_built;
use crate::command::{Args, Command, Completions, Flag, Invocation};
use crate::completions;
use crate::session::Session;

pub(super) static DOCS: Command = Command {
    usage: "docs",
    short: "write the documentation of all commands",
    long: "Writes the documentation of all commands as Markdown or manual pages.",
    hidden: true,
    args: Args::None,
    flags: &[&[
        Flag::text("dir", "directory to write to").default("./"),
        Flag::text("type", "kind of documentation: markdown, man or bash")
            .default("markdown")
            .complete(complete_type),
        Flag::bool("generate-headers", "write headers into Markdown files"),
    ]],
    complete: Some(completions::no_more),
    run: Some(not_built),
    ..Command::EMPTY
};

fn complete_type(_: &mut Session, _: &Invocation, _: &str) -> Completions {
    Completions::only(["bash", "man", "markdown"].map(str::to_owned).to_vec())
}
