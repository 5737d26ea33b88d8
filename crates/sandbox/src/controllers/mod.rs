//! The controllers: what a cluster does by itself after objects are stored.
//!
//! One thread follows the log of changes. Every change puts the object, its owners and what selects it
//! on a queue; each is then brought one step towards what it asks for, and its own changes follow the
//! same way. Nothing here holds state that the store does not have, so a restart goes on where it was.

mod bootstrap;
mod daemon;
mod deployment;
mod gc;
mod jobs;
mod namespace;
mod network;
mod pods;
mod replicas;
mod scaling;
mod stateful;
mod storage;

pub(crate) use bootstrap::bootstrap;

use crate::handlers::{Context, Deletion, begin_deletion, create_object, store_update};
use crate::kinds::Kind;
use crate::object::{at, condition, is_terminating, items, name, namespace, set, text, uid};
use crate::server::{Server, State};
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The one simulated node.
pub(crate) const NODE: &str = "sandbox";
/// How many steps one settling may take: far more than any change needs, so that two controllers that
/// disagree end in a still sandbox and not in a busy one.
const MAX_STEPS: usize = 200_000;

/// What is still to do.
#[derive(Default)]
struct Work {
    /// The revision up to which changes have been put on the queue.
    seen: u64,
    queue: BTreeSet<Key>,
    /// When a key is to be looked at again.
    timers: BTreeMap<Key, Instant>,
    /// The uids of objects that are gone and whose dependents have not been looked for.
    gone: BTreeSet<String>,
}

/// What a controller has at hand.
pub(crate) struct Ctx<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) now: String,
    /// Whether the wait that this key asked for is over.
    pub(crate) is_due: bool,
    pace: Option<Duration>,
    again: Option<Duration>,
}

/// Starts the thread, unless the options leave the pace to the caller.
pub(crate) fn start(server: &Arc<Server>) -> Option<JoinHandle<()>> {
    server.options.pace?;
    let server = Arc::clone(server);
    // Without the thread requests are still answered; there is nobody here to tell.
    std::thread::Builder::new()
        .name("sandbox-controllers".into())
        .spawn(move || run(&server))
        .ok()
}

fn run(server: &Server) {
    let mut state = server.state.lock();
    let mut work = Work::default();
    work.begin(&state);
    while !state.stopped {
        work.follow(server, &mut state, false);
        match work.timers.values().min().copied() {
            Some(due) => {
                server.wake.wait_until(&mut state, due);
            }
            None => server.wake.wait(&mut state),
        }
    }
}

/// Does everything that is due or will be.
pub(crate) fn settle(server: &Server) {
    let mut state = server.state.lock();
    let mut work = Work::default();
    work.begin(&state);
    work.follow(server, &mut state, true);
}

impl Work {
    /// Looks at everything once.
    fn begin(&mut self, state: &State) {
        self.queue
            .extend(state.store.all().map(|(key, _)| key.clone()));
        self.seen = state.store.revision();
    }

    fn follow(&mut self, server: &Server, state: &mut State, hurry: bool) {
        for _ in 0..MAX_STEPS {
            self.enqueue_changes(state);
            self.collect(server, state);
            let now = Instant::now();
            let is_due = |due: &Instant| hurry || *due <= now;
            if let Some(key) = self.queue.pop_first() {
                self.step(server, state, &key, false);
            } else if let Some(key) = self
                .timers
                .iter()
                .find(|(_, due)| is_due(due))
                .map(|(key, _)| key.clone())
            {
                self.timers.remove(&key);
                self.step(server, state, &key, true);
            } else {
                return;
            }
        }
    }

    fn step(&mut self, server: &Server, state: &mut State, key: &Key, is_due: bool) {
        let mut ctx = Ctx {
            state,
            now: server.now(),
            is_due,
            pace: server.options.pace,
            again: None,
        };
        // A controller that is refused (the disk is full, a namespace ends) has nothing to tell: the next
        // change of the object brings it back here.
        let _ = reconcile(&mut ctx, key);
        if let Some(delay) = ctx.again {
            self.timers
                .entry(key.clone())
                .or_insert_with(|| Instant::now() + delay);
        }
    }

    fn enqueue_changes(&mut self, state: &State) {
        let Some(changes) = state.store.changes_since(self.seen) else {
            self.begin(state);
            return;
        };
        for change in changes {
            if change.deleted {
                self.gone.insert(uid(&change.object).to_owned());
                self.timers.remove(&change.key);
            } else {
                self.queue.insert(change.key.clone());
            }
            self.queue.extend(owners(state, &change.object));
            self.queue.extend(concerned(state, &change.key));
        }
        self.seen = state.store.revision();
    }

    /// Puts what named a gone object as its owner on the queue.
    fn collect(&mut self, server: &Server, state: &mut State) {
        if self.gone.is_empty() {
            return;
        }
        let gone = std::mem::take(&mut self.gone);
        let mut ctx = Ctx {
            state,
            now: server.now(),
            is_due: false,
            pace: server.options.pace,
            again: None,
        };
        gc::owners_are_gone(&mut ctx, &gone);
    }
}

