//! A server in front of a real registry that spoils its answers, each repository in a way of its own.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};

use super::gate::error;
use super::http::{Answer, Request, forward, serve};

/// The repository that all others are views of.
pub(super) const SEED: &str = "seed";
const DIGEST: &str = "Docker-Content-Digest";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// What was asked, by the first part of the repository.
pub(super) type Heard = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

/// Serves at a port, in front of the registry at another.
pub(super) fn open(listener: TcpListener, port: u16, registry: u16, heard: Heard) {
    serve(listener, move |request| {
        let path = request.target.trim_start_matches("/v2/");
        let way = path.split('/').next().unwrap_or_default().to_owned();
        let turn = {
            let mut heard = heard.lock().unwrap_or_else(|lock| lock.into_inner());
            let lines = heard.entry(way.clone()).or_default();
            let host = request.header("host").split(':').next().unwrap_or_default();
            let (method, proof) = (&request.method, request.proof());
            lines.push(format!("{method} {host} {} {proof}", path_only(request)));
            lines.len()
        };
        let case = Case {
            request,
            way: &way,
            turn,
            port,
            registry,
        };
        case.answer()
    });
}

fn path_only(request: &Request) -> &str {
    request.target.split('?').next().unwrap_or_default()
}

struct Case<'a> {
    request: &'a Request,
    way: &'a str,
    /// How many requests there were in this way, this one included.
    turn: usize,
    port: u16,
    registry: u16,
}

