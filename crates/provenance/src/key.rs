//! Keys, and what can be calculated with them.

use pgp::packet::{self, PacketHeader};
use pgp::types::{
    KeyDetails as _, Password, S2kParams, SecretParams, SignatureBytes, SigningKey as _,
    StringToKey, Tag, VerifyingKey as _,
};

use crate::ProvenanceError;
use crate::signature::Signature;

/// An algorithm of keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rsa,
    RsaSignOnly,
    Dsa,
    Ecdsa,
    EdDsa,
    Ed25519,
    Ed448,
    /// One that signs nothing; its number.
    Encrypting(u8),
}

impl Algorithm {
    /// The algorithm with a number, if it is known.
    pub(crate) fn of(number: u8) -> Option<Algorithm> {
        Some(match number {
            1 => Algorithm::Rsa,
            3 => Algorithm::RsaSignOnly,
            17 => Algorithm::Dsa,
            19 => Algorithm::Ecdsa,
            22 => Algorithm::EdDsa,
            27 => Algorithm::Ed25519,
            28 => Algorithm::Ed448,
            2 | 16 | 18 | 25 | 26 => Algorithm::Encrypting(number),
            _ => return None,
        })
    }

    pub(crate) fn number(self) -> u8 {
        match self {
            Algorithm::Rsa => 1,
            Algorithm::RsaSignOnly => 3,
            Algorithm::Dsa => 17,
            Algorithm::Ecdsa => 19,
            Algorithm::EdDsa => 22,
            Algorithm::Ed25519 => 27,
            Algorithm::Ed448 => 28,
            Algorithm::Encrypting(number) => number,
        }
    }

    pub(crate) fn can_sign(self) -> bool {
        !matches!(self, Algorithm::Encrypting(_))
    }

    /// How many numbers a signature is, if it is numbers.
    pub(crate) fn numbers(self) -> usize {
        match self {
            Algorithm::Rsa | Algorithm::RsaSignOnly => 1,
            _ => 2,
        }
    }

    /// How many bytes a signature is, if it is not numbers.
    pub(crate) fn native_length(self) -> Option<usize> {
        match self {
            Algorithm::Ed25519 => Some(64),
            Algorithm::Ed448 => Some(114),
            _ => None,
        }
    }

    fn failure(self) -> &'static str {
        match self {
            Algorithm::Rsa | Algorithm::RsaSignOnly => "RSA verification failure",
            Algorithm::Dsa => "DSA verification failure",
            Algorithm::Ecdsa => "ECDSA verification failure",
            Algorithm::EdDsa => "EdDSA verification failure",
            Algorithm::Ed25519 => "Ed25519 verification failure",
            Algorithm::Ed448 => "ed448 verification failure",
            Algorithm::Encrypting(_) => "Unsupported public key algorithm used in signature",
        }
    }
}

/// Where the fields of a key that all have end: version, time, algorithm.
const FIELDS: usize = 6;

/// A public key of version 4.
#[derive(Clone)]
pub(crate) struct PublicKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) created: u64,
    pub(crate) id: u64,
    pub(crate) fingerprint: Vec<u8>,
    /// The body of its packet.
    body: Vec<u8>,
    key: packet::PublicKey,
}

impl PublicKey {
    /// Reads the body of a packet.
    pub(crate) fn parse(body: &[u8]) -> Result<PublicKey, ProvenanceError> {
        use pgp::ser::Serialize as _;
        let algorithm = checked_algorithm(body)?;
        let header = PacketHeader::new_fixed(Tag::PublicKey, body.len() as u32);
        let key = packet::PublicKey::try_from_reader(header, body).map_err(unreadable)?;
        let length = key.write_len().min(body.len());
        Ok(PublicKey::new(algorithm, key, body[..length].to_vec()))
    }

    fn new(algorithm: Algorithm, key: packet::PublicKey, body: Vec<u8>) -> PublicKey {
        let fingerprint = key.fingerprint().as_bytes().to_vec();
        let tail = fingerprint.iter().rev().take(8).rev();
        PublicKey {
            algorithm,
            created: key.created_at().as_secs().into(),
            id: tail.fold(0, |id, &byte| id << 8 | u64::from(byte)),
            fingerprint,
            body,
            key,
        }
    }

    /// Whether this key made a signature of some data.
    ///
    /// # Errors
    /// It did not.
    pub(crate) fn verify(&self, signature: &Signature, data: &[u8]) -> Result<(), ProvenanceError> {
        if !self.algorithm.can_sign() {
            let text = "public key cannot generate signatures";
            return Err(ProvenanceError::Argument(text));
        }
        let digest = signature.digest(data)?;
        if self.algorithm != signature.algorithm {
            let text = "public key and signature use different algorithms";
            return Err(ProvenanceError::Argument(text));
        }
        self.key
            .verify(signature.hash, &digest, &signature.value)
            .map_err(|_| ProvenanceError::Signature(self.algorithm.failure()))
    }

