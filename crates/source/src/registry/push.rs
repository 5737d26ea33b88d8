//! A chart into a registry.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chart::Chart;
use gostd::url::Url;
use goval::strconv::quote;

use super::client::Client;
use super::manifest::{self, CHART, CONFIG, Descriptor, MANIFEST, PROVENANCE};
use super::reference::{ChartReference, Reference, bare};
use super::repository::Repository;
use super::{Keys, on_target, underscore_note};
use crate::{Access, Http, Listener, SourceError, failed, read_file};

/// What to push, and where to.
#[derive(Clone, Debug)]
pub struct Push<'a> {
    /// The packed chart; its provenance file may stand beside it.
    pub archive: &'a Path,
    /// The repository that the chart's own is to be below.
    pub remote: &'a str,
    /// When the archive was written, as RFC 3339 has it.
    pub created: &'a str,
    /// The user's credentials.
    pub access: &'a Access,
}

/// Uploads a packed chart.
///
/// # Errors
/// What is no packed chart or no registry, and a registry that does not take it.
pub fn push(
    request: &Push<'_>,
    http: &Http,
    keys: &Keys,
    listener: &dyn Listener,
) -> Result<(), SourceError> {
    let other = SourceError::Other;
    let client = Client::new(http, keys, request.access, listener);
    let client = client.map_err(|why| other(format!("missing registry client: {why}")))?;
    let remote = checked_remote(request.remote).map_err(other)?;
    let chart = load(request.archive)?;
    let archive = read_file(request.archive).map_err(other)?;
    let provenance = provenance(request.archive).map_err(other)?;
    let path = gostd::path::join(&[bare(&remote), chart.name()]);
    let text = format!("{path}:{}", chart.metadata.version);
    let upload = Upload {
        text: &text,
        chart: &chart,
        archive: &archive,
        provenance: provenance.as_deref(),
        created: request.created,
    };
    upload.run(&client, listener).map_err(other)
}

/// An address of a registry, as Go writes it.
fn checked_remote(remote: &str) -> Result<String, String> {
    let url = Url::parse(remote).map_err(|_| format!("invalid chart URL format: {remote}"))?;
    match &*url.scheme {
        b"oci" => Ok(url.to_string()),
        b"" => Err("scheme prefix missing from remote (e.g. \"oci://\")".to_owned()),
        scheme => Err(format!("scheme {} not supported", quote(scheme))),
    }
}

fn load(archive: &Path) -> Result<Chart, SourceError> {
    let info = fs::metadata(archive).map_err(|error| match error.kind() {
        ErrorKind::NotFound => SourceError::Other(format!("{}: no such file", archive.display())),
        _ => failed("stat", archive, &error),
    })?;
    if info.is_dir() {
        let text = "cannot push directory, must provide chart archive (.tgz)";
        return Err(SourceError::Other(text.to_owned()));
    }
    Ok(crate::load_any(archive)?.chart)
}

/// The provenance file beside an archive, if there is one.
fn provenance(archive: &Path) -> Result<Option<Vec<u8>>, String> {
    let mut path = OsString::from(archive);
    path.push(".prov");
    let path = PathBuf::from(path);
    match fs::metadata(&path) {
        Ok(_) => read_file(&path).map(Some),
        Err(_) => Ok(None),
    }
}

struct Upload<'a> {
    text: &'a str,
    chart: &'a Chart,
    archive: &'a [u8],
    provenance: Option<&'a [u8]>,
    created: &'a str,
}

impl Upload<'_> {
    fn run(&self, client: &Client<'_>, listener: &dyn Listener) -> Result<(), String> {
        let reference = ChartReference::parse(self.text)?;
        let metadata = &self.chart.metadata;
        let base = format!("/{}:{}", metadata.name, metadata.version);
        if !self.text.ends_with(&base) {
            return Err(
                "strict mode enabled, ref basename and tag must match the chart name and version"
                    .to_owned(),
            );
        }
        let config = goval::json::to_string(metadata).map_err(|error| error.to_string())?;
        let config = (Descriptor::of(CONFIG, config.as_bytes()), config);
        let mut layers = vec![(Descriptor::of(CHART, self.archive), self.archive)];
        if let Some(provenance) = self.provenance {
            layers.push((Descriptor::of(PROVENANCE, provenance), provenance));
        }
        layers.sort_by(|(a, _), (b, _)| a.digest.cmp(&b.digest));
        let named: Vec<Descriptor> = layers.iter().map(|(layer, _)| layer.clone()).collect();
        let manifest = manifest::written(&config.0, &named, metadata, self.created)?;
        let root = Descriptor::of(MANIFEST, manifest.as_bytes());
        let place = Reference::parse(&reference.to_string())?;
        let repository = Repository::for_push(client, &place);
        if !has(&repository, &root)? {
            push_blob(&repository, &config.0, config.1.as_bytes())?;
            for (layer, content) in &layers {
                push_blob(&repository, layer, content)?;
            }
            repository
                .push_manifest(&root, manifest.as_bytes(), &root.digest)
                .map_err(|why| on_target("Push", &why))?;
        }
        repository
            .push_manifest(&root, manifest.as_bytes(), reference.tag())
            .map_err(|why| on_target("Tag", &why))?;
        let shown = reference.to_string();
        listener.say(&format!("Pushed: {shown}"));
        listener.say(&format!("Digest: {}", root.digest));
        underscore_note(reference.tag(), &shown, &|line| listener.say(line));
        Ok(())
    }
}

fn push_blob(repository: &Repository<'_>, blob: &Descriptor, content: &[u8]) -> Result<(), String> {
    if has(repository, blob)? {
        return Ok(());
    }
    let pushed = repository.push_blob(blob, content);
    pushed.map_err(|why| on_target("Push", &why))
}

fn has(repository: &Repository<'_>, wanted: &Descriptor) -> Result<bool, String> {
    let has = repository.has(wanted);
    has.map_err(|why| on_target("Exists", &why))
}
