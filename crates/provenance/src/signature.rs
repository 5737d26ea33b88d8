//! Signatures: what they say, over which data, and when they end.

use pgp::crypto::hash::HashAlgorithm;
use pgp::types::{Mpi, SignatureBytes};

use crate::ProvenanceError;
use crate::key::Algorithm;
use crate::reader::Reader;

/// How a signature was made, and of what: the types that keyrings and provenance files have.
pub(crate) mod kind {
    pub(crate) const BINARY: u8 = 0x00;
    pub(crate) const TEXT: u8 = 0x01;
    pub(crate) const GENERIC_CERTIFICATION: u8 = 0x10;
    pub(crate) const POSITIVE_CERTIFICATION: u8 = 0x13;
    pub(crate) const SUBKEY_BINDING: u8 = 0x18;
    pub(crate) const PRIMARY_KEY_BINDING: u8 = 0x19;
    pub(crate) const KEY_REVOCATION: u8 = 0x20;
    pub(crate) const SUBKEY_REVOCATION: u8 = 0x28;
    pub(crate) const CERTIFICATION_REVOCATION: u8 = 0x30;
}

/// What a subpacket of a signature is about.
pub(crate) mod subpacket {
    pub(crate) const CREATED: u8 = 2;
    pub(crate) const EXPIRES: u8 = 3;
    pub(crate) const KEY_EXPIRES: u8 = 9;
    pub(crate) const ISSUER: u8 = 16;
    pub(crate) const NOTATION: u8 = 20;
    pub(crate) const PRIMARY_USER_ID: u8 = 25;
    pub(crate) const KEY_FLAGS: u8 = 27;
    pub(crate) const REVOCATION_REASON: u8 = 29;
    pub(crate) const EMBEDDED: u8 = 32;
    pub(crate) const ISSUER_FINGERPRINT: u8 = 33;
    /// Those that tell nothing that matters here.
    pub(crate) const UNIMPORTANT: [u8; 13] = [4, 5, 6, 11, 21, 22, 23, 24, 26, 28, 30, 35, 39];
}

/// A key may sign data.
const MAY_SIGN: u8 = 2;

/// The key has fallen into other hands.
const COMPROMISED: u8 = 2;

/// Signatures in signatures end here: a key is bound by one that is bound by none.
const DEEPEST: usize = 2;

/// A signature of version 4.
#[derive(Clone)]
pub(crate) struct Signature {
    pub(crate) kind: u8,
    pub(crate) algorithm: Algorithm,
    pub(crate) hash: HashAlgorithm,
    /// What is hashed after the data.
    suffix: Vec<u8>,
    pub(crate) value: SignatureBytes,
    pub(crate) created: u64,
    /// After how many seconds it ends; 0 for never.
    lifetime: u64,
    /// After how many seconds the key ends that it is about; 0 for never.
    pub(crate) key_lifetime: u64,
    pub(crate) issuer: Option<u64>,
    issuer_fingerprint: Option<Vec<u8>>,
    /// What the key may do that it is about, if it says so.
    flags: Option<u8>,
    pub(crate) is_primary: bool,
    revocation_reason: Option<u8>,
    /// By which a subkey agrees to be bound.
    pub(crate) embedded: Option<Box<Signature>>,
    /// The names of notations that must be understood.
    pub(crate) critical_notations: Vec<String>,
}

impl Signature {
    /// Reads the body of a packet; tells how much of it that was.
    pub(crate) fn parse(body: &[u8]) -> Result<(Signature, usize), ProvenanceError> {
        let mut data = Reader::new(body);
        let signature = parse(&mut data, DEEPEST)?;
        Ok((signature, body.len() - data.rest().len()))
    }

    /// The hash that is signed, of some data.
    ///
    /// # Errors
    /// Data of which others were made with the same SHA-1.
    pub(crate) fn digest(&self, data: &[u8]) -> Result<Vec<u8>, ProvenanceError> {
        let whole = [data, &self.suffix].concat();
        let digest = self.hash.digest(&whole);
        digest.map_err(|error| ProvenanceError::other(&error.to_string()))
    }

    /// Whether it is not valid, or no longer.
    pub(crate) fn expired(&self, now: u64) -> bool {
        self.created > now || (self.lifetime > 0 && now > self.created + self.lifetime)
    }

    /// Whether it says that its key may sign data.
    pub(crate) fn lets_sign(&self) -> bool {
        self.flags.is_some_and(|flags| flags & MAY_SIGN != 0)
    }

    /// Whether, as a revocation, it counts at a time. A key that others have never was one.
    pub(crate) fn revokes(&self, now: u64) -> bool {
        self.revocation_reason == Some(COMPROMISED) || !self.expired(now)
    }

