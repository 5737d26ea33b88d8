//! What a chart depends on, beyond what Helm does: nested charts, no network, archives that are published anew.

use std::fs;

use testkit::{Server, TestEnv};

fn env() -> TestEnv {
    TestEnv::new(env!("CARGO_BIN_EXE_sternpost"))
}

/// Runs a command line that must end well; gives what it printed.
fn run(env: &TestEnv, line: &str) -> String {
    let screen = env.run(line.split(' '));
    assert_eq!(screen.status, Some(0), "{line}\n{screen}");
    screen.stdout
}

/// Runs a command line that must fail; gives what it said.
fn fails(env: &TestEnv, line: &str) -> String {
    let screen = env.run(line.split(' '));
    assert_eq!(screen.status, Some(1), "{line}\n{screen}");
    screen.stderr
}

/// Publishes the chart `part` with something in it.
fn publish(env: &TestEnv, server: &Server, content: &str) {
    env.write(&format!(
        "//- part/Chart.yaml\napiVersion: v2\nname: part\nversion: 0.1.0\n//- part/values.yaml\n{content}\n"
    ));
    run(env, "package part -d site");
    run(env, &format!("repo index site --url {}", server.url()));
}

/// A chart that depends on `part`, of a repository that is known.
fn app(env: &TestEnv) -> Server {
    fs::create_dir_all(env.home().join("site")).expect("a folder to hand out");
    let server = Server::of(&env.home().join("site"));
    publish(env, &server, "a: 1");
    run(env, &format!("repo add ex {}", server.url()));
    env.write(&format!(
        "//- app/Chart.yaml\napiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- name: part\n  version: 0.x\n  repository: {}\n",
        server.url()
    ));
    server
}

#[test]
fn an_archive_that_is_published_anew_is_noticed() {
    let env = env();
    let server = app(&env);
    run(&env, "dependency update app --digests");
    let file = env.home().join("app/Chart.digests");
    let first = fs::read_to_string(&file).expect("digests are written");
    assert!(
        first.contains("name: part") && first.contains("digest: sha256:"),
        "{first}"
    );
    run(&env, "dependency build app");
    publish(&env, &server, "a: 2");
    let archive = env.home().join("app/charts/part-0.1.0.tgz");
    let before = fs::read(&archive).expect("an archive");
    let why = fails(&env, "dependency update app");
    assert!(why.contains("dependency part 0.1.0 of http"), "{why}");
    assert!(
        why.contains("`dependency update --digests` takes it"),
        "{why}"
    );
    assert_eq!(fs::read(&archive).expect("an archive"), before);
    run(&env, "dependency update app --digests");
    assert_ne!(
        fs::read_to_string(&file).expect("digests are written"),
        first
    );
    run(&env, "dependency update app");
    fs::remove_file(&file).expect("there is one");
    run(&env, "dependency update app");
    assert!(!file.exists(), "it is kept for charts that have it");
}

#[test]
fn what_is_here_needs_no_server() {
    let env = env();
    let server = app(&env);
    let why = fails(&env, "dependency update app --offline");
    assert!(
        why.contains("part 0.1.0 of http") && why.contains("--offline asks nobody"),
        "{why}"
    );
    run(&env, "dependency update app");
    server.asked();
    fs::remove_dir_all(env.home().join("app/charts")).expect("there is one");
    let said = run(&env, "dependency build app --offline");
    assert!(said.contains("Taking part from the cache"), "{said}");
    run(&env, "dependency update app --offline");
    assert!(env.home().join("app/charts/part-0.1.0.tgz").exists());
    fs::remove_dir_all(env.home().join("app/charts")).expect("there is one");
    run(&env, "dependency build app");
    assert!(server.asked().is_empty(), "all is in the cache");
    assert!(fails(&env, "dependency build app --offline --verify").contains("--verify wants"));
}

#[test]
fn nested_charts_come_first() {
    let env = env();
    let chart = |name: &str, on: &str| {
        format!(
            "//- {name}/Chart.yaml\napiVersion: v2\nname: {name}\nversion: 0.1.0\ndependencies:\n- name: {on}\n  version: 0.x\n  repository: file://../{on}\n"
        )
    };
    let leaf = "//- leaf/Chart.yaml\napiVersion: v2\nname: leaf\nversion: 0.1.0\n//- leaf/templates/a.yaml\nkind: Leaf\n";
    env.write(&format!(
        "{}{}{leaf}",
        chart("top", "middle"),
        chart("middle", "leaf")
    ));
    run(&env, "dependency update top");
    assert!(!run(&env, "template top").contains("kind: Leaf"));
    let said = run(&env, "dependency update top --recursive");
    assert!(said.contains("Dependencies of"), "{said}");
    assert!(run(&env, "template top").contains("kind: Leaf"));
    run(&env, "dependency build top --recursive");
    env.write(&format!("{}{}", chart("leaf", "top"), ""));
    let why = fails(&env, "dependency update top --recursive");
    assert!(why.contains("depends on itself"), "{why}");
}
