//! A release as it would be: everything that is known before the cluster is changed.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use apply::Reporter;
use chart::{Chart, Event, Time};
use funcs::World;
use gostd::url::Url;
use goval::Map;
use manifest::{Order, Sorted, with_source};
use release::{ApplyMethod, Hook, Info, Release, SYSTEM_LABELS, Status};
use render::{Capabilities, ReleaseOptions, RenderOptions};
use source::Http;
use values::SchemaLoader;

use crate::context::log_all;
use crate::error::Unreadable;
use crate::post_render::{PostRenderer, post_render};
use crate::{Context, Error};

/// How a chart is rendered, as far as users decide it.
#[derive(Clone, Debug, Default)]
pub struct Rendering {
    /// Whether values are not checked against the chart's schemas.
    pub skip_schema: bool,
    /// Whether the notes of subcharts are part of the notes.
    pub subchart_notes: bool,
    /// Whether the manifest begins with the files of `crds/`.
    pub include_crds: bool,
    /// Whether Secrets are left out of the manifest; for dry runs only.
    pub hide_secrets: bool,
    /// How schemas on the network are fetched.
    pub http: Http,
    /// Whether all errors are told, and with what it takes to explain them, instead of the first.
    pub all_errors: bool,
    /// What rewrites the manifests, hooks among them.
    pub post_renderer: Option<PostRenderer>,
}

/// What a draft is made of.
pub(crate) struct Draft {
    pub(crate) options: ReleaseOptions,
    /// The chart, its dependencies processed.
    pub(crate) chart: Chart,
    /// The user's values.
    pub(crate) values: Map,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) capabilities: Capabilities,
    pub(crate) rendering: Rendering,
    pub(crate) server_side: bool,
    pub(crate) now: Time,
}

/// A rendered release, and its documents one by one.
#[derive(Clone, Debug)]
pub struct Drafted {
    /// The release; nothing of it is stored.
    pub release: Release,
    /// The documents of its manifest, with the paths of their templates.
    pub documents: Vec<Document>,
}

/// One document of a manifest.
#[derive(Clone, Debug)]
pub struct Document {
    /// Path of the template, or of the file in `crds/`.
    pub path: String,
    /// The text.
    pub content: String,
    /// Whether it is a Secret, which users may want to hide.
    pub is_secret: bool,
    /// Whether it is a file of `crds/`.
    pub is_crd: bool,
}

/// Renders a chart into a release that is pending and not stored.
///
/// # Errors
/// [`Error::Drafted`] for everything that goes wrong once values and labels have been checked.
pub(crate) fn draft(
    input: Draft,
    world: &Arc<dyn World>,
    reporter: &dyn Reporter,
) -> Result<Drafted, Error> {
    let mut events = Vec::new();
    let coalesced = checked_values(&input, &mut events);
    log_all(reporter, events);
    let coalesced = coalesced?;
    check_labels(&input.labels)?;
    let mut release = unrendered(&input);
    match rendered(&input, &coalesced, world, reporter) {
        Ok((documents, sorted, notes)) => {
            release.manifest = text(&documents, input.rendering.hide_secrets);
            release.hooks = sorted.hooks.into_iter().map(Hook::from).collect();
            release.info.notes = notes;
            Ok(Drafted { release, documents })
        }
        Err(Failed { error, so_far }) => {
            release.manifest = so_far;
            release.info.status = Status::Failed;
            release.info.description = format!("failed to render resource: {error}");
            Err(Error::Drafted {
                source: error,
                draft: Box::new(release),
            })
        }
    }
}

/// The values that templates see, if the schemas of the charts allow them.
fn checked_values(input: &Draft, events: &mut Vec<Event>) -> Result<Map, Error> {
    let coalesced = values::coalesce(&input.chart, &input.values, events)?;
    if !input.rendering.skip_schema {
        let loader = schema_loader(&input.rendering.http);
        values::validate(&input.chart, &coalesced, &loader, events)?;
    }
    Ok(coalesced)
}

/// Renders on a thread of its own: a template's `lookup` waits for this one to ask the cluster.
pub(crate) async fn draft_aside(
    input: Draft,
    world: Arc<dyn World>,
    context: &Context,
) -> Result<Drafted, Error> {
    let reporter = Arc::clone(&context.reporter);
    let rendering = tokio::task::spawn_blocking(move || draft(input, &world, &*reporter));
    rendering
        .await
        .map_err(|error| Error::Other(format!("rendering template failed: {error}")))?
}

/// Gets the schemas that others refer to, from files and from the network.
pub(crate) fn schema_loader(http: &Http) -> SchemaLoader {
    let http = http.clone();
    Arc::new(move |address: &str| {
        if !address.starts_with("file:") {
            return http.get_schema(address);
        }
        // What stands between `file://` and the next slash is a host, and is not looked at.
        let path = Url::parse(address)?.path;
        let path = String::from_utf8_lossy(&path);
        let path = Path::new(&*path);
        match std::fs::metadata(path) {
            Ok(found) if !found.is_file() && !found.is_dir() => read_some(path),
            _ => source::read_file(path),
        }
    })
}

