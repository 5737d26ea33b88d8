//! Go's `time.Duration` as text, in nanoseconds.

use super::quote;

/// `time.ParseDuration`: `1h15m30.918s`, in nanoseconds.
pub(crate) fn parse_duration(text: &str) -> Result<i64, String> {
    let invalid = || failure("invalid duration", text);
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (nanoseconds, after) = parse_term(rest, text)?;
        rest = after;
        total = total
            .checked_add(nanoseconds)
            .filter(|t| *t <= LIMIT)
            .ok_or_else(invalid)?;
    }
    if negative {
        return Ok(total.wrapping_neg() as i64);
    }
    i64::try_from(total).map_err(|_| invalid())
}

/// `time.Duration.String`: `1h15m30.918s`, `5m0s`, `1.5ms`, `0s`.
pub(crate) fn format_duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    if total < SECOND {
        return match total {
            0 => "0s".to_owned(),
            t if t < MICROSECOND => format!("{sign}{t}ns"),
            t if t < MILLISECOND => format!("{sign}{}µs", decimal(t, MICROSECOND)),
            t => format!("{sign}{}ms", decimal(t, MILLISECOND)),
        };
    }
    let seconds = decimal(total % MINUTE, SECOND);
    let (hours, minutes) = (total / HOUR, total / MINUTE % 60);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, m) => format!("{sign}{m}m{seconds}s"),
        (h, m) => format!("{sign}{h}h{m}m{seconds}s"),
    }
}

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// One more than the largest duration: what a negative one may reach.
const LIMIT: u64 = 1 << 63;

fn failure(why: &str, text: &str) -> String {
    format!("time: {why} {}", quote(text))
}

/// Reads one number with its unit; gives nanoseconds and what follows.
fn parse_term<'a>(term: &'a str, whole: &str) -> Result<(u64, &'a str), String> {
    let invalid = || failure("invalid duration", whole);
    let (integer, rest) = split_digits(term);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) => split_digits(after),
        None => ("", rest),
    };
    if integer.is_empty() && fraction.is_empty() {
        return Err(invalid());
    }
    let end = rest
        .find(|c: char| c == '.' || c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    if name.is_empty() {
        return Err(failure("missing unit in duration", whole));
    }
    let unit = unit(name)
        .ok_or_else(|| failure(&format!("unknown unit {} in duration", quote(name)), whole))?;
    let integer: u64 = if integer.is_empty() {
        0
    } else {
        integer.parse().map_err(|_| invalid())?
    };
    let whole_units = integer
        .checked_mul(unit)
        .filter(|n| *n <= LIMIT)
        .ok_or_else(invalid)?;
    let total = whole_units + fraction_of(fraction, unit);
    if total > LIMIT {
        Err(invalid())
    } else {
        Ok((total, rest))
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    )
}

fn unit(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        "us" | "µs" | "μs" => MICROSECOND,
        "ms" => MILLISECOND,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => return None,
    })
}

/// That many nanoseconds are in the decimal fraction of a unit; digits too fine to count are cut.
fn fraction_of(digits: &str, unit: u64) -> u64 {
    let mut value = 0_f64;
    let mut scale = 1_f64;
    for digit in digits.bytes().take(18) {
        value = value * 10.0 + f64::from(digit - b'0');
        scale *= 10.0;
    }
    (value * (unit as f64 / scale)) as u64
}

/// `total / unit` with as many decimals as it needs.
fn decimal(total: u64, unit: u64) -> String {
    let (whole, rest) = (total / unit, total % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let digits = format!("{rest:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expectations were printed by Go 1.26's time package.
    #[test]
    fn durations_as_go() {
        let check = |input: &str, expected: &str| {
            assert_eq!(
                parse_duration(input)
                    .map(format_duration)
                    .unwrap_or_else(|e| e),
                expected
            );
        };
        check("5m", "5m0s");
        check("0", "0s");
        check("1.5h", "1h30m0s");
        check("-1h2m3.004005006s", "-1h2m3.004005006s");
        check("1us", "1µs");
        check("1μs", "1µs");
        check("100ns", "100ns");
        check("300ms", "300ms");
        check("0.1ns", "0s");
        check("1m0.5s", "1m0.5s");
        check("+5s", "5s");
        check("9223372036854775807ns", "2562047h47m16.854775807s");
        check("-9223372036854775808ns", "-2562047h47m16.854775808s");
        check("", r#"time: invalid duration """#);
        check("5", r#"time: missing unit in duration "5""#);
        check("5x", r#"time: unknown unit "x" in duration "5x""#);
        check("1e3s", r#"time: unknown unit "e" in duration "1e3s""#);
        check(".s", r#"time: invalid duration ".s""#);
        check("1..s", r#"time: missing unit in duration "1..s""#);
        check("-", r#"time: invalid duration "-""#);
        check("1 s", r#"time: unknown unit " s" in duration "1 s""#);
        check("1\"s", r#"time: unknown unit "\"s" in duration "1\"s""#);
        check(
            "9223372036854775808ns",
            r#"time: invalid duration "9223372036854775808ns""#,
        );
        check("3000000h", r#"time: invalid duration "3000000h""#);
    }
}
