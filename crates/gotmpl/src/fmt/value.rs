//! Values under a verb.

use goval::{List, Map, Object, Value};

use super::format::Printer;
use super::spec::Base;
use crate::quoting::push_char;
use crate::stack;

/// How deep maps and lists may nest in output. Go would overflow its stack on a map in itself.
const MAX_DEPTH: usize = 10_000;

/// When output stops to grow; a map that holds itself twice doubles with each level.
const MAX_OUTPUT: usize = goval::MAX_OUTPUT;

impl Printer {
    /// An argument.
    pub(super) fn print(&mut self, value: &Value, verb: char) {
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.spec.pad(&mut self.out, b"<nil>"),
            (_, 'T') => self.spec.text(&mut self.out, value.type_name().as_bytes()),
            (_, 'p') => self.pointer(value),
            (Value::Bytes(bytes), 'v') if self.spec.sharp_v => self.byte_slice("[]byte", bytes),
            _ => self.value(value, verb),
        }
    }

    /// An argument, or what a list or map holds.
    fn value(&mut self, value: &Value, verb: char) {
        if self.depth > MAX_DEPTH || self.out.len() > MAX_OUTPUT {
            return;
        }
        match value {
            Value::Nil => self.nil(verb),
            Value::Bool(b) => self.bool(*b, value, verb),
            Value::Int(kind, bits) if kind.is_unsigned() => {
                self.integer(*bits as u64, false, value, verb)
            }
            Value::Int(_, i) => self.integer(i.unsigned_abs(), *i < 0, value, verb),
            Value::Float(x) => self.float(*x, value, verb),
            Value::Complex(re, im) => self.complex(*re, *im, value, verb),
            Value::Str(text) => self.text(text, value, verb),
            Value::Bytes(bytes) if verb != 'w' || self.depth == 0 => self.bytes(bytes, verb),
            _ if verb == 'w' => self.bad_verb(value, verb),
            Value::Bytes(bytes) => self.bytes(bytes, verb),
            Value::List(list) => self.list(list.type_name(), list, verb),
            Value::Map(map) => self.map(map.type_name(), map, verb),
            Value::Object(object) => self.object(object.as_ref(), value, verb),
        }
    }

    fn nil(&mut self, verb: char) {
        if self.depth == 0 && verb != 'v' {
            return self.bad_verb(&Value::Nil, verb);
        }
        let text: &[u8] = if self.spec.sharp_v && self.depth > 0 {
            b"interface {}(nil)"
        } else {
            b"<nil>"
        };
        self.out.extend_from_slice(text);
    }

    fn bool(&mut self, b: bool, value: &Value, verb: char) {
        match verb {
            't' | 'v' => self
                .spec
                .pad(&mut self.out, if b { b"true" } else { b"false" }),
            _ => self.bad_verb(value, verb),
        }
    }

    fn integer(&mut self, magnitude: u64, negative: bool, value: &Value, verb: char) {
        let code = if negative {
            magnitude.wrapping_neg()
        } else {
            magnitude
        };
        let unsigned = matches!(value, Value::Int(kind, _) if kind.is_unsigned());
        let base = match verb {
            'v' if self.spec.sharp_v && unsigned => return self.hex(magnitude),
            'v' | 'd' => Base::Decimal,
            'b' => Base::Binary,
            'o' => Base::Octal,
            'O' => Base::PrefixedOctal,
            'x' => Base::Hex,
            'X' => Base::UpperHex,
            'c' => return self.spec.char(&mut self.out, code),
            'q' => return self.spec.quoted_char(&mut self.out, code),
            'U' => return self.spec.unicode(&mut self.out, code),
            _ => return self.bad_verb(value, verb),
        };
        self.spec.integer(&mut self.out, magnitude, negative, base);
    }

    /// `0x1f`, whatever the flags say about the prefix.
    fn hex(&mut self, value: u64) {
        let spec = super::spec::Spec {
            sharp: true,
            ..self.spec
        };
        spec.integer(&mut self.out, value, false, Base::Hex);
    }

    fn float(&mut self, x: f64, value: &Value, verb: char) {
        match verb {
            'v' => self.spec.float(&mut self.out, x, b'g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => self.spec.float(&mut self.out, x, verb as u8, None),
            'f' | 'e' | 'E' => self.spec.float(&mut self.out, x, verb as u8, Some(6)),
            'F' => self.spec.float(&mut self.out, x, b'f', Some(6)),
            _ => self.bad_verb(value, verb),
        }
    }

    fn complex(&mut self, re: f64, im: f64, value: &Value, verb: char) {
        if !matches!(
            verb,
            'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E'
        ) {
            return self.bad_verb(value, verb);
        }
        let plus = self.spec.plus;
        self.out.push(b'(');
        self.float(re, value, verb);
        self.spec.plus = true;
        self.float(im, value, verb);
        self.spec.plus = plus;
        self.out.extend_from_slice(b"i)");
    }

    fn text(&mut self, text: &[u8], value: &Value, verb: char) {
        match verb {
            'v' if self.spec.sharp_v => self.spec.quoted(&mut self.out, text),
            'v' | 's' => self.spec.text(&mut self.out, text),
            'x' | 'X' => self.spec.hex_bytes(&mut self.out, text, verb == 'X'),
            'q' => self.spec.quoted(&mut self.out, text),
            _ => self.bad_verb(value, verb),
        }
    }

    fn bytes(&mut self, bytes: &[u8], verb: char) {
        match verb {
            's' => self.spec.text(&mut self.out, bytes),
            'x' | 'X' => self.spec.hex_bytes(&mut self.out, bytes, verb == 'X'),
            'q' => self.spec.quoted(&mut self.out, bytes),
            'v' if self.spec.sharp_v => self.byte_slice("[]uint8", bytes),
            _ => {
                let items = bytes
                    .iter()
                    .map(|&b| Value::Int(goval::IntKind::Uint8, b.into()));
                self.items("[]uint8", items, verb);
            }
        }
    }

    /// A `[]byte` in Go syntax.
    fn byte_slice(&mut self, type_name: &str, bytes: &[u8]) {
        let items = bytes
            .iter()
            .map(|&b| Value::Int(goval::IntKind::Uint8, b.into()));
        self.items(type_name, items, 'v');
    }

    fn list(&mut self, type_name: &str, list: &List, verb: char) {
        if self.spec.sharp_v && list.is_nil() {
            return self.nil_collection(type_name);
        }
        stack::grow(|| self.items(type_name, list.iter().cloned(), verb));
    }

    fn items(&mut self, type_name: &str, items: impl Iterator<Item = Value>, verb: char) {
        self.open(type_name, "[");
        for (i, item) in items.enumerate() {
            self.separate(i);
            self.value(&item, verb);
        }
        self.close();
    }

    fn nil_collection(&mut self, type_name: &str) {
        self.out.extend_from_slice(type_name.as_bytes());
        self.out.extend_from_slice(b"(nil)");
    }

    fn map(&mut self, type_name: &str, map: &Map, verb: char) {
        if self.spec.sharp_v && map.is_nil() {
            return self.nil_collection(type_name);
        }
        self.open(type_name, "map[");
        for (i, (key, value)) in map.entries().into_iter().enumerate() {
            self.separate(i);
            self.value(&Value::Str(key), verb);
            self.out.push(b':');
            stack::grow(|| self.value(&value, verb));
        }
        self.close();
    }

    fn open(&mut self, type_name: &str, plain: &str) {
        self.depth += 1;
        if self.spec.sharp_v {
            self.out.extend_from_slice(type_name.as_bytes());
            self.out.push(b'{');
        } else {
            self.out.extend_from_slice(plain.as_bytes());
        }
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            let separator: &[u8] = if self.spec.sharp_v { b", " } else { b" " };
            self.out.extend_from_slice(separator);
        }
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.out.push(if self.spec.sharp_v { b'}' } else { b']' });
    }

    /// Its own text where it has one, what it is made of where that is plain.
    fn object(&mut self, object: &dyn Object, value: &Value, verb: char) {
        if !self.spec.sharp_v
            && !self.complaining
            && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && let Some(text) = object.stringer()
        {
            return self.text(&text, value, verb);
        }
        match (object.fields(), object.as_plain()) {
            (Some(fields), _) => match object.type_name().strip_prefix('*') {
                // What a pointer points to is shown at the top only.
                Some(_) if self.depth > 0 => self.address(),
                Some(pointee) => {
                    self.out.push(b'&');
                    self.fields(pointee, &fields, verb);
                }
                None => self.fields(object.type_name(), &fields, verb),
            },
            (None, Some(Value::Map(map))) => self.map(object.type_name(), &map, verb),
            (None, Some(Value::List(list))) => self.list(object.type_name(), &list, verb),
            (None, Some(plain)) => self.value(&plain, verb),
            (None, None) => self.out.extend_from_slice(&object.display()),
        }
    }

    fn fields(&mut self, type_name: &str, fields: &[(&str, Value)], verb: char) {
        self.open(type_name, "{");
        for (i, (name, value)) in fields.iter().enumerate() {
            self.separate(i);
            if self.spec.plus_v || self.spec.sharp_v {
                self.out.extend_from_slice(name.as_bytes());
                self.out.push(b':');
            }
            self.value(value, verb);
        }
        self.depth -= 1;
        self.out.push(b'}');
    }

    /// `%p`.
    fn pointer(&mut self, value: &Value) {
        match value {
            Value::Bytes(_) | Value::List(_) | Value::Map(_) => self.address(),
            _ => self.bad_verb(value, 'p'),
        }
    }

    /// An address. It is made up, since output must not depend on it.
    fn address(&mut self) {
        let spec = super::spec::Spec {
            sharp: !self.spec.sharp,
            ..self.spec
        };
        spec.integer(&mut self.out, 0xc000_0000_0000, false, Base::Hex);
    }

    /// `%!d(string=hi)`
    fn bad_verb(&mut self, value: &Value, verb: char) {
        self.out.extend_from_slice(b"%!");
        push_char(&mut self.out, verb);
        self.out.push(b'(');
        let complaining = std::mem::replace(&mut self.complaining, true);
        self.typed(value);
        self.complaining = complaining;
        self.out.push(b')');
    }

    /// `string=hi`, or `<nil>`.
    pub(super) fn typed(&mut self, value: &Value) {
        if value.is_nil() {
            self.out.extend_from_slice(b"<nil>");
            return;
        }
        self.out.extend_from_slice(value.type_name().as_bytes());
        self.out.push(b'=');
        self.print(value, 'v');
    }
}
