//! What does not fit a schema, in the words of `santhosh-tekuri/jsonschema` v6.

use std::fmt::Display;

use boon::{ErrorKind, InstanceToken, ValidationError};
use gostd::regexp::Regexp;
use goval::strconv::format_float;
use serde_json::{Number, Value};

use super::formats::REGEX;
use super::pattern;

/// One part of values that does not fit a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The keys and the numbers of items that lead to it.
    pub path: Vec<String>,
    /// What is wrong with it.
    pub reason: String,
}

/// The whole message, with the line that names the schema. `document` is the schema, and `location`
/// its address.
pub(super) fn of_all(error: &ValidationError<'_, '_>, document: &Value, location: &str) -> String {
    write(error, document, location).out
}

fn write<'a>(
    error: &ValidationError<'_, '_>,
    document: &'a Value,
    location: &'a str,
) -> Writer<'a> {
    let mut writer = Writer {
        document,
        location,
        out: String::new(),
        violations: Vec::new(),
    };
    let place = Place {
        schema: error.schema_url,
        depth: error.instance_location.tokens.len(),
        shifts: Vec::new(),
        instance: None,
    };
    writer.error(error, &place, 0);
    writer
}

/// The message without its first line if that only names the schema, as Helm shows it; and what it
/// is about, part by part.
pub(super) fn of_causes(
    error: &ValidationError<'_, '_>,
    document: &Value,
    location: &str,
) -> (String, Vec<Violation>) {
    let Writer {
        out, violations, ..
    } = write(error, document, location);
    let first = "jsonschema validation failed with 'file:///values.schema.json#'\n";
    let text = out.strip_prefix(first).unwrap_or(&out).to_owned();
    (text, violations)
}

struct Writer<'a> {
    document: &'a Value,
    location: &'a str,
    out: String,
    violations: Vec<Violation>,
}

/// Where in the schema and how deep in the instance a subschema is applied.
#[derive(Clone)]
struct Place<'s> {
    schema: &'s str,
    depth: usize,
    /// Indexes of items at a depth that are to be raised, since the engine counts them from behind
    /// `prefixItems`.
    shifts: Vec<(usize, usize)>,
    /// The pointer to the instance, unless a schema for any of several children was entered.
    instance: Option<String>,
}

