//! Last record, manifests and live objects to a Plan: what will be done, as a value.
//!
//! Does not know the cluster client.
