//! One of the two places where a story is played: a control plane, a home, and who plays the candidate.

use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use super::mask::Masks;
use super::story::{Actor, Step, Story};
use super::world::{self, World};
use crate::oracle::{ControlPlane, Tool};

/// How long deletions that go on in the background may take until the cluster is looked at.
const SETTLES_WITHIN: Duration = Duration::from_secs(60);

/// What a command said and did, with everything masked that differs from run to run.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) status: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// What the cluster holds afterwards, where the command changes that.
    pub(super) world: Option<World>,
}

impl Seen {
    /// Rewrites every text in it.
    pub(super) fn rewrite(&mut self, change: &dyn Fn(&mut String)) -> Result<()> {
        change(&mut self.stdout);
        change(&mut self.stderr);
        if let Some(world) = self.world.take() {
            let mut text = serde_json::to_string(&world)?;
            change(&mut text);
            self.world = Some(serde_json::from_str(&text)?);
        }
        Ok(())
    }
}

/// One command with everything that it is run with.
pub(super) struct Task<'a> {
    pub(super) actor: Actor,
    pub(super) words: &'a [String],
    pub(super) folder: &'a Path,
    pub(super) env: &'a [(String, String)],
    /// A signal for it, and the words of kubectl after whose end it is sent.
    pub(super) signal: Option<(String, Vec<String>)>,
}

/// What a story without objects of the cluster can hold.
const USUAL: &str = "secrets,configmaps,services,serviceaccounts,deployments,statefulsets,daemonsets,jobs,\
cronjobs,ingresses,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,persistentvolumeclaims,roles,\
rolebindings,leases,resourcequotas";

/// Kinds without a namespace that charts make.
const OF_CLUSTER: &str = "customresourcedefinitions,clusterroles,clusterrolebindings,priorityclasses,ingressclasses,\
validatingwebhookconfigurations,mutatingwebhookconfigurations,namespaces";

pub(super) struct Lane {
    plane: ControlPlane,
    home: TempDir,
    masks: Masks,
    /// What a new control plane holds before anybody does anything.
    native: BTreeSet<String>,
}

impl Lane {
    /// Brings up a control plane and a home.
    pub(super) fn open(candidate: &Path) -> Result<Lane> {
        let plane = ControlPlane::start()?;
        let home = tempfile::tempdir()?;
        let kube = home.path().join(".kube");
        fs::create_dir(&kube)?;
        fs::copy(plane.kubeconfig("admin")?, kube.join("config"))?;
        for user in ["certified", "editor", "viewer", "nobody"] {
            fs::copy(plane.kubeconfig(user)?, kube.join(user))?;
        }
        for (name, text) in ways_in(&fs::read_to_string(kube.join("config"))?, home.path()) {
            let path = home.path().join(name);
            fs::write(&path, text)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
        }
        let masks = Masks::new(&[
            (&home.path().to_string_lossy(), "<home>"),
            (plane.server()?, "<server>"),
        ])?;
        let mut lane = Lane {
            plane,
            home,
            masks,
            native: BTreeSet::new(),
        };
        lane.native = lane.everything()?.iter().map(world::key).collect();
        lane.cast(candidate)?;
        Ok(lane)
    }

    /// Gives the part of the candidate to a program. It plays under the name `helm`, which messages hold.
    pub(super) fn cast(&self, candidate: &Path) -> Result<()> {
        let called = self.candidate();
        if called.is_symlink() {
            fs::remove_file(&called)?;
        }
        symlink(candidate, called).context("cannot link the candidate")
    }

    fn candidate(&self) -> PathBuf {
        self.home.path().join("helm")
    }

    /// Runs one command, and looks at the cluster if it changes that.
    pub(super) fn run(&self, story: &Story, step: &Step) -> Result<Seen> {
        let output = self.execute(&Task {
            actor: step.actor,
            words: &step.words,
            folder: self.home.path(),
            env: &[],
            signal: None,
        })?;
        let text = |bytes: &[u8]| self.masks.text(&String::from_utf8_lossy(bytes));
        let world = if step.changes {
            Some(self.settled(&story.namespace)?)
        } else {
            None
        };
        Ok(Seen {
            status: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            world,
        })
    }

