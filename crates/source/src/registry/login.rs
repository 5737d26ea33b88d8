//! Logging in to a registry and out of it.

use std::sync::atomic::Ordering;

use chart::Event;
use goval::strconv::quote;

use super::answer;
use super::client::Client;
use super::credential::{Credential, Keys};
use super::reference::{base_url, check_registry};
use crate::http::Request;
use crate::{Access, Http, Listener};

/// Shows a name and a password to a registry, and keeps them if it takes them.
///
/// # Errors
/// A registry that does not take them, and what cannot be kept.
pub fn login(
    host: &str,
    access: &Access,
    http: &Http,
    keys: &Keys,
    listener: &dyn Listener,
) -> Result<(), String> {
    let client = Client::for_login(http, keys, access, listener)?;
    if let Some((suggested, _)) = host.split_once('/') {
        let text =
            "registry login currently only supports registry hostname, not a repository path";
        listener.log(
            Event::warn(text)
                .with("host", host)
                .with("suggested", suggested),
        );
    }
    check_registry(host)?;
    client.prefers_oauth.store(true, Ordering::Relaxed);
    if ping(&client, host).is_err() {
        client.prefers_oauth.store(false, Ordering::Relaxed);
        ping(&client, host).map_err(|why| format!("authenticating to {}: {why}", quote(host)))?;
    }
    let credential = Credential {
        username: access.username.clone(),
        password: access.password.clone(),
        ..Credential::default()
    };
    keys.put(host, &credential)?;
    listener.say("Login Succeeded");
    Ok(())
}

/// Forgets what is known of a registry.
///
/// # Errors
/// A file or a program that fails.
pub fn logout(host: &str, keys: &Keys, listener: &dyn Listener) -> Result<(), String> {
    keys.delete(host)?;
    listener.say(&format!("Removing login credentials for {host}"));
    Ok(())
}

fn ping(client: &Client<'_>, host: &str) -> Result<(), String> {
    let request = Request {
        method: "GET",
        url: base_url(client.plain_http, host),
        ..Request::default()
    };
    let answer = client.send(&request, &[])?;
    match answer.status {
        200 => Ok(()),
        404 => Err("not found".to_owned()),
        _ => Err(answer::error(answer)),
    }
}
