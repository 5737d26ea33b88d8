//! Plugins in version control: git, as far as `plugin install` and `plugin update` need it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gostd::semver::{Constraint, Version};
use gostd::url::Url;
use goval::strconv::quote;

const UNKNOWN: &str = "Cannot detect VCS";

/// A clone.
#[derive(Clone, Debug)]
pub struct Clone {
    /// Where it comes from.
    pub remote: String,
    /// Its directory.
    pub directory: PathBuf,
}

/// Whether an address is that of a git repository, by its form alone.
///
/// # Errors
/// It cannot be told, or is that of another system.
pub fn check_remote(remote: &str) -> Result<(), String> {
    let unknown = || UNKNOWN.to_owned();
    if let Some((user, _)) = scp_form(remote) {
        return match user == "git" || remote.ends_with(".git") {
            true => Ok(()),
            false => Err(unknown()),
        };
    }
    let url = Url::parse(remote)?;
    let path = String::from_utf8_lossy(&url.path).into_owned();
    if url.scheme == b"file" {
        return match Path::new(&path).join(".git").exists() || path.ends_with(".git") {
            true => Ok(()),
            false => Err(unknown()),
        };
    }
    let known_hosts: [&[u8]; 2] = [b"github.com", b"gitlab.com"];
    let is_git = !url.host.is_empty()
        && (matches!(&*url.scheme, b"git" | b"git+ssh")
            || known_hosts.contains(&&*url.host)
            || path.ends_with(".git")
            || remote.contains("://git@"));
    match is_git {
        true => Ok(()),
        false => Err(unknown()),
    }
}

/// `user@host:path`: the user and the rest.
fn scp_form(remote: &str) -> Option<(&str, &str)> {
    let (user, rest) = remote.split_once('@')?;
    let (host, _) = rest.split_once(':')?;
    let is_word = |text: &str, more: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
        !text.is_empty() && text.chars().all(plain)
    };
    (is_word(user, "_") && is_word(host, "._-")).then_some((user, rest))
}

/// The name of a folder in the cache for an address (Helm's `cache.Key`).
///
/// # Errors
/// It is no address.
pub fn cache_key(address: &str) -> Result<String, String> {
    let key = match scp_form(address) {
        Some((user, rest)) => {
            let (host, path) = rest.split_once(':').unwrap_or((rest, ""));
            format!("{user}-{host}-{}", path.replace('/', "-"))
        }
        None => {
            let url = Url::parse(address)?;
            let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let scheme = match url.scheme.is_empty() {
                true => String::new(),
                false => lossy(&url.scheme) + "-",
            };
            scheme + &lossy(&url.host) + &lossy(&url.path).replace('/', "-")
        }
    };
    Ok(key.replace(':', "-"))
}

impl Clone {
    /// The clone that a directory is.
    ///
    /// # Errors
    /// It is none.
    pub fn at(directory: &Path) -> Result<Clone, String> {
        if !directory.join(".git").exists() {
            return Err(UNKNOWN.to_owned());
        }
        let mut clone = Clone {
            remote: String::new(),
            directory: directory.to_path_buf(),
        };
        let output = clone.git(&["config", "--get", "remote.origin.url"])?;
        if !output.status.success() {
            return Err("Unable to retrieve local repo information".to_owned());
        }
        clone.remote = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(clone)
    }

    /// Makes the clone, or brings it up to date if it is there.
    ///
    /// # Errors
    /// git cannot.
    pub fn get(&self) -> Result<(), String> {
        if self.directory.exists() {
            return self.update();
        }
        if let Some(parent) = self.directory.parent() {
            std::fs::create_dir_all(parent).map_err(|error| error.to_string())?;
        }
        let output = Command::new("git")
            .args(["clone", "--recursive", "--", &self.remote])
            .arg(&self.directory)
            .stdin(Stdio::null())
            .output();
        match output {
            Ok(output) if output.status.success() => Ok(()),
            Ok(_) => Err("Unable to get repository".to_owned()),
            Err(_) => Err("git is not installed".to_owned()),
        }
    }