    /// Removes what a story leaves, so that the next one meets an empty cluster.
    pub(super) fn clear(&self, story: &Story) -> Result<()> {
        let mut left = world::cluster_scoped(&self.objects(&story.namespace)?);
        left.push(format!("namespace/{}", story.namespace));
        for object in left {
            self.kubectl(&["delete", &object, "--ignore-not-found", "--wait=false"])?;
        }
        Ok(())
    }

    /// Waits until what `clear` removes is gone, for a story that is played again.
    pub(super) fn wait_until_clear(&self, story: &Story) -> Result<()> {
        let namespace = format!("namespace/{}", story.namespace);
        self.kubectl(&["wait", "--for=delete", &namespace, "--timeout=2m"])?;
        Ok(())
    }

    /// Where files of stories are.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs one command and does not look at the cluster.
    pub(super) fn perform(&self, task: &Task<'_>) -> Result<Seen> {
        let output = self.execute(task)?;
        let text = |bytes: &[u8]| self.masks.text(&String::from_utf8_lossy(bytes));
        Ok(Seen {
            status: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            world: None,
        })
    }

    /// What a namespace holds once deletions are through, and what of the cluster belongs to it.
    pub(super) fn see(&self, namespace: &str, also: &[String], cluster: &[String]) -> Result<Seen> {
        let end = Instant::now() + SETTLES_WITHIN;
        loop {
            let objects = self.objects_of(namespace, also, cluster)?;
            if !world::is_settling(&objects) || Instant::now() > end {
                return Ok(Seen {
                    status: None,
                    stdout: String::new(),
                    stderr: String::new(),
                    world: Some(world::normalise(objects, &self.masks)?),
                });
            }
            thread::sleep(Duration::from_millis(250));
        }
    }

    fn objects_of(
        &self,
        namespace: &str,
        also: &[String],
        cluster: &[String],
    ) -> Result<Vec<Value>> {
        let mut kinds = USUAL.to_owned();
        if !cluster.is_empty() {
            kinds = format!("{kinds},{OF_CLUSTER}");
        }
        let more: String = also.iter().map(|kind| format!(",{kind}")).collect();
        let mut objects = match self.list_in(namespace, &(kinds.clone() + &more)) {
            // Kinds of a story come and go with their definitions.
            Err(error) if error.to_string().contains("doesn't have a resource type") => {
                self.list_in(namespace, &kinds)?
            }
            listed => listed?,
        };
        objects.retain(|object| {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            world::is_somebodys(object, namespace)
                && !self.native.contains(&world::key(object))
                && (!object["metadata"]["namespace"].is_null()
                    || cluster.iter().any(|part| name.contains(part)))
        });
        Ok(objects)
    }

    fn list_in(&self, namespace: &str, kinds: &str) -> Result<Vec<Value>> {
        self.list(&[
            "get",
            kinds,
            "--namespace",
            namespace,
            "--output=json",
            "--show-managed-fields",
        ])
    }

    /// Removes what a story leaves, and waits for that where the next one needs the names.
    pub(super) fn remove(&self, namespace: &str, cluster: &[String], wait: bool) -> Result<()> {
        let mut left = vec![format!("namespace/{namespace}")];
        if !cluster.is_empty() {
            left.extend(world::cluster_scoped(&self.objects_of(
                namespace,
                &[],
                cluster,
            )?));
        }
        for object in left {
            let wait = format!("--wait={wait}");
            self.kubectl(&["delete", &object, "--ignore-not-found", &wait])?;
        }
        Ok(())
    }

    fn execute(&self, task: &Task<'_>) -> Result<Output> {
        let program = match task.actor {
            Actor::Helm4 => Tool::Helm4.installed()?,
            Actor::Helm3 => Tool::Helm3.installed()?,
            Actor::Candidate => self.candidate(),
            Actor::Kubectl => Tool::ControlPlane.installed()?,
            Actor::Psql => PathBuf::from("psql"),
        };
        let mut command = Command::new(program);
        if task.actor == Actor::Kubectl {
            command.arg("kubectl");
        }
        command
            .args(task.words)
            .env_clear()
            .env("HOME", self.home.path())
            .envs(task.env.iter().map(|(name, value)| (name, value)))
            .current_dir(task.folder);
        command.envs(env::var_os("PATH").map(|path| ("PATH", path)));
        let output = match &task.signal {
            None => command.output(),
            Some((signal, when)) => {
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
                let child = command.spawn()?;
                let when: Vec<&str> = when.iter().map(String::as_str).collect();
                self.kubectl(&when)?;
                // One that has ended by itself shows that in what it said.
                let number = child.id().to_string();
                Command::new("kill")
                    .args(["-s", signal, &number])
                    .status()?;
                child.wait_with_output()
            }
        };
        output.with_context(|| format!("cannot run {:?} {}", task.actor, task.words.join(" ")))
    }

