//! `sha256:…`: hashes of content, as registries write them.

use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::cache::hex;

/// The digest of some content.
pub(crate) fn of(content: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(content)))
}

/// Whether some content has a digest.
pub(crate) fn fits(digest: &str, content: &[u8]) -> bool {
    let found = match digest.split_once(':') {
        Some(("sha256", _)) => hex(&Sha256::digest(content)),
        Some(("sha384", _)) => hex(&Sha384::digest(content)),
        Some(("sha512", _)) => hex(&Sha512::digest(content)),
        _ => return false,
    };
    digest.ends_with(&format!(":{found}"))
}

/// Whether a text is a digest, by an algorithm that is known.
///
/// # Errors
/// It is not.
pub(crate) fn check(text: &str) -> Result<(), &'static str> {
    const FORMAT: &str = "invalid checksum digest format";
    let (algorithm, encoded) = text.split_once(':').ok_or(FORMAT)?;
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let named = algorithm
        .split(['.', '+', '_', '-'])
        .all(|word| !word.is_empty() && word.chars().all(is_word));
    let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '=' | '_' | '-');
    if !named || encoded.is_empty() || !encoded.chars().all(is_code) {
        return Err(FORMAT);
    }
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return Err("unsupported digest algorithm"),
    };
    if encoded.len() != length {
        return Err("invalid checksum digest length");
    }
    match encoded
        .bytes()
        .all(|b| matches!(b, b'a'..=b'f' | b'0'..=b'9'))
    {
        true => Ok(()),
        false => Err(FORMAT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_held_against_its_digest() {
        let digest = of(b"abc");
        assert!(fits(&digest, b"abc"));
        assert!(!fits(&digest, b"abd"));
        assert!(!fits("md5:900150983cd24fb0d6963f7d28e17f72", b"abc"));
        assert_eq!(check(&digest), Ok(()));
        assert_eq!(check("sha256"), Err("invalid checksum digest format"));
        assert_eq!(
            check(&digest.to_uppercase()),
            Err("invalid checksum digest format")
        );
    }
}
