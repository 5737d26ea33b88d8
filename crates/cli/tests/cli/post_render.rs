//! Post-renderers: `post-render.screen`, played in a directory with the files of `post-render.files`, which
//! are charts and plugins, with a cluster.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::run::{Place, compare, home};
use crate::screens::replay;
use crate::served::Served;

#[test]
fn post_renderers_are_those_of_helm() {
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path();
    let files = std::fs::read_to_string(home().join("post-render.files")).expect("the files");
    testkit::write_files(directory, &files);
    make_runnable(&directory.join(".local/share/helm/plugins"));
    let served = Served::start(directory);

    let path = home().join("post-render.screen");
    let transcript = std::fs::read_to_string(&path).expect("the transcript can be read");
    let place = Place {
        directory: directory.to_owned(),
        home: directory.to_owned(),
    };
    let shown = replay(&place, &transcript);
    let found: String = shown
        .replace(&directory.display().to_string(), "$HOME")
        .replace(&served.server, "https://<server>")
        .split_inclusive('\n')
        .map(|line| match line.starts_with("| LAST DEPLOYED: ") {
            true => "| LAST DEPLOYED: <now>\n",
            false => line,
        })
        .collect();
    compare(&path, &found);
}

fn make_runnable(plugins: &Path) {
    let folders = std::fs::read_dir(plugins).expect("the plugins");
    for folder in folders.flatten() {
        let script = folder.path().join("run.sh");
        if script.exists() {
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(script, mode).expect("a program");
        }
    }
}
