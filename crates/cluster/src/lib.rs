//! The port to a Kubernetes API and its client; readiness rules.
//!
//! Knows neither charts nor releases nor plans.

mod accepting;
mod client;
mod config;
mod discovery;
mod error;
mod port;
pub mod readiness;

pub use accepting::AcceptingCluster;
pub use client::KubeCluster;
pub use config::{ProxyEnv, Settings, connect, namespace};
pub use discovery::{Discovery, Version};
pub use error::{Error, Status};
pub use port::{
    Cluster, FieldValidation, ListQuery, Patch, Propagation, Resource, Scope, Target, WatchEvent,
    WriteOptions,
};
