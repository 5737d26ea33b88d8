//! Values of charts, subcharts and the user, put together.

use chart::{Chart, File};
use goval::Map;

use crate::oracle::{Answer, Question};
use crate::random::Random;
use crate::{Asks, Lines};

const KEYS: &[&str] = &[
    "a", "b", "global", "one", "two", "nick", "exports", "tags", "on",
];

#[test]
fn values_come_together_as_with_helm() {
    let asks = Asks {
        name: "values",
        lines: Lines::InAnyOrder,
        cases: 400,
        least_refused: 0,
    };
    asks.compare(
        |random, _| {
            let mut files = String::new();
            chart(random, "", "top", 2, &mut files);
            Question {
                f: "values.merge",
                a: vec![files, map(random, 3, 0)],
            }
        },
        answer,
    );
}

/// Writes a chart with some of the subcharts `one` and `two`, as files behind each other.
fn chart(random: &mut Random, path: &str, name: &str, depth: usize, files: &mut String) {
    *files += &format!("//- {path}Chart.yaml\napiVersion: v2\nname: {name}\nversion: 1.0.0\n");
    let mut dependencies = String::new();
    let mut subcharts = Vec::new();
    for child in ["one", "two"] {
        if depth == 0 || random.chance(40) {
            continue;
        }
        subcharts.push(child);
        for _ in 0..random.below(3) {
            dependencies += &dependency(random, child);
        }
    }
    if !dependencies.is_empty() {
        *files += &format!("dependencies:\n{dependencies}");
    }
    *files += &format!("//- {path}values.yaml\n{}", map(random, 3, 0));
    for child in subcharts {
        chart(
            random,
            &format!("{path}charts/{child}/"),
            child,
            depth - 1,
            files,
        );
    }
}

fn dependency(random: &mut Random, name: &str) -> String {
    let mut text = format!("- name: {name}\n  version: \">=0.1\"\n");
    if random.chance(30) {
        text += &format!("  alias: nick{}\n", random.below(100));
    }
    if random.chance(40) {
        let path = random.pick(&["on", "one.on", "a.b, on", "nope", "global.on", "tags.on"]);
        text += &format!("  condition: {path}\n");
    }
    if random.chance(30) {
        text += &format!("  tags: [{}]\n", random.pick(&["a", "b, on", "on"]));
    }
    if random.chance(40) {
        let import = random.pick(&[
            "a",
            "{child: a, parent: b}",
            "{child: exports.a, parent: .}",
            "data",
            "{child: global, parent: nick.x}",
        ]);
        text += &format!("  import-values: [{import}]\n");
    }
    text
}

/// The lines of a map, which may be empty.
fn map(random: &mut Random, depth: usize, indent: usize) -> String {
    let mut text = String::new();
    let mut keys: Vec<&str> = KEYS.to_vec();
    for _ in 0..random.below(5) {
        let key = keys.swap_remove(random.below(keys.len()));
        let pad = " ".repeat(indent);
        let inner = match random.below(10) {
            0..4 if depth > 0 => map(random, depth - 1, indent + 2),
            _ => String::new(),
        };
        if inner.is_empty() {
            let scalar = random.pick(&[
                "null",
                "1",
                "x",
                "true",
                "false",
                "{}",
                "[1, null]",
                "\"\"",
                "{a: null}",
            ]);
            text += &format!("{pad}{key}: {scalar}\n");
        } else {
            text += &format!("{pad}{key}:\n{inner}");
        }
    }
    text
}

fn answer(question: &Question) -> Answer {
    let loaded = Chart::load(files(&question.a[0])).map_err(|error| error.to_string())?;
    let mut chart = loaded.chart;
    let user = goval::yaml::decode_map(question.a[1].as_bytes()).map_err(|e| e.to_string())?;
    let mut events = Vec::new();
    let values = values::process_dependencies(&mut chart, &user, &mut events)
        .and_then(|()| values::coalesce(&chart, &user, &mut events))
        .map_err(|error| error.to_string())?;
    let log: String = events.iter().map(|event| format!("{event}\n")).collect();
    let own = chart.values.clone().map_or_else(|| "null".to_owned(), json);
    Ok([json(values), tree(&chart), own, log].join("\n"))
}

/// The files of a text in which each is headed by its name.
pub(crate) fn files(text: &str) -> Vec<File> {
    let parts = text.split("//- ").skip(1);
    let files = parts.filter_map(|part| part.split_once('\n'));
    files.map(|(name, data)| File::new(name, data)).collect()
}

fn json(values: Map) -> String {
    goval::json::encode(&values.into()).unwrap_or_else(|error| error.to_string())
}

/// The names of a chart and all below it; Go orders siblings at random.
fn tree(chart: &Chart) -> String {
    let mut children: Vec<String> = chart.dependencies.iter().map(tree).collect();
    children.sort();
    format!("{}({})", chart.name(), children.join(" "))
}
