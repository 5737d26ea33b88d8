//! Names of releases.

/// Whether a release may have this name: lower-case DNS labels joined by dots, 53 bytes at most,
/// so that names made from it still fit. Helm's `chartutil.ValidateReleaseName`.
pub fn is_release_name(name: &str) -> bool {
    name.len() <= 53 && name.split('.').all(is_label)
}

/// What is wrong with a name that no release may have, in Helm's words.
pub(crate) fn why_not(name: &str) -> &'static str {
    if name.is_empty() {
        return "no name provided";
    }
    r"invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53"
}

fn is_label(label: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !label.is_empty()
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn release_names() {
        for name in ["a", "my-release", "a.b", "0", "a1-2.b"] {
            assert!(is_release_name(name), "{name}");
        }
        for name in [
            "",
            "A",
            "a_b",
            "-a",
            "a-",
            "a..b",
            ".a",
            "a.",
            "é",
            "a b",
            &"a".repeat(54),
        ] {
            assert!(!is_release_name(name), "{name}");
        }
    }
}