impl Writer<'_> {
    /// A reference or group with one cause is not worth a line of its own.
    fn error(&mut self, error: &ValidationError<'_, '_>, place: &Place<'_>, indent: usize) {
        let tokens = &error.instance_location.tokens;
        let is_passed = matches!(error.kind, ErrorKind::Reference { .. } | ErrorKind::Group);
        let causes = told(&error.causes);
        let mut indent = indent;
        if !is_passed || causes.len() != 1 {
            let text = match &error.kind {
                ErrorKind::Schema { url } => {
                    format!("jsonschema validation failed with {}", quote(url))
                }
                kind => {
                    let at = match (kind, &place.instance) {
                        // The engine tells where in the name, which is no place in the values.
                        (ErrorKind::PropertyName { .. }, Some(instance)) => quote(instance),
                        _ => quote(&pointer(tokens, &place.shifts)),
                    };
                    let reason = self.reason(kind, error.schema_url);
                    let text = format!("at {at}: {reason}");
                    if error.causes.is_empty() {
                        let path = path(tokens, &place.shifts);
                        self.violations.push(Violation { path, reason });
                    }
                    text
                }
            };
            self.line(&text, indent);
            indent += 1;
        }
        let inner = Place {
            schema: match error.kind {
                ErrorKind::Reference { url, .. } | ErrorKind::Schema { url } => url,
                _ => error.schema_url,
            },
            depth: tokens.len(),
            shifts: place.shifts.clone(),
            instance: Some(pointer(tokens, &place.shifts)),
        };
        for cause in causes {
            self.cause(cause, &error.kind, &inner, indent);
        }
    }

    /// A cause, with the levels above it that the engine leaves out where they have one cause only.
    fn cause(
        &mut self,
        cause: &ValidationError<'_, '_>,
        parent: &ErrorKind<'_, '_>,
        place: &Place<'_>,
        indent: usize,
    ) {
        let path = cause.schema_url.strip_prefix(place.schema).unwrap_or("");
        let mut keywords = path.split('/').skip(1).peekable();
        let mut place = place.clone();
        let mut schema = place.schema.to_owned();
        let mut indent = indent;
        let mut is_first = true;
        while let Some(keyword) = keywords.next() {
            let tokens = &cause.instance_location.tokens;
            let tokens = &tokens[..place.depth.min(tokens.len())];
            let level = match keyword {
                "allOf" => Some(ErrorKind::AllOf),
                "anyOf" => Some(ErrorKind::AnyOf),
                "oneOf" => Some(ErrorKind::OneOf(None)),
                "contains" => Some(ErrorKind::Contains),
                _ => None,
            };
            if let Some(level) = level {
                // The level is there if the parent is it.
                if !is_first || !is_level(parent) {
                    let at = quote(&pointer(tokens, &place.shifts));
                    let text = format!("at {at}: {}", self.reason(&level, &schema));
                    self.line(&text, indent);
                    indent += 1;
                }
            }
            if keyword == "items" && self.knows_prefix_items() {
                let prefix = self.look_up(&schema, "prefixItems");
                let prefix = prefix.and_then(Value::as_array).map_or(0, Vec::len);
                place.shifts.push((place.depth, prefix));
            }
            schema = format!("{schema}/{keyword}");
            if takes_name(keyword, keywords.peek().copied())
                && let Some(name) = keywords.next()
            {
                schema = format!("{schema}/{name}");
                let child = (keyword == "properties").then(|| percent_decode(name));
                place.instance = match (place.instance, child) {
                    (Some(instance), Some(Some(name))) => Some(format!("{instance}/{name}")),
                    (instance, None) if !enters(keyword) => instance,
                    _ => None,
                };
            } else if enters(keyword) {
                place.instance = None;
            }
            place.depth += usize::from(enters(keyword));
            is_first = false;
        }
        self.error(cause, &place, indent);
    }

    fn line(&mut self, text: &str, indent: usize) {
        if indent > 0 {
            self.out.push('\n');
            self.out.push_str(&"  ".repeat(indent - 1));
            self.out.push_str("- ");
        }
        self.out.push_str(text);
    }

    fn reason(&self, kind: &ErrorKind<'_, '_>, schema: &str) -> String {
        match kind {
            // The engine rewrites patterns for its own syntax.
            ErrorKind::Pattern { got, want } => {
                let own = self.look_up(schema, "pattern").and_then(Value::as_str);
                let want = own.unwrap_or(want);
                format!("{} does not match pattern {}", quote(got), quote(want))
            }
            ErrorKind::Format {
                got,
                want: "regex",
                err,
            } => {
                let expression = pattern::original(got.as_str().unwrap_or_default());
                let reason = match Regexp::new(expression) {
                    Err(error) => error.to_string(),
                    Ok(_) => err.to_string(),
                };
                format!("{} is not valid regex: {reason}", quote(expression))
            }
            kind => reason(kind),
        }
    }

    /// Whether the schema has the draft 2020-12, which is the one of schemas that name none.
    fn knows_prefix_items(&self) -> bool {
        let draft = self.document.get("$schema").and_then(Value::as_str);
        draft.is_none_or(|draft| draft.contains("2020-12"))
    }

    /// A keyword of a subschema of the document.
    fn look_up(&self, schema: &str, keyword: &str) -> Option<&Value> {
        let fragment = schema.strip_prefix(self.location)?.strip_prefix('#')?;
        let pointer = percent_decode(fragment)?;
        self.document.pointer(&pointer)?.get(keyword)
    }
}

/// The causes that Go tells: where the format is wrong, it looks no further in that schema.
fn told<'e, 's, 'v>(causes: &'e [ValidationError<'s, 'v>]) -> Vec<&'e ValidationError<'s, 'v>> {
    let hides = |wrong: &ValidationError<'_, '_>, other: &ValidationError<'_, '_>| {
        let (schema, place) = (wrong.schema_url, &wrong.instance_location.tokens);
        matches!(wrong.kind, ErrorKind::Format { .. })
            && !std::ptr::eq(wrong, other)
            && other
                .schema_url
                .strip_prefix(schema)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            && other.instance_location.tokens.len() >= place.len()
    };
    let is_told =
        |cause: &&ValidationError<'s, 'v>| !causes.iter().any(|wrong| hides(wrong, cause));
    causes.iter().filter(is_told).collect()
}

fn is_level(kind: &ErrorKind<'_, '_>) -> bool {
    matches!(
        kind,
        ErrorKind::AllOf
            | ErrorKind::AnyOf
            | ErrorKind::OneOf(_)
            | ErrorKind::Contains
            | ErrorKind::MinContains { .. }
    )
}

