//! Manifests: what belongs together in a registry, by digests.

use std::collections::BTreeMap;

use chart::Metadata;
use goval::{ListShape, StructShape};
use goval::{Map, Shape, Value};
use serde::Serialize;

use super::answer::text;
use super::digest;

/// The kind of the metadata of a chart.
pub(crate) const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
/// The kind of a packed chart.
pub(crate) const CHART: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/// The kind of a provenance file.
pub(crate) const PROVENANCE: &str = "application/vnd.cncf.helm.chart.provenance.v1.prov";
/// The kind that packed charts had before.
pub(crate) const OLD_CHART: &str = "application/tar+gzip";
/// The kind of a manifest.
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The kind of a list of manifests.
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// What manifests there are; what we ask for, in this order.
pub(crate) const MANIFEST_KINDS: [&str; 5] = [
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    MANIFEST,
    INDEX,
    "application/vnd.oci.artifact.manifest.v1+json",
];

/// Some content, by its digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Descriptor {
    #[serde(rename = "mediaType")]
    pub(crate) media_type: String,
    pub(crate) digest: String,
    pub(crate) size: u64,
    /// Whether it may be had from elsewhere only.
    #[serde(skip)]
    pub(crate) is_foreign: bool,
}

impl Descriptor {
    /// Of some content.
    pub(crate) fn of(media_type: &str, content: &[u8]) -> Descriptor {
        Descriptor {
            media_type: media_type.to_owned(),
            digest: digest::of(content),
            size: content.len() as u64,
            is_foreign: false,
        }
    }

    pub(crate) fn is_manifest(&self) -> bool {
        MANIFEST_KINDS.contains(&self.media_type.as_str())
    }

    pub(super) fn read(fields: &Map) -> Descriptor {
        let media_type = text(fields, "mediaType");
        let is_foreign = media_type.contains(".nondistributable.")
            || media_type == "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        let size = match fields.get("size") {
            Some(Value::Int(_, size)) => u64::try_from(size).unwrap_or_default(),
            Some(Value::Float(size)) if size >= 0.0 => size as u64,
            _ => 0,
        };
        Descriptor {
            media_type,
            digest: text(fields, "digest"),
            size,
            is_foreign,
        }
    }
}

static DESCRIPTOR: StructShape = StructShape {
    go_type: "v1.Descriptor",
    fields: &[
        ("mediaType", Shape::Str),
        ("digest", Shape::Str),
        ("size", Shape::Int),
    ],
};
static DESCRIPTORS: ListShape = ListShape {
    go_type: "[]v1.Descriptor",
    elem: Shape::Struct(&DESCRIPTOR),
};
static READ: StructShape = StructShape {
    go_type: "v1.Manifest",
    fields: &[
        ("config", Shape::Struct(&DESCRIPTOR)),
        ("layers", Shape::List(&DESCRIPTORS)),
        ("manifests", Shape::List(&DESCRIPTORS)),
        ("blobs", Shape::List(&DESCRIPTORS)),
    ],
};

/// What a manifest of some kind names: its parts, or other manifests.
///
/// # Errors
/// It is no JSON, or something else.
pub(crate) fn parts(kind: &str, content: &[u8]) -> Result<Vec<Descriptor>, String> {
    let fields = match goval::json::decode_shaped(content, &Shape::Struct(&READ)) {
        Ok(Value::Map(fields)) => fields,
        Ok(_) => Map::new(),
        Err(error) => return Err(error.to_string()),
    };
    let list = |name: &str| match fields.get(name) {
        Some(Value::List(list)) => {
            let items = list.items().iter();
            items
                .filter_map(|item| item.as_map().map(Descriptor::read))
                .collect()
        }
        _ => Vec::new(),
    };
    let mut found: Vec<Descriptor> = Vec::new();
    if kind.contains("index") || kind.contains("manifest.list") {
        found = list("manifests");
    } else if kind.contains("artifact") {
        found = list("blobs");
    } else {
        if let Some(Value::Map(config)) = fields.get("config") {
            found.push(Descriptor::read(&config));
        }
        found.extend(list("layers"));
    }
    found.retain(|part| !part.is_foreign);
    Ok(found)
}

/// The manifest that is written, with its fields in the order that Go has them.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    config: &'a Descriptor,
    layers: &'a [Descriptor],
    annotations: BTreeMap<String, String>,
}

/// The manifest of a chart.
///
/// # Errors
/// Never; the encoder might.
pub(crate) fn written(
    config: &Descriptor,
    layers: &[Descriptor],
    metadata: &Metadata,
    created: &str,
) -> Result<String, String> {
    let manifest = Written {
        schema_version: 2,
        config,
        layers,
        annotations: annotations(metadata, created),
    };
    goval::json::to_string(&manifest).map_err(|error| error.to_string())
}

/// What the metadata of a chart says in the words of the image specification, and the chart's own
/// annotations, which override all but its name and version.
fn annotations(metadata: &Metadata, created: &str) -> BTreeMap<String, String> {
    const TITLE: &str = "org.opencontainers.image.title";
    const VERSION: &str = "org.opencontainers.image.version";
    let authors: Vec<String> = metadata
        .maintainers
        .iter()
        .map(|one| match one.email.as_str() {
            "" => one.name.clone(),
            email => format!("{} ({email})", one.name),
        })
        .collect();
    let source = metadata.sources.first().map_or("", String::as_str);
    let pairs = [
        (
            "org.opencontainers.image.description",
            metadata.description.as_str(),
        ),
        (TITLE, metadata.name.as_str()),
        (VERSION, metadata.version.as_str()),
        ("org.opencontainers.image.url", metadata.home.as_str()),
        ("org.opencontainers.image.created", created),
        ("org.opencontainers.image.source", source),
        ("org.opencontainers.image.authors", &authors.join(", ")),
    ];
    let told = pairs
        .into_iter()
        .filter(|(_, value)| !value.trim().is_empty());
    let told = told.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let own = metadata.annotations.iter();
    let own = own.filter(|(key, _)| ![TITLE, VERSION].contains(&key.as_str()));
    told.chain(own.map(|(key, value)| (key.clone(), value.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_manifests_and_indexes() {
        let text = br#"{"config": {"mediaType": "c", "digest": "d", "size": 3},
            "layers": [{"mediaType": "l"}, {"mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar"}]}"#;
        let found = parts(MANIFEST, text).unwrap();
        let kinds: Vec<_> = found.iter().map(|part| part.media_type.as_str()).collect();
        assert_eq!(kinds, ["c", "l"]);
        assert_eq!(found[0].size, 3);
        assert_eq!(parts(INDEX, text), Ok(Vec::new()));
        assert_eq!(
            parts(MANIFEST, b"[]").unwrap_err(),
            "json: cannot unmarshal array into Go value of type v1.Manifest"
        );
    }
}
