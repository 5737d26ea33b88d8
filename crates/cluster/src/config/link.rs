//! The HTTP client behind a cluster, made when it is first needed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use goval::strconv::quote;
use http::Uri;
use kube::config::AuthInfo;
use parking_lot::Mutex;

use super::exec::{Credential, Plugin};
use super::resolve::{self, Access};
use super::{Settings, config, https};
use crate::Error;
use crate::client::Endpoint;

/// How long a token that was read from a file is used before the file is read again.
const TOKEN_AGE: Duration = Duration::from_secs(60);

/// How to reach a cluster: by settings, which are looked at when the first request is made, or by a
/// client that is given.
pub(crate) struct Link {
    settings: Option<Settings>,
    opened: tokio::sync::OnceCell<Result<Opened, Error>>,
}

/// A link that is in use.
pub(crate) struct Opened {
    pub(crate) endpoint: Endpoint,
    access: Option<Access>,
    plugin: Option<Plugin>,
    client: Mutex<Option<Made>>,
    token: Mutex<(String, Instant)>,
}

/// A client, and the certificate of a plugin that it was made with.
struct Made {
    client: kube::Client,
    identity: Option<Identity>,
}

/// Certificate and key, as PEM.
pub(super) type Identity = (String, String);

/// What one request goes out with.
pub(crate) struct Ticket {
    pub(crate) client: kube::Client,
    pub(crate) token: Option<String>,
    credential: Option<Arc<Credential>>,
}

impl Link {
    /// A link by settings.
    pub(crate) fn new(settings: Settings) -> Link {
        Link {
            settings: Some(settings),
            opened: tokio::sync::OnceCell::new(),
        }
    }

    /// A link by a client; requests carry no host.
    pub(crate) fn given(client: kube::Client) -> Link {
        let opened = Opened {
            endpoint: Endpoint::default(),
            access: None,
            plugin: None,
            client: Mutex::new(Some(Made {
                client,
                identity: None,
            })),
            token: Mutex::new((String::new(), Instant::now())),
        };
        Link {
            settings: None,
            opened: tokio::sync::OnceCell::new_with(Some(Ok(opened))),
        }
    }

    /// The link, opened if it is not yet.
    pub(crate) async fn open(&self) -> Result<&Opened, Error> {
        let opened = self.opened.get_or_init(async || {
            let settings = self.settings.clone().unwrap_or_default();
            Opened::new(resolve::access(&settings)?)
        });
        opened.await.as_ref().map_err(Clone::clone)
    }
}

impl Opened {
    fn new(access: Access) -> Result<Opened, Error> {
        let endpoint = Endpoint {
            base: access.base.clone(),
            proxy: access.proxy.clone(),
        };
        let plugin = access.exec.clone().map(|exec| Plugin::new(exec, &access));
        Ok(Opened {
            endpoint,
            plugin,
            client: Mutex::new(None),
            token: Mutex::new((access.token.clone(), Instant::now())),
            access: Some(access),
        })
    }

    /// Client and token for the next request. The error of a plugin is what Go prints after the URL.
    pub(crate) async fn ticket(&self) -> Result<Ticket, TicketError> {
        let credential =
            match &self.plugin {
                Some(plugin) => Some(plugin.credential().await.map_err(|why| {
                    TicketError::Credentials(format!("getting credentials: {why}"))
                })?),
                None => None,
            };
        let identity = credential.as_ref().and_then(|c| c.identity.clone());
        let client = self.client(identity).map_err(TicketError::Config)?;
        let own = self.own_token();
        let token = match &credential {
            Some(credential) if own.is_empty() => credential.token.clone(),
            _ => own,
        };
        Ok(Ticket {
            client,
            token: (!token.is_empty()).then_some(token),
            credential,
        })
    }

    /// Tells that the server did not accept what a request went out with.
    pub(crate) async fn refused(&self, ticket: &Ticket) {
        if let (Some(plugin), Some(credential)) = (&self.plugin, &ticket.credential) {
            plugin.refuse(credential).await;
        }
    }

    /// The token that flags, kubeconfig or a file give.
    fn own_token(&self) -> String {
        let mut token = self.token.lock();
        if let Some(access) = &self.access
            && !access.token_file.is_empty()
            && token.1.elapsed() > TOKEN_AGE
        {
            // A file that is gone leaves the token that was in it.
            if let Ok(fresh) = std::fs::read_to_string(&access.token_file) {
                token.0 = fresh.trim().to_owned();
            }
            token.1 = Instant::now();
        }
        token.0.clone()
    }

    /// The client; made anew when the plugin gives another certificate.
    fn client(&self, identity: Option<Identity>) -> Result<kube::Client, Error> {
        let mut kept = self.client.lock();
        if let Some(made) = &*kept
            && (made.identity == identity || self.access.is_none())
        {
            return Ok(made.client.clone());
        }
        let Some(access) = &self.access else {
            return Err(config("no access to the cluster"));
        };
        let client = make(access, identity.as_ref())?;
        *kept = Some(Made {
            client: client.clone(),
            identity,
        });
        Ok(client)
    }
}

/// Why a request cannot be sent.
pub(crate) enum TicketError {
    Credentials(String),
    Config(Error),
}

/// A client for an access; `identity` is a certificate and key in the place of its own.
fn make(access: &Access, identity: Option<&Identity>) -> Result<kube::Client, Error> {
    let url: Uri = access
        .base
        .parse()
        .map_err(|e| config(format!("parse {}: {e}", quote(&access.base))))?;
    let mut kube = kube::Config::new(url);
    kube.auth_info = auth(access);
    https::client(access, identity, &kube)
}

/// What requests say of the user, beside certificates and tokens.
fn auth(access: &Access) -> AuthInfo {
    let mut auth = AuthInfo::default();
    if !access.username.is_empty() {
        auth.username = Some(access.username.clone());
        auth.password = Some(access.password.clone().into());
    }
    let who = &access.impersonate;
    if !who.as_user.is_empty() {
        auth.impersonate = Some(who.as_user.clone());
        auth.impersonate_uid = (!who.as_uid.is_empty()).then(|| who.as_uid.clone());
        auth.impersonate_groups = (!who.as_groups.is_empty()).then(|| who.as_groups.clone());
        let extra = who.as_extra.clone().into_iter().collect();
        auth.impersonate_user_extra = (!who.as_extra.is_empty()).then_some(extra);
    }
    auth
}
