//! Formats of names of things.

use super::{Judged, ensure, quoted};

pub(super) fn json_pointer(text: &str) -> Judged {
    ensure(
        text.is_empty() || text.starts_with('/'),
        "not starting with /",
    )?;
    let mut parts = text.split('~').skip(1);
    ensure(
        parts.all(|part| part.starts_with(['0', '1'])),
        "~ must be followed by 0 or 1",
    )
}

pub(super) fn relative_json_pointer(text: &str) -> Judged {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    ensure(digits > 0, "must start with non-negative integer")?;
    ensure(digits == 1 || !text.starts_with('0'), "starts with zero")?;
    if rest == "#" {
        return Ok(());
    }
    json_pointer(rest)
}

pub(super) fn uuid(text: &str) -> Judged {
    let lengths = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    ensure(groups.len() == lengths.len(), "must have 5 elements")?;
    for (i, (group, length)) in groups.iter().zip(lengths).enumerate() {
        if group.len() != length {
            let place = i + 1;
            return Err(format!("element {place} must be {length} characters long"));
        }
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Err(format!("non-hex character {}", quoted(c)));
        }
    }
    Ok(())
}

pub(super) fn semver(text: &str) -> Judged {
    let (text, build) = cut(text, '+');
    if let Some(build) = build {
        ensure(!build.is_empty(), "build is empty")?;
        for part in build.split('.') {
            identifier(part, "build")?;
        }
    }
    let (text, prerelease) = cut(text, '-');
    for part in prerelease.iter().flat_map(|parts| parts.split('.')) {
        identifier(part, "pre-release")?;
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        ensure(
            !is_number || !has_leading_zero(part),
            "pre-release numeric identifier starts with zero",
        )?;
    }
    let numbers: Vec<&str> = text.split('.').collect();
    ensure(
        numbers.len() == 3,
        "versionCore must have 3 numbers separated by dot",
    )?;
    for (number, name) in numbers.into_iter().zip(["major", "minor", "patch"]) {
        ensure(!number.is_empty(), &format!("{name} is empty"))?;
        ensure(
            !has_leading_zero(number),
            &format!("{name} starts with zero"),
        )?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        ensure(is_number, &format!("{name} contains non-digit"))?;
    }
    Ok(())
}

/// A part of a pre-release or a build.
fn identifier(part: &str, kind: &str) -> Judged {
    ensure(!part.is_empty(), &format!("{kind} identifier is empty"))?;
    let foreign = part
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && *c != '-');
    match foreign {
        Some(c) => Err(format!(
            "invalid character {} in {kind} identifier",
            quoted(c)
        )),
        None => Ok(()),
    }
}

fn has_leading_zero(number: &str) -> bool {
    number.len() > 1 && number.starts_with('0')
}

/// What is before a mark and what is behind it, if it is there.
fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}
