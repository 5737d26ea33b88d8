//! Connections that do not come about, in the words of Go's `net`.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};

use gostd::os::reason;

/// Why no connection to a host came about: `dial tcp 127.0.0.1:80: connect: connection refused`. May look the host
/// up.
pub fn dial_text(host: &str, port: u16, error: &io::Error) -> String {
    if is_about_names(error) {
        return no_such_host(host);
    }
    let address = address_of(host, port);
    match error.kind() {
        io::ErrorKind::TimedOut => format!("dial tcp {address}: i/o timeout"),
        _ => format!("dial tcp {address}: connect: {}", reason(error)),
    }
}

/// A host whose name has no address.
pub fn no_such_host(host: &str) -> String {
    format!("dial tcp: lookup {host}{}: no such host", name_server())
}

/// Whether the name of a host could not be looked up. The standard library has no kind for that.
pub fn is_about_names(error: &io::Error) -> bool {
    error.to_string().contains("failed to lookup address")
}

/// The address behind a host, IPv4 first as Go dials it; the host itself where nothing is behind it.
pub fn address_of(host: &str, port: u16) -> String {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return SocketAddr::new(address, port).to_string();
    }
    let found: Vec<_> = match (bare, port).to_socket_addrs() {
        Ok(found) => found.collect(),
        Err(_) => Vec::new(),
    };
    let first = found.iter().find(|address| address.is_ipv4());
    first
        .or(found.first())
        .map_or_else(|| format!("{host}:{port}"), ToString::to_string)
}

/// ` on 10.0.0.10:53`: Go's own resolver names the server that it asked first.
fn name_server() -> String {
    let config = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    config
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .map(str::trim)
        .next()
        .map_or_else(String::new, |server| match server.parse::<IpAddr>() {
            Ok(IpAddr::V6(v6)) => format!(" on [{v6}]:53"),
            _ => format!(" on {server}:53"),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_fail_name_the_address() {
        let refused = io::Error::from_raw_os_error(111);
        for (host, address) in [("127.0.0.1", "127.0.0.1:5432"), ("[::1]", "[::1]:5432")] {
            assert_eq!(
                dial_text(host, 5432, &refused),
                format!("dial tcp {address}: connect: connection refused")
            );
        }
        let late = io::Error::from(io::ErrorKind::TimedOut);
        assert_eq!(
            dial_text("10.0.0.1", 80, &late),
            "dial tcp 10.0.0.1:80: i/o timeout"
        );
        let unknown = io::Error::other("failed to lookup address information: Name or service");
        let told = dial_text("nowhere.example", 80, &unknown);
        assert!(
            told.starts_with("dial tcp: lookup nowhere.example"),
            "{told}"
        );
        assert!(told.ends_with(": no such host"), "{told}");
    }
}
