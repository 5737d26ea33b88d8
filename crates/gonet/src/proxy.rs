//! The proxies of the environment, by the rules of Go's `golang.org/x/net/http/httpproxy`.

use std::net::IpAddr;

use gostd::url::Url;

/// The proxy variables of the environment, as they are.
#[derive(Clone, Debug, Default)]
pub struct ProxyEnv {
    /// HTTPS_PROXY or https_proxy.
    pub https: String,
    /// HTTP_PROXY or http_proxy.
    pub http: String,
    /// NO_PROXY or no_proxy.
    pub except: String,
}

impl ProxyEnv {
    /// The proxy for a URL, if it has one; never for this machine.
    pub fn for_url(&self, url: &str) -> Option<&str> {
        let url = Url::parse(url).ok()?;
        let (proxy, port) = match &*url.scheme {
            b"https" => (&self.https, 443),
            _ => (&self.http, 80),
        };
        let host = String::from_utf8_lossy(url.hostname());
        let port = url.port().unwrap_or(port);
        let is_wanted = !proxy.is_empty() && !is_local(&host) && !self.excepts(&host, port);
        is_wanted.then_some(proxy)
    }

    fn excepts(&self, host: &str, port: u16) -> bool {
        let host = host.to_lowercase();
        self.except
            .split(',')
            .map(|rule| rule.trim().to_lowercase())
            .filter(|rule| !rule.is_empty())
            .any(|rule| matches(&rule, &host, port))
    }
}

fn is_local(host: &str) -> bool {
    let loopback = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    host == "localhost" || loopback
}

/// `*`, a network, an address, a domain with everything below it, or with a leading dot only what
/// is below; each of the last three maybe with a port.
fn matches(rule: &str, host: &str, port: u16) -> bool {
    if rule == "*" {
        return true;
    }
    if let Some((network, bits)) = rule.split_once('/') {
        return match (network.parse(), bits.parse(), host.parse()) {
            (Ok(network), Ok(bits), Ok(host)) => in_network(network, bits, host),
            _ => false,
        };
    }
    let (rule, wanted) = match rule.rsplit_once(':') {
        Some((name, number)) if rule.parse::<IpAddr>().is_err() => (name, number.parse().ok()),
        _ => (rule, None),
    };
    if wanted.is_some_and(|wanted: u16| wanted != port) {
        return false;
    }
    let rule = rule.strip_prefix('*').unwrap_or(rule);
    match rule.strip_prefix('.') {
        Some(_) => host.ends_with(rule),
        None => host == rule || host.ends_with(&format!(".{rule}")),
    }
}

fn in_network(network: IpAddr, bits: u32, host: IpAddr) -> bool {
    let same = |a: u128, b: u128, width: u32| {
        let drop = width.saturating_sub(bits);
        bits <= width && (drop >= width || a >> drop == b >> drop)
    };
    match (network, host) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(except: &str, url: &str, proxied: bool) {
        let env = ProxyEnv {
            https: "proxy:3128".into(),
            http: String::new(),
            except: except.into(),
        };
        assert_eq!(env.for_url(url).is_some(), proxied, "{except} {url}");
    }

    #[test]
    fn exceptions_are_domains_addresses_and_networks() {
        check("", "https://api.example.com:6443", true);
        check("example.com", "https://api.example.com:6443", false);
        check(".example.com", "https://example.com", true);
        check("example.com:443", "https://api.example.com:6443", true);
        check("10.0.0.0/8", "https://10.1.2.3:6443", false);
        check("10.0.0.0/8", "https://11.1.2.3:6443", true);
        check("*", "https://11.1.2.3:6443", false);
        check("", "https://127.0.0.1:6443", false);
        check("", "http://api.example.com", false);
    }
}
