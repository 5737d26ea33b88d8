//! Go's `strconv` on numbers and booleans, with its error texts.

use super::quote;

/// `strconv.ParseBool`.
pub(crate) fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(error("ParseBool", text, SYNTAX)),
    }
}

/// `strconv.ParseInt`. Base 0 reads Go's prefixes (`0x`, `0o`, `0b`, `0`) and underscores.
pub(crate) fn parse_int(text: &str, base: u32, bits: u32) -> Result<i64, String> {
    let fail = |why| error("ParseInt", text, why);
    let negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let magnitude = magnitude(digits, base).map_err(fail)?;
    let limit = 1_u64 << (bits - 1);
    if magnitude > limit || (magnitude == limit && !negative) {
        return Err(fail(RANGE));
    }
    Ok(if negative {
        magnitude.wrapping_neg()
    } else {
        magnitude
    } as i64)
}

/// `strconv.ParseUint` of base 0 and 64 bits.
pub(crate) fn parse_uint(text: &str) -> Result<u64, String> {
    magnitude(text, 0).map_err(|why| error("ParseUint", text, why))
}

/// `strconv.ParseFloat` of 32 bits, hexadecimal floats left out.
pub(crate) fn parse_float32(text: &str) -> Result<f32, String> {
    let value: f32 = text
        .parse()
        .map_err(|_| error("ParseFloat", text, SYNTAX))?;
    if value.is_infinite() && text.contains(|c: char| c.is_ascii_digit()) {
        return Err(error("ParseFloat", text, RANGE));
    }
    Ok(value)
}

/// `strconv.FormatFloat(v, 'g', -1, 32)`: the shortest digits, with an exponent from 1e6 on and
/// below 1e-4.
pub(crate) fn format_float32(value: f32) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "+Inf"
        } else {
            "-Inf"
        }
        .to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(power) if !(-4..6).contains(&power) => {
            let sign = if power < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", power.abs())
        }
        _ => format!("{value}"),
    }
}

const SYNTAX: &str = "invalid syntax";
const RANGE: &str = "value out of range";

fn error(function: &str, text: &str, why: &str) -> String {
    format!("strconv.{function}: parsing {}: {why}", quote(text))
}

/// The value of digits without a sign.
fn magnitude(digits: &str, base: u32) -> Result<u64, &'static str> {
    let (radix, body) = if base == 0 {
        split_prefix(digits)?
    } else {
        (base, digits.to_owned())
    };
    if body.is_empty() || !body.chars().all(|c| c.is_digit(radix)) {
        return Err(SYNTAX);
    }
    u64::from_str_radix(&body, radix).map_err(|_| RANGE)
}

/// The base that Go's prefixes announce, and the digits without prefix and underscores.
fn split_prefix(digits: &str) -> Result<(u32, String), &'static str> {
    let lower = digits.to_ascii_lowercase();
    let (radix, rest) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    if rest.contains('_') && !underscores_ok(rest, radix) {
        return Err(SYNTAX);
    }
    Ok((radix, rest.replace('_', "")))
}

/// Underscores may only separate digits, or stand between a prefix and the digits.
fn underscores_ok(rest: &str, radix: u32) -> bool {
    let in_front = radix == 10 && rest.starts_with('_');
    !in_front && !rest.ends_with('_') && !rest.contains("__")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expectations were printed by Go 1.26's strconv.
    #[test]
    fn integers_as_go() {
        let check = |input: &str, expected: Result<i64, &str>| {
            assert_eq!(
                parse_int(input, 0, 64),
                expected.map_err(|why| error("ParseInt", input, why)),
                "{input}"
            );
        };
        check("12", Ok(12));
        check("-12", Ok(-12));
        check("+7", Ok(7));
        check("0x1F", Ok(31));
        check("0o17", Ok(15));
        check("017", Ok(15));
        check("0b11", Ok(3));
        check("0x_1F", Ok(31));
        check("0", Ok(0));
        check("1_000", Ok(1000));
        check("0_7", Ok(7));
        check("_1", Err(SYNTAX));
        check("1_", Err(SYNTAX));
        check("0x1__F", Err(SYNTAX));
        check("08", Err(SYNTAX));
        check("", Err(SYNTAX));
        check("-", Err(SYNTAX));
        check("--1", Err(SYNTAX));
        check("1.5", Err(SYNTAX));
        check(" 1", Err(SYNTAX));
        check("9223372036854775807", Ok(i64::MAX));
        check("-9223372036854775808", Ok(i64::MIN));
        check("9223372036854775808", Err(RANGE));
    }

    #[test]
    fn floats_as_go() {
        let check = |input: &str, expected: &str| {
            assert_eq!(
                parse_float32(input)
                    .map(format_float32)
                    .unwrap_or_else(|e| e),
                expected
            );
        };
        check("0", "0");
        check("1.5", "1.5");
        check("0.1", "0.1");
        check("1000000", "1e+06");
        check("100000", "100000");
        check("123456789", "1.2345679e+08");
        check("1e20", "1e+20");
        check("-Inf", "-Inf");
        check(".5", "0.5");
        check("5.", "5");
        check("0.0001", "0.0001");
        check("0.00001", "1e-05");
        check(
            "abc",
            r#"strconv.ParseFloat: parsing "abc": invalid syntax"#,
        );
        check(
            "1e99",
            r#"strconv.ParseFloat: parsing "1e99": value out of range"#,
        );
    }
}
