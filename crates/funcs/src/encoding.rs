//! Base64, base32, and sums of bytes.

use gotmpl::Ty::Str;
use goval::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::args::{Args, text};
use crate::table::{Entry, Outcome, pure};

pub(crate) const FUNCS: &[Entry] = &[
    pure("b64enc", &[Str], Str, |a| {
        Ok(encode(a.bytes(0), &BASE64).into())
    }),
    pure("b64dec", &[Str], Str, |a| {
        text_or_error(decode_base64(a.bytes(0)))
    }),
    pure("b32enc", &[Str], Str, |a| {
        Ok(encode(a.bytes(0), &BASE32).into())
    }),
    pure("b32dec", &[Str], Str, |a| {
        text_or_error(decode_base32(a.bytes(0)))
    }),
    pure("sha1sum", &[Str], Str, |a| {
        Ok(hex(&Sha1::digest(a.bytes(0))).into())
    }),
    pure("sha256sum", &[Str], Str, |a| {
        Ok(hex(&Sha256::digest(a.bytes(0))).into())
    }),
    pure("sha512sum", &[Str], Str, |a| {
        Ok(hex(&Sha512::digest(a.bytes(0))).into())
    }),
    pure("adler32sum", &[Str], Str, |a| {
        Ok(adler32(a.bytes(0)).to_string().into())
    }),
];

/// Errors are the result.
fn text_or_error(decoded: Result<Vec<u8>, String>) -> Outcome {
    Ok(decoded.map_or_else(Value::from, text))
}

/// An encoding of RFC 4648.
pub(crate) struct Base {
    alphabet: &'static [u8],
    /// The bits that a character stands for.
    bits: u32,
    /// The characters of a group.
    group: usize,
}

pub(crate) const BASE64: Base = Base {
    alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    bits: 6,
    group: 4,
};

const BASE32: Base = Base {
    alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    bits: 5,
    group: 8,
};

/// Encodes, with padding.
pub(crate) fn encode(bytes: &[u8], base: &Base) -> String {
    let group_bytes = base.group * base.bits as usize / 8;
    let mut out = String::with_capacity(bytes.len().div_ceil(group_bytes) * base.group);
    let mask = (1 << base.bits) - 1;
    for group in bytes.chunks(group_bytes) {
        let shift = 8 * (group_bytes - group.len());
        let number = group.iter().fold(0_u64, |n, &b| n << 8 | u64::from(b)) << shift;
        let used = (group.len() * 8).div_ceil(base.bits as usize);
        for i in 0..base.group {
            let index = number >> ((base.group - 1 - i) as u32 * base.bits) & mask;
            out.push(if i < used {
                char::from(base.alphabet[index as usize])
            } else {
                '='
            });
        }
    }
    out
}

/// Decodes as Go's `base64.StdEncoding` does: ends of lines are skipped, padding is wanted, bits
/// that are left over do not matter.
///
/// # Errors
/// Where the text goes wrong, in Go's words.
pub(crate) fn decode_base64(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let corrupt = |at: usize| format!("illegal base64 data at input byte {at}");
    let mut input = (0..)
        .zip(bytes)
        .filter(|(_, b)| !matches!(b, b'\r' | b'\n'));
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut number, mut count) = (0_u32, 0);
    while let Some((at, &byte)) = input.next() {
        if byte == b'=' {
            if count < 2 {
                return Err(corrupt(at));
            }
            if count == 2 {
                match input.next() {
                    None => return Err(corrupt(bytes.len())),
                    Some((at, b)) if *b != b'=' => return Err(corrupt(at - 1)),
                    Some(_) => {}
                }
            }
            if let Some((at, _)) = input.next() {
                return Err(corrupt(at));
            }
            push_bits(&mut out, number.into(), count, &BASE64);
            return Ok(out);
        }
        number = number << 6 | BASE64.value(byte).ok_or_else(|| corrupt(at))?;
        count += 1;
        if count == 4 {
            out.extend_from_slice(&number.to_be_bytes()[1..]);
            (number, count) = (0, 0);
        }
    }
    if count == 0 {
        Ok(out)
    } else {
        Err(corrupt(bytes.len() - count))
    }
}

/// As [`decode_base64`] for `base32.StdEncoding`, which counts positions without ends of lines and
/// ignores what follows the padding of the last eight characters.
fn decode_base32(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let corrupt = |at: usize| format!("illegal base32 data at input byte {at}");
    let is_data = |b: &u8| !matches!(b, b'\r' | b'\n');
    let bytes: Vec<u8> = bytes.iter().copied().filter(is_data).collect();
    let mut out = Vec::with_capacity(bytes.len() / 8 * 5);
    let (mut number, mut count) = (0_u64, 0);
    for (at, &byte) in bytes.iter().enumerate() {
        let rest = &bytes[at + 1..];
        if byte == b'=' && count >= 2 && rest.len() < 8 {
            let wanted = 7 - count;
            if rest.len() < wanted {
                return Err(corrupt(bytes.len()));
            }
            if let Some(wrong) = rest[..wanted].iter().position(|&b| b != b'=') {
                return Err(corrupt(at + wrong));
            }
            if matches!(count, 3 | 6) {
                return Err(corrupt(at));
            }
            push_bits(&mut out, number, count, &BASE32);
            return Ok(out);
        }
        number = number << 5 | u64::from(BASE32.value(byte).ok_or_else(|| corrupt(at))?);
        count += 1;
        if count == 8 {
            push_bits(&mut out, number, count, &BASE32);
            (number, count) = (0, 0);
        }
    }
    if count == 0 {
        Ok(out)
    } else {
        Err(corrupt(bytes.len() - count))
    }
}

/// Writes the whole bytes of so many characters.
fn push_bits(out: &mut Vec<u8>, number: u64, count: usize, base: &Base) {
    let bits = count as u32 * base.bits;
    for i in 1..=bits / 8 {
        out.push((number >> (bits - 8 * i)) as u8);
    }
}

impl Base {
    fn value(&self, byte: u8) -> Option<u32> {
        let index = self.alphabet.iter().position(|&c| c == byte);
        index.map(|i| i as u32)
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let pairs = bytes.iter().flat_map(|b| [b >> 4, b & 15]);
    pairs
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The checksum of RFC 1950.
fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    // So many sums fit before they must be reduced.
    for chunk in bytes.chunks(5552) {
        for &byte in chunk {
            a += u32::from(byte);
            b += a;
        }
        (a, b) = (a % 65521, b % 65521);
    }
    b << 16 | a
}
