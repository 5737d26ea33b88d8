//! Proofs of who asks, and where they are kept.

use std::path::{Path, PathBuf};

use super::config::Config;
use super::helper::Helper;

/// A name and a password, or a token. Empty where there is none.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) username: String,
    pub(crate) password: String,
    /// A token that others are got with.
    pub(crate) refresh_token: String,
    /// A token that is shown as it is.
    pub(crate) access_token: String,
}

impl std::fmt::Debug for Credential {
    /// Shows nothing: it might end up in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential")
    }
}

/// Where credentials of registries are.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Helm's own file, which new ones are written to.
    pub own: PathBuf,
    /// Docker's file, which is looked into where the first has nothing.
    pub docker: Option<PathBuf>,
    /// The folders with programs, as PATH lists them.
    pub path: String,
}

impl Keys {
    /// Whether the file can be read.
    ///
    /// # Errors
    /// It cannot.
    pub fn check(&self) -> Result<(), String> {
        Config::load(&self.own).map(drop)
    }

    /// The credentials for a server; nothing if none are kept.
    ///
    /// # Errors
    /// A file or a program that fails.
    pub(crate) fn get(&self, server: &str) -> Result<Credential, String> {
        let server = address(server);
        let own = Store::of(&self.own, &self.path)?.get(server)?;
        if own != Credential::default() {
            return Ok(own);
        }
        // Docker's file is not ours: if it is broken, it is as if it were not there.
        let docker = self.docker.as_deref();
        match docker.and_then(|file| Store::of(file, &self.path).ok()) {
            Some(store) => store.get(server),
            None => Ok(own),
        }
    }

    /// Keeps the credentials for a server.
    ///
    /// # Errors
    /// A file or a program that fails.
    pub(crate) fn put(&self, server: &str, credential: &Credential) -> Result<(), String> {
        Store::of(&self.own, &self.path)?.put(address(server), credential)
    }

    /// Forgets the credentials for a server.
    ///
    /// # Errors
    /// A file or a program that fails.
    pub(crate) fn delete(&self, server: &str) -> Result<(), String> {
        let server = address(server);
        let mut store = Store::of(&self.own, &self.path)?;
        let deleted = match store.helper(server) {
            Some(helper) => helper.erase(server),
            None => store.config.delete(server),
        };
        deleted.map_err(|why| format!("failed to delete the credential for {server}: {why}"))
    }
}

/// What credentials for a server are kept under: those of Docker's registry have an address of old.
fn address(server: &str) -> &str {
    match server {
        "docker.io" | "registry-1.docker.io" => "https://index.docker.io/v1/",
        other => other,
    }
}

/// A file, or the programs that it names.
struct Store {
    config: Config,
    /// The program of this system, where the file names none and has no credentials.
    detected: Option<&'static str>,
}

impl Store {
    fn of(file: &Path, path: &str) -> Result<Store, String> {
        let config = Config::load(file)?;
        let detected = match config.has_any() {
            true => None,
            false => Helper::of_system(path),
        };
        Ok(Store { config, detected })
    }

    fn helper(&self, server: &str) -> Option<Helper> {
        match self.config.helper(server) {
            "" => self.detected.map(Helper::new),
            name => Some(Helper::new(name)),
        }
    }

    fn get(&self, server: &str) -> Result<Credential, String> {
        match self.helper(server) {
            Some(helper) => helper.get(server),
            None => self.config.get(server),
        }
    }

    fn put(&mut self, server: &str, credential: &Credential) -> Result<(), String> {
        match self.helper(server) {
            Some(helper) => helper.store(server, credential)?,
            None => self.config.put(server, credential)?,
        }
        match self.detected {
            Some(name) => self
                .config
                .set_store(name)
                .map_err(|why| format!("failed to set credsStore: {why}")),
            None => Ok(()),
        }
    }
}
