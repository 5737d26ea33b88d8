//! Private keys: generating, PEM in and out, signing.

use ed25519_dalek::Signer;
use num_bigint::BigUint;
use p256::elliptic_curve::sec1::ToSec1Point;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey};
use rsa::traits::PublicKeyParts;
use sha2::{Digest, Sha256};

use crate::der::{self, Element};
use crate::pem;
use crate::rng::WorldRng;

// Object identifiers, as their DER contents.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// A private key of one of the kinds that `genPrivateKey` makes.
pub(crate) enum PrivateKey {
    Rsa(Box<rsa::PrivateKey>),
    /// On the curve P-256.
    Ecdsa(Box<p256::ecdsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
    /// The numbers p, q, g, y and x.
    Dsa([BigUint; 5]),
}

impl PrivateKey {
    pub(crate) fn generate_rsa(rng: &mut WorldRng<'_>, bits: usize) -> Result<PrivateKey, String> {
        let key = rsa::PrivateKey::new(rng, bits).map_err(|error| error.to_string())?;
        Ok(PrivateKey::Rsa(Box::new(key)))
    }

    pub(crate) fn generate_ecdsa(rng: &mut WorldRng<'_>) -> PrivateKey {
        loop {
            let key = p256::ecdsa::SigningKey::from_slice(&rng.bytes::<32>());
            // Nearly every 32 bytes are a key.
            if let Ok(key) = key {
                return PrivateKey::Ecdsa(Box::new(key));
            }
        }
    }

    pub(crate) fn generate_ed25519(rng: &mut WorldRng<'_>) -> PrivateKey {
        let key = ed25519_dalek::SigningKey::from_bytes(&rng.bytes());
        PrivateKey::Ed25519(Box::new(key))
    }

    /// With a prime of 2048 bits and a subgroup of 256.
    pub(crate) fn generate_dsa(rng: &mut WorldRng<'_>) -> PrivateKey {
        let size = dsa::KeySize::DSA_2048_256;
        let Ok(parts) = dsa::Components::try_generate_from_rng_with_key_size(rng, size);
        let [p, q, g] = [
            parts.p().to_be_bytes(),
            parts.q().to_be_bytes(),
            parts.g().to_be_bytes(),
        ]
        .map(|bytes| BigUint::from_bytes_be(&bytes));
        // Sixty-four bits more than the modulus has, so that all remainders are as likely.
        let random = BigUint::from_bytes_be(&rng.bytes::<40>());
        let x = random % (&q - 1_u32) + 1_u32;
        let y = g.modpow(&x, &p);
        PrivateKey::Dsa([p, q, g, y, x])
    }

    /// Reads a key. Sprig's `parsePrivateKeyPEM`.
    ///
    /// # Errors
    /// In Sprig's words; what is wrong inside of the DER is told less exactly.
    pub(crate) fn from_pem(text: &[u8]) -> Result<PrivateKey, String> {
        let block = pem::decode(text).ok_or("no PEM data in input")?;
        let wrong = "asn1: structure error";
        if block.kind == "PRIVATE KEY" {
            return from_pkcs8(&block.bytes)
                .ok_or_else(|| format!("decoding PEM as PKCS#8: {wrong}"));
        }
        let Some(kind) = block.kind.strip_suffix(" PRIVATE KEY") else {
            return Err(format!(
                "no private key data in PEM block of type {}",
                block.kind
            ));
        };
        let key = match kind {
            "RSA" => from_pkcs1(&block.bytes),
            "EC" => from_sec1(&block.bytes, None),
            "DSA" => from_dsa(&block.bytes),
            _ => return Err(format!("invalid private key type {}", block.kind)),
        };
        key.ok_or_else(|| format!("parsing {kind} private key from PEM: {wrong}"))
    }

    pub(crate) fn to_pem(&self) -> Result<String, String> {
        let integer = |n: &BigUint| der::integer(&n.to_bytes_be());
        Ok(match self {
            PrivateKey::Rsa(key) => {
                let der = key.to_pkcs1_der().map_err(|error| error.to_string())?;
                pem::encode("RSA PRIVATE KEY", der.as_bytes())
            }
            PrivateKey::Ecdsa(key) => {
                let curve = der::value(0xa0, &der::value(der::OID, P256));
                let point = der::value(0xa1, &der::bit_string(&ec_point(key)));
                let secret = der::value(der::OCTET_STRING, &key.to_bytes());
                let version = der::integer(&[1]);
                let der = der::sequence(&[&version, &secret, &curve, &point]);
                pem::encode("EC PRIVATE KEY", &der)
            }
            PrivateKey::Ed25519(key) => {
                let secret = der::value(der::OCTET_STRING, &key.to_bytes());
                let secret = der::value(der::OCTET_STRING, &secret);
                let algorithm = der::sequence(&[&der::value(der::OID, ED25519)]);
                let der = der::sequence(&[&der::integer(&[0]), &algorithm, &secret]);
                pem::encode("PRIVATE KEY", &der)
            }
            PrivateKey::Dsa(numbers) => {
                let numbers = numbers.iter().flat_map(integer).collect::<Vec<_>>();
                pem::encode(
                    "DSA PRIVATE KEY",
                    &der::sequence(&[&der::integer(&[0]), &numbers]),
                )
            }
        })
    }

