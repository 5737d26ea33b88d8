//! Whom to trust, and how to identify: Helm's `tlsutil`.

use std::path::Path;
use std::sync::Arc;

use gonet::{AnyServer, Authorities};
use goval::strconv::quote;
use rustls::ClientConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::Access;

/// What the TLS of a connection is made of.
#[derive(Debug, Default)]
pub(super) struct Tls {
    /// The only authorities to trust; none for those of the system.
    authorities: Vec<CertificateDer<'static>>,
    client: Option<Identity>,
    insecure: bool,
}

/// A chain of certificates, and the key of the first.
type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Tls {
    /// Reads the files that an access names.
    ///
    /// # Errors
    /// Files that cannot be read, or in which nothing is.
    pub(super) fn of(access: &Access) -> Result<Tls, String> {
        if !access.has_tls() {
            return Ok(Tls::default());
        }
        Tls::read(access).map_err(|why| format!("can't create TLS config for client: {why}"))
    }

    fn read(access: &Access) -> Result<Tls, String> {
        let files = Files::read(access)?;
        Ok(Tls {
            authorities: files.authorities()?,
            client: files.client()?,
            insecure: access.insecure,
        })
    }

    /// The settings for rustls.
    pub(super) fn build(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(rustls::ALL_VERSIONS)?
            .dangerous();
        let builder = if self.insecure {
            builder.with_custom_certificate_verifier(Arc::new(AnyServer(provider)))
        } else if self.authorities.is_empty() {
            let verifier = rustls_platform_verifier::Verifier::new(provider)?;
            builder.with_custom_certificate_verifier(Arc::new(verifier))
        } else {
            let authorities = Authorities::new(self.authorities.clone(), provider)?;
            builder.with_custom_certificate_verifier(Arc::new(authorities))
        };
        match &self.client {
            Some((chain, key)) => builder.with_client_auth_cert(chain.clone(), key.clone_key()),
            None => Ok(builder.with_no_client_auth()),
        }
    }
}

impl Clone for Tls {
    fn clone(&self) -> Tls {
        let client = self.client.as_ref();
        Tls {
            authorities: self.authorities.clone(),
            client: client.map(|(chain, key)| (chain.clone(), key.clone_key())),
            insecure: self.insecure,
        }
    }
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

    fn authorities(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let found = certificates(&self.ca);
        if found.is_empty() && !self.ca.is_empty() {
            return Err("failed to append certificates from pem block".to_owned());
        }
        Ok(found)
    }

    fn client(&self) -> Result<Option<Identity>, String> {
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
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| failed("key"))?;
        Ok(Some((chain, key)))
    }
}

fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).flatten().collect()
}
