//! `show`: what a chart holds.

use chart::Chart;
use goval::Value;

/// What of a chart is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    All,
    /// Chart.yaml.
    Chart,
    /// values.yaml.
    Values,
    /// The README.
    Readme,
    /// The custom resource definitions.
    Crds,
}

/// The text of a part (Helm's `Show.Run`); of the values only what a JSONPath template makes of them,
/// unless it is empty.
///
/// # Errors
/// Metadata that YAML cannot hold.
pub fn show(chart: &Chart, part: Part, jsonpath: &str) -> Result<String, String> {
    let all = part == Part::All;
    let mut out = String::new();
    if all || part == Part::Chart {
        out += &chart.metadata.to_yaml()?;
        out.push('\n');
    }
    if all || part == Part::Values {
        out += &values(chart, all, jsonpath)?;
    }
    if (all || part == Part::Readme)
        && let Some(readme) = chart.files.iter().find(|file| is_readme(&file.name))
    {
        out += if all { "---\n" } else { "" };
        out += &readme.data.to_str_lossy();
        out.push('\n');
    }
    if all || part == Part::Crds {
        for crd in chart.crds() {
            out += if crd.data.starts_with(b"---") {
                ""
            } else {
                "---\n"
            };
            out += &crd.data.to_str_lossy();
            out.push('\n');
        }
    }
    Ok(out)
}

fn values(chart: &Chart, separated: bool, jsonpath: &str) -> Result<String, String> {
    let Some(values) = &chart.values else {
        return Ok(String::new());
    };
    let mut out = if separated { "---\n" } else { "" }.to_owned();
    if !jsonpath.is_empty() {
        let shown = crate::jsonpath::execute(jsonpath, &Value::Map(values.clone()));
        return shown
            .map(|shown| out + &shown)
            .map_err(|why| format!("error parsing jsonpath {jsonpath}: {why}"));
    }
    for file in chart.raw.iter().filter(|file| file.name == "values.yaml") {
        out += &file.data.to_str_lossy();
        out.push('\n');
    }
    Ok(out)
}

fn is_readme(name: &str) -> bool {
    let mut names = ["readme.md", "readme.txt", "readme"].into_iter();
    names.any(|readme| name.eq_ignore_ascii_case(readme))
}
