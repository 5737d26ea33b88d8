//! Hides what differs from run to run and says nothing: clocks, random names, places.

use anyhow::Result;
use regex::{Captures, Regex};
use serde_json::Value;

/// What a text is put through before it is compared.
pub(super) struct Masks {
    places: Vec<(String, String)>,
    /// A time in any of the layouts that Helm prints; its digits are hidden, its layout is not.
    time: Regex,
    patterns: Vec<(Regex, &'static str)>,
}

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
        ];
        let patterns = patterns
            .into_iter()
            .map(|(pattern, name)| Ok((Regex::new(pattern)?, name)));
        Ok(Masks {
            places: places
                .iter()
                .map(|(place, name)| (place.to_string(), name.to_string()))
                .collect(),
            time: Regex::new(time)?,
            patterns: patterns.collect::<Result<_>>()?,
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
        for (pattern, name) in &self.patterns {
            text = pattern.replace_all(&text, *name).into_owned();
        }
        text
    }

    /// Masks every string of a value, in place.
    pub(super) fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.value(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
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
}
