//! `template [NAME] [CHART]`

use super::{install, not_built};
use crate::command::{Args, Command, Flag};
use crate::flags;

pub(super) static TEMPLATE: Command = Command {
    usage: "template [NAME] [CHART]",
    short: "render the templates of a chart",
    long: "\
Renders the templates of a chart and prints the manifests. No cluster is asked: what templates look
up there is empty, and what they may use is a set of defaults, to which --api-versions adds:

    $ {bin} template --api-versions networking.k8s.io/v1 --api-versions cert-manager.io/v1 mychart ./mychart

Charts and values are named as for `{bin} install`.
",
    args: Args::AtLeast(1),
    flags: &[
        install::NAMING,
        flags::RENDER,
        install::APPLY,
        &[
            Flag::bool("hide-notes", "has no effect").deprecated(NO_EFFECT),
            Flag::bool("render-subchart-notes", "has no effect").deprecated(NO_EFFECT),
            Flag::array("show-only", "print the manifests of these templates only").short('s'),
            Flag::text("output-dir", "directory to write the manifests to instead of stdout"),
            Flag::bool("validate", "older name of --dry-run=server")
                .deprecated("use '--dry-run=server' instead"),
            Flag::text(
                "dry-run",
                "what to ask a cluster: nothing ('client'), or validity and what templates look up ('server')",
            )
            .default("client")
            .implied("unset"),
            Flag::bool("include-crds", "print custom resource definitions too"),
            Flag::bool("skip-tests", "leave tests out"),
            Flag::bool("is-upgrade", "set .Release.IsUpgrade instead of .Release.IsInstall"),
            Flag::text("kube-version", "Kubernetes version for .Capabilities.KubeVersion"),
            Flag::strings("api-versions", "API versions for .Capabilities.APIVersions; may be repeated").short('a'),
            Flag::bool("release-name", "put the release name into paths below --output-dir"),
        ],
        flags::FORCE,
        flags::WAIT,
        flags::VALUES,
        flags::CHART,
        flags::POST_RENDERER,
    ],
    exclusive: &[
        &["force-replace", "force-conflicts"],
        &["force", "force-conflicts"],
        &["validate", "dry-run"],
    ],
    complete: Some(install::complete),
    run: Some(not_built),
    ..Command::EMPTY
};

const NO_EFFECT: &str = "this flag has no effect for 'helm template' and will be removed in Helm 5";
