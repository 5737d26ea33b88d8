//! The environment, read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gostd::path::join;

/// The environment variables, and the word by which the program was called.
///
/// What is not UTF-8 is read with replacement characters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env {
    variables: BTreeMap<String, String>,
    /// The first word of the command line, as it was given.
    pub(crate) called: String,
}

impl Env {
    /// The environment of this process.
    pub(crate) fn of_process(called: String) -> Env {
        let variables = std::env::vars_os()
            .map(|(k, v)| {
                (
                    k.to_string_lossy().into_owned(),
                    v.to_string_lossy().into_owned(),
                )
            })
            .collect();
        Env { variables, called }
    }

    /// All variables.
    pub(crate) fn all(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// The value of a variable that is set, be it empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The value of a variable, empty if it is not set.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The name that the program shows in its texts: `helm` if it was called by a name that
    /// begins so, else its own.
    pub(crate) fn program(&self) -> &'static str {
        let name = Path::new(&self.called)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        if name.starts_with("helm") {
            "helm"
        } else {
            "sternpost"
        }
    }

    /// Where cached files are, with a path below it.
    pub(crate) fn cache_path(&self, below: &str) -> String {
        self.home(
            "HELM_CACHE_HOME",
            "XDG_CACHE_HOME",
            Self::default_cache,
            below,
        )
    }

    /// Where configuration is, with a path below it.
    pub(crate) fn config_path(&self, below: &str) -> String {
        self.home(
            "HELM_CONFIG_HOME",
            "XDG_CONFIG_HOME",
            Self::default_config,
            below,
        )
    }

    /// Where data is, with a path below it.
    pub(crate) fn data_path(&self, below: &str) -> String {
        self.home("HELM_DATA_HOME", "XDG_DATA_HOME", Self::default_data, below)
    }

    /// A path below the user's home directory.
    pub(crate) fn home_path(&self, below: &str) -> String {
        join(&[self.user_home(), below])
    }

    /// Where this program keeps data that Helm does not know, with a path below it.
    pub(crate) fn own_data_path(&self, below: &str) -> String {
        let base = match self.text("XDG_DATA_HOME") {
            "" => self.default_data(),
            base => base.to_owned(),
        };
        join(&[&base, "sternpost", below])
    }

    /// Where this program keeps what it can get again, and Helm does not know, with a path below it.
    pub(crate) fn own_cache_path(&self, below: &str) -> String {
        let base = match self.text("XDG_CACHE_HOME") {
            "" => self.default_cache(),
            base => base.to_owned(),
        };
        join(&[&base, "sternpost", below])
    }

    /// Helm's own variable is taken as it is; below the others, Helm has a directory.
    fn home(&self, own: &str, xdg: &str, default: fn(&Env) -> String, below: &str) -> String {
        match (self.text(own), self.text(xdg)) {
            ("", "") => join(&[&default(self), "helm", below]),
            ("", base) => join(&[base, "helm", below]),
            (base, _) => join(&[base, below]),
        }
    }

    /// The home directory of the user.
    pub(crate) fn user_home(&self) -> &str {
        let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.text(variable)
    }

    /// Docker's file with credentials of registries; nothing if it is unknown where that would be.
    pub(crate) fn docker_config(&self) -> Option<PathBuf> {
        let folder = match (self.text("DOCKER_CONFIG"), self.user_home()) {
            ("", "") => return None,
            ("", home) => Path::new(home).join(".docker"),
            (given, _) => PathBuf::from(given),
        };
        Some(folder.join("config.json"))
    }

    fn default_cache(&self) -> String {
        match std::env::consts::OS {
            "windows" => self.text("TEMP").to_owned(),
            "macos" => join(&[self.user_home(), "Library", "Caches"]),
            _ => join(&[self.user_home(), ".cache"]),
        }
    }

    fn default_config(&self) -> String {
        match std::env::consts::OS {
            "windows" => self.text("APPDATA").to_owned(),
            "macos" => join(&[self.user_home(), "Library", "Preferences"]),
            _ => join(&[self.user_home(), ".config"]),
        }
    }

    fn default_data(&self) -> String {
        match std::env::consts::OS {
            "windows" => self.text("APPDATA").to_owned(),
            "macos" => join(&[self.user_home(), "Library"]),
            _ => join(&[self.user_home(), ".local", "share"]),
        }
    }

    /// The keyring that provenance files are checked against unless another is named.
    pub(crate) fn default_keyring(&self) -> String {
        let base = match self.get("GNUPGHOME") {
            Some(home) => home.to_owned(),
            None => join(&[self.user_home(), ".gnupg"]),
        };
        let (classic, keybox) = (join(&[&base, "pubring.gpg"]), join(&[&base, "pubring.kbx"]));
        if !Path::new(&classic).exists() && Path::new(&keybox).exists() {
            keybox
        } else {
            classic
        }
    }
}

#[cfg(test)]
impl Env {
    /// An environment for tests.
    pub(crate) fn of(called: &str, variables: &[(&str, &str)]) -> Env {
        let variables = variables
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Env {
            variables,
            called: called.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_follow_helm_then_xdg_then_home() {
        let env = Env::of("helm", &[("HOME", "/h")]);
        assert_eq!(env.cache_path("content"), "/h/.cache/helm/content");
        let env = Env::of("helm", &[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]);
        assert_eq!(env.cache_path(""), "/x/helm");
        let env = Env::of("helm", &[("XDG_DATA_HOME", "/x"), ("HELM_DATA_HOME", "/d")]);
        assert_eq!(env.data_path("plugins"), "/d/plugins");
    }

    #[test]
    fn the_name_decides_who_it_is() {
        for (called, name) in [
            ("helm", "helm"),
            ("/usr/bin/helm", "helm"),
            ("./helm4", "helm"),
            ("/opt/sternpost", "sternpost"),
            ("", "sternpost"),
        ] {
            assert_eq!(Env::of(called, &[]).program(), name);
        }
    }
}
