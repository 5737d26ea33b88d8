//! From a connection string to a connection.

use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, Error};

use super::text;
use super::tls::{Tls, Trust};

/// How long one host may take to answer, unless the connection string says something else.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn connect(connection: &str) -> Result<Client, String> {
    let Parts { rest, security } = take_apart(connection);
    let mut config = Config::from_str(&rest).map_err(|error| reason(&error))?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        config.host("localhost");
    }
    let trust = security.trust()?;
    config.ssl_mode(match (trust, security.mode.as_str()) {
        (Trust::Plain, _) => SslMode::Disable,
        (_, "prefer" | "allow") => SslMode::Prefer,
        _ => SslMode::Require,
    });
    let tls = Tls::new(trust, &security.root, &security.identity)?;
    let connected = config.connect(tls).await;
    let (client, connection) = connected.map_err(|error| refusal(&config, &error))?;
    // It ends with the client; what breaks it is the answer to whatever is asked next.
    tokio::spawn(connection);
    Ok(client)
}

/// A connection string without what is said of security, and that.
struct Parts {
    rest: String,
    security: Security,
}

/// What a connection string says of security, in libpq's words.
#[derive(Debug, Default, PartialEq)]
struct Security {
    mode: String,
    /// The file with the certificates that are trusted.
    root: String,
    /// The files of certificate and key.
    identity: [String; 2],
}

impl Security {
    fn trust(&self) -> Result<Trust, String> {
        match (self.mode.as_str(), self.root.as_str()) {
            ("disable", _) => Ok(Trust::Plain),
            // As libpq has it: with certificates to trust there is something to check.
            ("" | "require", "") | ("prefer" | "allow", _) => Ok(Trust::Anyone),
            ("" | "require" | "verify-ca", _) => Ok(Trust::Signed),
            ("verify-full", _) => Ok(Trust::Named),
            (other, _) => Err(format!("unsupported sslmode {other:?}")),
        }
    }

    /// Takes a setting over if it is about security.
    fn takes(&mut self, key: &str, value: &str) -> bool {
        let place = match key {
            "sslmode" => &mut self.mode,
            "sslrootcert" => &mut self.root,
            "sslcert" => &mut self.identity[0],
            "sslkey" => &mut self.identity[1],
            _ => return false,
        };
        value.clone_into(place);
        true
    }
}

fn take_apart(connection: &str) -> Parts {
    let is_url = ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| connection.starts_with(scheme));
    let mut security = Security::default();
    let rest = match is_url {
        true => match connection.split_once('?') {
            Some((base, query)) => {
                let kept: Vec<&str> = query
                    .split('&')
                    .filter(|pair| {
                        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                        !security.takes(key, &unescaped(value))
                    })
                    .collect();
                format!("{base}?{}", kept.join("&"))
            }
            None => connection.to_owned(),
        },
        false => {
            let words = connection.split_whitespace().filter(|word| {
                let (key, value) = word.split_once('=').unwrap_or((word, ""));
                !security.takes(key, value.trim_matches('\''))
            });
            words.collect::<Vec<_>>().join(" ")
        }
    };
    Parts { rest, security }
}

/// `%41` as `A`.
fn unescaped(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|hex| {
            let hex = std::str::from_utf8(hex).ok()?;
            u8::from_str_radix(hex, 16).ok()
        });
        match (first, code) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = &after[2..];
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Why there is no connection, as Go's driver says it.
fn refusal(config: &Config, error: &Error) -> String {
    let source = std::error::Error::source(error);
    let Some(broken) = source.and_then(|source| source.downcast_ref::<std::io::Error>()) else {
        return match text(error) {
            told if told.contains("server does not support TLS") => {
                "pq: SSL is not enabled on the server".to_owned()
            }
            told => told,
        };
    };
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) if name == "localhost" => "127.0.0.1",
        Some(Host::Tcp(name)) => name,
        _ => return text(error),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let why = broken.to_string().to_lowercase();
    let why = why.split(" (os error").next().unwrap_or_default();
    format!("dial tcp {host}:{port}: connect: {why}")
}

/// Why a string is refused; its passwords are not part of that.
fn reason(error: &Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_is_taken_out_of_both_forms() {
        let url =
            "postgres://me:pw@db:5432/helm?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fca";
        let parts = take_apart(url);
        assert_eq!(
            parts.rest,
            "postgres://me:pw@db:5432/helm?connect_timeout=3"
        );
        assert_eq!(parts.security.root, "/ca");
        assert!(matches!(parts.security.trust(), Ok(Trust::Named)));
        let parts = take_apart("host=db sslmode=disable user=me");
        assert_eq!(parts.rest, "host=db user=me");
        assert!(matches!(parts.security.trust(), Ok(Trust::Plain)));
        let parts = take_apart("host=db sslmode=perhaps");
        assert!(parts.security.trust().is_err());
    }
}