    /// Whether the key is not valid, or no longer, by what a signature of it says.
    pub(crate) fn expired(&self, signature: &Signature, now: u64) -> bool {
        let lifetime = signature.key_lifetime;
        self.created > now || (lifetime > 0 && now > self.created + lifetime)
    }

    /// How long the body of its packet is.
    pub(crate) fn length(&self) -> usize {
        self.body.len()
    }

    /// The key as it is hashed.
    pub(crate) fn hashed(&self) -> Vec<u8> {
        let mut hashed = vec![0x99];
        hashed.extend((self.body.len() as u16).to_be_bytes());
        hashed.extend(&self.body);
        hashed
    }
}

fn checked_algorithm(body: &[u8]) -> Result<Algorithm, ProvenanceError> {
    let Some(fields) = body.get(..FIELDS) else {
        return Err(ProvenanceError::Truncated);
    };
    if fields[0] != 4 {
        let text = format!("public key version {}", fields[0]);
        return Err(ProvenanceError::unsupported(&text));
    }
    let number = fields[FIELDS - 1];
    Algorithm::of(number)
        .ok_or_else(|| ProvenanceError::unsupported(&format!("public key type: {number}")))
}

/// A key of a known kind that the library does not read: a rare curve, or broken numbers.
fn unreadable(error: pgp::errors::Error) -> ProvenanceError {
    match error {
        pgp::errors::Error::Unsupported { message, .. } => ProvenanceError::unsupported(&message),
        pgp::errors::Error::PacketParsing { source } if source.is_incomplete() => {
            ProvenanceError::Truncated
        }
        pgp::errors::Error::IO { source, .. }
            if source.kind() == std::io::ErrorKind::UnexpectedEof =>
        {
            ProvenanceError::Truncated
        }
        other => ProvenanceError::structural(&other.to_string()),
    }
}

/// A key with its secret part, which may be locked by a passphrase.
#[derive(Clone)]
pub(crate) struct SecretKey {
    pub(crate) public: PublicKey,
    key: packet::SecretKey,
}

impl SecretKey {
    /// Reads the body of a packet.
    pub(crate) fn parse(body: &[u8]) -> Result<SecretKey, ProvenanceError> {
        use pgp::ser::Serialize as _;
        let algorithm = checked_algorithm(body)?;
        let header = PacketHeader::new_fixed(Tag::SecretKey, body.len() as u32);
        let key = packet::SecretKey::try_from_reader(header, body).map_err(unreadable)?;
        let public = key.public_key().clone();
        let length = public.write_len().min(body.len());
        Ok(SecretKey {
            public: PublicKey::new(algorithm, public, body[..length].to_vec()),
            key,
        })
    }

    /// Whether a passphrase is needed.
    pub(crate) fn is_locked(&self) -> bool {
        self.key.secret_params().is_encrypted() && !self.is_dummy()
    }

    /// Whether the secret part is elsewhere, and only a mark says that there is one.
    pub(crate) fn is_dummy(&self) -> bool {
        let SecretParams::Encrypted(params) = self.key.secret_params() else {
            return false;
        };
        match params.string_to_key_params() {
            S2kParams::Cfb { s2k, .. }
            | S2kParams::MalleableCfb { s2k, .. }
            | S2kParams::Aead { s2k, .. } => matches!(s2k, StringToKey::Private { .. }),
            _ => false,
        }
    }

    /// Takes the lock off.
    ///
    /// # Errors
    /// The passphrase is another one.
    pub(crate) fn unlock(&mut self, passphrase: &[u8]) -> Result<(), ProvenanceError> {
        let removed = self.key.remove_password(&Password::from(passphrase));
        removed.map_err(|_| ProvenanceError::structural("private key checksum failure"))
    }

    /// Signs a digest.
    ///
    /// # Errors
    /// The secret part is not there, or cannot sign.
    pub(crate) fn sign(
        &self,
        hash: pgp::crypto::hash::HashAlgorithm,
        digest: &[u8],
    ) -> Result<SignatureBytes, ProvenanceError> {
        if self.is_dummy() {
            let text = "openpgp: s2k GNU dummy key: dummy key found";
            return Err(ProvenanceError::other(text));
        }
        let signed = self.key.sign(&Password::empty(), hash, digest);
        signed.map_err(|error| ProvenanceError::other(&error.to_string()))
    }
}
