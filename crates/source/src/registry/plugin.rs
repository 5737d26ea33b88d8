//! A plugin out of a registry (Helm's `PullPlugin`).

use goval::{ListShape, Map, MapShape, Shape, StructShape, Value};

use super::answer::text;
use super::client::Client;
use super::manifest::{Descriptor, MANIFEST};
use super::pull::{fetch_all, within_limit};
use super::reference::{ChartReference, Reference, bare};
use super::repository::Repository;
use super::{Keys, on_source};
use crate::{Access, Http, Listener};

/// The kind of a plugin.
const PLUGIN: &str = "application/vnd.helm.plugin.v1+json";
/// What may hold a packed plugin or its provenance file.
const LAYERS: [&str; 2] = [
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
];
/// The annotation with the name of a file.
const TITLE: &str = "org.opencontainers.image.title";

/// A packed plugin, and what proves where it is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedPlugin {
    /// The archive.
    pub archive: Vec<u8>,
    /// Its provenance file, if there is one.
    pub provenance: Option<Vec<u8>>,
}

/// What a plugin is called that a reference names: the last part of its repository.
///
/// # Errors
/// It is no reference.
pub fn plugin_name(text: &str) -> Result<String, String> {
    let reference = ChartReference::parse(text);
    let reference = reference.map_err(|why| format!("invalid OCI reference: {why}"))?;
    let repository = &reference.place.repository;
    let name = repository.rsplit('/').next().unwrap_or_default();
    Ok(name.to_owned())
}

/// Fetches a plugin by its tag or digest.
///
/// # Errors
/// What is no reference, is not there, or is no plugin.
pub fn pull_plugin(
    http: &Http,
    keys: &Keys,
    access: &Access,
    text: &str,
    listener: &dyn Listener,
) -> Result<PackedPlugin, String> {
    let access = Access {
        url: text.to_owned(),
        ..access.clone()
    };
    let client = Client::new(http, keys, &access, listener)?;
    let reference = ChartReference::parse(text)?;
    let place = Reference::parse(&reference.to_string())?;
    if place.target.is_empty() {
        return Err(on_source("FetchReference", "invalid reference"));
    }
    let repository = Repository::new(&client, &place);
    let (root, content) = repository
        .manifest(&place.target)
        .map_err(|why| on_source("FetchReference", &why))?;
    let content = within_limit(&root, content).map_err(|why| on_source("Successors", &why))?;
    if root.media_type != MANIFEST {
        return Err(format!(
            "unable to retrieve manifest: {}: {}: not found",
            root.digest, root.media_type
        ));
    }
    let manifest = Manifest::read(&content)?;
    manifest.check()?;
    let (archive, provenance) = manifest.parts(&expected_name(text))?;
    let missing = |what: &str, part: &Descriptor| {
        let (digest, kind) = (&part.digest, &part.media_type);
        format!("unable to retrieve {what} data with digest {digest}: {digest}: {kind}: not found")
    };
    let is_layer = |part: &Descriptor| LAYERS.contains(&part.media_type.as_str());
    if !is_layer(&archive) {
        return Err(missing("plugin", &archive));
    }
    if let Some(part) = provenance.as_ref().filter(|part| !is_layer(part)) {
        return Err(missing("provenance", part));
    }
    let wanted = [Some(archive), provenance].into_iter().flatten().collect();
    let mut fetched = fetch_all(&repository, wanted)?.into_iter();
    let mut next = || fetched.next().map(|(_, content)| content);
    Ok(PackedPlugin {
        archive: next().unwrap_or_default(),
        provenance: next(),
    })
}

/// What the files of a plugin are to begin with (Helm's `getPlugin`): of a reference with tag and digest that is
/// not its name.
fn expected_name(text: &str) -> String {
    let last = bare(text).rsplit('/').next().unwrap_or_default();
    let until = |mark| match last.rfind(mark) {
        Some(at) if at > 0 => last.get(..at),
        _ => None,
    };
    let name = until('@').or(until(':')).unwrap_or(last);
    name.to_owned()
}

struct Manifest {
    artifact_type: String,
    config_type: String,
    /// The layers that have a name, by that.
    layers: Vec<(String, Descriptor)>,
}

