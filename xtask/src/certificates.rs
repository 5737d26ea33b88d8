//! Certificates for servers of tests.

use std::fs;
use std::path::Path;

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

/// Makes an authority, a server and a client of it, and a server that has nobody but itself: `NAME.pem` and `NAME.key`,
/// where the names are `ca`, `server`, `client` and `own`.
pub(crate) fn make(folder: &Path) -> Result<()> {
    let write = |name: &str, pem: &str, key: &KeyPair| -> Result<()> {
        fs::write(folder.join(format!("{name}.pem")), pem)?;
        fs::write(folder.join(format!("{name}.key")), key.serialize_pem())?;
        Ok(())
    };
    let names = || vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let is_authority = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = is_authority;
    write("ca", &params.self_signed(&key)?.pem(), &key)?;
    let authority = Issuer::new(params, key);

    let key = KeyPair::generate()?;
    let params = CertificateParams::new(names())?;
    write("server", &params.signed_by(&key, &authority)?.pem(), &key)?;

    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec!["client".to_owned()])?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    write("client", &params.signed_by(&key, &authority)?.pem(), &key)?;

    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names())?;
    params.is_ca = is_authority;
    let name = &mut params.distinguished_name;
    name.push(rcgen::DnType::CommonName, "a server of its own");
    write("own", &params.self_signed(&key)?.pem(), &key)
}
