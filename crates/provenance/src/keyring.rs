//! Keyrings: whose keys there are, and what they may do.

use std::collections::BTreeMap;
use std::path::Path;

use crate::key::{PublicKey, SecretKey};
use crate::packet::{Packet, Packets};
use crate::signature::{Signature, kind};
use crate::{ProvenanceError, armor, keybox};

/// Keys, each with its owner.
#[derive(Clone, Default)]
pub struct Keyring {
    pub(crate) entities: Vec<Entity>,
}

/// A key, who owns it, and the keys below it.
#[derive(Clone)]
pub(crate) struct Entity {
    pub(crate) primary: PublicKey,
    pub(crate) secret: Option<Box<SecretKey>>,
    /// By their names.
    pub(crate) identities: BTreeMap<String, Identity>,
    pub(crate) subkeys: Vec<Subkey>,
    pub(crate) revocations: Vec<Signature>,
}

/// Who owns a key: a name, and by which signatures the key says so.
#[derive(Clone, Default)]
pub(crate) struct Identity {
    pub(crate) signature: Option<Signature>,
    pub(crate) revocations: Vec<Signature>,
}

/// A key that another one vouches for.
#[derive(Clone)]
pub(crate) struct Subkey {
    pub(crate) key: PublicKey,
    pub(crate) signature: Signature,
    pub(crate) revocations: Vec<Signature>,
}

impl Keyring {
    /// Reads a keyring: a GnuPG keybox, armoured keys, or keys one after the other. The path is for
    /// errors only.
    ///
    /// # Errors
    /// None of these, or no key among them that is understood.
    pub fn read(data: &[u8], path: &Path) -> Result<Keyring, ProvenanceError> {
        let path = path.display();
        if keybox::is_keybox(data) {
            let keys = keybox::keys(data)
                .map_err(|why| ProvenanceError::other(&format!("reading keybox {path}: {why}")))?;
            return Keyring::of_packets(&keys);
        }
        if armor::is_armored(data) {
            return Keyring::of_armor(data).map_err(|why| {
                ProvenanceError::other(&format!("reading armored keyring {path}: {why}"))
            });
        }
        Keyring::of_packets(data)
    }

    fn of_armor(data: &[u8]) -> Result<Keyring, ProvenanceError> {
        let mut all = Keyring::default();
        for block in armor::blocks(data)? {
            if !matches!(
                block.kind.as_str(),
                "PGP PUBLIC KEY BLOCK" | "PGP PRIVATE KEY BLOCK"
            ) {
                let kind = goval::strconv::quote(&block.kind);
                return Err(ProvenanceError::other(&format!(
                    "expected a public or private key block, got {kind}"
                )));
            }
            all.entities
                .extend(Keyring::of_packets(&block.data?)?.entities);
        }
        match all.entities.is_empty() {
            true => Err(ProvenanceError::other("no keys found")),
            false => Ok(all),
        }
    }

    /// Reads keys. Those that are not understood are left out, unless there are no others.
    fn of_packets(data: &[u8]) -> Result<Keyring, ProvenanceError> {
        let mut packets = Packets::new(data);
        let mut entities = Vec::new();
        let mut left_out = None;
        loop {
            match read_entity(&mut packets) {
                Ok(Some(entity)) => entities.push(entity),
                Ok(None) => break,
                Err(why @ (ProvenanceError::Unsupported(_) | ProvenanceError::Structural(_))) => {
                    left_out = Some(why);
                    if !skip_to_public_key(&mut packets)? {
                        break;
                    }
                }
                Err(why) => return Err(why),
            }
        }
        match left_out {
            Some(why) if entities.is_empty() => Err(why),
            _ => Ok(Keyring { entities }),
        }
    }
}

impl Entity {
    /// The signature that says most about the key, and of whose name it is.
    pub(crate) fn primary_identity(&self) -> Option<&Identity> {
        let mut best: Option<&Identity> = None;
        for identity in self.identities.values() {
            if best.is_none_or(|best| identity.goes_before(best)) {
                best = Some(identity);
            }
        }
        best
    }
}

impl Identity {
    fn goes_before(&self, other: &Identity) -> bool {
        let revocations = self.revocations.len().cmp(&other.revocations.len());
        let (Some(mine), Some(others)) = (&self.signature, &other.signature) else {
            return revocations.is_lt() || (revocations.is_eq() && other.signature.is_none());
        };
        let by_mark = others.is_primary.cmp(&mine.is_primary);
        let by_age = others.created.cmp(&mine.created);
        revocations.then(by_mark).then(by_age).is_lt()
    }
}

