//! A version: parsing, printing, order, increments.

use std::cmp::Ordering;
use std::fmt;

use super::{Cursor, is_digit};

/// The longest version text that is read, in bytes.
const MAX_LEN: usize = 256;

/// A semantic version, with the text it was read from.
///
/// Equality and order ignore build metadata and the text, as in Go's `Version.Compare`.
#[derive(Clone, Debug, Default)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    pre: String,
    metadata: String,
    original: String,
}

/// Why a text is no version, in the words of Masterminds/semver.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// The form is wrong.
    #[error("invalid semantic version")]
    Invalid,
    /// Strict parsing of an empty text.
    #[error("version string empty")]
    Empty,
    /// Strict parsing of a segment that is not a number.
    #[error("invalid characters in version")]
    Characters,
    /// A number with a leading zero.
    #[error("version segment starts with 0")]
    LeadingZero,
    /// Build metadata with an empty part or a foreign character.
    #[error("invalid metadata string")]
    Metadata,
    /// A prerelease with an empty part or a foreign character.
    #[error("invalid prerelease string")]
    Prerelease,
    /// More than 256 bytes.
    #[error("version string is too long (max {MAX_LEN} bytes)")]
    TooLong,
    /// A segment beyond 64 bits, or an empty one: the text of Go's `strconv.ParseUint`.
    #[error("{0}")]
    Segment(String),
    /// An increment beyond 64 bits.
    #[error("{0} version increment would overflow uint64")]
    Overflow(&'static str),
}

impl Version {
    /// A version of its parts, which are not checked. Go's `semver.New`.
    pub fn new(major: u64, minor: u64, patch: u64, pre: &str, metadata: &str) -> Version {
        let mut version = Version {
            major,
            minor,
            patch,
            pre: pre.to_owned(),
            metadata: metadata.to_owned(),
            original: String::new(),
        };
        version.original = version.to_string();
        version
    }

    /// Reads a version leniently, as Go's `semver.NewVersion` does: `v1`, `1.2`, `01.2.3-rc.1+x`.
    ///
    /// # Errors
    /// When the text is too long or not a version even so.
    pub fn parse(text: &str) -> Result<Version, VersionError> {
        if text.len() > MAX_LEN {
            return Err(VersionError::TooLong);
        }
        let mut cursor = Cursor::new(text);
        cursor.take("v");
        let major = cursor.take_while(is_digit);
        if major.is_empty() {
            return Err(VersionError::Invalid);
        }
        let minor = cursor.take_led(".", is_digit);
        let patch = cursor.take_led(".", is_digit);
        let pre = cursor.take_identifiers("-").unwrap_or_default();
        let metadata = cursor.take_identifiers("+").unwrap_or_default();
        if !cursor.at_end() {
            return Err(VersionError::Invalid);
        }
        let version = Version {
            major: lenient_segment(major)?,
            minor: lenient_segment(minor.unwrap_or("0"))?,
            patch: lenient_segment(patch.unwrap_or("0"))?,
            pre: pre.to_owned(),
            metadata: metadata.to_owned(),
            original: text.to_owned(),
        };
        if !pre.is_empty() {
            check_prerelease(pre)?;
        }
        Ok(version)
    }

    /// Reads a version of exactly the form of semver.org, as Go's `semver.StrictNewVersion` does.
    ///
    /// # Errors
    /// When the text deviates from that form.
    pub fn parse_strict(text: &str) -> Result<Version, VersionError> {
        if text.is_empty() {
            return Err(VersionError::Empty);
        }
        if text.len() > MAX_LEN {
            return Err(VersionError::TooLong);
        }
        let mut segments = text.splitn(3, '.');
        let (Some(major), Some(minor), Some(patch)) =
            (segments.next(), segments.next(), segments.next())
        else {
            return Err(VersionError::Invalid);
        };
        let (patch, metadata) = split_checked(patch, '+', check_metadata)?;
        let (patch, pre) = split_checked(patch, '-', check_prerelease)?;
        for segment in [major, minor, patch] {
            if !segment.bytes().all(is_digit) {
                return Err(VersionError::Characters);
            }
            if has_leading_zero(segment) {
                return Err(VersionError::LeadingZero);
            }
        }
        Ok(Version {
            major: parse_uint(major).map_err(VersionError::Segment)?,
            minor: parse_uint(minor).map_err(VersionError::Segment)?,
            patch: parse_uint(patch).map_err(VersionError::Segment)?,
            pre: pre.to_owned(),
            metadata: metadata.to_owned(),
            original: text.to_owned(),
        })
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.major
    }

    /// The second number.
    pub fn minor(&self) -> u64 {
        self.minor
    }

    /// The third number.
    pub fn patch(&self) -> u64 {
        self.patch
    }

    /// The prerelease without its dash; empty for a release.
    pub fn prerelease(&self) -> &str {
        &self.pre
    }

    /// The build metadata without its plus sign.
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// The text the version was read from. `Display` prints the normal form instead.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The next patch release; of a prerelease, its release.
    ///
    /// # Errors
    /// When the number does not fit 64 bits, where Go panics.
    pub fn inc_patch(&self) -> Result<Version, VersionError> {
        let step = u64::from(self.pre.is_empty());
        let patch = self.patch.checked_add(step);
        let patch = patch.ok_or(VersionError::Overflow("patch"))?;
        Ok(self.release(self.major, self.minor, patch))
    }

