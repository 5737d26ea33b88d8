//! Randomness: strings, bytes, numbers, identifiers, password hashes. All of it comes from the
//! world's [`World::fill_random`](crate::World::fill_random).

use gotmpl::FuncError;
use gotmpl::Ty::{Int, Str};
use goval::Value;

use crate::World;
use crate::args::{Args, text};
use crate::encoding::{BASE64, encode};
use crate::strings::runes;
use crate::table::{Entry, Outcome, impure, panic};

/// The most random characters or bytes of one call.
const MAX_COUNT: i64 = 16 << 20;

pub(crate) const FUNCS: &[Entry] = &[
    impure("randAlphaNum", &[Int], Str, |w, a| {
        chars(w, a, |b| b.is_ascii_alphanumeric())
    }),
    impure("randAlpha", &[Int], Str, |w, a| {
        chars(w, a, |b| b.is_ascii_alphabetic())
    }),
    impure("randNumeric", &[Int], Str, |w, a| {
        chars(w, a, |b| b.is_ascii_digit())
    }),
    impure("randAscii", &[Int], Str, |w, a| {
        chars(w, a, |b| matches!(b, b' '..=b'~'))
    }),
    impure("randBytes", &[Int], Str, bytes),
    impure("randInt", &[Int, Int], Int, int),
    impure("shuffle", &[Str], Str, shuffle),
    impure("uuidv4", &[], Str, |world, _| Ok(uuid(world).into())),
    impure("bcrypt", &[Str], Str, |world, a| {
        Ok(bcrypt(world, a.bytes(0)).into())
    }),
    impure("htpasswd", &[Str, Str], Str, htpasswd),
];

/// So many ASCII characters of a class, each as likely as the others; none if the count is
/// negative.
fn chars(world: &dyn World, a: &[Value], class: fn(&u8) -> bool) -> Outcome {
    let count = usize::try_from(checked(a.int(0))?).unwrap_or(0);
    let mut out = Vec::with_capacity(count);
    let mut pool = [0; 256];
    while out.len() < count {
        world.fill_random(&mut pool);
        // Seven bits are a character; those outside of the class are thrown away.
        let fitting = pool.iter().map(|byte| byte & 0x7f).filter(class);
        out.extend(fitting.take(count - out.len()));
    }
    Ok(text(out))
}

fn checked(count: i64) -> Result<i64, FuncError> {
    if count > MAX_COUNT {
        return Err(panic(format!(
            "{count} random characters are too many (max {MAX_COUNT})"
        )));
    }
    Ok(count)
}

fn bytes(world: &dyn World, a: &[Value]) -> Outcome {
    let count = usize::try_from(checked(a.int(0))?);
    let count = count.map_err(|_| panic("runtime error: makeslice: len out of range"))?;
    let mut bytes = vec![0; count];
    world.fill_random(&mut bytes);
    Ok(encode(&bytes, &BASE64).into())
}

fn int(world: &dyn World, a: &[Value]) -> Outcome {
    let (min, max) = (a.int(0), a.int(1));
    match u64::try_from(max.wrapping_sub(min)) {
        Ok(range @ 1..) => Ok(Value::int(min.wrapping_add(below(world, range) as i64))),
        _ => Err(panic("invalid argument to Intn")),
    }
}

/// A number below the limit, each as likely as the others.
fn below(world: &dyn World, limit: u64) -> u64 {
    let zone = u64::MAX - u64::MAX % limit;
    loop {
        let mut bytes = [0; 8];
        world.fill_random(&mut bytes);
        let number = u64::from_le_bytes(bytes);
        if number < zone {
            return number % limit;
        }
    }
}

fn shuffle(world: &dyn World, a: &[Value]) -> Outcome {
    let mut chars: Vec<char> = runes(a.bytes(0)).collect();
    for i in (1..chars.len()).rev() {
        chars.swap(i, below(world, i as u64 + 1) as usize);
    }
    Ok(chars.into_iter().collect::<String>().into())
}

/// RFC 9562, version 4.
fn uuid(world: &dyn World) -> String {
    let mut bytes = [0; 16];
    world.fill_random(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = crate::encoding::hex(&bytes);
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// At Go's default cost, with Go's prefix.
fn bcrypt(world: &dyn World, password: &[u8]) -> String {
    if password.len() > 72 {
        let why = "bcrypt: password length exceeds 72 bytes";
        return format!("failed to encrypt string with bcrypt: {why}");
    }
    let mut salt = [0; 16];
    world.fill_random(&mut salt);
    match bcrypt::hash_with_salt(password, 10, salt) {
        Ok(hash) => hash.format_for_version(bcrypt::Version::TwoA),
        Err(error) => format!("failed to encrypt string with bcrypt: {error}"),
    }
}

fn htpasswd(world: &dyn World, a: &[Value]) -> Outcome {
    if a.bytes(0).contains(&b':') {
        return Ok(text([b"invalid username: ", a.bytes(0)].concat()));
    }
    let hash = bcrypt(world, a.bytes(1));
    Ok(text([a.bytes(0), b":", hash.as_bytes()].concat()))
}
