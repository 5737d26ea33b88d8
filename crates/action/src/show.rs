//! `show`: what a chart holds.

use chart::Chart;

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

/// The text of a part (Helm's `Show.Run`).
///
/// # Errors
/// Metadata that YAML cannot hold.
pub fn show(chart: &Chart, part: Part) -> Result<String, String> {
    let all = part == Part::All;
    let mut out = String::new();
    if all || part == Part::Chart {
        out += &chart.metadata.to_yaml()?;
        out.push('\n');
    }
    if all || part == Part::Values {
        out += &values(chart, all);
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

fn values(chart: &Chart, separated: bool) -> String {
    if chart.values.is_none() {
        return String::new();
    }
    let mut out = if separated { "---\n" } else { "" }.to_owned();
    for file in chart.raw.iter().filter(|file| file.name == "values.yaml") {
        out += &file.data.to_str_lossy();
        out.push('\n');
    }
    out
}

fn is_readme(name: &str) -> bool {
    let mut names = ["readme.md", "readme.txt", "readme"].into_iter();
    names.any(|readme| name.eq_ignore_ascii_case(readme))
}
