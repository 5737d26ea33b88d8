//! A small Kubernetes API server on an embedded database, in-process or over HTTPS.
//!
//! Knows nothing of Helm and shares nothing with the client side, so that the two share no bug.
