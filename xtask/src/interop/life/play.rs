//! One story played in one way.

use std::path::PathBuf;

use anyhow::Result;

use super::super::lane::{Lane, Seen, Task};
use super::super::story::Actor;
use super::tale::{Line, Tale, spelt};
use crate::oracle::Postgres;

/// Who takes turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) letter: char,
    cast: [Actor; 2],
}

/// Helm 4 alone, Sternpost alone, both in turn; Helm 3 and Helm 4 in turn, Helm 3 and Sternpost in turn.
pub(super) const WAYS: [Way; 5] = [
    way('A', [Actor::Helm4, Actor::Helm4]),
    way('B', [Actor::Candidate, Actor::Candidate]),
    way('C', [Actor::Helm4, Actor::Candidate]),
    way('D', [Actor::Helm3, Actor::Helm4]),
    way('E', [Actor::Helm3, Actor::Candidate]),
];

/// Which way is held against which.
pub(super) const PAIRS: [[char; 2]; 3] = [['A', 'B'], ['A', 'C'], ['D', 'E']];

const fn way(letter: char, cast: [Actor; 2]) -> Way {
    Way { letter, cast }
}

impl Way {
    fn has_helm3(self) -> bool {
        self.cast.contains(&Actor::Helm3)
    }
}

/// A way of playing a story, with what is its own in it.
pub(super) struct Part<'a> {
    pub(super) tale: &'a Tale,
    pub(super) way: Way,
    namespace: String,
    /// What the namespace is called in every way, once masked.
    masked: String,
    folder: PathBuf,
    env: Vec<(String, String)>,
    database: Option<String>,
}

impl Part<'_> {
    /// A part of the story of that number; its files are made.
    pub(super) fn new<'a>(
        tale: &'a Tale,
        number: usize,
        way: Way,
        lane: &Lane,
        postgres: Option<&Postgres>,
    ) -> Result<Part<'a>> {
        let letter = way.letter.to_ascii_lowercase();
        let namespace = format!("life-{number:02}{letter}");
        let folder = lane.home().join(&namespace);
        tale.write_files(&folder, &namespace)?;
        let mut env = tale.env.clone();
        let mut database = None;
        if let Some((postgres, security)) = postgres.zip(tale.sql.as_deref()) {
            let name = namespace.replace('-', "_");
            postgres.create(&name)?;
            let url = postgres.secured_url(&name, security);
            env.push(("HELM_DRIVER".to_owned(), "sql".to_owned()));
            env.push(("HELM_DRIVER_SQL_CONNECTION_STRING".to_owned(), url));
            database = Some(postgres.url(&name));
        }
        Ok(Part {
            tale,
            way,
            masked: format!("life-{number:02}x"),
            namespace,
            folder,
            env,
            database,
        })
    }

    /// Plays all lines and tells what was seen at each; then removes what is left.
    pub(super) fn play(&self, lane: &Lane) -> Result<Vec<(String, Seen)>> {
        let mut all = Vec::new();
        let mut turn = 0;
        for line in &self.tale.lines {
            let mut signal = None;
            let (actor, words) = match line {
                Line::Next(words) => {
                    turn += 1;
                    (self.way.cast[(turn - 1) % 2], words.clone())
                }
                Line::Interrupt {
                    signal: name,
                    when,
                    words,
                } => {
                    turn += 1;
                    signal = Some((name.clone(), self.words(Actor::Kubectl, when.clone())));
                    (self.way.cast[(turn - 1) % 2], words.clone())
                }
                Line::New(words) | Line::Look(words) => (self.way.cast[1], words.clone()),
                Line::Kubectl(words) => (Actor::Kubectl, words.clone()),
                Line::Psql(sql) => {
                    let url = self.database.clone().unwrap_or_default();
                    let words = [&url, "--no-align", "--tuples-only", "--command", sql];
                    (Actor::Psql, words.map(str::to_owned).to_vec())
                }
                Line::See => {
                    let seen = lane.see(&self.namespace, &self.tale.also, &self.tale.cluster)?;
                    all.push(("see".to_owned(), seen));
                    continue;
                }
            };
            let words = self.words(actor, words);
            let told = words.join(" ");
            let seen = lane.perform(&Task {
                actor,
                words: &words,
                folder: &self.folder,
                env: &self.env,
                signal,
            })?;
            all.push((told, seen));
        }
        lane.remove(&self.namespace, &self.tale.cluster, self.tale.serial)?;
        let mask = |text: &mut String| *text = text.replace(&self.namespace, &self.masked);
        for (told, seen) in &mut all {
            mask(told);
            seen.rewrite(&mask)?;
        }
        Ok(all)
    }

    fn words(&self, actor: Actor, words: Vec<String>) -> Vec<String> {
        let undo = match self.way.has_helm3() {
            true => "--atomic",
            false => "--rollback-on-failure",
        };
        match actor {
            Actor::Psql => words,
            _ => spelt(&words, undo, &self.namespace),
        }
    }
}
