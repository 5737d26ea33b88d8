//! Downloads by schemes that are not HTTP's.

use std::fmt::Debug;
use std::sync::Arc;

use gostd::url::Url;

use crate::{Access, SourceError};

/// Downloads what is at an address of its schemes.
pub trait Getter: Debug + Send + Sync {
    /// What is at an address; `accept` names the kinds of content that are wanted, if any is.
    ///
    /// # Errors
    /// It cannot be had.
    fn get(&self, url: &str, access: &Access, accept: &str) -> Result<Vec<u8>, String>;
}

/// What downloads, by schemes: of several for one, the first.
#[derive(Clone, Debug, Default)]
pub struct Getters(Vec<(Vec<String>, Arc<dyn Getter>)>);

impl Getters {
    /// Adds a getter for some schemes.
    pub fn push(&mut self, schemes: Vec<String>, getter: Arc<dyn Getter>) {
        self.0.push((schemes, getter));
    }

    /// What downloads from an address, if it is not HTTP.
    pub(crate) fn find(&self, scheme: &[u8]) -> Option<&dyn Getter> {
        let has = |schemes: &[String]| schemes.iter().any(|own| own.as_bytes() == scheme);
        let found = self.0.iter().find(|(schemes, _)| has(schemes));
        found.map(|(_, getter)| &**getter)
    }

    /// Whether anything downloads from addresses of a scheme.
    pub fn has(&self, scheme: &[u8]) -> bool {
        matches!(scheme, b"http" | b"https" | b"oci") || self.find(scheme).is_some()
    }

    /// Whether an address has the form of one, and a scheme that is known (`NewChartRepository`).
    ///
    /// # Errors
    /// It has not.
    pub fn check_address(&self, url: &str) -> Result<(), SourceError> {
        let parsed = Url::parse(url)
            .map_err(|_| SourceError::Other(format!("invalid chart URL format: {url}")))?;
        if self.has(&parsed.scheme) {
            return Ok(());
        }
        let scheme = String::from_utf8_lossy(&parsed.scheme);
        Err(SourceError::Other(format!(
            "could not find protocol handler for: {scheme}"
        )))
    }
}
