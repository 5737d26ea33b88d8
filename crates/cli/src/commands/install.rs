//! `install [NAME] [CHART]`

use std::sync::Arc;

use action::install::Install;
use action::{ChartRequest, Deploy};
use funcs::World;
use release::Release;

use super::status;
use crate::command::{Args, Command, Completions, Flag, FlagSet, Invocation, Kind};
use crate::error::Failure;
use crate::session::Session;
use crate::{completions, connect, fetching, flags, requests};

pub(super) static INSTALL: Command = Command {
    usage: "install [NAME] [CHART]",
    short: "install a chart",
    long: "\
Installs a chart as a new release. CHART is one of:

- a chart of a repository that was added:     {bin} install mymaria example/mariadb
- a packed chart:                             {bin} install mynginx ./nginx-1.2.3.tgz
- a chart directory:                          {bin} install mynginx ./nginx
- a URL:                                      {bin} install mynginx https://example.com/charts/nginx-1.2.3.tgz
- a chart of a repository, by its URL:        {bin} install --repo https://example.com/charts/ mynginx nginx
- a chart of an OCI registry:                 {bin} install mynginx --version 1.2.3 oci://example.com/charts/nginx

Values come from files (--values), and from the command line: --set guesses types, --set-string keeps
text, --set-json takes JSON, --set-file takes the contents of files, --set-literal takes the argument as
it is. Of several files, and of several flags, the last one wins; a flag wins over a file.

    $ {bin} install -f values.yaml -f override.yaml --set name=prod myredis ./redis

--dry-run=client renders the manifests and changes nothing; --dry-run=server asks the cluster besides.
A dry run prints secrets too, unless --hide-secret is given.
",
    args: Args::AtLeast(1),
    flags: &[
        NAMING,
        flags::RENDER,
        APPLY,
        &[
            Flag::bool("take-over", "go on from a pending revision whose process is known to be dead").hidden(),
            Flag::bool("hide-notes", "do not show notes; they are stored all the same"),
            Flag::bool("render-subchart-notes", "show the notes of subcharts too"),
            Flag::bool("hide-secret", "hide Secrets in the output of a dry run"),
            flags::DRY_RUN,
        ],
        flags::FORCE,
        flags::WAIT,
        flags::VALUES,
        flags::CHART,
        flags::POST_RENDERER,
        flags::OUTPUT,
    ],
    exclusive: flags::FORCE_GROUPS,
    complete: Some(complete),
    run: Some(run),
    ..Command::EMPTY
};

/// What the release is called.
pub(super) const NAMING: &[Flag] = &[
    Flag::bool("generate-name", "generate the name; NAME is then left out").short('g'),
    Flag::text("name-template", "template for the name"),
    Flag::bool(
        "replace",
        "take a name that is in use by a deleted release; not for production",
    ),
    Flag::new(
        Kind::Pairs,
        "labels",
        "labels for the release record: key1=val1,key2=val2",
    )
    .short('l'),
];

/// How the objects get into the cluster.
pub(super) const APPLY: &[Flag] = &[
    Flag::bool(
        "create-namespace",
        "create the namespace if it is not there",
    ),
    Flag::bool("server-side", "let the server apply the objects").default("true"),
    Flag::bool("no-hooks", "do not run hooks"),
    Flag::bool("skip-crds", "do not install custom resource definitions"),
    Flag::bool(
        "take-ownership",
        "take over resources that are there and belong to no release",
    ),
    Flag::bool(
        "rollback-on-failure",
        "undo the installation if it fails; turns --wait on",
    ),
    flags::ATOMIC,
];

/// A name is free to choose; a chart comes after it, or alone if the name is generated.
pub(super) fn complete(session: &mut Session, invocation: &Invocation, word: &str) -> Completions {
    let before_chart = usize::from(!invocation.flags.bool("generate-name"));
    if invocation.args().len() == before_chart {
        completions::charts(session, invocation, word)
    } else {
        Completions::none()
    }
}

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    fetching::check_access(&invocation.flags)?;
    let deploy = requests::deploy(session, &invocation.flags)?;
    let release = install(session, invocation, deploy)
        .map_err(|failure| failure.after("INSTALLATION FAILED: "))?;
    status::print_change(session, invocation, &release)
}

fn install(
    session: &mut Session,
    invocation: &Invocation,
    deploy: Deploy,
) -> Result<Release, Failure> {
    let flags = &invocation.flags;
    let world = connect::world(session, flags.bool("enable-dns"));
    let (name, chart) = requests::named_chart(session, flags, "", &world)?;
    let request = Install {
        replace: flags.bool("replace"),
        take_over: flags.bool("take-over"),
        server_side: flags.bool("server-side"),
        ..request(session, flags, name, chart, deploy)
    };
    perform(session, invocation, request, world)
}

/// What to install, by the flags that `install`, `upgrade --install` and `template` share.
pub(super) fn request(
    session: &Session,
    flags: &FlagSet,
    name: String,
    chart: ChartRequest,
    deploy: Deploy,
) -> Install {
    Install {
        name,
        namespace: session.namespace().to_owned(),
        chart,
        values: requests::sources(flags),
        create_namespace: flags.bool("create-namespace"),
        replace: false,
        take_over: false,
        crds: !flags.bool("skip-crds"),
        server_side: true,
        is_upgrade: false,
        deploy,
    }
}

/// Installs; whatever the release is called, a signal is told with the first argument.
pub(super) fn perform(
    session: &Session,
    invocation: &Invocation,
    request: Install,
    world: Arc<dyn World>,
) -> Result<Release, Failure> {
    let told = invocation.args().first().cloned().unwrap_or_default();
    connect::run(session, world, Some(told), async |context| {
        action::install::install(request, &mut requests::reader(session), context).await
    })
}
