//! From the text of an index to a catalogue.
//!
//! An index as Helm writes it is cut into the entries of its charts, and those are read side by side,
//! one at a time: so neither takes its time nor its memory all at once. Whatever is written otherwise,
//! and every mistake, is left to the reader of whole indexes: there is one place that knows errors.

use chart::{Event, Fitted};
use goval::yaml;

use super::lines::{Section, sections};
use super::pack::{self, Packed};
use super::{Catalog, Listed};
use crate::repository::index::{ENTRY, Index, IndexEntry, newest_first, skipped};
use crate::{Listener, SourceError};

/// Reads an index.
pub(super) fn build(text: &[u8]) -> Result<Catalog, String> {
    match pieces(text) {
        Some(catalog) => Ok(catalog),
        None => whole(text),
    }
}

/// Reads an index that is written as usual; `None` if it is not.
pub(super) fn pieces(text: &[u8]) -> Option<Catalog> {
    pack::unpack(pack::pack(sections_of(text)?), 0)
}

/// Reads any index.
pub(super) fn whole(text: &[u8]) -> Result<Catalog, String> {
    let charts = as_a_whole(text)?;
    pack::unpack(pack::pack(charts), 0).ok_or_else(|| "index is too large".to_owned())
}

fn sections_of(text: &[u8]) -> Option<Vec<Packed>> {
    let (head, sections) = sections(text)?;
    let index = Index::parse(&head, "", &crate::Silent).ok()?;
    if !index.entries.is_empty() {
        return None;
    }
    let read = parallel::map(&sections, |section| section.text.len(), read_section);
    let mut charts: Vec<Packed> = read.into_iter().collect::<Option<_>>()?;
    charts.sort_by(|a, b| a.name.cmp(&b.name));
    let is_twice = |pair: &[Packed]| pair[0].name == pair[1].name;
    (!charts.windows(2).any(is_twice)).then_some(charts)
}

fn read_section(section: &Section<'_>) -> Option<Packed> {
    let name = section.name()?;
    let mut warnings = Vec::new();
    let mut entries = Vec::new();
    // From the last to the first, as the warnings come.
    for text in section.entries()?.iter().rev() {
        let value = yaml::decode_shaped(text, &ENTRY, true).ok()?;
        let fields = Fitted::from(value);
        match IndexEntry::read(&fields).ok()? {
            Ok(entry) => entries.push(entry),
            Err(why) => warnings.push(skipped(&name, &fields, "", why)),
        }
    }
    entries.reverse();
    Some(packed(name, entries, warnings))
}

fn packed(name: String, mut entries: Vec<IndexEntry>, warnings: Vec<Event>) -> Packed {
    newest_first(&mut entries);
    let mut versions = Vec::new();
    for entry in &entries {
        let created = entry.created.to_string();
        let texts = |texts: &'_ Vec<String>| -> Vec<String> { texts.clone() };
        let (keywords, urls) = (texts(&entry.metadata.keywords), texts(&entry.urls));
        let listed = Listed {
            name: &entry.metadata.name,
            version: &entry.metadata.version,
            app_version: &entry.metadata.app_version,
            description: &entry.metadata.description,
            digest: &entry.digest,
            created: &created,
            keywords: keywords.iter().map(String::as_str).collect(),
            urls: urls.iter().map(String::as_str).collect(),
            deprecated: entry.metadata.deprecated,
        };
        pack::push(&mut versions, &listed);
    }
    Packed {
        name,
        count: entries.len(),
        versions,
        warnings,
    }
}

fn as_a_whole(text: &[u8]) -> Result<Vec<Packed>, String> {
    let heard = Heard::default();
    let index = Index::parse(text, "", &heard)?;
    let mut warnings = heard.0.into_inner().unwrap_or_default();
    let charts = index.entries.into_iter().map(|(name, entries)| {
        let of_chart = |event: &Event| event.attrs.contains(&("name", name.clone()));
        let own = warnings.extract_if(.., |event| of_chart(event)).collect();
        packed(name, entries, own)
    });
    Ok(charts.collect())
}

/// Keeps what is said of entries.
#[derive(Default)]
struct Heard(std::sync::Mutex<Vec<Event>>);

impl Listener for Heard {
    fn say(&self, _line: &str) {}

    fn say_aside(&self, _line: &str) {}

    fn log(&self, event: Event) {
        if let Ok(mut events) = self.0.lock() {
            events.push(event);
        }
    }
}

/// What [`Index::load`] says of an index that cannot be read.
pub(super) fn failed(source: &str, why: &str) -> SourceError {
    SourceError::Other(format!("error loading {source}: {why}"))
}
