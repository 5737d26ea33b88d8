//! Certificates (RFC 5280) with the fields, and in the order, that Go's `crypto/x509` writes for
//! Sprig's templates.

use std::net::IpAddr;

use gostd::time::{Duration, Time, Zone};
use goval::Str;
use goval::strconv::quote;
use sha2::{Digest, Sha256};

use crate::World;
use crate::der::{self, Element};
use crate::keys::PrivateKey;
use crate::rng::WorldRng;

/// What a certificate is to say.
pub(crate) struct Request<'a> {
    pub(crate) common_name: &'a [u8],
    pub(crate) names: Names,
    /// How long it is valid.
    pub(crate) days: i64,
    pub(crate) is_authority: bool,
}

/// The names besides the common one.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) dns: Vec<Str>,
    pub(crate) addresses: Vec<IpAddr>,
}

/// The certificate of an issuer: what is taken over into those that it signs.
pub(crate) struct Parent {
    subject: Vec<u8>,
    public_key: Vec<u8>,
    key_id: Vec<u8>,
}

impl Parent {
    /// Reads a certificate.
    ///
    /// # Errors
    /// The part that is malformed, in Go's words.
    pub(crate) fn read(der: &[u8]) -> Result<Parent, &'static str> {
        let (certificate, trailing) = of(der, der::SEQUENCE, "malformed certificate")?;
        let (body, outer) = of(
            certificate.content,
            der::SEQUENCE,
            "malformed tbs certificate",
        )?;
        let mut rest = body.content;
        // The version is left out in certificates of the first one.
        if rest.first() == Some(&0xa0) {
            rest = of(rest, 0xa0, "malformed version")?.1;
        }
        let (_, rest) = of(rest, der::INTEGER, "malformed serial number")?;
        let what = "malformed signature algorithm identifier";
        let (algorithm, rest) = of(rest, der::SEQUENCE, what)?;
        let (outer, _) = of(outer, der::SEQUENCE, "malformed algorithm identifier")?;
        if outer.content != algorithm.content {
            return Err("inner and outer signature algorithm identifiers don't match");
        }
        let (_, rest) = of(rest, der::SEQUENCE, "malformed issuer")?;
        let (_, rest) = of(rest, der::SEQUENCE, "malformed validity")?;
        let (subject, rest) = of(rest, der::SEQUENCE, "malformed issuer")?;
        let (key, rest) = of(rest, der::SEQUENCE, "malformed spki")?;
        let more = der::read_all(rest).ok_or("malformed extensions")?;
        if !trailing.is_empty() {
            return Err("trailing data");
        }
        let extensions = more.iter().find(|field| field.tag == 0xa3);
        let key_id = extensions
            .and_then(|e| subject_key_id(e.content))
            .unwrap_or_default();
        Ok(Parent {
            subject: subject.whole.to_vec(),
            public_key: key.whole.to_vec(),
            key_id: key_id.to_vec(),
        })
    }
}

/// The first value, if it has this tag, and what follows it.
fn of<'a>(
    bytes: &'a [u8],
    tag: u8,
    otherwise: &'static str,
) -> Result<(Element<'a>, &'a [u8]), &'static str> {
    let found = der::read(bytes).filter(|(element, _)| element.tag == tag);
    found.ok_or(otherwise)
}

fn subject_key_id(extensions: &[u8]) -> Option<&[u8]> {
    let (list, _) = der::read(extensions)?;
    for extension in der::read_all(list.content)? {
        let fields = der::read_all(extension.content)?;
        let is_key_id = |oid: &Element<'_>| oid.content == [0x55, 0x1d, 14];
        if fields.first().is_some_and(is_key_id) {
            return der::read(fields.last()?.content).map(|(id, _)| id.content);
        }
    }
    None
}

/// Makes a certificate for a key, signed by its parent or by itself.
///
/// # Errors
/// What Go's `x509.CreateCertificate` refuses, in its words.
pub(crate) fn issue(
    world: &dyn World,
    request: &Request<'_>,
    key: &PrivateKey,
    parent: Option<(&Parent, &PrivateKey)>,
) -> Result<Vec<u8>, String> {
    let signing_key = parent.map_or(key, |(_, key)| key);
    let algorithm = signing_key.signature_algorithm()?;
    let (public_key, key_bits) = key.public_key()?;
    let subject = subject(request.common_name)?;
    let issuer = match parent {
        Some((parent, _)) => &parent.subject,
        None => &subject,
    };
    if let Some((parent, key)) = parent
        && key.public_key()?.0 != parent.public_key
    {
        return Err("x509: provided PrivateKey doesn't match parent's PublicKey".to_owned());
    }
    let authority_key_id = match parent {
        Some((parent, _)) if *issuer != subject => &parent.key_id[..],
        _ => &[],
    };
    let extensions = extensions(request, &subject, &key_bits, authority_key_id)?;
    let version = der::value(0xa0, &der::integer(&[2]));
    let serial = der::integer(&WorldRng(world).bytes::<16>());
    let body = der::sequence(&[
        &version,
        &serial,
        &algorithm,
        issuer,
        &validity(world, request.days)?,
        &subject,
        &public_key,
        &der::value(0xa3, &der::sequence(&[&extensions])),
    ]);
    let signature = der::bit_string(&signing_key.sign(&body)?);
    Ok(der::sequence(&[&body, &algorithm, &signature]))
}

