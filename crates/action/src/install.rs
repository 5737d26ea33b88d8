//! `install`: a chart becomes a release.

use std::fmt::Display;
use std::sync::Arc;

use apply::Reporter;
use chart::{Chart, Event, Level};
use goval::strconv::quote;
use plan::{CrdFile, Live, Method, Propagation, WaitStrategy, Waiting};
use release::{Release, Status};
use render::{Capabilities, ReleaseOptions};
use values::Sources;

use crate::chart_request::{Prepared, ReadFile, prepare};
use crate::context::log_all;
use crate::deploy::HIDES_NOTHING;
use crate::draft::{Draft, draft_aside};
use crate::name::is_release_name;
use crate::observe::{build, capabilities, perform, reach};
use crate::size;
use crate::turn::{Turn, left_behind};
use crate::uninstall::{self, Uninstall};
use crate::world::ClusterWorld;
use crate::{ChartRequest, Context, Deploy, Drafted, DryRun, Error};

/// What to install, and how.
#[derive(Clone, Debug)]
pub struct Install {
    /// Name of the release.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The chart.
    pub chart: ChartRequest,
    /// The user's values.
    pub values: Sources,
    /// Whether to create the namespace.
    pub create_namespace: bool,
    /// Whether a name may be taken over from a deleted or failed release.
    pub replace: bool,
    /// Whether a pending installation of that name counts as interrupted, whoever wrote it.
    pub take_over: bool,
    /// Whether the definitions in `crds/` are installed.
    pub crds: bool,
    /// Whether the server merges, rather than this client.
    pub server_side: bool,
    /// Whether templates see an upgrade, for which objects may be there already; for dry runs only.
    pub is_upgrade: bool,
    /// How it is deployed.
    pub deploy: Deploy,
}

/// Installs a chart.
///
/// A dry run gives the release as it would be, and stores nothing.
///
/// # Errors
/// What Helm reports, in its words. Errors after rendering began carry the draft.
pub async fn install(
    request: Install,
    read: ReadFile<'_>,
    context: &Context,
) -> Result<Release, Error> {
    let reporter = &*context.reporter;
    let prepared = prepare(&request.chart, &request.values, read, reporter)?;
    if request.deploy.dry_run != DryRun::Client {
        check_reachable(context).await?;
    }
    if request.deploy.hides_nothing() {
        return Err(failed(reporter, HIDES_NOTHING));
    }
    check_name(&request.name, reporter)?;
    if request.deploy.dry_run != DryRun::None {
        let drafted = create(&request, prepared, None, context).await?;
        return Ok(drafted.release);
    }
    let turn = Turn::take(&request.name, request.take_over, context).await?;
    let installed = async {
        let replaced = replaced(&request, &turn).await?;
        create(&request, prepared, replaced, &turn.context).await
    };
    let installed = installed.await;
    Ok(turn.end(installed).await?.release)
}

/// What an installation would send, as far as the cluster can tell without being changed: a dry run with the
/// documents of the manifest one by one.
///
/// # Errors
/// As [`install`].
pub async fn rehearse(
    request: &Install,
    read: ReadFile<'_>,
    context: &Context,
) -> Result<Drafted, Error> {
    let reporter = &*context.reporter;
    let mut request = request.clone();
    request.deploy.dry_run = DryRun::Server;
    let prepared = prepare(&request.chart, &request.values, read, reporter)?;
    check_reachable(context).await?;
    check_name(&request.name, reporter)?;
    create(&request, prepared, None, context).await
}

