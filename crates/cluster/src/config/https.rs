//! The HTTP client of a link: connections, TLS, proxies.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gonet::{AnyServer, Authorities};
use gostd::url::Url;
use http::{HeaderValue, Uri};
use hyper::rt::{Read, Write};
use hyper_rustls::{FixedServerNameResolver, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube::client::{Body, ConfigExt};
use rustls::ClientConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tower::timeout::Timeout;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt};
use tower_http::decompression::DecompressionLayer;

use super::config;
use super::link::Identity;
use super::resolve::Access;
use crate::Error;

/// How long a connection may take to come about, as with client-go.
const DIAL: Duration = Duration::from_secs(30);
/// How long with its TLS.
const HANDSHAKE: Duration = Duration::from_secs(40);
/// After how long a silence of the server it is asked whether it is still there, and how long it may think about
/// that (`HTTP2_READ_IDLE_TIMEOUT_SECONDS`, `HTTP2_PING_TIMEOUT_SECONDS` of apimachinery).
const PING_AFTER: Duration = Duration::from_secs(30);
const PING_PATIENCE: Duration = Duration::from_secs(15);

/// A client for an access that sends what `kube` says of its user; `identity` is a certificate and key in the place
/// of its own.
///
/// # Errors
/// Certificates, keys or a proxy that cannot be used.
pub(super) fn client(
    access: &Access,
    identity: Option<&Identity>,
    kube: &kube::Config,
) -> Result<kube::Client, Error> {
    let tls = tls(access, identity)?;
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(DIAL));
    let Some(proxy) = &access.proxy else {
        return over(tcp, tls, access, kube);
    };
    match proxy.scheme_str() {
        Some("socks5") => over(SocksV5::new(proxy.clone(), tcp), tls, access, kube),
        Some("http") => over(tunnel(proxy, tcp)?, tls, access, kube),
        Some("https") => {
            let secured = HttpsConnectorBuilder::new()
                .with_tls_config(tls.clone())
                .https_or_http()
                .enable_http1()
                .wrap_connector(tcp);
            over(tunnel(proxy, secured)?, tls, access, kube)
        }
        _ => Err(config(format!(
            "the proxy {proxy} speaks no known protocol"
        ))),
    }
}

/// A way through a proxy, with the name and password of its address.
fn tunnel<C>(proxy: &Uri, connector: C) -> Result<Tunnel<C>, Error> {
    let tunnel = Tunnel::new(proxy.clone(), connector);
    let Some(user) = Url::parse(proxy.to_string()).ok().and_then(|url| url.user) else {
        return Ok(tunnel);
    };
    let password = user.password.unwrap_or_default();
    let user = STANDARD.encode([&user.name[..], b":", &password].concat());
    let value = format!("Basic {user}");
    let mut value = HeaderValue::from_str(&value).map_err(|e| config(e.to_string()))?;
    value.set_sensitive(true);
    Ok(tunnel.with_auth(value))
}

/// The client over connections of a kind.
fn over<C>(
    connector: C,
    tls: ClientConfig,
    access: &Access,
    kube: &kube::Config,
) -> Result<kube::Client, Error>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: Into<BoxError>,
{
    let mut https = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http();
    if !access.tls_server_name.is_empty() {
        let name = access.tls_server_name.clone().try_into();
        let name =
            name.map_err(|_| config(format!("no server name {}", access.tls_server_name)))?;
        https = https.with_server_name_resolver(FixedServerNameResolver::new(name));
    }
    // One connection carries all requests that are under way at once, where the server speaks HTTP/2.
    let https = https.enable_all_versions().wrap_connector(connector);
    let http: legacy::Client<_, Body> = legacy::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .http2_keep_alive_interval(PING_AFTER)
        .http2_keep_alive_timeout(PING_PATIENCE)
        .build(Timeout::new(https, HANDSHAKE).map_future(Box::pin));
    let failed = |error: kube::Error| config(error.to_string());
    let service = ServiceBuilder::new()
        .layer(kube.base_uri_layer())
        .layer(
            DecompressionLayer::new()
                .no_br()
                .no_deflate()
                .no_zstd()
                .gzip(!access.disable_compression),
        )
        .option_layer(kube.auth_layer().map_err(failed)?)
        .layer(kube.extra_headers_layer().map_err(failed)?)
        .service(http.map_err(BoxError::from));
    Ok(kube::Client::new(service, "default"))
}

/// Whom to trust, and how to identify.
fn tls(access: &Access, identity: Option<&Identity>) -> Result<ClientConfig, Error> {
    let failed = |error: rustls::Error| config(format!("tls: {error}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous();
    let builder = if access.insecure {
        builder.with_custom_certificate_verifier(Arc::new(AnyServer(provider)))
    } else if let Some(ca) = &access.ca {
        let authorities = Authorities::new(certificates(ca)?, provider).map_err(failed)?;
        builder.with_custom_certificate_verifier(Arc::new(authorities))
    } else {
        let system = rustls_platform_verifier::Verifier::new(provider).map_err(failed)?;
        builder.with_custom_certificate_verifier(Arc::new(system))
    };
    let pair = match identity {
        Some((cert, key)) => Some((cert.as_bytes(), key.as_bytes())),
        None => access
            .identity
            .as_ref()
            .map(|(cert, key)| (&cert[..], &key[..])),
    };
    let Some((cert, key)) = pair else {
        return Ok(builder.with_no_client_auth());
    };
    let (chain, key) = (chain(cert)?, private_key(key)?);
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                config("tls: private key does not match public key")
            }
            _ => config("tls: failed to parse private key"),
        })
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem).flatten().collect();
    match found.is_empty() {
        true => Err(config(
            "unable to load root certificates: unable to parse bytes as PEM block",
        )),
        false => Ok(found),
    }
}

/// The certificates of a user, its own first.
fn chain(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem).flatten().collect();
    match found.is_empty() {
        true => Err(no_pem("certificate")),
        false => Ok(found),
    }
}

fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, Error> {
    if !pem.windows(11).any(|window| window == b"-----BEGIN ") {
        return Err(no_pem("key"));
    }
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| config("tls: failed to parse private key"))
}

fn no_pem(what: &str) -> Error {
    config(format!("tls: failed to find any PEM data in {what} input"))
}
