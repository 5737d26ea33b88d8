//! `test`: the test hooks of a release run.

use std::time::Duration;

use apply::Remains;
use cluster::{Resource, Target};
use futures::stream::StreamExt;
use manifest::{Gvk, HookEvent};
use release::{Hook, Release};

use crate::name::is_release_name;
use crate::observe::{carry_out, env, reach};
use crate::{Context, Error};

/// What to test.
#[derive(Clone, Debug)]
pub struct Test {
    /// Name of the release.
    pub name: String,
    /// Which of its tests.
    pub filter: Filter,
    /// How long each may take.
    pub timeout: Duration,
}

/// Which hooks take part, by their names.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these; all if there are none.
    pub only: Vec<String>,
    /// Not these.
    pub not: Vec<String>,
}

impl Filter {
    /// Helm's `--filter`: `name=NAME` and `!name=NAME`; anything else means nothing.
    pub fn parse(words: &[String]) -> Filter {
        let mut filter = Filter::default();
        for word in words {
            if let Some(name) = word.strip_prefix("name=") {
                filter.only.push(name.to_owned());
            } else if let Some(rest) = word.strip_prefix('!') {
                let rest = rest.strip_prefix(GO_SPACE).unwrap_or(rest);
                filter
                    .not
                    .extend(rest.strip_prefix("name=").map(str::to_owned));
            }
        }
        filter
    }

    fn allows(&self, hook: &Hook) -> bool {
        !self.not.contains(&hook.name) && (self.only.is_empty() || self.only.contains(&hook.name))
    }
}

/// What `\\s` matches in Go.
const GO_SPACE: [char; 5] = ['\t', '\n', '\x0c', '\r', ' '];

/// A release after its tests.
#[derive(Debug)]
pub struct Tested {
    /// The release, with what became of its tests.
    pub release: Release,
    /// Whether they all succeeded.
    pub result: Result<(), Error>,
    remains: Option<Remains>,
}

/// Runs the tests of a release, and writes into its record how they ended. What they leave stays
/// until [`clear`].
///
/// # Errors
/// A release that cannot be had. Tests that fail are no error here.
pub async fn test(request: &Test, context: &Context) -> Result<Tested, Error> {
    let name = &request.name;
    reach(&*context.cluster).await?;
    if !is_release_name(name) {
        return Err(Error::Other(format!(
            "releaseTest: Release name is invalid: {name}"
        )));
    }
    let mut release = release::last(&*context.store, name).await?;
    let aside = set_aside(&mut release, &request.filter);
    let namespace = release.namespace.clone();
    let outcome = carry_out(plan::test(release, request.timeout), &namespace, context).await;
    let mut release = outcome.release;
    let remains = outcome.remains.map(|remains| remains.after(aside.len()));
    release.hooks.splice(0..0, aside);
    let saved = context.store.update(&release).await;
    let result = match outcome.result {
        Ok(()) => saved.map_err(Error::from),
        Err(error) => Err(error.into()),
    };
    Ok(Tested {
        release,
        result,
        remains,
    })
}

/// Deletes what the tests have left, as they ask.
///
/// # Errors
/// The first object that cannot be deleted, or does not go in time.
pub async fn clear(tested: &Tested, context: &Context) -> Result<(), Error> {
    let Some(remains) = &tested.remains else {
        return Ok(());
    };
    let clock = || context.now();
    let env = env(&tested.release.namespace, &clock, context);
    Ok(apply::clear(remains, &tested.release, &env).await?)
}

/// Takes out the hooks that do not take part. As in Helm they stand first in the record from then on,
/// those that are excluded before those that are not included.
fn set_aside(release: &mut Release, filter: &Filter) -> Vec<Hook> {
    let hooks = std::mem::take(&mut release.hooks);
    let (excluded, rest): (Vec<_>, Vec<_>) = hooks
        .into_iter()
        .partition(|hook| filter.not.contains(&hook.name));
    let (taking_part, not_included): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|hook| filter.allows(hook));
    release.hooks = taking_part;
    [excluded, not_included].concat()
}

