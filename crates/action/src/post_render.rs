//! Post-rendering: a plugin rewrites the manifests of a release before anything is done with them.
//!
//! All rendered files, hooks among them, go to the plugin as one stream of documents, each annotated
//! with the path of its file. What comes back is sorted into files again by that annotation.

use std::collections::BTreeMap;
use std::sync::Arc;

use chart::Event;
use goval::strconv::quote;
use plugin::{Env, Plugin};
use wasm::Web;

use crate::Error;

/// The annotation that holds the path of the file that a document came from.
const FILE_NAME: &str = "postrenderer.helm.sh/postrender-filename";

/// A plugin that rewrites manifests.
#[derive(Clone, Debug)]
pub struct PostRenderer {
    /// The plugin.
    pub plugin: Plugin,
    /// What it is given as arguments after its own.
    pub args: Vec<String>,
    /// The environment it runs in.
    pub env: Env,
    /// What speaks with servers for it, if it is WebAssembly.
    pub web: Arc<dyn Web>,
}

/// The files as the plugin wants them (the part of Helm's `renderResources` that has a post-renderer).
///
/// # Errors
/// A file is not YAML or has something that is no object, the plugin fails or says nothing, or what
/// it says cannot be taken apart.
pub(crate) fn post_render(
    renderer: &PostRenderer,
    files: &BTreeMap<String, Vec<u8>>,
    events: &mut Vec<Event>,
) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let failed = |doing: &str, why: String| Error::Other(format!("error {doing}: {why}"));
    let merged = merge(files).map_err(|why| failed("merging manifests", why))?;
    let rendered = run(renderer, &merged, events)
        .map_err(|why| failed("while running post render on files", why))?;
    split(&rendered).map_err(|why| failed("while parsing post rendered output", why))
}

/// All documents in one stream, annotated with the paths of their files (Helm's `annotateAndMerge`).
fn merge(files: &BTreeMap<String, Vec<u8>>) -> Result<String, String> {
    let mut documents = Vec::new();
    for (path, content) in files {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name.starts_with('_') {
            continue;
        }
        let content = String::from_utf8_lossy(content);
        for piece in manifest::split(&content) {
            let read = kyaml::read_all(piece.as_bytes());
            for mut document in read.map_err(|why| format!("parsing {path}: {why}"))? {
                kyaml::annotate(&mut document, FILE_NAME, path)
                    .map_err(|why| format!("annotating {path}: {why}"))?;
                documents.push(document);
            }
        }
    }
    kyaml::write_all(documents).map_err(|why| format!("writing merged docs: {why}"))
}

/// What the plugin makes of a stream (Helm's `postRendererPlugin.Run`).
fn run(
    renderer: &PostRenderer,
    manifests: &str,
    events: &mut Vec<Event>,
) -> Result<Vec<u8>, String> {
    let PostRenderer {
        plugin,
        args,
        env,
        web,
    } = renderer;
    let name = quote(&plugin.metadata.name);
    let rendered = plugin::filter(plugin, args, env, web, manifests.as_bytes(), events)
        .map_err(|why| format!("failed to invoke post-renderer plugin {name}: {why}"))?;
    if String::from_utf8_lossy(&rendered).trim().is_empty() {
        return Err(format!("post-renderer {name} produced empty output"));
    }
    Ok(rendered)
}

/// The documents of a stream by the paths of their files (Helm's `splitAndDeannotate`). Those that
/// the plugin has added get names by their place in the stream.
fn split(stream: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let documents = kyaml::read_all(stream).map_err(|why| format!("error parsing YAML: {why}"))?;
    let mut files: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (number, mut document) in documents.into_iter().enumerate() {
        let path = kyaml::annotation(&document, FILE_NAME)
            .map_err(|why| format!("getting metadata: {why}"))?;
        kyaml::clear_annotation(&mut document, FILE_NAME)
            .map_err(|why| format!("clearing filename annotation: {why}"))?;
        let path = match path.as_str() {
            "" => format!("generated-by-postrender-{number}.yaml"),
            _ => path,
        };
        files.entry(path).or_default().push(document);
    }
    let written = files.into_iter().map(|(path, documents)| {
        let text =
            kyaml::write_all(documents).map_err(|why| format!("re-writing {path}: {why}"))?;
        Ok((path, text.into_bytes()))
    });
    written.collect()
}