/// The beginning of what may have no end, as a device.
fn read_some(path: &Path) -> Result<Vec<u8>, String> {
    const MOST: u64 = 16 << 20;
    let mut text = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let read = file.take(MOST).read_to_end(&mut text);
    read.map(|_| text).map_err(|error| error.to_string())
}

/// Why rendering failed, and what to show for debugging.
struct Failed {
    error: Box<Error>,
    so_far: String,
}

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Failed {
        Failed {
            error: Box::new(error.into()),
            so_far: String::new(),
        }
    }
}

/// The documents, the hooks and the notes; or why not, with what to show for debugging.
fn rendered(
    input: &Draft,
    values: &Map,
    world: &Arc<dyn World>,
    reporter: &dyn Reporter,
) -> Result<(Vec<Document>, Sorted, String), Failed> {
    let options = RenderOptions {
        subchart_notes: input.rendering.subchart_notes,
        all_errors: input.rendering.all_errors,
        ..RenderOptions::default()
    };
    let mut events = Vec::new();
    let rendered = render::render(
        &input.chart,
        values,
        &input.options,
        &input.capabilities,
        world,
        &options,
        &mut events,
    );
    log_all(reporter, events);
    let mut rendered = rendered?;
    if let Some(renderer) = &input.rendering.post_renderer {
        let mut events = Vec::new();
        let rewritten = post_render(renderer, &rendered.files, &mut events);
        log_all(reporter, events);
        rendered.files = rewritten?;
    }
    let files = &rendered.files;
    let texts = || files.iter().map(|(path, text)| (path.as_str(), &text[..]));
    // What a post-renderer has written stands on no line of a template.
    let explains = input.rendering.all_errors && input.rendering.post_renderer.is_none();
    let mut sorted = manifest::sort(texts(), Order::Install).map_err(|error| Failed {
        so_far: every_file(files),
        error: Box::new(if explains {
            Error::Manifests(Box::new(Unreadable {
                all: manifest::all_errors(texts()),
                rendered: rendered.clone(),
            }))
        } else {
            error.into()
        }),
    })?;
    for hooks in &sorted.unknown_hooks {
        reporter.log(Event::info("skipping unknown hooks").with("hookTypes", hooks));
    }
    let mut documents = Vec::new();
    if input.rendering.include_crds {
        documents.extend(crds(&input.chart));
    }
    documents.extend(
        std::mem::take(&mut sorted.manifests)
            .into_iter()
            .map(|manifest| Document {
                is_secret: manifest.head.kind == "Secret" && manifest.head.api_version == "v1",
                is_crd: false,
                path: manifest.path,
                content: manifest.content,
            }),
    );
    Ok((documents, sorted, rendered.notes))
}

/// Whether users may give these labels to a record.
pub(crate) fn check_labels(labels: &BTreeMap<String, String>) -> Result<(), Error> {
    let mut keys = labels.keys();
    if !keys.any(|key| SYSTEM_LABELS.contains(&key.as_str())) {
        return Ok(());
    }
    Err(Error::Other(format!(
        "user supplied labels contains system reserved label name. System labels: [{}]",
        SYSTEM_LABELS.join(" ")
    )))
}

fn unrendered(input: &Draft) -> Release {
    Release {
        name: input.options.name.clone(),
        namespace: input.options.namespace.clone(),
        chart: input.chart.clone(),
        config: Some(input.values.clone()),
        info: Info {
            first_deployed: input.now,
            last_deployed: input.now,
            status: Status::Unknown,
            ..Info::default()
        },
        version: input.options.revision,
        labels: input.labels.clone(),
        apply_method: ApplyMethod::of(input.server_side),
        ..Release::default()
    }
}

fn crds(chart: &Chart) -> impl Iterator<Item = Document> {
    chart.crds().into_iter().map(|crd| Document {
        path: crd.path,
        content: crd.data.to_str_lossy().into_owned(),
        is_secret: false,
        is_crd: true,
    })
}

/// The manifest of these documents.
fn text(documents: &[Document], hide_secrets: bool) -> String {
    let mut out = String::with_capacity(documents.iter().map(|d| d.content.len() + 80).sum());
    for document in documents {
        if hide_secrets && document.is_secret {
            out.push_str("---\n# Source: ");
            out.push_str(&document.path);
            out.push_str("\n# HIDDEN: The Secret output has been suppressed\n");
        } else {
            let source = [
                "---\n# Source: ",
                &document.path,
                "\n",
                &document.content,
                "\n",
            ];
            out.extend(source);
        }
    }
    out
}

/// All files as they are: what helps to find a mistake in one of them.
fn every_file(files: &BTreeMap<String, Vec<u8>>) -> String {
    let files = files
        .iter()
        .filter(|(_, text)| !text.trim_ascii().is_empty());
    files
        .map(|(path, text)| with_source(path, &String::from_utf8_lossy(text)))
        .collect()
}
