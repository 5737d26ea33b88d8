//! `version`

use goval::Value;
use goval::strconv::quote;

use super::print_template;
use crate::command::{Args, Command, Flag, Invocation};
use crate::completions;
use crate::error::Failure;
use crate::gostruct::GoStruct;
use crate::session::Session;

pub(super) static VERSION: Command = Command {
    usage: "version",
    short: "print the version",
    long: "\
Prints the version of Helm that this program is compatible with, in the form that scripts expect:

version.BuildInfo{Version:\"v4.3\", GitCommit:\"\", GitTreeState:\"\", GoVersion:\"go1.26.8\", KubeClientVersion:\"v1.37\"}

A --template is a Go template over the fields .Version, .GitCommit, .GitTreeState, .GoVersion and
.KubeClientVersion, such as 'Version: {{.Version}}'.
",
    args: Args::None,
    flags: &[&[
        Flag::bool("short", "print the version number only"),
        Flag::text("template", "template for the output"),
    ]],
    complete: Some(completions::no_more),
    run: Some(run),
    ..Command::EMPTY
};

/// The version of Helm that this program stands in for, field by field as Helm knows it.
const FIELDS: [(&str, &str); 5] = [
    ("Version", HELM_VERSION),
    ("GitCommit", ""),
    ("GitTreeState", ""),
    ("GoVersion", "go1.26.8"),
    ("KubeClientVersion", "v1.37"),
];

const HELM_VERSION: &str = "v4.3";

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let template = invocation.flags.text("template");
    if !template.is_empty() {
        let fields = FIELDS
            .iter()
            .map(|(name, value)| (*name, Value::str(*value)))
            .collect();
        let info = GoStruct::value("version.BuildInfo", fields);
        return print_template(session, template, &info);
    }
    if invocation.flags.bool("short") {
        return session.ui.print(&format!("{HELM_VERSION}\n"));
    }
    let fields: Vec<_> = FIELDS
        .iter()
        .map(|(name, v)| format!("{name}:{}", quote(v)))
        .collect();
    session
        .ui
        .print(&format!("version.BuildInfo{{{}}}\n", fields.join(", ")))
}
