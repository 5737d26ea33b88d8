//! A value that is not there: which one, what is there instead, and where it can be set.

use gotmpl::{ExecError, Missing, TextError};
use goval::{Map, Str, Value};
use render::Failures;

use super::values::{Files, joined};

/// How many values are looked at to find out where one belongs.
const SEARCHED: usize = 100_000;
/// How deep values are looked at.
const DEPTH: usize = 64;

/// What is known about the value that an error is about.
pub(super) fn hints(error: &ExecError, failures: &Failures, files: &Files) -> Vec<String> {
    let Some(missing) = innermost(error) else {
        return Vec::new();
    };
    let Some(base) = path_to(&failures.values, &missing.map) else {
        return vec![outside_values(missing)];
    };
    let scope = scope(error);
    let within = base.iter().map(Str::to_str_lossy);
    let own: Vec<String> = within.map(|step| step.into_owned()).collect();
    let key = missing.key.to_str_lossy().into_owned();
    let full: Vec<String> = [own.clone(), vec![key]].concat();
    let is_null = missing.map.contains_key(&missing.key);
    let state = if is_null { "is null" } else { "is not set" };
    let mut first = format!("{} {state}", shown(&full, &scope));
    let place = files.where_to_set(&full);
    // A value that a file knows has the right name.
    if !place.as_ref().is_some_and(|(_, is_whole)| *is_whole) {
        let near = nearest(missing).map(|near| [own, near].concat());
        let meant = near.or_else(|| elsewhere(&failures.values, missing, &scope));
        if let Some(meant) = meant {
            first += &format!("; did you mean {}?", shown(&meant, &scope));
        }
    }
    let mut hints = vec![first];
    hints.extend(place.map(|(text, _)| text));
    hints
}

/// What is missing in the text that failed last, which may be one that `tpl` ran.
fn innermost(error: &ExecError) -> Option<&Missing> {
    let inner = error.within().and_then(|within| match &within.error {
        TextError::Exec(error) => innermost(error),
        TextError::Parse(_) => None,
    });
    inner.or_else(|| error.missing())
}

fn outside_values(missing: &Missing) -> String {
    let key = missing.key.to_str_lossy();
    match nearest(missing) {
        Some(near) => format!("there is no {key} here; did you mean {}?", near.join(".")),
        None => format!("there is no {key} here"),
    }
}

/// The charts that a template is below: its values are those of the root chart below these names.
fn scope(error: &ExecError) -> Vec<String> {
    let file = error.frames().next().map_or("", |frame| &frame.file);
    let mut scope = Vec::new();
    let mut steps = file.split('/');
    while let Some(step) = steps.next() {
        match step {
            "templates" => break,
            "charts" => scope.extend(steps.next().map(str::to_owned)),
            _ => {}
        }
    }
    scope
}

/// A path as the template writes it.
fn shown(path: &[String], scope: &[String]) -> String {
    let own = path.strip_prefix(scope).unwrap_or(path);
    format!(".Values.{}", joined(own))
}

/// The steps that lead from values to that very map.
fn path_to(values: &Map, wanted: &Map) -> Option<Vec<Str>> {
    let mut left = SEARCHED;
    let mut path = Vec::new();
    find(&Value::Map(values.clone()), wanted, &mut path, &mut left).then_some(path)
}

fn find(value: &Value, wanted: &Map, path: &mut Vec<Str>, left: &mut usize) -> bool {
    if *left == 0 || path.len() > DEPTH {
        return false;
    }
    *left -= 1;
    let inside: Vec<(Str, Value)> = match value {
        Value::Map(map) if map.same(wanted) => return true,
        Value::Map(map) => map.entries(),
        Value::List(list) => {
            let items = list.items().iter().cloned().enumerate();
            items
                .map(|(i, item)| (i.to_string().into(), item))
                .collect()
        }
        _ => return false,
    };
    for (step, value) in inside {
        path.push(step);
        if find(&value, wanted, path, left) {
            return true;
        }
        path.pop();
    }
    false
}

/// The key of the same map that was most likely meant, with the fields that were wanted of it.
fn nearest(missing: &Missing) -> Option<Vec<String>> {
    let wanted = missing.key.to_str_lossy().into_owned();
    let keys = missing.map.keys().into_iter();
    let names = keys.map(|key| key.to_str_lossy().into_owned());
    let (_, name) = names
        .filter(|name| *name != wanted)
        .map(|name| (distance(&wanted, &name), name))
        .filter(|(distance, _)| *distance <= wanted.chars().count().div_ceil(3))
        .min()?;
    let found = missing.map.get(&name);
    let mut path = vec![name];
    // What was wanted of the key is part of the advice only if it is there.
    if found.is_some_and(|value| leads_on(&value, &missing.fields)) {
        let fields = missing.fields.iter();
        path.extend(fields.map(|field| field.to_str_lossy().into_owned()));
    }
    Some(path)
}

/// The one place elsewhere in the values of the chart where the same is set, if there is just one.
fn elsewhere(values: &Map, missing: &Missing, scope: &[String]) -> Option<Vec<String>> {
    let mut wanted = vec![missing.key.clone()];
    wanted.extend(missing.fields.iter().cloned());
    let mut own = values.clone();
    for chart in scope {
        own = own.get(chart)?.as_map()?.clone();
    }
    let mut found = Vec::new();
    let mut left = SEARCHED;
    collect(&own, &wanted, &mut Vec::new(), &mut found, &mut left);
    match found.as_slice() {
        [one] => Some([scope, one].concat()),
        _ => None,
    }
}

fn collect(
    map: &Map,
    wanted: &[Str],
    path: &mut Vec<String>,
    found: &mut Vec<Vec<String>>,
    left: &mut usize,
) {
    if *left == 0 || path.len() > DEPTH {
        return;
    }
    *left -= 1;
    if !path.is_empty() && leads_on(&Value::Map(map.clone()), wanted) {
        let tail = wanted.iter().map(|step| step.to_str_lossy().into_owned());
        found.push(path.iter().cloned().chain(tail).collect());
    }
    for (key, value) in map.entries() {
        if let Value::Map(inner) = value {
            path.push(key.to_str_lossy().into_owned());
            collect(&inner, wanted, path, found, left);
            path.pop();
        }
    }
}

/// Whether the fields are there, one below the other, and lead to something.
fn leads_on(value: &Value, fields: &[Str]) -> bool {
    match (value, fields.split_first()) {
        (Value::Nil, _) => false,
        (_, None) => true,
        (Value::Map(map), Some((first, rest))) => {
            map.get(first).is_some_and(|value| leads_on(&value, rest))
        }
        _ => false,
    }
}

/// How many letters must be added, removed, changed or swapped with the next one to make one word of
/// the other; letters in another case count as the same.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (
        a.to_lowercase().chars().collect(),
        b.to_lowercase().chars().collect(),
    );
    let mut rows = [
        Vec::new(),
        Vec::new(),
        (0..=b.len()).collect::<Vec<usize>>(),
    ];
    for i in 1..=a.len() {
        rows.rotate_left(1);
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(rows[1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[0][j - 2] + 1);
            }
            row.push(best);
        }
        rows[2] = row;
    }
    rows[2][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_a_distance() {
        for (a, b, expected) in [
            ("image", "image", 0),
            ("imgae", "image", 1),
            ("Image", "image", 0),
            ("tag", "tags", 1),
            ("", "abc", 3),
            ("abc", "", 3),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