/// Shows the logs of the test pods of a release, container by container.
///
/// # Errors
/// A pod that cannot be had; the containers whose logs cannot be had, after all others.
pub async fn logs(
    release: &Release,
    filter: &Filter,
    namespace: &str,
    context: &Context,
    mut show: impl FnMut(&str),
) -> Result<(), Error> {
    for index in plan::hooks_at(&release.hooks, &HookEvent::Test) {
        let hook = &release.hooks[index];
        if hook.kind == "Pod" && filter.allows(hook) {
            show_pod(namespace, &hook.name, context, &mut show).await?;
        }
    }
    Ok(())
}

async fn show_pod(
    namespace: &str,
    name: &str,
    context: &Context,
    show: &mut impl FnMut(&str),
) -> Result<(), Error> {
    let found = context.api.get(&pod(namespace, name)).await;
    let found = found.map_err(|e| Error::Other(format!("unable to get pod {name}: {e}")))?;
    let containers = ["/spec/initContainers", "/spec/containers"];
    let containers = containers
        .into_iter()
        .filter_map(|path| found.at(path)?.as_array())
        .flatten()
        .filter_map(|container| container.get("name")?.as_str());
    let mut failures = Vec::new();
    for container in containers {
        if let Err(error) = show_container(namespace, name, container, context, show).await {
            failures.push(error);
        }
    }
    match failures.len() {
        0 => Ok(()),
        _ => Err(Error::Other(failures.join("\n"))),
    }
}

async fn show_container(
    namespace: &str,
    pod: &str,
    container: &str,
    context: &Context,
    show: &mut impl FnMut(&str),
) -> Result<(), String> {
    let whose = format!("logs for pod {pod}, container {container}");
    let opened = context.api.logs(namespace, pod, container).await;
    let mut pieces = opened.map_err(|error| format!("unable to get {whose}: {error}"))?;
    let (mut text, mut broken) = (Vec::new(), None);
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) => text.extend_from_slice(&piece),
            Err(error) => broken = Some(format!("unable to write {whose}: {error}")),
        }
    }
    let text = String::from_utf8_lossy(&text);
    show(&format!("POD LOGS: {pod} ({container})\n{text}\n"));
    broken.map_or(Ok(()), Err)
}

fn pod(namespace: &str, name: &str) -> Target {
    let resource = Resource {
        gvk: Gvk::new("v1", "Pod"),
        plural: "pods".to_owned(),
        namespaced: true,
        verbs: Vec::new(),
    };
    Target {
        resource: resource.into(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hooks(names: &[&str]) -> Vec<Hook> {
        let hook = |name: &&str| {
            Hook::from(manifest::Hook {
                name: name.to_string(),
                ..manifest::Hook::default()
            })
        };
        names.iter().map(hook).collect()
    }

    fn check(words: &[&str], aside: &[&str], left: &[&str]) {
        let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
        let mut release = Release {
            hooks: hooks(&["a", "b", "c"]),
            ..Release::default()
        };
        let taken = set_aside(&mut release, &Filter::parse(&words));
        let names = |hooks: &[Hook]| -> Vec<String> {
            hooks.iter().map(|hook| hook.name.clone()).collect()
        };
        assert_eq!(names(&taken), aside, "{words:?}");
        assert_eq!(names(&release.hooks), left, "{words:?}");
    }

    #[test]
    fn filters_take_hooks_out() {
        check(&[], &[], &["a", "b", "c"]);
        check(&["name=b"], &["a", "c"], &["b"]);
        check(&["!name=b"], &["b"], &["a", "c"]);
        check(&["! name=c", "name=b"], &["c", "a"], &["b"]);
        check(&["label=x", "name"], &[], &["a", "b", "c"]);
    }
}