impl Case<'_> {
    fn answer(&self) -> Answer {
        let target = &self.request.target;
        let is_manifest = target.contains("/manifests/");
        let is_blob = target.contains("/blobs/sha256");
        let is_tags = target.contains("/tags/list");
        let is_post = self.request.method == "POST";
        if target.starts_with("/charts/") {
            return self.chart_repository();
        }
        match self.way {
            "busy" if self.turn < 3 => error(503, "UNAVAILABLE", "later"),
            "limit" if self.turn == 1 => {
                error(429, "TOOMANYREQUESTS", "later").with("Retry-After", "1")
            }
            "down" => Answer::new(500, "text/plain", "oops"),
            "denied" => error(403, "DENIED", "not for you"),
            "teapot" => Answer::new(418, "text/plain", "short and stout"),
            "large" => Answer::new(413, "text/plain", ""),
            "html" => Answer::new(200, "text/html", "<html>"),
            "empty" => Answer::new(200, MANIFEST, ""),
            "untyped" if is_manifest => self.real().with("Content-Type", ""),
            "broken" if is_manifest => Answer::new(200, MANIFEST, "{\"config\": "),
            "list" if is_manifest => Answer::new(200, MANIFEST, "[]"),
            "huge" if is_manifest => Answer::new(200, MANIFEST, vec![b' '; 5 << 20]),
            "hugetags" if is_tags => Answer::new(200, "application/json", vec![b' '; 5 << 20]),
            "bare" => self.real().with(DIGEST, ""),
            "lying" if is_manifest => self.real().with(DIGEST, &digest(b"something else")),
            "nodigest" if is_manifest => self.real().with(DIGEST, "md5:abc"),
            "swapped" if is_blob => self.changed(|body| body.iter_mut().for_each(|b| *b ^= 1)),
            "longer" if is_blob && self.is_config() => self.changed(|body| body.push(0)),
            "cut" if is_blob && self.is_config() => Answer {
                missing: 10,
                ..self.real()
            },
            "gone" if is_blob && self.is_config() => error(404, "BLOB_UNKNOWN", "gone"),
            "old" if is_manifest => {
                self.edited("vnd.cncf.helm.chart.content.v1.tar+gzip", "tar+gzip")
            }
            "image" if is_manifest => {
                self.edited("vnd.cncf.helm.config.v1", "vnd.oci.image.config.v1")
            }
            "layerless" if is_manifest => {
                self.edited("vnd.cncf.helm.chart.content.v1", "vnd.other")
            }
            "index" if is_manifest && !target.contains("sha256") => self.index(),
            "pages" if is_tags => self.page(),
            "astray" if is_tags => self
                .real()
                .with("Link", "<http://localhost:1/v2/x>; rel=\"next\""),
            "unlinked" if is_tags => self.real().with("Link", "next"),
            "nowhere" => Answer::new(302, "text/plain", ""),
            "elsewhere" if self.request.proof() == "none" => {
                error(401, "UNAUTHORIZED", "who").with("WWW-Authenticate", "Basic realm=\"wild\"")
            }
            "elsewhere" if is_blob => {
                let target = target.replacen("/elsewhere/", "/stranger/", 1);
                self.sent_to(&format!("http://localhost:{}{target}", self.port))
            }
            "realm" => self.challenged("Bearer realm=\"ftp://127.0.0.1/token\""),
            "inside" => self.challenged("Bearer realm=\"http://10.0.0.1/token\""),
            "tokenless" => self.challenged(&format!(
                "Bearer realm=\"http://127.0.0.1:{}/empty/token\"",
                self.port
            )),
            "other" => self.challenged("Negotiate"),
            "away" if is_post => {
                Answer::new(202, "text/plain", "").with("Location", "http://localhost:1/upload")
            }
            "unplaced" if is_post => Answer::new(202, "text/plain", ""),
            "refused" if self.request.method == "PUT" => error(400, "MANIFEST_INVALID", "no"),
            _ => self.real(),
        }
    }

    /// What the real registry says of the repository that this one is a view of.
    fn real(&self) -> Answer {
        let mut request = self.request.clone();
        let writes = matches!(self.way, "away" | "unplaced" | "refused");
        if !writes {
            let (own, seed) = (format!("/v2/{}/", self.way), format!("/v2/{SEED}/"));
            request.target = request.target.replacen(&own, &seed, 1);
        }
        let answer = forward(self.registry, &request);
        answer.unwrap_or_else(|why| error(502, "UNKNOWN", &why.to_string()))
    }

    /// Whether it is the metadata that is asked for: two blobs are fetched at once, and which is missed first
    /// is not to matter.
    fn is_config(&self) -> bool {
        self.real().body.starts_with(b"{")
    }

    /// The same with a body that is changed behind its digest.
    fn changed(&self, change: impl Fn(&mut Vec<u8>)) -> Answer {
        let mut answer = self.real();
        change(&mut answer.body);
        answer.with("Content-Length", "")
    }

    /// A manifest with a word replaced, and a digest that fits.
    fn edited(&self, from: &str, to: &str) -> Answer {
        let real = self.real();
        if real.status != 200 {
            return real;
        }
        let text = String::from_utf8_lossy(&real.body).replace(from, to);
        let digest = digest(text.as_bytes());
        Answer::new(200, MANIFEST, text).with(DIGEST, &digest)
    }

    fn index(&self) -> Answer {
        let real = self.real();
        let (digest_of, size) = (digest(&real.body), real.body.len());
        let text = format!(
            "{{\"schemaVersion\":2,\"manifests\":[{{\"mediaType\":\"{MANIFEST}\",\"digest\":\"{digest_of}\",\"size\":{size}}}]}}"
        );
        let digest = digest(text.as_bytes());
        Answer::new(200, INDEX, text).with(DIGEST, &digest)
    }

    /// The index of a repository of charts that are in the registry.
    fn chart_repository(&self) -> Answer {
        let entry = |name: &str, version: &str, url: &str| {
            let port = self.registry;
            format!(
                "  {name}:\n  - {{apiVersion: v2, name: {name}, version: {version}, urls: ['oci://127.0.0.1:{port}/{url}']}}\n"
            )
        };
        let text = [
            "apiVersion: v1\nentries:\n".to_owned(),
            entry("demo", "0.1.0", &format!("{SEED}/demo:0.1.0")),
            entry("untagged", "0.1.0", &format!("{SEED}/demo")),
            entry("gone", "1.0.0", &format!("{SEED}/gone:1.0.0")),
        ];
        Answer::new(200, "text/yaml", text.concat())
    }

    fn page(&self) -> Answer {
        let page = |tags: &str| {
            let text = format!("{{\"name\":\"pages/demo\",\"tags\":[{tags}]}}");
            Answer::new(200, "application/json", text)
        };
        let linked = |tags: &str, last: &str| {
            let link = format!("</v2/pages/demo/tags/list?last={last}>; rel=\"next\"");
            page(tags).with("Link", &link)
        };
        match self.request.target.rsplit_once("last=") {
            None => linked("\"latest\", \"9.9\"", "a"),
            Some((_, "a")) => linked("\"0.1.0\", \"sha256-abc.sig\"", "b"),
            Some(_) => page("\"0.0.9\", \"1.0.0-rc.1\""),
        }
    }

    fn sent_to(&self, target: &str) -> Answer {
        Answer::new(307, "text/plain", "").with("Location", target)
    }

    fn challenged(&self, challenge: &str) -> Answer {
        error(401, "UNAUTHORIZED", "who").with("WWW-Authenticate", challenge)
    }
}

fn digest(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}
