//! Integers and booleans from text.

use super::{NumError, NumErrorKind, underscores_ok};

/// `strconv.ParseInt` for 64 bits or less.
///
/// Base 0 reads the base from the prefix (`0x`, `0o`, `0`, `0b`) and allows underscores between
/// digits; otherwise the base is 2 to 36.
///
/// # Errors
/// The text is no integer of that base, or is out of the range of `bits`.
pub fn parse_int(text: &str, base: u32, bits: u32) -> Result<i64, NumError> {
    let fail = |kind| NumError {
        func: "ParseInt",
        num: text.to_owned(),
        kind,
    };
    let (negative, magnitude) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let size = magnitude_of(magnitude, base, bits).map_err(fail)?;
    let limit = 1u64 << (bits.clamp(1, 64) - 1);
    match negative {
        false if size < limit => Ok(size as i64),
        true if size <= limit => Ok((size as i64).wrapping_neg()),
        _ => Err(fail(NumErrorKind::Range)),
    }
}

/// `strconv.ParseUint` for 64 bits or less; bases as in [`parse_int`], no sign.
///
/// # Errors
/// The text is no unsigned integer of that base, or is out of the range of `bits`.
pub fn parse_uint(text: &str, base: u32, bits: u32) -> Result<u64, NumError> {
    let fail = |kind| NumError {
        func: "ParseUint",
        num: text.to_owned(),
        kind,
    };
    magnitude_of(text.as_bytes(), base, bits).map_err(fail)
}

/// `strconv.ParseBool`.
///
/// # Errors
/// The text is none of the twelve spellings that Go knows.
pub fn parse_bool(text: &str) -> Result<bool, NumError> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(NumError {
            func: "ParseBool",
            num: text.to_owned(),
            kind: NumErrorKind::Syntax,
        }),
    }
}

fn magnitude_of(text: &[u8], base: u32, bits: u32) -> Result<u64, NumErrorKind> {
    let (digits, radix) = match (base, text) {
        (0, [b'0', b'x' | b'X', rest @ ..]) if !rest.is_empty() => (rest, 16),
        (0, [b'0', b'o' | b'O', rest @ ..]) if !rest.is_empty() => (rest, 8),
        (0, [b'0', b'b' | b'B', rest @ ..]) if !rest.is_empty() => (rest, 2),
        (0, [b'0', rest @ ..]) if !rest.is_empty() => (rest, 8),
        (0, all) => (all, 10),
        (base, all) => (all, u64::from(base)),
    };
    if digits.is_empty() {
        return Err(NumErrorKind::Syntax);
    }
    let largest = u64::MAX >> (64 - bits.clamp(1, 64));
    let mut size: u64 = 0;
    let mut underscores = false;
    for &c in digits {
        let digit = match c {
            b'_' if base == 0 => {
                underscores = true;
                continue;
            }
            b'0'..=b'9' => c - b'0',
            b'a'..=b'z' => c - b'a' + 10,
            b'A'..=b'Z' => c - b'A' + 10,
            _ => return Err(NumErrorKind::Syntax),
        };
        if u64::from(digit) >= radix {
            return Err(NumErrorKind::Syntax);
        }
        // Too large is final in Go: what follows is not looked at any more.
        size = size
            .checked_mul(radix)
            .and_then(|n| n.checked_add(u64::from(digit)))
            .filter(|&n| n <= largest)
            .ok_or(NumErrorKind::Range)?;
    }
    if underscores && !underscores_ok(text) {
        return Err(NumErrorKind::Syntax);
    }
    Ok(size)
}
