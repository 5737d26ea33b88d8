//! Formats of what names places in a network.

use gostd::address;
use gostd::url::{Url, path_unescape};

use super::{Judged, ensure, number, quoted};

pub(super) fn ipv4(text: &str) -> Judged {
    let groups: Vec<&str> = text.split('.').collect();
    ensure(groups.len() == 4, "expected four decimals")?;
    for group in groups {
        ensure(group.len() <= 1 || !group.starts_with('0'), "leading zeros")?;
        let number = number(group)?;
        ensure(
            (0..=255).contains(&number),
            "decimal must be between 0 and 255",
        )?;
    }
    Ok(())
}

pub(super) fn ipv6(text: &str) -> Judged {
    ensure(text.contains(':'), "missing colon")?;
    let address = address::parse(text.as_bytes())?;
    ensure(!address.has_zone, "zone id is not a part of ipv6 address")
}

pub(super) fn hostname(text: &str) -> Judged {
    let text = text.strip_suffix('.').unwrap_or(text);
    ensure(text.len() <= 253, "more than 253 characters long")?;
    for label in text.split('.') {
        ensure(
            (1..=63).contains(&label.len()),
            "label must be 1 to 63 characters long",
        )?;
        ensure(!label.starts_with('-'), "label starts with hyphen")?;
        ensure(!label.ends_with('-'), "label ends with hyphen")?;
        no_foreign(label, "-")?;
    }
    Ok(())
}

/// No characters but letters, digits and these.
fn no_foreign(text: &str, others: &str) -> Judged {
    let mut chars = text.chars();
    match chars.find(|c| !c.is_ascii_alphanumeric() && !others.contains(*c)) {
        Some(c) => Err(format!("invalid character {}", quoted(c))),
        None => Ok(()),
    }
}

pub(super) fn email(text: &str) -> Judged {
    ensure(text.len() <= 254, "more than 255 characters long")?;
    let (local, domain) = text.rsplit_once('@').ok_or("missing @")?;
    ensure(local.len() <= 64, "local part more than 64 characters long")?;
    let quoted = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = quoted {
        ensure(
            !inner.contains(['\\', '"']),
            "backslash and quote are not allowed within quoted local part",
        )?;
    } else {
        ensure(!local.starts_with('.'), "starts with dot")?;
        ensure(!local.ends_with('.'), "ends with dot")?;
        ensure(!local.contains(".."), "consecutive dots")?;
        no_foreign(local, ".!#$%&'*+-/=?^_`{|}~")?;
    }
    let bracketed = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match bracketed {
        None => hostname(domain).map_err(|error| format!("invalid domain: {error}")),
        Some(address) => match address.strip_prefix("IPv6:") {
            Some(address) => {
                ipv6(address).map_err(|error| format!("invalid ipv6 address: {error}"))
            }
            None => ipv4(address).map_err(|error| format!("invalid ipv4 address: {error}")),
        },
    }
}

pub(super) fn uri(text: &str) -> Judged {
    ensure(url(text)?.is_absolute(), "relative url")
}

pub(super) fn uri_reference(text: &str) -> Judged {
    ensure(!text.contains('\\'), "contains \\")?;
    url(text).map(drop)
}

pub(super) fn uri_template(text: &str) -> Judged {
    let url = url(text)?;
    for part in url.raw_path.split(|byte| *byte == b'/') {
        let part =
            path_unescape(part).map_err(|error| format!("percent decode failed: {error}"))?;
        let mut is_open = false;
        for byte in part {
            match byte {
                b'{' | b'}' if is_open == (byte == b'{') => {
                    return Err("nested curly braces".to_owned());
                }
                b'{' | b'}' => is_open = !is_open,
                _ => {}
            }
        }
        ensure(!is_open, "no matching closing brace")?;
    }
    Ok(())
}

fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)?;
    let host = url.hostname();
    if host.contains(&b':') {
        ensure(
            url.host.contains(&b'[') && url.host.contains(&b']'),
            "ipv6 address not enclosed in brackets",
        )?;
        let host = String::from_utf8_lossy(host);
        ipv6(&host).map_err(|error| format!("invalid ipv6 address: {error}"))?;
    }
    Ok(url)
}
