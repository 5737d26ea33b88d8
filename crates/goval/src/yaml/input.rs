//! Bytes to checked UTF-8 text.

use std::borrow::Cow;

/// A text to be scanned, and the place where it stops being readable, if there is one.
pub(super) struct Input<'a> {
    /// UTF-8 without a byte order mark; from `fault` on its bytes mean nothing.
    pub(super) text: Cow<'a, [u8]>,
    /// The first thing that YAML does not allow in a text at all.
    pub(super) fault: Option<Fault>,
    /// Whether every byte is ASCII, so that characters need not be counted.
    pub(super) ascii: bool,
}

/// A byte sequence or character that must not be in a YAML text.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    /// Where it begins, in bytes.
    pub(super) at: usize,
    /// How many bytes have to be seen to know it.
    pub(super) length: usize,
    /// libyaml's words for it.
    pub(super) problem: &'static str,
}

impl<'a> Input<'a> {
    /// Takes UTF-8, or UTF-16 if a byte order mark says so.
    pub(super) fn new(bytes: &'a [u8]) -> Input<'a> {
        match bytes {
            [0xff, 0xfe, rest @ ..] => Input::utf16(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => Input::utf16(rest, u16::from_be_bytes),
            [0xef, 0xbb, 0xbf, rest @ ..] => Input::utf8(rest),
            all => Input::utf8(all),
        }
    }

    fn utf8(text: &'a [u8]) -> Input<'a> {
        let ascii = text.is_ascii();
        let fault = if ascii {
            ascii_control(text)
        } else {
            first_fault(text)
        };
        Input {
            text: Cow::Borrowed(text),
            fault,
            ascii,
        }
    }

    fn utf16(bytes: &'a [u8], unit: fn([u8; 2]) -> u16) -> Input<'a> {
        let mut text = String::with_capacity(bytes.len());
        let mut units = bytes.chunks(2).map(|pair| match *pair {
            [a, b] => Some(unit([a, b])),
            _ => None,
        });
        let mut problem = None;
        while let Some(next) = units.next() {
            match utf16_char(next, &mut units) {
                Ok(c) => text.push(c),
                Err(what) => {
                    problem = Some(what);
                    break;
                }
            }
        }
        let at = text.len();
        let fault = first_fault(text.as_bytes()).or(problem.map(|problem| Fault {
            at,
            length: 0,
            problem,
        }));
        Input {
            ascii: text.is_ascii(),
            text: Cow::Owned(text.into_bytes()),
            fault,
        }
    }
}

fn utf16_char(
    first: Option<u16>,
    units: &mut impl Iterator<Item = Option<u16>>,
) -> Result<char, &'static str> {
    let first = u32::from(first.ok_or("incomplete UTF-16 character")?);
    let rune = match first {
        0xdc00..0xe000 => return Err("unexpected low surrogate area"),
        0xd800..0xdc00 => {
            let second = units.next().flatten();
            let second = u32::from(second.ok_or("incomplete UTF-16 surrogate pair")?);
            if !(0xdc00..0xe000).contains(&second) {
                return Err("expected low surrogate area");
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        }
        plain => plain,
    };
    char::from_u32(rune).ok_or("invalid Unicode character")
}

const CONTROL: &str = "control characters are not allowed";

fn is_ascii_control(c: u8) -> bool {
    c < 0x20 && c != b'\t' && c != b'\n' && c != b'\r' || c == 0x7f
}

fn ascii_control(text: &[u8]) -> Option<Fault> {
    // Whole blocks first: without an early exit the compiler checks many bytes at once.
    let clean = |block: &[u8]| {
        !block
            .iter()
            .fold(false, |bad, &c| bad | is_ascii_control(c))
    };
    let block = text.chunks(4096).position(|block| !clean(block))?;
    let start = block * 4096;
    let at = start + text[start..].iter().position(|&c| is_ascii_control(c))?;
    Some(Fault {
        at,
        length: 1,
        problem: CONTROL,
    })
}

fn first_fault(text: &[u8]) -> Option<Fault> {
    let valid = match std::str::from_utf8(text) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default(),
    };
    let control = valid.char_indices().find(|&(_, c)| !is_allowed(c));
    match control {
        Some((at, c)) => Some(Fault {
            at,
            length: c.len_utf8(),
            problem: CONTROL,
        }),
        None if valid.len() == text.len() => None,
        None => Some(invalid_sequence(text, valid.len())),
    }
}

fn is_allowed(c: char) -> bool {
    match u32::from(c) {
        n if n < 0x80 => !is_ascii_control(n as u8),
        0x80..0xa0 => c == '\u{85}',
        0xfffe | 0xffff => false,
        _ => true,
    }
}

/// Names what is wrong with the bytes at `at`, which do not begin a UTF-8 character.
fn invalid_sequence(text: &[u8], at: usize) -> Fault {
    let length = match text[at] {
        c if c & 0xe0 == 0xc0 => 2,
        c if c & 0xf0 == 0xe0 => 3,
        c if c & 0xf8 == 0xf0 => 4,
        _ => 1,
    };
    let available = &text[at..text.len().min(at + length)];
    let problem = if length == 1 {
        "invalid leading UTF-8 octet"
    } else if available.len() < length {
        "incomplete UTF-8 octet sequence"
    } else if available[1..].iter().any(|c| c & 0xc0 != 0x80) {
        "invalid trailing UTF-8 octet"
    } else {
        let value = available[1..]
            .iter()
            .fold(u32::from(available[0]) & (0x7f >> length), |value, c| {
                value << 6 | u32::from(c & 0x3f)
            });
        let least = [0, 0, 0x80, 0x800, 0x10000][length];
        match value < least {
            true => "invalid length of a UTF-8 sequence",
            false => "invalid Unicode character",
        }
    };
    Fault {
        at,
        length,
        problem,
    }
}
