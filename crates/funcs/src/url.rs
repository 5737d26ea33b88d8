//! URLs taken apart and put together, as Go's `net/url` does.

use bstr::ByteSlice;
use gotmpl::FuncError;
use gotmpl::Ty::{self, Str};
use goval::strconv::quote;
use goval::{Map, Value};

use crate::args::{Args, text};
use crate::table::{Entry, Outcome, nil_panic, panic, pure};

pub(crate) const FUNCS: &[Entry] = &[
    pure("urlParse", &[Str], Ty::Map, url_parse),
    pure("urlJoin", &[Ty::Map], Str, url_join),
];

fn url_parse(a: &[Value]) -> Outcome {
    let url =
        Url::parse(a.bytes(0)).map_err(|error| panic(format!("unable to parse url: {error}")))?;
    let userinfo = url.user.as_ref().map(User::escaped).unwrap_or_default();
    let hostname = hostname(&url.host).to_vec();
    let parts = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", hostname),
        ("path", url.path),
        ("query", url.query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", userinfo),
    ];
    let parts = parts.map(|(key, value)| (key, text(value)));
    Ok(Map::from_iter(parts).into())
}

fn url_join(a: &[Value]) -> Outcome {
    let part = |key| part(a.map(0), key);
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        user: None,
    };
    let userinfo = part("userinfo")?;
    if !userinfo.is_empty() {
        let probe = [b"proto://", &*userinfo, b"@host"].concat();
        let parsed = Url::parse(&probe)
            .map_err(|error| panic(format!("unable to parse userinfo in dict: {error}")))?;
        url.user = parsed.user;
    }
    Ok(text(url.join()))
}

/// A string of the dict; empty if it is absent.
fn part(map: Option<&Map>, key: &str) -> Result<Vec<u8>, FuncError> {
    match map.and_then(|map| map.get(key)) {
        None => Ok(Vec::new()),
        Some(Value::Str(text)) => Ok(text.to_vec()),
        Some(Value::Nil) => Err(nil_panic()),
        Some(other) => {
            let kind = other.kind();
            Err(panic(format!(
                "unable to parse {key} key, must be of type string, but {kind} found"
            )))
        }
    }
}

/// The parts of a URL, unescaped but for the query.
#[derive(Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    user: Option<User>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    fragment: Vec<u8>,
}

struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

impl User {
    fn escaped(&self) -> Vec<u8> {
        let mut out = escape(&self.name, Part::User);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend(escape(password, Part::User));
        }
        out
    }
}

impl Url {
    /// Go's `url.Parse`, with its errors.
    fn parse(text: &[u8]) -> Result<Url, String> {
        let (rest, fragment) = cut(text, b'#');
        let wrong = |text: &[u8], error: String| format!("parse {}: {error}", quote(text));
        let mut url = Url::parse_without_fragment(rest).map_err(|error| wrong(rest, error))?;
        url.fragment = unescape(fragment, Part::Fragment).map_err(|error| wrong(text, error))?;
        Ok(url)
    }

    fn parse_without_fragment(text: &[u8]) -> Result<Url, String> {
        if text.iter().any(u8::is_ascii_control) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let mut url = Url::default();
        if text == b"*" {
            url.path = text.to_vec();
            return Ok(url);
        }
        let (scheme, rest) = split_scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        let (mut rest, query) = cut(rest, b'?');
        url.query = query.to_vec();
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let relative = url.scheme.is_empty() && rest.starts_with(b"///");
        if let (Some(authority), false) = (rest.strip_prefix(b"//"), relative) {
            let end = authority.find_byte(b'/').unwrap_or(authority.len());
            url.parse_authority(&authority[..end])?;
            rest = &authority[end..];
        }
        url.path = unescape(rest, Part::Path)?;
        Ok(url)
    }

    fn parse_authority(&mut self, authority: &[u8]) -> Result<(), String> {
        let Some(at) = authority.rfind_byte(b'@') else {
            self.host = parse_host(&self.scheme, authority)?;
            return Ok(());
        };
        self.host = parse_host(&self.scheme, &authority[at + 1..])?;
        let userinfo = &authority[..at];
        let allowed = |b: &u8| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(b);
        if !userinfo.iter().all(allowed) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        let (name, password) = cut(userinfo, b':');
        self.user = Some(User {
            name: unescape(name, Part::User)?,
            password: if userinfo.contains(&b':') {
                Some(unescape(password, Part::User)?)
            } else {
                None
            },
        });
        Ok(())
    }

