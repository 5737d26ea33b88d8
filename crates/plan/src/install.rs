//! The plan of an installation.

use std::time::Duration;

use manifest::{HookEvent, Object};
use release::{Release, Status};
use serde_json::json;

use crate::{
    Failure, Live, Method, Objects, OnError, Plan, PlanError, Planned, Says, Step, WaitStrategy,
    Waiting, hooks_at, is_generated, own, owned_by, subject,
};

/// A file of a chart's `crds/`, read.
#[derive(Clone, Debug, PartialEq)]
pub struct CrdFile {
    /// Its name in the chart.
    pub name: String,
    /// Its objects.
    pub objects: Vec<Object>,
}

/// How long definitions of `crds/` may take to be served.
const CRD_TIMEOUT: Duration = Duration::from_secs(60);

/// The plan for the definitions in a chart's `crds/`: it comes before everything else, since
/// rendering may ask whether the cluster serves their kinds.
///
/// They are awaited by watching even where nothing else is.
pub fn crds(files: Vec<CrdFile>, method: Method, strategy: WaitStrategy) -> Plan {
    let strategy = match strategy {
        WaitStrategy::HookOnly => WaitStrategy::Watcher,
        other => other,
    };
    let waiting = Waiting {
        strategy,
        timeout: CRD_TIMEOUT,
        jobs: false,
    };
    Plan {
        release: Release::default(),
        steps: vec![Planned::new(Step::Crds {
            files,
            method,
            waiting,
        })],
        failure: Failure::Leave,
    }
}

/// What an installation starts from.
#[derive(Clone, Debug)]
pub struct Install {
    /// The record, pending.
    pub release: Release,
    /// The objects of its manifest, each with its namespace; not yet marked as the release's.
    pub objects: Vec<Object>,
    /// What the cluster has of each of these objects.
    pub live: Vec<Live>,
    /// Objects of an interrupted installation of that name which are not wanted any more.
    pub left_behind: Vec<Object>,
    /// The newest revision of a former release of that name, to be replaced.
    pub replaces: Option<Release>,
    /// Whether to create the namespace.
    pub create_namespace: bool,
    /// Whether objects of others are taken over.
    pub take_ownership: bool,
    /// Whether hooks run.
    pub hooks: bool,
    /// Server-side apply, or create and merge here.
    pub server_side: bool,
    /// Whether adopted objects lose fields of other managers.
    pub force_conflicts: bool,
    /// Whether adopted objects are replaced instead of changed.
    pub force_replace: bool,
    /// How readiness is awaited.
    pub waiting: Waiting,
    /// The description of success; empty for Helm's.
    pub description: String,
    /// Whether a failed installation is marked as such in its record; not if it will be removed.
    pub mark_failure: bool,
}

/// The plan of an installation: namespace, record, pre-install hooks, objects, post-install hooks,
/// record.
///
/// # Errors
/// If an object exists and is not this release's.
pub fn install(input: Install) -> Result<Plan, PlanError> {
    let found = input.objects.iter().zip(&input.live);
    let adopted = adopt(found, &input.release, input.take_ownership)?;
    let mut steps = Vec::new();
    if input.create_namespace {
        steps.push(namespace(&input.release.namespace, input.server_side));
    }
    let mut release = input.release.clone();
    if let Some(last) = input.replaces.clone() {
        release.version = last.version + 1;
        steps.extend(supersede(last));
    }
    steps.push(Planned::new(Step::CreateRecord { max_history: 0 }));
    steps.extend(hooks(&input, HookEvent::PreInstall));
    steps.extend(writes(&input, adopted));
    steps.extend(hooks(&input, HookEvent::PostInstall));
    steps.extend(conclusion(&input));
    Ok(Plan {
        release,
        steps,
        failure: match input.mark_failure {
            true => Failure::Mark("Release"),
            false => Failure::Leave,
        },
    })
}

