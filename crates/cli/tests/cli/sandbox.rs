//! The sandbox as a user has it: one file, one process at a time, and disks that end.

use std::path::Path;
use std::process::Command;

use testkit::{Screen, TestEnv};

use crate::served::{Served, sandbox};

const CHART: &str = "\
//- chart/Chart.yaml
apiVersion: v2
name: chart
version: 0.1.0
//- chart/values.yaml
size: 9
//- chart/templates/map.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {text: {{ randAlphaNum (int .Values.size) }}}
";

fn environment() -> TestEnv {
    let mut env = TestEnv::new(env!("CARGO_BIN_EXE_sternpost"));
    env.write(CHART);
    let file = sandbox(env.home()).display().to_string();
    env.set("STERNPOST_SANDBOX", &file);
    env
}

fn list(env: &TestEnv) -> Screen {
    env.run(["--sandbox", "list", "--short"])
}

#[test]
fn a_release_survives_the_process() {
    let env = environment();
    let installed = env.run(["--sandbox", "install", "one", "chart"]);
    assert_eq!(installed.status, Some(0), "{installed}");
    assert_eq!(list(&env).to_string(), "----- stdout\none\n");
    let removed = env.run(["--sandbox", "uninstall", "one"]);
    assert_eq!(removed.stdout, "release \"one\" uninstalled\n");
    assert_eq!(list(&env).to_string(), "");
}

#[test]
fn a_template_asks_the_sandbox() {
    let env = environment();
    for flag in ["--dry-run=server", "--validate"] {
        let rendered = env.run(["--sandbox", "template", "one", "chart", flag]);
        assert_eq!(rendered.status, Some(0), "{rendered}");
        assert!(
            rendered.stdout.contains("metadata: {name: one}"),
            "{rendered}"
        );
    }
}

#[test]
fn a_sandbox_file_that_is_cut_in_half_is_refused_and_kept() {
    let env = environment();
    let installed = env.run(["--sandbox", "install", "one", "chart"]);
    assert_eq!(installed.status, Some(0), "{installed}");
    let file = sandbox(env.home());
    let whole = std::fs::read(&file).expect("the sandbox");
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("half of it");
    for words in [
        &["--sandbox", "list"][..],
        &["--sandbox", "install", "two", "chart"],
    ] {
        let screen = env.run(words);
        assert_eq!((screen.status, screen.stdout.as_str()), (Some(1), ""));
        assert!(
            screen.stderr.contains("$HOME/sandbox.redb is damaged"),
            "{screen}"
        );
        assert!(screen.stderr.contains("restore it from a copy"), "{screen}");
    }
    assert!(std::fs::read(&file).expect("the file") == whole[..whole.len() / 2]);
    let reset = env.run(["sandbox", "reset"]);
    assert_eq!(reset.to_string(), "");
    assert_eq!(list(&env).to_string(), "");
}

#[test]
fn the_second_process_on_a_sandbox_file_is_told_of_the_first() {
    let env = environment();
    let served = Served::start(env.home());
    for words in [&["--sandbox", "list"][..], &["sandbox", "reset"]] {
        let screen = env.run(words);
        assert_eq!((screen.status, screen.stdout.as_str()), (Some(1), ""));
        assert!(
            screen
                .stderr
                .contains("$HOME/sandbox.redb is in use by another process"),
            "{screen}"
        );
    }
    drop(served);
    assert_eq!(list(&env).to_string(), "");
}

/// A limit on the size of files is what a test can have of a full disk without rights of its own.
#[test]
fn a_full_disk_loses_nothing_that_was_there() {
    let env = environment();
    let first = env.run(["--sandbox", "install", "one", "chart"]);
    assert_eq!(first.status, Some(0), "{first}");
    let size = std::fs::metadata(sandbox(env.home()))
        .expect("the sandbox")
        .len();

    // Each installation takes room, so that one of them is the first for which there is none.
    let install = |name| {
        [
            "--sandbox",
            "install",
            name,
            "chart",
            "--set",
            "size=600000",
        ]
    };
    let full = |name| on_a_full_disk(&env, size, &install(name));
    let refused = ["a", "b", "c", "d"]
        .into_iter()
        .map(|name| (name, full(name)));
    let (name, screen) = refused
        .into_iter()
        .find(|(_, screen)| screen.status != Some(0))
        .expect("the disk is full");
    assert_eq!(screen.status, Some(1), "{screen}");
    assert!(screen.stderr.contains("File too large"), "{screen}");

    let left = list(&env);
    assert!(left.stdout.contains("one\n"), "{left}");
    let again = env.run(install(name));
    assert_eq!(again.status, Some(0), "{again}");
}

/// Runs the binary where no file may grow beyond a size in bytes.
fn on_a_full_disk(env: &TestEnv, size: u64, words: &[&str]) -> Screen {
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", size / 512);
    let output = Command::new("/bin/sh")
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_sternpost")])
        .args(words)
        .current_dir(env.home())
        .env_clear()
        .env("HOME", env.home())
        .env("STERNPOST_SANDBOX", sandbox(env.home()))
        .output()
        .expect("a shell");
    Screen {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status.code(),
    }
}

#[test]
fn what_cannot_be_printed_is_an_error() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let env = environment();
    let script = "\"$0\" template one chart >/dev/full";
    let output = Command::new("/bin/sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_sternpost")])
        .current_dir(env.home())
        .env_clear()
        .env("HOME", env.home())
        .output()
        .expect("a shell");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "Error: write /dev/stdout: No space left on device (os error 28)\n"
    );
    assert_eq!(output.status.code(), Some(1));
}
