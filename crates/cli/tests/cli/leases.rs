//! One change of a release at a time, and none that a dead one keeps from beginning.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use testkit::{Screen, TestEnv};

use crate::served::{Served, sandbox};

/// Its hook never ends where it is asked to.
const CHART: &str = "\
//- chart/Chart.yaml
apiVersion: v2
name: chart
version: 0.1.0
//- chart/templates/map.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Values.map }}}
//- chart/templates/hook.yaml
{{- if .Values.hang }}
apiVersion: batch/v1
kind: Job
metadata:
  name: hang
  annotations:
    helm.sh/hook: post-upgrade
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  suspend: true
  template:
    spec:
      restartPolicy: Never
      containers: [{name: hang, image: none}]
{{- end }}
";

/// A release `web` in a served sandbox, and an upgrade of it that is under way.
struct Scene {
    env: TestEnv,
    _served: Served,
    upgrade: Child,
}

impl Scene {
    fn begin() -> Scene {
        let mut env = TestEnv::new(env!("CARGO_BIN_EXE_sternpost"));
        env.write(CHART);
        let served = Served::start(env.home());
        let config = env.home().join("served.kubeconfig").display().to_string();
        env.set("KUBECONFIG", &config);
        env.set("STERNPOST_LEASE_DURATION", "1s");
        env.set("USER", "eve");
        let installed = env.run(["install", "web", "chart", "--set", "map=first"]);
        assert_eq!(installed.status, Some(0), "{installed}");
        let upgrade = Command::new(env!("CARGO_BIN_EXE_sternpost"))
            .args(["upgrade", "web", "chart", "--set", "map=second,hang=true"])
            .current_dir(env.home())
            .env_clear()
            .env("HOME", env.home())
            .env("KUBECONFIG", config)
            .env("STERNPOST_LEASE_DURATION", "1s")
            .env("USER", "adam")
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let scene = Scene {
            env,
            _served: served,
            upgrade,
        };
        while !scene
            .run("get hooks web --revision 2")
            .stdout
            .contains("hang")
        {
            std::thread::sleep(Duration::from_millis(50));
        }
        scene
    }

    fn run(&self, words: &str) -> Screen {
        self.env.run(words.split(' '))
    }

    /// Kills the upgrade as a machine does that loses its power.
    fn kill(&mut self) {
        self.upgrade.kill().expect("the upgrade is running");
        self.upgrade.wait().expect("and ends");
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // One that has ended already is what we want.
        let _ = self.upgrade.kill();
        let _ = self.upgrade.wait();
    }
}

#[test]
fn a_second_change_is_told_who_is_at_the_first() {
    let scene = Scene::begin();
    for words in [
        "upgrade web chart --set map=third",
        "upgrade web chart --set map=third --take-over",
        "rollback web",
        "uninstall web",
    ] {
        let refused = scene.run(words);
        assert_eq!(refused.status, Some(1), "{refused}");
        let error = "another operation (install/upgrade/rollback) is in progress: adam@";
        assert!(refused.stderr.contains(error), "{refused}");
    }
    let planned = scene.run("rollback web --dry-run");
    assert_eq!(planned.status, Some(0), "{planned}");
}

#[test]
fn a_dead_change_is_taken_over_and_leaves_nothing() {
    let mut scene = Scene::begin();
    scene.kill();
    let upgraded = scene.run("upgrade web chart --set map=third");
    assert_eq!(upgraded.status, Some(0), "{upgraded}");
    let history = scene.run("history web");
    for line in ["superseded", "\"web\" failed: interrupted", "deployed"] {
        assert!(history.stdout.contains(line), "{history}");
    }
    let removed = scene.run("uninstall web");
    assert_eq!(removed.stdout, "release \"web\" uninstalled\n");
    let again = scene.run("upgrade web chart --install --set map=second");
    assert_eq!(again.status, Some(0), "{again}");
}

#[test]
fn the_pending_record_of_another_program_is_taken_over_on_request() {
    let mut env = TestEnv::new(env!("CARGO_BIN_EXE_sternpost"));
    env.write(CHART);
    env.write(
        "\
//- records.yaml
- name: web
  namespace: default
  version: 1
  info: {status: deployed}
  chart: {metadata: {name: chart, version: 0.1.0, apiVersion: v2}}
- name: web
  namespace: default
  version: 2
  info: {status: pending-upgrade}
  chart: {metadata: {name: chart, version: 0.1.0, apiVersion: v2}}
",
    );
    env.set("HELM_DRIVER", "memory");
    let records = env.home().join("records.yaml").display().to_string();
    env.set("HELM_MEMORY_DRIVER_DATA", &records);
    // Templates ask the cluster for its version, wherever the records are.
    let sandbox = sandbox(env.home()).display().to_string();
    env.set("STERNPOST_SANDBOX", &sandbox);
    let upgrade = ["--sandbox", "upgrade", "web", "chart", "--set", "map=third"];
    let refused = env.run(upgrade);
    assert_eq!(
        refused.to_string(),
        "----- stderr
Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress
Hint: if nothing is at work on this release any more, --take-over goes on from what was interrupted
----- exit status 1
"
    );
    let upgraded = env.run(upgrade.into_iter().chain(["--take-over"]));
    assert_eq!(upgraded.status, Some(0), "{upgraded}");
    assert!(upgraded.stdout.contains("REVISION: 3"), "{upgraded}");
}
