//! Requests of others, which are neither ours in form nor in what they ask: those of plugins.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::time::Duration;

use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::http::Request;

use super::failure::Failed;
use super::tls::Tls;
use super::{Access, Http, agent, proxied};

/// What Go's client calls itself.
const USER_AGENT: &str = "Go-http-client/1.1";
/// How long a server is waited for where nobody says.
const PATIENCE: Duration = Duration::from_secs(600);

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// In capital letters.
    pub method: &'a str,
    /// The address.
    pub url: &'a str,
    /// Names and values of headers.
    pub headers: &'a [(String, String)],
    /// What is sent, by methods that send something.
    pub body: &'a [u8],
    /// How long the whole may take.
    pub patience: Option<Duration>,
    /// How many bytes of the answer are read.
    pub limit: u64,
}

/// What a server answers.
#[derive(Clone, Debug)]
pub struct Told {
    /// HTTP's status.
    pub status: u16,
    /// Names, in small letters, and values, those of one name with commas between them.
    pub headers: BTreeMap<String, String>,
    /// As much of the body as was wanted.
    pub body: Vec<u8>,
}

impl Http {
    /// Asks a server; whom it sends on to is not asked.
    ///
    /// # Errors
    /// There is no answer, in the words of Go's HTTP client.
    pub fn ask(&self, asked: &Asked<'_>) -> Result<Told, String> {
        let proxy = self.proxies.for_url(asked.url);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(USER_AGENT)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(asked.patience.unwrap_or(PATIENCE)))
            .proxy(proxy.map(|proxy| proxied(proxy, asked.url)).transpose()?);
        let agent = agent(config.build(), Tls::of(&Access::default())?);
        let mut request = Request::builder().method(asked.method).uri(asked.url);
        for (name, value) in asked.headers {
            request = request.header(name, value);
        }
        let failed = |failed: Failed| failed.describe(&title(asked.method), asked.url, proxy);
        let answer = match matches!(asked.method, "POST" | "PUT" | "PATCH") {
            true => request.body(asked.body).map(|sent| agent.run(sent)),
            false => request.body(()).map(|sent| agent.run(sent)),
        };
        let answer = answer.map_err(|error| error.to_string())?;
        let (head, body) = answer
            .map_err(|error| failed(Failed::Request(error)))?
            .into_parts();
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in &head.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            let all = headers.entry(name.as_str().to_owned()).or_default();
            if !all.is_empty() {
                all.push(',');
            }
            *all += &value;
        }
        let mut content = Vec::new();
        let mut reader = body.into_reader().take(asked.limit);
        reader
            .read_to_end(&mut content)
            .map_err(|error| failed(Failed::Body(ureq::Error::from(error))))?;
        Ok(Told {
            status: head.status.as_u16(),
            headers,
            body: content,
        })
    }
}

/// `GET` as `Get`.
fn title(method: &str) -> String {
    let mut letters = method.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    first + &letters.as_str().to_lowercase()
}