    /// Whether it names a key as the one that made it.
    pub(crate) fn is_by(&self, id: u64, fingerprint: &[u8]) -> bool {
        match &self.issuer_fingerprint {
            Some(issuer) if issuer.len() >= fingerprint.len() => issuer == fingerprint,
            _ => self.issuer == Some(id),
        }
    }
}

/// What is hashed after the data: the first part of the signature, and how long that is.
pub(crate) fn suffix(
    kind: u8,
    algorithm: Algorithm,
    hash: HashAlgorithm,
    hashed: &[u8],
) -> Vec<u8> {
    let mut suffix = vec![4, kind, algorithm.number(), hash.into()];
    suffix.extend((hashed.len() as u16).to_be_bytes());
    suffix.extend(hashed);
    let length = suffix.len() as u32;
    suffix.extend([4, 0xff]);
    suffix.extend(length.to_be_bytes());
    suffix
}

fn parse(data: &mut Reader<'_>, depth: usize) -> Result<Signature, ProvenanceError> {
    let version = data.byte()?;
    if version != 4 {
        let text = format!("signature packet version {version}");
        return Err(ProvenanceError::unsupported(&text));
    }
    let kind = data.byte()?;
    let number = data.byte()?;
    let algorithm = Algorithm::of(number).filter(|algorithm| algorithm.can_sign());
    let hash = data.byte()?;
    let length = data.number(2)? as usize;
    let algorithm = algorithm
        .ok_or_else(|| ProvenanceError::unsupported(&format!("public key algorithm {number}")))?;
    if !matches!(hash, 2 | 8..=12 | 14) {
        let text = format!("hash function {hash}");
        return Err(ProvenanceError::unsupported(&text));
    }
    let hash = HashAlgorithm::from(hash);
    let hashed = data.take(length)?;
    let mut signature = Signature {
        kind,
        algorithm,
        hash,
        suffix: suffix(kind, algorithm, hash, hashed),
        value: SignatureBytes::Mpis(Vec::new()),
        created: 0,
        lifetime: 0,
        key_lifetime: 0,
        issuer: None,
        issuer_fingerprint: None,
        flags: None,
        is_primary: false,
        revocation_reason: None,
        embedded: None,
        critical_notations: Vec::new(),
    };
    signature.read_subpackets(hashed, true, depth)?;
    let length = data.number(2)? as usize;
    signature.read_subpackets(data.take(length)?, false, depth)?;
    data.take(2)?;
    signature.value = value(data, algorithm)?;
    Ok(signature)
}

/// The numbers that were calculated with the secret key.
fn value(data: &mut Reader<'_>, algorithm: Algorithm) -> Result<SignatureBytes, ProvenanceError> {
    if let Some(length) = algorithm.native_length() {
        return Ok(SignatureBytes::Native(data.take(length)?.to_vec().into()));
    }
    let mut numbers = Vec::new();
    for _ in 0..algorithm.numbers() {
        let bits = data.number(2)? as usize;
        numbers.push(Mpi::from_slice(data.take(bits.div_ceil(8))?));
    }
    Ok(SignatureBytes::Mpis(numbers))
}

impl Signature {
    fn read_subpackets(
        &mut self,
        data: &[u8],
        is_hashed: bool,
        depth: usize,
    ) -> Result<(), ProvenanceError> {
        let mut data = Reader::new(data);
        while !data.rest().is_empty() {
            let body = subpacket_body(&mut data)?;
            let Some((&kind, body)) = body.split_first() else {
                let text = "zero length signature subpacket";
                return Err(ProvenanceError::structural(text));
            };
            let is_critical = kind & 0x80 != 0;
            let kind = kind & 0x7f;
            // What is not signed is believed only where it proves itself.
            let proves_itself = matches!(
                kind,
                subpacket::ISSUER | subpacket::ISSUER_FINGERPRINT | subpacket::EMBEDDED
            );
            if is_hashed || proves_itself {
                self.read_subpacket(kind, is_critical, body, depth)?;
            }
        }
        Ok(())
    }

