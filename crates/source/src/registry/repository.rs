//! One repository of a registry: its manifests, blobs and tags, as the distribution specification has
//! them.

use gostd::url::Url;
use goval::strconv::quote;
use goval::{ListShape, StructShape};
use goval::{Shape, Value};

use super::answer;
use super::challenge::repository_scope;
use super::client::Client;
use super::digest;
use super::manifest::{Descriptor, MANIFEST_KINDS};
use super::reference::Reference;
use crate::http::{OpenAnswer, Request, same_origin};

/// The most that a manifest or a page of tags may have.
pub(crate) const MAX_METADATA: u64 = 4 * 1024 * 1024;
/// The most that a packed chart or a provenance file may have.
pub(super) const MAX_BLOB: u64 = 512 * 1024 * 1024;
/// No repository has that many pages of tags.
const MAX_PAGES: usize = 10_000;

const DIGEST_HEADER: &str = "Docker-Content-Digest";

static TAGS: ListShape = ListShape {
    go_type: "[]string",
    elem: Shape::Str,
};
static PAGE: StructShape = StructShape {
    go_type: "struct",
    fields: &[("tags", Shape::List(&TAGS))],
};

/// A repository, and who asks for it.
pub(crate) struct Repository<'a> {
    client: &'a Client<'a>,
    place: Reference,
    /// What may be done there; reading is asked for with each request.
    actions: &'static str,
}

