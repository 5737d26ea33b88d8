//! The host of a URL, with its port.

use super::escape::{Part, unescape};
use crate::address;
use goval::strconv::quote;

/// Reads a host with an optional port. Only `http` hosts must not have further colons.
pub(super) fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, String> {
    let bad_port = |port: &[u8]| Err(format!("invalid port {} after host", quote(port)));
    match host.iter().rposition(|&b| b == b'[') {
        Some(0) => return parse_ip_literal(host),
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    let strict = matches!(scheme, b"http" | b"https");
    let colon = if strict {
        host.iter().position(|&b| b == b':')
    } else {
        host.iter().rposition(|&b| b == b':')
    };
    if let Some(colon) = colon
        && !is_optional_port(&host[colon..])
    {
        return bad_port(&host[colon..]);
    }
    unescape(host, Part::Host)
}

fn parse_ip_literal(host: &[u8]) -> Result<Vec<u8>, String> {
    let end = host
        .iter()
        .rposition(|&b| b == b']')
        .ok_or("missing ']' in host")?;
    let port = &host[end + 1..];
    if !is_optional_port(port) {
        return Err(format!("invalid port {} after host", quote(port)));
    }
    let name = &host[1..end];
    let zone = name
        .windows(3)
        .position(|part| part == b"%25")
        .unwrap_or(name.len());
    let mut address = unescape(&name[..zone], Part::Host)?;
    let unescaped_zone = unescape(&name[zone..], Part::Zone)?;
    address.extend(unescaped_zone);
    let parsed = address::parse(&address).map_err(|error| format!("invalid host: {error}"))?;
    if parsed.is_v4 {
        return Err("invalid IP-literal".to_owned());
    }
    Ok([b"[", &*address, b"]", &*unescape(port, Part::Host)?].concat())
}

fn is_optional_port(text: &[u8]) -> bool {
    match text.split_first() {
        None => true,
        Some((b':', digits)) => digits.iter().all(u8::is_ascii_digit),
        Some(_) => false,
    }
}

/// The host without its port and brackets.
pub(super) fn hostname(host: &[u8]) -> &[u8] {
    let colon = host
        .iter()
        .rposition(|&b| b == b':')
        .filter(|&colon| is_optional_port(&host[colon..]));
    let name = &host[..colon.unwrap_or(host.len())];
    let inner = name
        .strip_prefix(b"[")
        .and_then(|name| name.strip_suffix(b"]"));
    inner.unwrap_or(name)
}
