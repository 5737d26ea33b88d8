//! `HOST/REPOSITORY:TAG@DIGEST`: names of things in registries.

use std::fmt;

use gostd::url::Url;
use goval::strconv::quote;

use super::digest;

/// The scheme of references to registries.
const SCHEME: &str = "oci://";

/// Whether a text names something in a registry.
pub fn is_oci(text: &str) -> bool {
    text.starts_with(SCHEME)
}

/// A reference without its scheme.
pub(crate) fn bare(text: &str) -> &str {
    text.strip_prefix(SCHEME).unwrap_or(text)
}

/// A repository in a registry, and maybe a tag or a digest in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) registry: String,
    pub(crate) repository: String,
    /// A tag or a digest; empty if neither is given.
    pub(crate) target: String,
}

impl Reference {
    /// Reads `HOST/REPOSITORY`, with a tag or a digest or neither. A tag before a digest is dropped.
    ///
    /// # Errors
    /// A part that is missing or malformed.
    pub(crate) fn parse(text: &str) -> Result<Reference, String> {
        let Some((registry, path)) = text.split_once('/') else {
            return Err(invalid("missing registry or repository"));
        };
        let (repository, target, is_tag) = match path.split_once('@') {
            Some((repository, digest)) => {
                let repository = repository.split(':').next().unwrap_or_default();
                (repository, digest, false)
            }
            None => match path.split_once(':') {
                Some((repository, tag)) => (repository, tag, true),
                None => (path, "", true),
            },
        };
        check_registry(registry)?;
        if !is_repository(repository) {
            return Err(invalid(&format!(
                "invalid repository {}",
                quote(repository)
            )));
        }
        if is_tag && !target.is_empty() && !is_tag_name(target) {
            return Err(invalid(&format!("invalid tag {}", quote(target))));
        }
        if !is_tag && !target.is_empty() {
            digest::check(target)
                .map_err(|why| invalid(&format!("invalid digest {}: {why}", quote(target))))?;
        }
        Ok(Reference {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            target: target.to_owned(),
        })
    }

    /// The address of something of the repository: `manifests/1.0.0`.
    pub(crate) fn url(&self, plain_http: bool, what: &str) -> String {
        let base = base_url(plain_http, &self.registry);
        format!("{base}{}/{what}", self.repository)
    }

    /// The same repository, and nothing in it.
    pub(crate) fn with_target(&self, target: &str) -> Reference {
        Reference {
            target: target.to_owned(),
            ..self.clone()
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        match self.target.as_str() {
            "" => Ok(()),
            target if digest::check(target).is_ok() => write!(f, "@{target}"),
            target => write!(f, ":{target}"),
        }
    }
}

/// A reference as Helm reads it: a plus sign, which tags cannot have, is an underscore, and a digest
/// may follow a tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChartReference {
    pub(crate) place: Reference,
    /// What follows the at sign; not checked.
    pub(crate) digest: String,
}

impl ChartReference {
    /// # Errors
    /// As [`Reference::parse`].
    pub(crate) fn parse(text: &str) -> Result<ChartReference, String> {
        let text = bare(text);
        let (text, digest) = text.rsplit_once('@').unwrap_or((text, ""));
        let last = text.rsplit(':').next().unwrap_or_default();
        let has_tag = last.len() < text.len() && !last.contains('/') && !last.is_empty();
        let place = match has_tag {
            // Wherever else the tag's text stands it is replaced too, as Helm does.
            true => Reference::parse(&text.replace(last, &last.replace('+', "_")))?,
            false => Reference::parse(text)?,
        };
        Ok(ChartReference {
            place,
            digest: digest.to_owned(),
        })
    }

    /// The tag; empty if there is none.
    pub(crate) fn tag(&self) -> &str {
        &self.place.target
    }
}

impl fmt::Display for ChartReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tag() {
            "" => write!(f, "{}@{}", self.place, self.digest),
            _ => self.place.fmt(f),
        }
    }
}

/// The address that all others of a registry begin with.
pub(crate) fn base_url(plain_http: bool, registry: &str) -> String {
    let scheme = if plain_http { "http" } else { "https" };
    let host = host(registry);
    let host = host.strip_suffix(':').unwrap_or(host);
    format!("{scheme}://{host}/v2/")
}

/// The host behind the name of a registry: Docker's has another one.
pub(crate) fn host(registry: &str) -> &str {
    match registry {
        "docker.io" => "registry-1.docker.io",
        other => other,
    }
}

/// Whether a text is a host, maybe with a port, and nothing else.
///
/// # Errors
/// It is not.
pub(crate) fn check_registry(name: &str) -> Result<(), String> {
    match Url::parse_request(format!("dummy://{name}")) {
        Ok(url) if !name.is_empty() && url.host == name.as_bytes() => Ok(()),
        _ => Err(invalid(&format!("invalid registry {}", quote(name)))),
    }
}

fn invalid(why: &str) -> String {
    format!("invalid reference: {why}")
}

fn is_repository(text: &str) -> bool {
    text.split('/').all(is_component)
}

/// Words of small letters and digits, between which stand a dot, one or two underscores, or dashes.
fn is_component(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut rest = text;
    loop {
        let after = rest.trim_start_matches(is_word);
        if after.len() == rest.len() {
            return false;
        }
        if after.is_empty() {
            return true;
        }
        rest = after.trim_start_matches(|c| !is_word(c));
        let between = after.get(..after.len() - rest.len()).unwrap_or_default();
        if !matches!(between, "." | "_" | "__") && between.chars().any(|c| c != '-') {
            return false;
        }
    }
}

fn is_tag_name(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= 128
        && text.starts_with(is_word)
        && text.chars().all(|c| is_word(c) || matches!(c, '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    // What Helm 4.3.1 makes of the same texts.
    #[test]
    fn references_are_read_as_helm_reads_them() {
        let check = |text: &str, expected: &str| {
            let found = ChartReference::parse(text).map_or_else(|why| why, |r| r.to_string());
            assert_eq!(found, expected, "{text}");
        };
        check("oci://h/a/b:1.0.0+x", "h/a/b:1.0.0_x");
        check("h:5000/a", "h:5000/a@");
        check(&format!("h/a@{DIGEST}"), &format!("h/a@{DIGEST}"));
        check(&format!("h/a:1@{DIGEST}"), "h/a:1");
        check("h", "invalid reference: missing registry or repository");
        check("h/A", "invalid reference: invalid repository \"A\"");
        check("h/a--b.c__d_e", "h/a--b.c__d_e@");
        check("h/a___b", "invalid reference: invalid repository \"a___b\"");
        check("h/a-/b", "invalid reference: invalid repository \"a-/b\"");
        check("h/a:~", "invalid reference: invalid tag \"~\"");
        check("a b/c:1", "invalid reference: invalid registry \"a b\"");
        check("/c:1", "invalid reference: invalid registry \"\"");
    }

    #[test]
    fn digests_are_checked() {
        let error = |text: &str| Reference::parse(text).unwrap_err();
        assert_eq!(
            error("h/a@sha256:abc"),
            "invalid reference: invalid digest \"sha256:abc\": invalid checksum digest length"
        );
        assert_eq!(
            error("h/a@md5:abc"),
            "invalid reference: invalid digest \"md5:abc\": unsupported digest algorithm"
        );
    }
}
