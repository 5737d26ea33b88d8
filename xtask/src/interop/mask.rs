//! Hides what differs from run to run and says nothing: clocks, random names, places.

use anyhow::Result;
use regex::{Captures, Regex};
use serde_json::Value;

/// What a text is put through before it is compared.
pub(super) struct Masks {
    places: Vec<(String, String)>,
    /// A time in any of the layouts that Helm prints; its digits are hidden, its layout is not.
    time: Regex,
    patterns: Vec<Pattern>,
    /// What is masked in the tables of live objects only.
    cells: Vec<Pattern>,
}

/// What is sought and what is put in its place.
type Pattern = (Regex, &'static str);

impl Masks {
    /// Masks that also put a name in place of each given text.
    pub(super) fn new(places: &[(&str, &str)]) -> Result<Masks> {
        let time = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?|(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}";
        let patterns = [
            (
                r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                "<uid>",
            ),
            // podinfo names its tests at random.
            (r"-test-[a-z0-9]{5}\b", "-test-<random>"),
            // A table pads a time by its length, which is that of the fraction.
            (r"( UTC| [+-]\d{4})[ ]*\t", "$1\t"),
            (r"UPDATED[ ]*\t", "UPDATED\t"),
            // client-go says so when a watch is ended in the middle of an answer, or not.
            (
                r"(?m)^[IWE]\d{4} .*(context canceled|watch ended with error).*\n",
                "",
            ),
            (r"\b10\.0\.0\.\d+\b", "<pod>"),
            // Pods of Deployments, whose names end at random.
            (
                r"-([bcdfghjklmnpqrstvwxz2456789]{8,10})-[bcdfghjklmnpqrstvwxz2456789]{5}\b",
                "-$1-<random>",
            ),
            // Pods of Jobs, in what is said of their logs.
            (
                r"\bpod: (\S+)-[bcdfghjklmnpqrstvwxz2456789]{5}\b",
                "pod: $1-<random>",
            ),
            // The volume that each pod gets with its token.
            (
                r"\bkube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}\b",
                "kube-api-access-<random>",
            ),
            // The node that a pod came to.
            (r"\bnode-\d\b", "<node>"),
            // What the server warns of, as the logging library shows it with time and process.
            (r"(?m)^([IWE])\d{4} [\d:.]+ +\d+ ", "$1<when> "),
            (r#"(createdAt|modifiedAt)(=|":"|: ")\d+"#, "$1$2<unix>"),
            (
                r#"resourceVersion(\\*":\\*"|: ")\d+"#,
                "resourceVersion$1<version>",
            ),
            (
                r#"("path":"/metadata/resourceVersion","value":")\d+"#,
                "$1<version>",
            ),
            (
                r#"(clusterIPs?)(":\[?"|:\n? *(- )?"?)10\.96\.\d+\.\d+"#,
                "$1$2<ip>",
            ),
        ];
        let cells = [
            (r"\b10\.96\.\d+\.\d+\b", "<ip>"),
            (r":3\d{4}/", ":<port>/"),
            (r"\b(\d+[dhms])+$", "<age>"),
            (r"\b(\d+[ms])+\b", "<duration>"),
            // Pods of Deployments and of DaemonSets; those of StatefulSets have numbers.
            (r"^(\S+)-[bcdfghjklmnpqrstvwxz2456789]{5} ", "$1-<random> "),
            (r" {2,}", "  "),
        ];
        Ok(Masks {
            places: places
                .iter()
                .map(|(place, name)| (place.to_string(), name.to_string()))
                .collect(),
            time: Regex::new(time)?,
            patterns: compile(&patterns)?,
            cells: compile(&cells)?,
        })
    }

    /// A text with everything masked.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (place, name) in &self.places {
            text = text.replace(place, name);
        }
        text = self
            .time
            .replace_all(&text, |time: &Captures<'_>| layout(&time[0]))
            .into_owned();
        text = replace_all(&self.patterns, &text);
        for field in ["status", "managedFields"] {
            text = Self::without_quoted(&text, field);
        }
        match text.split_once("RESOURCES:\n") {
            Some((before, after)) => format!("{before}RESOURCES:\n{}", self.resources(after)),
            None => text,
        }
    }

    /// Without what a field holds of objects that the server quotes in an error: controllers write there at
    /// their own time. Where an object stands unquoted its fields are compared.
    fn without_quoted(text: &str, field: &str) -> String {
        let mut masked = String::new();
        let mut rest = text;
        while let Some(start) = after_quoted_name(rest, field) {
            let (before, value) = rest.split_at(start);
            masked.push_str(before);
            masked.push_str("<now>");
            rest = &value[end_of_braces(value)..];
        }
        masked + rest
    }

    /// The tables of live objects in a status: Helm prints them in the order of a Go map, and they hold
    /// addresses, ages and the random names of pods, whose lengths set the widths of the columns.
    fn resources(&self, text: &str) -> String {
        let (tables, rest) = text.split_once("\n\n\n").unwrap_or((text, ""));
        let mut masked: Vec<String> = tables
            .split("\n\n")
            .map(|table| self.resource_table(table))
            .collect();
        masked.sort();
        format!("{}\n\n\n{rest}", masked.join("\n\n"))
    }

    /// The heads of the columns are left out: Helm leaves them out after a kind that had the same.
    fn resource_table(&self, table: &str) -> String {
        let mut lines = table.lines();
        let kind = lines.next().unwrap_or_default();
        let rows = lines.filter(|row| !row.starts_with("NAME "));
        let mut rows: Vec<String> = rows.map(|row| replace_all(&self.cells, row)).collect();
        rows.sort();
        rows.insert(0, kind.to_owned());
        rows.join("\n")
    }

    /// Masks every string of a value, in place.
    pub(super) fn value(&self, value: &mut Value) {
        for stamp in ["createdAt", "modifiedAt"] {
            if let Some(text) = value.pointer_mut(&format!("/metadata/labels/{stamp}")) {
                *text = "<unix>".into();
            }
        }
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.value(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Where the value of a field begins whose name stands in escaped quotes: `\"status\":{`.
fn after_quoted_name(text: &str, field: &str) -> Option<usize> {
    text.match_indices(field).find_map(|(at, _)| {
        let after = &text[at + field.len()..];
        let value = after.trim_start_matches('\\').strip_prefix("\":")?;
        let escaped = after.starts_with('\\') && text[..at].ends_with("\\\"");
        let opens = value.starts_with(['{', '[']);
        (escaped && opens).then(|| text.len() - value.len())
    })
}

/// The length of what stands in the braces or brackets that a text begins with.
fn end_of_braces(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

fn replace_all(patterns: &[Pattern], text: &str) -> String {
    patterns
        .iter()
        .fold(text.to_owned(), |text, (pattern, name)| {
            pattern.replace_all(&text, *name).into_owned()
        })
}

fn compile(patterns: &[(&str, &'static str)]) -> Result<Vec<Pattern>> {
    patterns
        .iter()
        .map(|(pattern, name)| Ok((Regex::new(pattern)?, *name)))
        .collect()
}

/// The layout of a time: `2026-01-02T03:04:05.678Z` and `2026-09-08T07:06:05.4Z` have the same.
fn layout(time: &str) -> String {
    let separator = if time.contains('T') && time.contains('-') {
        "T"
    } else {
        " "
    };
    let fraction = if time.contains('.') { ".f" } else { "" };
    if time.contains('-') {
        format!("<date{separator}time{fraction}>")
    } else {
        "<ansic>".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_layout_only() {
        let masks = Masks::new(&[("/tmp/x", "<home>")]).unwrap();
        let check = |text: &str, expected: &str| assert_eq!(masks.text(text), expected);
        check(
            "LAST DEPLOYED: Sun Nov  3 13:41:00 2026\n",
            "LAST DEPLOYED: <ansic>\n",
        );
        check("\"2026-11-23T13:41:00.123Z\"", "\"<dateTtime.f>Z\"");
        check(
            "2026-11-23 13:41:00.1 +0000 UTC  \tdeployed",
            "<date time.f> +0000 UTC\tdeployed",
        );
        check(
            "/tmp/x/file of 0c6de0ad-1111-2222-3333-0123456789ab",
            "<home>/file of <uid>",
        );
    }

    #[test]
    fn quoted_objects_are_shown_without_what_controllers_write() {
        let masks = Masks::new(&[]).unwrap();
        let check = |text: &str, expected: &str| assert_eq!(masks.text(text), expected);
        check(
            r#"Invalid value: "{\"spec\":{},\"status\":{\"a\":[{}]},\"x\":1}": bad"#,
            r#"Invalid value: "{\"spec\":{},\"status\":<now>,\"x\":1}": bad"#,
        );
        check(
            r#"{\\\"managedFields\\\":[{\\\"status\\\":{}}],\\\"status\\\":{}} and {}"#,
            r#"{\\\"managedFields\\\":<now>,\\\"status\\\":<now>} and {}"#,
        );
        check(r#"{"status":{"a":1}}"#, r#"{"status":{"a":1}}"#);
        check(r#"{"status\":\"failed\"}"#, r#"{"status\":\"failed\"}"#);
    }
}
