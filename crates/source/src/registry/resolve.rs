//! From a reference and a version or range to one thing in a registry.

use gostd::semver::{Constraint, Version};
use gostd::url::Url;

use super::client::Client;
use super::reference::{ChartReference, Reference, bare};
use super::repository::Repository;

/// One chart in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its digest, where that is known to be the version that was asked for.
    pub(crate) digest: String,
    pub(crate) url: Url,
}

/// Finds the chart that a reference and a version name: a tag, a digest, both, or the newest version
/// in a range (Helm's `ValidateReference`).
///
/// # Errors
/// What is no reference, a digest that is not that of the version, a range in which nothing is.
pub(crate) fn resolve(
    client: &Client<'_>,
    text: &str,
    version: &str,
    url: &Url,
) -> Result<Found, String> {
    let place = [url.host.as_slice(), url.path.as_slice()].concat();
    let reference = ChartReference::parse(&String::from_utf8_lossy(&place))?;
    let tag = reference.tag();
    let version = match version {
        "" => tag,
        version if !tag.is_empty() && tag != version => {
            return Err(format!(
                "chart reference and version mismatch: {version} is not {tag}"
            ));
        }
        version => version,
    };
    let found = |path: String, digest: &str| Found {
        digest: digest.to_owned(),
        url: Url {
            path: path.into_bytes(),
            raw_path: Vec::new(),
            ..url.clone()
        },
    };
    let repository = &reference.place.repository;
    let digest = &reference.digest;
    if !digest.is_empty() {
        if version.is_empty() {
            return Ok(Found {
                digest: String::new(),
                url: url.clone(),
            });
        }
        let path = format!("{repository}@{digest}");
        // What has a digest need not have a tag.
        let Some(tagged) = tagged(client, &reference.place, version) else {
            return Ok(found(path, ""));
        };
        return match tagged == *digest {
            true => Ok(found(path, digest)),
            false => Err(format!(
                "chart reference digest mismatch: {tagged} is not {digest}"
            )),
        };
    }
    let tag = match Version::parse(version) {
        Ok(_) => version.to_owned(),
        Err(_) => {
            let tags = tags(client, bare(text))?;
            if tags.is_empty() {
                return Err(format!(
                    "unable to locate any tags in provided repository: {text}"
                ));
            }
            newest(&tags, version)?
        }
    };
    Ok(found(format!("{repository}:{tag}"), ""))
}

/// The versions in a repository, newest first; tags that are none are left out.
///
/// # Errors
/// A registry that does not tell.
pub(crate) fn tags(client: &Client<'_>, text: &str) -> Result<Vec<String>, String> {
    let place = Reference::parse(text)?;
    let tags = Repository::new(client, &place).tags()?;
    let versions = tags.iter().map(|tag| tag.replace('_', "+"));
    let mut versions: Vec<Version> = versions
        .filter_map(|tag| Version::parse_strict(&tag).ok())
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    Ok(versions.iter().map(ToString::to_string).collect())
}

/// The digest behind a version; nothing if there is none.
fn tagged(client: &Client<'_>, place: &Reference, version: &str) -> Option<String> {
    let text = format!("{}/{}:{version}", place.registry, place.repository);
    let place = Reference::parse(&text).ok()?;
    let found = Repository::new(client, &place).resolve(&place.target);
    found.ok().map(|descriptor| descriptor.digest)
}

/// The first of the versions that is what is asked for, or fits it.
fn newest(versions: &[String], wanted: &str) -> Result<String, String> {
    if let Some(found) = versions.iter().find(|version| *version == wanted) {
        return Ok(found.clone());
    }
    let constraint = match wanted {
        "" => "*",
        given => given,
    };
    let constraint = Constraint::parse(constraint).map_err(|error| error.to_string())?;
    let fits = |text: &&String| Version::parse(text).is_ok_and(|v| constraint.check(&v));
    versions.iter().find(fits).cloned().ok_or_else(|| {
        format!("could not locate a version matching provided version string {wanted}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_in_a_range_is_taken() {
        let versions = ["2.0.0-rc.1", "1.1.0", "1.0.0"].map(str::to_owned);
        let newest = |wanted| newest(&versions, wanted);
        assert_eq!(newest(""), Ok("1.1.0".to_owned()));
        assert_eq!(newest("~1.0"), Ok("1.0.0".to_owned()));
        assert_eq!(newest(">0.0.0-0"), Ok("2.0.0-rc.1".to_owned()));
        assert_eq!(newest("x y").unwrap_err(), "improper constraint: \"x y\"");
    }
}
