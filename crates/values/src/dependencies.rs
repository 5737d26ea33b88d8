//! Which subcharts take part, and what parents import from them: Helm's `ProcessDependencies`.

use chart::{Chart, Dependency, Event};
use gostd::semver::{Constraint, Version};
use goval::{Elem, Map, Value};

use crate::ValuesError;
use crate::coalesce::{Mode, run, tables};
use crate::path::{lookup, table};
use crate::text::shown;

/// Applies conditions, tags, aliases and imports of a chart and its subcharts, with the user's
/// values. Disabled subcharts are removed; charts that Chart.yaml does not mention stay.
///
/// Warnings are added to `events`, in Helm's words.
///
/// # Errors
/// Values of a subchart that are not a table.
pub fn process_dependencies(
    chart: &mut Chart,
    user: &Map,
    events: &mut Vec<Event>,
) -> Result<(), ValuesError> {
    switch(chart, user, "", events)?;
    import_all(chart, events)
}

/// Switches the dependencies of a chart on or off. `path` leads from the root of the values to the
/// chart, with a dot at its end.
fn switch(
    chart: &mut Chart,
    values: &Map,
    path: &str,
    events: &mut Vec<Event>,
) -> Result<(), ValuesError> {
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    chart.dependencies = named_as_used(chart);
    for dependency in &mut chart.metadata.dependencies {
        if !dependency.alias.is_empty() {
            dependency.name = dependency.alias.clone();
        }
        dependency.enabled = true;
    }
    let values = run(chart, values, Mode::Coalesce, events)?;
    for dependency in &mut chart.metadata.dependencies {
        apply_tags(dependency, &values, events);
    }
    for dependency in &mut chart.metadata.dependencies {
        apply_conditions(dependency, &values, path, events);
    }
    let declared = std::mem::take(&mut chart.metadata.dependencies);
    let is_off = |name: &str| declared.iter().any(|dep| !dep.enabled && dep.name == name);
    chart.dependencies.retain(|child| !is_off(child.name()));
    chart.metadata.dependencies = declared
        .iter()
        .filter(|dependency| !is_off(&dependency.name))
        .cloned()
        .collect();
    for child in &mut chart.dependencies {
        let path = format!("{path}{}.", child.name());
        switch(child, &values, &path, events)?;
    }
    Ok(())
}

/// The subcharts: first those that Chart.yaml does not mention, then one for each dependency that
/// is there, under its alias.
fn named_as_used(chart: &Chart) -> Vec<Chart> {
    let declared = &chart.metadata.dependencies;
    let fits = |child: &Chart, dependency: &Dependency| {
        child.name() == dependency.name
            && is_compatible(&dependency.version, &child.metadata.version)
    };
    let extra = chart
        .dependencies
        .iter()
        .filter(|child| !declared.iter().any(|dependency| fits(child, dependency)))
        .cloned();
    let used = declared.iter().filter_map(|dependency| {
        let mut child = chart
            .dependencies
            .iter()
            .find(|child| fits(child, dependency))?
            .clone();
        if !dependency.alias.is_empty() {
            child.metadata.name = dependency.alias.clone();
        }
        Some(child)
    });
    extra.chain(used).collect()
}

/// Whether a version lies in a range, as far as both can be read.
pub fn is_compatible(range: &str, version: &str) -> bool {
    match (Constraint::parse(range), Version::parse(version)) {
        (Ok(range), Ok(version)) => range.check(&version),
        _ => false,
    }
}

/// A tag that is true switches on; else one that is false switches off.
fn apply_tags(dependency: &mut Dependency, values: &Map, events: &mut Vec<Event>) {
    let Ok(tags) = table(values, "tags") else {
        return;
    };
    let (mut on, mut off) = (false, false);
    for tag in &dependency.tags {
        match tags.get(tag) {
            None => {}
            Some(Value::Bool(true)) => on = true,
            Some(Value::Bool(false)) => off = true,
            Some(_) => events.push(
                Event::warn("returned non-bool value")
                    .with("tag", tag)
                    .with("chart", &dependency.name),
            ),
        }
    }
    dependency.enabled = on || !off;
}

/// The first condition that is a boolean decides, whatever the tags say.
fn apply_conditions(
    dependency: &mut Dependency,
    values: &Map,
    path: &str,
    events: &mut Vec<Event>,
) {
    let conditions = dependency.condition.trim().split(',');
    for condition in conditions.filter(|condition| !condition.is_empty()) {
        match lookup(values, &format!("{path}{condition}")) {
            None => {}
            Some(Value::Bool(enabled)) => {
                dependency.enabled = enabled;
                break;
            }
            Some(_) => events.push(
                Event::warn("returned non-bool value")
                    .with("path", condition)
                    .with("chart", &dependency.name),
            ),
        }
    }
}

/// Imports from the innermost charts outwards.
fn import_all(chart: &mut Chart, events: &mut Vec<Event>) -> Result<(), ValuesError> {
    for child in &mut chart.dependencies {
        import_all(child, events)?;
    }
    import(chart, events)
}

/// Puts what a chart imports from its subcharts under its own values. After this its values hold the
/// defaults of the subcharts too.
fn import(chart: &mut Chart, events: &mut Vec<Event>) -> Result<(), ValuesError> {
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    let values = run(chart, &Map::new(), Mode::Merge, events)?;
    let imported = Map::new();
    for dependency in &mut chart.metadata.dependencies {
        let mut written = Vec::new();
        for import in std::mem::take(&mut dependency.import_values) {
            let Some((child, parent, missing)) = source_and_target(&import) else {
                continue;
            };
            written.push(normal_form(&child, &parent));
            match table(&values, &format!("{}.{child}", dependency.name)) {
                Ok(found) => {
                    let found = placed(&parent, found);
                    tables(&imported, &found, Mode::Merge, events);
                }
                Err(error) => {
                    let mut event = Event::warn(missing);
                    if missing.ends_with("from chart") {
                        event = event.with("chart", &dependency.name);
                    }
                    events.push(event.with("error", error.to_string()));
                }
            }
        }
        dependency.import_values = written;
    }
    let values = values.deep_copy();
    tables(&values, &imported, Mode::Merge, events);
    chart.values = Some(values);
    Ok(())
}

/// Where an import comes from and goes to, and what to say if nothing is there.
fn source_and_target(import: &Value) -> Option<(String, String, &'static str)> {
    match import {
        Value::Map(map) => {
            let field = |name: &str| shown(&map.get(name).unwrap_or_default());
            let missing = "ImportValues missing table from chart";
            Some((field("child"), field("parent"), missing))
        }
        Value::Str(name) => {
            let missing = "ImportValues missing table";
            Some((format!("exports.{name}"), ".".to_owned(), missing))
        }
        _ => None,
    }
}

/// An import as records and templates see it afterwards: a map of strings.
fn normal_form(child: &str, parent: &str) -> Value {
    let map = Map::typed(Elem::Str);
    map.insert("child", child);
    map.insert("parent", parent);
    Value::Map(map)
}

/// The table at its place in the parent.
fn placed(parent: &str, found: Map) -> Map {
    if parent == "." {
        return found;
    }
    parent.rsplit('.').fold(found, |inner, key| {
        Map::from_iter([(key, Value::Map(inner))])
    })
}
