//! Real clients against the sandbox over HTTPS: kubectl, and Helm 4.3.1.
//!
//! Both are those that `./dev oracle install` gets, or programs named by `STERNPOST_KUBECTL` and
//! `STERNPOST_HELM4`. Each test is skipped with a line that says so where its client or its chart is not on
//! the machine. With `CI=true` a missing client is a failure where the corpus is there.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on panics, and one that is skipped says so"
)]

use sandbox::{Listener, Options, Sandbox};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// A served sandbox; it ends when this is dropped.
struct Served {
    dir: TempDir,
    end: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (kubeconfig, file) = (
            dir.path().join("kubeconfig"),
            dir.path().join("sandbox.redb"),
        );
        let (end, ended) = oneshot::channel();
        let (started, start) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let options = Options {
                    pace: Some(Duration::from_millis(20)),
                    ..Options::default()
                };
                let sandbox = Sandbox::open(&file, options).unwrap();
                let listener = Listener::bind(sandbox, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
                    .await
                    .unwrap();
                listener.write_kubeconfig(&kubeconfig).unwrap();
                started.send(()).unwrap();
                listener
                    .run(async { ended.await.unwrap_or(()) })
                    .await
                    .unwrap();
            });
        });
        start.recv().unwrap();
        Self {
            dir,
            end: Some(end),
            thread: Some(thread),
        }
    }

    /// Runs a client; what it printed, and whether it was content.
    fn run(&self, client: &Client, args: &[&str]) -> (bool, String) {
        let output = Command::new(&client.program)
            .args(client.first)
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.dir.path())
            .env("KUBECONFIG", self.dir.path().join("kubeconfig"))
            .output()
            .unwrap();
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        (output.status.success(), text)
    }

    /// Runs a client that must be content, and whose output must hold `expected`.
    fn expect(&self, client: &Client, args: &[&str], expected: &str) -> String {
        let (ok, text) = self.run(client, args);
        assert!(
            ok && text.contains(expected),
            "{} {}: expected {expected:?} in:\n{text}",
            client.program.display(),
            args.join(" ")
        );
        text
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A program, and the word before all others that makes it the client.
struct Client {
    program: PathBuf,
    first: Option<&'static str>,
}

fn corpus() -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance");
    std::env::var_os("CORPUS").map_or_else(|| default.into(), PathBuf::from)
}

/// What was found, or a line that says why the test is skipped.
fn needed<T>(name: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        let is_required = std::env::var("CI").is_ok_and(|ci| ci == "true") && corpus().is_dir();
        assert!(!is_required, "{name} is missing");
        eprintln!("skipped: {name} is not on this machine");
    }
    found
}

fn kubectl() -> Option<Client> {
    let given = given("STERNPOST_KUBECTL").map(|program| (program, None));
    let installed = || installed("controlplane-", "controlplane").map(|p| (p, Some("kubectl")));
    let found = given.or_else(installed);
    needed(
        "kubectl",
        found.map(|(program, first)| Client { program, first }),
    )
}

fn helm() -> Option<Client> {
    let found = given("STERNPOST_HELM4").or_else(|| installed("helm-4.3.1", "helm"));
    let found = found.map(|program| Client {
        program,
        first: None,
    });
    needed("Helm 4.3.1", found)
}

fn given(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

/// A program that `./dev oracle install` put into the cache, in a folder that begins like this.
fn installed(folder: &str, program: &str) -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/sternpost"));
    let oracle = given("STERNPOST_CACHE").or_else(home)?.join("oracle");
    let folders = std::fs::read_dir(oracle).ok()?.flatten();
    folders
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(folder))
        .map(|entry| entry.path().join(program))
        .find(|path| path.is_file())
}

fn in_corpus(chart: &str) -> Option<String> {
    let path = corpus().join("render/charts").join(chart);
    needed("the corpus", Some(path).filter(|path| path.is_dir()))
        .and_then(|path| path.to_str().map(str::to_owned))
}

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'web:1', ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
";

#[test]
fn kubectl_applies_gets_and_deletes() {
    let Some(kubectl) = kubectl() else { return };
    let served = Served::start();
    let file = served.write("web.yaml", WEB);
    served.expect(
        &kubectl,
        &["apply", "-f", &file],
        "deployment.apps/web created",
    );
    served.expect(
        &kubectl,
        &["apply", "-f", &file],
        "deployment.apps/web unchanged",
    );
    served.expect(
        &kubectl,
        &["rollout", "status", "deploy/web", "--timeout=20s"],
        "successfully rolled out",
    );
    served.expect(
        &kubectl,
        &["get", "deploy"],
        "web    2/2     2            2",
    );
    served.expect(
        &kubectl,
        &["get", "svc", "web", "-o", "yaml"],
        "clusterIP: 10.96.",
    );
    let changed = served.write("web.yaml", &WEB.replace("web:1", "web:2"));
    served.expect(
        &kubectl,
        &["apply", "-f", &changed],
        "deployment.apps/web configured",
    );
    served.expect(
        &kubectl,
        &["delete", "-f", &changed],
        "deployment.apps \"web\" deleted",
    );
    let (ok, text) = served.run(&kubectl, &["get", "deploy", "web"]);
    assert!(
        !ok && text == "Error from server (NotFound): deployments.apps \"web\" not found\n",
        "{text}"
    );
}

