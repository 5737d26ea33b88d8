//! The plans of an upgrade and of a rollback: both bring objects from one revision to another.

use manifest::{HookEvent, Object};
use release::{Release, Status};

use crate::install::{adopt, own_all};
use crate::{
    Failure, Live, Method, Objects, OnError, Plan, PlanError, Planned, Says, Step, Waiting,
    hooks_at,
};

/// How objects are brought from one revision to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changing {
    /// Server-side apply, or merges made here.
    pub server_side: bool,
    /// Whether fields of other managers are taken.
    pub force_conflicts: bool,
    /// Whether objects are replaced instead of changed.
    pub force_replace: bool,
    /// Whether hooks run.
    pub hooks: bool,
    /// How readiness is awaited.
    pub waiting: Waiting,
    /// How many revisions may be kept, 0 for all.
    pub max_history: i64,
    /// Whether objects that were created are deleted again if the change fails.
    pub cleanup_on_fail: bool,
}

/// What an upgrade starts from.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// The new record, pending.
    pub release: Release,
    /// The revision that it is based on.
    pub previous: Release,
    /// The objects of that revision, each with its namespace.
    pub current: Vec<Object>,
    /// The objects of the new revision, each with its namespace; not yet marked as the release's.
    pub objects: Vec<Object>,
    /// What the cluster has of each object that is [`new_to`] the release, in their order.
    pub live: Vec<Live>,
    /// Whether objects of others are taken over.
    pub take_ownership: bool,
    /// How.
    pub changing: Changing,
    /// The description of success; empty for Helm's.
    pub description: String,
}

/// The plan of an upgrade: record, pre-upgrade hooks, objects, post-upgrade hooks, both records.
///
/// # Errors
/// If an object that is new to the release exists and is another's.
pub fn upgrade(input: Upgrade) -> Result<Plan, PlanError> {
    let Upgrade {
        release,
        previous,
        mut current,
        changing,
        ..
    } = input;
    let new = new_to(&current, &input.objects).zip(&input.live);
    let adopted = adopt(new, &release, input.take_ownership)?;
    // Of what the release has already, only its fields are moved over; of adopted objects too.
    let migrate = changing.server_side && !previous.apply_method.is_server_side();
    current.extend(adopted);
    let targets: Objects = own_all(&input.objects, &release).into();
    let hooks = |event: HookEvent| {
        let says = Says::After(format!("{event} hooks failed: "));
        hooks(&release, changing, event).map(|step| step.says(says))
    };
    let mut steps = vec![create(changing)];
    steps.extend(hooks(HookEvent::PreUpgrade));
    steps.extend(update(targets, current.into(), changing, migrate));
    steps.extend(hooks(HookEvent::PostUpgrade));
    let mut superseded = previous.clone();
    superseded.info.status = Status::Superseded;
    steps.push(save_other(superseded));
    let description = match input.description.as_str() {
        "" => "Upgrade complete",
        given => given,
    };
    steps.extend(deployed(description));
    Ok(Plan {
        release,
        steps,
        failure: Failure::Upgrade {
            previous: Box::new(previous),
            cleanup: changing.cleanup_on_fail,
        },
    })
}

/// Those of these objects that the release had not in the revision before, at their version of the
/// API: only they can be another's.
pub fn new_to<'a>(
    current: &'a [Object],
    objects: &'a [Object],
) -> impl Iterator<Item = &'a Object> {
    objects
        .iter()
        .filter(|object| !current.iter().any(|old| is_same_version(old, object)))
}

/// What a rollback starts from.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// The new record, pending, with manifest and hooks of the revision that is gone back to.
    pub release: Release,
    /// All revisions, oldest first; the newest one is rolled back.
    pub revisions: Vec<Release>,
    /// The objects of the newest revision, each with its namespace.
    pub current: Vec<Object>,
    /// The objects of the new revision, each with its namespace; not yet marked as the release's.
    pub objects: Vec<Object>,
    /// How.
    pub changing: Changing,
}

/// The plan of a rollback: record, pre-rollback hooks, objects, post-rollback hooks, all records that
/// say deployed, record. `None` if there is no revision to roll back.
pub fn rollback(input: Rollback) -> Option<Plan> {
    let Rollback {
        release, changing, ..
    } = input;
    let newest = input.revisions.last()?.clone();
    let targets: Objects = own_all(&input.objects, &release).into();
    let mut steps = vec![create(changing)];
    steps.extend(hooks(&release, changing, HookEvent::PreRollback));
    // What went well with the server's merge has nothing left to move, but for an object that an older revision
    // left to itself: that keeps its old entry, see docs/compatibility.md.
    let settled = newest.info.status == Status::Deployed && newest.apply_method.is_server_side();
    steps.extend(update(targets, input.current.into(), changing, !settled));
    steps.extend(hooks(&release, changing, HookEvent::PostRollback));
    let deployed_before = input.revisions.into_iter();
    let deployed_before = deployed_before.filter(|old| old.info.status == Status::Deployed);
    steps.extend(deployed_before.map(|mut old| {
        old.info.status = Status::Superseded;
        save_other(old)
    }));
    steps.extend(deployed(&release.info.description.clone()));
    Some(Plan {
        release,
        steps,
        failure: Failure::Rollback {
            newest: Box::new(newest),
            cleanup: changing.cleanup_on_fail,
        },
    })
}

fn create(changing: Changing) -> Planned {
    Planned::new(Step::CreateRecord {
        max_history: changing.max_history,
    })
}

fn hooks(release: &Release, changing: Changing, event: HookEvent) -> Option<Planned> {
    let order = hooks_at(&release.hooks, &event);
    (changing.hooks && !order.is_empty()).then(|| {
        Planned::new(Step::Hooks {
            event,
            order,
            method: Method::create(changing.server_side),
            waiting: changing.waiting,
            lasting: false,
        })
    })
}

fn update(targets: Objects, originals: Objects, changing: Changing, migrate: bool) -> [Planned; 2] {
    let force_conflicts = changing.force_conflicts;
    let method = if changing.force_replace {
        Method::Replace {
            server_side: changing.server_side,
            force_conflicts,
        }
    } else if changing.server_side {
        Method::ServerSide {
            force_conflicts,
            migrate,
        }
    } else {
        Method::ClientSide {
            three_way: false,
            force_conflicts,
        }
    };
    let update = Step::Update {
        targets: targets.clone(),
        originals,
        method,
    };
    let wait = Step::Wait {
        objects: targets,
        waiting: changing.waiting,
    };
    [Planned::new(update), Planned::new(wait)]
}

fn save_other(other: Release) -> Planned {
    Planned::new(Step::SaveOther(Box::new(other)))
        .on_error(OnError::Warn("failed to update release"))
}

fn deployed(description: &str) -> [Planned; 2] {
    [
        Planned::new(Step::SetStatus {
            status: Status::Deployed,
            description: description.to_owned(),
            deleted: false,
        }),
        Planned::new(Step::SaveRecord),
    ]
}

/// Whether both are the same object, at whatever version of the API.
pub fn is_same(a: &Object, b: &Object) -> bool {
    // Names differ most of the time, and are the cheapest to compare.
    a.name() == b.name()
        && a.namespace() == b.namespace()
        && a.kind() == b.kind()
        && a.gvk().group == b.gvk().group
}

/// Whether both are the same object at the same version of the API.
fn is_same_version(a: &Object, b: &Object) -> bool {
    a.gvk() == b.gvk() && a.namespace() == b.namespace() && a.name() == b.name()
}
