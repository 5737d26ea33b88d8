//! Carries out a Plan against a cluster: apply, hooks, wait, storage drivers.
//!
//! Knows no templates.
