//! The least rights that each verb needs, and what is said where one of them is missing.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use regex::Regex;

use crate::conformance::{Outcome, Settings, judge, skip};
use crate::oracle::{ControlPlane, Tool};
use crate::paths;
use crate::wire::Wire;

/// How many deeds are done at once.
const AT_ONCE: usize = 4;

/// What is done with the rights of one file.
struct Deed {
    /// The file in `conformance/rights`.
    role: &'static str,
    /// What the administrator does before it.
    before: &'static [&'static str],
    words: &'static str,
}

const INSTALLED: &str = "install rel CHART --set extra={one}";
const UPGRADED: &str = "upgrade rel CHART --set extra={two}";

const WAITED: &str = "upgrade rel CHART --set extra={two} --wait --timeout 60s";

const DEEDS: [Deed; 10] = [
    deed("install", &[], INSTALLED),
    deed("upgrade", &[INSTALLED], UPGRADED),
    deed("wait", &[INSTALLED], WAITED),
    deed("rollback", &[INSTALLED, UPGRADED], "rollback rel 1"),
    deed("test", &[INSTALLED], "test rel"),
    deed("uninstall", &[INSTALLED], "uninstall rel"),
    deed("read", &[INSTALLED], "status rel"),
    deed("read", &[INSTALLED], "list"),
    deed("read", &[INSTALLED], "history rel"),
    deed("read", &[INSTALLED], "get all rel"),
];

const fn deed(role: &'static str, before: &'static [&'static str], words: &'static str) -> Deed {
    Deed {
        role,
        before,
        words,
    }
}

/// Does each deed with its Role, and then without each verb on each resource of it.
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    for tool in [Tool::ControlPlane, Tool::Kwok] {
        if tool.installed().is_err() {
            return skip(&format!("rights needs {}", tool.name()));
        }
    }
    let stage = Stage {
        plane: ControlPlane::start()?,
        home: tempfile::tempdir()?,
        candidate: &settings.candidate,
    };
    let mut cases = Vec::new();
    for (number, deed) in DEEDS.iter().enumerate() {
        let unwanted = |text: &String| !deed.words.contains(text.as_str());
        if settings.only.as_ref().is_some_and(unwanted) {
            continue;
        }
        let file = paths::root().join(format!("conformance/rights/{}.yaml", deed.role));
        let role = Role::parse(&fs::read_to_string(&file)?)?;
        for (turn, missing) in role.missing().into_iter().enumerate() {
            cases.push((
                deed,
                role.clone(),
                missing,
                format!("rights-{number}-{turn}"),
            ));
        }
    }
    let all = cases.len();
    let waiting = Mutex::new(cases.into_iter());
    let next = || waiting.lock().ok()?.next();
    let player = || -> Result<usize> {
        let mut good = 0;
        while let Some((deed, role, missing, namespace)) = next() {
            let output = stage.play(deed, &role, missing.as_ref(), &namespace)?;
            match judge_one(&output, missing.as_ref(), &namespace) {
                None => good += 1,
                Some(why) => println!("{}: {why}", deed.words),
            }
        }
        Ok(good)
    };
    let good = thread::scope(|scope| -> Result<usize> {
        let players: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(player)).collect();
        let counts = players.into_iter().map(|player| {
            let joined = player.join();
            joined.map_err(|_| anyhow!("a player panicked"))?
        });
        counts.sum()
    })?;
    let mut outcome = judge("rights", good, all, settings)?;
    if settings.only.is_none() {
        stage.polls(&mut outcome)?;
    }
    Ok(outcome)
}

/// With all rights a deed succeeds; without one it says which, be it as an error or as a warning.
fn judge_one(output: &Output, missing: Option<&Right>, namespace: &str) -> Option<String> {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let Some(right) = missing else {
        return (!output.status.success()).then(|| format!("with all rights: {}", said.trim()));
    };
    let named = [
        format!("cannot {} resource \"{}\"", right.verb, right.resource),
        format!("in the namespace \"{namespace}\""),
    ];
    // A log line shows quotes as it must.
    let plain = said.replace('\\', "");
    if named.iter().all(|part| plain.contains(part)) {
        return None;
    }
    Some(match output.status.success() {
        true => format!("not needed: {} {}", right.verb, right.resource),
        false => format!("without {} {}: {}", right.verb, right.resource, said.trim()),
    })
}

struct Stage<'a> {
    plane: ControlPlane,
    home: tempfile::TempDir,
    candidate: &'a Path,
}

