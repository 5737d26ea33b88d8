//! A chart out of a registry.

use std::collections::BTreeSet;
use std::thread;

use super::client::Client;
use super::manifest::{self, CHART, CONFIG, Descriptor, INDEX, MANIFEST, OLD_CHART, PROVENANCE};
use super::reference::{ChartReference, Reference};
use super::repository::{Content, MAX_BLOB, MAX_METADATA, Repository};
use super::{on_source, on_target, underscore_note};

/// Manifests do not lead to manifests that deep.
const MAX_DEPTH: usize = 4;
/// Nor are there that many.
const MAX_PARTS: usize = 1000;

/// What is wanted of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The packed chart.
    Archive,
    /// Its provenance file.
    Provenance,
}

/// Fetches a part of a chart, checks that it is what its manifest says, and tells what it was.
///
/// # Errors
/// What is no reference, is not there, or is no chart.
pub(crate) fn pull(
    client: &Client<'_>,
    text: &str,
    part: Part,
    say: &dyn Fn(&str),
) -> Result<Vec<u8>, String> {
    let reference = ChartReference::parse(text)?;
    let shown = reference.to_string();
    let place = Reference::parse(&shown)?;
    if place.target.is_empty() {
        return Err(on_source("FetchReference", "invalid reference"));
    }
    let repository = Repository::new(client, &place);
    let (root, content) = repository
        .manifest(&place.target)
        .map_err(|why| on_source("FetchReference", &why))?;
    let mut walk = Walk {
        repository: &repository,
        part,
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    let mut leaves = Vec::new();
    if root.is_manifest() {
        let content = within_limit(&root, content).map_err(|why| on_source("Successors", &why))?;
        let parts = manifest::parts(&root.media_type, &content)
            .map_err(|why| on_source("Successors", &why))?;
        walk.look_at(parts, 1, &mut leaves)?;
    }
    let mut fetched = fetch_all(&repository, leaves)?;
    walk.found.extend(fetched.iter().map(|(of, _)| of.clone()));
    if walk.wants(&root.media_type) {
        walk.found.push(root.clone());
    }
    let wanted = chosen(&walk.found, part, say)?;
    let position = fetched.iter().position(|(of, _)| *of == wanted);
    let config = fetched.iter().find(|(of, _)| of.media_type == CONFIG);
    if let Some((_, config)) = config {
        goval::json::decode(config).map_err(|error| error.to_string())?;
    }
    let Some(position) = position else {
        return Err(format!("{}: not found", wanted.digest));
    };
    let (_, content) = fetched.swap_remove(position);
    say(&format!("Pulled: {shown}"));
    say(&format!("Digest: {}", root.digest));
    underscore_note(&shown, &shown, say);
    Ok(content)
}

/// The way through manifests.
struct Walk<'a> {
    repository: &'a Repository<'a>,
    part: Part,
    seen: BTreeSet<(String, String)>,
    /// What was met that counts.
    found: Vec<Descriptor>,
}

impl Walk<'_> {
    fn wants(&self, kind: &str) -> bool {
        match kind {
            MANIFEST | INDEX | CONFIG => true,
            CHART | OLD_CHART => self.part == Part::Archive,
            PROVENANCE => self.part == Part::Provenance,
            _ => false,
        }
    }

    /// Looks into manifests at once, and collects what else is wanted.
    fn look_at(
        &mut self,
        parts: Vec<Descriptor>,
        depth: usize,
        leaves: &mut Vec<Descriptor>,
    ) -> Result<(), String> {
        for part in parts {
            let is_new = self
                .seen
                .insert((part.media_type.clone(), part.digest.clone()));
            if self.seen.len() > MAX_PARTS || depth > MAX_DEPTH {
                return Err(format!(
                    "the manifest leads to more than {MAX_PARTS} parts, or deeper than {MAX_DEPTH} manifests"
                ));
            }
            if !is_new {
                continue;
            }
            if !part.is_manifest() {
                if self.wants(&part.media_type) {
                    leaves.push(part);
                }
                continue;
            }
            let failed = |why: String| on_source("FindSuccessors", &why);
            let content = self.repository.fetch(&part).map_err(failed)?;
            let content = within_limit(&part, content).map_err(failed)?;
            let parts = manifest::parts(&part.media_type, &content).map_err(failed)?;
            self.look_at(parts, depth + 1, leaves)?;
            if self.wants(&part.media_type) {
                self.found.push(part);
            }
        }
        Ok(())
    }
}

pub(super) fn within_limit(of: &Descriptor, content: Content) -> Result<Vec<u8>, String> {
    if of.size > MAX_METADATA {
        let size = of.size;
        return Err(format!(
            "read failed: content size {size} exceeds push size limit {MAX_METADATA}: size exceeds limit"
        ));
    }
    content.verified(of)
}

/// Fetches side by side; the error that is told is that of the first in order.
pub(super) fn fetch_all(
    repository: &Repository<'_>,
    leaves: Vec<Descriptor>,
) -> Result<Vec<(Descriptor, Vec<u8>)>, String> {
    let size = leaves
        .iter()
        .map(|leaf| leaf.size)
        .fold(0, u64::saturating_add);
    if size > MAX_BLOB {
        return Err(format!(
            "content of {size} bytes is larger than {MAX_BLOB} bytes"
        ));
    }
    let fetch = |leaf: &Descriptor| {
        let content = repository
            .fetch(leaf)
            .map_err(|why| on_source("Fetch", &why))?;
        content
            .verified(leaf)
            .map_err(|why| on_target("Push", &why))
    };
    let contents: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = leaves
            .iter()
            .map(|leaf| scope.spawn(|| fetch(leaf)))
            .collect();
        let ended = running.into_iter().map(|one| one.join());
        ended
            .map(|ended| ended.unwrap_or_else(|_| Err("a download broke off".to_owned())))
            .collect()
    });
    leaves
        .into_iter()
        .zip(contents)
        .map(|(leaf, content)| Ok((leaf, content?)))
        .collect()
}

/// Which of the parts is the one that is wanted.
fn chosen(found: &[Descriptor], part: Part, say: &dyn Fn(&str)) -> Result<Descriptor, String> {
    // The metadata, and what is wanted.
    const LEAST: usize = 2;
    if found.len() < LEAST {
        let count = found.len();
        return Err(format!(
            "manifest does not contain minimum number of descriptors ({LEAST}), descriptors found: {count}"
        ));
    }
    let of_kind = |kind: &str| found.iter().rfind(|one| one.media_type == kind);
    if of_kind(OLD_CHART).is_some() {
        say(&format!(
            "Warning: chart media type {OLD_CHART} is deprecated"
        ));
    }
    if of_kind(CONFIG).is_none() {
        return Err(format!("could not load config with mediatype {CONFIG}"));
    }
    let (kind, wanted) = match part {
        Part::Archive => (CHART, of_kind(CHART).or(of_kind(OLD_CHART))),
        Part::Provenance => (PROVENANCE, of_kind(PROVENANCE)),
    };
    wanted
        .cloned()
        .ok_or_else(|| format!("manifest does not contain a layer with mediatype {kind}"))
}
