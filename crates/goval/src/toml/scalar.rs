//! Numbers, booleans and times of TOML.

use std::sync::Arc;

use super::text::{Problem, Text, quoted};
use super::time::{Time, Zone};
use crate::{Value, strconv, unicode};

type Result<T> = std::result::Result<T, Problem>;

impl Text<'_> {
    /// A value that is neither an array nor a table; no blank stands before it.
    pub(super) fn scalar(&mut self) -> Result<Value> {
        let start = self.at;
        let next = self.next()?;
        match next {
            Some('"') => self.quoted_value('"'),
            Some('\'') => self.quoted_value('\''),
            Some('.') => Err(self.problem("floats must start with a digit, not '.'")),
            Some('+' | '-') => self.signed_number(start),
            Some('0') => self.prefixed_number(start),
            Some('1'..='9') => self.number_or_time(start),
            Some(c) if unicode::is_letter(u32::from(c)) => self.word(start, c),
            None => Err(self.problem_with(None, "unexpected EOF; expected value".into())),
            found => {
                let message = format!("expected value but found {} instead", quoted(found));
                Err(match found {
                    Some('\n') => self.problem_before(message),
                    _ => self.problem(message),
                })
            }
        }
    }

    fn quoted_value(&mut self, quote: char) -> Result<Value> {
        if self.accept(quote)? {
            return match (self.accept(quote)?, quote) {
                (true, '"') => self.multiline_basic().map(Value::str),
                (true, _) => self.multiline_literal().map(Value::str),
                (false, _) => Ok(Value::str("")),
            };
        }
        match quote {
            '"' => self.basic_string().map(Value::str),
            _ => self.literal_string().map(Value::str),
        }
    }

    /// `true`, `false`, `inf`, `nan`, or something that is no value.
    fn word(&mut self, start: usize, first: char) -> Result<Value> {
        if matches!(first, 'i' | 'n')
            && ((self.accept('n')? && self.accept('f')?)
                || (self.accept('a')? && self.accept('n')?))
        {
            return self.float(start);
        }
        // What was tried above is not taken back by Go's library but for one character.
        let tried = self.at - start - first.len_utf8();
        let start = if tried == 0 { start } else { self.at - 1 };
        self.skip_while(|c| unicode::is_letter(u32::from(c)))?;
        match self.since(start) {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            other => {
                let other = strconv::quote(other.as_bytes());
                let message = format!("expected value but found {other} instead");
                Err(self.problem(message))
            }
        }
    }

    fn signed_number(&mut self, start: usize) -> Result<Value> {
        let next = self.next()?;
        match next {
            Some(c @ ('i' | 'n')) => {
                let rest = if c == 'i' { ['n', 'f'] } else { ['a', 'n'] };
                for expected in rest {
                    if !self.accept(expected)? {
                        let text = self.since(start);
                        return Err(self.problem(format!("invalid float: '{text}'")));
                    }
                }
                self.float(start)
            }
            Some('.') => Err(self.problem("floats must start with a digit, not '.'")),
            Some(c) if c.is_ascii_digit() => {
                if let (b'0', Some(base @ ('b' | 'o' | 'x'))) = (c as u8, self.peek()?) {
                    let text = self.since(start);
                    return Err(self.problem(format!(
                        "cannot use sign with non-decimal numbers: '{text}{base}'"
                    )));
                }
                self.decimal(start)
            }
            other => {
                let message = format!("expected a digit but got {}", quoted(other));
                Err(self.problem_with(other, message))
            }
        }
    }

    /// What begins with 0.
    fn prefixed_number(&mut self, start: usize) -> Result<Value> {
        let (name, fits): (_, fn(char) -> bool) = match self.peek()? {
            Some('b') => ("a binary", |c| matches!(c, '0' | '1')),
            Some('o') => ("an octal", |c| matches!(c, '0'..='7')),
            Some('x') => ("a hexadecimal", |c| c.is_ascii_hexdigit()),
            Some('0'..='9') => return self.number_or_time(start),
            _ => return self.decimal(start),
        };
        self.next()?;
        let next = self.peek()?;
        if !next.is_some_and(fits) {
            let (text, next) = (self.since(start), next.unwrap_or('\0'));
            return Err(self.problem(format!("not {name} number: '{text}{next}'")));
        }
        self.skip_while(|c| fits(c) || c == '_')?;
        self.integer(start)
    }

    fn number_or_time(&mut self, start: usize) -> Result<Value> {
        self.skip_while(|c| c.is_ascii_digit())?;
        match self.peek()? {
            Some('-' | ':') => self.time(start),
            _ => self.decimal(start),
        }
    }

    fn decimal(&mut self, start: usize) -> Result<Value> {
        self.skip_while(|c| c.is_ascii_digit() || c == '_')?;
        match self.peek()? {
            Some('.' | 'e' | 'E') => {
                self.skip_while(|c| c.is_ascii_digit() || "_.-+eE".contains(c))?;
                self.float(start)
            }
            _ => self.integer(start),
        }
    }

    fn integer(&mut self, start: usize) -> Result<Value> {
        let text = self.since(start);
        let invalid = |why: &str| {
            let shown = strconv::quote(text.as_bytes());
            self.problem(format!("Invalid integer {shown}: {why}"))
        };
        if !underscores_ok(text) {
            return Err(invalid("underscores must be surrounded by digits"));
        }
        if has_leading_zero(text) {
            return Err(invalid("cannot have leading zeroes"));
        }
        strconv::parse_int(text, 0, 64)
            .map(Value::int64)
            .map_err(|_| self.problem(format!("{text} is out of range for int64")))
    }

    fn float(&mut self, start: usize) -> Result<Value> {
        let text = self.since(start);
        let shown = strconv::quote(text.as_bytes());
        let invalid = |why: &str| self.problem(format!("Invalid float {shown}: {why}"));
        let mut parts = text.split(['.', 'e', 'E']).filter(|part| !part.is_empty());
        if !parts.clone().all(underscores_ok) {
            return Err(invalid("underscores must be surrounded by digits"));
        }
        if parts.next().is_some_and(has_leading_zero) {
            return Err(invalid("cannot have leading zeroes"));
        }
        if !points_ok(text) {
            return Err(invalid("'.' must be followed by one or more digits"));
        }
        let number = text.replace('_', "");
        let number = match number.as_str() {
            "+nan" | "-nan" => "nan",
            other => other,
        };
        match strconv::parse_float(number, 64) {
            Ok(x) if x.is_nan() && text.starts_with('-') => Ok(Value::Float(-f64::NAN.abs())),
            Ok(x) => Ok(Value::Float(x)),
            Err(error) => Err(self.problem(match error.kind {
                strconv::NumErrorKind::Range => format!("{text} is out of range for float64"),
                strconv::NumErrorKind::Syntax => format!("Invalid float value: {shown}"),
            })),
        }
    }

    fn time(&mut self, start: usize) -> Result<Value> {
        self.skip_while(|c| c.is_ascii_digit() || "-:Tt .Zz+".contains(c))?;
        let text = self
            .since(start)
            .trim()
            .replace([' ', 't'], "T")
            .replace('z', "Z");
        match parse_time(&text) {
            Some(time) => Ok(Value::Object(Arc::new(time))),
            None => {
                let shown = strconv::quote(text.as_bytes());
                Err(self.problem(format!("invalid datetime: {shown}")))
            }
        }
    }
}

