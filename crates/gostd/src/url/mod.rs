//! URLs taken apart, put together and resolved, as Go's `net/url` does.

mod escape;
mod host;

use escape::{Part, escape, unescape};
use goval::strconv::quote;
use host::parse_host;

/// The parts of a URL, unescaped but for the query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// What stands before the first colon, in lower case.
    pub scheme: Vec<u8>,
    /// What follows the scheme where no slash does: the address of `mailto:a@b`.
    pub opaque: Vec<u8>,
    /// Who asks.
    pub user: Option<User>,
    /// The host, maybe with a port.
    pub host: Vec<u8>,
    /// The path.
    pub path: Vec<u8>,
    /// The path as it was written, where that is not how it would be escaped; else empty.
    pub raw_path: Vec<u8>,
    /// What follows the question mark, as it was written.
    pub query: Vec<u8>,
    /// What follows the hash sign.
    pub fragment: Vec<u8>,
}

/// A text as a value in a query (Go's `url.QueryEscape`).
pub fn query_escape(text: &str) -> String {
    let escaped = escape(text.as_bytes(), Part::Query);
    String::from_utf8_lossy(&escaped).replace("%20", "+")
}

/// A part of a path without its escapes (Go's `url.PathUnescape`).
///
/// # Errors
/// What Go reports for the same text.
pub fn path_unescape(text: &[u8]) -> Result<Vec<u8>, String> {
    unescape(text, Part::Path)
}

/// Name and password in a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: Vec<u8>,
    /// The password, if there is one.
    pub password: Option<Vec<u8>>,
}

impl User {
    /// Both as a URL has them.
    pub fn escaped(&self) -> Vec<u8> {
        let mut out = escape(&self.name, Part::User);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend(escape(password, Part::User));
        }
        out
    }
}

