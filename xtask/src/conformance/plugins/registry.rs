//! Plugins in a real registry, as other tools push them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sha2::{Digest as _, Sha256};

use super::super::registry::{Request, forward};

/// The kind of a plugin.
const PLUGIN: &str = "application/vnd.helm.plugin.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// Pushes some of what is packed in a folder to a registry.
pub(super) struct Pusher(pub(super) u16);

impl Pusher {
    pub(super) fn fill(&self, packed: &Path) -> Result<()> {
        let archive = |name: &str| Ok::<_, anyhow::Error>(fs::read(packed.join(name))?);
        let (newer, proof) = (
            archive("newer-0.1.0.tgz")?,
            archive("newer-0.1.0.tgz.prov")?,
        );
        let (file, beside) = ("newer-0.1.0.tgz", "newer-0.1.0.tgz.prov");
        let whole: [(&str, &str, &[u8]); 2] = [(file, LAYER, &newer), (beside, LAYER, &proof)];
        self.push("all/newer", "0.1.0", PLUGIN, &whole)?;
        self.push("all/newer", "latest", PLUGIN, &whole)?;
        self.push("unsigned/newer", "0.1.0", PLUGIN, &whole[..1])?;
        self.push("all/other", "0.1.0", PLUGIN, &whole)?;
        self.push("chart/newer", "0.1.0", "application/vnd.other", &whole)?;
        self.push(
            "odd/newer",
            "0.1.0",
            PLUGIN,
            &[(file, "text/plain", &newer)],
        )?;
        self.push(
            "odd/newer",
            "0.2.0",
            PLUGIN,
            &[whole[0], (beside, "text/plain", &proof)],
        )?;
        let mut changed = newer.clone();
        changed.push(0);
        self.push(
            "changed/newer",
            "0.1.0",
            PLUGIN,
            &[(file, LAYER, &changed), whole[1]],
        )?;
        self.push("text/newer", "0.1.0", PLUGIN, &[(file, LAYER, b"text")])
    }

    fn push(
        &self,
        place: &str,
        tag: &str,
        kind: &str,
        files: &[(&str, &str, &[u8])],
    ) -> Result<()> {
        let mut layers = Vec::new();
        self.blob(place, b"{}")?;
        for (title, media, content) in files {
            let digest = self.blob(place, content)?;
            let size = content.len();
            layers.push(format!(
                r#"{{"mediaType":"{media}","digest":"{digest}","size":{size},"annotations":{{"org.opencontainers.image.title":"{title}"}}}}"#
            ));
        }
        let empty = digest(b"{}");
        let manifest = format!(
            r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","artifactType":"{kind}","config":{{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{empty}","size":2}},"layers":[{}]}}"#,
            layers.join(",")
        );
        let target = format!("/v2/{place}/manifests/{tag}");
        self.send("PUT", &target, MANIFEST, manifest.as_bytes())
            .map(drop)
    }

    fn blob(&self, place: &str, content: &[u8]) -> Result<String> {
        let begun = self.send("POST", &format!("/v2/{place}/blobs/uploads/"), "", b"")?;
        let location = begun
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("location"));
        let (_, location) = location.context("an upload has a location")?;
        let target = location
            .split_once("/v2/")
            .context("a location is an address")?
            .1;
        let digest = digest(content);
        let target = format!("/v2/{target}&digest={digest}");
        self.send("PUT", &target, "application/octet-stream", content)?;
        Ok(digest)
    }

    fn send(
        &self,
        method: &str,
        target: &str,
        kind: &str,
        body: &[u8],
    ) -> Result<Vec<(String, String)>> {
        let answer = forward(
            self.0,
            &Request {
                method: method.to_owned(),
                target: target.to_owned(),
                headers: vec![("Content-Type".to_owned(), kind.to_owned())],
                body: body.to_vec(),
            },
        )?;
        ensure!(answer.status < 300, "{method} {target}: {}", answer.status);
        Ok(answer.headers)
    }
}

fn digest(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}
