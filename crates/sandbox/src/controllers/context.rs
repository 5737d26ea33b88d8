//! What a controller has at hand.

use crate::handlers::{Context, Deletion, begin_deletion, create_object, store_update};
use crate::kinds::Kind;
use crate::object::{at, items, text, uid};
use crate::server::State;
use crate::status::ApiResult;
use crate::store::Key;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// What a controller has at hand.
pub(crate) struct Ctx<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) now: String,
    /// Whether the wait that this key asked for is over.
    pub(crate) is_due: bool,
    pub(super) pace: Option<Duration>,
    pub(super) again: Option<Duration>,
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
