//! Tokens: what a registry's token server gives for credentials, or for nothing.

use std::net::IpAddr;

use gostd::url::{Url, query_escape};
use goval::Shape;
use goval::StructShape;
use goval::strconv::quote;

use super::answer;
use super::client::Client;
use super::credential::Credential;
use crate::http::{OpenAnswer, Request, base64};

/// The most that is read of an answer with a token.
const MAX_ANSWER: u64 = 128 * 1024;
/// What Helm's library calls itself to token servers.
const CLIENT_ID: &str = "oras-go";

static TOKEN: StructShape = StructShape {
    go_type: "struct",
    fields: &[("token", Shape::Str), ("access_token", Shape::Str)],
};

/// Where tokens are, and for what.
pub(crate) struct Realm {
    pub(crate) address: String,
    pub(crate) service: String,
}

impl Realm {
    /// Whether credentials may be shown there: the address comes from the registry, which might be
    /// anybody.
    ///
    /// # Errors
    /// A scheme without protection where the registry has it, and addresses inside of a network that
    /// are not the registry's own.
    pub(crate) fn check(&self, registry: &Url) -> Result<(), String> {
        if self.address.is_empty() {
            return Ok(());
        }
        let shown = quote(&self.address);
        let realm = Url::parse(&self.address)
            .map_err(|why| format!("failed to parse bearer realm {shown}: {why}"))?;
        match &*realm.scheme {
            b"https" => {}
            b"http" if registry.scheme == b"https" => {
                return Err(format!(
                    "bearer realm {shown} uses http but registry was contacted over https"
                ));
            }
            b"http" => {}
            other => {
                let scheme = quote(other);
                return Err(format!(
                    "bearer realm {shown} uses unsupported scheme {scheme}"
                ));
            }
        }
        let host = String::from_utf8_lossy(realm.hostname()).into_owned();
        let is_inside = host.parse().is_ok_and(is_inside);
        if is_inside && realm.hostname() != registry.hostname() {
            let host = quote(&host);
            return Err(format!(
                "bearer realm host {host} is a loopback, link-local, private, or unspecified address"
            ));
        }
        Ok(())
    }
}

/// Whether an address is of this machine or of a network that is not public.
fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => {
            let is_link_local_multicast = ip.octets().starts_with(&[224, 0, 0]);
            ip.is_loopback()
                || ip.is_link_local()
                || ip.is_private()
                || ip.is_unspecified()
                || is_link_local_multicast
        }
        IpAddr::V6(ip) => {
            let is_link_local_multicast = ip.segments()[0] & 0xff0f == 0xff02;
            ip.is_loopback()
                || ip.is_unicast_link_local()
                || ip.is_unique_local()
                || ip.is_unspecified()
                || is_link_local_multicast
        }
    }
}

/// Asks for a token as the distribution specification has it; without credentials for anybody's.
///
/// # Errors
/// A server that gives none.
pub(crate) fn plain(
    client: &Client<'_>,
    realm: &Realm,
    scopes: &[String],
    credential: &Credential,
) -> Result<String, String> {
    let mut request = Request {
        method: "GET",
        url: with_query(realm, scopes)?,
        ..Request::default()
    };
    if !credential.username.is_empty() || !credential.password.is_empty() {
        let pair = format!("{}:{}", credential.username, credential.password);
        let proof = format!("Basic {}", base64(pair.as_bytes()));
        request.headers.push(("Authorization", proof));
    }
    read(client.send_as_is(&request)?, &["access_token", "token"])
}

