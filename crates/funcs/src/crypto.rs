//! Encryption, and passwords derived from a master password.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use gotmpl::Ty::{self, Str};
use goval::{IntKind, Value};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::World;
use crate::args::{Args, text};
use crate::encoding::{BASE64, decode_base64, encode};
use crate::table::{Entry, Outcome, impure, panic, pure};

/// The size of a block and of the initialization vector.
const BLOCK: usize = 16;
const UINT32: Ty = Ty::Integer(IntKind::Uint32);

pub(crate) const FUNCS: &[Entry] = &[
    impure("encryptAES", &[Str, Str], Str, encrypt),
    pure("decryptAES", &[Str, Str], Str, decrypt),
    pure(
        "derivePassword",
        &[UINT32, Str, Str, Str, Str],
        Str,
        derive_password,
    ),
];

/// The password itself is the key, cut or filled with zeros.
fn key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let len = password.len().min(key.len());
    key[..len].copy_from_slice(&password[..len]);
    key
}

/// AES-256 in CBC mode with padding of PKCS#7; the vector stands before the blocks, all in base64.
fn encrypt(world: &dyn World, a: &[Value]) -> Outcome {
    if a.bytes(1).is_empty() {
        return Ok("".into());
    }
    let mut content = a.bytes(1).to_vec();
    let padding = BLOCK - content.len() % BLOCK;
    content.extend(std::iter::repeat_n(padding as u8, padding));
    let mut vector = [0; BLOCK];
    world.fill_random(&mut vector);
    let cipher = cbc::Encryptor::<Aes256>::new(&key(a.bytes(0)).into(), &vector.into());
    let len = content.len();
    let blocks = cipher
        .encrypt_padded::<NoPadding>(&mut content, len)
        .map_err(|error| error.to_string())?;
    Ok(encode(&[&vector[..], blocks].concat(), &BASE64).into())
}

fn decrypt(a: &[Value]) -> Outcome {
    if a.bytes(1).is_empty() {
        return Ok("".into());
    }
    let mut content = decode_base64(a.bytes(1))?;
    let Some((vector, blocks)) = content.split_first_chunk_mut::<BLOCK>() else {
        // Go has set memory aside for what the base64 could hold at most.
        let capacity = a.bytes(1).len() / 4 * 3;
        let range = format!("[:{BLOCK}] with capacity {capacity}");
        return Err(panic(format!(
            "runtime error: slice bounds out of range {range}"
        )));
    };
    if blocks.len() % BLOCK != 0 {
        return Err(panic("crypto/cipher: input not full blocks"));
    }
    let cipher = cbc::Decryptor::<Aes256>::new(&key(a.bytes(0)).into(), &(*vector).into());
    let plain = cipher
        .decrypt_padded::<NoPadding>(blocks)
        .map_err(|error| error.to_string())?;
    let Some(&padding) = plain.last() else {
        return Err(panic("runtime error: index out of range [-1]"));
    };
    match plain.len().checked_sub(usize::from(padding)) {
        Some(len) => Ok(text(&plain[..len])),
        None => {
            let end = plain.len() as i64 - i64::from(padding);
            Err(panic(format!(
                "runtime error: slice bounds out of range [:{end}]"
            )))
        }
    }
}

/// The namespace of the Master Password algorithm, version 3.
const NAMESPACE: &[u8] = b"com.lyndir.masterpassword";

/// A site's password by the Master Password algorithm: counter, type, master password, user, site.
fn derive_password(a: &[Value]) -> Outcome {
    let (counter, kind) = (a.int(0) as u32, a.text(1));
    let templates: &[&str] = match &*kind {
        "maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        "long" => &LONG,
        "medium" => &["CvcnoCvc", "CvcCvcno"],
        "short" => &["Cvcn"],
        "basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        "pin" => &["nnnn"],
        other => return Ok(format!("cannot find password template {other}").into()),
    };
    let (password, user, site) = (a.bytes(2), a.bytes(3), a.bytes(4));
    let sized = |text: &[u8]| (text.len() as u32).to_be_bytes();
    let salt = [NAMESPACE, &sized(user), user].concat();
    let mut key = [0; 64];
    scrypt::Params::new(15, 8, 2)
        .map_err(|error| error.to_string())
        .and_then(|params| {
            scrypt::scrypt(password, &salt, &params, &mut key).map_err(|error| error.to_string())
        })?;
    let message = [NAMESPACE, &sized(site), site, &counter.to_be_bytes()].concat();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| error.to_string())?;
    mac.update(&message);
    let seed = mac.finalize().into_bytes();
    let template = templates[usize::from(seed[0]) % templates.len()];
    let chars = template.bytes().zip(&seed[1..]).map(|(class, &byte)| {
        let choices = characters(class);
        char::from(choices[usize::from(byte) % choices.len()])
    });
    Ok(chars.collect::<String>().into())
}

const LONG: [&str; 21] = [
    "CvcvnoCvcvCvcv",
    "CvcvCvcvnoCvcv",
    "CvcvCvcvCvcvno",
    "CvccnoCvcvCvcv",
    "CvccCvcvnoCvcv",
    "CvccCvcvCvcvno",
    "CvcvnoCvccCvcv",
    "CvcvCvccnoCvcv",
    "CvcvCvccCvcvno",
    "CvcvnoCvcvCvcc",
    "CvcvCvcvnoCvcc",
    "CvcvCvcvCvccno",
    "CvccnoCvccCvcv",
    "CvccCvccnoCvcv",
    "CvccCvccCvcvno",
    "CvcvnoCvccCvcc",
    "CvcvCvccnoCvcc",
    "CvcvCvccCvccno",
    "CvccnoCvcvCvcc",
    "CvccCvcvnoCvcc",
    "CvccCvcvCvccno",
];

/// What a letter of a template stands for.
fn characters(class: u8) -> &'static [u8] {
    match class {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}
