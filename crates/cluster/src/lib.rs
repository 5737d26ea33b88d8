//! The port to a Kubernetes API and its client; readiness rules.
//!
//! Knows neither charts nor releases nor plans.
