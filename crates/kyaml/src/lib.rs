//! Streams of Kubernetes objects as `sigs.k8s.io/kustomize/kyaml` reads, annotates and writes them:
//! comments, order and styles stay, indentation becomes regular.
//!
//! Helm sends manifests this way to post-renderers and back. Knows neither charts nor releases.

mod annotation;
mod stream;

pub use annotation::{annotate, annotation, clear_annotation};
pub use goval::yaml::node::Document;
pub use stream::{read_all, write_all};

/// What kyaml says of a stream that it cannot read or change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);