    /// The public key as certificates carry it: its `SubjectPublicKeyInfo`, and the bits of the
    /// key alone.
    pub(crate) fn public_key(&self) -> Result<(Vec<u8>, Vec<u8>), String> {
        let (algorithm, bits) = match self {
            PrivateKey::Rsa(key) => {
                let number = |n: &[u8]| der::integer(n);
                let modulus = number(&key.n().to_be_bytes());
                let exponent = number(&key.e().to_be_bytes());
                (algorithm(RSA, true), der::sequence(&[&modulus, &exponent]))
            }
            PrivateKey::Ecdsa(key) => {
                let curve = der::value(der::OID, P256);
                let algorithm = der::sequence(&[&der::value(der::OID, EC), &curve]);
                (algorithm, ec_point(key))
            }
            PrivateKey::Ed25519(key) => (
                algorithm(ED25519, false),
                key.verifying_key().to_bytes().to_vec(),
            ),
            PrivateKey::Dsa(_) => {
                return Err("x509: unsupported public key type: *dsa.PublicKey".to_owned());
            }
        };
        Ok((der::sequence(&[&algorithm, &der::bit_string(&bits)]), bits))
    }

    /// The `AlgorithmIdentifier` of this key's signatures.
    pub(crate) fn signature_algorithm(&self) -> Result<Vec<u8>, String> {
        match self {
            PrivateKey::Rsa(_) => Ok(algorithm(RSA_SHA256, true)),
            PrivateKey::Ecdsa(_) => Ok(algorithm(ECDSA_SHA256, false)),
            PrivateKey::Ed25519(_) => Ok(algorithm(ED25519, false)),
            PrivateKey::Dsa(_) => {
                Err("x509: certificate private key does not implement crypto.Signer".to_owned())
            }
        }
    }

    /// Signs a message by that algorithm.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            PrivateKey::Rsa(key) => {
                let scheme = rsa::Pkcs1v15Sign::new::<Sha256>();
                let digest = Sha256::digest(message);
                key.sign(scheme, &digest).map_err(|error| error.to_string())
            }
            PrivateKey::Ecdsa(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                Ok(signature.to_der().as_bytes().to_vec())
            }
            PrivateKey::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
            PrivateKey::Dsa(_) => self.signature_algorithm(),
        }
    }
}

/// The public point of a key, uncompressed.
fn ec_point(key: &p256::ecdsa::SigningKey) -> Vec<u8> {
    let point = key.verifying_key().as_affine().to_sec1_point(false);
    point.as_bytes().to_vec()
}

fn algorithm(oid: &[u8], null: bool) -> Vec<u8> {
    let parameters = if null {
        der::value(der::NULL, &[])
    } else {
        Vec::new()
    };
    der::sequence(&[&der::value(der::OID, oid), &parameters])
}

fn from_pkcs1(der: &[u8]) -> Option<PrivateKey> {
    let key = rsa::PrivateKey::from_pkcs1_der(der).ok()?;
    Some(PrivateKey::Rsa(Box::new(key)))
}

/// RFC 5915, with the curve inside or as the parameter around it.
fn from_sec1(der: &[u8], curve: Option<&[u8]>) -> Option<PrivateKey> {
    let fields = fields(der)?;
    let [_, secret, rest @ ..] = &fields[..] else {
        return None;
    };
    let inside = rest.iter().find(|field| field.tag == 0xa0);
    let inside = inside.and_then(|field| der::read(field.content));
    let curve = curve.or(inside.map(|(oid, _)| oid.content))?;
    if curve != P256 || secret.tag != der::OCTET_STRING {
        return None;
    }
    let key = p256::ecdsa::SigningKey::from_slice(secret.content).ok()?;
    Some(PrivateKey::Ecdsa(Box::new(key)))
}

fn from_dsa(der: &[u8]) -> Option<PrivateKey> {
    let [_, p, q, g, y, x] = fields(der)?.try_into().ok()?;
    let numbers = [p, q, g, y, x];
    let positive = |n: &Element<'_>| n.tag == der::INTEGER && n.content.first() < Some(&0x80);
    if !numbers.iter().all(positive) {
        return None;
    }
    Some(PrivateKey::Dsa(
        numbers.map(|n| BigUint::from_bytes_be(n.content)),
    ))
}

/// RFC 5958.
fn from_pkcs8(der: &[u8]) -> Option<PrivateKey> {
    let fields = fields(der)?;
    let [_, algorithm, key, ..] = &fields[..] else {
        return None;
    };
    let (oid, parameters) = der::read(algorithm.content)?;
    match oid.content {
        RSA => from_pkcs1(key.content),
        EC => from_sec1(key.content, Some(der::read(parameters)?.0.content)),
        ED25519 => {
            let (seed, _) = der::read(key.content)?;
            let seed = seed.content.try_into().ok()?;
            let key = ed25519_dalek::SigningKey::from_bytes(&seed);
            Some(PrivateKey::Ed25519(Box::new(key)))
        }
        _ => None,
    }
}

/// The values in a sequence that is all there is.
fn fields(der: &[u8]) -> Option<Vec<Element<'_>>> {
    match der::read(der)? {
        (element, []) if element.tag == der::SEQUENCE => der::read_all(element.content),
        _ => None,
    }
}
