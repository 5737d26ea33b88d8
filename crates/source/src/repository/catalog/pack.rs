//! The bytes of a catalogue.
//!
//! Lengths and counts are four bytes, lowest first; a text is its length and its bytes. A version is
//! its texts, its lists of texts, and a byte that says whether it is deprecated. Reading believes
//! nothing: what does not fit is no catalogue.

use std::ops::Range;

use chart::{Event, Level};

use super::{Catalog, Listed};

/// A chart in the bytes of a catalogue: its name, and where its versions are.
#[derive(Clone, Debug)]
pub(super) struct Chart {
    name: Range<usize>,
    versions: Range<usize>,
    count: usize,
}

impl Chart {
    pub(super) fn name<'a>(&self, bytes: &'a [u8]) -> &'a str {
        let name = bytes.get(self.name.clone()).unwrap_or_default();
        std::str::from_utf8(name).unwrap_or_default()
    }

    pub(super) fn versions<'a>(&self, bytes: &'a [u8]) -> Option<Vec<Listed<'a>>> {
        let mut reader = Reader {
            bytes: bytes.get(..self.versions.end)?,
            at: self.versions.start,
        };
        (0..self.count).map(|_| reader.listed()).collect()
    }
}

/// The versions of a chart, and what is said of those that were left out.
pub(super) struct Packed {
    pub(super) name: String,
    pub(super) count: usize,
    pub(super) versions: Vec<u8>,
    pub(super) warnings: Vec<Event>,
}

/// Appends a version.
pub(super) fn push(out: &mut Vec<u8>, listed: &Listed<'_>) {
    for text in [
        listed.name,
        listed.version,
        listed.app_version,
        listed.description,
        listed.digest,
        listed.created,
    ] {
        push_text(out, text);
    }
    for texts in [&listed.keywords, &listed.urls] {
        push_number(out, texts.len());
        texts.iter().for_each(|text| push_text(out, text));
    }
    out.push(u8::from(listed.deprecated));
}

/// The bytes of a catalogue of charts, which are sorted by their names.
pub(super) fn pack(charts: Vec<Packed>) -> Vec<u8> {
    let length: usize = charts.iter().map(|chart| chart.versions.len() + 64).sum();
    let mut out = Vec::with_capacity(length);
    let warnings: Vec<&Event> = charts.iter().flat_map(|chart| &chart.warnings).collect();
    push_number(&mut out, warnings.len());
    for event in warnings {
        push_text(&mut out, &event.message);
        push_number(&mut out, event.attrs.len());
        for (key, value) in &event.attrs {
            push_text(&mut out, key);
            push_text(&mut out, value);
        }
    }
    push_number(&mut out, charts.len());
    for chart in charts {
        push_text(&mut out, &chart.name);
        push_number(&mut out, chart.count);
        push_number(&mut out, chart.versions.len());
        out.extend(chart.versions);
    }
    out
}

fn push_number(out: &mut Vec<u8>, number: usize) {
    // A catalogue of four gigabytes would be of an index that is larger than what is downloaded.
    out.extend((number as u32).to_le_bytes());
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    push_number(out, text.len());
    out.extend(text.as_bytes());
}

/// Understands the bytes of a catalogue, as far as where everything is.
pub(super) fn unpack(bytes: Vec<u8>, start: usize) -> Option<Catalog> {
    let mut reader = Reader {
        bytes: &bytes,
        at: start,
    };
    let mut warnings = Vec::new();
    for _ in 0..reader.number()? {
        let mut event = Event::new(Level::Warn, reader.text()?);
        for _ in 0..reader.number()? {
            event = event.with(key(reader.text()?)?, reader.text()?);
        }
        warnings.push(event);
    }
    let mut charts: Vec<Chart> = Vec::new();
    for _ in 0..reader.number()? {
        let length = reader.number()?;
        let name = reader.skip(length)?;
        let count = reader.number()?;
        let length = reader.number()?;
        let versions = reader.skip(length)?;
        charts.push(Chart {
            name,
            versions,
            count,
        });
    }
    (reader.at == bytes.len()).then_some(Catalog {
        bytes,
        start,
        charts,
        warnings,
    })
}

/// The attributes that warnings about entries have.
fn key(text: &str) -> Option<&'static str> {
    let keys = ["name", "version", "source", "error"];
    keys.into_iter().find(|key| *key == text)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, length: usize) -> Option<Range<usize>> {
        let end = self.at.checked_add(length)?;
        let range = self.at..end;
        self.bytes.get(range.clone())?;
        self.at = end;
        Some(range)
    }

    fn number(&mut self) -> Option<usize> {
        let bytes = self.skip(4)?;
        let bytes = self.bytes[bytes].try_into().ok()?;
        Some(u32::from_le_bytes(bytes) as usize)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        let bytes = self.bytes;
        std::str::from_utf8(&bytes[self.skip(length)?]).ok()
    }

    fn texts(&mut self) -> Option<Vec<&'a str>> {
        (0..self.number()?).map(|_| self.text()).collect()
    }

    fn listed(&mut self) -> Option<Listed<'a>> {
        Some(Listed {
            name: self.text()?,
            version: self.text()?,
            app_version: self.text()?,
            description: self.text()?,
            digest: self.text()?,
            created: self.text()?,
            keywords: self.texts()?,
            urls: self.texts()?,
            deprecated: self.bytes[self.skip(1)?] != [0],
        })
    }
}