#[test]
fn kubectl_applies_on_the_server_and_is_told_of_conflicts() {
    let Some(kubectl) = kubectl() else { return };
    let served = Served::start();
    let file = served.write("web.yaml", WEB);
    served.expect(
        &kubectl,
        &["apply", "--server-side", "-f", &file],
        "deployment.apps/web serverside-applied",
    );
    let other = served.write("other.yaml", &WEB.replace("replicas: 2", "replicas: 3"));
    let (ok, text) = served.run(
        &kubectl,
        &[
            "apply",
            "--server-side",
            "--field-manager=other",
            "-f",
            &other,
        ],
    );
    assert!(
        !ok && text
            .contains("Apply failed with 1 conflict: conflict with \"kubectl\": .spec.replicas"),
        "{text}"
    );
    served.expect(
        &kubectl,
        &[
            "apply",
            "--server-side",
            "--field-manager=other",
            "--force-conflicts",
            "-f",
            &other,
        ],
        "serverside-applied",
    );
}

#[test]
fn kubectl_refuses_an_unknown_field() {
    let Some(kubectl) = kubectl() else { return };
    let served = Served::start();
    let file = served.write("web.yaml", &WEB.replace("replicas: 2", "replica: 2"));
    let (ok, text) = served.run(&kubectl, &["apply", "-f", &file]);
    assert!(
        !ok && text.contains("strict decoding error: unknown field \"spec.replica\""),
        "{text}"
    );
}

#[test]
fn kubectl_watches() {
    let Some(kubectl) = kubectl() else { return };
    let served = Served::start();
    let waits = ["wait", "--for=create", "configmap/late", "--timeout=20s"];
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| served.run(&kubectl, &waits));
        served.expect(
            &kubectl,
            &["create", "configmap", "late", "--from-literal=a=b"],
            "configmap/late created",
        );
        let (ok, text) = waiting.join().unwrap();
        assert!(ok, "{text}");
    });
    let watch = [
        "get",
        "configmaps",
        "--watch",
        "--request-timeout=2s",
        "--output-watch-events",
    ];
    let (_, text) = served.run(&kubectl, &watch);
    assert!(text.contains("ADDED      late"), "{text}");
}

#[test]
fn kubectl_creates_with_protobuf_and_waits_for_a_job() {
    let Some(kubectl) = kubectl() else { return };
    let served = Served::start();
    served.expect(
        &kubectl,
        &["create", "job", "once", "--image=once"],
        "job.batch/once created",
    );
    served.expect(
        &kubectl,
        &[
            "wait",
            "--for=condition=complete",
            "job/once",
            "--timeout=20s",
        ],
        "condition met",
    );
    served.expect(&kubectl, &["auth", "can-i", "delete", "pods"], "yes");
    served.expect(
        &kubectl,
        &["create", "namespace", "n"],
        "namespace/n created",
    );
    served.expect(
        &kubectl,
        &["delete", "namespace", "n"],
        "namespace \"n\" deleted",
    );
}

/// Install, list, upgrade, roll back and uninstall, each waited for.
fn lifecycle(chart: &str, flags: &[&str], changed: &[&str]) {
    let Some(helm) = helm() else { return };
    let served = Served::start();
    let run = |verb: &[&str], flags: &[&[&str]], expected: &str| {
        let wait: &[&str] = &["--wait", "--timeout", "30s"];
        served.expect(&helm, &[verb, &flags.concat(), wait].concat(), expected)
    };
    run(&["install", "r", chart], &[flags], "STATUS: deployed");
    served.expect(&helm, &["list"], "deployed");
    run(&["upgrade", "r", chart], &[flags, changed], "REVISION: 2");
    run(&["rollback", "r", "1"], &[], "Rollback was a success");
    served.expect(&helm, &["history", "r"], "superseded");
    run(&["uninstall", "r"], &[], "release \"r\" uninstalled");
    let (_, text) = served.run(&helm, &["list", "-q"]);
    assert_eq!(text, "");
}

#[test]
fn helm_lives_a_release_of_podinfo() {
    if let Some(chart) = in_corpus("stefanprodan--podinfo") {
        lifecycle(&chart, &[], &["--set", "replicaCount=2"]);
    }
}

#[test]
fn helm_lives_a_release_of_ingress_nginx() {
    if let Some(chart) = in_corpus("kubernetes--ingress-nginx") {
        lifecycle(&chart, &[], &["--set", "controller.replicaCount=2"]);
    }
}

#[test]
fn helm_lives_a_release_of_the_example() {
    let gallery = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/gallery");
    let values = format!("{gallery}/values-dev.yaml");
    lifecycle(
        gallery,
        &["--values", &values],
        &["--set", "catalog.replicas=2"],
    );
}