    /// Go's `URL.String`.
    fn join(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.join_hierarchy(&mut out);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(escape(&self.fragment, Part::Fragment));
        }
        out
    }

    fn join_hierarchy(&self, out: &mut Vec<u8>) {
        let has_authority = !self.host.is_empty() || self.user.is_some();
        if has_authority || !self.scheme.is_empty() && !self.path.is_empty() {
            out.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            out.extend(user.escaped());
            out.push(b'@');
        }
        out.extend(escape(&self.host, Part::Host));
        let path = if self.path == b"*" {
            self.path.clone()
        } else {
            escape(&self.path, Part::Path)
        };
        if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
            out.push(b'/');
        }
        // A colon in the first segment would make it a scheme.
        if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
            out.extend_from_slice(b"./");
        }
        out.extend(path);
    }
}

fn cut(text: &[u8], separator: u8) -> (&[u8], &[u8]) {
    match text.find_byte(separator) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, b""),
    }
}

fn split_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

/// Reads a host with an optional port. Only `http` hosts must not have further colons.
fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, String> {
    let bad_port = |port: &[u8]| Err(format!("invalid port {} after host", quote(port)));
    match host.rfind_byte(b'[') {
        Some(0) => return parse_ip_literal(host),
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    let strict = matches!(scheme, b"http" | b"https");
    let colon = if strict {
        host.find_byte(b':')
    } else {
        host.rfind_byte(b':')
    };
    if let Some(colon) = colon
        && !is_optional_port(&host[colon..])
    {
        return bad_port(&host[colon..]);
    }
    unescape(host, Part::Host)
}

fn parse_ip_literal(host: &[u8]) -> Result<Vec<u8>, String> {
    let end = host.rfind_byte(b']').ok_or("missing ']' in host")?;
    let port = &host[end + 1..];
    if !is_optional_port(port) {
        return Err(format!("invalid port {} after host", quote(port)));
    }
    let name = &host[1..end];
    let zone = name.find(b"%25").unwrap_or(name.len());
    let mut address = unescape(&name[..zone], Part::Host)?;
    let unescaped_zone = unescape(&name[zone..], Part::Zone)?;
    let plain = address.to_str_lossy().into_owned();
    address.extend(unescaped_zone);
    if plain.parse::<std::net::Ipv4Addr>().is_ok() {
        return Err("invalid IP-literal".to_owned());
    }
    if plain.parse::<std::net::Ipv6Addr>().is_err() {
        let shown = quote(&address);
        return Err(format!(
            "invalid host: ParseAddr({shown}): unable to parse IP"
        ));
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
fn hostname(host: &[u8]) -> &[u8] {
    let colon = host
        .rfind_byte(b':')
        .filter(|&colon| is_optional_port(&host[colon..]));
    let name = &host[..colon.unwrap_or(host.len())];
    let inner = name
        .strip_prefix(b"[")
        .and_then(|name| name.strip_suffix(b"]"));
    inner.unwrap_or(name)
}

/// Where in a URL a text stands, which decides what must be escaped.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    User,
    Host,
    Zone,
    Path,
    Fragment,
}

impl Part {
    fn must_escape(self, byte: u8) -> bool {
        let plain: &[u8] = match self {
            Part::User => b"-_.~$&+,;=",
            Part::Host | Part::Zone => b"-_.~!$&'()*+,;=:[]<>\"",
            Part::Path => b"-_.~$&+,/:;=@",
            Part::Fragment => b"-_.~$&+,/:;=?@!()*",
        };
        !byte.is_ascii_alphanumeric() && !plain.contains(&byte)
    }
}

fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if part.must_escape(byte) {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            out.push(byte);
        }
    }
    out
}

fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let in_host = matches!(part, Part::Host | Part::Zone);
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            if in_host && byte.is_ascii() && part.must_escape(byte) {
                let shown = quote(&[byte]);
                return Err(format!("invalid character {shown} in host name"));
            }
            out.push(byte);
            rest = after;
            continue;
        }
        let escape = &rest[..rest.len().min(3)];
        let wrong = || format!("invalid URL escape {}", quote(escape));
        let digit = |i: usize| char::from(*escape.get(i)?).to_digit(16);
        let (Some(high), Some(low)) = (digit(1), digit(2)) else {
            return Err(wrong());
        };
        let value = (high * 16 + low) as u8;
        // In a host, only what is not ASCII may be escaped, and the percent sign of a zone.
        let allowed = match part {
            Part::Host => !value.is_ascii() || escape == b"%25",
            Part::Zone => escape == b"%25" || value == b' ' || !Part::Host.must_escape(value),
            _ => true,
        };
        if !allowed {
            return Err(wrong());
        }
        out.push(value);
        rest = &rest[3..];
    }
    Ok(out)
}
