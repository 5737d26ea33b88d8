//! Values against JSON Schema: the engine is boon, the words are those of the Go library that Helm
//! uses, `santhosh-tekuri/jsonschema` v6 in English.

mod formats;
mod message;
mod nested;
mod pattern;
mod usual;

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::sync::Arc;

use boon::{CompileError, Compiler, Draft, Schemas, UrlLoader};
use chart::{Chart, Event, Level};
use gostd::regexp::Regexp;
use goval::{Map, Str, Value};
use serde_json::Value as Json;

use crate::ValuesError;

pub use message::Violation;

/// Why values were not accepted: they do not fit the schema, or it is no schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct SchemaError {
    /// What Helm says.
    pub text: String,
    /// What does not fit, part by part; nothing if the schema itself is wrong.
    pub violations: Vec<Violation>,
    /// Schemas of charts that are wrong themselves.
    pub broken: Vec<BrokenSchema>,
}

/// A chart's schema that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenSchema {
    /// The names of the charts that the chart is below, from the root chart's child to itself.
    pub below: Vec<String>,
    /// What is wrong with it.
    pub reason: String,
}

impl From<String> for SchemaError {
    fn from(text: String) -> SchemaError {
        SchemaError {
            text,
            violations: Vec::new(),
            broken: Vec::new(),
        }
    }
}

/// Where a chart's own schema seems to lie, for relative references in it.
const LOCATION: &str = "file:///values.schema.json";

/// Gives the text of a schema that another one refers to by its address: `file`, `http` or `https`.
/// The error says why it cannot be had.
pub type SchemaLoader = Arc<dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync>;

/// Checks the coalesced values of a chart and its subcharts against their schemas.
///
/// # Errors
/// All that does not fit, in Helm's words: one block of lines for each chart.
pub fn validate(
    chart: &Chart,
    values: &Map,
    loader: &SchemaLoader,
    events: &mut Vec<Event>,
) -> Result<(), ValuesError> {
    let mut checks = Vec::new();
    collect(chart, values, &[], &mut checks);
    let checked = parallel::map(&checks, Check::size, |check| check.run(loader));
    let mut report = SchemaError::from(String::new());
    for (check, (result, noted)) in checks.into_iter().zip(checked) {
        events.extend(noted);
        events.extend(check.then);
        if let Err(error) = result {
            report.text += &format!("{}:\n{error}", check.chart);
            if error.violations.is_empty() {
                report.broken.push(BrokenSchema {
                    below: check.below.clone(),
                    reason: error.text.clone(),
                });
            }
            let own = error.violations.into_iter();
            report.violations.extend(own.map(|mut violation| {
                violation.path.splice(0..0, check.below.iter().cloned());
                violation
            }));
        }
    }
    if report.text.is_empty() {
        return Ok(());
    }
    Err(ValuesError::Schema(report))
}

/// One chart whose values are to be checked.
struct Check<'a> {
    chart: &'a str,
    /// The names of the charts that it is below, from the root chart's child to itself.
    below: Vec<String>,
    found: Found<'a>,
    /// What the log says after it.
    then: Vec<Event>,
}

/// What there is to check.
enum Found<'a> {
    NoSchema,
    Values(&'a Str, Map),
    /// Values that are no table; Go's name of their type.
    Other(String),
}

/// All checks of a chart and its subcharts.
fn collect<'a>(chart: &'a Chart, values: &Map, below: &[String], checks: &mut Vec<Check<'a>>) {
    let count = debug("number of dependencies in the chart").with("chart", chart.name());
    checks.push(Check {
        chart: chart.name(),
        below: below.to_vec(),
        found: match &chart.schema {
            Some(schema) => Found::Values(schema, values.clone()),
            None => Found::NoSchema,
        },
        then: vec![count.with("dependencies", chart.dependencies.len().to_string())],
    });
    for child in &chart.dependencies {
        let below = [below, &[child.name().to_owned()]].concat();
        match values.get(child.name()) {
            None | Some(Value::Nil) => {}
            Some(Value::Map(own)) => collect(child, &own, &below, checks),
            Some(other) => checks.push(Check {
                chart: child.name(),
                below,
                found: Found::Other(other.type_name().to_owned()),
                then: Vec::new(),
            }),
        }
    }
}

impl Check<'_> {
    /// How much work it is, in bytes to parse: a schema is first checked itself.
    fn size(&self) -> usize {
        match &self.found {
            Found::Values(schema, _) => schema.len().saturating_mul(16),
            Found::NoSchema | Found::Other(_) => 0,
        }
    }

    fn run(&self, loader: &SchemaLoader) -> (Result<(), SchemaError>, Vec<Event>) {
        let mut events = Vec::new();
        let result = match &self.found {
            Found::NoSchema => Ok(()),
            Found::Values(schema, values) => {
                events.push(debug("chart name").with("chart-name", self.chart));
                validate_one(schema, values, loader, &mut events)
            }
            Found::Other(found) => {
                let text = format!("invalid type for values: expected object (map), got {found}");
                Err(SchemaError {
                    violations: vec![Violation {
                        path: Vec::new(),
                        reason: text.clone(),
                    }],
                    broken: Vec::new(),
                    text: text + "\n",
                })
            }
        };
        (result, events)
    }
}