    /// Brings the clone up to date.
    ///
    /// # Errors
    /// git cannot.
    pub fn update(&self) -> Result<(), String> {
        const FAILED: &str = "Unable to update repository";
        self.must(&["fetch", "--tags", "--", "origin"], FAILED)?;
        let head = std::fs::read_to_string(self.directory.join(".git/HEAD"));
        if head.is_ok_and(|head| !head.starts_with("ref:")) {
            return Ok(());
        }
        self.must(&["pull"], FAILED)?;
        self.clean()
    }

    /// Whether something was changed in it.
    pub fn is_changed(&self) -> bool {
        let output = self.git(&["diff"]);
        output.is_ok_and(|output| !output.status.success() || !output.stdout.is_empty())
    }

    /// Goes to a version: a name that git knows, or the newest tag in a range.
    ///
    /// # Errors
    /// There is none, or git cannot.
    pub fn go_to(&self, version: &str) -> Result<(), String> {
        if version.is_empty() {
            return Ok(());
        }
        let knows = |words: &[&str]| self.git(words).is_ok_and(|output| output.status.success());
        let name = match knows(&["rev-parse", "--verify", version]) || knows(&["show-ref", version])
        {
            true => version.to_owned(),
            false => self.newest(version)?,
        };
        self.must(&["checkout", &name], "Unable to update checked out version")?;
        self.clean()
    }

    fn newest(&self, range: &str) -> Result<String, String> {
        let constraint = Constraint::parse(range).map_err(|error| error.to_string())?;
        let output = self.git(&["show-ref"])?;
        let refs = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut tags: Vec<(Version, &str)> = refs
            .lines()
            .filter_map(|line| line.split_once("tags/"))
            .filter_map(|(_, tag)| Some((Version::parse(tag).ok()?, tag)))
            .collect();
        tags.sort_by(|(a, _), (b, _)| b.cmp(a));
        let mut fitting = tags.iter().filter(|(version, _)| constraint.check(version));
        fitting
            .next()
            .map(|(_, tag)| (*tag).to_owned())
            .ok_or_else(|| {
                let (range, remote) = (quote(range), quote(&self.remote));
                format!("requested version {range} does not exist for plugin {remote}")
            })
    }

    /// What another version had as submodules goes.
    fn clean(&self) -> Result<(), String> {
        const FAILED: &str = "Unexpected error while defensively updating submodules";
        self.must(&["submodule", "update", "--init", "--recursive"], FAILED)?;
        self.must(
            &["clean", "-x", "-d", "-f", "-f"],
            "Unexpected error while defensively cleaning up after possible derelict submodule directories",
        )
    }

    fn must(&self, words: &[&str], otherwise: &str) -> Result<(), String> {
        match self.git(words)?.status.success() {
            true => Ok(()),
            false => Err(otherwise.to_owned()),
        }
    }

    fn git(&self, words: &[&str]) -> Result<Output, String> {
        Command::new("git")
            .args(words)
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .output()
            .map_err(|_| "git is not installed".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_git_are_told_by_their_form() {
        for git in [
            "git@github.com:me/x",
            "https://github.com/me/x",
            "https://example.com/me/x.git",
            "git://example.com/x",
        ] {
            assert_eq!(check_remote(git), Ok(()), "{git}");
        }
        for other in ["nowhere", "https://example.com/x", "x.git"] {
            assert_eq!(check_remote(other).unwrap_err(), UNKNOWN, "{other}");
        }
    }

    #[test]
    fn addresses_have_a_folder_each() {
        let key = |address: &str| cache_key(address).unwrap();
        assert_eq!(key("https://github.com/me/x"), "https-github.com-me-x");
        assert_eq!(key("git@github.com:me/x"), "git-github.com-me-x");
        assert_eq!(key("http://127.0.0.1:80/x.tgz"), "http-127.0.0.1-80-x.tgz");
    }
}
