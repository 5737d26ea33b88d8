//! What Go's network packages do and say: which proxy a URL has, and how a broken connection is told.
//!
//! Knows neither Kubernetes nor charts; opens no connection.

mod proxy;
mod words;

pub use proxy::ProxyEnv;
pub use words::{name_server, tls_text};
