//! Go's package `fmt`: `Sprintf`, `Sprint`, `Sprintln` and what `%v` prints.

mod float;
mod format;
mod spec;
mod value;

use goval::strconv::quote;
use goval::{Str, Value};

use format::Printer;
use spec::Spec;

/// Go's `fmt.Sprintf`.
pub fn sprintf(format: impl AsRef<[u8]>, args: &[Value]) -> Str {
    let mut printer = Printer::new();
    printer.printf(format.as_ref(), args);
    printer.finish()
}

/// Go's `fmt.Sprint`: a space between two arguments of which none is a string.
pub fn sprint(args: &[Value]) -> Str {
    let mut printer = Printer::new();
    let mut after_string = true;
    for (i, arg) in args.iter().enumerate() {
        let is_string = arg.kind() == "string";
        if i > 0 && !is_string && !after_string {
            printer.out.push(b' ');
        }
        printer.print(arg, 'v');
        after_string = is_string;
    }
    printer.finish()
}

/// Go's `fmt.Sprintln`: spaces between all arguments, and a newline.
pub fn sprintln(args: &[Value]) -> Str {
    let mut printer = Printer::new();
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            printer.out.push(b' ');
        }
        printer.print(arg, 'v');
    }
    printer.out.push(b'\n');
    printer.finish()
}

/// What `%v` prints: `<nil>` for nil.
pub fn display(value: &Value) -> Str {
    match value {
        Value::Str(text) => text.clone(),
        _ => sprint(std::slice::from_ref(value)),
    }
}

/// The bits of `-0.0`, which prints its sign.
const MINUS_ZERO: u64 = 1 << 63;

/// Appends what `%v` prints.
pub fn display_into(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Str(text) => out.extend_from_slice(text),
        Value::Bool(b) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
        Value::Int(kind, bits) if kind.is_unsigned() => spec::push_decimal(out, *bits as u64),
        Value::Int(_, i) => spec::push_signed(out, *i),
        // Most numbers of a chart: whole, and small enough for no exponent.
        Value::Float(x) if x.fract() == 0.0 && x.abs() < 1e6 && x.to_bits() != MINUS_ZERO => {
            spec::push_signed(out, *x as i64);
        }
        _ => out.extend_from_slice(&display(value)),
    }
}

/// The first characters of a text, quoted: `%.10q`.
pub(crate) fn quote_start(text: &[u8], chars: usize) -> String {
    let spec = Spec {
        prec: Some(chars),
        ..Spec::default()
    };
    quote(spec.truncate(text))
}

/// `U+0040 '@'`, which is `%#U`.
pub(crate) fn code_point(c: char) -> String {
    let spec = Spec {
        sharp: true,
        ..Spec::default()
    };
    let mut out = Vec::new();
    spec.unicode(&mut out, u32::from(c).into());
    String::from_utf8_lossy(&out).into_owned()
}
