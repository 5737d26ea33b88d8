//! Go structs as templates for output see them: fields by Go's names.

use std::any::Any;
use std::sync::Arc;

use goval::{Object, Str, Value};

/// A struct, or a pointer to one, with its exported fields in Go's order.
pub(crate) struct GoStruct {
    type_name: &'static str,
    fields: Vec<(&'static str, Value)>,
}

impl GoStruct {
    /// A struct as a value. A type name that begins with `*` makes it a pointer.
    pub(crate) fn value(type_name: &'static str, fields: Vec<(&'static str, Value)>) -> Value {
        Value::Object(Arc::new(GoStruct { type_name, fields }))
    }
}

impl Object for GoStruct {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn kind(&self) -> &str {
        if self.type_name.starts_with('*') {
            "ptr"
        } else {
            "struct"
        }
    }

    fn field(&self, name: &str) -> Option<Value> {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        found.map(|(_, value)| value.clone())
    }

    fn display(&self) -> Str {
        let fields: Vec<_> = self
            .fields
            .iter()
            .map(|(_, v)| gotmpl::fmt::display(v).to_str_lossy().into_owned())
            .collect();
        let sign = if self.kind() == "ptr" { "&" } else { "" };
        Str::from(format!("{sign}{{{}}}", fields.join(" ")))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
