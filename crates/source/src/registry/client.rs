//! Requests to a registry: with the proof that it asks for, and again where it was only busy.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use chart::{Event, Level};
use gostd::url::Url;

use super::challenge::{Challenge, clean};
use super::credential::{Credential, Keys};
use super::token::{self, Realm};
use crate::http::{Broken, OpenAnswer, Request, Wire, base64, same_origin};
use crate::{Access, Http, Listener};

/// How often a request is repeated.
const MAX_RETRIES: u32 = 5;
/// How long to wait before that: longer each time, within limits.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const SHORTEST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// What speaks with registries.
pub(crate) struct Client<'a> {
    wire: Wire,
    keys: &'a Keys,
    /// The user's own word, which counts for every registry.
    given: Option<Credential>,
    pub(crate) plain_http: bool,
    /// Whether an answer that says "later" is followed.
    retries: bool,
    /// Whether tokens are asked for as OAuth2 has it, even with a password.
    pub(crate) prefers_oauth: AtomicBool,
    proofs: Mutex<Proofs>,
    listener: &'a dyn Listener,
}

/// What worked before, by host: the whole header, for some scopes.
type Proofs = BTreeMap<String, BTreeMap<String, String>>;

/// The key for passwords, which are for any scope.
const ANY_SCOPE: &str = "*";

