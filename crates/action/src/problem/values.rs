//! The files that values come from: which of them sets what, and on which line.

use std::path::{Path, PathBuf};

use goval::Value;
use goval::yaml::locate;
use values::{BrokenSchema, SchemaError};

use super::{Excerpt, Origins, Problem};

/// The files of values, as they are now. What cannot be read again, standard input among it, is not
/// looked at.
pub(super) struct Files {
    /// The chart's directory, as it was named; `None` if it is no directory.
    chart: Option<PathBuf>,
    /// The user's files, in their order.
    user: Vec<(String, Vec<u8>)>,
    /// The chart's own values.yaml and those of its subcharts that lie in folders.
    defaults: Vec<Defaults>,
}

/// A chart's own values.
struct Defaults {
    name: String,
    text: Vec<u8>,
    /// The names of the charts that it is below, from the root chart's child to itself.
    below: Vec<String>,
}

impl Files {
    pub(super) fn read(origins: &Origins) -> Files {
        let read = |name: &String| Some((name.clone(), std::fs::read(name).ok()?));
        let chart = Path::new(&origins.chart);
        let chart = chart.is_dir().then(|| chart.to_path_buf());
        let mut defaults = Vec::new();
        if let Some(chart) = &chart {
            collect(chart, &[], &mut defaults);
        }
        Files {
            user: origins.files.iter().filter_map(read).collect(),
            defaults,
            chart,
        }
    }

    /// Where the user finds what is nearest to a value that templates do not see, and whether that is
    /// the value itself.
    pub(super) fn where_to_set(&self, path: &[String]) -> Option<(String, bool)> {
        let name = joined(path);
        let found = self.locate(path)?;
        let place = &found.excerpt.place;
        if found.depth == path.len() {
            let text = match found.is_null {
                true => format!("{name} is null at {place}"),
                false => format!("{name} is set at {place}, and null where it is set again"),
            };
            return Some((text, true));
        }
        let known = joined(&path[..found.depth]);
        let text = format!("{known} is set at {place}: {name} belongs below it");
        Some((text, false))
    }

    /// The line that comes nearest to setting a value: the user's last file wins over earlier ones,
    /// and these over the chart's.
    fn locate(&self, path: &[String]) -> Option<Found> {
        let user = self.user.iter().rev();
        let user = user.filter_map(|(name, text)| find(name, text, path, 0));
        let own = self.defaults.iter().filter_map(|defaults| {
            let rest = path.strip_prefix(defaults.below.as_slice())?;
            find(&defaults.name, &defaults.text, rest, defaults.below.len())
        });
        // The first of those that know most of the path.
        user.chain(own)
            .reduce(|best, found| match found.depth > best.depth {
                true => found,
                false => best,
            })
    }

    /// Schemas that are none, and values that do not fit one, each with its line.
    pub(super) fn misfits(&self, error: &SchemaError) -> Vec<Problem> {
        let broken = error.broken.iter().map(|schema| self.broken(schema));
        broken.chain(self.violations(error)).collect()
    }

    /// A schema that is none, with the part that is wrong, as far as that is told.
    fn broken(&self, schema: &BrokenSchema) -> Problem {
        let mut problem = Problem {
            message: format!("values.schema.json: {}", schema.reason),
            ..Problem::default()
        };
        let Some(chart) = &self.chart else {
            return problem;
        };
        let below = schema.below.iter();
        let folder = below.fold(chart.clone(), |folder, name| {
            folder.join("charts").join(name)
        });
        let file = folder.join("values.schema.json");
        let Ok(text) = std::fs::read(&file) else {
            return problem;
        };
        let name = file.to_string_lossy();
        let place = match goval::yaml::decode(&text) {
            Err(error) => error.position(),
            Ok(_) => locate(&text, &deepest(&schema.reason)).map(|(_, place)| place),
        };
        let excerpt = match place {
            Some(place) => Excerpt::at(&name, &text, place),
            None => Excerpt::of(&name, &text, 0..1),
        };
        problem.message = format!("{name}: {}", schema.reason);
        problem.excerpts.push(excerpt);
        problem
    }