impl Url {
    /// Go's `url.Parse`.
    ///
    /// # Errors
    /// What Go reports for the same text.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Url, String> {
        let text = text.as_ref();
        let (rest, fragment) = cut(text, b'#');
        let wrong = |text: &[u8], error: String| format!("parse {}: {error}", quote(text));
        let mut url = Url::without_fragment(rest).map_err(|error| wrong(rest, error))?;
        url.fragment = unescape(fragment, Part::Fragment).map_err(|error| wrong(text, error))?;
        Ok(url)
    }

    /// Whether a text is what a request may be sent to: an absolute URL or an absolute path (Go's
    /// `url.ParseRequestURI`). A hash sign is part of the path there.
    ///
    /// # Errors
    /// What Go reports for the same text.
    pub fn parse_request(text: impl AsRef<[u8]>) -> Result<Url, String> {
        let text = text.as_ref();
        let wrong = |error: String| format!("parse {}: {error}", quote(text));
        if text.is_empty() {
            return Err(wrong("empty url".to_owned()));
        }
        let url = Url::without_fragment(text).map_err(wrong)?;
        let is_rooted = url.path.starts_with(b"/") || url.path == b"*";
        if url.scheme.is_empty() && (!is_rooted || !url.host.is_empty()) {
            return Err(wrong("invalid URI for request".to_owned()));
        }
        Ok(url)
    }

    fn without_fragment(text: &[u8]) -> Result<Url, String> {
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
            let end = authority
                .iter()
                .position(|&b| b == b'/')
                .unwrap_or(authority.len());
            url.parse_authority(&authority[..end])?;
            rest = &authority[end..];
        }
        url.set_path(rest)?;
        Ok(url)
    }

    fn parse_authority(&mut self, authority: &[u8]) -> Result<(), String> {
        let Some(at) = authority.iter().rposition(|&b| b == b'@') else {
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

    fn set_path(&mut self, escaped: &[u8]) -> Result<(), String> {
        self.path = unescape(escaped, Part::Path)?;
        self.raw_path.clear();
        if escape(&self.path, Part::Path) != escaped {
            self.raw_path = escaped.to_vec();
        }
        Ok(())
    }

    /// The path as a request has it (Go's `EscapedPath`).
    pub fn escaped_path(&self) -> Vec<u8> {
        let is_true = unescape(&self.raw_path, Part::Path).is_ok_and(|path| path == self.path);
        if !self.raw_path.is_empty() && is_true && is_valid_path(&self.raw_path) {
            return self.raw_path.clone();
        }
        match &*self.path {
            b"*" => b"*".to_vec(),
            path => escape(path, Part::Path),
        }
    }

    /// The host without its port and brackets.
    pub fn hostname(&self) -> &[u8] {
        host::hostname(&self.host)
    }

    /// The port, if it is written.
    pub fn port(&self) -> Option<u16> {
        let colon = self.host.iter().rposition(|&b| b == b':')?;
        std::str::from_utf8(&self.host[colon + 1..])
            .ok()?
            .parse()
            .ok()
    }

    /// Whether it has a scheme.
    pub fn is_absolute(&self) -> bool {
        !self.scheme.is_empty()
    }

    /// Where a reference leads from here (Go's `ResolveReference`, RFC 3986).
    #[must_use]
    pub fn resolve(&self, reference: &Url) -> Url {
        let mut url = reference.clone();
        if reference.scheme.is_empty() {
            url.scheme.clone_from(&self.scheme);
        }
        if !reference.scheme.is_empty() || !reference.host.is_empty() || reference.user.is_some() {
            let _ = url.set_path(&resolve_path(&reference.escaped_path(), b""));
            return url;
        }
        if !reference.opaque.is_empty() {
            (url.user, url.host, url.path) = (None, Vec::new(), Vec::new());
            return url;
        }
        if reference.path.is_empty() && reference.query.is_empty() {
            url.query.clone_from(&self.query);
            if reference.fragment.is_empty() {
                url.fragment.clone_from(&self.fragment);
            }
        }
        if reference.path.is_empty() && !self.opaque.is_empty() {
            url.opaque.clone_from(&self.opaque);
            (url.user, url.host, url.path) = (None, Vec::new(), Vec::new());
            return url;
        }
        url.host.clone_from(&self.host);
        url.user.clone_from(&self.user);
        let path = resolve_path(&self.escaped_path(), &reference.escaped_path());
        let _ = url.set_path(&path);
        url
    }

    /// Go's `URL.String`.
    pub fn join(&self) -> Vec<u8> {
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
        let path = self.escaped_path();
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
    match text.iter().position(|&b| b == separator) {
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

/// Whether a path has only such characters as may stand there, escapes among them.
fn is_valid_path(path: &[u8]) -> bool {
    let allowed = |b: &u8| b.is_ascii_alphanumeric() || b"!$&'()*+,;=:@[]-._~/%".contains(b);
    path.iter().all(allowed)
}

/// A path from the folder of another one, `.` and `..` resolved.
fn resolve_path(base: &[u8], reference: &[u8]) -> Vec<u8> {
    let full = match reference.first() {
        None => base.to_vec(),
        Some(b'/') => reference.to_vec(),
        Some(_) => {
            let folder = base.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
            [&base[..folder], reference].concat()
        }
    };
    if full.is_empty() {
        return full;
    }
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut ends_in_folder = false;
    for part in full
        .strip_prefix(b"/")
        .unwrap_or(&full)
        .split(|&b| b == b'/')
    {
        ends_in_folder = matches!(part, b"." | b"..");
        match part {
            b"." => {}
            b".." => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    let mut out = b"/".to_vec();
    out.extend(kept.join(&b'/'));
    if ends_in_folder && !out.ends_with(b"/") {
        out.push(b'/');
    }
    out
}

impl Url {
    /// The URL without its user.
    #[must_use]
    pub fn without_user(&self) -> Url {
        Url {
            user: None,
            ..self.clone()
        }
    }

    /// The URL with asterisks for its password, as Go shows it in errors (`stripPassword` of `net/http`).
    #[must_use]
    pub fn without_password(&self) -> String {
        let Some(user) = self.user.as_ref().filter(|user| user.password.is_some()) else {
            return self.to_string();
        };
        let (both, name) = (user.escaped(), &user.name);
        let both = format!("{}@", String::from_utf8_lossy(&both));
        let name = format!("{}:***@", String::from_utf8_lossy(name));
        self.to_string().replacen(&both, &name, 1)
    }
}

impl std::fmt::Display for Url {
    /// Go's `URL.String`; bytes that are no UTF-8 show as replacement characters.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.join()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (url, expected) in [
            ("http://me:s%40x@h/p?q", "http://me:***@h/p?q"),
            ("http://me@h", "http://me@h"),
            ("http://:x@h", "http://:***@h"),
            ("http://h/a:b@c", "http://h/a:b@c"),
        ] {
            assert_eq!(Url::parse(url).unwrap().without_password(), expected);
        }
    }

    // The examples of RFC 3986, section 5.4, as Go's own tests have them too.
    #[test]
    fn references_are_resolved() {
        let base = Url::parse("http://a/b/c/d;p?q").unwrap();
        for (reference, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../../g", "http://a/g"),
            ("g;x=1/../y", "http://a/b/c/y"),
        ] {
            let reference = Url::parse(reference).unwrap();
            assert_eq!(base.resolve(&reference).to_string(), expected);
        }
    }

    #[test]
    fn paths_keep_their_escapes() {
        let check = |text: &str| assert_eq!(Url::parse(text).unwrap().to_string(), text);
        check("http://a/x%2Fy/z");
        check("http://a/%7Ex?a=b%20c");
        check("https://user:pw@host:8443/p");
    }

    #[test]
    fn requests_need_a_scheme_or_a_root() {
        let error = |text: &str| Url::parse_request(text).unwrap_err();
        assert_eq!(error("x/y"), "parse \"x/y\": invalid URI for request");
        assert_eq!(error(""), "parse \"\": empty url");
        assert!(Url::parse_request("/x#y").is_ok());
        assert!(Url::parse_request("https://x").is_ok());
    }
}
