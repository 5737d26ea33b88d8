//! Finding charts by words.

use std::cmp::Ordering;

use gostd::path::join;
use gostd::regexp::Regexp;
use gostd::semver::{Constraint, Version};

use super::{Catalog, Listed};

/// What is between the parts of a chart's text; a match in a later part counts less.
const SEPARATOR: char = '\u{b}';

/// A chart that was found.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// `repository/chart`.
    pub name: String,
    /// The version.
    pub entry: Listed<'a>,
    /// In which part of its text the match is; the lower the better.
    score: usize,
    version: Option<Version>,
}

/// Why nothing could be searched for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// The word is no regular expression.
    #[error("{0}")]
    Regexp(String),
    /// The range of versions is none.
    #[error("an invalid version/constraint format: {0}")]
    Constraint(String),
}

/// The charts of repositories, each with its name, whose name, description or keywords have a text;
/// or match it, if it is a regular expression. Without a text, all charts.
///
/// Of each chart it gives the newest version that the constraint allows, or with `all` every one.
///
/// # Errors
/// A regular expression or a constraint that is none.
pub fn search<'a>(
    repositories: &'a [(String, Catalog)],
    text: Option<&str>,
    is_regexp: bool,
    constraint: &str,
    all: bool,
) -> Result<Vec<Found<'a>>, SearchError> {
    let matcher = Matcher::new(text, is_regexp)?;
    let mut found = Vec::new();
    for (repository, catalog) in repositories {
        for (chart, versions) in catalog.charts() {
            let name = join(&[repository, chart]);
            for entry in versions {
                if let Some(score) = matcher.score(repository, &entry) {
                    found.push(Found {
                        name: name.clone(),
                        version: entry.parsed_version(),
                        entry,
                        score,
                    });
                }
            }
        }
    }
    found.sort_by(best_first);
    let constraint = Constraint::parse(constraint)
        .map_err(|error| SearchError::Constraint(error.to_string()))?;
    let mut last: Option<String> = None;
    found.retain(|found| {
        let is_known = !all && last.as_ref() == Some(&found.name);
        let fits = found.version.as_ref().is_some_and(|v| constraint.check(v));
        if fits && !is_known {
            last = Some(found.name.clone());
        }
        fits && !is_known
    });
    Ok(found)
}

fn best_first(a: &Found<'_>, b: &Found<'_>) -> Ordering {
    let by_name = a.score.cmp(&b.score).then_with(|| a.name.cmp(&b.name));
    by_name.then_with(|| b.version.cmp(&a.version))
}

enum Matcher {
    Everything,
    Text(String),
    Pattern(std::sync::Arc<Regexp>),
}

impl Matcher {
    fn new(text: Option<&str>, is_regexp: bool) -> Result<Matcher, SearchError> {
        Ok(match text {
            None => Matcher::Everything,
            Some(text) if is_regexp => Matcher::Pattern(
                Regexp::new(text).map_err(|error| SearchError::Regexp(error.to_string()))?,
            ),
            Some(text) => Matcher::Text(text.to_lowercase()),
        })
    }

    /// How many separators stand before the match; `None` if there is none.
    fn score(&self, repository: &str, entry: &Listed<'_>) -> Option<usize> {
        let line = || line_of(repository, entry);
        let (line, at) = match self {
            Matcher::Everything => return Some(0),
            Matcher::Text(text) => {
                let line = line().to_lowercase();
                let at = line.find(text.as_str())?;
                (line, at)
            }
            Matcher::Pattern(pattern) => {
                let line = line();
                let at = pattern.find(line.as_bytes())?.start;
                (line, at)
            }
        };
        // A match that begins with a separator counts for the part before it.
        Some(
            line.bytes()
                .take(at)
                .filter(|&b| b == SEPARATOR as u8)
                .count(),
        )
    }
}

fn line_of(repository: &str, entry: &Listed<'_>) -> String {
    let (name, description) = (entry.name, entry.description);
    let keywords = entry.keywords.join(" ");
    format!("{name}\u{b}{repository}/{name}\u{b}{description}\u{b}{keywords}")
}