/// Asks for a token as OAuth2 has it, with a token or a password.
///
/// # Errors
/// A server that gives none.
pub(crate) fn oauth(
    client: &Client<'_>,
    realm: &Realm,
    scopes: &[String],
    credential: &Credential,
) -> Result<String, String> {
    let mut form = vec![("client_id", CLIENT_ID.to_owned())];
    if !credential.refresh_token.is_empty() {
        form.push(("grant_type", "refresh_token".to_owned()));
        form.push(("refresh_token", credential.refresh_token.clone()));
    } else if !credential.username.is_empty() && !credential.password.is_empty() {
        form.push(("grant_type", "password".to_owned()));
        form.push(("password", credential.password.clone()));
        form.push(("username", credential.username.clone()));
    } else {
        return Err("missing username or password for bearer auth".to_owned());
    }
    if !scopes.is_empty() {
        form.push(("scope", scopes.join(" ")));
    }
    form.push(("service", realm.service.clone()));
    let form = encoded(&mut form);
    let kind = "application/x-www-form-urlencoded".to_owned();
    let request = Request {
        method: "POST",
        url: realm.address.clone(),
        headers: vec![("Content-Type", kind)],
        body: form.as_bytes(),
    };
    read(client.send_as_is(&request)?, &["access_token"])
}

fn read(answer: OpenAnswer, names: &[&str]) -> Result<String, String> {
    if answer.status != 200 {
        return Err(answer::error(answer));
    }
    let asked = answer.asked();
    let found = answer::decode(answer, MAX_ANSWER, &Shape::Struct(&TOKEN))?;
    let mut tokens = names.iter().map(|name| answer::text(&found, name));
    tokens
        .find(|token| !token.is_empty())
        .ok_or_else(|| format!("{asked}: empty token returned"))
}

/// The address with what is asked for, in the order of names.
fn with_query(realm: &Realm, scopes: &[String]) -> Result<String, String> {
    let mut url = Url::parse(&realm.address)?;
    let query = String::from_utf8_lossy(&url.query).into_owned();
    let mut fields: Vec<(&str, String)> = Vec::new();
    for scope in scopes {
        fields.push(("scope", scope.clone()));
    }
    if !realm.service.is_empty() {
        fields.push(("service", realm.service.clone()));
    }
    let asked = encoded(&mut fields);
    let before = query.split('&').filter(|field| {
        let name = field.split('=').next().unwrap_or_default();
        !field.is_empty() && (name != "service" || realm.service.is_empty())
    });
    let mut all: Vec<&str> = before
        .chain(asked.split('&'))
        .filter(|f| !f.is_empty())
        .collect();
    all.sort_by_key(|field| field.split('=').next().unwrap_or_default().to_owned());
    url.query = all.join("&").into_bytes();
    Ok(url.to_string())
}

/// Fields as a form has them, in the order of their names.
fn encoded(fields: &mut [(&str, String)]) -> String {
    fields.sort_by_key(|(name, _)| *name);
    let fields = fields.iter();
    let fields = fields.map(|(name, value)| format!("{name}={}", query_escape(value)));
    fields.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn realm(address: &str) -> Realm {
        Realm {
            address: address.to_owned(),
            service: "s 1".to_owned(),
        }
    }

    #[test]
    fn a_query_is_in_order() {
        let scopes = ["repository:b:pull".to_owned()];
        let found = with_query(&realm("https://a/t?z=1&account=x"), &scopes);
        let expected = "https://a/t?account=x&scope=repository%3Ab%3Apull&service=s+1&z=1";
        assert_eq!(found.as_deref(), Ok(expected));
    }

    // What oras-go 2.6.2 says of the same.
    #[test]
    fn credentials_are_not_shown_just_anywhere() {
        let check = |address: &str, registry: &str, expected: &str| {
            let found = realm(address).check(&Url::parse(registry).unwrap());
            assert_eq!(found.err().unwrap_or_default(), expected, "{address}");
        };
        check("https://auth.example/t", "https://r.example", "");
        check("http://127.0.0.1:1/t", "http://127.0.0.1:2", "");
        check(
            "http://auth.example/t",
            "https://r.example",
            "bearer realm \"http://auth.example/t\" uses http but registry was contacted over https",
        );
        check(
            "https://169.254.169.254/t",
            "https://r.example",
            "bearer realm host \"169.254.169.254\" is a loopback, link-local, private, or unspecified address",
        );
        check(
            "file:///etc/passwd",
            "https://r.example",
            "bearer realm \"file:///etc/passwd\" uses unsupported scheme \"file\"",
        );
    }
}