/// Installs a release that nobody else changes meanwhile.
async fn create(
    request: &Install,
    prepared: Prepared,
    replaces: Option<Replaced>,
    context: &Context,
) -> Result<Drafted, Error> {
    let reporter = &*context.reporter;
    let asks = request.deploy.dry_run != DryRun::Client;
    let prepared = process_dependencies(prepared, reporter)?;
    let waiting = request.deploy.effective_waiting();
    let for_real = request.deploy.dry_run == DryRun::None;
    if for_real && request.crds && !prepared.chart.crds().is_empty() {
        // As far as it can be told before anything is rendered, which may need the definitions.
        let record = Release {
            name: request.name.clone(),
            version: 1,
            chart: prepared.chart.clone(),
            ..Release::default()
        };
        size::check(&*context.store, &record)?;
    }
    if asks {
        install_crds(request, &prepared.chart, waiting.strategy, context).await?;
    }
    let capabilities = if asks {
        capabilities(context).await?
    } else {
        Capabilities::default()
    };
    let world: Arc<dyn funcs::World> = if asks {
        Arc::new(ClusterWorld::new(context))
    } else {
        Arc::clone(&context.world)
    };
    let input = Draft {
        options: options(&request.name, &request.namespace, 1, request.is_upgrade),
        chart: prepared.chart,
        values: prepared.values,
        labels: request.deploy.labels.clone(),
        capabilities,
        rendering: request.deploy.rendering.clone(),
        server_side: request.server_side,
        now: context.now(),
    };
    let mut drafted = draft_aside(input, world, context).await?;
    let release = &mut drafted.release;
    release.info.status = Status::PendingInstall;
    release.info.description = "Initial install underway".to_owned();
    if !asks {
        return Ok(dry(drafted));
    }
    let objects = build(&release.manifest, &request.namespace, context)
        .await
        .map_err(Error::Build)?;
    let live = match request.is_upgrade {
        true => vec![Live::Absent; objects.len()],
        false => apply::look(&*context.cluster, &objects).await,
    };
    let left_behind = match &replaces {
        Some(old) if old.interrupted => left_behind(&old.release, &objects, context).await?,
        _ => Vec::new(),
    };
    let plan = plan::install(plan::Install {
        release: release.clone(),
        objects,
        live,
        left_behind,
        replaces: replaces.map(|old| old.release),
        create_namespace: request.create_namespace,
        take_ownership: request.deploy.take_ownership,
        hooks: request.deploy.hooks,
        server_side: request.server_side,
        force_conflicts: request.deploy.force_conflicts,
        force_replace: request.deploy.force_replace,
        waiting,
        description: request.deploy.description.clone(),
        mark_failure: !request.deploy.rollback_on_failure,
    })
    .map_err(|error| Error::Plan("install", error))?;
    if request.deploy.dry_run != DryRun::None {
        return Ok(dry(drafted));
    }
    if request.create_namespace {
        size::check(&*context.store, release)?;
    }
    match perform(plan, &request.namespace, context).await {
        Err(error) if request.deploy.rollback_on_failure => {
            Err(undo(request, waiting, error, context).await)
        }
        Err(error) => Err(size::explained(error.into(), release)),
        Ok(release) => Ok(Drafted {
            release,
            documents: Vec::new(),
        }),
    }
}

/// Uninstalls what has failed, if its record was written; gives the error to report.
async fn undo(
    request: &Install,
    waiting: Waiting,
    error: apply::Error,
    context: &Context,
) -> Error {
    let name = &request.name;
    if release::last(&*context.store, name).await.is_err() {
        return error.into();
    }
    let uninstall = Uninstall {
        name: name.clone(),
        dry_run: false,
        hooks: request.deploy.hooks,
        ignore_not_found: false,
        keep_history: false,
        propagation: Propagation::Background,
        waiting,
        description: String::new(),
    };
    Error::Other(
        match uninstall::remove(&uninstall, &context.uncancelled(), None).await {
            Ok(_) => format!(
                "release {name} failed, and has been uninstalled due to rollback-on-failure being set: {error}"
            ),
            Err(second) => format!(
                "an error occurred while uninstalling the release. original install error: {error}: {second}"
            ),
        },
    )
}

fn dry(mut drafted: Drafted) -> Drafted {
    drafted.release.info.description = "Dry run complete".to_owned();
    drafted
}

/// Whether the cluster answers; an installation logs that it does not.
async fn check_reachable(context: &Context) -> Result<(), Error> {
    reach(&*context.cluster).await.map_err(|error| {
        let error = Error::NotReachable(Box::new(error));
        context.log(Event::new(Level::Error, error.to_string()));
        error
    })
}

