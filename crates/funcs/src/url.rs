//! URLs taken apart and put together, as Go's `net/url` does.

use gostd::url::{Url, User};
use gotmpl::FuncError;
use gotmpl::Ty::{self, Str};
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
    let hostname = url.hostname().to_vec();
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
        ..Url::default()
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
