//! Stories: commands one after the other in one folder, by two programs, of which one writes to registries and the
//! other does the rest.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use regex::Regex;

use super::http::{Request, forward};
use super::stage::Ports;
use super::wild::Heard;

/// A name and the lines that follow it.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    pub(super) name: String,
    lines: Vec<String>,
}

/// The stories of a text: each begins with its name in brackets.
pub(super) fn read(text: &str) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            stories.push(Story {
                name: name.to_owned(),
                lines: Vec::new(),
            });
        } else if !line.is_empty()
            && !line.starts_with('#')
            && let Some(story) = stories.last_mut()
        {
            story.lines.push(line.to_owned());
        }
    }
    stories
}

/// Who plays, and where.
pub(super) struct Cast<'a> {
    /// Pushes, and logs in and out.
    pub(super) writer: &'a Path,
    /// Does everything else.
    pub(super) reader: &'a Path,
    pub(super) ports: &'a Ports,
    /// What is laid into each folder.
    pub(super) material: &'a Path,
    /// Programs that keep credentials.
    pub(super) helpers: &'a Path,
    pub(super) heard: &'a Heard,
}

impl Cast<'_> {
    /// What was seen of each line of a story, and in the end the files.
    pub(super) fn play(&self, story: &Story) -> Result<Vec<(String, String)>> {
        let scratch = tempfile::tempdir()?;
        let here = scratch.path();
        lay_out(self.material, here, self.ports)?;
        let mut scene = Scene {
            cast: self,
            here,
            environment: BTreeMap::new(),
        };
        let mut seen = Vec::new();
        for line in &story.lines {
            let filled = self
                .ports
                .filled(line)
                .replace("{here}", &here.to_string_lossy());
            let shown = match filled.strip_prefix("% ") {
                Some(aside) => scene.aside(aside),
                None => scene.run(&filled),
            };
            let shown = shown.with_context(|| format!("{}: {line}", story.name))?;
            seen.push((line.clone(), masked(&shown, here)?));
        }
        let files = files(here, here)?.into_iter();
        let files: Vec<String> = files
            .map(|(name, text)| format!("--- {}\n{text}", name.display()))
            .collect();
        seen.push(("files".to_owned(), masked(&files.join("\n"), here)?));
        Ok(seen)
    }
}

struct Scene<'a> {
    cast: &'a Cast<'a>,
    here: &'a Path,
    environment: BTreeMap<String, String>,
}

impl Scene<'_> {
    fn run(&self, line: &str) -> Result<String> {
        let mut words = words(line);
        let mut input = String::new();
        if let [.., arrow, text] = words.as_slice()
            && arrow == "<"
        {
            input = text.replace("\\n", "\n");
            words.truncate(words.len() - 2);
        }
        let writes = matches!(words.first().map(String::as_str), Some("push" | "registry"));
        let program = match writes {
            true => self.cast.writer,
            false => self.cast.reader,
        };
        let path = format!("{}:/usr/bin:/bin", self.cast.helpers.display());
        let mut child = Command::new(program)
            .arg0("helm")
            .args(&words)
            .current_dir(self.here)
            .env_clear()
            .env("HOME", self.here)
            .env("PATH", path)
            .env("TZ", "UTC")
            .env("KUBECONFIG", "/dev/null")
            .envs(&self.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        if let Some(mut stdin) = child.stdin.take() {
            // Not every command reads it.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child.wait_with_output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(format!(
            "{:?}\n{}\n{}",
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr)
        ))
    }

    /// What no program is asked: `env NAME=VALUE`, `write FILE TEXT`, `mode FILE`, `remove FILE`, `touch FILE`,
    /// `look SERVER REPOSITORY TARGET`, `tags SERVER REPOSITORY`, `heard WAY`.
    fn aside(&mut self, line: &str) -> Result<String> {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["env", setting] => {
                let (name, value) = setting.split_once('=').context("NAME=VALUE")?;
                self.environment.insert(name.to_owned(), value.to_owned());
            }
            ["write", file, text] => {
                let path = self.here.join(file);
                fs::create_dir_all(path.parent().context("a file has a folder")?)?;
                fs::write(path, text.replace("\\n", "\n"))?;
            }
            ["mode", file] => {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = fs::metadata(self.here.join(file))?.permissions().mode();
                return Ok(format!("{:o}", mode & 0o777));
            }
            ["remove", file] => fs::remove_file(self.here.join(file))?,
            ["look", server, repository, target] => {
                let port = self.cast.ports.of(server);
                let manifest = get(port, &format!("/v2/{repository}/manifests/{target}"))?;
                let parts = Regex::new("sha256:[0-9a-f]{64}")?;
                let mut seen = format!("{manifest}\n");
                for part in parts.find_iter(&manifest) {
                    let blob = get(port, &format!("/v2/{repository}/blobs/{}", part.as_str()))?;
                    seen += &format!("{} {} {}\n", part.as_str(), blob.len(), plain(&blob));
                }
                return Ok(seen);
            }
            ["tags", server, repository] => {
                return get(
                    self.cast.ports.of(server),
                    &format!("/v2/{repository}/tags/list"),
                );
            }
            ["heard", way] => {
                let heard = self
                    .cast
                    .heard
                    .lock()
                    .unwrap_or_else(|lock| lock.into_inner());
                let mut lines = heard.get(*way).cloned().unwrap_or_default();
                lines.sort();
                lines.dedup();
                return Ok(lines.join("\n"));
            }
            _ => bail!("no such aside"),
        }
        Ok(String::new())
    }
}

