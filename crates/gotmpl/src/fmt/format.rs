//! Format strings: verbs, flags, widths, argument indexes, and what Go says about bad ones.

use goval::{Str, Value};

use super::spec::Spec;
use crate::quoting::push_char;
use crate::unicode;

/// Output that is being built.
pub(super) struct Printer {
    pub(super) out: Vec<u8>,
    pub(super) spec: Spec,
    /// How many maps and lists are open.
    pub(super) depth: usize,
    /// Whether a bad verb is being reported, where Go does not ask values for their own text.
    pub(super) complaining: bool,
}

/// Where in a format and its arguments the printer is.
struct Cursor<'a> {
    format: &'a [u8],
    pos: usize,
    args: &'a [Value],
    arg: usize,
    /// Whether an index such as `[1]` occurred; then unused arguments are fine.
    reordered: bool,
    /// Whether all indexes of this verb were good.
    good: bool,
}

impl Printer {
    pub(super) fn new() -> Printer {
        Printer {
            out: Vec::new(),
            spec: Spec::default(),
            depth: 0,
            complaining: false,
        }
    }

    pub(super) fn finish(self) -> Str {
        self.out.into()
    }

    pub(super) fn printf(&mut self, format: &[u8], args: &[Value]) {
        let mut cursor = Cursor {
            format,
            pos: 0,
            args,
            arg: 0,
            reordered: false,
            good: true,
        };
        while cursor.pos < format.len() {
            let rest = &format[cursor.pos..];
            let text = rest.iter().position(|&b| b == b'%').unwrap_or(rest.len());
            self.out.extend_from_slice(&rest[..text]);
            cursor.pos += text;
            if cursor.pos < format.len() {
                cursor.pos += 1;
                self.directive(&mut cursor);
            }
        }
        if !cursor.reordered && cursor.arg < args.len() {
            self.extra(&args[cursor.arg..]);
        }
    }

    /// What follows a percent sign.
    fn directive(&mut self, cursor: &mut Cursor<'_>) {
        cursor.good = true;
        self.spec = cursor.flags();
        let mut indexed = cursor.index();
        indexed = self.width(cursor, indexed);
        indexed = self.precision(cursor, indexed);
        if !indexed {
            cursor.index();
        }
        let (verb, len) = unicode::decode(&cursor.format[cursor.pos..]);
        if len == 0 {
            self.out.extend_from_slice(b"%!(NOVERB)");
            return;
        }
        cursor.pos += len;
        if verb == '%' {
            self.out.push(b'%');
        } else if !cursor.good {
            self.complain(verb, "(BADINDEX)");
        } else if let Some(arg) = cursor.args.get(cursor.arg) {
            if matches!(verb, 'v' | 'w') {
                self.spec.sharp_v = std::mem::take(&mut self.spec.sharp);
                self.spec.plus_v = std::mem::take(&mut self.spec.plus);
            }
            self.print(arg, verb);
            cursor.arg += 1;
        } else {
            self.complain(verb, "(MISSING)");
        }
    }

    fn width(&mut self, cursor: &mut Cursor<'_>, indexed: bool) -> bool {
        if cursor.take(b'*') {
            match cursor.int_arg() {
                Some(width) => {
                    self.spec.width = Some(width.unsigned_abs() as usize);
                    if width < 0 {
                        self.spec.minus = true;
                        self.spec.zero = false;
                    }
                }
                None => self.out.extend_from_slice(b"%!(BADWIDTH)"),
            }
            return false;
        }
        self.spec.width = cursor.number();
        if indexed && self.spec.width.is_some() {
            cursor.good = false;
        }
        indexed
    }

    fn precision(&mut self, cursor: &mut Cursor<'_>, indexed: bool) -> bool {
        // A point at the very end is the verb.
        if cursor.pos + 1 >= cursor.format.len() || !cursor.take(b'.') {
            return indexed;
        }
        if indexed {
            cursor.good = false;
        }
        let indexed = cursor.index();
        if cursor.take(b'*') {
            self.spec.prec = cursor.int_arg().and_then(|prec| usize::try_from(prec).ok());
            if self.spec.prec.is_none() {
                self.out.extend_from_slice(b"%!(BADPREC)");
            }
            return false;
        }
        self.spec.prec = Some(cursor.number().unwrap_or(0));
        indexed
    }

    fn complain(&mut self, verb: char, what: &str) {
        self.out.extend_from_slice(b"%!");
        push_char(&mut self.out, verb);
        self.out.extend_from_slice(what.as_bytes());
    }

    /// Arguments that no verb has used.
    fn extra(&mut self, args: &[Value]) {
        self.spec = Spec::default();
        self.out.extend_from_slice(b"%!(EXTRA ");
        for (i, arg) in args.iter().enumerate() {
            if i > 0 {
                self.out.extend_from_slice(b", ");
            }
            self.typed(arg);
        }
        self.out.push(b')');
    }
}

impl Cursor<'_> {
    fn flags(&mut self) -> Spec {
        let mut spec = Spec::default();
        while let Some(byte) = self.format.get(self.pos) {
            match byte {
                b'#' => spec.sharp = true,
                b'0' => spec.zero = true,
                b'+' => spec.plus = true,
                b'-' => spec.minus = true,
                b' ' => spec.space = true,
                _ => break,
            }
            self.pos += 1;
        }
        spec
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.format.get(self.pos) == Some(&byte);
        self.pos += usize::from(found);
        found
    }

    /// A number in the format. One that is too large swallows the rest.
    fn number(&mut self) -> Option<usize> {
        let (number, len) = match parse_number(&self.format[self.pos..]) {
            Some(parsed) => parsed,
            None => {
                self.pos = self.format.len();
                return None;
            }
        };
        self.pos += len;
        (len > 0).then_some(number)
    }

    /// An argument index, `[1]`; whether there was one.
    fn index(&mut self) -> bool {
        if self.format.get(self.pos) != Some(&b'[') {
            return false;
        }
        self.reordered = true;
        let rest = &self.format[self.pos..];
        let Some(close) = rest
            .iter()
            .position(|&b| b == b']')
            .filter(|_| rest.len() >= 3)
        else {
            self.good = false;
            self.pos += 1;
            return false;
        };
        self.pos += close + 1;
        let number = parse_number(&rest[1..close]).filter(|&(_, len)| len > 0 && len == close - 1);
        match number {
            Some((number, _)) if (1..=self.args.len()).contains(&number) => self.arg = number - 1,
            _ => self.good = false,
        }
        number.is_some()
    }

    /// The argument for a `*`, if it is an integer of a sensible size.
    fn int_arg(&mut self) -> Option<i64> {
        let arg = self.args.get(self.arg)?;
        self.arg += 1;
        match arg {
            Value::Int(kind, bits) if kind.is_unsigned() && *bits < 0 => None,
            Value::Int(_, int) => Some(*int).filter(|int| int.unsigned_abs() <= MAX_NUMBER as u64),
            _ => None,
        }
    }
}

const MAX_NUMBER: usize = 1_000_000;

/// The number that the text starts with and its length, which is 0 if there is none; `None` if it
/// is too large.
fn parse_number(text: &[u8]) -> Option<(usize, usize)> {
    let mut number = 0;
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    for &digit in &text[..digits] {
        if number > MAX_NUMBER {
            return None;
        }
        number = number * 10 + usize::from(digit - b'0');
    }
    Some((number, digits))
}