/// A name of the common name alone; of nothing if that is empty.
fn subject(common_name: &[u8]) -> Result<Vec<u8>, String> {
    if common_name.is_empty() {
        return Ok(der::sequence(&[]));
    }
    let printable = |b: &u8| b.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(b);
    let tag = if common_name.iter().all(printable) {
        0x13
    } else {
        0x0c
    };
    if std::str::from_utf8(common_name).is_err() {
        return Err("asn1: string not valid UTF-8".to_owned());
    }
    let kind = der::value(der::OID, &[0x55, 0x04, 0x03]);
    let attribute = der::sequence(&[&kind, &der::value(tag, common_name)]);
    Ok(der::sequence(&[&der::value(der::SET, &attribute)]))
}

fn validity(world: &dyn World, days: i64) -> Result<Vec<u8>, String> {
    const DAY: i64 = 86_400_000_000_000;
    let start = Time::from_jiff(world.now(), Zone::Utc);
    let end = start.add(Duration::from_nanoseconds(DAY.wrapping_mul(days)));
    Ok(der::sequence(&[&moment(&start)?, &moment(&end)?]))
}

/// `UTCTime` where its two digits of the year will do.
fn moment(time: &Time) -> Result<Vec<u8>, String> {
    match time.date().0 {
        1950..2050 => Ok(der::value(0x17, time.format("060102150405Z").as_bytes())),
        0..10_000 => Ok(der::value(0x18, time.format("20060102150405Z").as_bytes())),
        _ => Err("asn1: structure error: cannot represent time as GeneralizedTime".to_owned()),
    }
}

fn extensions(
    request: &Request<'_>,
    subject: &[u8],
    key_bits: &[u8],
    authority_key_id: &[u8],
) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut add = |id: u8, critical: bool, content: &[u8]| {
        let oid = der::value(der::OID, &[0x55, 0x1d, id]);
        let critical = if critical {
            der::value(0x01, &[0xff])
        } else {
            Vec::new()
        };
        let content = der::value(der::OCTET_STRING, content);
        out.extend(der::sequence(&[&oid, &critical, &content]));
    };
    // Key usage: digital signatures, encipherment of keys; for an authority, of certificates.
    let usage: &[u8] = if request.is_authority {
        &[2, 0xa4]
    } else {
        &[5, 0xa0]
    };
    add(15, true, &der::value(der::BIT_STRING, usage));
    // Extended key usage: authentication of servers and of clients.
    let purpose = |n: u8| der::value(der::OID, &[0x2b, 6, 1, 5, 5, 7, 3, n]);
    add(37, false, &der::sequence(&[&purpose(1), &purpose(2)]));
    let is_authority = der::value(0x01, &[0xff]);
    let constraints: &[&[u8]] = if request.is_authority {
        &[&is_authority]
    } else {
        &[]
    };
    add(19, true, &der::sequence(constraints));
    if request.is_authority {
        let id = &Sha256::digest(key_bits)[..20];
        add(14, false, &der::value(der::OCTET_STRING, id));
    }
    if !authority_key_id.is_empty() {
        add(
            35,
            false,
            &der::sequence(&[&der::value(0x80, authority_key_id)]),
        );
    }
    let names = alternative_names(&request.names)?;
    if !names.is_empty() {
        // Without a subject, the names are all there is to go by.
        let only_names = subject == der::sequence(&[]);
        add(17, only_names, &der::sequence(&[&names]));
    }
    Ok(out)
}

fn alternative_names(names: &Names) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    for name in &names.dns {
        if !name.is_ascii() {
            return Err(format!(
                "x509: {} cannot be encoded as an IA5String",
                quote(name)
            ));
        }
        out.extend(der::value(0x82, name));
    }
    for address in &names.addresses {
        let address = match address.to_canonical() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        out.extend(der::value(0x87, &address));
    }
    Ok(out)
}