impl<'a> Client<'a> {
    /// # Errors
    /// Files with certificates that cannot be used.
    pub(crate) fn new(
        http: &Http,
        keys: &'a Keys,
        access: &Access,
        listener: &'a dyn Listener,
    ) -> Result<Client<'a>, String> {
        let is_given = !access.username.is_empty() && !access.password.is_empty();
        let given = is_given.then(|| Credential {
            username: access.username.clone(),
            password: access.password.clone(),
            ..Credential::default()
        });
        // Helm's client with TLS of its own neither retries nor knows of plain HTTP.
        let has_tls = access.has_tls();
        Ok(Client {
            wire: Wire::new(http, access)?,
            keys,
            given,
            plain_http: access.plain_http && !has_tls,
            retries: !has_tls,
            prefers_oauth: AtomicBool::new(false),
            proofs: Mutex::default(),
            listener,
        })
    }

    /// A client that proves to every registry to be someone, and speaks as it is told to: for
    /// `registry login`.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub(crate) fn for_login(
        http: &Http,
        keys: &'a Keys,
        access: &Access,
        listener: &'a dyn Listener,
    ) -> Result<Client<'a>, String> {
        let given = Credential {
            username: access.username.clone(),
            password: access.password.clone(),
            ..Credential::default()
        };
        Ok(Client {
            given: Some(given),
            plain_http: access.plain_http,
            retries: true,
            ..Client::new(http, keys, access, listener)?
        })
    }

    /// Asks a registry. If it wants a proof, the request is repeated with one.
    ///
    /// # Errors
    /// Where there is no answer, or no proof.
    pub(crate) fn send(
        &self,
        request: &Request<'_>,
        scopes: &[String],
    ) -> Result<OpenAnswer, String> {
        let url = Url::parse(&request.url)?;
        let server = String::from_utf8_lossy(&url.host).into_owned();
        let scopes = clean(scopes);
        let first = self.known(&server, &scopes);
        let answer = self.try_with(request, first.as_deref())?;
        if answer.status != 401 || !same_origin(&url, &answer.url) {
            return Ok(answer);
        }
        let failed = |why: String| format!("{}: {why}", answer.asked());
        match Challenge::parse(answer.header("www-authenticate")) {
            Challenge::Unknown => Ok(answer),
            Challenge::Basic => {
                let proof = self.basic(&server).map_err(failed)?;
                self.keep(&server, ANY_SCOPE, &proof);
                self.try_with(request, Some(&proof))
            }
            Challenge::Bearer {
                realm,
                service,
                scope,
            } => {
                let more = scope.split(' ').map(str::to_owned);
                let wanted = clean(&scopes.iter().cloned().chain(more).collect::<Vec<_>>());
                let known = self.known(&server, &wanted);
                if let Some(proof) = known.filter(|proof| first.as_ref() != Some(proof)) {
                    let answer = self.try_with(request, Some(&proof))?;
                    if answer.status != 401 {
                        return Ok(answer);
                    }
                }
                let realm = Realm {
                    address: realm,
                    service,
                };
                let proof = self
                    .bearer(&server, &realm, &wanted, &url)
                    .map_err(failed)?;
                self.keep(&server, &wanted.join(" "), &proof);
                self.try_with(request, Some(&proof))
            }
        }
    }

    /// Asks without any proof but the one that the request has.
    ///
    /// # Errors
    /// Where there is no answer.
    pub(crate) fn send_as_is(&self, request: &Request<'_>) -> Result<OpenAnswer, String> {
        let again = |turn: u32, answer: &Result<OpenAnswer, Broken>| {
            self.tell(request, answer);
            let wait = self.wait(turn, answer);
            wait.inspect(|wait| sleep(*wait)).is_some()
        };
        let answer = self.wire.send(request, &again);
        answer.map_err(|broken| broken.text)
    }

    /// The name of the user and the password that are for a registry; empty if there are none.
    ///
    /// # Errors
    /// A store of credentials that fails.
    pub(crate) fn credential(&self, server: &str) -> Result<Credential, String> {
        match &self.given {
            Some(given) => Ok(given.clone()),
            None => self.keys.get(server),
        }
    }

    fn try_with(&self, request: &Request<'_>, proof: Option<&str>) -> Result<OpenAnswer, String> {
        let mut request = request.clone();
        if let Some(proof) = proof {
            request.headers.push(("Authorization", proof.to_owned()));
        }
        self.send_as_is(&request)
    }

    fn basic(&self, server: &str) -> Result<String, String> {
        let found = self
            .credential(server)
            .map_err(|why| format!("failed to resolve credential: {why}"))?;
        if found == Credential::default() {
            return Err("basic credential not found".to_owned());
        }
        if found.username.is_empty() || found.password.is_empty() {
            return Err("missing username or password for basic auth".to_owned());
        }
        let pair = format!("{}:{}", found.username, found.password);
        Ok(format!("Basic {}", base64(pair.as_bytes())))
    }

    fn bearer(
        &self,
        server: &str,
        realm: &Realm,
        scopes: &[String],
        registry: &Url,
    ) -> Result<String, String> {
        realm.check(registry)?;
        let found = self.credential(server)?;
        let token = if !found.access_token.is_empty() {
            found.access_token
        } else {
            let prefers_oauth = self.prefers_oauth.load(Ordering::Relaxed);
            let is_plain =
                found == Credential::default() || found.refresh_token.is_empty() && !prefers_oauth;
            match is_plain {
                true => token::plain(self, realm, scopes, &found)?,
                false => token::oauth(self, realm, scopes, &found)?,
            }
        };
        Ok(format!("Bearer {token}"))
    }

    fn known(&self, server: &str, scopes: &[String]) -> Option<String> {
        let proofs = lock(&self.proofs);
        let proofs = proofs.get(server)?;
        let proof = proofs
            .get(ANY_SCOPE)
            .or_else(|| proofs.get(&scopes.join(" ")));
        proof.cloned()
    }

    fn keep(&self, server: &str, scopes: &str, proof: &str) {
        let mut proofs = lock(&self.proofs);
        let proofs = proofs.entry(server.to_owned()).or_default();
        proofs.insert(scopes.to_owned(), proof.to_owned());
    }

    /// How long to wait before the request is repeated; nothing if it is not.
    fn wait(&self, turn: u32, answer: &Result<OpenAnswer, Broken>) -> Option<Duration> {
        let (is_busy, asked) = match answer {
            Err(broken) => (broken.was_late, None),
            Ok(answer) => {
                let after = answer.header("retry-after").parse::<u64>();
                let asked = after
                    .ok()
                    .filter(|after| answer.status == 429 && *after > 0);
                (matches!(answer.status, 408 | 429 | 500..), asked)
            }
        };
        if !self.retries || !is_busy || turn >= MAX_RETRIES {
            return None;
        }
        let wait = match asked {
            Some(seconds) => Duration::from_secs(seconds),
            None => jittered(FIRST_WAIT.saturating_mul(1 << turn)),
        };
        Some(wait.clamp(SHORTEST_WAIT, LONGEST_WAIT))
    }

    fn tell(&self, request: &Request<'_>, answer: &Result<OpenAnswer, Broken>) {
        let event = Event::new(Level::Debug, request.method).with("url", &request.url);
        self.listener.log(match answer {
            Ok(answer) => event.with("status", answer.status.to_string()),
            Err(broken) => event.with("error", &broken.text),
        });
    }
}

/// A tenth more or less, so that clients that were sent away together do not come back together.
fn jittered(wait: Duration) -> Duration {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let share = now.map_or(500, |now| now.subsec_nanos() % 1000);
    wait.mul_f64(0.9 + 0.2 * f64::from(share) / 1000.0)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
