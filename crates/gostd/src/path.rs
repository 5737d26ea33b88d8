//! Paths cleaned by their words alone, as Go's packages `path` and `path/filepath` do.
//!
//! What comes out is the shortest path that means the same where no element is a link: without empty
//! elements, without `.`, and with `..` only where nothing stands before it that it could cancel. Of
//! nothing, `.` is left.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// `path.Clean` of a text.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let body = kept(path.split('/'), str::as_bytes, rooted).join("/");
    match (rooted, body.is_empty()) {
        (true, _) => format!("/{body}"),
        (false, true) => ".".to_owned(),
        (false, false) => body,
    }
}

/// `path.Clean` of what may not be UTF-8.
pub fn clean_bytes(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let elements = path.split(|&byte| byte == b'/');
    let body = kept(elements, |element| element, rooted).join(&b'/');
    match (rooted, body.is_empty()) {
        (true, _) => [b"/", &*body].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => body,
    }
}

/// `path.Join`: the parts that are not empty with slashes between them, cleaned; nothing of nothing.
pub fn join(parts: &[&str]) -> String {
    let given: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    if given.is_empty() {
        String::new()
    } else {
        clean(&given.join("/"))
    }
}

/// `filepath.Clean`: with the separators and roots of the operating system.
pub fn clean_file(path: &Path) -> PathBuf {
    let is_root = |part: &Component<'_>| matches!(part, Component::Prefix(_) | Component::RootDir);
    let mut cleaned: PathBuf = path.components().take_while(is_root).collect();
    let elements = path.components().skip_while(is_root);
    let elements = elements.map(Component::as_os_str);
    cleaned.extend(kept(elements, OsStr::as_encoded_bytes, path.has_root()));
    if cleaned.as_os_str().is_empty() {
        cleaned.push(".");
    }
    cleaned
}

/// The elements that a clean path keeps.
fn kept<'a, T: ?Sized>(
    elements: impl Iterator<Item = &'a T>,
    bytes: fn(&T) -> &[u8],
    rooted: bool,
) -> Vec<&'a T> {
    let mut kept: Vec<&T> = Vec::new();
    for element in elements {
        match bytes(element) {
            b"" | b"." => {}
            b".." if kept.last().is_some_and(|last| bytes(last) != b"..") => {
                kept.pop();
            }
            b".." if rooted => {}
            _ => kept.push(element),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each path with what Go's `path.Clean` makes of it.
    const CLEANED: &[(&str, &str)] = &[
        ("", "."),
        ("/", "/"),
        ("//", "/"),
        ("///a", "/a"),
        ("a", "a"),
        (".", "."),
        ("./", "."),
        ("./a", "a"),
        ("a/", "a"),
        ("a//b", "a/b"),
        ("a/.", "a"),
        ("a/./b", "a/b"),
        ("a/./b/../c//", "a/c"),
        ("a/..", "."),
        ("a/../..", ".."),
        ("a/../../b", "../b"),
        ("../a/../..", "../.."),
        ("..", ".."),
        ("../..", "../.."),
        ("/..", "/"),
        ("/../a", "/a"),
        ("/a/../..", "/"),
        ("/a/b/../../..", "/"),
        ("a/b/../../..", ".."),
        ("./charts", "charts"),
        (".../a", ".../a"),
        ("a...", "a..."),
        ("..a/b", "..a/b"),
        ("/./a", "/a"),
        ("a/ /b", "a/ /b"),
        (" ", " "),
        ("ä/../b", "b"),
        ("\\a\\..\\b", "\\a\\..\\b"),
    ];

    #[test]
    fn texts_and_bytes_are_cleaned_as_by_go() {
        for (path, expected) in CLEANED {
            assert_eq!(clean(path), *expected, "{path:?}");
            let bytes = clean_bytes(path.as_bytes());
            assert_eq!(bytes, expected.as_bytes(), "{path:?}");
        }
        assert_eq!(clean_bytes(b"a/../\xff//b"), b"\xff/b");
    }

    #[test]
    fn paths_are_joined_as_by_go() {
        let check = |parts: &[&str], expected: &str| assert_eq!(join(parts), expected);
        check(&["/a/b/", "repository"], "/a/b/repository");
        check(&["/a//b/../c", ""], "/a/c");
        check(&["", ".cache"], ".cache");
        check(&["", ""], "");
        check(&["a", "../.."], "..");
        check(&["/", "../x"], "/x");
        check(&["./"], ".");
    }

    #[test]
    #[cfg(unix)]
    fn paths_of_files_are_cleaned_as_by_go() {
        for (path, expected) in CLEANED {
            let cleaned = clean_file(Path::new(path));
            assert_eq!(cleaned.as_os_str(), *expected, "{path:?}");
        }
    }
}
