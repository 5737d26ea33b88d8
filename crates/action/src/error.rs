//! Why a verb failed.

use std::borrow::Cow;
use std::fmt;

use release::{Release, StoreError};

/// Why a verb failed. The texts are Helm's where Helm has any.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The chart could not be had.
    #[error(transparent)]
    Source(#[from] source::SourceError),
    /// The values are wrong.
    #[error(transparent)]
    Values(#[from] values::ValuesError),
    /// The chart could not be rendered.
    #[error(transparent)]
    Render(#[from] render::RenderError),
    /// What was rendered is no manifest.
    #[error(transparent)]
    Manifest(#[from] manifest::ManifestError),
    /// What was rendered is no manifest: all documents of which this is true.
    #[error(transparent)]
    Manifests(Box<Unreadable>),
    /// The records could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored release could not be had.
    #[error(transparent)]
    Get(#[from] crate::get::GetError),
    /// The cluster refused or could not be asked.
    #[error(transparent)]
    Cluster(#[from] cluster::Error),
    /// No plan could be made; what for, and why.
    #[error("unable to continue with {0}: {1}")]
    Plan(&'static str, plan::PlanError),
    /// The plan could not be carried out.
    #[error(transparent)]
    Apply(#[from] apply::Error),
    /// A library chart or one of a type that does not exist.
    #[error("{0} charts are not installable")]
    NotInstallable(String),
    /// Dependencies that are declared and not there.
    #[error(
        "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' \
         to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {0}"
    )]
    MissingDependencies(String),
    /// A cluster that does not answer.
    #[error("kubernetes cluster unreachable: {0}")]
    Unreachable(cluster::Error),
    /// The same where an installation asks.
    #[error("cluster reachability check failed: {0}")]
    NotReachable(Box<Error>),
    /// A name that cannot be taken; why.
    #[error("release name check failed: {0}")]
    Name(String),
    /// Dependencies that cannot be processed; why.
    #[error("chart dependencies processing failed: {0}")]
    Dependencies(values::ValuesError),
    /// A manifest that names kinds or fields that the cluster does not know.
    #[error("unable to build kubernetes objects from release manifest: {0}")]
    Build(apply::Error),
    /// The manifest of the newest revision, which the cluster does not know any more.
    #[error("unable to build kubernetes objects from current release manifest: {0}")]
    BuildCurrent(apply::Error),
    /// The manifest to go back to, which the cluster does not know any more.
    #[error("unable to build kubernetes objects from new release manifest: {0}")]
    BuildNew(apply::Error),
    /// A record says that somebody is at work on the release.
    #[error("another operation (install/upgrade/rollback) is in progress")]
    InProgress,
    /// Any other text of Helm's.
    #[error("{0}")]
    Other(String),
    /// A flag or verb that is not there yet.
    #[error("{0} is not built yet")]
    NotBuilt(&'static str),
    /// A record that no store can hold.
    #[error("{source}")]
    TooLarge {
        /// What the store says.
        source: Box<Error>,
        /// What makes the record so large.
        hint: String,
    },
    /// A failure after rendering had begun: the draft says how far it came.
    #[error("{source}")]
    Drafted {
        /// Why it failed.
        source: Box<Error>,
        /// The release so far; never stored.
        draft: Box<Release>,
    },
}

/// Documents that are no manifests, and what it takes to tell where they come from. Its text is
/// that of the first.
#[derive(Debug)]
pub struct Unreadable {
    /// What is wrong, at least one thing.
    pub all: Vec<manifest::ManifestError>,
    /// The files, and where their pieces come from.
    pub rendered: render::Rendered,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.first().map_or(Ok(()), |error| error.fmt(f))
    }
}

impl std::error::Error for Unreadable {}

impl Error {
    /// What a user may do about it.
    pub fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Error::InProgress => Some(
                "if nothing is at work on this release any more, --take-over goes on from what was interrupted"
                    .into(),
            ),
            Error::TooLarge { hint, .. } => Some(hint.into()),
            Error::Apply(error) => error.note().map(Cow::from),
            Error::Drafted { source, .. } => source.hint(),
            _ => None,
        }
    }

    /// The release as far as it was rendered when the verb failed, for debugging output.
    pub fn draft(&self) -> Option<&Release> {
        match self {
            Error::Drafted { draft, .. } => Some(draft),
            _ => None,
        }
    }
}