    fn read_subpacket(
        &mut self,
        kind: u8,
        is_critical: bool,
        body: &[u8],
        depth: usize,
    ) -> Result<(), ProvenanceError> {
        let first = body.first().copied();
        match kind {
            subpacket::CREATED => {
                self.created = seconds(body, "signature creation time not four bytes")?;
            }
            subpacket::EXPIRES => {
                self.lifetime = seconds(body, "expiration subpacket with bad length")?;
            }
            subpacket::KEY_EXPIRES => {
                self.key_lifetime = seconds(body, "key expiration subpacket with bad length")?;
            }
            subpacket::ISSUER => {
                let id = <[u8; 8]>::try_from(body)
                    .map_err(|_| ProvenanceError::structural("issuer subpacket with bad length"))?;
                self.issuer = Some(u64::from_be_bytes(id));
            }
            subpacket::ISSUER_FINGERPRINT => self.read_fingerprint(body)?,
            subpacket::NOTATION => {
                let name = notation_name(body)?;
                if is_critical {
                    self.critical_notations.push(name);
                }
            }
            subpacket::PRIMARY_USER_ID if body.len() != 1 => {
                let text = "primary user id subpacket with bad length";
                return Err(ProvenanceError::structural(text));
            }
            subpacket::PRIMARY_USER_ID => self.is_primary = first > Some(0),
            subpacket::KEY_FLAGS => self.flags = Some(first.unwrap_or(0)),
            subpacket::REVOCATION_REASON if body.is_empty() => {
                let text = "empty revocation reason subpacket";
                return Err(ProvenanceError::structural(text));
            }
            subpacket::REVOCATION_REASON => self.revocation_reason = first,
            subpacket::EMBEDDED => self.read_embedded(body, depth)?,
            4 if first == Some(0) => {
                let text = "signature with non-exportable certification";
                return Err(ProvenanceError::unsupported(text));
            }
            _ if is_critical && !subpacket::UNIMPORTANT.contains(&kind) => {
                let text = format!("unknown critical signature subpacket type {kind}");
                return Err(ProvenanceError::unsupported(&text));
            }
            _ => {}
        }
        Ok(())
    }

    fn read_fingerprint(&mut self, body: &[u8]) -> Result<(), ProvenanceError> {
        let Some((&version, fingerprint)) = body.split_first() else {
            let text = "empty issuer fingerprint subpacket";
            return Err(ProvenanceError::structural(text));
        };
        let length = if version >= 5 { 32 } else { 20 };
        if fingerprint.len() != length {
            return Err(ProvenanceError::structural("bad fingerprint length"));
        }
        let id = if version >= 5 {
            &fingerprint[..8]
        } else {
            &fingerprint[12..]
        };
        self.issuer = Some(id.iter().fold(0, |id, &byte| id << 8 | u64::from(byte)));
        self.issuer_fingerprint = Some(fingerprint.to_vec());
        Ok(())
    }

    fn read_embedded(&mut self, body: &[u8], depth: usize) -> Result<(), ProvenanceError> {
        let structural = ProvenanceError::structural;
        if self.embedded.is_some() {
            return Err(structural("Cannot have multiple embedded signatures"));
        }
        let Some(depth) = depth.checked_sub(1) else {
            return Err(structural("signatures nested too deep"));
        };
        let embedded = parse(&mut Reader::new(body), depth)?;
        if embedded.kind != kind::PRIMARY_KEY_BINDING {
            let kind = embedded.kind;
            return Err(structural(&format!(
                "cross-signature has unexpected type {kind}"
            )));
        }
        self.embedded = Some(Box::new(embedded));
        Ok(())
    }
}

fn subpacket_body<'a>(data: &mut Reader<'a>) -> Result<&'a [u8], ProvenanceError> {
    let read = |data: &mut Reader<'a>| {
        let length = match data.byte()? {
            short @ ..192 => u32::from(short),
            high @ 192..255 => ((u32::from(high) - 192) << 8) + u32::from(data.byte()?) + 192,
            255 => data.number(4)?,
        };
        data.take(length as usize)
    };
    read(data).map_err(|_| ProvenanceError::structural("signature subpacket truncated"))
}

fn seconds(body: &[u8], otherwise: &str) -> Result<u64, ProvenanceError> {
    let bytes = <[u8; 4]>::try_from(body).map_err(|_| ProvenanceError::structural(otherwise))?;
    Ok(u32::from_be_bytes(bytes).into())
}

fn notation_name(body: &[u8]) -> Result<String, ProvenanceError> {
    let mut data = Reader::new(body);
    let mut read = || {
        data.take(4)?;
        let name = data.number(2)? as usize;
        let value = data.number(2)? as usize;
        let name = data.take(name)?;
        data.take(value)?;
        Ok((name, data.rest().is_empty()))
    };
    match read() {
        Ok((name, true)) => Ok(String::from_utf8_lossy(name).into_owned()),
        Ok(_) | Err::<_, ProvenanceError>(_) => Err(ProvenanceError::structural(
            "notation data subpacket with bad length",
        )),
    }
}