/// The text, if it is one.
fn plain(text: &str) -> &str {
    if text.contains('\u{fffd}') {
        "…"
    } else {
        text
    }
}

fn get(port: u16, target: &str) -> Result<String> {
    let request = Request {
        method: "GET".to_owned(),
        target: target.to_owned(),
        headers: vec![(
            "Accept".to_owned(),
            "application/vnd.oci.image.manifest.v1+json".to_owned(),
        )],
        body: Vec::new(),
    };
    let answer = forward(port, &request)?;
    Ok(String::from_utf8_lossy(&answer.body).into_owned())
}

/// Words with quotes around spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        match index % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Copies a folder. Texts get the addresses of servers, archives the same time.
fn lay_out(from: &Path, to: &Path, ports: &Ports) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            fs::create_dir_all(&target)?;
            lay_out(&path, &target, ports)?;
            continue;
        }
        let content = fs::read(&path)?;
        match String::from_utf8(content) {
            Ok(text) => fs::write(&target, ports.filled(&text))?,
            Err(error) => fs::write(&target, error.into_bytes())?,
        }
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        fs::File::options()
            .write(true)
            .open(&target)?
            .set_modified(time)?;
    }
    Ok(())
}

/// Without what differs from run to run: the folder, the time in a lock, the name of a folder aside.
fn masked(text: &str, here: &Path) -> Result<String> {
    let text = text.replace(&*here.to_string_lossy(), "HERE");
    let text = Regex::new(r#"generated: "[^"]*""#)?.replace_all(&text, "generated: TIME");
    let text = Regex::new(r"LAST DEPLOYED: .*")?.replace_all(&text, "LAST DEPLOYED: TIME");
    let text = Regex::new(r#"uploads/[^"\s]+"#)?.replace_all(&text, "uploads/ID");
    let text = Regex::new(r"tmpcharts-\d+")?.replace_all(&text, "tmpcharts-N");
    // Helm names the temporary file where we name the file (docs/compatibility.md).
    let text = Regex::new(r"\.tgz\d+: no such")?.replace_all(&text, ".tgz: no such");
    Ok(text.into_owned())
}

/// The files below a folder; of archives their digests are enough, because nobody packs here.
fn files(folder: &Path, top: &Path) -> Result<BTreeMap<PathBuf, String>> {
    use sha2::Digest as _;
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, top)?);
            continue;
        }
        // What is kept of an index beside it is ours, and Helm has nothing like it.
        if path.extension().is_some_and(|end| end == "sternpost") {
            continue;
        }
        let content = fs::read(&path)?;
        let text = String::from_utf8(content)
            .unwrap_or_else(|error| format!("{:x?}", sha2::Sha256::digest(error.as_bytes())));
        found.insert(path.strip_prefix(top)?.to_path_buf(), text);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stories_have_names_and_lines() {
        let stories = read("# all\n[one]\na 'b c' ''\n\n[two]\nd\n");
        let names: Vec<&str> = stories.iter().map(|story| story.name.as_str()).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(words(&stories[0].lines[0]), ["a", "b c", ""]);
    }
}
