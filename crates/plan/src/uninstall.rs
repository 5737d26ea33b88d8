//! The plan of an uninstallation.

use std::fmt::Write;

use manifest::{HookEvent, Object};
use release::{Release, Status};

use crate::{
    Failure, Live, Method, Objects, OnError, Plan, Planned, Propagation, Says, Step, Waiting,
    hooks_at, owned_by,
};

/// What an uninstallation starts from.
#[derive(Clone, Debug)]
pub struct Uninstall {
    /// All revisions, oldest first. The newest is what is uninstalled.
    pub revisions: Vec<Release>,
    /// The objects of the newest manifest in the order of deletion, each with its namespace;
    /// without those to keep.
    pub objects: Vec<Object>,
    /// What the cluster has of each of these objects.
    pub live: Vec<Live>,
    /// The objects that stay by their resource policy.
    pub kept: Vec<Object>,
    /// Whether hooks run.
    pub hooks: bool,
    /// Whether the records stay.
    pub keep_history: bool,
    /// What happens to the dependents of deleted objects.
    pub propagation: Propagation,
    /// How deletion is awaited.
    pub waiting: Waiting,
    /// The description of success; empty for Helm's.
    pub description: String,
}

/// An object that an uninstallation leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// The object.
    pub object: Object,
    /// Why it stays.
    pub why: Why,
}

/// Why an object stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its resource policy says so.
    Policy,
    /// It is another's.
    NotOwned,
    /// Nobody can tell whose it is; the reason.
    Unverifiable(String),
}

/// The plan of an uninstallation, and what the user is told about objects that stay. `None` if there
/// is no revision.
///
/// Records go last: an uninstallation that breaks off can be repeated.
pub fn uninstall(input: Uninstall) -> Option<(Plan, String)> {
    let Uninstall {
        revisions: mut older,
        objects,
        live,
        kept,
        ..
    } = input;
    let release = older.pop()?;
    let (owned, skipped) = sort_out(&release, objects, live, kept);
    let told = tell(&skipped);
    let owned: Objects = owned.into();
    let hooks = |event| hooks(&release, input.hooks, event, input.waiting);
    let mut steps = vec![status(
        Status::Uninstalling,
        "Deletion in progress (or silently failed)",
    )];
    steps.extend(hooks(HookEvent::PreDelete));
    steps.push(Planned::new(Step::SaveRecord).on_error(UNSTORED));
    let delete = Step::Delete {
        objects: owned.clone(),
        skipped,
        propagation: input.propagation,
    };
    let failed = format!("failed to delete release: {}", release.name);
    steps.push(Planned::new(delete).says(Says::Instead(failed)));
    if !owned.is_empty() {
        let wait = Step::WaitDeleted {
            objects: owned,
            waiting: input.waiting,
        };
        steps.push(Planned::new(wait).on_error(OnError::Collect));
    }
    steps.extend(hooks(HookEvent::PostDelete).map(|step| step.on_error(OnError::Collect)));
    steps.push(match input.description.as_str() {
        "" => status(Status::Uninstalled, "Uninstallation complete"),
        given => status(Status::Uninstalled, given),
    });
    steps.extend(if input.keep_history {
        keep_records(older)
    } else {
        remove_records(&older, &release)
    });
    let plan = Plan {
        release,
        steps,
        failure: Failure::Leave,
    };
    Some((plan, told))
}

/// A record that cannot be written does not keep objects from being deleted.
const UNSTORED: OnError = OnError::Ignore("uninstall: Failed to store updated release");

fn status(status: Status, description: &str) -> Planned {
    Planned::new(Step::SetStatus {
        status,
        description: description.to_owned(),
        deleted: status == Status::Uninstalling,
    })
}

/// The hooks of an event, if there are any and they are wanted; always by server-side apply.
fn hooks(release: &Release, wanted: bool, event: HookEvent, waiting: Waiting) -> Option<Planned> {
    let order = hooks_at(&release.hooks, &event);
    (wanted && !order.is_empty()).then(|| {
        Planned::new(Step::Hooks {
            event,
            order,
            method: Method::create(true),
            waiting,
            lasting: false,
        })
    })
}

/// The record stays, and no older one says that it is deployed.
fn keep_records(older: Vec<Release>) -> Vec<Planned> {
    let deployed = older
        .into_iter()
        .filter(|old| old.info.status == Status::Deployed);
    let superseded = deployed.map(|mut old| {
        old.info.status = Status::Superseded;
        Step::SaveOther(Box::new(old))
    });
    std::iter::once(Step::SaveRecord)
        .chain(superseded)
        .map(|step| Planned::new(step).on_error(UNSTORED))
        .collect()
}

fn remove_records(older: &[Release], release: &Release) -> Vec<Planned> {
    let all = older.iter().chain([release]);
    let purge = Step::Purge {
        name: release.name.clone(),
        revisions: all.map(|revision| revision.version).collect(),
    };
    let failed = "uninstall: Failed to purge the release: ".to_owned();
    vec![
        Planned::new(purge)
            .on_error(OnError::Collect)
            .says(Says::After(failed)),
    ]
}

/// What is deleted and what stays. What is gone already is in neither.
fn sort_out(
    release: &Release,
    objects: Vec<Object>,
    live: Vec<Live>,
    kept: Vec<Object>,
) -> (Vec<Object>, Vec<Skipped>) {
    let mut owned = Vec::new();
    let mut skipped: Vec<Skipped> = kept
        .into_iter()
        .map(|object| Skipped {
            object,
            why: Why::Policy,
        })
        .collect();
    let mut unverifiable = Vec::new();
    for (object, live) in objects.into_iter().zip(live) {
        match live {
            Live::Absent => {}
            Live::Unreadable(why) => unverifiable.push(Skipped {
                object,
                why: Why::Unverifiable(why),
            }),
            Live::Present(found) => match owned_by(&found, &release.name, &release.namespace) {
                Ok(()) => owned.push(object),
                Err(_) => skipped.push(Skipped {
                    object,
                    why: Why::NotOwned,
                }),
            },
        }
    }
    skipped.extend(unverifiable);
    (owned, skipped)
}

/// The text about objects that stay, group by group.
fn tell(skipped: &[Skipped]) -> String {
    let lines = |wanted: fn(&Why) -> bool| {
        let mut text = String::new();
        let mut count = 0;
        for one in skipped.iter().filter(|one| wanted(&one.why)) {
            count += 1;
            let (kind, name) = (one.object.kind(), one.object.name());
            let _ = match &one.why {
                Why::Unverifiable(why) => writeln!(text, "[{kind}] {name}: {why}"),
                _ => writeln!(text, "[{kind}] {name}"),
            };
        }
        (count, text)
    };
    let groups = [
        match lines(|why| *why == Why::Policy) {
            (0, _) => None,
            (_, text) => Some(format!(
                "These resources were kept due to the resource policy:\n{text}"
            )),
        },
        match lines(|why| *why == Why::NotOwned) {
            (0, _) => None,
            (count, text) => Some(format!(
                "{count} resource(s) were not deleted because they are not owned by this \
                 release:\n{text}"
            )),
        },
        match lines(|why| matches!(why, Why::Unverifiable(_))) {
            (0, _) => None,
            (count, text) => Some(format!(
                "{count} resource(s) were not deleted because their ownership could not be \
                 verified:\n{text}"
            )),
        },
    ];
    let groups: Vec<String> = groups.into_iter().flatten().collect();
    groups.join("\n")
}