    /// The next minor release.
    ///
    /// # Errors
    /// When the number does not fit 64 bits, where Go panics.
    pub fn inc_minor(&self) -> Result<Version, VersionError> {
        let minor = self.minor.checked_add(1);
        let minor = minor.ok_or(VersionError::Overflow("minor"))?;
        Ok(self.release(self.major, minor, 0))
    }

    /// The next major release.
    ///
    /// # Errors
    /// When the number does not fit 64 bits, where Go panics.
    pub fn inc_major(&self) -> Result<Version, VersionError> {
        let major = self.major.checked_add(1);
        let major = major.ok_or(VersionError::Overflow("major"))?;
        Ok(self.release(major, 0, 0))
    }

    /// The same version with another prerelease; empty removes it.
    ///
    /// # Errors
    /// When the prerelease is malformed.
    pub fn with_prerelease(&self, pre: &str) -> Result<Version, VersionError> {
        if !pre.is_empty() {
            check_prerelease(pre)?;
        }
        let next = Version::new(self.major, self.minor, self.patch, pre, &self.metadata);
        Ok(self.keep_v(next))
    }

    /// The same version with other build metadata; empty removes it.
    ///
    /// # Errors
    /// When the metadata is malformed.
    pub fn with_metadata(&self, metadata: &str) -> Result<Version, VersionError> {
        if !metadata.is_empty() {
            check_metadata(metadata)?;
        }
        let next = Version::new(self.major, self.minor, self.patch, &self.pre, metadata);
        Ok(self.keep_v(next))
    }

    fn release(&self, major: u64, minor: u64, patch: u64) -> Version {
        self.keep_v(Version::new(major, minor, patch, "", ""))
    }

    /// Gives a version that was derived from this one its `v` in front, in the original text.
    fn keep_v(&self, mut next: Version) -> Version {
        if self.original.starts_with('v') {
            next.original.insert(0, 'v');
        }
        next
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Version {
    type Err = VersionError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Version::parse(text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = |v: &Version| (v.major, v.minor, v.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| {
            match (self.pre.as_str(), other.pre.as_str()) {
                ("", "") => Ordering::Equal,
                ("", _) => Ordering::Greater,
                (_, "") => Ordering::Less,
                (ours, theirs) => compare_prerelease(ours, theirs),
            }
        })
    }
}

/// Compares two prereleases part by part; a missing part is lower than any.
pub(super) fn compare_prerelease(ours: &str, theirs: &str) -> Ordering {
    let (mut ours, mut theirs) = (ours.split('.'), theirs.split('.'));
    loop {
        let (a, b) = (ours.next(), theirs.next());
        if a.is_none() && b.is_none() {
            return Ordering::Equal;
        }
        let order = compare_part(a.unwrap_or_default(), b.unwrap_or_default());
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Numbers come before words; a number beyond 64 bits is a word.
fn compare_part(a: &str, b: &str) -> Ordering {
    if a.is_empty() || b.is_empty() || a == b {
        return a.cmp(b);
    }
    match (parse_uint(a), parse_uint(b)) {
        (Ok(x), Ok(y)) => x.cmp(&y),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

fn lenient_segment(digits: &str) -> Result<u64, VersionError> {
    parse_uint(digits)
        .map_err(|text| VersionError::Segment(format!("error parsing version segment: {text}")))
}

/// Reads decimal digits; the error is that of Go's `strconv.ParseUint`.
fn parse_uint(digits: &str) -> Result<u64, String> {
    let fail = |why| format!("strconv.ParseUint: parsing \"{digits}\": {why}");
    if digits.is_empty() || !digits.bytes().all(is_digit) {
        return Err(fail("invalid syntax"));
    }
    digits.parse().map_err(|_| fail("value out of range"))
}

/// Cuts a text at the first `mark` and checks what follows it.
fn split_checked(
    text: &str,
    mark: char,
    check: fn(&str) -> Result<(), VersionError>,
) -> Result<(&str, &str), VersionError> {
    match text.split_once(mark) {
        Some((head, tail)) => check(tail).map(|()| (head, tail)),
        None => Ok((text, "")),
    }
}

fn check_prerelease(pre: &str) -> Result<(), VersionError> {
    for part in pre.split('.') {
        if part.is_empty() || !part.bytes().all(super::is_identifier) {
            return Err(VersionError::Prerelease);
        }
        if part.bytes().all(is_digit) && has_leading_zero(part) {
            return Err(VersionError::LeadingZero);
        }
    }
    Ok(())
}

fn check_metadata(metadata: &str) -> Result<(), VersionError> {
    let fine = |part: &str| !part.is_empty() && part.bytes().all(super::is_identifier);
    if metadata.split('.').all(fine) {
        Ok(())
    } else {
        Err(VersionError::Metadata)
    }
}

fn has_leading_zero(digits: &str) -> bool {
    digits.len() > 1 && digits.starts_with('0')
}
