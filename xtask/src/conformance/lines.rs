//! Lines of shell that both programs are called in, each in a folder of its own with the same material: what is said
//! and what is left behind is compared. The lines of a suite stand in `conformance/NAME/cases.txt`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::{Outcome, Settings, floor, leftovers};
use crate::paths;
use crate::workers::side_by_side;

/// A suite of lines.
pub(super) struct Lines<'a> {
    /// Its name, and that of its folder.
    pub(super) name: &'a str,
    /// Real Helm.
    pub(super) helm: PathBuf,
    /// A folder whose content each line finds where it runs.
    pub(super) material: &'a Path,
    /// Further variables.
    pub(super) env: Vec<(&'a str, String)>,
    /// Makes comparable what a line says (its name is `screen`) and each file that it leaves.
    pub(super) mask: &'a (dyn Fn(&str, &str, String) -> String + Sync),
}

impl Lines<'_> {
    /// Runs all lines that are wanted.
    pub(super) fn run(&self, settings: &Settings) -> Result<Outcome> {
        let file = paths::root().join(format!("conformance/{}/cases.txt", self.name));
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let lines: Vec<&str> = lines
            .filter(|line| !line.starts_with('#') && settings.wants(line))
            .collect();
        let held = side_by_side(&lines, |line| {
            let wanted = self.seen(&self.helm, line, settings)?;
            let given = self.seen(&settings.candidate, line, settings)?;
            if wanted != given {
                settings.differs(line, &wanted, &given);
            }
            Ok(wanted == given)
        })?;
        let passed = held.iter().filter(|held| **held).count();
        floor::judge(self.name, passed, lines.len(), settings)
    }

    /// What a line says and leaves behind where `helm` is one of the programs.
    fn seen(&self, program: &Path, line: &str, settings: &Settings) -> Result<String> {
        let scratch = tempfile::tempdir()?;
        let programs = tempfile::tempdir()?;
        symlink(program, programs.path().join("helm"))?;
        let here = scratch.path();
        let copied = Command::new("cp")
            .arg("-a")
            .arg(self.material.join("."))
            .arg(here)
            .status()?;
        anyhow::ensure!(copied.success(), "cp: {copied}");
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", programs.path().display());
        let output = Command::new("bash")
            .args(["-c", line])
            .current_dir(here)
            .env_clear()
            .env("PATH", path)
            .env("HELM4", &self.helm)
            .env("CANDIDATE", &settings.candidate)
            .env("HOME", here)
            .env("TZ", "UTC")
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .env("KUBECONFIG", "/dev/null")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .context("cannot run bash")?;
        let mut all = (self.mask)(line, "screen", leftovers::screen(&output, here));
        let before = leftovers::files(self.material, self.material)?;
        for (name, content) in leftovers::files(here, here)? {
            if before.get(&name) != Some(&content) {
                let content = (self.mask)(line, &name, content);
                all += &format!("--- {name}\n{content}\n");
            }
        }
        Ok(all)
    }
}
