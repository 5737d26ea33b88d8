//! Kinds of objects that Kubernetes has given up, or will.

use goval::strconv::quote;
use render::KubeVersion;

use super::heads::Head;

/// What the Go types of `k8s.io/api` 0.37 say of themselves, one kind a line: `apiVersion`, kind,
/// the release that deprecates it, the one that drops it, and what to use instead.
const TABLE: &str = include_str!("deprecated.txt");

/// Whether a kind is not deprecated in a version of Kubernetes; else Kubernetes' own warning.
pub(super) fn check(head: &Head, version: &KubeVersion) -> Result<(), String> {
    let Some(entry) = Entry::find(&head.api_version, &head.kind) else {
        return Ok(());
    };
    let number = |text: &str| {
        text.parse::<u32>().map_err(|_| {
            let text = quote(text);
            format!("strconv.Atoi: parsing {text}: invalid syntax")
        })
    };
    if (number(version.major())?, number(version.minor())?) < entry.since() {
        return Ok(());
    }
    Err(entry.warning())
}

struct Entry<'a> {
    api_version: &'a str,
    kind: &'a str,
    deprecated: &'a str,
    removed: &'a str,
    replacement: Option<(&'a str, &'a str)>,
}

impl<'a> Entry<'a> {
    fn find(api_version: &'a str, kind: &'a str) -> Option<Entry<'a>> {
        TABLE.lines().find_map(|line| {
            let mut words = line.split(' ');
            if (words.next()?, words.next()?) != (api_version, kind) {
                return None;
            }
            Some(Entry {
                api_version,
                kind,
                deprecated: words.next()?,
                removed: words.next()?,
                replacement: words.next().zip(words.next()),
            })
        })
    }

    fn since(&self) -> (u32, u32) {
        let (major, minor) = self.deprecated.split_once('.').unwrap_or_default();
        (
            major.parse().unwrap_or_default(),
            minor.parse().unwrap_or_default(),
        )
    }

    fn warning(&self) -> String {
        let Entry {
            api_version,
            kind,
            deprecated,
            removed,
            replacement,
        } = self;
        let mut text = format!(
            "{api_version} {kind} is deprecated in v{deprecated}+, unavailable in v{removed}+"
        );
        if let Some((api_version, kind)) = replacement {
            text += &format!("; use {api_version} {kind}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(api_version: &str, kind: &str, version: &str, expected: &str) {
        let head = Head {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            name: String::new(),
        };
        let version = KubeVersion::parse(version).unwrap();
        let found = super::check(&head, &version).err().unwrap_or_default();
        assert_eq!(found, expected);
    }

    // The warnings are those of k8s.io/apiserver's `deprecation` package.
    #[test]
    fn deprecation_depends_on_the_version() {
        check(
            "policy/v1beta1",
            "PodDisruptionBudget",
            "1.21",
            "policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; \
             use policy/v1 PodDisruptionBudget",
        );
        check("policy/v1beta1", "PodDisruptionBudget", "1.20", "");
        check("example.com/v1", "PodDisruptionBudget", "1.30", "");
        check(
            "policy/v1beta1",
            "Eviction",
            "1.30",
            "policy/v1beta1 Eviction is deprecated in v1.22+, unavailable in v1.25+",
        );
    }

    #[test]
    fn every_line_of_the_table_is_whole() {
        for line in TABLE.lines() {
            let words = line.split(' ').count();
            assert!(words == 4 || words == 6, "{line}");
        }
    }
}