/// Checks values against one schema.
///
/// # Errors
/// What does not fit, one reason a line with a final newline; or, without one, what is wrong with the
/// schema itself.
pub fn validate_one(
    schema: &[u8],
    values: &Map,
    loader: &SchemaLoader,
    events: &mut Vec<Event>,
) -> Result<(), SchemaError> {
    let document = parse(schema)?;
    let text = String::from_utf8_lossy(schema);
    events.push(debug("unmarshalled JSON schema").with("schema", text));
    let values = serde_json::to_value(values).map_err(|error| error.to_string())?;
    if usual::fits(&document, &values) {
        debug_assert_eq!(
            by_engine(&document, &values, loader, &mut Vec::new()),
            Ok(())
        );
        return Ok(());
    }
    by_engine(&document, &values, loader, events)
}

fn by_engine(
    document: &Json,
    values: &Json,
    loader: &SchemaLoader,
    events: &mut Vec<Event>,
) -> Result<(), SchemaError> {
    nested::check(document, loader)?;
    let unresolved = Rc::default();
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V2020_12);
    for format in formats::FORMATS {
        compiler.register_format(format);
    }
    compiler.use_loader(Box::new(Loader {
        loader: Arc::clone(loader),
        unresolved: Rc::clone(&unresolved),
    }));
    let mut schemas = Schemas::new();
    let failed = |error: CompileError| compile_error(&error, document);
    compiler
        .add_resource(LOCATION, pattern::refuse(document.clone()))
        .map_err(failed)?;
    let compiled = compiler.compile(LOCATION, &mut schemas);
    for urn in unresolved.borrow().iter() {
        let message = "unresolved URN reference ignored; using permissive schema";
        events.push(Event::warn(message).with("urn", urn));
    }
    let index = compiled.map_err(failed)?;
    schemas.validate(values, index).map_err(|error| {
        let (text, violations) = message::of_causes(&error, document, LOCATION);
        SchemaError {
            text: text + "\n",
            violations,
            broken: Vec::new(),
        }
    })
}

fn debug(message: &str) -> Event {
    Event::new(Level::Debug, message)
}

fn parse(schema: &[u8]) -> Result<Json, String> {
    serde_json::from_slice(schema).map_err(|error| {
        // Go reads from a stream, so that the end of the text has a name of its own.
        if schema.trim_ascii().is_empty() {
            return "EOF".to_owned();
        }
        if error.is_eof() {
            return "unexpected EOF".to_owned();
        }
        let error = goval::json::decode(schema).err();
        error.map_or_else(|| "invalid JSON".to_owned(), |error| error.to_string())
    })
}

/// What is wrong with a schema, in the words of the Go library.
fn compile_error(error: &CompileError, document: &Json) -> String {
    let quote = |text: &str| goval::strconv::quote(text.as_bytes());
    match error {
        CompileError::ValidationError { url, src } => format!(
            "{} is not valid against metaschema: {}",
            quote(url),
            message::of_all(src, document, LOCATION)
        ),
        CompileError::LoadUrlError { url, src } => format!("failing loading {}: {src}", quote(url)),
        CompileError::UnsupportedUrlScheme { url } => {
            format!("no URLLoader registered for {}", quote(url))
        }
        CompileError::JsonPointerNotFound(url) => {
            format!("json-pointer in {} not found", quote(url))
        }
        CompileError::AnchorNotFound { url, reference } => format!(
            "anchor in {} not found in schema {}",
            quote(reference),
            quote(url)
        ),
        CompileError::ParseIdError { loc } => format!("error in parsing id at {}", quote(loc)),
        CompileError::InvalidJsonPointer(url) => format!("invalid json-pointer {}", quote(url)),
        CompileError::UnsupportedDraft { url } => {
            format!("draft {} is not supported", quote(url))
        }
        CompileError::MetaSchemaCycle { url } => {
            format!("cycle in resolving $schema in {}", quote(url))
        }
        CompileError::InvalidRegex { url, regex, .. } => {
            let reason = Regexp::new(regex).err();
            let reason = reason.map(|error| error.to_string()).unwrap_or_default();
            format!("invalid regex {} at {}: {reason}", quote(regex), quote(url))
        }
        other => format!("{other:#}"),
    }
}

type Unresolved = Rc<RefCell<Vec<String>>>;

/// Loads what schemas refer to, by the scheme of its address.
struct Loader {
    loader: SchemaLoader,
    /// Names that nobody resolves; they stand for a schema that everything fits.
    unresolved: Unresolved,
}

impl UrlLoader for Loader {
    fn load(&self, url: &str) -> Result<Json, Box<dyn Error>> {
        match url.split(':').next() {
            Some("file" | "http" | "https") => {
                let text = (self.loader)(url)?;
                Ok(serde_json::from_slice(&text)?)
            }
            Some("urn") => {
                let mut unresolved = self.unresolved.borrow_mut();
                if !unresolved.iter().any(|known| known == url) {
                    unresolved.push(url.to_owned());
                }
                Ok(Json::Bool(true))
            }
            _ => {
                let url = goval::strconv::quote(url.as_bytes());
                Err(format!("no URLLoader registered for {url}").into())
            }
        }
    }
}