/// The keys of the objects that an object names as its owners.
fn owners(state: &State, object: &Value) -> Vec<Key> {
    let key = |reference: &Value| {
        let kind = state
            .kinds
            .of_kind(text(reference, &["apiVersion"]), text(reference, &["kind"]))?;
        let namespace = if kind.namespaced {
            namespace(object)
        } else {
            ""
        };
        Some(Key::new(
            Arc::clone(&kind.storage),
            namespace,
            text(reference, &["name"]),
        ))
    };
    items(object, &["metadata", "ownerReferences"])
        .iter()
        .filter_map(key)
        .collect()
}

/// The objects that look at others: services and budgets at pods, namespaces at what is in them.
fn concerned(state: &State, key: &Key) -> Vec<Key> {
    let all = |resource: &str| -> Vec<Key> {
        let resource: Arc<str> = resource.into();
        state
            .store
            .list(&resource, Some(&key.namespace))
            .map(|(key, _)| key.clone())
            .collect()
    };
    let mut found = Vec::new();
    match &*key.resource {
        "pods" => {
            found.extend(all("services"));
            found.extend(all("policy/poddisruptionbudgets"));
            found.extend(all("persistentvolumeclaims"));
        }
        "apps/deployments" | "apps/statefulsets" | "apps/replicasets" => {
            found.extend(all("autoscaling/horizontalpodautoscalers"))
        }
        "persistentvolumes" | "storage.k8s.io/storageclasses" => {
            let claims: Arc<str> = "persistentvolumeclaims".into();
            found.extend(state.store.list(&claims, None).map(|(key, _)| key.clone()));
        }
        _ => {}
    }
    if !key.namespace.is_empty() {
        let namespace = Key::new("namespaces", "", &key.namespace);
        if state
            .store
            .get(&namespace)
            .is_some_and(|object| is_terminating(object))
        {
            found.push(namespace);
        }
    }
    found
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> ApiResult<()> {
    let Some(object) = ctx.state.store.get(key).cloned() else {
        return Ok(());
    };
    if gc::handle(ctx, key, &object)? {
        return Ok(());
    }
    if is_terminating(&object) && &*key.resource == "persistentvolumeclaims" {
        return storage::release_claim(ctx, key, &object);
    }
    if is_terminating(&object) && !matches!(&*key.resource, "pods" | "namespaces") {
        return Ok(());
    }
    match &*key.resource {
        "namespaces" => namespace::reconcile(ctx, key, &object),
        "pods" => pods::reconcile(ctx, key, &object),
        "replicationcontrollers" | "apps/replicasets" => replicas::reconcile(ctx, key, &object),
        "apps/deployments" => deployment::reconcile(ctx, key, &object),
        "apps/statefulsets" => stateful::reconcile(ctx, key, &object),
        "apps/daemonsets" => daemon::reconcile(ctx, key, &object),
        "batch/jobs" => jobs::reconcile(ctx, key, &object),
        "services" => network::service(ctx, key, &object),
        "networking.k8s.io/ingresses" => network::ingress(ctx, key, &object),
        "persistentvolumeclaims" => storage::claim(ctx, key, &object),
        "persistentvolumes" => storage::volume(ctx, key, &object),
        "policy/poddisruptionbudgets" => scaling::budget(ctx, key, &object),
        "autoscaling/horizontalpodautoscalers" => scaling::autoscaler(ctx, key, &object),
        "apiregistration.k8s.io/apiservices" => network::api_service(ctx, key, &object),
        _ => Ok(()),
    }
}

impl Ctx<'_> {
    /// Looks at the key again after the pace of the sandbox.
    pub(crate) fn wait(&mut self) {
        self.again = Some(self.pace.unwrap_or_default());
    }

    /// Looks at the key again after some seconds.
    pub(crate) fn wait_seconds(&mut self, seconds: u64) {
        self.again = Some(Duration::from_secs(seconds));
    }

    pub(crate) fn kind(&self, resource: &str) -> Option<Arc<Kind>> {
        self.state.kinds.of_storage(resource).cloned()
    }

    /// The objects of a resource in a namespace that `owner` controls, those being deleted included.
    pub(crate) fn owned(
        &self,
        resource: &str,
        namespace: &str,
        owner: &Value,
    ) -> Vec<(Key, Arc<Value>)> {
        let (resource, owner): (Arc<str>, &str) = (resource.into(), uid(owner));
        let is_owned = |object: &Value| {
            items(object, &["metadata", "ownerReferences"])
                .iter()
                .any(|r| {
                    text(r, &["uid"]) == owner && at(r, &["controller"]) == Some(&Value::Bool(true))
                })
        };
        let list = self.state.store.list(&resource, Some(namespace));
        list.filter(|(_, o)| is_owned(o))
            .map(|(k, o)| (k.clone(), Arc::clone(o)))
            .collect()
    }

    /// Creates an object of a controller.
    pub(crate) fn create(&mut self, resource: &str, object: Value) -> ApiResult<Arc<Value>> {
        let kind = self
            .kind(resource)
            .ok_or_else(crate::status::ApiError::no_such_path)?;
        let context = Context::of_controller("kube-controller-manager", "", self.now.clone());
        create_object(self.state, &kind, object, &context)
    }

    /// Changes an object, or only its status, where `change` makes a difference.
    pub(crate) fn update(
        &mut self,
        key: &Key,
        status: bool,
        change: impl FnOnce(&mut Value),
    ) -> ApiResult<()> {
        let Some(live) = self.state.store.get(key).cloned() else {
            return Ok(());
        };
        let Some(kind) = self.kind(&key.resource) else {
            return Ok(());
        };
        let mut new = (*live).clone();
        change(&mut new);
        if new == *live {
            return Ok(());
        }
        let manager = if &*key.resource == "pods" {
            "kubelet"
        } else {
            "kube-controller-manager"
        };
        let subresource = if status && kind.has_status() {
            "status"
        } else {
            ""
        };
        let context = Context::of_controller(manager, subresource, self.now.clone());
        store_update(self.state, &kind, key, &live, new, &context).map(|_| ())
    }

    /// Begins to delete an object in the background.
    pub(crate) fn delete(&mut self, key: &Key) -> ApiResult<()> {
        let (Some(live), Some(kind)) =
            (self.state.store.get(key).cloned(), self.kind(&key.resource))
        else {
            return Ok(());
        };
        begin_deletion(
            self.state,
            &kind,
            key,
            &live,
            &Deletion::default(),
            &self.now,
        )
        .map(|_| ())
    }
}