    /// What the cluster holds once deletions are through.
    fn settled(&self, namespace: &str) -> Result<World> {
        let end = Instant::now() + SETTLES_WITHIN;
        loop {
            let objects = self.objects(namespace)?;
            if !world::is_settling(&objects) || Instant::now() > end {
                return world::normalise(objects, &self.masks);
            }
            thread::sleep(Duration::from_millis(250));
        }
    }

    /// The objects of a namespace and of the cluster that somebody made.
    fn objects(&self, namespace: &str) -> Result<Vec<Value>> {
        let mut objects = self.everything()?;
        objects.retain(|object| {
            world::is_somebodys(object, namespace) && !self.native.contains(&world::key(object))
        });
        Ok(objects)
    }

    fn everything(&self) -> Result<Vec<Value>> {
        let kinds = self.kubectl(&[
            "api-resources",
            "--verbs=list",
            "--output=name",
            "--cached=false",
        ])?;
        let kinds: Vec<&str> = kinds
            .lines()
            .filter(|kind| world::is_of_interest(kind))
            .collect();
        self.list(&[
            "get",
            &kinds.join(","),
            "--all-namespaces",
            "--output=json",
            "--show-managed-fields",
        ])
    }

    fn list(&self, args: &[&str]) -> Result<Vec<Value>> {
        let text = self.kubectl(args)?;
        let mut list: Value =
            serde_json::from_str(&text).context("kubectl lists objects as JSON")?;
        match list["items"].take() {
            Value::Array(objects) => Ok(objects),
            _ => bail!("kubectl gave no list"),
        }
    }

    fn kubectl(&self, args: &[&str]) -> Result<String> {
        let config = self.plane.kubeconfig("admin")?;
        let mut command = Command::new(Tool::ControlPlane.installed()?);
        command
            .arg("kubectl")
            .args(args)
            .env("KUBECONFIG", config)
            .env("HOME", self.home.path());
        let output = command.output().context("cannot run kubectl")?;
        if !output.status.success() {
            bail!(
                "kubectl {}: {}",
                args.join(" "),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Files that lead to the server on other ways than the administrator's kubeconfig: a token that it does not
/// know, a plugin with the right one, and proxies that are not there.
fn ways_in(admin: &str, home: &Path) -> [(&'static str, String); 5] {
    let with = |marker: &str, replace: &dyn Fn(&str) -> String| -> String {
        let lines = admin.lines().map(|line| match line.trim_start() {
            found if found.starts_with(marker) => replace(line),
            _ => format!("{line}\n"),
        });
        lines.collect()
    };
    let plugin = home.join("plugin");
    let exec = format!(
        "    exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: {}}}\n",
        plugin.display()
    );
    let token = admin.split_once("token:").map_or("", |(_, rest)| rest);
    let token = token.lines().next().unwrap_or_default().trim();
    // It has expired when it is given out, so that every request asks for another.
    let credential = format!(
        r#"{{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
"status": {{"token": "{token}", "expirationTimestamp": "2020-01-01T00:00:00Z"}}}}"#
    );
    let proxy = |url: &str, line: &str| format!("    proxy-url: {url}\n{line}\n");
    [
        (
            ".kube/stranger",
            with("token:", &|_| "    token: unheard-of\n".to_owned()),
        ),
        (".kube/exec", with("token:", &|_| exec.clone())),
        ("plugin", format!("#!/bin/sh\necho '{credential}'\n")),
        (
            ".kube/proxied",
            with("server:", &|line| proxy("http://127.0.0.1:1", line)),
        ),
        (
            ".kube/socks",
            with("server:", &|line| proxy("socks5://127.0.0.1:1", line)),
        ),
    ]
}
