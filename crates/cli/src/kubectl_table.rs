//! Tables of live objects as kubectl prints them.

use serde_json::Value;

/// The narrowest column but the last, in bytes, and the space after its longest cell.
const NARROWEST: usize = 6;
const GAP: usize = 3;

/// Prints tables (`meta.k8s.io/v1`) one after the other. Each has columns as wide as it needs; a
/// header is printed where the columns are others than in the table before.
#[derive(Default)]
pub(crate) struct Tables {
    columns: Value,
    headed: bool,
}

impl Tables {
    /// The text of a table.
    pub(crate) fn print(&mut self, table: &Value) -> String {
        let columns = &table["columnDefinitions"];
        if *columns != self.columns {
            self.columns = columns.clone();
            self.headed = false;
        }
        let shown: Vec<usize> = (0..columns.as_array().map_or(0, Vec::len))
            .filter(|i| columns[i]["priority"].as_i64().unwrap_or(0) == 0)
            .collect();
        let rows = table["rows"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let cells = rows
            .iter()
            .map(|row| shown.iter().map(|i| text(&row["cells"][i])).collect());
        let mut lines: Vec<Vec<String>> = Vec::new();
        if !self.headed && !rows.is_empty() {
            let names = shown
                .iter()
                .map(|i| columns[i]["name"].as_str().unwrap_or_default());
            lines.push(names.map(str::to_uppercase).collect());
            self.headed = true;
        }
        lines.extend(cells);
        align(&lines)
    }
}

/// A cell in one line.
fn text(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => match text.find(['\n', '\r', '\x0c']) {
            Some(end) => format!("{}...", &text[..end]),
            None => text.clone(),
        },
        other => other.to_string(),
    }
}

fn align(lines: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for line in lines {
        widths.resize(widths.len().max(line.len()), NARROWEST);
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count() + GAP);
        }
    }
    let mut out = String::new();
    for line in lines {
        for (i, cell) in line.iter().enumerate() {
            out.push_str(cell);
            if i + 1 < line.len() {
                out.extend(std::iter::repeat_n(' ', widths[i] - cell.chars().count()));
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(name: &str, age: &str) -> Value {
        json!({
            "columnDefinitions": [{"name": "Name"}, {"name": "Data"}, {"name": "Uid", "priority": 1}, {"name": "Age"}],
            "rows": [{"cells": [name, 2, "x", age]}],
        })
    }

    #[test]
    fn a_header_comes_once_and_widths_are_each_tables_own() {
        let mut tables = Tables::default();
        assert_eq!(
            tables.print(&table("gal-catalog", "3s")),
            "NAME          DATA   AGE\ngal-catalog   2      3s\n"
        );
        assert_eq!(
            tables.print(&table("gal-client", "3s")),
            "gal-client   2     3s\n"
        );
        assert_eq!(
            tables.print(&json!({"columnDefinitions": [{"name": "A"}], "rows": []})),
            ""
        );
        assert_eq!(
            tables.print(&table("a\nb", "1s")),
            "NAME   DATA   AGE\na...   2      1s\n"
        );
    }
}
