//! Plugins that are WebAssembly: what they are told, and what is made of what they say (Helm's runtime `extism/v1`).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use goval::{Shape, Str, StructShape, Value};
use wasm::{Call, CallError, Limits, Web, call};

use crate::run::{Env, RunError};
use crate::{Extism, Kind, Plugin};

/// The file that holds the module.
const MODULE: &str = "plugin.wasm";
/// The function that is called where plugin.yaml names none.
const ENTRY: &str = "helm_plugin_main";

/// Where the module of a plugin is.
///
/// # Errors
/// It is not there.
pub(crate) fn module_in(directory: &Path) -> Result<PathBuf, String> {
    let path = directory.join(MODULE);
    let shown = goval::strconv::quote(path.as_os_str().as_encoded_bytes());
    match path.metadata() {
        Ok(_) => Ok(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(format!("wasm binary missing for extism/v1 plugin: {shown}"))
        }
        Err(error) => {
            let why = gostd::os::path_error("stat", &path, &error);
            Err(format!(
                "failed to stat extism/v1 plugin wasm binary {shown}: {why}"
            ))
        }
    }
}

/// Which streams of this process a plugin gets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Streams {
    /// All three.
    All,
    /// None.
    None,
}

/// Calls a plugin with a message; gives the field of its answer that its kind has.
pub(crate) fn invoke(
    plugin: &Plugin,
    extism: &Extism,
    message: &str,
    env: &Env,
    streams: Streams,
    web: &Arc<dyn Web>,
) -> Result<Vec<u8>, RunError> {
    let path = module_in(&plugin.directory).map_err(RunError::NotRun)?;
    let folder = match extism.has_folder {
        false => None,
        true => {
            let made = tempfile::Builder::new().prefix("helm-plugin-").tempdir();
            Some(made.map_err(|error| {
                RunError::NotRun(format!(
                    "failed to create temp dir for extism compilation cache: {error}"
                ))
            })?)
        }
    };
    if let Some(unknown) = extism.host_functions.first() {
        let unknown = goval::strconv::quote(unknown);
        return Err(RunError::NotRun(format!(
            "plugin requested host function {unknown} not found"
        )));
    }
    let not_made =
        |why: String| RunError::NotRun(format!("failed to create existing plugin: {why}"));
    let module =
        std::fs::read(&path).map_err(|error| not_made(gostd::os::read_error(&path, &error)))?;
    let all = streams == Streams::All;
    let entry = match extism.entry.as_str() {
        "" => ENTRY,
        named => named,
    };
    let outcome = call(Call {
        module: &module,
        entry,
        input: message.as_bytes(),
        config: extism.config.clone(),
        allowed_hosts: extism.allowed_hosts.clone(),
        folder: folder.as_ref().map(|folder| folder.path().to_path_buf()),
        env: env.clone().into_iter().collect(),
        stdin: if all {
            Box::new(std::io::stdin())
        } else {
            Box::new(std::io::empty())
        },
        stdout: if all {
            Box::new(std::io::stdout())
        } else {
            Box::new(std::io::sink())
        },
        stderr: if all {
            Box::new(std::io::stderr())
        } else {
            Box::new(std::io::sink())
        },
        web: Arc::clone(web),
        limits: limits(extism),
    })
    .map_err(|error| match error {
        CallError::NotReady(why) => not_made(why),
        CallError::Failed(why) => RunError::NotRun(format!("plugin error: {why}")),
    })?;
    if outcome.status != 0 {
        let status = outcome.status.cast_signed();
        return Err(RunError::Status(plugin.metadata.name.clone(), status));
    }
    answer(plugin.metadata.kind, &outcome.output)
}

fn limits(extism: &Extism) -> Limits {
    let positive = |number: i64| u64::try_from(number).unwrap_or_default();
    // Extism's own limits count for a host that names none; Helm names 0.
    Limits {
        pages: u32::try_from(extism.max_pages).unwrap_or_default(),
        answer: positive(extism.max_answer),
        variables: positive(extism.max_variables),
        time: match positive(extism.timeout) {
            0 => None,
            milliseconds => Some(Duration::from_millis(milliseconds)),
        },
    }
}

const NOTHING: Shape = Shape::Struct(&StructShape {
    go_type: "bytes.Buffer",
    fields: &[],
});

/// What a plugin says, as Helm reads it.
fn answer(kind: Kind, output: &[u8]) -> Result<Vec<u8>, RunError> {
    const CLI: Shape = Shape::Struct(&StructShape {
        go_type: "schema.OutputMessageCLIV1",
        fields: &[("data", NOTHING)],
    });
    const GETTER: Shape = Shape::Struct(&StructShape {
        go_type: "schema.OutputMessageGetterV1",
        fields: &[("data", Shape::Str)],
    });
    const POST_RENDERER: Shape = Shape::Struct(&StructShape {
        go_type: "schema.OutputMessagePostRendererV1",
        fields: &[("manifests", Shape::Str)],
    });
    let (shape, field) = match kind {
        Kind::Cli => (&CLI, "data"),
        Kind::Getter => (&GETTER, "data"),
        Kind::PostRenderer => (&POST_RENDERER, "manifests"),
    };
    let wrong = |why: String| {
        RunError::NotRun(format!(
            "failed to json marshal plugin output message: reflect.Value: {why}"
        ))
    };
    let value = goval::json::decode_shaped(output, shape).map_err(|why| {
        let why = why.to_string();
        wrong(match kind {
            // What is a text in JSON is bytes in Go.
            Kind::Getter => why.replace("of type string", "of type []uint8"),
            _ => why,
        })
    })?;
    let Value::Map(map) = value else {
        return Ok(Vec::new());
    };
    let text = match map.get(Str::from(field)) {
        Some(Value::Str(text)) => text.as_bytes().to_vec(),
        _ => Vec::new(),
    };
    match kind {
        Kind::Cli => Ok(Vec::new()),
        Kind::PostRenderer => Ok(text),
        Kind::Getter => base64(&text).map_err(wrong),
    }
}

/// Bytes in Go's words for a `[]byte` of JSON that is none.
fn base64(text: &[u8]) -> Result<Vec<u8>, String> {
    use ::base64::DecodeError;
    use ::base64::Engine as _;
    let kept: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    let engine = ::base64::engine::general_purpose::STANDARD;
    engine.decode(&kept).map_err(|error| {
        let at = match error {
            DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => at,
            // The last quantum is the one that is not whole.
            DecodeError::InvalidLength(length) => length - length % 4,
            DecodeError::InvalidPadding => kept.len(),
        };
        format!("illegal base64 data at input byte {at}")
    })
}

/// A message, from names and texts that are JSON already.
pub(crate) fn message(fields: &[(&str, String)]) -> String {
    let fields = fields
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

/// A text as JSON.
pub(crate) fn text(text: &str) -> String {
    goval::json::encode(&Value::str(text)).unwrap_or_else(|_| "\"\"".to_owned())
}

/// Texts as JSON.
pub(crate) fn texts(all: &[String]) -> String {
    let all = all.iter().map(|one| text(one));
    format!("[{}]", all.collect::<Vec<_>>().join(","))
}
