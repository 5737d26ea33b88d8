//! HTTP as Helm's getter speaks it: one request, a body, errors in Go's words.

mod ask;
mod connect;
mod exchange;
mod failure;
mod tls;

use std::time::Duration;

use chart::{Event, Level};
use gonet::ProxyEnv;
use gostd::url::Url;
use ureq::config::{AutoHeaderValue, RedirectAuthHeaders};
use ureq::http::Response;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    ConnectProxyConnector, Connector as _, SocksConnector, TcpConnector,
};
use ureq::{Agent, Body, Proxy};

use crate::{Getters, Listener};
pub use ask::{Asked, Told};
use connect::TlsConnector;
pub(crate) use exchange::{Answer as OpenAnswer, Broken, Request, Wire, same_origin};
use failure::Failed;
use tls::Tls;

/// The most that a body may have, in bytes. The largest public indexes have a tenth of it.
const MAX_BODY: u64 = 512 * 1024 * 1024;
/// How long a schema may take to arrive.
const SCHEMA_PATIENCE: Duration = Duration::from_secs(15);
/// What a program that stands in for Helm calls itself.
const USER_AGENT: &str = "Helm/4.3";

/// How to speak with servers.
#[derive(Clone, Debug)]
pub struct Http {
    /// The proxies of the environment.
    pub proxies: ProxyEnv,
    /// How long a whole exchange may take.
    pub timeout: Duration,
    /// What downloads by other schemes.
    pub getters: Getters,
}

/// The proof of who asks, and whom it may be shown to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The address that the credentials are for: only its scheme and host get them.
    pub url: String,
    /// Name of the user; empty if nobody is named.
    pub username: String,
    /// The user's password.
    pub password: String,
    /// Whether every host gets the credentials.
    pub pass_credentials: bool,
    /// File with the client's certificate; empty for none.
    pub cert_file: String,
    /// File with the client's key; empty for none.
    pub key_file: String,
    /// File with the only authorities to trust; empty for the system's.
    pub ca_file: String,
    /// Whether the server's certificate is not checked.
    pub insecure: bool,
    /// Whether registries are spoken to without TLS.
    pub plain_http: bool,
}

impl Default for Http {
    /// No proxies, and Helm's patience.
    fn default() -> Self {
        Http {
            proxies: ProxyEnv::default(),
            timeout: Duration::from_secs(120),
            getters: Getters::default(),
        }
    }
}

impl Http {
    /// What a server answers to a GET (Helm's `HTTPGetter.Get`).
    ///
    /// # Errors
    /// A scheme that is neither `http` nor `https`, a broken connection, and any status but 200.
    pub fn get(
        &self,
        url: &str,
        access: &Access,
        accept: &str,
        listener: &dyn Listener,
    ) -> Result<Vec<u8>, String> {
        if let Some(getter) = self.getters.find(&Url::parse(url)?.scheme) {
            return getter.get(url, access, accept);
        }
        listener.log(Event::new(Level::Debug, "fetching").with("url", url));
        match self.fetch(url, access, accept)? {
            Answer::Content(content) => Ok(content),
            Answer::Status(code, reason) => {
                let status = format!("{code} {reason}");
                Err(format!("failed to fetch {url} : {}", status.trim_end()))
            }
        }
    }

    /// A schema that values are checked against (Helm's `HTTPURLLoader`).
    ///
    /// # Errors
    /// As [`Http::get`], in other words.
    pub fn get_schema(&self, url: &str) -> Result<Vec<u8>, String> {
        let http = Http {
            timeout: SCHEMA_PATIENCE,
            ..self.clone()
        };
        match http.fetch(url, &Access::default(), "") {
            Ok(Answer::Content(content)) => Ok(content),
            Ok(Answer::Status(code, reason)) => Err(format!(
                "HTTP request to {url} returned status {code} ({reason})"
            )),
            Err(why) => Err(format!("HTTP request failed for {url}: {why}")),
        }
    }

    fn fetch(&self, url: &str, access: &Access, accept: &str) -> Result<Answer, String> {
        let parsed = Url::parse(url)?;
        let agent = self.agent(url, access)?;
        // The library would send what is in a URL as it is written there, with its escapes.
        let mut request = match parsed.user {
            None => agent.get(url.to_owned()),
            Some(_) => agent.get(parsed.without_user().to_string()),
        };
        if !accept.is_empty() {
            request = request.header("Accept", accept);
        }
        if access.is_for(&parsed)? && !access.username.is_empty() && !access.password.is_empty() {
            request = request.header("Authorization", access.basic());
        } else if let Some(user) = &parsed.user {
            let password = user.password.as_deref().unwrap_or_default();
            request = request.header("Authorization", basic(&user.name, password));
        }
        let failed = |failed: Failed| failed.describe("Get", url, self.proxies.for_url(url));
        let response = request
            .call()
            .map_err(|error| failed(Failed::Request(error)))?;
        let status = response.status();
        if status != 200 {
            let reason = status.canonical_reason().unwrap_or_default();
            return Ok(Answer::Status(status.as_u16(), reason));
        }
        let content = body(response).map_err(|error| failed(Failed::Body(error)))?;
        Ok(Answer::Content(content))
    }

    fn agent(&self, url: &str, access: &Access) -> Result<Agent, String> {
        let proxy = self.proxies.for_url(url);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(USER_AGENT)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .redirect_auth_headers(RedirectAuthHeaders::SameHost)
            .timeout_global(Some(self.timeout))
            .proxy(proxy.map(|proxy| proxied(proxy, url)).transpose()?);
        Ok(agent(config.build(), Tls::of(access)?))
    }
}

fn proxied(proxy: &str, url: &str) -> Result<Proxy, String> {
    Proxy::new(proxy).map_err(|error| format!("Get \"{url}\": proxyconnect tcp: {error}"))
}

fn agent(config: ureq::config::Config, tls: Tls) -> Agent {
    let connector =
        ().chain(SocksConnector::default())
            .chain(ConnectProxyConnector::default())
            .chain(TcpConnector::default())
            .chain(TlsConnector::new(tls));
    Agent::with_parts(config, connector, DefaultResolver::default())
}

/// What a server says.
enum Answer {
    Content(Vec<u8>),
    /// Any status but 200, and its name.
    Status(u16, &'static str),
}

fn body(response: Response<Body>) -> Result<Vec<u8>, ureq::Error> {
    response
        .into_body()
        .into_with_config()
        .limit(MAX_BODY)
        .read_to_vec()
}

impl Access {
    /// Whether a request to this address may show the credentials.
    fn is_for(&self, url: &Url) -> Result<bool, String> {
        let own = Url::parse(&self.url)
            .map_err(|error| format!("unable to parse getter URL: {error}"))?;
        Ok(self.pass_credentials || (own.scheme == url.scheme && own.host == url.host))
    }

    fn basic(&self) -> String {
        basic(self.username.as_bytes(), self.password.as_bytes())
    }

    /// Whether the files that it names can be used.
    ///
    /// # Errors
    /// They cannot.
    pub fn check(&self) -> Result<(), String> {
        Tls::of(self).map(drop)
    }

    /// Whether TLS is not to be as it usually is.
    pub(crate) fn has_tls(&self) -> bool {
        let has_pair = !self.cert_file.is_empty() && !self.key_file.is_empty();
        has_pair || !self.ca_file.is_empty() || self.insecure
    }
}

/// Base64 in the standard alphabet, padded.
/// The header of a name and a password.
fn basic(name: &[u8], password: &[u8]) -> String {
    format!("Basic {}", base64(&[name, b":", password].concat()))
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