impl Manifest {
    fn read(content: &[u8]) -> Result<Manifest, String> {
        const ANNOTATIONS: MapShape = MapShape {
            go_type: "map[string]string",
            elem: Shape::Str,
        };
        const LAYER: StructShape = StructShape {
            go_type: "v1.Descriptor",
            fields: &[
                ("mediaType", Shape::Str),
                ("digest", Shape::Str),
                ("size", Shape::Int),
                ("annotations", Shape::Map(&ANNOTATIONS)),
            ],
        };
        const ALL: StructShape = StructShape {
            go_type: "v1.Manifest",
            fields: &[
                ("artifactType", Shape::Str),
                ("config", Shape::Struct(&LAYER)),
                (
                    "layers",
                    Shape::List(&ListShape {
                        go_type: "[]v1.Descriptor",
                        elem: Shape::Struct(&LAYER),
                    }),
                ),
            ],
        };
        let value = goval::json::decode_shaped(content, &Shape::Struct(&ALL))
            .map_err(|why| format!("unable to parse manifest: {why}"))?;
        let fields = value.as_map().cloned().unwrap_or_default();
        let config = match fields.get("config") {
            Some(Value::Map(config)) => text(&config, "mediaType"),
            _ => String::new(),
        };
        let layers = match fields.get("layers") {
            Some(Value::List(layers)) => layers.items().iter().filter_map(layer).collect(),
            _ => Vec::new(),
        };
        Ok(Manifest {
            artifact_type: text(&fields, "artifactType"),
            config_type: config,
            layers,
        })
    }

    /// Whether it is that of a plugin.
    fn check(&self) -> Result<(), String> {
        match (self.artifact_type.as_str(), self.config_type.as_str()) {
            (PLUGIN, _) | ("", PLUGIN) => Ok(()),
            ("", other) => Err(format!(
                "expected config media type {PLUGIN} for legacy compatibility, got {other}"
            )),
            (other, _) => Err(format!("expected artifact type {PLUGIN}, got {other}")),
        }
    }

    /// The archive, and the provenance file if there is one.
    fn parts(&self, name: &str) -> Result<(Descriptor, Option<Descriptor>), String> {
        let named = |ending: &str| {
            let mut layers = self.layers.iter();
            let begin = format!("{name}-");
            layers
                .find(|(title, _)| title.starts_with(&begin) && title.ends_with(ending))
                .map(|(_, layer)| layer.clone())
        };
        let archive = named(".tgz").ok_or_else(|| {
            format!("required layer matching pattern {name}-VERSION.tgz not found in manifest")
        })?;
        Ok((archive, named(".tgz.prov")))
    }
}

fn layer(value: &Value) -> Option<(String, Descriptor)> {
    let fields: Map = value.as_map()?.clone();
    let annotations = fields.get("annotations")?;
    let title = annotations.as_map()?.get(TITLE)?;
    let title = title.as_str()?.to_str_lossy().into_owned();
    Some((title, Descriptor::read(&fields)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_references() {
        let name = |text: &str| plugin_name(text).unwrap();
        assert_eq!(name("oci://host/a/b:1.0.0"), "b");
        assert_eq!(expected_name("oci://host/a/b:1.0.0"), "b");
        assert_eq!(expected_name("host/b@sha256:00"), "b");
        assert_eq!(expected_name("host/b:1@sha256:00"), "b:1");
        assert_eq!(
            plugin_name("oci://host").unwrap_err(),
            "invalid OCI reference: invalid reference: missing registry or repository"
        );
    }

    #[test]
    fn a_manifest_of_something_else_is_no_plugin() {
        let check = |json: &str| Manifest::read(json.as_bytes()).unwrap().check();
        assert_eq!(
            check(r#"{"config": {"mediaType": "application/vnd.helm.plugin.v1+json"}}"#),
            Ok(())
        );
        assert_eq!(
            check(r#"{"artifactType": "other"}"#).unwrap_err(),
            "expected artifact type application/vnd.helm.plugin.v1+json, got other"
        );
        let manifest = Manifest::read(
            br#"{"layers": [{"annotations": {"org.opencontainers.image.title": "x-1.tgz.prov"}}]}"#,
        );
        assert_eq!(
            manifest.unwrap().parts("x").unwrap_err(),
            "required layer matching pattern x-VERSION.tgz not found in manifest"
        );
    }
}
