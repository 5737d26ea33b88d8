//! Stories as they are written down, in `conformance/life`.
//!
//! A story is a text file: what happens, line by line, and behind that the files that it needs, each after a line
//! `-- NAME --`. Lines of what happens are
//!
//! - `do WORDS`: whoever's turn it is runs Helm with these words; turns change with each;
//! - `new WORDS`: the second one of the cast does, in whatever turn: words that Helm 3 has not;
//! - `look WORDS`: the same, and it is nobody's turn: nothing is changed;
//! - `kubectl WORDS`: somebody who knows nothing of releases does something;
//! - `psql SQL`: the database of the records is asked;
//! - `see`: the objects and records in the cluster are compared;
//! - `env NAME=VALUE`, `driver sql`, `serial`, `also KIND…`, `cluster TEXT`, `only WAYS`: how it is played.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::paths;

/// One story.
#[derive(Debug, Default)]
pub(super) struct Tale {
    pub(super) name: String,
    pub(super) lines: Vec<Line>,
    /// Paths and contents.
    pub(super) files: Vec<(String, String)>,
    pub(super) env: Vec<(String, String)>,
    /// Whether the records are in a database.
    pub(super) sql: bool,
    /// Whether the ways cannot be played at once, because objects of the cluster are in it.
    pub(super) serial: bool,
    /// Kinds that are looked at beside the usual ones.
    pub(super) also: Vec<String>,
    /// Parts of the names of objects of the cluster that are the story's.
    pub(super) cluster: Vec<String>,
    /// The ways in which it is played.
    pub(super) ways: String,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    /// The next one in turn runs Helm.
    Next(Vec<String>),
    /// The second one of the cast runs Helm.
    New(Vec<String>),
    /// The same, to read.
    Look(Vec<String>),
    Kubectl(Vec<String>),
    Psql(String),
    See,
}

/// All stories, by name; those that need the corpus only where it is.
pub(super) fn all() -> Result<Vec<Tale>> {
    let folder = paths::root().join("conformance/life");
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
    pub(super) fn parse(name: &str, text: &str) -> Result<Tale> {
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

    fn tell(&mut self, line: &str) -> Result<()> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "do" => self.lines.push(Line::Next(words(rest)?)),
            "new" => self.lines.push(Line::New(words(rest)?)),
            "look" => self.lines.push(Line::Look(words(rest)?)),
            "kubectl" => self.lines.push(Line::Kubectl(words(rest)?)),
            "psql" => self.lines.push(Line::Psql(rest.to_owned())),
            "see" => self.lines.push(Line::See),
            "env" => {
                let (name, value) = rest.split_once('=').context("NAME=VALUE")?;
                self.env.push((name.to_owned(), value.to_owned()));
            }
            "driver" => self.sql = rest == "sql",
            "serial" => self.serial = true,
            "also" => self.also.extend(words(rest)?),
            "cluster" => self.cluster.push(rest.to_owned()),
            "only" => self.ways = rest.to_owned(),
            _ => bail!("no such line"),
        }
        Ok(())
    }
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
        assert!(all().unwrap().iter().all(|tale| !tale.lines.is_empty()));
    }
}