fn has_leading_zero(text: &str) -> bool {
    match text.as_bytes() {
        [b'0', b'b' | b'o' | b'x', ..] => false,
        [b'0', _, ..] | [b'-' | b'+', b'0', _, ..] => true,
        _ => false,
    }
}

fn underscores_ok(text: &str) -> bool {
    if matches!(text, "nan" | "+nan" | "-nan" | "inf" | "-inf" | "+inf") {
        return true;
    }
    let mut after_digit = false;
    for c in text.chars() {
        if c == '_' && !after_digit {
            return false;
        }
        after_digit = c.is_ascii_hexdigit();
    }
    after_digit
}

fn points_ok(text: &str) -> bool {
    text.split('.')
        .skip(1)
        .all(|after| after.starts_with(|c: char| c.is_ascii_digit()))
}

/// A date, a time of day, or both with or without a zone; seconds may be left out.
fn parse_time(text: &str) -> Option<Time> {
    let mut rest = text.as_bytes();
    let mut date = None;
    if rest.get(4) == Some(&b'-') {
        let year = digits(&mut rest, 4)?;
        let month = literal(&mut rest, b'-').and_then(|()| digits(&mut rest, 2))?;
        let day = literal(&mut rest, b'-').and_then(|()| digits(&mut rest, 2))?;
        if !(1..=12).contains(&month) || day == 0 || day > days_in(month, year) {
            return None;
        }
        date = Some((year as i32, month, day));
        if rest.is_empty() {
            return Some(Time {
                date: date?,
                clock: (0, 0, 0),
                nanosecond: 0,
                zone: Zone::LocalDate,
            });
        }
        literal(&mut rest, b'T')?;
    }
    let (clock, nanosecond) = parse_clock(&mut rest)?;
    let zone = match (rest, date) {
        ([], Some(_)) => Zone::LocalDatetime,
        ([], None) => Zone::LocalTime,
        (zone, Some(_)) => parse_zone(zone)?,
        (_, None) => return None,
    };
    Some(Time {
        date: date.unwrap_or((0, 1, 1)),
        clock,
        nanosecond,
        zone,
    })
}

fn parse_clock(rest: &mut &[u8]) -> Option<((u32, u32, u32), u32)> {
    let hour = digits(rest, 2)?;
    let minute = literal(rest, b':').and_then(|()| digits(rest, 2))?;
    let (mut second, mut nanosecond) = (0, 0);
    if rest.first() == Some(&b':') {
        second = literal(rest, b':').and_then(|()| digits(rest, 2))?;
        if let [b'.', b'0'..=b'9', ..] = rest {
            let length = rest[1..].iter().take_while(|c| c.is_ascii_digit()).count();
            let fraction = rest[1..=length].iter().chain(std::iter::repeat(&b'0'));
            nanosecond = fraction
                .take(9)
                .fold(0, |n, c| n * 10 + u32::from(c - b'0'));
            *rest = &rest[1 + length..];
        }
    }
    (hour < 24 && minute < 60 && second < 60).then_some(((hour, minute, second), nanosecond))
}

fn parse_zone(text: &[u8]) -> Option<Zone> {
    let (sign, mut rest) = match text {
        [b'Z'] => return Some(Zone::Utc),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let hours = digits(&mut rest, 2)?;
    let minutes = literal(&mut rest, b':').and_then(|()| digits(&mut rest, 2))?;
    let fits = rest.is_empty() && hours <= 24 && minutes <= 60;
    fits.then_some(Zone::Offset(sign * (hours * 60 + minutes) as i32))
}

fn digits(text: &mut &[u8], count: usize) -> Option<u32> {
    let (number, rest) = text.split_at_checked(count)?;
    *text = rest;
    number.iter().try_fold(0, |n, c| {
        c.is_ascii_digit().then(|| n * 10 + u32::from(c - b'0'))
    })
}

fn literal(text: &mut &[u8], expected: u8) -> Option<()> {
    let (&first, rest) = text.split_first()?;
    *text = rest;
    (first == expected).then_some(())
}

fn days_in(month: u32, year: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}
