//! A token server, and a gate in front of a real registry that wants its tokens: for some actions in one
//! repository, for anybody or for those who have a password, some good for a few requests only.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::http::{Answer, Request, forward, serve};

/// Who may do everything.
pub(super) const USER: &str = "me";
pub(super) const PASSWORD: &str = "secret";
/// A token that is as good as the password.
const IDENTITY: &str = "identity";
/// What nobody has to say a name for.
const PUBLIC: &str = "public/";
/// Tokens for what begins so are good for that many requests.
const SHORT: &str = "short/";
const SHORT_LIFE: usize = 2;

/// Serves at a port, in front of the registry at another.
pub(super) fn open(listener: TcpListener, port: u16, registry: u16) {
    let tokens: Mutex<BTreeMap<String, Token>> = Mutex::default();
    serve(listener, move |request| {
        let mut tokens = tokens.lock().unwrap_or_else(|lock| lock.into_inner());
        match request.target.starts_with("/token") {
            true => give(&mut tokens, request),
            false => pass(&mut tokens, request, port, registry),
        }
    });
}

struct Token {
    scopes: Vec<String>,
    left: usize,
}

fn give(tokens: &mut BTreeMap<String, Token>, request: &Request) -> Answer {
    let query = request
        .target
        .split_once('?')
        .map_or("", |(_, query)| query);
    let form = match request.method.as_str() {
        "POST" => String::from_utf8_lossy(&request.body).into_owned(),
        _ => query.to_owned(),
    };
    let fields: Vec<(String, String)> = form.split('&').filter_map(field).collect();
    let get = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let pair = format!("{USER}:{PASSWORD}");
    let is_known = match (request.method.as_str(), request.header("authorization")) {
        ("POST", _) => {
            get("refresh_token") == IDENTITY
                || (get("username"), get("password")) == (USER, PASSWORD)
        }
        (_, "") => false,
        (_, proof) => proof == format!("Basic {}", STANDARD.encode(pair)),
    };
    let is_anonymous = request.method == "GET" && request.header("authorization").is_empty();
    if !is_known && !is_anonymous {
        return error(401, "UNAUTHORIZED", "who are you");
    }
    let asked = fields.iter().filter(|(key, _)| key == "scope");
    let scopes = asked
        .flat_map(|(_, value)| value.split(' '))
        .map(str::to_owned);
    let mut scopes: Vec<String> = scopes.collect();
    if is_anonymous {
        let public = format!("repository:{PUBLIC}");
        scopes.retain(|scope| scope.starts_with(&public) && scope.ends_with(":pull"));
    }
    let is_short = scopes.iter().any(|scope| scope.contains(SHORT));
    let left = if is_short { SHORT_LIFE } else { usize::MAX };
    let name = format!("token-{}", tokens.len());
    let text = format!("{{\"token\":\"{name}\",\"access_token\":\"{name}\",\"expires_in\":60}}");
    tokens.insert(name, Token { scopes, left });
    Answer::new(200, "application/json", text)
}

fn pass(
    tokens: &mut BTreeMap<String, Token>,
    request: &Request,
    port: u16,
    registry: u16,
) -> Answer {
    let (repository, action) = wanted(request);
    let proof = request.header("authorization");
    let token = tokens.get_mut(proof.strip_prefix("Bearer ").unwrap_or_default());
    let is_good = token.is_some_and(|token| {
        let is_left = token.left > 0;
        token.left = token.left.saturating_sub(1);
        is_left
            && (repository.is_empty()
                || token.scopes.iter().any(|s| allows(s, &repository, action)))
    });
    if is_good {
        let forwarded = forward(registry, request);
        return forwarded.unwrap_or_else(|why| error(502, "UNKNOWN", &why.to_string()));
    }
    let scope = match (repository.as_str(), action) {
        ("", _) => String::new(),
        (repository, "pull") => format!(",scope=\"repository:{repository}:pull\""),
        (repository, _) => format!(",scope=\"repository:{repository}:pull,push\""),
    };
    let realm = format!("Bearer realm=\"http://127.0.0.1:{port}/token\",service=\"gate\"{scope}");
    error(401, "UNAUTHORIZED", "authentication required").with("WWW-Authenticate", &realm)
}

/// The repository of a request, and what is done there.
fn wanted(request: &Request) -> (String, &'static str) {
    let path = request.target.trim_start_matches("/v2/");
    let ends = ["/manifests/", "/blobs/", "/tags/"];
    let end = ends.iter().find_map(|end| path.find(end)).unwrap_or(0);
    let action = match request.method.as_str() {
        "GET" | "HEAD" => "pull",
        _ => "push",
    };
    (path[..end].to_owned(), action)
}

fn allows(scope: &str, repository: &str, action: &str) -> bool {
    let Some((of, actions)) = scope.rsplit_once(':') else {
        return false;
    };
    of == format!("repository:{repository}") && actions.split(',').any(|one| one == action)
}

/// An error as registries tell it.
pub(super) fn error(status: u16, code: &str, message: &str) -> Answer {
    let text = format!("{{\"errors\":[{{\"code\":\"{code}\",\"message\":\"{message}\"}}]}}");
    Answer::new(status, "application/json", text)
}

fn field(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.to_owned(), unescaped(value)))
}

fn unescaped(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = [bytes.next().unwrap_or(b'0'), bytes.next().unwrap_or(b'0')];
                let digits = String::from_utf8_lossy(&digits).into_owned();
                out.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
