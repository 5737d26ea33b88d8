//! Exchanges with a server that need more than a body: any method, headers, redirects that take no
//! credentials elsewhere.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Mutex;
use std::time::Duration;

use gonet::ProxyEnv;
use gostd::url::Url;
use goval::strconv::quote;
use ureq::config::AutoHeaderValue;
use ureq::http::{HeaderMap, Request as Sent};
use ureq::{Agent, Body, Timeout};

use super::failure::Failed;
use super::tls::Tls;
use super::{Access, Http, USER_AGENT, agent, proxied};

/// How often a request may be sent on.
const MAX_REDIRECTS: usize = 10;
/// How long a connection may take to come about.
const DIAL_PATIENCE: Duration = Duration::from_secs(30);

/// Connections to servers that are kept for the next request.
#[derive(Debug)]
pub(crate) struct Wire {
    proxies: ProxyEnv,
    tls: Tls,
    /// How long a server may be silent.
    patience: Duration,
    /// By the proxy that they go through.
    agents: Mutex<BTreeMap<String, Agent>>,
}

/// What is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request<'a> {
    /// In capital letters.
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: &'a [u8],
}

/// What a server says, with a body that is still to be read.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// How it was asked for in the end.
    pub(crate) method: &'static str,
    /// The address that answered in the end.
    pub(crate) url: Url,
    body: Body,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    /// In Go's words.
    pub(crate) text: String,
    /// Whether it only took too long to get through.
    pub(crate) was_late: bool,
}

impl Wire {
    /// No connections yet.
    ///
    /// # Errors
    /// Files with certificates that cannot be used.
    pub(crate) fn new(http: &Http, access: &Access) -> Result<Wire, String> {
        Ok(Wire {
            proxies: http.proxies.clone(),
            tls: Tls::of(access)?,
            patience: http.timeout,
            agents: Mutex::default(),
        })
    }

    /// Asks a server, and whom it sends on to. `again` says whether to ask once more, after each
    /// answer, and waits if need be.
    ///
    /// # Errors
    /// Where there is no answer.
    pub(crate) fn send(
        &self,
        request: &Request<'_>,
        again: &dyn Fn(u32, &Result<Answer, Broken>) -> bool,
    ) -> Result<Answer, Broken> {
        let mut request = request.clone();
        for _ in 0..=MAX_REDIRECTS {
            let mut turn = 0;
            let answer = loop {
                let answer = self.exchange(&request);
                if !again(turn, &answer) {
                    break answer?;
                }
                turn += 1;
            };
            match sent_on(&request, &answer).map_err(broken)? {
                Some(next) => request = next,
                None => return Ok(answer),
            }
        }
        let method = title(request.method);
        let url = request.url;
        Err(broken(format!(
            "{method} \"{url}\": stopped after {MAX_REDIRECTS} redirects"
        )))
    }

    fn exchange(&self, request: &Request<'_>) -> Result<Answer, Broken> {
        let url = Url::parse(&request.url).map_err(broken)?;
        let agent = self.agent(&request.url).map_err(broken)?;
        let mut sent = Sent::builder().method(request.method).uri(&request.url);
        for (name, value) in &request.headers {
            sent = sent.header(*name, value);
        }
        let has_body = matches!(request.method, "POST" | "PUT" | "PATCH");
        let answer = match has_body {
            true => sent.body(request.body).map(|sent| agent.run(sent)),
            false => sent.body(()).map(|sent| agent.run(sent)),
        };
        let answer = answer.map_err(|error| broken(error.to_string()))?;
        let answer = answer.map_err(|error| Broken {
            was_late: matches!(
                error,
                ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve)
            ),
            text: self.describe(error, request),
        })?;
        let (head, body) = answer.into_parts();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            method: request.method,
            url,
            body,
        })
    }

    fn describe(&self, error: ureq::Error, request: &Request<'_>) -> String {
        let (method, url) = (title(request.method), &request.url);
        if matches!(error, ureq::Error::Timeout(_)) {
            let seconds = self.patience.as_secs_f32();
            return format!("{method} \"{url}\": the server was silent for {seconds} s");
        }
        Failed::Request(error).describe(&method, url, self.proxies.for_url(url))
    }

    /// What sends to an address; redirects are followed here, not there.
    fn agent(&self, url: &str) -> Result<Agent, String> {
        let proxy = self.proxies.for_url(url);
        let mut agents = self
            .agents
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(agent) = agents.get(proxy.unwrap_or_default()) {
            return Ok(agent.clone());
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(USER_AGENT)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(DIAL_PATIENCE.min(self.patience)))
            .timeout_recv_response(Some(self.patience))
            .timeout_per_read(Some(self.patience))
            .timeout_per_write(Some(self.patience))
            .proxy(proxy.map(|proxy| proxied(proxy, url)).transpose()?);
        let new = agent(config.build(), self.tls.clone());
        agents.insert(proxy.unwrap_or_default().to_owned(), new.clone());
        Ok(new)
    }
}

