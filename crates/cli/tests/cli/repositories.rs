//! The way of a chart from its making to who installs it: created, packed, indexed, added, found, fetched.

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

/// A repository with the chart `hello`.
fn published(env: &TestEnv) -> Server {
    run(env, "create hello");
    let server = Server::of(&env.home().join("site"));
    let printed = run(env, "package hello -d site");
    assert_eq!(
        printed,
        "Successfully packaged chart and saved it to: site/hello-0.1.0.tgz\n"
    );
    run(env, &format!("repo index site --url {}", server.url()));
    server
}

#[test]
fn a_chart_is_published_and_found() {
    let env = env();
    let server = published(&env);
    let url = server.url().to_owned();
    assert_eq!(
        run(&env, &format!("repo add ex {url}")),
        "\"ex\" has been added to your repositories\n"
    );
    assert_eq!(
        run(&env, &format!("repo add ex {url}")),
        "\"ex\" already exists with the same configuration, skipping\n"
    );
    assert!(
        fails(&env, &format!("repo add ex {url}/x")).contains("already exists, please specify")
    );
    assert_eq!(run(&env, "repo list --no-headers"), format!("ex\t{url}\n"));
    assert!(run(&env, "search repo hel").contains("ex/hello\t0.1.0"));
    assert!(run(&env, "show chart ex/hello --version ^0.1").starts_with("apiVersion: v2\n"));
    let rendered = run(&env, "template x ex/hello");
    assert_eq!(rendered, run(&env, "template x ./hello"));
    assert_eq!(
        rendered,
        run(&env, &format!("template x hello --repo {url}"))
    );
    run(&env, "pull ex/hello --untar --untardir here");
    assert!(
        env.home()
            .join("here/hello/templates/service.yaml")
            .exists()
    );
    assert!(fails(&env, "show chart ex/hello --version 2").contains(
        "chart \"hello\" matching 2 not found in ex index. (try 'helm repo update'): no chart version found for hello-2"
    ));
    assert_eq!(
        run(&env, "repo remove ex"),
        "\"ex\" has been removed from your repositories\n"
    );
    assert!(fails(&env, "repo update").contains("no repositories found"));
}

#[test]
fn a_chart_is_downloaded_once() {
    let env = env();
    let server = published(&env);
    run(&env, &format!("repo add ex {}", server.url()));
    run(&env, "template x ex/hello");
    run(&env, "template x ex/hello");
    assert_eq!(server.asked(), ["/index.yaml", "/hello-0.1.0.tgz"]);
}

#[test]
fn credentials_are_for_their_host_only() {
    let env = env();
    let elsewhere = published(&env);
    let server = Server::of(&env.home().join("site"));
    let add = format!("repo add ex {} --username u --password p", server.url());
    run(&env, &add);
    run(&env, "pull ex/hello");
    assert_eq!(server.asked(), ["/index.yaml Basic dTpw"]);
    assert_eq!(elsewhere.asked(), ["/hello-0.1.0.tgz"]);
    run(&env, &format!("{add} --pass-credentials --force-update"));
    run(&env, "pull ex/hello --content-cache other");
    assert_eq!(elsewhere.asked(), ["/hello-0.1.0.tgz Basic dTpw"]);
}

#[test]
fn dependencies_are_fetched_and_locked() {
    let env = env();
    let server = published(&env);
    env.write(&format!(
        "//- app/Chart.yaml\napiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n\
         - name: hello\n  version: ^0.1.0\n  repository: {}\n\
         - name: beside\n  version: 0.x\n  repository: file://../beside\n\
         //- beside/Chart.yaml\napiVersion: v2\nname: beside\nversion: 0.3.0\n",
        server.url()
    ));
    assert!(fails(&env, "template app").contains("missing in charts/ directory: hello, beside"));
    let said = run(&env, "dependency update app");
    assert!(
        said.contains("Saving 2 charts\nDownloading hello from repo"),
        "{said}"
    );
    assert!(said.ends_with("Deleting outdated charts\n"), "{said}");
    let listed = run(&env, "dependency list app");
    assert!(listed.contains("beside\t0.x"), "{listed}");
    assert_eq!(listed.matches("\tok    ").count(), 2, "{listed}");
    run(&env, "template app");
    let lock = std::fs::read_to_string(env.home().join("app/Chart.lock")).unwrap();
    assert!(
        lock.contains("- name: beside\n  repository: file://../beside\n  version: 0.3.0\n"),
        "{lock}"
    );
    env.write("//- app/Chart.yaml\napiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- name: beside\n  version: 0.2.x\n  repository: file://../beside\n");
    assert!(fails(&env, "dependency build app").contains("Chart.lock) is out of sync"));
}

#[test]
fn bad_repositories_are_refused() {
    let env = env();
    let server = Server::of(env.home());
    let url = server.url().to_owned();
    let looks = format!(
        "Error: looks like \"{url}\" is not a valid chart repository or cannot be reached: "
    );
    let add = format!("repo add ex {url}");
    assert_eq!(
        fails(&env, &add),
        format!("{looks}failed to fetch {url}/index.yaml : 404 Not Found\n")
    );
    env.write("//- index.yaml\nentries: {}\n");
    assert_eq!(
        fails(&env, &add),
        format!("{looks}no API version specified\n")
    );
    env.write("//- index.yaml\n- nothing\n");
    assert!(fails(&env, &add).starts_with(&format!("{looks}error unmarshaling JSON")));
    assert!(!env.home().join(".config/helm/repositories.yaml").exists());
    assert!(fails(&env, "repo add a/b http://127.0.0.1:1").contains("contains '/'"));
    assert_eq!(
        fails(&env, "repo add ex http://127.0.0.1:1"),
        "Error: looks like \"http://127.0.0.1:1\" is not a valid chart repository or cannot be reached: \
         Get \"http://127.0.0.1:1/index.yaml\": dial tcp 127.0.0.1:1: connect: connection refused\n"
    );
    assert!(
        fails(&env, "repo add ex ftp://x").contains("could not find protocol handler for: ftp")
    );
}
