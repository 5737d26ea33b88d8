//! `lint PATH`

use super::not_built;
use crate::command::{Args, Command, Flag};
use crate::flags;

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
    run: Some(not_built),
    ..Command::EMPTY
};
