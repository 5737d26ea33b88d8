//! Checking provenance files.

use crate::clearsign::{self, Signed};
use crate::key::PublicKey;
use crate::keyring::{Entity, Subkey};
use crate::packet::{Packet, Packets};
use crate::signature::{Signature, kind};
use crate::{Keyring, ProvenanceError, sums};

/// A package that is what its signer signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The names of whoever signed it.
    pub signed_by: Vec<String>,
    /// The fingerprint of the signer's key, in hexadecimal digits.
    pub fingerprint: String,
    /// The digest of the package, with the name of its algorithm.
    pub digest: String,
}

impl Verified {
    /// What is said of it, in lines; the package is a `Chart` or a `Plugin`.
    pub fn report(&self, package: &str) -> String {
        let names = self.signed_by.iter();
        let names: String = names.map(|name| format!("Signed by: {name}\n")).collect();
        format!(
            "{names}Using Key With Fingerprint: {}\n{package} Hash Verified: {}\n",
            self.fingerprint, self.digest
        )
    }
}

/// A key that may have made a signature.
struct Candidate<'a> {
    entity: &'a Entity,
    key: &'a PublicKey,
    /// As which it was found, unless it is the entity's own key.
    subkey: Option<&'a Subkey>,
}

impl Keyring {
    /// Checks a package against its provenance file: a key of this ring must have signed it at a
    /// time (in seconds since 1970) at which it may, and the digest must fit.
    ///
    /// # Errors
    /// What is wrong, in Helm's words.
    pub fn verify(
        &self,
        package: &[u8],
        provenance: &[u8],
        name: &str,
        now: u64,
    ) -> Result<Verified, ProvenanceError> {
        let other = ProvenanceError::other;
        let signed =
            clearsign::decode(provenance).ok_or_else(|| other("signature block not found"))?;
        let signer = self.signer_of(&signed, now)?;
        let digest = sums::digest(package);
        let quoted = |text: &str| goval::strconv::quote(text);
        match sums::find(&signed.text, name)? {
            None => Err(other(&format!(
                "provenance does not contain a SHA for a file named {}",
                quoted(name)
            ))),
            Some(promised) if promised != digest => Err(other(&format!(
                "sha256 sum does not match for {name}: {} != {}",
                quoted(&promised),
                quoted(&digest)
            ))),
            Some(_) => Ok(Verified {
                signed_by: signer.identities.keys().cloned().collect(),
                fingerprint: hex(&signer.primary.fingerprint),
                digest,
            }),
        }
    }

    /// What can be said of a package and its provenance file without any keys.
    ///
    /// # Errors
    /// In a word or two: it is no provenance file, or that of another package.
    pub fn looks_signed(package: &[u8], provenance: &[u8], name: &str) -> Result<(), &'static str> {
        let signed = clearsign::decode(provenance).ok_or("invalid provenance")?;
        let digest = sums::digest(package);
        match sums::find_like(&signed.text, name, &digest) {
            true => Ok(()),
            false => Err("mismatched provenance"),
        }
    }

    fn signer_of(&self, signed: &Signed, now: u64) -> Result<&Entity, ProvenanceError> {
        let data = signed.signature.as_ref().map_err(Clone::clone)?;
        let mut packets = Packets::new(data);
        let (signature, candidates) = loop {
            let signature = match packets.next()? {
                None => return Err(ProvenanceError::UnknownIssuer),
                Some(Packet::Signature(signature)) => signature,
                Some(_) => {
                    let text = "non signature packet found";
                    return Err(ProvenanceError::structural(text));
                }
            };
            let Some(issuer) = signature.issuer else {
                let text = "signature doesn't have an issuer";
                return Err(ProvenanceError::structural(text));
            };
            let candidates = self.candidates(issuer);
            if !candidates.is_empty() {
                break (signature, candidates);
            }
        };
        if !matches!(signature.kind, kind::BINARY | kind::TEXT) {
            let text = format!("signature type: {}", signature.kind);
            return Err(ProvenanceError::unsupported(&text));
        }
        let mut failure = ProvenanceError::UnknownIssuer;
        for candidate in candidates {
            match candidate.key.verify(&signature, &signed.canonical) {
                Ok(()) => return candidate.checked(&signature, now),
                Err(why) => failure = why,
            }
        }
        Err(failure)
    }

    /// The keys with a number that may sign data.
    fn candidates(&self, id: u64) -> Vec<Candidate<'_>> {
        let mut found = Vec::new();
        for entity in &self.entities {
            let own = entity.primary_identity().and_then(|i| i.signature.as_ref());
            if entity.primary.id == id && own.is_some_and(Signature::lets_sign) {
                found.push(Candidate {
                    entity,
                    key: &entity.primary,
                    subkey: None,
                });
            }
            let subkeys = entity.subkeys.iter();
            let fitting = subkeys.filter(|sub| sub.key.id == id && sub.signature.lets_sign());
            found.extend(fitting.map(|subkey| Candidate {
                entity,
                key: &subkey.key,
                subkey: Some(subkey),
            }));
        }
        found
    }
}

impl<'a> Candidate<'a> {
    /// Whether the key may still, or already, be believed.
    fn checked(&self, signature: &Signature, now: u64) -> Result<&'a Entity, ProvenanceError> {
        let entity = self.entity;
        let identity = entity.primary_identity();
        let Some(own) = identity.and_then(|identity| identity.signature.as_ref()) else {
            return Err(ProvenanceError::KeyRevoked);
        };
        let mut signatures = vec![signature, own];
        if let Some(subkey) = self.subkey {
            signatures.push(&subkey.signature);
            signatures.extend(subkey.signature.embedded.as_deref());
        }
        let mut notations = signatures.iter().flat_map(|s| &s.critical_notations);
        if let Some(name) = notations.next() {
            return Err(ProvenanceError::Notation(name.clone()));
        }
        let revoked = |revocations: &[Signature]| revocations.iter().any(|r| r.revokes(now));
        if revoked(&entity.revocations)
            || self.subkey.is_some_and(|sub| revoked(&sub.revocations))
            || identity.is_some_and(|identity| revoked(&identity.revocations))
        {
            return Err(ProvenanceError::KeyRevoked);
        }
        let is_old = |sub: &Subkey| sub.key.expired(&sub.signature, now);
        if entity.primary.expired(own, now) || self.subkey.is_some_and(is_old) {
            return Err(ProvenanceError::KeyExpired);
        }
        match signatures.iter().any(|signature| signature.expired(now)) {
            true => Err(ProvenanceError::SignatureExpired),
            false => Ok(entity),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
