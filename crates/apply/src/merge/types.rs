//! What Kubernetes' libraries know of the fields of built-in kinds: the tags of their structures.

use std::collections::HashMap;
use std::sync::LazyLock;

use goval::strconv::quote;
use manifest::Gvk;

/// The table, made by `oracle/patches types` from k8s.io/client-go. A line for each kind; then for
/// each structure its name, and a line for each of its fields that is no scalar.
const TABLE: &str = include_str!("types.txt");

static TYPES: LazyLock<Types> = LazyLock::new(|| Types::read(TABLE));

/// What a value is made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Named fields.
    Struct(&'static Struct),
    /// A list of structures.
    Structs(&'static Struct),
    /// A list of anything else.
    List,
    /// Keys that nobody knows.
    Map,
}

#[derive(Debug)]
pub(super) struct Struct {
    name: &'static str,
    fields: Vec<Field>,
}

/// A field of a structure.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    holds: Holds,
    /// A list is merged rather than replaced.
    pub(super) merges: bool,
    /// A structure is replaced rather than merged.
    pub(super) replaces: bool,
    /// What is not mentioned is cleared.
    pub(super) retains_keys: bool,
    /// By which field the elements of a list are told apart; empty for scalars.
    pub(super) key: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Holds {
    Struct(usize),
    Structs(usize),
    List,
    Map,
}

struct Types {
    kinds: HashMap<&'static str, usize>,
    structs: Vec<Struct>,
}

/// The shape of a built-in kind; `None` for any other.
pub(super) fn of(gvk: &Gvk) -> Option<Shape> {
    let name = format!("{} {}", gvk.api_version(), gvk.kind);
    let number = *TYPES.kinds.get(name.as_str())?;
    TYPES.structs.get(number).map(Shape::Struct)
}

impl Shape {
    /// What is known of a field; an error where Go finds no such field in a structure.
    pub(super) fn field(self, name: &str) -> Result<&'static Field, String> {
        let no_struct = |kind| {
            Err(format!(
                "merging an object in json but data type is not struct, instead is: {kind}"
            ))
        };
        let found = match self {
            Shape::Struct(found) => found,
            Shape::Map => return no_struct("map"),
            Shape::Structs(_) | Shape::List => return no_struct("slice"),
        };
        let exact = found.fields.iter().find(|field| field.name == name);
        let folded = || {
            let mut fields = found.fields.iter();
            fields.find(|field| field.name.eq_ignore_ascii_case(name))
        };
        exact.or_else(folded).ok_or_else(|| {
            format!(
                "unable to find api field in struct {} for the json field {}",
                found.name,
                quote(name)
            )
        })
    }
}

impl Field {
    /// The shape of the field itself.
    pub(super) fn shape(&self) -> Shape {
        match self.holds {
            Holds::Struct(number) => TYPES.structs.get(number).map_or(Shape::Map, Shape::Struct),
            Holds::Structs(number) => TYPES.structs.get(number).map_or(Shape::Map, Shape::Structs),
            Holds::List => Shape::List,
            Holds::Map => Shape::Map,
        }
    }

    /// The shape of the elements of a list.
    pub(super) fn elements(&self) -> Result<Shape, String> {
        match self.shape() {
            Shape::Structs(element) => Ok(Shape::Struct(element)),
            Shape::List => Ok(Shape::Map),
            Shape::Struct(_) | Shape::Map => {
                Err("expected slice or array type, but got: struct".to_owned())
            }
        }
    }
}

impl Types {
    fn read(table: &'static str) -> Types {
        let (kinds, structs) = table.split_once("\n\n").unwrap_or((table, ""));
        let kinds = kinds.lines().filter_map(|line| {
            let (kind, number) = line.rsplit_once(' ')?;
            Some((kind, number.parse().ok()?))
        });
        let structs = structs.split("\n\n").map(|block| {
            let mut lines = block.lines();
            Struct {
                name: lines.next().unwrap_or_default(),
                fields: lines.filter_map(Field::read).collect(),
            }
        });
        Types {
            kinds: kinds.collect(),
            structs: structs.collect(),
        }
    }
}

impl Field {
    /// Reads ` name holds [strategies [key]]`.
    fn read(line: &'static str) -> Option<Field> {
        let mut words = line.split_whitespace();
        let (name, holds) = (words.next()?, words.next()?);
        let strategies = words.next().unwrap_or_default();
        let has = |wanted: &str| strategies.split(',').any(|strategy| strategy == wanted);
        Some(Field {
            name,
            holds: match (holds, holds.strip_prefix("[]")) {
                ("{}", _) => Holds::Map,
                (_, Some("")) => Holds::List,
                (_, Some(number)) => Holds::Structs(number.parse().ok()?),
                (number, None) => Holds::Struct(number.parse().ok()?),
            },
            merges: has("merge"),
            replaces: has("replace"),
            retains_keys: has("retainKeys"),
            key: words.next().unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let lines = TABLE.lines().filter(|line| line.starts_with(' ')).count();
        let fields = TYPES.structs.iter().map(|one| one.fields.len());
        assert_eq!(fields.sum::<usize>(), lines);
        let numbers = TYPES.structs.iter().flat_map(|one| &one.fields);
        for field in numbers {
            if let Holds::Struct(number) | Holds::Structs(number) = field.holds {
                assert!(number < TYPES.structs.len(), "{}", field.name);
            }
        }
    }

    #[test]
    fn containers_are_told_apart_by_name() {
        let pod = of(&Gvk::new("v1", "Pod")).unwrap();
        let containers = pod
            .field("spec")
            .unwrap()
            .shape()
            .field("containers")
            .unwrap();
        assert!(containers.merges);
        assert_eq!(containers.key, "name");
        assert!(of(&Gvk::new("example.com/v1", "Pod")).is_none());
    }
}
