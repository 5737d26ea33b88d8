//! What Go's network packages do and say: which proxy a URL has, which certificates are good, and how a broken
//! connection is told.
//!
//! Knows neither Kubernetes nor charts; opens no connection.

mod proxy;
mod trust;
mod words;

pub use proxy::ProxyEnv;
pub use trust::{AnyServer, Authorities};
pub use words::{name_server, tls_text};
