//! Comparison with Helm: each line of `data/` holds an input and what Helm 4.3.1's library answers.

use std::sync::Arc;

use chart::{Chart, File};
use goval::Map;
use values::SchemaLoader;

fn lines(table: &str) -> Vec<Vec<String>> {
    let lines = table.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("a table of lists of texts"))
        .collect()
}

/// What differs, shown together at the end: a table is judged as a whole.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn check(&mut self, input: &[String], found: &str, expected: &str) {
        if found != expected {
            let (found, expected) = (found.trim_end(), expected.trim_end());
            self.0
                .push(format!("{input:?}\n    is {found}\nis not {expected}"));
        }
    }
}

impl Drop for Differences {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(
                self.0.is_empty(),
                "{} differ:\n{}",
                self.0.len(),
                self.0.join("\n")
            );
        }
    }
}

/// `[flag, argument, values afterwards, error]`
#[test]
fn arguments_set_what_helm_sets() {
    let mut differences = Differences::default();
    let before = br#"{"s":"x","n":null,"l":["a",{"k":"v"}],"m":{"a":1}}"#;
    for line in lines(include_str!("data/set.jsonl")) {
        let values: Map = goval::json::decode_map(before).expect("JSON");
        let set = match line[0].as_str() {
            "set" => values::set,
            "string" => values::set_string,
            "json" => values::set_json,
            _ => values::set_literal,
        };
        let result = set(&line[1], &values);
        let error = result.map_or_else(|error| error.to_string(), |()| String::new());
        // Nobody sees the words for bad JSON: the caller replaces them.
        let error = if line[0] == "json" && !line[3].is_empty() && !error.is_empty() {
            line[3].clone()
        } else {
            error
        };
        let values = goval::json::encode(&values.into()).expect("JSON");
        let found = format!("{} {error}", values.trim_end());
        differences.check(&line[..2], &found, &format!("{} {}", line[2], line[3]));
    }
}

/// `[schema, values, error]`
#[test]
fn values_fail_their_schema_as_with_helm() {
    let mut differences = Differences::default();
    let loader: SchemaLoader = Arc::new(|url: &str| {
        let path = url.strip_prefix("file://").unwrap_or(url);
        Err(format!("open {path}: no such file or directory"))
    });
    let mut events = Vec::new();
    for line in lines(include_str!("data/schema.jsonl")) {
        let values = goval::yaml::decode_map(line[1].as_bytes()).expect("YAML");
        let result = values::validate_one(line[0].as_bytes(), &values, &loader, &mut events);
        let error = result.err().map(|error| error.text).unwrap_or_default();
        differences.check(&line[..2], &sorted(&error), &sorted(&line[2]));
    }
}

/// `[files of the chart, user's values, coalesced values or error, charts, dependencies, chart's
/// values, log]`
#[test]
fn values_come_together_as_with_helm() {
    let mut differences = Differences::default();
    for line in lines(include_str!("data/coalesce.jsonl")) {
        let loaded = Chart::load(files(&line[0])).expect("a chart");
        let mut chart = loaded.chart;
        let user = chart::load_values(line[1].as_bytes()).expect("values");
        let mut events = Vec::new();
        let values = values::process_dependencies(&mut chart, &user, &mut events)
            .and_then(|()| values::coalesce(&chart, &user, &mut events))
            .map_or_else(|error| error.to_string(), json);
        let log: Vec<String> = events.iter().map(ToString::to_string).collect();
        let dependencies = &chart.metadata.dependencies;
        let found = [
            values,
            tree(&chart),
            match dependencies.len() {
                0 => "null".to_owned(),
                _ => goval::json::to_string(dependencies).expect("JSON"),
            },
            chart.values.clone().map_or_else(|| "null".to_owned(), json),
            sorted(&log.join("\n")),
        ];
        differences.check(&line[..2], &found.join("\n"), &line[2..].join("\n"));
    }
}

fn files(text: &str) -> Vec<File> {
    let parts = text.split("//- ").skip(1);
    let file = |part: &str| {
        let (name, data) = part.split_once('\n').expect("a name in a line of its own");
        File::new(name, data)
    };
    parts.map(file).collect()
}

fn json(values: Map) -> String {
    goval::json::encode(&values.into())
        .expect("JSON")
        .trim_end()
        .to_owned()
}

/// The names of a chart and all below it; Go orders siblings at random.
fn tree(chart: &Chart) -> String {
    let mut children: Vec<String> = chart.dependencies.iter().map(tree).collect();
    children.sort();
    format!("{}({})", chart.name(), children.join(" "))
}

/// Go checks properties in random order, so the lines are compared as a set.
fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

proptest::proptest! {
    #[test]
    fn any_argument_is_taken_or_refused(text in "[ab.\\[\\]0-9,={}\\\\\" -]{0,40}") {
        for set in [values::set, values::set_string, values::set_json, values::set_literal] {
            let _ = set(&text, &Map::new());
        }
    }

    #[test]
    fn a_literal_value_is_kept_whole(value: String) {
        let values = Map::new();
        values::set_literal(&format!("a.b={value}"), &values).expect("a path and a value");
        let inner = values.get("a").and_then(|inner| inner.as_map().cloned());
        let found = inner.and_then(|inner| inner.get("b"));
        let found = found.and_then(|found| found.as_str().cloned());
        proptest::prop_assert_eq!(found.map(|text| text.to_string()), Some(value));
    }
}
