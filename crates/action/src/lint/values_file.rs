//! Rules about values.yaml.

use std::path::Path;

use goval::{Map, MapShape, Shape};

use crate::draft::schema_loader;

use super::{Linter, Severity};

const FILE: &str = "values.yaml";

pub(super) fn check(linter: &mut Linter<'_>) {
    let path = linter.path(FILE);
    if !path.exists() {
        return linter.add(Severity::Info, FILE, "file does not exist");
    }
    let checked = fits_schema(linter, &path);
    linter.error(FILE, checked);
}

/// Whether the file, under the user's values, fits the chart's own schema. Those of subcharts are
/// not asked here.
fn fits_schema(linter: &mut Linter<'_>, path: &Path) -> Result<(), String> {
    let file = source::read_file(path)
        .and_then(|text| {
            goval::yaml::decode_shaped(&text, &VALUES, false).map_err(|error| error.to_string())
        })
        .map_err(|why| format!("unable to parse YAML: {why}"))?;
    let mut events = Vec::new();
    let merged = Map::new();
    values::coalesce_tables(&merged, &linter.values.deep_copy(), &mut events);
    if let Some(file) = file.as_map() {
        values::coalesce_tables(&merged, file, &mut events);
    }
    let checked = match source::read_file(&path.with_file_name("values.schema.json")) {
        Ok(schema) if !schema.is_empty() && !linter.options.skip_schema => {
            let loader = schema_loader(&linter.options.http);
            values::validate_one(&schema, &merged, &loader, &mut events).map_err(|error| error.text)
        }
        _ => Ok(()),
    };
    linter.log(events);
    checked
}

/// Values by the name of their type in Go, which stands in what is said of a file that is no map.
const VALUES: Shape = Shape::Map(&MapShape {
    go_type: "common.Values",
    elem: Shape::Any,
});
