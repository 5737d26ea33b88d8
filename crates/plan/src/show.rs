//! Plans for people and for programs.

use std::fmt;

use manifest::Object;
use serde_json::{Value, json};

use crate::{Plan, Step};

/// One line per step.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, planned) in self.steps.iter().enumerate() {
            writeln!(f, "{:>3}. {}", number + 1, planned.step)?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Namespace { object, .. } => write!(f, "create namespace {}", object.name()),
            Step::Crds { files, .. } => {
                let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
                write!(f, "create definitions of {}", names.join(", "))
            }
            Step::CreateRecord { .. } => f.write_str("create the record"),
            Step::SetStatus { status, .. } => write!(f, "set the record's status to {status}"),
            Step::SaveRecord => f.write_str("write the record"),
            Step::SaveOther(other) => write!(
                f,
                "write the record of revision {} as {}",
                other.version, other.info.status
            ),
            Step::Purge { revisions, .. } => write!(f, "remove {} record(s)", revisions.len()),
            Step::Hooks { event, order, .. } => write!(f, "run {} {event} hook(s)", order.len()),
            Step::Create { objects, .. } => write!(f, "create {}", names(objects)),
            Step::Update { targets, .. } => write!(f, "update {}", names(targets)),
            Step::Wait { objects, .. } => write!(f, "wait for {} object(s)", objects.len()),
            Step::Delete { objects, .. } => write!(f, "delete {}", names(objects)),
            Step::WaitDeleted { objects, .. } => {
                write!(f, "wait until {} object(s) are gone", objects.len())
            }
        }
    }
}

impl Plan {
    /// The plan as data: its release, and for each step what it does to what.
    pub fn to_json(&self) -> Value {
        json!({
            "release": self.release.name,
            "namespace": self.release.namespace,
            "revision": self.release.version,
            "steps": self.steps.iter().map(|planned| self.step(&planned.step)).collect::<Vec<_>>(),
        })
    }

    fn step(&self, step: &Step) -> Value {
        let objects = |objects: &[Object]| objects.iter().map(id).collect::<Vec<_>>();
        match step {
            Step::Namespace { object, .. } => json!({"do": "namespace", "objects": [id(object)]}),
            Step::Crds { files, .. } => {
                let all: Vec<Value> = files.iter().flat_map(|f| objects(&f.objects)).collect();
                json!({"do": "crds", "objects": all})
            }
            Step::CreateRecord { .. } => json!({"do": "createRecord"}),
            Step::SetStatus {
                status,
                description,
                ..
            } => json!({"do": "setStatus", "status": status.name(), "description": description}),
            Step::SaveRecord => json!({"do": "saveRecord"}),
            Step::SaveOther(other) => json!({
                "do": "saveOther",
                "revision": other.version,
                "status": other.info.status.name(),
            }),
            Step::Purge { revisions, .. } => json!({"do": "purge", "revisions": revisions}),
            Step::Hooks { event, order, .. } => {
                let hooks: Vec<&str> = order
                    .iter()
                    .map(|i| self.release.hooks[*i].path.as_str())
                    .collect();
                json!({"do": "hooks", "event": event.name(), "hooks": hooks})
            }
            Step::Create { objects: all, .. } => json!({"do": "create", "objects": objects(all)}),
            Step::Update {
                targets, originals, ..
            } => json!({
                "do": "update",
                "objects": objects(targets),
                "originals": objects(originals),
            }),
            Step::Wait {
                objects: all,
                waiting,
            } => json!({
                "do": "wait",
                "strategy": waiting.strategy.name(),
                "objects": objects(all),
            }),
            Step::Delete {
                objects: all,
                skipped,
                ..
            } => json!({
                "do": "delete",
                "objects": objects(all),
                "skipped": skipped.iter().map(|one| id(&one.object)).collect::<Vec<_>>(),
            }),
            Step::WaitDeleted { objects: all, .. } => {
                json!({"do": "waitDeleted", "objects": objects(all)})
            }
        }
    }
}

fn id(object: &Object) -> Value {
    json!({
        "apiVersion": object.api_version(),
        "kind": object.kind(),
        "namespace": object.namespace(),
        "name": object.name(),
    })
}

/// `Service/web, Deployment/web`.
fn names(objects: &[Object]) -> String {
    let names: Vec<String> = objects
        .iter()
        .map(|object| format!("{}/{}", object.kind(), object.name()))
        .collect();
    names.join(", ")
}
