//! Stories as they are written down, in `conformance/life`.
//!
//! A story is a text file: what happens, line by line, and behind that the files that it needs, each after a line
//! `-- NAME --`. Lines of what happens are
//!
//! - `do WORDS`: whoever's turn it is runs Helm with these words; turns change with each;
//! - `new WORDS`: the second one of the cast does, in whatever turn: words that Helm 3 has not;
//! - `look WORDS`: the same, and it is nobody's turn: nothing is changed;
//! - `interrupt SIGNAL CONDITION OBJECT WORDS`: the same as `do`, but a signal is sent to it as soon as the object meets
//!   a condition of `kubectl wait`;
//! - `kubectl WORDS`: somebody who knows nothing of releases does something;
//! - `psql SQL`: the database of the records is asked;
//! - `see`: the objects and records in the cluster are compared;
//! - `env NAME=VALUE`, `driver sql MODE`, `serial`, `also KIND…`, `cluster TEXT`, `only WAYS`: how it is played.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::super::story::RELEASE;
use crate::paths;

/// One story.
#[derive(Debug, Default)]
pub(in crate::interop) struct Tale {
    pub(in crate::interop) name: String,
    pub(in crate::interop) lines: Vec<Line>,
    /// Paths and contents.
    pub(in crate::interop) files: Vec<(String, String)>,
    pub(in crate::interop) env: Vec<(String, String)>,
    /// The mode of TLS, if the records are in a database, and what else is said of that.
    pub(in crate::interop) sql: Option<String>,
    /// Whether the ways cannot be played at once, because objects of the cluster are in it.
    pub(in crate::interop) serial: bool,
    /// Kinds that are looked at beside the usual ones.
    pub(in crate::interop) also: Vec<String>,
    /// Parts of the names of objects of the cluster that are the story's.
    pub(in crate::interop) cluster: Vec<String>,
    /// The ways in which it is played.
    pub(in crate::interop) ways: String,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::interop) enum Line {
    /// The next one in turn runs Helm.
    Next(Vec<String>),
    /// The second one of the cast runs Helm.
    New(Vec<String>),
    /// The same, to read.
    Look(Vec<String>),
    /// The next one in turn runs Helm, and gets a signal as soon as `kubectl` with the first words has ended.
    Interrupt {
        signal: String,
        when: Vec<String>,
        words: Vec<String>,
    },
    Kubectl(Vec<String>),
    Psql(String),
    See,
}

/// All stories of a folder of `conformance`, by name; those that need the corpus only where it is.
pub(in crate::interop) fn all(folder: &str) -> Result<Vec<Tale>> {
    let folder = paths::root().join("conformance").join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let mut tales = Vec::new();
    for file in files {
        let path = file.path();
        if path
            .extension()
            .is_none_or(|extension| extension != "story")
        {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path)?;
        if text.contains("CORPUS/") && paths::corpus().is_none() {
            continue;
        }
        tales.push(Tale::parse(&name, &text)?);
    }
    Ok(tales)
}

impl Tale {
    /// Reads a story.
    pub(in crate::interop) fn parse(name: &str, text: &str) -> Result<Tale> {
        let mut tale = Tale {
            name: name.to_owned(),
            ways: "ABCDE".to_owned(),
            ..Tale::default()
        };
        for line in text.lines() {
            if let Some(file) = line.strip_prefix("-- ").and_then(|l| l.strip_suffix(" --")) {
                tale.files.push((file.to_owned(), String::new()));
            } else if let Some((_, contents)) = tale.files.last_mut() {
                contents.push_str(line);
                contents.push('\n');
            } else if !line.trim().is_empty() && !line.starts_with('#') {
                tale.tell(line).with_context(|| format!("{name}: {line}"))?;
            }
        }
        Ok(tale)
    }

