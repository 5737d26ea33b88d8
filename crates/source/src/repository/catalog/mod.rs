//! What finding and fetching charts needs of an index, in a form that is read in no time.
//!
//! Indexes grow to tens of megabytes of YAML, of which a command wants a few lines. So what it may
//! want is kept in a file of our own beside Helm's, and read from there for as long as Helm's file is
//! the same.

mod build;
mod lines;
mod pack;
mod store;

use std::path::Path;

use chart::Event;
use gostd::semver::{Constraint, Version};

use super::index::{chosen, pick};
use crate::{Listener, SourceError};

pub(crate) use store::{forget, keep};

/// The charts of a repository.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    bytes: Vec<u8>,
    /// Where in the bytes the catalogue begins.
    start: usize,
    charts: Vec<pack::Chart>,
    /// What is said whenever the index is read.
    warnings: Vec<Event>,
}

/// One version of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed<'a> {
    /// The name that its own Chart.yaml gives it.
    pub name: &'a str,
    /// The version.
    pub version: &'a str,
    /// The version of the application inside.
    pub app_version: &'a str,
    /// One sentence about the chart.
    pub description: &'a str,
    /// The SHA-256 of its archive, if the index tells it.
    pub digest: &'a str,
    /// When it was added, as RFC 3339 writes times.
    pub created: &'a str,
    /// Words to find it by.
    pub keywords: Vec<&'a str>,
    /// Where its archive is.
    pub urls: Vec<&'a str>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
}

impl Catalog {
    /// The charts of an index in the cache.
    ///
    /// # Errors
    /// As [`super::Index::load`].
    pub fn load(index: &Path, listener: &dyn Listener) -> Result<Catalog, SourceError> {
        let catalog = store::load(index)?;
        catalog.warn(&index.display().to_string(), listener);
        Ok(catalog)
    }

    /// The charts of an index that comes from somewhere.
    ///
    /// # Errors
    /// As [`super::Index::parse`].
    pub fn of(text: &[u8], source: &str, listener: &dyn Listener) -> Result<Catalog, String> {
        let catalog = build::build(text)?;
        catalog.warn(source, listener);
        Ok(catalog)
    }

    fn warn(&self, source: &str, listener: &dyn Listener) {
        for event in &self.warnings {
            let mut event = event.clone();
            for (key, value) in &mut event.attrs {
                if *key == "source" {
                    source.clone_into(value);
                }
            }
            listener.log(event);
        }
    }

    /// The names of all charts, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.charts.iter().map(|chart| chart.name(&self.bytes))
    }

    /// The versions of a chart, newest first; `None` if there is no such chart.
    pub fn versions(&self, name: &str) -> Option<Vec<Listed<'_>>> {
        let found = self
            .charts
            .binary_search_by(|chart| chart.name(&self.bytes).cmp(name))
            .ok()?;
        self.charts[found].versions(&self.bytes)
    }

    /// All charts, each with its versions.
    pub fn charts(&self) -> impl Iterator<Item = (&str, Vec<Listed<'_>>)> {
        self.charts.iter().map(|chart| {
            let versions = chart.versions(&self.bytes);
            (chart.name(&self.bytes), versions.unwrap_or_default())
        })
    }

    /// The version of a chart that was asked for, as [`super::Index::get`] chooses it.
    ///
    /// # Errors
    /// No such chart, no such version, or a range that is none.
    pub fn get(
        &self,
        name: &str,
        version: &str,
        listener: &dyn Listener,
    ) -> Result<Listed<'_>, String> {
        let versions = self.versions(name).ok_or("no chart name found")?;
        let found = pick(name, version, &versions, |listed| listed.version)?;
        if !version.is_empty() && found.version != version {
            listener.log(chosen(name, version, found.version));
        }
        Ok(found.clone())
    }

    fn body(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// The names of all charts, one a line.
    pub(crate) fn lines_of_names(&self) -> String {
        self.names()
            .fold(String::new(), |all, name| all + name + "\n")
    }
}

impl Listed<'_> {
    /// The version, if it is one.
    pub(crate) fn parsed_version(&self) -> Option<Version> {
        Version::parse(self.version).ok()
    }

    /// Whether a constraint allows the version.
    pub fn fits(&self, constraint: &Constraint) -> bool {
        let version = self.parsed_version();
        version.is_some_and(|version| constraint.check(&version))
    }
}

#[cfg(test)]
mod tests;