    fn violations(&self, error: &SchemaError) -> Vec<Problem> {
        let all = error.violations.iter();
        all.map(|violation| {
            let name = match joined(&violation.path) {
                name if name.is_empty() => "the values".to_owned(),
                name => name,
            };
            let found = self.locate(&violation.path);
            Problem {
                message: format!("{name}: {}", violation.reason),
                excerpts: found.map(|found| found.excerpt).into_iter().collect(),
                ..Problem::default()
            }
        })
        .collect()
    }

    /// The user's files that are not YAML.
    pub(super) fn unreadable(&self) -> Vec<Problem> {
        let files = self.user.iter();
        files
            .filter_map(|(name, text)| unreadable(name, text))
            .collect()
    }

    /// The files of the chart, subcharts in folders included, that are not YAML.
    pub(super) fn unreadable_in_chart(&self) -> Vec<Problem> {
        const READ: [&str; 3] = ["Chart.yaml", "values.yaml", "requirements.yaml"];
        let Some(chart) = &self.chart else {
            return Vec::new();
        };
        let mut files = source::walk(chart);
        files.sort();
        files
            .iter()
            .filter(|file| !file.starts_with(chart.join("templates")))
            .filter(|file| {
                file.file_name()
                    .is_some_and(|name| READ.iter().any(|read| name == *read))
            })
            .filter_map(|file| {
                let text = std::fs::read(file).ok()?;
                unreadable(&file.to_string_lossy(), &text)
            })
            .collect()
    }
}

/// The steps of the longest path that a message names, as in `at '/properties/a'`.
fn deepest(message: &str) -> Vec<String> {
    let places = message.split("at '").skip(1);
    let paths = places.filter_map(|place| place.split_once('\'').map(|(path, _)| path));
    let path = paths.max_by_key(|path| path.len()).unwrap_or_default();
    let steps = path.split('/').skip(1);
    steps
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// A path as `--set` takes it.
pub(super) fn joined(path: &[String]) -> String {
    let mut text = String::new();
    for step in path {
        match step.parse::<usize>() {
            Ok(index) => text += &format!("[{index}]"),
            Err(_) if text.is_empty() => text += step,
            Err(_) => text += &format!(".{step}"),
        }
    }
    text
}

/// The values of a chart in a directory and of the charts below it.
fn collect(chart: &Path, below: &[String], defaults: &mut Vec<Defaults>) {
    let file = chart.join("values.yaml");
    if let Ok(text) = std::fs::read(&file) {
        let name = file.to_string_lossy().into_owned();
        let below = below.to_vec();
        defaults.push(Defaults { name, text, below });
    }
    let entries = std::fs::read_dir(chart.join("charts"));
    for entry in entries.into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() {
            collect(&path, &[below, &[name]].concat(), defaults);
        }
    }
}

/// A line that sets a value, or what the value is in.
struct Found {
    /// How many steps of the value's path it knows.
    depth: usize,
    excerpt: Excerpt,
    /// Whether null is what it sets.
    is_null: bool,
}

/// The line of a file that comes nearest to setting a value; so many steps led to the file.
fn find(name: &str, text: &[u8], path: &[String], before: usize) -> Option<Found> {
    let (depth, position) = locate(text, path)?;
    Some(Found {
        depth: before + depth,
        excerpt: Excerpt::at(name, text, position),
        is_null: is_null(text, path),
    })
}

fn is_null(text: &[u8], path: &[String]) -> bool {
    let file = goval::yaml::decode(text).unwrap_or_default();
    let value = path.iter().try_fold(file, |value, step| match value {
        Value::Map(map) => map.get(step),
        Value::List(list) => list.items().get(step.parse::<usize>().ok()?).cloned(),
        _ => None,
    });
    value.is_some_and(|value| value.is_nil())
}

/// What is wrong with a file that is to be a map of YAML.
fn unreadable(name: &str, text: &[u8]) -> Option<Problem> {
    let error = goval::yaml::decode_map(text).err()?;
    let excerpt = error
        .position()
        .map(|position| Excerpt::at(name, text, position));
    Some(Problem {
        message: format!("{name}: {error}"),
        excerpts: excerpt.into_iter().collect(),
        ..Problem::default()
    })
}
