//! Values by their dotted paths: Helm's `Values.Table` and `Values.PathValue`.

use goval::strconv::quote;
use goval::{Map, Value};

/// There is no table at a path; names the first key that has none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a table", quote(.0.as_bytes()))]
pub struct NoTable(String);

/// The table at a path such as `a.b`.
///
/// # Errors
/// The first key on the way that is absent or no table.
pub fn table(values: &Map, path: &str) -> Result<Map, NoTable> {
    path.split('.')
        .try_fold(values.clone(), |table, key| match table.get(key) {
            Some(Value::Map(inner)) => Ok(inner),
            _ => Err(NoTable(key.to_owned())),
        })
}

/// The value at a path, unless it is a table or absent.
pub fn lookup(values: &Map, path: &str) -> Option<Value> {
    let (parent, key) = match path.rsplit_once('.') {
        Some((parent, key)) => (table(values, parent).ok()?, key),
        None => (values.clone(), path),
    };
    parent.get(key).filter(|value| value.as_map().is_none())
}
