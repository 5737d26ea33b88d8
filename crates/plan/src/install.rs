//! The plan of an installation.

use std::sync::Arc;
use std::time::Duration;

use manifest::{HookEvent, Object};
use release::{Release, Status};
use serde_json::json;

use crate::{
    Failure, Live, Method, OnError, Plan, PlanError, Planned, Says, Step, WaitStrategy, Waiting,
    hooks_at, is_generated, own, owned_by, subject,
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
    let adopted = adopt(&input)?;
    let Install {
        mut release,
        mut objects,
        ..
    } = input;
    for object in &mut objects {
        own(object, &release.name, &release.namespace);
    }
    let objects: Arc<[Object]> = objects.into();
    let mut steps = Vec::new();
    if input.create_namespace {
        steps.push(namespace(&release.namespace, input.server_side));
    }
    if let Some(last) = input.replaces {
        release.version = last.version + 1;
        steps.extend(supersede(last));
    }
    steps.push(Planned::new(Step::CreateRecord { max_history: 0 }));
    let hooks = |event: HookEvent| {
        let order = hooks_at(&release.hooks, &event);
        (input.hooks && !order.is_empty()).then(|| {
            let says = Says::After(format!("failed {event}: "));
            Planned::new(Step::Hooks {
                event,
                order,
                method: Method::create(input.server_side),
                waiting: input.waiting,
            })
            .says(says)
        })
    };
    steps.extend(hooks(HookEvent::PreInstall));
    if !objects.is_empty() {
        let write = match adopted {
            adopted if adopted.is_empty() => Step::Create {
                objects: objects.clone(),
                method: Method::create(input.server_side),
            },
            adopted => Step::Update {
                targets: objects.clone(),
                originals: adopted.into(),
                method: adoption(
                    input.server_side,
                    input.force_conflicts,
                    input.force_replace,
                    input.take_ownership,
                ),
            },
        };
        steps.push(Planned::new(write));
        steps.push(Planned::new(Step::Wait {
            objects: objects.clone(),
            waiting: input.waiting,
        }));
    }
    steps.extend(hooks(HookEvent::PostInstall));
    steps.push(Planned::new(Step::SetStatus {
        status: Status::Deployed,
        description: match input.description {
            text if text.is_empty() => "Install complete".to_owned(),
            text => text,
        },
        deleted: false,
    }));
    steps.push(
        Planned::new(Step::SaveRecord).on_error(OnError::Report("failed to record the release")),
    );
    Ok(Plan {
        release,
        steps,
        failure: if input.mark_failure {
            Failure::Mark("Release")
        } else {
            Failure::Leave
        },
    })
}

/// The objects that exist already and become part of the release.
fn adopt(input: &Install) -> Result<Vec<Object>, PlanError> {
    let Release {
        name, namespace, ..
    } = &input.release;
    let mut adopted = Vec::new();
    for (object, live) in input.objects.iter().zip(&input.live) {
        if is_generated(object) {
            continue;
        }
        if !object.generate_name().is_empty() {
            return Err(PlanError::BothNames);
        }
        match live {
            Live::Absent => {}
            Live::Unreadable(why) => {
                return Err(PlanError::Unreadable {
                    subject: subject(object),
                    why: why.clone(),
                });
            }
            Live::Present(found) => {
                if !input.take_ownership {
                    owned_by(found, name, namespace).map_err(|why| PlanError::Foreign {
                        subject: subject(object),
                        why,
                    })?;
                }
                let mut object = object.clone();
                own(&mut object, name, namespace);
                adopted.push(object);
            }
        }
    }
    Ok(adopted)
}

fn adoption(server_side: bool, force_conflicts: bool, replace: bool, take: bool) -> Method {
    if replace {
        Method::Replace {
            server_side,
            force_conflicts,
        }
    } else if server_side {
        Method::ServerSide {
            force_conflicts,
            migrate: true,
        }
    } else {
        Method::ClientSide {
            three_way: take,
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
