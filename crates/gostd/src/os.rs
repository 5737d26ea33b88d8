//! What the operating system says of files, in the words of Go's packages `os`, `io/fs` and `syscall`.

use std::io;
use std::path::Path;

/// The reason as Go's `syscall.Errno` prints it: `no such file or directory`, where Rust says
/// `No such file or directory (os error 2)`.
pub fn reason(error: &io::Error) -> String {
    let shown = error.to_string();
    let bare = shown.split(" (os error ").next().unwrap_or_default();
    let mut letters = bare.chars();
    match letters.next() {
        // `RFS specific error` begins with an abbreviation.
        Some(first) if !letters.as_str().starts_with(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => bare.to_owned(),
    }
}

/// An error as Go's `fs.PathError` prints it: `stat PATH: no such file or directory`.
pub fn path_error(call: &str, path: impl AsRef<Path>, error: &io::Error) -> String {
    format!("{call} {}: {}", path.as_ref().display(), reason(error))
}

/// What Go's `os.ReadFile` says: a directory can be opened, but not read.
pub fn read_error(path: impl AsRef<Path>, error: &io::Error) -> String {
    let call = match error.kind() {
        io::ErrorKind::IsADirectory => "read",
        _ => "open",
    };
    path_error(call, path, error)
}

/// Whether a file is one that somebody may run, as Go's `exec.LookPath` looks for it.
pub fn is_executable(path: &Path) -> bool {
    let Ok(info) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        info.is_file() && info.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    {
        info.is_file()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_errors_have_the_words_of_go() {
        let check = |number, expected: &str| {
            assert_eq!(reason(&io::Error::from_raw_os_error(number)), expected);
        };
        check(2, "no such file or directory");
        check(13, "permission denied");
        check(21, "is a directory");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn abbreviations_stay_as_they_are() {
        let check = |number, expected: &str| {
            assert_eq!(reason(&io::Error::from_raw_os_error(number)), expected);
        };
        check(73, "RFS specific error");
        check(121, "remote I/O error");
    }

    #[test]
    fn errors_of_files_name_call_and_path() {
        let missing = io::Error::from_raw_os_error(2);
        assert_eq!(
            path_error("stat", "/a b", &missing),
            "stat /a b: no such file or directory"
        );
        assert_eq!(
            read_error("x", &missing),
            "open x: no such file or directory"
        );
        let folder = io::Error::from_raw_os_error(21);
        assert_eq!(read_error("x", &folder), "read x: is a directory");
    }
}
