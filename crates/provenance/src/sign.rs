//! Signing packages.

use pgp::crypto::hash::HashAlgorithm;
use pgp::ser::Serialize as _;
use pgp::types::SignatureBytes;

use crate::key::{PublicKey, SecretKey};
use crate::keyring::Entity;
use crate::signature::{kind, subpacket, suffix};
use crate::{Keyring, ProvenanceError, clearsign, sums};

/// What every signature is made of; all keys take it.
const HASH: HashAlgorithm = HashAlgorithm::Sha512;

/// A subpacket that must be understood.
const CRITICAL: u8 = 0x80;

/// The packet of a signature in the newer form.
const SIGNATURE_PACKET: u8 = 0xc2;

/// Random bytes that no two signatures have in common; a fault in the calculation of one says nothing
/// about the key then.
pub type Salt = [u8; 32];

/// The notation that holds them.
const SALT_NAME: &[u8] = b"salt@notations.openpgpjs.org";

/// A key to sign with.
#[derive(Clone)]
pub struct Signer {
    name: String,
    key: SecretKey,
}

impl Keyring {
    /// The key of whoever has a name, or the only one of those whose names contain a text.
    ///
    /// # Errors
    /// More than one, none, or no secret part.
    pub fn signer(&self, name: &str) -> Result<Signer, ProvenanceError> {
        let other = ProvenanceError::other;
        let entity = self
            .named(name)?
            .ok_or_else(|| other("private key not found"))?;
        let key = entity.secret.as_deref().ok_or_else(|| {
            other("provided key is not a private key. Try providing a keyring with secret keys")
        })?;
        Ok(Signer {
            name: entity.identities.keys().next().cloned().unwrap_or_default(),
            key: key.clone(),
        })
    }

    fn named(&self, name: &str) -> Result<Option<&Entity>, ProvenanceError> {
        let mut found: Option<&Entity> = None;
        let mut is_vague = false;
        if name.is_empty() {
            return Ok(None);
        }
        for entity in &self.entities {
            if entity.identities.contains_key(name) {
                return Ok(Some(entity));
            }
            for _ in entity.identities.keys().filter(|own| own.contains(name)) {
                is_vague |= found.is_some();
                found = Some(entity);
            }
        }
        match is_vague {
            true => Err(ProvenanceError::other(&format!(
                "more than one key contain the id {}",
                goval::strconv::quote(name)
            ))),
            false => Ok(found),
        }
    }
}

impl Signer {
    /// Whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a passphrase is needed before anything can be signed.
    pub fn is_locked(&self) -> bool {
        self.key.is_locked()
    }

    /// Takes the lock off.
    ///
    /// # Errors
    /// The passphrase is another one.
    pub fn unlock(&mut self, passphrase: &[u8]) -> Result<(), ProvenanceError> {
        self.key.unlock(passphrase)
    }

    /// The provenance file of a package, signed at a time in seconds since 1970.
    ///
    /// # Errors
    /// A key that cannot sign.
    pub fn sign(
        &self,
        package: &[u8],
        name: &str,
        metadata: &str,
        now: u64,
        salt: &Salt,
    ) -> Result<String, ProvenanceError> {
        let text = sums::text(metadata, name, package)?;
        let signature = self
            .packet(&clearsign::canonical(&text), now, salt)
            .map_err(|why| {
                ProvenanceError::other(&format!(
                    "failed to either sign or armor message block: {why}"
                ))
            })?;
        Ok(clearsign::encode(&text, "SHA512", &signature))
    }

    /// The packet of a signature of some data.
    fn packet(&self, data: &[u8], now: u64, salt: &Salt) -> Result<Vec<u8>, ProvenanceError> {
        let public = &self.key.public;
        let hashed = subpackets(public, now, salt);
        let suffix = suffix(kind::TEXT, public.algorithm, HASH, &hashed);
        let digest = HASH
            .digest(&[data, &suffix].concat())
            .map_err(|error| ProvenanceError::other(&error.to_string()))?;
        let value = self.key.sign(HASH, &digest)?;
        // The suffix ends with six bytes that only the digest is of.
        let mut body = suffix[..suffix.len() - 6].to_vec();
        body.extend([0, 0]);
        body.extend(&digest[..2]);
        append(&mut body, &value)?;
        let mut packet = vec![SIGNATURE_PACKET];
        packet.extend(length(body.len()));
        packet.extend(body);
        Ok(packet)
    }
}

/// What the signature says of itself.
fn subpackets(public: &PublicKey, now: u64, salt: &Salt) -> Vec<u8> {
    let mut hashed = vec![5, subpacket::CREATED | CRITICAL];
    hashed.extend((now as u32).to_be_bytes());
    hashed.extend([9, subpacket::ISSUER]);
    hashed.extend(public.id.to_be_bytes());
    let length = 9 + SALT_NAME.len() + salt.len();
    hashed.extend([length as u8, subpacket::NOTATION, 0, 0, 0, 0]);
    hashed.extend([0, SALT_NAME.len() as u8, 0, salt.len() as u8]);
    hashed.extend(SALT_NAME);
    hashed.extend(salt);
    hashed.extend([22, subpacket::ISSUER_FINGERPRINT, 4]);
    hashed.extend(&public.fingerprint);
    hashed
}

fn append(body: &mut Vec<u8>, value: &SignatureBytes) -> Result<(), ProvenanceError> {
    match value {
        SignatureBytes::Native(bytes) => body.extend(bytes.iter()),
        SignatureBytes::Mpis(numbers) => {
            for number in numbers {
                number
                    .to_writer(body)
                    .map_err(|error| ProvenanceError::other(&error.to_string()))?;
            }
        }
    }
    Ok(())
}

/// The length of a packet in the newer form.
fn length(length: usize) -> Vec<u8> {
    match length {
        ..192 => vec![length as u8],
        192..8384 => {
            let rest = length - 192;
            vec![(rest >> 8) as u8 + 192, rest as u8]
        }
        _ => [&[255], &(length as u32).to_be_bytes()[..]].concat(),
    }
}