impl<'a> Repository<'a> {
    /// To read from.
    pub(crate) fn new(client: &'a Client<'a>, place: &Reference) -> Repository<'a> {
        Repository {
            client,
            place: place.with_target(""),
            actions: "pull",
        }
    }

    /// To write to.
    pub(crate) fn for_push(client: &'a Client<'a>, place: &Reference) -> Repository<'a> {
        Repository {
            actions: "pull,push",
            ..Repository::new(client, place)
        }
    }

    /// The tags, in the order that the registry has them.
    ///
    /// # Errors
    /// A registry that does not tell.
    pub(crate) fn tags(&self) -> Result<Vec<String>, String> {
        let mut url = self.url("tags/list");
        let mut tags = Vec::new();
        for _ in 0..MAX_PAGES {
            let answer = self.send("GET", url, Vec::new(), &[])?;
            if answer.status != 200 {
                return Err(answer::error(answer));
            }
            let next = next_page(&answer)?;
            let page = answer::decode(answer, MAX_METADATA, &Shape::Struct(&PAGE))?;
            let page = page.get("tags");
            let page = page.as_ref().and_then(Value::as_list);
            let names = page.into_iter().flat_map(|tags| tags.items());
            tags.extend(names.filter_map(|tag| Some(tag.as_str()?.to_str_lossy().into_owned())));
            match next {
                Some(next) => url = next,
                None => return Ok(tags),
            }
        }
        Err(format!(
            "tag listing exceeded {MAX_PAGES} pages: too many pages"
        ))
    }

    /// What a tag or a digest stands for.
    ///
    /// # Errors
    /// Nothing is there, or the registry contradicts itself.
    pub(crate) fn resolve(&self, target: &str) -> Result<Descriptor, String> {
        let answer = self.manifest_request("HEAD", target, &MANIFEST_KINDS.join(", "))?;
        match answer.status {
            200 => self.described(&answer, target, None),
            404 => Err(self.missing(target)),
            _ => Err(answer::error(answer)),
        }
    }

    /// A manifest by its tag or digest, as it is; what it is said to be.
    ///
    /// # Errors
    /// Nothing is there, or the registry contradicts itself.
    pub(crate) fn manifest(&self, target: &str) -> Result<(Descriptor, Content), String> {
        let answer = self.manifest_request("GET", target, &MANIFEST_KINDS.join(", "))?;
        match answer.status {
            200 if answer.length().is_none() => {
                let descriptor = self.resolve(target)?;
                Ok((descriptor, Content::read(answer, MAX_METADATA + 1)))
            }
            200 if answer.header(DIGEST_HEADER).is_empty() => {
                let (asked, length) = (answer.asked(), answer.length());
                let kind = media_type(&answer)?;
                let content = Content::read(answer, MAX_METADATA);
                let found = digest::of(&content.bytes);
                check_target(&asked, target, &found)?;
                let descriptor = Descriptor {
                    media_type: kind,
                    digest: found,
                    size: length.unwrap_or_default(),
                    ..Descriptor::default()
                };
                Ok((descriptor, content))
            }
            200 => {
                let descriptor = self.described(&answer, target, None)?;
                Ok((descriptor, Content::read(answer, MAX_METADATA + 1)))
            }
            404 => Err(self.missing(target)),
            _ => Err(answer::error(answer)),
        }
    }

    /// The content of a manifest or a blob.
    ///
    /// # Errors
    /// It is not there, or the registry has something else.
    pub(crate) fn fetch(&self, wanted: &Descriptor) -> Result<Content, String> {
        let answer = match wanted.is_manifest() {
            true => self.manifest_request("GET", &wanted.digest, &wanted.media_type)?,
            false => {
                let url = self.url(&format!("blobs/{}", wanted.digest));
                self.send("GET", url, Vec::new(), &[])?
            }
        };
        match answer.status {
            200 => {}
            404 => return Err(format!("{}: not found", wanted.digest)),
            _ => return Err(answer::error(answer)),
        }
        let asked = answer.asked();
        if wanted.is_manifest() {
            let kind = media_type(&answer)?;
            if kind != wanted.media_type {
                let (kind, expected) = (quote(&kind), quote(&wanted.media_type));
                return Err(format!(
                    "{asked}: mismatch response Content-Type {kind}: expect {expected}"
                ));
            }
        }
        if answer.length().is_some_and(|length| length != wanted.size) {
            return Err(format!("{asked}: mismatch Content-Length"));
        }
        check_header(&answer, &wanted.digest)?;
        if wanted.size > MAX_BLOB {
            return Err(format!("{asked}: content is larger than {MAX_BLOB} bytes"));
        }
        Ok(Content::read(answer, wanted.size + 1))
    }

    /// Whether something is there.
    ///
    /// # Errors
    /// A registry that does not tell.
    pub(crate) fn has(&self, wanted: &Descriptor) -> Result<bool, String> {
        let answer = match wanted.is_manifest() {
            true => {
                let kinds = MANIFEST_KINDS.join(", ");
                self.manifest_request("HEAD", &wanted.digest, &kinds)?
            }
            false => {
                let url = self.url(&format!("blobs/{}", wanted.digest));
                self.send("HEAD", url, Vec::new(), &[])?
            }
        };
        match answer.status {
            404 => Ok(false),
            200 if wanted.is_manifest() => self
                .described(&answer, &wanted.digest, Some(wanted))
                .map(|_| true),
            200 => check_header(&answer, &wanted.digest).map(|()| true),
            _ => Err(answer::error(answer)),
        }
    }

    /// Uploads a blob: asks where to, then sends it there.
    ///
    /// # Errors
    /// A registry that does not take it, or sends to another host.
    pub(crate) fn push_blob(&self, blob: &Descriptor, content: &[u8]) -> Result<(), String> {
        let answer = self.send("POST", self.url("blobs/uploads/"), Vec::new(), &[])?;
        if answer.status != 202 {
            return Err(answer::error(answer));
        }
        let location = answer.header("location");
        if location.is_empty() {
            return Err("http: no Location header in response".to_owned());
        }
        let mut target = answer.url.resolve(&Url::parse(location)?);
        check_upload(&answer.url, &target)?;
        let mark = format!("digest={}", gostd::url::query_escape(&blob.digest));
        let query = String::from_utf8_lossy(&target.query).into_owned();
        let fields = query.split('&').filter(|field| !field.is_empty());
        let fields = fields.filter(|field| !field.starts_with("digest="));
        let mut fields: Vec<&str> = fields.chain([mark.as_str()]).collect();
        fields.sort_by_key(|field| field.split('=').next().unwrap_or_default().to_owned());
        target.query = fields.join("&").into_bytes();
        let kind = "application/octet-stream".to_owned();
        let headers = vec![("Content-Type", kind)];
        let answer = self.send("PUT", target.to_string(), headers, content)?;
        match answer.status {
            201 => Ok(()),
            _ => Err(answer::error(answer)),
        }
    }

    /// Uploads a manifest under a tag or its digest.
    ///
    /// # Errors
    /// A registry that does not take it, or takes it for something else.
    pub(crate) fn push_manifest(
        &self,
        manifest: &Descriptor,
        content: &[u8],
        target: &str,
    ) -> Result<(), String> {
        let url = self.url(&format!("manifests/{target}"));
        let headers = vec![("Content-Type", manifest.media_type.clone())];
        let answer = self.send("PUT", url, headers, content)?;
        match answer.status {
            201 => check_header(&answer, &manifest.digest),
            _ => Err(answer::error(answer)),
        }
    }

    fn url(&self, what: &str) -> String {
        self.place.url(self.client.plain_http, what)
    }

    fn manifest_request(
        &self,
        method: &'static str,
        target: &str,
        accept: &str,
    ) -> Result<OpenAnswer, String> {
        let url = self.url(&format!("manifests/{target}"));
        self.send(method, url, vec![("Accept", accept.to_owned())], &[])
    }

    fn send(
        &self,
        method: &'static str,
        url: String,
        headers: Vec<(&'static str, String)>,
        body: &[u8],
    ) -> Result<OpenAnswer, String> {
        let request = Request {
            method,
            url,
            headers,
            body,
        };
        let scope = repository_scope(&self.place.repository, self.actions);
        self.client.send(&request, &[scope])
    }

    fn missing(&self, target: &str) -> String {
        format!("{}: not found", self.place.with_target(target))
    }

    /// What the headers of an answer say about a manifest.
    fn described(
        &self,
        answer: &OpenAnswer,
        target: &str,
        expected: Option<&Descriptor>,
    ) -> Result<Descriptor, String> {
        let asked = answer.asked();
        let kind = media_type(answer)?;
        let size = answer
            .length()
            .ok_or_else(|| format!("{asked}: unknown response Content-Length"))?;
        let told = answer.header(DIGEST_HEADER);
        let is_digest = digest::check(target).is_ok();
        let found = match told {
            "" if is_digest => target,
            "" => {
                let method = answer.method;
                return Err(format!(
                    "HTTP {method} request missing required header {}",
                    quote(DIGEST_HEADER)
                ));
            }
            told => {
                digest::check(told).map_err(|why| {
                    format!(
                        "{asked}: invalid response header value: `{DIGEST_HEADER}: {told}`; {why}"
                    )
                })?;
                told
            }
        };
        check_target(&asked, target, found)?;
        if let Some(expected) = expected {
            check_target(&asked, &expected.digest, found)?;
        }
        Ok(Descriptor {
            media_type: kind,
            digest: found.to_owned(),
            size,
            ..Descriptor::default()
        })
    }
}