/// The entry of `ownerReferences` for what `owner` controls.
pub(crate) fn owner_reference(owner: &Value) -> Value {
    json!({
        "apiVersion": text(owner, &["apiVersion"]), "kind": text(owner, &["kind"]), "name": name(owner),
        "uid": uid(owner), "controller": true, "blockOwnerDeletion": true,
    })
}

/// A pod from a template, for `owner`.
pub(crate) fn pod_of(owner: &Value, template: &Value) -> Value {
    let mut pod =
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": namespace(owner)}});
    for part in ["labels", "annotations", "finalizers"] {
        if let Some(value) = at(template, &["metadata", part]) {
            set(&mut pod, &["metadata", part], value.clone());
        }
    }
    set(
        &mut pod,
        &["metadata", "ownerReferences"],
        json!([owner_reference(owner)]),
    );
    set(
        &mut pod,
        &["spec"],
        template.get("spec").cloned().unwrap_or_default(),
    );
    pod
}

/// Sets a condition; its time changes only with its status.
pub(crate) fn set_condition(object: &mut Value, mut new: Value, now: &str) {
    let kind = text(&new, &["type"]).to_owned();
    let since = match condition(object, &kind) {
        Some(old) if text(old, &["status"]) == text(&new, &["status"]) => {
            text(old, &["lastTransitionTime"]).to_owned()
        }
        _ => now.to_owned(),
    };
    set(&mut new, &["lastTransitionTime"], since);
    if at(object, &["status", "conditions"]).is_none() {
        set(object, &["status", "conditions"], json!([]));
    }
    let Some(Value::Array(list)) = object.pointer_mut("/status/conditions") else {
        return;
    };
    match list.iter_mut().find(|c| text(c, &["type"]) == kind) {
        Some(place) => *place = new,
        None => list.push(new),
    }
}

/// Whether a pod is ready.
pub(crate) fn is_ready(pod: &Value) -> bool {
    condition(pod, "Ready").is_some_and(|c| text(c, &["status"]) == "True") && !is_terminating(pod)
}

/// Whether a pod has ended.
pub(crate) fn is_finished(pod: &Value) -> bool {
    matches!(text(pod, &["status", "phase"]), "Succeeded" | "Failed")
}

/// A text that is the same for the same template, whatever the order of its fields.
pub(crate) fn template_hash(template: &Value) -> String {
    let mut template = template.clone();
    crate::object::remove(&mut template, &["metadata", "labels", "pod-template-hash"]);
    crate::object::remove(&mut template, &["metadata", "creationTimestamp"]);
    crate::names::hash(&sorted(&template).to_string())
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, Value> =
                fields.iter().map(|(k, v)| (k, sorted(v))).collect();
            Value::Object(
                fields
                    .into_iter()
                    .map(|(k, v)| (k.clone(), v))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(list) => list.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// A count where the API leaves zero out.
pub(crate) fn set_count(object: &mut Value, path: &[&str], count: i64) {
    if count == 0 {
        crate::object::remove(object, path);
    } else {
        set(object, path, count);
    }
}

/// The length of a list as the API counts.
pub(crate) fn count<T>(list: &[T]) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}
