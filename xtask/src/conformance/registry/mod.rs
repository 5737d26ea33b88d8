//! Registries: the same stories told by real Helm alone, by the candidate alone, and by both in turn, on the reference
//! implementation of a registry and on servers of ours that spoil its answers. What is told stands in
//! `conformance/registry/stories.txt`.

mod gate;
mod http;
mod stage;
mod story;
mod wild;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::{Outcome, Settings, floor, skip};
use crate::certificates;
use crate::oracle::Tool;
use crate::paths;
use crate::workers::side_by_side;
pub(super) use http::{Request, forward};
pub(super) use stage::wait_for;
use stage::{Ports, Stage};
use story::{Cast, Story};

/// What was seen of each line of each story.
type Seen = Vec<Vec<(String, String)>>;

/// `cargo xtask conformance registry`
pub(crate) fn suite(settings: &Settings) -> Result<Outcome> {
    let Ok(helm) = Tool::Helm4.installed() else {
        return skip("registry needs real Helm 4");
    };
    if Tool::Registry.installed().is_err() {
        return skip("registry needs a real registry");
    }
    let folder = tempfile::tempdir()?;
    let ports = Ports::free()?;
    let told = paths::root().join("conformance/registry");
    let material = folder.path().join("material");
    fs::create_dir(&material)?;
    certificates::make(&material)?;
    fs::create_dir(material.join("packed"))?;
    charts(&helm, &told.join("charts"), &material)?;
    let settings_of = folder.path().join("servers");
    fs::create_dir(&settings_of)?;
    let helpers = stage::helpers(folder.path())?;
    let mut stories = story::read(&fs::read_to_string(told.join("stories.txt"))?);
    stories.retain(|story| settings.wants(&story.name));
    let heard = wild::Heard::default();
    Stage::open(&ports, &heard)?;
    let lane = |writer: &Path, reader: &Path| {
        let _stage = Stage::start(&material, &settings_of, &ports)?;
        forget(&heard);
        let cast = Cast {
            writer,
            reader,
            ports: &ports,
            material: &material,
            helpers: &helpers,
            heard: &heard,
        };
        seed(&helm, &material, &ports)?;
        side_by_side(&stories, |story| cast.play(story))
    };
    let wanted = lane(&helm, &helm)?;
    let ours = settings.candidate.as_path();
    let mut tally = Tally {
        settings,
        passed: 0,
        cases: 0,
    };
    for (name, writer, reader) in [
        ("candidate alone", ours, ours),
        ("candidate writes", ours, helm.as_path()),
        ("candidate reads", helm.as_path(), ours),
    ] {
        tally.compare(name, &stories, &wanted, &lane(writer, reader)?);
    }
    floor::judge("registry", tally.passed, tally.cases, settings)
}

fn forget(heard: &wild::Heard) {
    heard
        .lock()
        .unwrap_or_else(|lock| lock.into_inner())
        .clear();
}

/// Packs the charts of a folder; a file called `NAME.prov` there is laid beside the archive.
fn charts(helm: &Path, from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if !path.is_dir() {
            fs::copy(
                &path,
                to.join("packed").join(path.file_name().unwrap_or_default()),
            )?;
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("folder-") {
            copy(&path, &to.join(name.trim_start_matches("folder-")))?;
            continue;
        }
        let mut pack = Command::new(helm);
        let out = pack
            .arg("package")
            .arg(&path)
            .arg("-d")
            .arg(to.join("packed"))
            .output()?;
        if !out.status.success() {
            bail!("helm package {}: {out:?}", path.display());
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        fs::copy(&path, to.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

/// Pushes what the wild server has views of.
fn seed(helm: &Path, material: &Path, ports: &Ports) -> Result<()> {
    let target = format!("oci://127.0.0.1:{}/{}", ports.of("plain"), wild::SEED);
    let out = Command::new(helm)
        .args(["push", "packed/demo-0.1.0.tgz", &target, "--plain-http"])
        .current_dir(material)
        .env("HOME", "/nonexistent")
        .output()?;
    if !out.status.success() {
        bail!("cannot seed the registry: {out:?}");
    }
    Ok(())
}

struct Tally<'a> {
    settings: &'a Settings,
    passed: usize,
    cases: usize,
}

impl Tally<'_> {
    fn compare(&mut self, lane: &str, stories: &[Story], wanted: &Seen, given: &Seen) {
        for ((story, wanted), given) in stories.iter().zip(wanted).zip(given) {
            for ((line, wanted), (_, given)) in wanted.iter().zip(given) {
                self.cases += 1;
                if wanted == given {
                    self.passed += 1;
                    continue;
                }
                let case = format!("{}, {lane}: {line}", story.name);
                self.settings.differs(&case, wanted, given);
            }
        }
    }
}