/// The hooks of an event, if there are any and they are wanted.
fn hooks(input: &Install, event: HookEvent) -> Option<Planned> {
    let order = hooks_at(&input.release.hooks, &event);
    if order.is_empty() || !input.hooks {
        return None;
    }
    let says = Says::After(format!("failed {event}: "));
    let step = Step::Hooks {
        event,
        order,
        method: Method::create(input.server_side),
        waiting: input.waiting,
        lasting: false,
    };
    Some(Planned::new(step).says(says))
}

/// The objects, marked as the release's, and the wait for them. If some exist already, all are
/// brought to their state one by one instead of being created.
fn writes(input: &Install, adopted: Vec<Object>) -> Vec<Planned> {
    if input.objects.is_empty() {
        return Vec::new();
    }
    let objects: Objects = own_all(&input.objects, &input.release).into();
    let mut originals = adopted;
    originals.extend(input.left_behind.iter().cloned());
    let write = if originals.is_empty() {
        Step::Create {
            objects: objects.clone(),
            method: Method::create(input.server_side),
        }
    } else {
        Step::Update {
            targets: objects.clone(),
            originals: originals.into(),
            method: adoption(input),
        }
    };
    let wait = Step::Wait {
        objects,
        waiting: input.waiting,
    };
    vec![Planned::new(write), Planned::new(wait)]
}

/// Objects marked as the release's.
pub(crate) fn own_all(objects: &[Object], release: &Release) -> Vec<Object> {
    let mut objects = objects.to_vec();
    for object in &mut objects {
        own(object, &release.name, &release.namespace);
    }
    objects
}

/// The record of success. That it cannot be written is told, but fails nothing: the objects are there.
fn conclusion(input: &Install) -> [Planned; 2] {
    const UNRECORDED: OnError = OnError::Report("failed to record the release");
    let description = match input.description.as_str() {
        "" => "Install complete",
        given => given,
    };
    [
        Planned::new(Step::SetStatus {
            status: Status::Deployed,
            description: description.to_owned(),
            deleted: false,
        }),
        Planned::new(Step::SaveRecord).on_error(UNRECORDED),
    ]
}

/// The objects that exist already and become part of the release, marked as such.
pub(crate) fn adopt<'a>(
    objects: impl Iterator<Item = (&'a Object, &'a Live)>,
    release: &Release,
    take_ownership: bool,
) -> Result<Vec<Object>, PlanError> {
    let mut adopted = Vec::new();
    for (object, live) in objects {
        if is_generated(object) {
            continue;
        }
        if !object.generate_name().is_empty() {
            return Err(PlanError::BothNames);
        }
        let subject = || subject(object);
        match live {
            Live::Absent => {}
            Live::Unreadable(why) => {
                return Err(PlanError::Unreadable {
                    subject: subject(),
                    why: why.clone(),
                });
            }
            Live::Present(found) => match owned_by(found, &release.name, &release.namespace) {
                Err(why) if !take_ownership => {
                    return Err(PlanError::Foreign {
                        subject: subject(),
                        why,
                    });
                }
                _ => adopted.push(object.clone()),
            },
        }
    }
    Ok(own_all(&adopted, release))
}

fn adoption(input: &Install) -> Method {
    let force_conflicts = input.force_conflicts;
    if input.force_replace {
        Method::Replace {
            server_side: input.server_side,
            force_conflicts,
        }
    } else if input.server_side {
        Method::ServerSide {
            force_conflicts,
            migrate: true,
        }
    } else {
        Method::ClientSide {
            three_way: input.take_ownership,
            force_conflicts,
        }
    }
}

/// The namespace as Helm writes it, empty `spec` and `status` included.
fn namespace(name: &str, server_side: bool) -> Planned {
    let json = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"labels": {"name": name}, "name": name},
        "spec": {},
        "status": {},
    });
    Planned::new(Step::Namespace {
        object: Object::from_json(json).unwrap_or_default(),
        method: Method::create(server_side),
    })
}

/// The former release gives way; one that failed keeps saying so.
fn supersede(mut last: Release) -> Option<Planned> {
    if last.info.status == Status::Failed {
        return None;
    }
    last.info.status = Status::Superseded;
    last.info.description = "superseded by new release".to_owned();
    Some(Planned::new(Step::SaveOther(Box::new(last))))
}
