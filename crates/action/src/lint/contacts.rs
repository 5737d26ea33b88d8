//! What counts as an address of mail or of a page: the patterns of Go's `govalidator`, composed of
//! their parts.

use std::sync::{Arc, LazyLock};

use gostd::regexp::Regexp;
use gostd::url::Url;

/// A pattern of this file; `None` cannot happen, and would match nothing.
type Pattern = LazyLock<Option<Arc<Regexp>>>;

static EMAIL: Pattern = LazyLock::new(|| Regexp::new(email_pattern()).ok());
static URL: Pattern = LazyLock::new(|| Regexp::new(url_pattern()).ok());

/// What RFC 3987 allows beyond ASCII.
const UCS: &str = r"\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}";

/// Whether a text is an address of electronic mail (`IsEmail`).
pub(super) fn is_email(text: &str) -> bool {
    matches(&EMAIL, text)
}

/// Whether a text is the address of a page, with or without a scheme (`IsURL`).
pub(super) fn is_url(text: &str) -> bool {
    const SHORTEST: usize = 4;
    const TOO_LONG: usize = 2083;
    if text.len() < SHORTEST || text.chars().count() >= TOO_LONG || text.starts_with('.') {
        return false;
    }
    let parsed = if text.contains(':') && !text.contains("://") {
        Url::parse(format!("http://{text}"))
    } else {
        Url::parse(text)
    };
    let Ok(url) = parsed else {
        return false;
    };
    let is_plain_word = url.host.is_empty() && !url.path.is_empty() && !url.path.contains(&b'.');
    !url.host.starts_with(b".") && !is_plain_word && matches(&URL, text)
}

fn matches(pattern: &Pattern, text: &str) -> bool {
    let pattern = pattern.as_ref();
    pattern.is_some_and(|pattern| pattern.is_match(text.as_bytes()))
}

/// A local part, plain or in quotes, and a domain whose last label has letters at both ends.
fn email_pattern() -> String {
    let atom = format!(r"[a-zA-Z0-9!#$%&'*+\-/=?^_`{{|}}~{UCS}]+");
    let plain = format!(r"{atom}(\.{atom})*");
    let space = r"([ \t]*\r\n)?[ \t]+";
    let inside = format!(
        r"([\x01-\x08\x0b\x0c\x0e-\x1f\x7f!\x23-\x5b\x5d-\x7e{UCS}]|\([\x01-\x09\x0b\x0c\x0d-\x7f{UCS}])"
    );
    let quoted = format!(r#""(({space})?{inside})*({space})?""#);
    let edge = format!("[a-zA-Z0-9{UCS}]");
    let label = format!(r"{edge}([a-zA-Z0-9\-._~{UCS}]*{edge})?");
    let last_edge = format!("[a-zA-Z{UCS}]");
    let last = format!(r"{last_edge}([a-zA-Z0-9\-_~{UCS}]*{last_edge})?");
    format!(r"^(({plain})|({quoted}))@({label}\.)+({last})\.?$")
}

/// An optional scheme and user, a host by number or name, an optional port and path.
fn url_pattern() -> String {
    let octet = r"(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])";
    let first = r"([1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])";
    let last = r"([0-9]\d?|1\d\d|2[0-4]\d|25[0-5])";
    let v4 = format!(r"{first}(\.{octet}){{2}}\.{last}");
    let v6 = format!(r"\[({})\]", v6_pattern());
    let letters = r"a-zA-Z\x{a1}-\x{ffff}";
    let head = r"[a-zA-Z0-9]([a-zA-Z0-9\-_]+)?[a-zA-Z0-9]([\-.][a-zA-Z0-9]+)*";
    let subdomain = r"((www\.)|([a-zA-Z0-9]+([\-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+))?";
    let name = format!(
        r"(({head})|({subdomain}))?(([{letters}0-9]+-?-?)*[{letters}0-9]+)(\.([{letters}]+))?"
    );
    format!(
        r"^((ftp|tcp|udp|wss?|https?)://)?(\S+(:\S*)?@)?(({v4})|({v6})|({name}))\.?(:(\d{{1,5}}))?([/?#]\S*)?$"
    )
}

/// The ways to write an IPv6 address, by where its zeros are left out.
fn v6_pattern() -> String {
    let hex = "[0-9a-fA-F]{1,4}";
    let number = "(25[0-5]|(2[0-4]|1?[0-9])?[0-9])";
    let v4 = format!(r"({number}\.){{3}}{number}");
    let mut forms = vec![format!("({hex}:){{7}}{hex}"), format!("({hex}:){{1,7}}:")];
    for tail in 1..=6 {
        forms.push(format!("({hex}:){{1,{}}}(:{hex}){{1,{tail}}}", 7 - tail));
    }
    forms.extend([
        format!(":((:{hex}){{1,7}}|:)"),
        "fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+".to_owned(),
        format!("::(ffff(:0{{1,4}})?:)?{v4}"),
        format!("({hex}:){{1,4}}:{v4}"),
    ]);
    forms.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The answers are those of govalidator.
    #[test]
    fn addresses_of_mail() {
        for (text, expected) in [
            ("foo@bar.com", true),
            ("x@x.x", true),
            ("foo+bar@bar.com", true),
            ("foo@bar.coffee..coffee", false),
            ("foo@bar.中文网", true),
            ("\"foo bar\"@bar.com", true),
            ("invalidemail@", false),
            ("invalid.com", false),
            ("@invalid.com", false),
            ("test|123@m端ginas.com", true),
            ("hans@m端ller.com", true),
            ("a@b", false),
            ("a b@c.de", false),
        ] {
            assert_eq!(is_email(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_of_pages() {
        for (text, expected) in [
            ("http://foo.bar.com", true),
            ("https://foo_bar.example.com", true),
            ("foo.bar.org", true),
            ("http://user:pass@www.foobar.com/path/file", true),
            ("http://127.0.0.1:3000/", true),
            ("http://[::1]:9093", true),
            ("localhost:8080", true),
            ("http://localhost:3000/", true),
            ("foobar", false),
            ("xyz://foobar.com", false),
            ("invalid.", true),
            (".com", false),
            ("/abs/test/dir", false),
            ("http://foo bar.org", false),
            ("http://www.-foobar.com/", false),
            ("mailto:someone@example.com", true),
        ] {
            assert_eq!(is_url(text), expected, "{text}");
        }
    }
}
