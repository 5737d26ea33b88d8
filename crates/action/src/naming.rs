//! What a new release is called.

mod functions;

use std::collections::BTreeMap;
use std::sync::Arc;

use funcs::World;
use gotmpl::{Options, State, TemplateSet};
use goval::Value;

use crate::Error;

/// How the user wants a release to be named.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    /// The arguments of the command: `[NAME] CHART`.
    pub args: Vec<String>,
    /// Whether to make a name up.
    pub generate: bool,
    /// A template for the name; empty for none.
    pub template: String,
    /// The name where the user gives none; empty if that is a mistake.
    pub default: String,
    /// The environment variables, which only this template may ask for.
    pub env: BTreeMap<String, String>,
}

/// The name of the release and the reference of the chart (Helm's `NameAndChart`).
///
/// # Errors
/// Too many names, none at all, or a template that cannot be run.
pub fn name_and_chart(naming: &Naming, world: &Arc<dyn World>) -> Result<(String, String), Error> {
    let twice = |flag| Error::Other(format!("cannot set {flag} and also specify a name"));
    match naming.args.as_slice() {
        [] => Err(Error::Other("no chart provided".to_owned())),
        [_, _] if naming.generate => Err(twice("--generate-name")),
        [_, _] if !naming.template.is_empty() => Err(twice("--name-template")),
        [name, chart] => Ok((name.clone(), chart.clone())),
        [_, _, more @ ..] => Err(Error::Other(format!(
            "expected at most two arguments, unexpected arguments: {}",
            more.join(", ")
        ))),
        [chart] => Ok((unnamed(naming, chart, world)?, chart.clone())),
    }
}

fn unnamed(naming: &Naming, chart: &str, world: &Arc<dyn World>) -> Result<String, Error> {
    if !naming.template.is_empty() {
        return from_template(naming, world);
    }
    if !naming.default.is_empty() {
        return Ok(naming.default.clone());
    }
    if !naming.generate {
        let text = "must either provide a name or specify --generate-name";
        return Err(Error::Other(text.to_owned()));
    }
    let base = chart
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let base = match base.split('.').next().unwrap_or_default() {
        "" => "chart",
        stem => stem,
    };
    Ok(format!("{base}-{}", world.now().as_second()))
}

/// A template with Sprig's functions alone, and without data.
fn from_template(naming: &Naming, world: &Arc<dyn World>) -> Result<String, Error> {
    const NAME: &str = "name-template";
    let mut set = TemplateSet::new(NAME);
    let failed = |error: &dyn std::fmt::Display| Error::Other(error.to_string());
    set.parse(NAME, &*naming.template, &functions::all(&naming.env))
        .map_err(|error| failed(&error))?;
    let mut out = Vec::new();
    let mut state = State::new(Options::default());
    state.put(Arc::clone(world));
    Arc::new(set)
        .execute(NAME, &Value::Nil, &mut state, &mut out)
        .map_err(|error| failed(&error))?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}
