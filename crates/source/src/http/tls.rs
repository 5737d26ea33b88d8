//! Whom to trust, and how to identify: Helm's `tlsutil`.

use std::path::Path;
use std::sync::Arc;

use goval::strconv::quote;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use super::Access;

/// The TLS of a connection.
pub(super) fn config(access: &Access) -> Result<TlsConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(RootCerts::PlatformVerifier);
    let has_pair = !access.cert_file.is_empty() && !access.key_file.is_empty();
    if has_pair || !access.ca_file.is_empty() || access.insecure {
        let custom = |why: String| format!("can't create TLS config for client: {why}");
        let files = Files::read(access).map_err(custom)?;
        config = config.disable_verification(access.insecure);
        if let Some(authorities) = files.authorities().map_err(custom)? {
            config = config.root_certs(authorities);
        }
        if let Some(client) = files.client().map_err(custom)? {
            config = config.client_cert(Some(client));
        }
    }
    Ok(config.build())
}

/// The files that an access names; empty where it names none.
struct Files {
    cert: Vec<u8>,
    key: Vec<u8>,
    ca: Vec<u8>,
}

impl Files {
    /// Reads them; of both kinds that cannot be read, each is told.
    fn read(access: &Access) -> Result<Files, String> {
        let read = |what: &str, name: &str| {
            crate::read_file(Path::new(name))
                .map_err(|why| format!("{what}: {}: {why}", quote(name)))
        };
        let pair = if access.cert_file.is_empty() && access.key_file.is_empty() {
            Ok(Default::default())
        } else {
            read("unable to read cert file", &access.cert_file)
                .and_then(|cert| Ok((cert, read("unable to read key file", &access.key_file)?)))
        };
        let ca = if access.ca_file.is_empty() {
            Ok(Vec::new())
        } else {
            read("can't read CA file", &access.ca_file)
        };
        match (pair, ca) {
            (Ok((cert, key)), Ok(ca)) => Ok(Files { cert, key, ca }),
            (Err(pair), Err(ca)) => Err(format!("{pair}\n{ca}")),
            (Err(why), _) | (_, Err(why)) => Err(why),
        }
    }

    fn authorities(&self) -> Result<Option<RootCerts>, String> {
        if self.ca.is_empty() {
            return Ok(None);
        }
        let found = certificates(&self.ca);
        if found.is_empty() {
            return Err("failed to append certificates from pem block".to_owned());
        }
        Ok(Some(RootCerts::Specific(Arc::new(found))))
    }

    fn client(&self) -> Result<Option<ClientCert>, String> {
        if self.cert.is_empty() || self.key.is_empty() {
            return Ok(None);
        }
        let failed = |kind: &str| {
            format!(
                "unable to load cert from key pair: tls: failed to find any PEM data in {kind} input"
            )
        };
        let chain = certificates(&self.cert);
        if chain.is_empty() {
            return Err(failed("certificate"));
        }
        PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| failed("key"))?;
        let key = PrivateKey::from_pem(&self.key).map_err(|_| failed("key"))?;
        Ok(Some(ClientCert::new_with_certs(&chain, key)))
    }
}

fn certificates(pem: &[u8]) -> Vec<Certificate<'static>> {
    CertificateDer::pem_slice_iter(pem)
        .flatten()
        .map(|der| Certificate::from_der(&der).to_owned())
        .collect()
}