/// What came of a body.
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    broken: Option<String>,
}

impl Content {
    fn read(answer: OpenAnswer, limit: u64) -> Content {
        let (bytes, broken) = answer.read(limit);
        Content { bytes, broken }
    }

    /// The bytes, if they are what they are said to be.
    ///
    /// # Errors
    /// There are too few or too many, or others.
    pub(crate) fn verified(self, wanted: &Descriptor) -> Result<Vec<u8>, String> {
        digest::check(&wanted.digest)
            .map_err(|why| format!("read failed: failed to validate {}: {why}", wanted.digest))?;
        let length = self.bytes.len() as u64;
        if length < wanted.size {
            let why = self.broken.unwrap_or_else(|| "unexpected EOF".to_owned());
            if why != "unexpected EOF" && why != "EOF" {
                return Err(format!("read failed: {why}"));
            }
            let (size, digest) = (wanted.size, &wanted.digest);
            return Err(format!(
                "read failed: expected content size of {size}, got {length}, for digest {digest}: unexpected EOF"
            ));
        }
        if length > wanted.size {
            return Err("trailing data".to_owned());
        }
        match digest::fits(&wanted.digest, &self.bytes) {
            true => Ok(self.bytes),
            false => Err("mismatched digest".to_owned()),
        }
    }
}

/// The kind of content without its parameters.
fn media_type(answer: &OpenAnswer) -> Result<String, String> {
    let kind = answer.header("content-type");
    let kind = kind.split(';').next().unwrap_or_default().trim();
    match kind {
        "" => Err(format!(
            "{}: invalid response `Content-Type` header; mime: no media type",
            answer.asked()
        )),
        kind => Ok(kind.to_ascii_lowercase()),
    }
}

fn check_target(asked: &str, target: &str, found: &str) -> Result<(), String> {
    if digest::check(target).is_err() || target == found {
        return Ok(());
    }
    let (found, target) = (quote(found), quote(target));
    Err(format!(
        "{asked}: invalid response; digest mismatch in {DIGEST_HEADER}: received {found} when expecting {target}"
    ))
}

fn check_header(answer: &OpenAnswer, expected: &str) -> Result<(), String> {
    let asked = answer.asked();
    match answer.header(DIGEST_HEADER) {
        "" => Ok(()),
        told if digest::check(told).is_err() => Err(format!(
            "{asked}: invalid response header: `{DIGEST_HEADER}: {told}`"
        )),
        told => check_target(&asked, expected, told),
    }
}

/// Where the next page of a list is. It must be of the same server: the request for it shows a proof.
fn next_page(answer: &OpenAnswer) -> Result<Option<String>, String> {
    let link = answer.header("link");
    if link.is_empty() {
        return Ok(None);
    }
    let Some(rest) = link.strip_prefix('<') else {
        return Err(format!("invalid next link {}: missing '<'", quote(link)));
    };
    let Some((target, _)) = rest.split_once('>') else {
        return Err(format!("invalid next link {}: missing '>'", quote(link)));
    };
    let next = answer.url.resolve(&Url::parse(target)?);
    if !same_origin(&answer.url, &next) {
        let (target, url) = (quote(target), quote(answer.url.to_string()));
        return Err(format!(
            "invalid next link {target}: not the same origin as {url}"
        ));
    }
    Ok(Some(next.to_string()))
}

/// An upload goes nowhere but to the registry: it shows a proof.
fn check_upload(registry: &Url, target: &Url) -> Result<(), String> {
    let port = |url: &Url| {
        let usual = if url.scheme == b"https" { 443 } else { 80 };
        url.port().unwrap_or(usual)
    };
    let host = quote(&target.host);
    if registry.hostname() != target.hostname() || port(registry) != port(target) {
        let registry = quote(&registry.host);
        return Err(format!(
            "blob upload Location {host} is on a different host than the registry {registry}"
        ));
    }
    match registry.scheme == b"https" && target.scheme != b"https" {
        true => Err(format!(
            "blob upload Location {host} downgrades scheme from https"
        )),
        false => Ok(()),
    }
}
