//! `template [NAME] [CHART]`

use std::sync::Arc;

use action::install::Install;
use action::template::{Template, show_only};
use action::{ChartRequest, Deploy, Drafted, DryRun, Rendering};
use funcs::{SeededWorld, World};
use jiff::Timestamp;
use manifest::{HookEvent, with_source};
use release::Release;

use super::install;
use crate::command::{Args, Command, Flag, FlagSet, Invocation};
use crate::error::Failure;
use crate::output_dir::OutputDir;
use crate::session::Session;
use crate::times;
use crate::world::Machine;
use crate::{connect, fetching, flags, requests};

pub(super) static TEMPLATE: Command = Command {
    usage: "template [NAME] [CHART]",
    short: "render the templates of a chart",
    long: "\
Renders the templates of a chart and prints the manifests. No cluster is asked, unless --dry-run=server
says so: what templates look up there is empty, and what they may use is a set of defaults, to which
--api-versions adds:

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
            Flag::text("seed", "make random functions repeatable; never for secrets that are used").hidden(),
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
    run: Some(run),
    ..Command::EMPTY
};

const NO_EFFECT: &str = "this flag has no effect for 'helm template' and will be removed in Helm 5";

/// Where a look at what was rendered helps.
const DEBUG_HINT: &str = "\n\nUse --debug flag to render out invalid YAML";

fn run(session: &mut Session, invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let kube_version = requests::kube_version(flags)?;
    let dry_run = requests::template_dry_run(session, flags)?;
    fetching::check_access(flags)?;
    let world = world(session, flags)?;
    let (name, mut chart) = requests::named_chart(session, flags, "release-name", &world)?;
    chart.fetcher.tells_aside = true;
    if dry_run == DryRun::Server || flags.bool("validate") {
        let drafted = ask(session, flags, name, chart, world);
        return match drafted {
            Ok(Ok(drafted)) => print(session, flags, drafted),
            Ok(Err(error)) => fail(session, flags, error),
            Err(failure) => Err(failure),
        };
    }
    let request = Template {
        name,
        namespace: session.namespace().to_owned(),
        chart,
        values: requests::sources(flags),
        rendering: rendering(session, flags),
        is_upgrade: flags.bool("is-upgrade"),
        kube_version,
        api_versions: flags.list("api-versions").to_vec(),
        labels: requests::labels(flags),
    };
    let reporter = session.lines();
    match action::template::template(request, &mut requests::reader(session), &world, &reporter) {
        Ok(drafted) => print(session, flags, drafted),
        Err(error) => fail(session, flags, error),
    }
}

fn rendering(session: &Session, flags: &FlagSet) -> Rendering {
    Rendering {
        include_crds: flags.bool("include-crds"),
        ..requests::rendering(session, flags)
    }
}

/// The same with a cluster to ask: what it serves, what templates look up, what is in the way.
fn ask(
    session: &mut Session,
    flags: &FlagSet,
    name: String,
    chart: ChartRequest,
    world: Arc<dyn World>,
) -> Result<Result<Drafted, action::Error>, Failure> {
    let deploy = Deploy {
        rendering: rendering(session, flags),
        labels: requests::labels(flags),
        description: String::new(),
        dry_run: DryRun::Server,
        hooks: !flags.bool("no-hooks"),
        force_conflicts: false,
        force_replace: false,
        take_ownership: flags.bool("take-ownership"),
        rollback_on_failure: false,
        waiting: requests::waiting(flags, false),
    };
    let request = Install {
        is_upgrade: flags.bool("is-upgrade"),
        ..install::request(session, flags, name, chart, deploy)
    };
    connect::run(session, world, None, async |context| {
        Ok(action::install::rehearse(&request, &mut requests::reader(session), context).await)
    })
}

/// The machine; with `--seed` what is random in it is not, and its clock stands still at
/// SOURCE_DATE_EPOCH or long ago.
fn world(session: &Session, flags: &FlagSet) -> Result<Arc<dyn World>, Failure> {
    let machine = Arc::new(Machine::new(&session.env, flags.bool("enable-dns")));
    let seed = flags.text("seed");
    if seed.is_empty() {
        return Ok(machine);
    }
    let epoch = times::source_date_epoch(&session.env)?;
    let seconds = epoch.map_or(YEAR_2000, |time| time.unix());
    let now = Timestamp::from_second(seconds)
        .map_err(|error| Failure::new(format!("invalid SOURCE_DATE_EPOCH: {error}")))?;
    Ok(Arc::new(SeededWorld::new(machine, seed, now)))
}

/// The beginning of that year, in seconds after 1970.
const YEAR_2000: i64 = 946_684_800;

/// With `--debug` the text so far is shown before the error, without it the user learns of that.
fn fail(session: &mut Session, flags: &FlagSet, error: action::Error) -> Result<(), Failure> {
    match error.draft() {
        Some(draft) if session.settings.debug => {
            let text = format!("{}\n", draft.manifest.trim());
            let shown = match flags.list("show-only") {
                [] => text,
                // What cannot be found may be what failed: the error says more.
                wanted => show_only(&text, wanted).unwrap_or_default(),
            };
            session.ui.print(&shown)?;
            Err(error.into())
        }
        Some(_) => {
            let text = format!("{error}{DEBUG_HINT}");
            Err(Failure::new(text).caused_by(error))
        }
        None => Err(error.into()),
    }
}

fn print(session: &mut Session, flags: &FlagSet, mut drafted: Drafted) -> Result<(), Failure> {
    if !flags.text("output-dir").is_empty() {
        return write(session, flags, &drafted);
    }
    // The manifest can be large: it is trimmed in place, and what it was made of is dropped.
    drafted.documents = Vec::new();
    let mut text = std::mem::take(&mut drafted.release.manifest);
    text.truncate(text.trim_end().len());
    text.drain(..text.len() - text.trim_start().len());
    text.push('\n');
    for hook in shown_hooks(&drafted.release, flags) {
        text.push_str(&with_source(&hook.path, &hook.manifest));
    }
    session.ui.print(&shown(text, flags)?)
}

/// Writes files. Nothing is left then for the screen, nor for `--show-only` to find.
fn write(session: &mut Session, flags: &FlagSet, drafted: &Drafted) -> Result<(), Failure> {
    let release = flags.bool("release-name").then_some(&*drafted.release.name);
    let directory = OutputDir::new(flags.text("output-dir"), release);
    let documents = directory.documents(drafted, &mut session.ui);
    if documents.is_err() && !session.settings.debug {
        return documents.map_err(|failure| failure.before(DEBUG_HINT));
    }
    directory.hooks(&shown_hooks(&drafted.release, flags), &mut session.ui)?;
    match shown("\n".to_owned(), flags) {
        Ok(text) => session.ui.print(&text)?,
        Err(error) => return documents.and(Err(error)),
    }
    documents
}

/// What of a text `--show-only` leaves.
fn shown(text: String, flags: &FlagSet) -> Result<String, Failure> {
    match flags.list("show-only") {
        [] => Ok(text),
        wanted => Ok(show_only(&text, wanted)?),
    }
}

fn shown_hooks<'a>(release: &'a Release, flags: &FlagSet) -> Vec<&'a release::Hook> {
    if flags.bool("no-hooks") {
        return Vec::new();
    }
    let skip_tests = flags.bool("skip-tests");
    let hooks = release.hooks.iter();
    hooks
        .filter(|hook| !(skip_tests && hook.runs_at(&HookEvent::Test)))
        .collect()
}
