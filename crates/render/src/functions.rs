//! The functions that need the running templates: `include`, `tpl`, `required`, `fail`.

use std::collections::HashMap;
use std::sync::Arc;

use chart::Event;
use gotmpl::{
    Body, Exec, Func, FuncError, FuncMap, Origin, Parsed, Sig, TemplateSet, TextError, Ty, Within,
};
use goval::strconv::quote;
use goval::{Str, Value};

use crate::error::{WARN_END, WARN_START};

/// How often one name may be included within itself, and `tpl` called within `tpl`.
const MAX_NESTED_INCLUDES: u32 = 1000;
/// What Go prints for nothing.
const NO_VALUE: &[u8] = b"<no value>";

/// All functions of a chart's templates.
pub(crate) fn all() -> Arc<FuncMap> {
    let mut functions = funcs::functions();
    let mut add = |name, params, result, body: fn(&mut Exec<'_>, &[Value]) -> Outcome| {
        let sig = Sig {
            params,
            variadic: false,
            result,
        };
        let body = Body::Host(Arc::new(body));
        functions.insert(name, Func { sig, body });
    };
    add("include", &[Ty::Str, Ty::Any], Ty::Str, include);
    add("tpl", &[Ty::Str, Ty::Any], Ty::Str, tpl);
    add("required", &[Ty::Str, Ty::Any], Ty::Any, required);
    add("fail", &[Ty::Str], Ty::Str, fail);
    Arc::new(functions)
}

type Outcome = Result<Value, FuncError>;

/// What the functions keep during a render.
pub(crate) struct Host {
    functions: Arc<FuncMap>,
    lint: bool,
    /// How often each name is being included.
    nested: HashMap<Str, u32>,
    /// How many texts of `tpl` run inside each other; each can define templates that only those
    /// within it see, so that a look-up goes through all of them.
    nested_texts: u32,
    /// What texts of `tpl` were parsed to.
    parsed: HashMap<Str, Parsed>,
    pub(crate) events: Vec<Event>,
}

impl Host {
    pub(crate) fn new(functions: Arc<FuncMap>, lint: bool) -> Host {
        Host {
            functions,
            lint,
            nested: HashMap::new(),
            nested_texts: 0,
            parsed: HashMap::new(),
            events: Vec::new(),
        }
    }

    fn parse(&mut self, text: &Str, name: &Str) -> Result<Parsed, FuncError> {
        if let Some(parsed) = self.parsed.get(text) {
            return Ok(parsed.clone());
        }
        let parsed = Parsed::new(&name.to_str_lossy(), text.clone(), &self.functions);
        let parsed = parsed.map_err(|error| {
            let words = format!("cannot parse template {}: {error}", quote(text));
            in_text(words, text, TextError::Parse(error))
        })?;
        self.parsed.insert(text.clone(), parsed.clone());
        Ok(parsed)
    }
}

fn host<'e>(exec: &'e mut Exec<'_>) -> Result<&'e mut Host, FuncError> {
    exec.find::<Host>()
        .ok_or_else(|| FuncError::Panic("the execution has no host".to_owned()))
}

/// Runs a template and gives its text.
fn include(exec: &mut Exec<'_>, args: &[Value]) -> Outcome {
    let name = text(args, 0);
    let nested = host(exec)?.nested.entry(name.clone()).or_insert(0);
    if *nested > MAX_NESTED_INCLUDES {
        return Err(format!(
            "rendering template has a nested reference name: {name}: unable to execute template"
        )
        .into());
    }
    *nested += 1;
    let result = exec.run(&name, &arg(args, 1));
    if let Some(nested) = host(exec)?.nested.get_mut(&name) {
        *nested -= 1;
    }
    Ok(Value::str(result?))
}

/// Parses a text as a template and runs it. What the text defines is there for that run only.
fn tpl(exec: &mut Exec<'_>, args: &[Value]) -> Outcome {
    let source = text(args, 0);
    if !source.windows(2).any(|pair| pair == b"{{") {
        return Ok(Value::str(without_no_value(source.to_vec())));
    }
    let name = exec.set().name().clone();
    let parsed = host(exec)?.parse(&source, &name)?;
    let mut set = TemplateSet::over(exec.set());
    set.add(&parsed);
    let Some(main) = parsed.main() else {
        return Ok(Value::str(""));
    };
    let nested = &mut host(exec)?.nested_texts;
    if *nested > MAX_NESTED_INCLUDES {
        return Err(format!("tpl is nested deeper than {MAX_NESTED_INCLUDES} levels").into());
    }
    *nested += 1;
    let out = exec.run_in(&Arc::new(set), main, &arg(args, 1));
    host(exec)?.nested_texts -= 1;
    let out = out.map_err(|error| {
        let quoted = quote(&source);
        let words = format!("error during tpl function execution for {quoted}: {error}");
        in_text(words, &source, TextError::Exec(error))
    })?;
    Ok(Value::str(without_no_value(out)))
}

/// The error of `tpl`, with what went wrong in its text.
fn in_text(words: String, text: &Str, error: TextError) -> FuncError {
    let text = text.clone();
    FuncError::Text(words, Box::new(Within { text, error }))
}

/// Gives the value back unless it is missing or an empty text.
fn required(exec: &mut Exec<'_>, args: &[Value]) -> Outcome {
    let value = arg(args, 1);
    let missing = match &value {
        Value::Nil => "missing required value",
        Value::Str(text) if text.is_empty() => "missing required values",
        _ => return Ok(value),
    };
    let message = text(args, 0);
    let host = host(exec)?;
    if !host.lint {
        return Err(marked(&message));
    }
    let event = Event::warn(missing).with("message", message.to_string());
    host.events.push(event);
    Ok(Value::str(""))
}

/// Fails with a message.
fn fail(exec: &mut Exec<'_>, args: &[Value]) -> Outcome {
    let message = text(args, 0);
    let host = host(exec)?;
    if !host.lint {
        return Err(marked(&message));
    }
    let event = Event::info("funcMap fail").with("message", message.to_string());
    host.events.push(event);
    Ok(Value::str(""))
}

fn marked(message: &Str) -> FuncError {
    FuncError::Error(format!("{WARN_START}{message}{WARN_END}"))
}

fn arg(args: &[Value], at: usize) -> Value {
    args.get(at).cloned().unwrap_or_default()
}

fn text(args: &[Value], at: usize) -> Str {
    args.get(at)
        .and_then(Value::as_str)
        .cloned()
        .unwrap_or_default()
}

/// A text without what Go prints for nothing.
pub(crate) fn without_no_value(text: Vec<u8>) -> Vec<u8> {
    let mut places = memchr::memmem::find_iter(&text, NO_VALUE).peekable();
    if places.peek().is_none() {
        return text;
    }
    let mut kept = Vec::with_capacity(text.len());
    let mut from = 0;
    for place in places {
        kept.extend_from_slice(&text[from..place]);
        from = place + NO_VALUE.len();
    }
    kept.extend_from_slice(&text[from..]);
    kept
}

/// The origins of a text's pieces as they are in [`without_no_value`] of the text.
pub(crate) fn shifted(mut origins: Vec<Origin>, text: &[u8]) -> Vec<Origin> {
    let places: Vec<usize> = memchr::memmem::find_iter(text, NO_VALUE).collect();
    for origin in &mut origins {
        let before = places.partition_point(|&place| place < origin.at);
        origin.at = origin.at.saturating_sub(before * NO_VALUE.len());
    }
    origins
}
