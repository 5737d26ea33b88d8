//! Proxies: those that a kubeconfig names, and those of the environment.

use goval::strconv::quote;
use http::Uri;

pub use gonet::ProxyEnv;

/// The proxy of the environment for a URL.
pub(super) fn of_environment(proxies: &ProxyEnv, url: &str) -> Option<Uri> {
    let proxy = proxies.for_url(url)?;
    parse_proxy(proxy)
        .or_else(|_| parse_proxy(&format!("http://{proxy}")))
        .ok()
}

/// A proxy's URL; the errors are client-go's.
pub(super) fn parse_proxy(url: &str) -> Result<Uri, String> {
    let uri: Uri = url.parse().map_err(|_| format!("could not parse: {url}"))?;
    match uri.scheme_str() {
        Some("http" | "https" | "socks5") => Ok(uri),
        scheme => Err(format!(
            "unsupported scheme {}, must be http, https, or socks5",
            quote(scheme.unwrap_or_default())
        )),
    }
}