/// Whether a release may have this name.
pub(crate) fn check_name(name: &str, reporter: &dyn Reporter) -> Result<(), Error> {
    if is_release_name(name) {
        return Ok(());
    }
    let why = format!(
        "release name {}: {}",
        quote(name),
        crate::name::why_not(name)
    );
    reporter.log(Event::new(Level::Error, "release name check failed").with("error", &why));
    Err(Error::Name(why))
}

/// A former release whose name is taken over.
struct Replaced {
    /// Its newest revision.
    release: Release,
    /// Whether its installation was interrupted, so that its objects are there.
    interrupted: bool,
}

/// The former release whose name is taken over; an error if it may not be.
async fn replaced(request: &Install, turn: &Turn) -> Result<Option<Replaced>, Error> {
    let context = &turn.context;
    let history = release::history(&*context.store, &request.name).await;
    let Some(mut release) = history.ok().and_then(|mut all| all.pop()) else {
        return Ok(None);
    };
    let interrupted =
        release.info.status == Status::PendingInstall && turn.is_interrupted(&release);
    if interrupted {
        turn.settle(&mut release).await?;
    }
    let replaceable = matches!(release.info.status, Status::Uninstalled | Status::Failed);
    if interrupted || (request.replace && replaceable) {
        return Ok(Some(Replaced {
            release,
            interrupted,
        }));
    }
    let why = "cannot reuse a name that is still in use";
    context.log(Event::new(Level::Error, "release name check failed").with("error", why));
    Err(Error::Name(why.to_owned()))
}

/// Conditions, tags, aliases and imports of subcharts.
pub(crate) fn process_dependencies(
    mut prepared: Prepared,
    reporter: &dyn Reporter,
) -> Result<Prepared, Error> {
    let mut events = Vec::new();
    let done = values::process_dependencies(&mut prepared.chart, &prepared.values, &mut events);
    log_all(reporter, events);
    done.map_err(|error| {
        let text = "chart dependencies processing failed";
        reporter.log(Event::new(Level::Error, text).with("error", error.to_string()));
        Error::Dependencies(error)
    })?;
    Ok(prepared)
}

/// The definitions of `crds/` come first: templates may ask whether their kinds are served.
async fn install_crds(
    request: &Install,
    chart: &Chart,
    strategy: WaitStrategy,
    context: &Context,
) -> Result<(), Error> {
    let crds = chart.crds();
    if crds.is_empty() || !request.crds {
        return Ok(());
    }
    if request.deploy.dry_run != DryRun::None {
        let text = "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.";
        context.log(Event::warn(text));
        return Ok(());
    }
    let mut files = Vec::new();
    for crd in crds {
        let failed =
            |why: &dyn Display| Error::Other(format!("failed to install CRD {}: {why}", crd.name));
        let text = crd.data.to_str_lossy();
        let objects = build(&text, &request.namespace, context)
            .await
            .map_err(|error| failed(&error))?;
        if objects.is_empty() {
            return Err(failed(&"resources are empty"));
        }
        files.push(CrdFile {
            name: crd.name,
            objects,
        });
    }
    let method = Method::forced(request.server_side, request.deploy.force_conflicts);
    perform(
        plan::crds(files, method, strategy),
        &request.namespace,
        context,
    )
    .await?;
    context.cluster.forget_discovery();
    Ok(())
}

/// What templates learn about the release.
pub(crate) fn options(
    name: &str,
    namespace: &str,
    revision: i64,
    is_upgrade: bool,
) -> ReleaseOptions {
    ReleaseOptions {
        name: name.to_owned(),
        namespace: namespace.to_owned(),
        revision,
        is_install: !is_upgrade,
        is_upgrade,
    }
}

fn failed(reporter: &dyn Reporter, text: &str) -> Error {
    reporter.log(Event::new(Level::Error, text));
    Error::Other(text.to_owned())
}
