//! What Go's network packages do and say: which proxy a URL has, which certificates are good, and how a broken
//! connection is told.
//!
//! Knows neither Kubernetes nor charts; opens no connection.

mod dial;
mod proxy;
mod trust;
mod words;

pub use dial::{address_of, dial_text, is_about_names, no_such_host};
pub use proxy::ProxyEnv;
pub use trust::{AnyServer, Authorities};
pub use words::tls_text;
