//! What goes wrong, in the words of wazero, the runtime under Extism's Go SDK.

use std::fmt;

use wasmi::errors::{ErrorKind, HostError, InstantiationError, LinkerError};
use wasmi::{Error, FuncType, TrapCode, ValType};

/// Why a host function ended the program.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HostError for Refusal {}

/// An error that ends the program.
pub(crate) fn refuse(why: impl Into<String>) -> Error {
    Error::host(Refusal(why.into()))
}

/// Why a program ended before it was done.
pub(crate) fn text(error: &Error) -> String {
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        return format!("{refusal} (recovered by wazero)");
    }
    let words = match error.as_trap_code() {
        Some(TrapCode::UnreachableCodeReached) => "unreachable",
        Some(TrapCode::MemoryOutOfBounds) => "out of bounds memory access",
        Some(TrapCode::TableOutOfBounds | TrapCode::IndirectCallToNull) => "invalid table access",
        Some(TrapCode::IntegerDivisionByZero) => "integer divide by zero",
        Some(TrapCode::IntegerOverflow) => "integer overflow",
        Some(TrapCode::BadConversionToInteger) => "invalid conversion to integer",
        Some(TrapCode::StackOverflow) => "stack overflow",
        Some(TrapCode::BadSignature) => "indirect call type mismatch",
        _ => return error.to_string(),
    };
    format!("wasm error: {words}")
}

/// Why a module cannot be read, where wazero's words are known.
pub(crate) fn not_read(module: &[u8], error: &Error) -> String {
    if !module.starts_with(b"\0asm") {
        return "invalid magic number".to_owned();
    }
    if module.get(4..8) != Some(&[1, 0, 0, 0]) {
        return "invalid version header".to_owned();
    }
    error.to_string()
}

/// Why a module could not be joined with what it imports.
pub(crate) fn not_made(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Linker(LinkerError::MissingDefinition { name, .. }) => {
            let (from, name) = (name.module(), name.name());
            match matches!(from, super::env::NAME | super::wasi::NAME) {
                true => format!("\"{name}\" is not exported in module \"{from}\""),
                false => format!("module[{from}] not instantiated"),
            }
        }
        ErrorKind::Instantiation(InstantiationError::FuncTypeMismatch {
            name,
            expected,
            actual,
        }) => format!(
            "import func[{}.{}]: signature mismatch: {} != {}",
            name.module(),
            name.name(),
            signature(expected),
            signature(actual)
        ),
        _ => text(error),
    }
}

/// `i64i64_v`: how wazero writes what a function takes and gives.
fn signature(function: &FuncType) -> String {
    let side = |types: &[ValType]| match types {
        [] => "v".to_owned(),
        types => types
            .iter()
            .map(|t| format!("{t:?}").to_lowercase())
            .collect(),
    };
    format!("{}_{}", side(function.params()), side(function.results()))
}

/// A size in bytes as wazero shows it.
pub(crate) fn shown(pages: u64) -> String {
    let bytes = pages * super::kernel::PAGE;
    let (size, unit) = match bytes {
        0x4000_0000.. => (bytes / 0x4000_0000, "Gi"),
        0x10_0000.. => (bytes / 0x10_0000, "Mi"),
        _ => (bytes / 0x400, "Ki"),
    };
    format!("{size} {unit}")
}