    /// Makes its files in a folder.
    pub(in crate::interop) fn write_files(&self, folder: &Path, namespace: &str) -> Result<()> {
        fs::create_dir_all(folder)?;
        for (name, text) in &self.files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
            fs::write(path, text.replace("NAMESPACE", namespace))?;
        }
        Ok(())
    }

    fn tell(&mut self, line: &str) -> Result<()> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "do" => self.lines.push(Line::Next(words(rest)?)),
            "new" => self.lines.push(Line::New(words(rest)?)),
            "look" => self.lines.push(Line::Look(words(rest)?)),
            "interrupt" => self.lines.push(interruption(words(rest)?)?),
            "kubectl" => self.lines.push(Line::Kubectl(words(rest)?)),
            "psql" => self.lines.push(Line::Psql(rest.to_owned())),
            "see" => self.lines.push(Line::See),
            "env" => {
                let (name, value) = rest.split_once('=').context("NAME=VALUE")?;
                self.env.push((name.to_owned(), value.to_owned()));
            }
            "driver" => {
                let security = rest.strip_prefix("sql").context("driver sql")?.trim();
                let default = Some(security).filter(|s| !s.is_empty());
                self.sql = Some(default.unwrap_or("disable").to_owned());
            }
            "serial" => self.serial = true,
            "also" => self.also.extend(words(rest)?),
            "cluster" => self.cluster.push(rest.to_owned()),
            "only" => self.ways = rest.to_owned(),
            _ => bail!("no such line"),
        }
        Ok(())
    }
}

/// Words with what stands for something put in its place, and the namespace.
pub(in crate::interop) fn spelt(words: &[String], undo: &str, namespace: &str) -> Vec<String> {
    let charts = paths::root().join("conformance/charts");
    let corpus = paths::corpus().unwrap_or_default().join("render/charts");
    let pairs = [
        ("CHARTS/", format!("{}/", charts.display())),
        ("CHART", charts.join("change").display().to_string()),
        ("CORPUS/", format!("{}/", corpus.display())),
        ("UNDO", undo.to_owned()),
        ("REL", RELEASE.to_owned()),
        ("NAMESPACE", namespace.to_owned()),
    ];
    let put = |word: &String| {
        let pairs = pairs.iter();
        pairs.fold(word.clone(), |word, (from, to)| word.replace(from, to))
    };
    let mut words: Vec<String> = words.iter().map(put).collect();
    let anywhere = ["-A", "--all-namespaces", "--namespace"];
    if !words.iter().any(|word| anywhere.contains(&word.as_str())) {
        words.extend(["--namespace".to_owned(), namespace.to_owned()]);
    }
    words
}

/// `SIGNAL CONDITION OBJECT WORDS`
fn interruption(mut all: Vec<String>) -> Result<Line> {
    if all.len() < 4 {
        bail!("a signal, a condition, an object and words");
    }
    let words = all.split_off(3);
    let [signal, condition, object] = <[String; 3]>::try_from(all).unwrap_or_default();
    let condition = format!("--for={condition}");
    let when = ["wait", &condition, &object, "--timeout=60s"];
    Ok(Line::Interrupt {
        signal,
        when: when.map(str::to_owned).to_vec(),
        words,
    })
}

/// Words with spaces between them; single quotes hold a word together.
fn words(text: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => found.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    if quoted {
        bail!("a quote is not closed");
    }
    found.extend(word);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_has_lines_and_files() {
        let text = "# why\nserial\ndo install REL CHART --set 'a=b c'\nsee\n-- one/values.yaml --\na: 1\n\nb: 2\n";
        let tale = Tale::parse("x", text).unwrap();
        assert!(tale.serial);
        let install = ["install", "REL", "CHART", "--set", "a=b c"];
        let install = install.map(str::to_owned).to_vec();
        assert_eq!(tale.lines, [Line::Next(install), Line::See]);
        let file = ("one/values.yaml".to_owned(), "a: 1\n\nb: 2\n".to_owned());
        assert_eq!(tale.files, [file]);
        assert!(Tale::parse("x", "jump").is_err());
    }

    #[test]
    fn every_story_can_be_read() {
        assert!(
            all("life")
                .unwrap()
                .iter()
                .all(|tale| !tale.lines.is_empty())
        );
    }
}
