//! Semantic versions.

use std::any::Any as StdAny;
use std::sync::Arc;

use gostd::semver::{Constraint, ConstraintError, Version};
use gotmpl::Ty::{self, Bool};
use goval::strconv::quote;
use goval::{IntKind, Method, Object, Str, Value};

use crate::args::Args;
use crate::table::{Entry, Outcome, pure};

pub(crate) const FUNCS: &[Entry] = &[
    pure("semver", &[Ty::Str], Ty::Named("*semver.Version"), |a| {
        Ok(VersionObject::value(parse(&a.text(0))?, true))
    }),
    pure("semverCompare", &[Ty::Str, Ty::Str], Bool, compare),
];

fn compare(a: &[Value]) -> Outcome {
    let constraint = match std::str::from_utf8(a.bytes(0)) {
        Ok(text) => Constraint::parse(text).map_err(|e| e.to_string())?,
        Err(_) => return Err(not_utf8(a.bytes(0)).into()),
    };
    Ok(constraint.check(&parse(&a.text(1))?).into())
}

/// Why a text that is not UTF-8 is no constraint: what is not is in a part that is improper, if there is not another
/// one before it.
fn not_utf8(text: &[u8]) -> String {
    /// What stands for a byte that is in no character.
    const STAND_IN: u32 = 0x0010_fe00;
    let mut readable = String::new();
    for chunk in text.utf8_chunks() {
        readable.push_str(chunk.valid());
        let stand_ins = chunk.invalid().iter();
        readable.extend(stand_ins.filter_map(|b| char::from_u32(STAND_IN + u32::from(*b))));
    }
    let part = match Constraint::parse(&readable) {
        Err(ConstraintError::Improper(part)) => part,
        Err(error) => return error.to_string(),
        Ok(_) => readable,
    };
    let mut bytes = Vec::new();
    for c in part.chars() {
        match u32::from(c).checked_sub(STAND_IN).map(u8::try_from) {
            Some(Ok(byte)) => bytes.push(byte),
            _ => bytes.extend(c.to_string().bytes()),
        }
    }
    format!("improper constraint: {}", quote(bytes))
}

fn parse(text: &str) -> Result<Version, String> {
    Version::parse(text).map_err(|e| e.to_string())
}

/// A `*semver.Version`, or a `semver.Version` as increments give it.
struct VersionObject {
    version: Version,
    is_pointer: bool,
}

impl VersionObject {
    fn value(version: Version, is_pointer: bool) -> Value {
        Value::Object(Arc::new(VersionObject {
            version,
            is_pointer,
        }))
    }

    fn of(value: &Value) -> Option<&Version> {
        match value {
            Value::Object(object) => {
                let object: Option<&VersionObject> = object.as_any().downcast_ref();
                object.map(|object| &object.version)
            }
            _ => None,
        }
    }
}

impl Object for VersionObject {
    fn type_name(&self) -> &str {
        if self.is_pointer {
            "*semver.Version"
        } else {
            "semver.Version"
        }
    }

    fn kind(&self) -> &str {
        if self.is_pointer { "ptr" } else { "struct" }
    }

    /// None of its fields is exported.
    fn copied(&self) -> Option<Value> {
        Some(VersionObject::value(Version::default(), self.is_pointer))
    }

    fn method(&self, name: &str) -> Option<Method> {
        let params: &'static [&'static str] = match name {
            "Major" | "Minor" | "Patch" | "Prerelease" | "Metadata" | "String" | "IncMajor"
            | "IncMinor" | "IncPatch" => &[],
            "SetPrerelease" | "SetMetadata" => &["string"],
            // Of pointers only.
            "Original" if self.is_pointer => &[],
            "Compare" | "Equal" | "GreaterThan" | "GreaterThanEqual" | "LessThan"
            | "LessThanEqual"
                if self.is_pointer =>
            {
                &["*semver.Version"]
            }
            _ => return None,
        };
        Some(Method {
            params,
            variadic: false,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Result<Value, String> {
        let version = &self.version;
        let number = |n: u64| Value::Int(IntKind::Uint64, n as i64);
        let other = || VersionObject::of(args.arg(0)).unwrap_or(version);
        let changed = match name {
            "IncMajor" => version.inc_major(),
            "IncMinor" => version.inc_minor(),
            "IncPatch" => version.inc_patch(),
            "SetPrerelease" => version.with_prerelease(&args.text(0)),
            "SetMetadata" => version.with_metadata(&args.text(0)),
            _ => {
                return Ok(match name {
                    "Major" => number(version.major()),
                    "Minor" => number(version.minor()),
                    "Patch" => number(version.patch()),
                    "Prerelease" => version.prerelease().into(),
                    "Metadata" => version.metadata().into(),
                    "Original" => version.original().into(),
                    "Compare" => Value::int(version.cmp(other()) as i64),
                    "Equal" => (version == other()).into(),
                    "GreaterThan" => (version > other()).into(),
                    "GreaterThanEqual" => (version >= other()).into(),
                    "LessThan" => (version < other()).into(),
                    "LessThanEqual" => (version <= other()).into(),
                    _ => version.to_string().into(),
                });
            }
        };
        let changed = changed.map_err(|e| e.to_string())?;
        Ok(VersionObject::value(changed, false))
    }

    fn display(&self) -> Str {
        self.version.to_string().into()
    }

    fn stringer(&self) -> Option<Str> {
        Some(self.display())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        let other: Option<&VersionObject> = other.as_any().downcast_ref();
        other.is_some_and(|other| {
            self.is_pointer == other.is_pointer
                && self.version == other.version
                && self.version.metadata() == other.version.metadata()
                && self.version.original() == other.version.original()
        })
    }

    fn as_any(&self) -> &dyn StdAny {
        self
    }
}