impl Stage<'_> {
    /// No Role has the right to watch, so that every wait reads objects again and again. That is looked at here by
    /// itself: a watch is asked for and refused, the Job of a hook is read until it has ended, and an object that
    /// never becomes ready is told as that.
    fn polls(&self, outcome: &mut Outcome) -> Result<()> {
        let namespace = "rights-polls";
        let file = paths::root().join("conformance/rights/wait.yaml");
        let role = Role::parse(&fs::read_to_string(&file)?)?;
        outcome.check(role.rights.iter().all(|right| right.verb != "watch"));
        let admin = self.plane.kubeconfig("admin")?;
        let program = Wire::build(self.home.path())?;
        let wire = Wire::start(&program, &admin, None)?;
        let config = self.home.path().join("through.kubeconfig");
        wire.kubeconfig(&admin, &config)?;
        self.prepare("wait", &[INSTALLED], &role, None, namespace)?;
        let waited = self.helm(WAITED, namespace, Some(namespace), &config)?;
        let requests = wire.end()?;
        let of_job = |request: &&String| request.contains("/jobs");
        let watched = requests
            .iter()
            .filter(of_job)
            .position(|r| r.contains("watch=true"));
        let after = requests
            .iter()
            .filter(of_job)
            .skip(watched.unwrap_or(usize::MAX));
        let read = after.filter(|r| r.contains("GET ") && !r.contains("watch=true"));
        let polled = waited.status.success() && read.count() > 0;
        if !polled {
            println!("polling: {}", String::from_utf8_lossy(&waited.stderr));
        }
        outcome.check(polled);
        let never = "upgrade rel CHART --set broken=wait --wait --timeout 5s";
        let ended = self.helm(never, namespace, Some(namespace), &admin)?;
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        let told = said.contains("Deployment/rights-polls/rel not ready. status: InProgress");
        if !told {
            println!("polling: {said}");
        }
        outcome.check(told && !ended.status.success());
        Ok(())
    }

    fn play(
        &self,
        deed: &Deed,
        role: &Role,
        missing: Option<&Right>,
        namespace: &str,
    ) -> Result<Output> {
        self.prepare(deed.role, deed.before, role, missing, namespace)?;
        let admin = self.plane.kubeconfig("admin")?;
        self.helm(deed.words, namespace, Some(namespace), &admin)
    }

    /// Makes a namespace, does in it what comes before, and gives a user of the same name a Role there.
    fn prepare(
        &self,
        name: &str,
        before: &[&str],
        role: &Role,
        missing: Option<&Right>,
        namespace: &str,
    ) -> Result<()> {
        let admin = self.plane.kubeconfig("admin")?;
        self.kubectl(&["create", "namespace", namespace])?;
        for words in before {
            let output = self.helm(words, namespace, None, &admin)?;
            if !output.status.success() {
                bail!("{words}: {}", String::from_utf8_lossy(&output.stderr));
            }
        }
        let file = self.home.path().join(format!("{namespace}.yaml"));
        fs::write(&file, role.without(missing))?;
        let file = file.to_string_lossy();
        self.kubectl(&["apply", "--namespace", namespace, "--filename", &file])?;
        let binding = format!("--role={name}");
        let user = format!("--user={namespace}");
        self.kubectl(&[
            "create",
            "rolebinding",
            "all",
            &binding,
            &user,
            "--namespace",
            namespace,
        ])
    }

    fn helm(
        &self,
        words: &str,
        namespace: &str,
        user: Option<&str>,
        kubeconfig: &Path,
    ) -> Result<Output> {
        let chart = paths::root().join("conformance/charts/change");
        let chart = chart.to_string_lossy();
        let words = words.split(' ').map(|word| match word {
            "CHART" => &chart,
            other => other,
        });
        let mut command = Command::new(self.candidate);
        command
            .args(words)
            .args(["--namespace", namespace])
            .args(user.iter().flat_map(|user| ["--kube-as-user", user]))
            .env_clear()
            .env("HOME", self.home.path())
            .env("KUBECONFIG", kubeconfig);
        command.output().context("cannot run the candidate")
    }

    fn kubectl(&self, words: &[&str]) -> Result<()> {
        let mut command = Command::new(Tool::ControlPlane.installed()?);
        command
            .arg("kubectl")
            .args(words)
            .env("KUBECONFIG", self.plane.kubeconfig("admin")?)
            .env("HOME", self.home.path());
        let output = command.output()?;
        if !output.status.success() {
            bail!("kubectl: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}

/// One verb on one resource.
#[derive(Clone, PartialEq, Eq)]
struct Right {
    group: String,
    resource: String,
    verb: String,
}

/// A Role as a list of rights.
#[derive(Clone)]
struct Role {
    name: String,
    rights: Vec<Right>,
}

impl Role {
    /// Reads a file of `conformance/rights`: each rule stands on a line of its own.
    fn parse(text: &str) -> Result<Role> {
        let name = Regex::new(r"(?m)^metadata: \{name: (\S+)\}$")?;
        let rule = Regex::new(
            r"(?m)^  - \{apiGroups: \[(.*?)\], resources: \[(.*?)\], verbs: \[(.*?)\]\}$",
        )?;
        let words = |list: &str| -> Vec<String> {
            let words = list.split(',').map(|word| word.trim().trim_matches('"'));
            words.map(str::to_owned).collect()
        };
        let mut rights = Vec::new();
        for found in rule.captures_iter(text) {
            for group in words(&found[1]) {
                for resource in words(&found[2]) {
                    for verb in words(&found[3]) {
                        rights.push(Right {
                            group: group.clone(),
                            resource: resource.clone(),
                            verb,
                        });
                    }
                }
            }
        }
        let name = name.captures(text).context("a Role has a name")?[1].to_owned();
        Ok(Role { name, rights })
    }

    /// What is left out, turn by turn: first nothing, then one right after the other.
    fn missing(&self) -> Vec<Option<Right>> {
        let each = self.rights.iter().cloned().map(Some);
        std::iter::once(None).chain(each).collect()
    }

    /// The Role without a right, as a manifest.
    fn without(&self, missing: Option<&Right>) -> String {
        let rights = self.rights.iter().filter(|right| Some(*right) != missing);
        let rules: String = rights
            .map(|right| {
                let Right {
                    group,
                    resource,
                    verb,
                } = right;
                format!(
                    "  - {{apiGroups: [\"{group}\"], resources: [{resource}], verbs: [{verb}]}}\n"
                )
            })
            .collect();
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: {}}}\nrules:\n{rules}",
            self.name
        )
    }
}