/// Whether a keyword's value holds several subschemas, so that a name or an index follows.
fn takes_name(keyword: &str, next: Option<&str>) -> bool {
    match keyword {
        "properties" | "patternProperties" | "dependentSchemas" | "dependencies" | "$defs"
        | "definitions" | "allOf" | "anyOf" | "oneOf" | "prefixItems" => true,
        "items" => next.is_some_and(|next| next.bytes().all(|byte| byte.is_ascii_digit())),
        _ => false,
    }
}

/// Whether a keyword's subschemas are for what is inside the instance.
fn enters(keyword: &str) -> bool {
    matches!(
        keyword,
        "properties"
            | "patternProperties"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "items"
            | "prefixItems"
            | "additionalItems"
            | "unevaluatedItems"
            | "contains"
    )
}

/// The keys and the numbers of items that lead to a part of the values.
fn path(tokens: &[InstanceToken<'_>], shifts: &[(usize, usize)]) -> Vec<String> {
    let steps = tokens.iter().enumerate();
    steps
        .map(|(depth, token)| match token {
            InstanceToken::Prop(name) => name.to_string(),
            InstanceToken::Item(index) => {
                let shift = shifts.iter().find(|(at, _)| *at == depth);
                (index + shift.map_or(0, |(_, shift)| *shift)).to_string()
            }
        })
        .collect()
}

fn pointer(tokens: &[InstanceToken<'_>], shifts: &[(usize, usize)]) -> String {
    let mut pointer = String::new();
    for step in path(tokens, shifts) {
        pointer.push('/');
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

/// The text of a fragment of an address.
fn percent_decode(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

fn reason(kind: &ErrorKind<'_, '_>) -> String {
    match kind {
        ErrorKind::Group | ErrorKind::Reference { .. } => "validation failed".to_owned(),
        ErrorKind::Schema { url } => format!("jsonschema validation failed with {}", quote(url)),
        ErrorKind::ContentSchema => "'contentSchema' failed".to_owned(),
        ErrorKind::PropertyName { prop } => {
            format!("invalid propertyName {}", quote(pattern::original(prop)))
        }
        ErrorKind::RefCycle {
            url,
            kw_loc1,
            kw_loc2,
        } => format!(
            "both {kw_loc1} and {kw_loc2} resolve to {} causing reference cycle",
            goval::strconv::quote(url.as_bytes())
        ),
        ErrorKind::FalseSchema => "false schema".to_owned(),
        ErrorKind::Type { got, want } => {
            let want: Vec<String> = want.iter().map(|ty| ty.to_string()).collect();
            format!("got {got}, want {}", want.join(" or "))
        }
        ErrorKind::Enum { want } => one_of(want),
        ErrorKind::Const { want } => match want {
            Value::Array(_) | Value::Object(_) => "'const' failed".to_owned(),
            want => format!("value must be {}", display(want)),
        },
        ErrorKind::Format { got, want, err } => {
            let want = if *want == REGEX { "regex" } else { want };
            format!("{} is not valid {want}: {err}", display(got))
        }
        ErrorKind::AdditionalProperties { got } => {
            format!("additional properties {} not allowed", quote_all(got))
        }
        ErrorKind::Required { want } => match &want[..] {
            [one] => format!("missing property {}", quote(one)),
            several => format!("missing properties {}", quote_all(several)),
        },
        ErrorKind::Dependency { prop, missing }
        | ErrorKind::DependentRequired { prop, missing } => {
            let missing = quote_all(missing);
            format!("properties {missing} required, if {} exists", quote(prop))
        }
        ErrorKind::Contains => "no items match contains schema".to_owned(),
        ErrorKind::MinContains { got, want } => min_contains(got, *want),
        ErrorKind::MaxContains { got, want } => format!(
            "max {} items required to match contains schema, but matched {} items at {}",
            count(*want),
            count(got.len()),
            spaced(got)
        ),
        ErrorKind::UniqueItems {
            got: [first, second],
        } => {
            format!(
                "items at {} and {} are equal",
                count(*first),
                count(*second)
            )
        }
        ErrorKind::AdditionalItems { got } => {
            format!("last {} additionalItem(s) not allowed", count(*got))
        }
        ErrorKind::ContentEncoding { want, err } => {
            format!("value is not {} encoded: {err}", quote(want))
        }
        ErrorKind::ContentMediaType { want, err, .. } => {
            format!("value is not of mediatype {}: {err}", quote(want))
        }
        ErrorKind::Not => "'not' failed".to_owned(),
        ErrorKind::AllOf => "'allOf' failed".to_owned(),
        ErrorKind::AnyOf => "'anyOf' failed".to_owned(),
        ErrorKind::OneOf(None) => "'oneOf' failed, none matched".to_owned(),
        ErrorKind::OneOf(Some((first, second))) => format!(
            "'oneOf' failed, subschemas {}, {} matched",
            count(*first),
            count(*second)
        ),
        limit => limits(limit),
    }
}

/// The limits of sizes and numbers, which are all worded alike.
fn limits(kind: &ErrorKind<'_, '_>) -> String {
    let sizes = |name: &str, got: &usize, want: &usize| {
        format!("{name}: got {}, want {}", count(*got), count(*want))
    };
    let numbers = |name: &str, got: &Number, want: &Number| {
        format!("{name}: got {}, want {}", number(got), number(want))
    };
    match kind {
        ErrorKind::MinProperties { got, want } => sizes("minProperties", got, want),
        ErrorKind::MaxProperties { got, want } => sizes("maxProperties", got, want),
        ErrorKind::MinItems { got, want } => sizes("minItems", got, want),
        ErrorKind::MaxItems { got, want } => sizes("maxItems", got, want),
        ErrorKind::MinLength { got, want } => sizes("minLength", got, want),
        ErrorKind::MaxLength { got, want } => sizes("maxLength", got, want),
        ErrorKind::Minimum { got, want } => numbers("minimum", got, want),
        ErrorKind::Maximum { got, want } => numbers("maximum", got, want),
        ErrorKind::ExclusiveMinimum { got, want } => numbers("exclusiveMinimum", got, want),
        ErrorKind::ExclusiveMaximum { got, want } => numbers("exclusiveMaximum", got, want),
        ErrorKind::MultipleOf { got, want } => numbers("multipleOf", got, want),
        _ => "validation failed".to_owned(),
    }
}

fn one_of(want: &[Value]) -> String {
    if want
        .iter()
        .any(|value| value.is_array() || value.is_object())
    {
        return "'enum' failed".to_owned();
    }
    let shown: Vec<String> = want.iter().map(display).collect();
    match &shown[..] {
        [one] => format!("value must be {one}"),
        several => format!("value must be one of {}", several.join(", ")),
    }
}

fn min_contains(got: &[usize], want: usize) -> String {
    let want = count(want);
    if got.is_empty() {
        return format!("min {want} items required to match contains schema, but none matched");
    }
    format!(
        "min {want} items required to match contains schema, but matched {} items at {}",
        count(got.len()),
        spaced(got)
    )
}

/// A value of the schema or of the instance, if it is not made of others.
fn display(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        Value::Array(_) | Value::Object(_) => "value".to_owned(),
        Value::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}

/// Text in single quotes: Go's escapes, but for the quotes themselves. The library takes the last of two backslashes at
/// the end for one before a quote.
fn quote(text: &str) -> String {
    let quoted = goval::strconv::quote(text.as_bytes());
    let quoted = quoted.replace("\\\"", "\"").replace('\'', "\\'");
    format!("'{}'", &quoted[1..quoted.len() - 1])
}

fn quote_all(texts: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quote(text.as_ref())).collect();
    quoted.join(", ")
}

fn spaced(items: &[impl Display]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(" ")
}

/// A count in English, with commas between groups of three digits.
fn count(n: usize) -> String {
    grouped(&n.to_string())
}

/// A number in English: grouped if it is short, else with a power of ten.
fn number(n: &Number) -> String {
    let Some(x) = n.as_f64() else {
        return n.to_string();
    };
    let scientific = format_float(x, b'e', -1, 64);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if x == 0.0 || (-4..6).contains(&exponent) {
        let plain = format_float(x, b'f', -1, 64);
        return match plain.split_once('.') {
            Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
            None => grouped(&plain),
        };
    }
    let sign = if exponent < 0 { "⁻" } else { "" };
    let digits: String = format!("{:02}", exponent.abs())
        .chars()
        .map(superscript)
        .collect();
    format!("{mantissa}×10{sign}{digits}")
}

fn superscript(digit: char) -> char {
    match digit {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        other => other,
    }
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let mut out = sign.to_owned();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_english() {
        // Expected values from golang.org/x/text/message.
        let cases = [
            (1.0, "1"),
            (70000.0, "70,000"),
            (1.5, "1.5"),
            (1_234_567.891, "1.234567891×10⁰⁶"),
            (1e21, "1×10²¹"),
            (0.0001, "0.0001"),
            (0.00001234, "1.234×10⁻⁰⁵"),
            (-70000.25, "-70,000.25"),
            (0.0, "0"),
            (999_999.0, "999,999"),
            (1e100, "1×10¹⁰⁰"),
        ];
        for (x, expected) in cases {
            assert_eq!(number(&Number::from_f64(x).unwrap()), expected);
        }
    }
}