/// The next request where an answer is a redirect.
fn sent_on<'a>(request: &Request<'a>, answer: &Answer) -> Result<Option<Request<'a>>, String> {
    let keeps_method = matches!(answer.status, 307 | 308);
    if !matches!(answer.status, 301..=303) && !keeps_method {
        return Ok(None);
    }
    // Without a place to go to, the answer is as it is.
    let location = answer.header("location");
    if location.is_empty() {
        return Ok(None);
    }
    let target = answer.url.resolve(&Url::parse(location)?);
    let mut next = request.clone();
    if !keeps_method && request.method != "HEAD" {
        next.method = "GET";
        next.body = &[];
        next.headers.retain(|(name, _)| *name != "Content-Type");
    }
    if !same_origin(&answer.url, &target) {
        // A form may hold a password or a token. What is uploaded with PUT holds neither.
        if next.method == "POST" && !next.body.is_empty() {
            let (from, to) = (&answer.url, target.to_string());
            return Err(format!(
                "{from} sends a form on to {}, which is another server",
                quote(to)
            ));
        }
        next.headers.retain(|(name, _)| *name != "Authorization");
    }
    next.url = target.to_string();
    Ok(Some(next))
}

/// Whether two addresses are of one scheme, host and port: credentials are for no other.
pub(crate) fn same_origin(a: &Url, b: &Url) -> bool {
    let origin = |url: &Url| {
        let port = url.port().or(match &*url.scheme {
            b"https" => Some(443),
            b"http" => Some(80),
            _ => None,
        });
        (
            url.scheme.to_ascii_lowercase(),
            url.hostname().to_ascii_lowercase(),
            port,
        )
    };
    origin(a) == origin(b)
}

impl Answer {
    /// A header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// How long the body is, if the server says so.
    pub(crate) fn length(&self) -> Option<u64> {
        self.header("content-length").parse().ok()
    }

    /// `GET "https://…"`, as errors name what was asked.
    pub(crate) fn asked(&self) -> String {
        format!("{} \"{}\"", self.method, self.url)
    }

    /// The body up to a length, and what broke after that.
    pub(crate) fn read(self, limit: u64) -> (Vec<u8>, Option<String>) {
        let mut content = Vec::new();
        let mut reader = self.body.into_reader().take(limit);
        match reader.read_to_end(&mut content) {
            Ok(_) => (content, None),
            Err(error) => {
                let text = Failed::Body(ureq::Error::from(error)).describe("", "", None);
                (content, Some(text))
            }
        }
    }
}

fn broken(text: String) -> Broken {
    Broken {
        text,
        was_late: false,
    }
}

/// `GET` as `Get`.
fn title(method: &str) -> String {
    let (first, rest) = method.split_at(1);
    first.to_owned() + &rest.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let check = |a: &str, b: &str, expected: bool| {
            let parse = |text: &str| Url::parse(text).unwrap();
            assert_eq!(same_origin(&parse(a), &parse(b)), expected, "{a} {b}");
        };
        check("https://A.example/x", "https://a.example:443/y", true);
        check("http://a.example", "http://a.example:80", true);
        check("http://a.example", "https://a.example", false);
        check("http://a.example:5000", "http://a.example:5001", false);
        check("http://a.example", "http://b.example", false);
    }
}
