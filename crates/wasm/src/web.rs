//! `http_request`: what a program asks of web servers, of which only some may be asked.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use gostd::glob::Glob;
use gostd::url::Url;
use goval::{Str, Value};
use wasmi::{Caller, Error};

use crate::call::Host;
use crate::words::refuse;

/// How often a request may be sent on.
const MAX_REDIRECTS: usize = 10;
/// Headers that are for the host alone that the program names.
const SECRETS: [&str; 4] = ["Authorization", "Cookie", "Cookie2", "Www-Authenticate"];

/// What is asked of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// In capital letters.
    pub method: String,
    /// The address.
    pub url: String,
    /// Names and values of headers.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Vec<u8>,
    /// How long it may take; `None` for as long as it takes.
    pub patience: Option<Duration>,
    /// How much of the answer is read, in bytes: one more than may be.
    pub limit: u64,
}

/// What a server answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP's status.
    pub status: u16,
    /// Names, in small letters, and values of headers.
    pub headers: BTreeMap<String, String>,
    /// What it says.
    pub body: Vec<u8>,
}

/// What speaks with servers.
pub trait Web: Debug + Send + Sync {
    /// Asks a server.
    ///
    /// # Errors
    /// There is no answer, in Go's words.
    fn send(&self, request: &Request) -> Result<Answer, String>;
}

/// Asks, and gives the offset of the answer.
pub(crate) fn request(caller: &mut Caller<'_, Host>, wanted: u64, body: u64) -> Result<u64, Error> {
    let host = caller.data_mut();
    host.answer = Answer::default();
    let mut request = read(host.kernel.block(wanted)).map_err(refuse)?;
    host.kernel.free(wanted);
    check(host, &request.url)?;
    if body != 0 {
        request.body = host.kernel.block(body).to_vec();
        host.kernel.free(body);
    }
    request.limit = host.limits.answer.saturating_add(1);
    let answer = send(host, request)?;
    if answer.body.len() as u64 > host.limits.answer {
        return Err(refuse("http: request body too large"));
    }
    let offset = host.kernel.put(&answer.body);
    host.answer = Answer {
        body: Vec::new(),
        ..answer
    };
    Ok(offset)
}

/// Whether a server may be asked.
fn check(host: &Host, url: &str) -> Result<Url, Error> {
    let parsed = Url::parse(url).map_err(|why| refuse(format!("invalid url: {why}")))?;
    let name = String::from_utf8_lossy(parsed.hostname()).into_owned();
    let fits = |pattern: &String| {
        *pattern == name || Glob::parse(pattern).is_some_and(|glob| glob.matches(&name))
    };
    match host.allowed_hosts.iter().any(fits) {
        true => Ok(parsed),
        false => Err(refuse(format!("HTTP request to '{url}' is not allowed"))),
    }
}

/// Asks a server, and whom it sends on to, as long as those may be asked too.
fn send(host: &Host, mut request: Request) -> Result<Answer, Error> {
    let first = request.url.clone();
    for _ in 0..=MAX_REDIRECTS {
        request.patience = host.time_left();
        let answer = host.web.send(&request).map_err(refuse)?;
        let keeps_method = matches!(answer.status, 307 | 308);
        let location = answer.headers.get("location");
        let Some(location) =
            location.filter(|_| keeps_method || matches!(answer.status, 301..=303))
        else {
            return Ok(answer);
        };
        let bad = |why: String| refuse(format!("invalid url: {why}"));
        let from = Url::parse(&request.url).map_err(bad)?;
        let to = from.resolve(&Url::parse(location).map_err(bad)?);
        if from.host != to.host {
            let is_secret = |name: &str| {
                SECRETS
                    .iter()
                    .any(|secret| secret.eq_ignore_ascii_case(name))
            };
            request.headers.retain(|(name, _)| !is_secret(name));
        }
        if !keeps_method && request.method != "HEAD" {
            request.method = "GET".to_owned();
            request.body.clear();
        }
        request.url = to.to_string();
        check(host, &request.url)?;
    }
    let method = title(&request.method);
    Err(refuse(format!(
        "{method} \"{first}\": stopped after {MAX_REDIRECTS} redirects"
    )))
}

/// `GET` as `Get`.
fn title(method: &str) -> String {
    let mut letters = method.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    first + &letters.as_str().to_lowercase()
}

/// The headers of the last answer, as JSON.
pub(crate) fn headers(host: &mut Host) -> Result<u64, Error> {
    let headers = host.answer.headers.iter();
    let headers =
        headers.map(|(name, value)| (Str::from(name.as_str()), Value::str(value.as_str())));
    let json = goval::json::encode(&Value::Map(headers.collect()));
    let json = json.map_err(|why| refuse(why.to_string()))?;
    Ok(host.kernel.put(json.as_bytes()))
}

fn read(json: &[u8]) -> Result<Request, String> {
    let invalid = |why: String| format!("invalid http request: {why}");
    let value = goval::json::decode_map(json).map_err(|why| invalid(why.to_string()))?;
    let field = |wanted: &str| {
        let mut keys = value.keys().into_iter();
        let key = keys.find(|key| key.as_bytes().eq_ignore_ascii_case(wanted.as_bytes()));
        key.and_then(|key| value.get(&key))
    };
    let text = |value: Option<Value>| match value {
        Some(Value::Str(text)) => text.to_str_lossy().into_owned(),
        _ => String::new(),
    };
    let method = text(field("method")).to_uppercase();
    let mut headers = Vec::new();
    if let Some(Value::Map(map)) = field("headers") {
        for key in map.keys() {
            let value = text(map.get(&key));
            headers.push((key.to_str_lossy().into_owned(), value));
        }
    }
    Ok(Request {
        method: if method.is_empty() {
            "GET".to_owned()
        } else {
            method
        },
        url: text(field("url")),
        headers,
        body: Vec::new(),
        patience: None,
        limit: 0,
    })
}
