//! Which values fit a parameter of a Go type.

use goval::{Elem, IntKind, List, Map, Value};

use crate::exec::Val;
use crate::func::{Sig, Ty};

impl Sig {
    /// The type of the parameter that takes the argument of that number.
    pub(crate) fn param(&self, index: usize) -> Ty {
        let param = self.params.get(index).or(self.params.last());
        param.copied().unwrap_or(Ty::Any)
    }
}

impl Ty {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Ty::Any => "interface {}",
            Ty::Reflect => "reflect.Value",
            Ty::Str => "string",
            Ty::Bool => "bool",
            Ty::Int => "int",
            Ty::Int64 => "int64",
            Ty::Integer(kind) => kind.name(),
            Ty::Float64 => "float64",
            Ty::Map => "map[string]interface {}",
            Ty::List => "[]interface {}",
            Ty::StrList => "[]string",
            Ty::IntList => "[]int",
            Ty::Bytes => "[]uint8",
            Ty::StrMap => "map[string]string",
            Ty::Named(name) => name,
        }
    }

    /// The type of that name, as methods of objects declare their parameters.
    pub(crate) fn from_name(name: &'static str) -> Ty {
        match name {
            "interface {}" | "any" => Ty::Any,
            "string" => Ty::Str,
            "bool" => Ty::Bool,
            "int" => Ty::Int,
            "int8" => Ty::Integer(IntKind::Int8),
            "int16" => Ty::Integer(IntKind::Int16),
            "int32" => Ty::Integer(IntKind::Int32),
            "int64" => Ty::Int64,
            "uint" => Ty::Integer(IntKind::Uint),
            "uint8" => Ty::Integer(IntKind::Uint8),
            "uint16" => Ty::Integer(IntKind::Uint16),
            "uint32" => Ty::Integer(IntKind::Uint32),
            "uint64" => Ty::Integer(IntKind::Uint64),
            "float64" => Ty::Float64,
            "map[string]interface {}" => Ty::Map,
            "[]interface {}" => Ty::List,
            "[]string" => Ty::StrList,
            "[]int" => Ty::IntList,
            "[]uint8" | "[]byte" => Ty::Bytes,
            "map[string]string" => Ty::StrMap,
            _ => Ty::Named(name),
        }
    }

    /// The value as an argument of this type, or why it is none, in Go's words.
    pub(crate) fn fit(self, val: Val) -> Result<Value, String> {
        let Val { value, iface } = val;
        if self.takes(&value) {
            return Ok(value);
        }
        if let Value::Object(object) = &value
            && let Some(plain) = object.as_plain().filter(|plain| self.takes(plain))
        {
            return Ok(plain);
        }
        if !value.is_nil() {
            let (want, got) = (self.name(), value.type_name());
            return Err(format!("wrong type for value; expected {want}; got {got}"));
        }
        if iface {
            let (want, got) = (self.name(), Ty::Any.name());
            return Err(format!("wrong type for value; expected {want}; got {got}"));
        }
        self.nil()
            .ok_or_else(|| format!("invalid value; expected {}", self.name()))
    }

    /// Go's assignability, and its one automatic dereference.
    fn takes(self, value: &Value) -> bool {
        match (self, value) {
            (Ty::Any | Ty::Reflect, _)
            | (Ty::Str, Value::Str(_))
            | (Ty::Bool, Value::Bool(_))
            | (Ty::Float64, Value::Float(_))
            | (Ty::Bytes, Value::Bytes(_)) => true,
            (Ty::Int | Ty::Int64 | Ty::Integer(_), Value::Int(kind, _)) => self.int_kind() == *kind,
            (Ty::Map, Value::Map(map)) => is_any_or_named(map.elem(), "map["),
            (Ty::StrMap, Value::Map(map)) => map.elem() == Elem::Str,
            (Ty::List, Value::List(list)) => is_any_or_named(list.elem(), "[]"),
            (Ty::StrList, Value::List(list)) => list.elem() == Elem::Str,
            (Ty::IntList, Value::List(list)) => list.elem() == Elem::Int,
            (Ty::Named(name), other) => {
                let got = other.type_name();
                got == name || got.strip_prefix('*') == Some(name)
            }
            _ => false,
        }
    }

    /// What a literal `nil` is for the type; `None` if the type has none.
    pub(crate) fn nil(self) -> Option<Value> {
        match self {
            Ty::Any | Ty::Reflect => Some(Value::Nil),
            Ty::Map => Some(Map::nil(Elem::Any).into()),
            Ty::StrMap => Some(Map::nil(Elem::Str).into()),
            Ty::List => Some(List::nil(Elem::Any).into()),
            Ty::StrList => Some(List::nil(Elem::Str).into()),
            Ty::IntList => Some(List::nil(Elem::Int).into()),
            Ty::Bytes => Some(Value::Bytes([].into())),
            Ty::Named(name) if name.starts_with(['*', '[']) || name.starts_with("map[") => {
                Some(Value::Nil)
            }
            _ => None,
        }
    }

    /// A result of this type: a nil slice or map keeps its type.
    pub(crate) fn of_nil(self, value: Value) -> Value {
        if value.is_nil() {
            self.nil().unwrap_or_default()
        } else {
            value
        }
    }

    /// Which of Go's integer types it is; `int` for all that are none.
    pub(crate) fn int_kind(self) -> IntKind {
        match self {
            Ty::Int64 => IntKind::Int64,
            Ty::Integer(kind) => kind,
            _ => IntKind::Int,
        }
    }
}

/// A type of its own, such as `Values`, can be used as what it is made of.
fn is_any_or_named(elem: Elem, unnamed: &str) -> bool {
    match elem {
        Elem::Any => true,
        Elem::Named(name) => !name.starts_with(unnamed),
        Elem::Str | Elem::Int => false,
    }
}

/// The bits of an integer cut to the size of its type.
pub(crate) fn wrap(kind: IntKind, bits: i64) -> i64 {
    match kind {
        IntKind::Int8 => (bits as i8).into(),
        IntKind::Int16 => (bits as i16).into(),
        IntKind::Int32 => (bits as i32).into(),
        IntKind::Uint8 => (bits as u8).into(),
        IntKind::Uint16 => (bits as u16).into(),
        IntKind::Uint32 => (bits as u32).into(),
        IntKind::Int | IntKind::Int64 | IntKind::Uint | IntKind::Uint64 => bits,
    }
}
