//! Certificates and keys: the functions of templates.

use std::any::Any as StdAny;
use std::sync::Arc;

use gotmpl::Ty::{self, Int, List};
use goval::{Map, Object, Str, Value};

use crate::World;
use crate::args::Args;
use crate::convert::display;
use crate::encoding::decode_base64;
use crate::keys::PrivateKey;
use crate::pem;
use crate::rng::WorldRng;
use crate::table::{Entry, Outcome, impure, pure};
use crate::x509::{Names, Parent, Request, issue};

const CERTIFICATE: Ty = Ty::Named("sprig.certificate");

pub(crate) const FUNCS: &[Entry] = &[
    impure("genPrivateKey", &[Ty::Str], Ty::Str, private_key),
    pure("buildCustomCert", &[Ty::Str, Ty::Str], CERTIFICATE, custom),
    impure("genCA", &[Ty::Str, Int], CERTIFICATE, |world, a| {
        authority(world, a, &new_key(world)?)
    }),
    impure(
        "genCAWithKey",
        &[Ty::Str, Int, Ty::Str],
        CERTIFICATE,
        |world, a| authority(world, a, &given_key(a.bytes(2))?),
    ),
    impure(
        "genSelfSignedCert",
        &[Ty::Str, List, List, Int],
        CERTIFICATE,
        |world, a| self_signed(world, a, &new_key(world)?),
    ),
    impure(
        "genSelfSignedCertWithKey",
        &[Ty::Str, List, List, Int, Ty::Str],
        CERTIFICATE,
        |w, a| self_signed(w, a, &given_key(a.bytes(4))?),
    ),
    impure(
        "genSignedCert",
        &[Ty::Str, List, List, Int, CERTIFICATE],
        CERTIFICATE,
        |world, a| signed(world, a, &new_key(world)?),
    ),
    impure(
        "genSignedCertWithKey",
        &[Ty::Str, List, List, Int, CERTIFICATE, Ty::Str],
        CERTIFICATE,
        |world, a| signed(world, a, &given_key(a.bytes(5))?),
    ),
];

/// Errors are the result.
fn private_key(world: &dyn World, a: &[Value]) -> Outcome {
    let rng = &mut WorldRng(world);
    let kind = a.text(0);
    let key = match &*kind {
        "" | "rsa" => PrivateKey::generate_rsa(rng, 4096),
        "dsa" => Ok(PrivateKey::generate_dsa(rng)),
        "ecdsa" => Ok(PrivateKey::generate_ecdsa(rng)),
        "ed25519" => Ok(PrivateKey::generate_ed25519(rng)),
        other => return Ok(format!("Unknown type {other}").into()),
    };
    let pem = key.and_then(|key| key.to_pem());
    Ok(pem
        .unwrap_or_else(|error| format!("failed to generate private key: {error}"))
        .into())
}

fn new_key(world: &dyn World) -> Result<PrivateKey, String> {
    PrivateKey::generate_rsa(&mut WorldRng(world), 2048)
        .map_err(|error| format!("error generating rsa key: {error}"))
}

fn given_key(pem: &[u8]) -> Result<PrivateKey, String> {
    PrivateKey::from_pem(pem).map_err(|error| format!("parsing private key: {error}"))
}

/// Checks a certificate and a key in base64, and gives them decoded.
fn custom(a: &[Value]) -> Outcome {
    let decode = |i: usize, what: &str| {
        decode_base64(a.bytes(i)).map_err(|_| format!("unable to decode base64 {what}"))
    };
    let cert = decode(0, "certificate")?;
    let key = decode(1, "private key")?;
    let block = pem::decode(&cert).ok_or("unable to decode certificate")?;
    Parent::read(&block.bytes).map_err(|why| malformed("decodedCert", why))?;
    PrivateKey::from_pem(&key).map_err(|error| format!("error parsing private key: {error}"))?;
    Ok(Certificate::value(cert.into(), key.into()))
}

fn malformed(what: &str, why: &str) -> String {
    format!("error parsing certificate: {what}.Bytes: x509: {why}")
}

fn authority(world: &dyn World, a: &[Value], key: &PrivateKey) -> Outcome {
    let request = Request {
        common_name: a.bytes(0),
        names: Names::default(),
        days: a.int(1),
        is_authority: true,
    };
    finish(issue(world, &request, key, None), key)
}

fn self_signed(world: &dyn World, a: &[Value], key: &PrivateKey) -> Outcome {
    finish(issue(world, &request(a)?, key, None), key)
}

fn signed(world: &dyn World, a: &[Value], key: &PrivateKey) -> Outcome {
    let signer = match a.arg(4) {
        Value::Object(object) => object.as_any().downcast_ref::<Certificate>(),
        _ => None,
    };
    let signer = signer.ok_or("unable to decode certificate")?;
    let block = pem::decode(&signer.cert).ok_or("unable to decode certificate")?;
    let parent = Parent::read(&block.bytes).map_err(|why| malformed("decodedSignerCert", why))?;
    let signing_key = PrivateKey::from_pem(&signer.key)
        .map_err(|error| format!("error parsing private key: {error}"))?;
    finish(
        issue(world, &request(a)?, key, Some((&parent, &signing_key))),
        key,
    )
}

/// Common name, addresses, names and days from the first four arguments.
fn request(a: &[Value]) -> Result<Request<'_>, String> {
    let items = |i: usize| a.arg(i).as_list().map_or(&[][..], |list| list.items());
    let mut names = Names::default();
    for ip in items(1) {
        let shown = || format!("error parsing ip: {}", display(ip));
        let text = ip
            .as_str()
            .ok_or_else(|| format!("{} is not a string", shown()))?;
        let parsed = text.to_str().and_then(|text| text.parse().ok());
        names.addresses.push(parsed.ok_or_else(shown)?);
    }
    for name in items(2) {
        let text = name.as_str().ok_or_else(|| {
            let shown = display(name);
            format!("error processing alternate dns name: {shown} is not a string")
        })?;
        names.dns.push(text.clone());
    }
    Ok(Request {
        common_name: a.bytes(0),
        names,
        days: a.int(3),
        is_authority: false,
    })
}

fn finish(der: Result<Vec<u8>, String>, key: &PrivateKey) -> Outcome {
    let der = der.map_err(|error| format!("error creating certificate: {error}"))?;
    let cert = pem::encode("CERTIFICATE", &der);
    Ok(Certificate::value(cert.into(), key.to_pem()?.into()))
}

/// Sprig's `certificate`: a certificate and its key, both in PEM.
struct Certificate {
    cert: Str,
    key: Str,
}

impl Certificate {
    fn value(cert: Str, key: Str) -> Value {
        Value::Object(Arc::new(Certificate { cert, key }))
    }
}

impl Object for Certificate {
    fn type_name(&self) -> &str {
        "sprig.certificate"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(self.cert.clone().into()),
            "Key" => Some(self.key.clone().into()),
            _ => None,
        }
    }

    fn display(&self) -> Str {
        [b"{", &*self.cert, b" ", &*self.key, b"}"].concat().into()
    }

    fn to_json(&self) -> Result<Value, String> {
        let fields = [("Cert", self.cert.clone()), ("Key", self.key.clone())];
        Ok(Map::from_iter(fields).into())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        let other: Option<&Certificate> = other.as_any().downcast_ref();
        other.is_some_and(|other| self.cert == other.cert && self.key == other.key)
    }

    fn as_any(&self) -> &dyn StdAny {
        self
    }
}
