//! Broken connections in the words of Go's `net` packages.

use std::net::IpAddr;

use rustls_pki_types::UnixTime;

/// A broken TLS connection as Go's `crypto/tls` tells it.
pub fn tls_text(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(why) => {
            let why = certificate_text(why);
            format!("tls: failed to verify certificate: x509: {why}")
        }
        rustls::Error::InvalidMessage(_) => {
            "tls: first record does not look like a TLS handshake".to_owned()
        }
        rustls::Error::AlertReceived(alert) => {
            format!("remote error: tls: {}", words(&format!("{alert:?}")))
        }
        other => format!("tls: {other}"),
    }
}

fn certificate_text(why: &rustls::CertificateError) -> String {
    use rustls::CertificateError as C;
    const UNKNOWN: &str = "certificate signed by unknown authority";
    const EXPIRED: &str = "certificate has expired or is not yet valid";
    let stamp = |time: &UnixTime| {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |t| t.to_string())
    };
    match why {
        C::UnknownIssuer | C::BadSignature => UNKNOWN.to_owned(),
        // A server that shows the certificate of an authority, which is none of ours.
        C::Other(why) if why.0.to_string() == "CaUsedAsEndEntity" => UNKNOWN.to_owned(),
        C::ExpiredContext { time, not_after } => format!(
            "{EXPIRED}: current time {} is after {}",
            stamp(time),
            stamp(not_after)
        ),
        C::NotValidYetContext { time, not_before } => format!(
            "{EXPIRED}: current time {} is before {}",
            stamp(time),
            stamp(not_before)
        ),
        C::NotValidForNameContext {
            expected,
            presented,
        } => names_text(&expected.to_str(), presented),
        other => other.to_string(),
    }
}

/// A certificate for other names, as Go's `x509.HostnameError` tells it.
fn names_text(wanted: &str, presented: &[String]) -> String {
    let is_ip = wanted.parse::<IpAddr>().is_ok();
    let kind = if is_ip { "IpAddress(" } else { "DnsName(" };
    let names: Vec<&str> = presented
        .iter()
        .filter_map(|name| name.strip_prefix(kind)?.strip_suffix(')'))
        .map(|name| name.trim_matches('"'))
        .collect();
    match (names.is_empty(), is_ip) {
        (true, true) => format!(
            "cannot validate certificate for {wanted} because it doesn't contain any IP SANs"
        ),
        (true, false) => {
            format!("certificate is not valid for any names, but wanted to match {wanted}")
        }
        (false, _) => format!(
            "certificate is valid for {}, not {wanted}",
            names.join(", ")
        ),
    }
}

/// `BadCertificate` as `bad certificate`.
fn words(camel: &str) -> String {
    let mut out = String::new();
    for c in camel.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_for_others_name_whom_they_are_for() {
        let dns = |name: &str| format!("DnsName({name:?})");
        assert_eq!(
            names_text("10.0.0.1", &[dns("a.example")]),
            "cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs"
        );
        assert_eq!(
            names_text("c.example", &[dns("a.example"), dns("b.example")]),
            "certificate is valid for a.example, b.example, not c.example"
        );
    }
}