/// Goes on to where a key begins; `false` if none does.
fn skip_to_public_key(packets: &mut Packets<'_>) -> Result<bool, ProvenanceError> {
    while let Some(packet) = packets.next()? {
        if matches!(
            packet,
            Packet::Public {
                is_subkey: false,
                ..
            }
        ) {
            packets.give_back(packet);
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reads a key with all that belongs to it; `None` at the end.
fn read_entity(packets: &mut Packets<'_>) -> Result<Option<Entity>, ProvenanceError> {
    let structural = ProvenanceError::structural;
    let (primary, secret) = match packets.next()? {
        None => return Ok(None),
        Some(Packet::Public { key, .. }) => (*key, None),
        Some(Packet::Secret { key, .. }) => (key.public.clone(), Some(key)),
        Some(other) => {
            packets.give_back(other);
            return Err(structural("first packet was not a public/private key"));
        }
    };
    if !primary.algorithm.can_sign() {
        return Err(structural("primary key cannot be used for signatures"));
    }
    let mut entity = Entity {
        primary,
        secret,
        identities: BTreeMap::new(),
        subkeys: Vec::new(),
        revocations: Vec::new(),
    };
    while let Some(packet) = packets.next()? {
        match packet {
            Packet::UserId(name) => entity.add_identity(&name, packets)?,
            Packet::Signature(signature) if signature.kind == kind::KEY_REVOCATION => {
                entity.revocations.push(*signature);
            }
            Packet::Secret {
                key,
                is_subkey: true,
            } => entity.add_subkey(key.public, packets)?,
            Packet::Public {
                key,
                is_subkey: true,
            } => entity.add_subkey(*key, packets)?,
            Packet::Public { .. } | Packet::Secret { .. } => {
                packets.give_back(packet);
                break;
            }
            Packet::Signature(_) | Packet::Other => {}
        }
    }
    if entity.identities.is_empty() {
        return Err(structural("v4 entity without any identities"));
    }
    for revocation in &entity.revocations {
        let data = entity.primary.hashed();
        if entity.primary.verify(revocation, &data).is_err() {
            return Err(structural("revocation signature signed by alternate key"));
        }
    }
    Ok(Some(entity))
}

impl Entity {
    /// Reads the signatures behind a name, which counts only if the key itself made one of them.
    fn add_identity(
        &mut self,
        name: &[u8],
        packets: &mut Packets<'_>,
    ) -> Result<(), ProvenanceError> {
        let structural = ProvenanceError::structural;
        let mut data = self.primary.hashed();
        data.push(0xb4);
        data.extend((name.len() as u32).to_be_bytes());
        data.extend(name);
        let mut identity = Identity::default();
        let mut is_claimed = false;
        while let Some(packet) = packets.next()? {
            let Packet::Signature(signature) = packet else {
                packets.give_back(packet);
                break;
            };
            if !matches!(
                signature.kind,
                kind::GENERIC_CERTIFICATION
                    ..=kind::POSITIVE_CERTIFICATION | kind::CERTIFICATION_REVOCATION
            ) {
                return Err(structural("user ID signature with wrong type"));
            }
            if !signature.is_by(self.primary.id, &self.primary.fingerprint) {
                continue;
            }
            self.primary
                .verify(&signature, &data)
                .map_err(|why| structural(&format!("user ID self-signature invalid: {why}")))?;
            is_claimed = true;
            if signature.kind == kind::CERTIFICATION_REVOCATION {
                identity.revocations.push(*signature);
            } else {
                keep_newest(&mut identity.signature, *signature);
            }
        }
        if is_claimed {
            let name = String::from_utf8_lossy(name).into_owned();
            self.identities.insert(name, identity);
        }
        Ok(())
    }

    /// Reads the signatures behind a key, by which this one vouches for it.
    fn add_subkey(
        &mut self,
        key: PublicKey,
        packets: &mut Packets<'_>,
    ) -> Result<(), ProvenanceError> {
        let structural = ProvenanceError::structural;
        let invalid =
            |why: ProvenanceError| structural(&format!("subkey signature invalid: {why}"));
        let mut binding = None;
        let mut revocations = Vec::new();
        while let Some(packet) = packets.next().map_err(invalid)? {
            let Packet::Signature(signature) = packet else {
                packets.give_back(packet);
                break;
            };
            if !matches!(
                signature.kind,
                kind::SUBKEY_BINDING | kind::SUBKEY_REVOCATION
            ) {
                return Err(structural("subkey signature with wrong type"));
            }
            self.check_binding(&key, &signature).map_err(invalid)?;
            if signature.kind == kind::SUBKEY_REVOCATION {
                revocations.push(*signature);
            } else {
                keep_newest(&mut binding, *signature);
            }
        }
        let signature =
            binding.ok_or_else(|| structural("subkey packet not followed by signature"))?;
        self.subkeys.push(Subkey {
            key,
            signature,
            revocations,
        });
        Ok(())
    }

    /// A key that may sign must agree to be bound, or anybody could call it theirs.
    fn check_binding(&self, key: &PublicKey, by: &Signature) -> Result<(), ProvenanceError> {
        let data = [self.primary.hashed(), key.hashed()].concat();
        self.primary.verify(by, &data)?;
        if !by.lets_sign() {
            return Ok(());
        }
        let Some(embedded) = &by.embedded else {
            let text = "signing subkey is missing cross-signature";
            return Err(ProvenanceError::structural(text));
        };
        key.verify(embedded, &data).map_err(|why| {
            ProvenanceError::structural(&format!("error while verifying cross-signature: {why}"))
        })
    }
}

fn keep_newest(kept: &mut Option<Signature>, signature: Signature) {
    if kept
        .as_ref()
        .is_none_or(|kept| signature.created > kept.created)
    {
        *kept = Some(signature);
    }
}
