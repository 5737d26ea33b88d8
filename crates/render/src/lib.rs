//! Chart, values, capabilities and World to one text per template.
//!
//! Knows neither releases nor clusters.

mod capabilities;
mod context;
mod error;
mod files;
mod functions;

use std::collections::BTreeMap;
use std::sync::Arc;

use chart::{Chart, Event};
use funcs::World;
use gotmpl::{FuncMap, MissingKey, Options, Origin, Parsed, State, TemplateSet};
use goval::{Map, Str};

pub use capabilities::{Capabilities, HelmVersion, KubeVersion, KubeVersionError};
pub use error::{Failure, Failures, RenderError, message_of};

use context::{Scope, Source};

/// What templates see as `.Release`.
#[derive(Clone, Debug, Default)]
pub struct ReleaseOptions {
    /// Name of the release.
    pub name: String,
    /// Namespace of the release.
    pub namespace: String,
    /// The revision, counted from 1.
    pub revision: i64,
    /// Whether this is an installation.
    pub is_install: bool,
    /// Whether this is an upgrade.
    pub is_upgrade: bool,
}

/// How to render.
#[derive(Clone, Copy, Debug, Default)]
pub struct RenderOptions {
    /// Let `required` and `fail` pass with an event, and any version of Kubernetes do: for linting.
    pub lint: bool,
    /// A key that is not in a map is an error.
    pub strict: bool,
    /// Keep the notes of subcharts too.
    pub subchart_notes: bool,
    /// Go on after a template that does not parse or that fails, to tell of all that do, and keep
    /// where output comes from.
    pub all_errors: bool,
}

/// What came of a chart's templates.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// The text of each template by its path from the root chart; without partials and notes.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The text of NOTES.txt.
    pub notes: String,
    /// Where the texts of `files` come from, piece by piece; with [`RenderOptions::all_errors`] only.
    pub origins: BTreeMap<String, Vec<Origin>>,
    /// The texts of the templates, by the names that `origins` have for them.
    pub texts: BTreeMap<String, Str>,
}

/// Renders the templates of a chart and its subcharts: Helm's `engine.Render`.
///
/// The dependencies must have been processed, and the values coalesced. The templates may change
/// the values; the output depends on nothing but the arguments. What is worth saying is added to
/// the events, of a render that failed too.
///
/// # Errors
/// A Kubernetes that the chart does not want, a template that does not parse, or one that fails, in
/// Helm's words.
pub fn render(
    chart: &Chart,
    values: &Map,
    release: &ReleaseOptions,
    capabilities: &Capabilities,
    world: &Arc<dyn World>,
    options: &RenderOptions,
    events: &mut Vec<Event>,
) -> Result<Rendered, RenderError> {
    if !options.lint {
        check_kube_version(chart, capabilities)?;
    }
    let mut scope = Scope::new(release, capabilities);
    let templates = scope.templates(chart, values);
    let failed = |all| {
        RenderError::Templates(Box::new(Failures {
            all,
            texts: texts(&templates),
            values: scope.values.clone(),
        }))
    };
    let functions = functions::all();
    let set = parse(&templates, &functions, options).map_err(failed)?;
    let mut state = State::new(Options {
        missing_key: if options.strict {
            MissingKey::Error
        } else {
            MissingKey::Zero
        },
        ..Options::default()
    });
    state.put(Arc::clone(world));
    state.put(functions::Host::new(functions, options.lint));
    if options.all_errors {
        state.keep_origins();
    }
    let executed = execute(&templates, &set, &mut state, options);
    if let Some(host) = state.find::<functions::Host>() {
        events.append(&mut host.events);
    }
    let mut rendered = executed.map_err(failed)?;
    if options.all_errors {
        rendered.texts = texts(&templates);
    }
    take_notes(chart, &mut rendered, options.subchart_notes);
    Ok(rendered)
}

type Templates = BTreeMap<context::Path, Source>;

fn texts(templates: &Templates) -> BTreeMap<String, Str> {
    let templates = templates.iter();
    templates
        .map(|(path, source)| (path.to_string(), source.text.clone()))
        .collect()
}

/// Runs all templates but partials.
fn execute(
    templates: &Templates,
    set: &Arc<TemplateSet>,
    state: &mut State,
    options: &RenderOptions,
) -> Result<Rendered, Vec<Failure>> {
    let mut rendered = Rendered::default();
    let mut failures = Vec::new();
    for (path, source) in templates.iter().rev() {
        if base(path).starts_with('_') {
            continue;
        }
        source.enter(path);
        let mut out = Vec::new();
        let executed = set.execute(path.as_bytes(), &source.data(), state, &mut out);
        if let Err(error) = executed {
            failures.push(Failure::exec(error));
            if !options.all_errors {
                break;
            }
            state.take_origins();
            continue;
        }
        if options.all_errors {
            let origins = functions::shifted(state.take_origins(), &out);
            rendered.origins.insert(path.to_string(), origins);
        }
        let out = functions::without_no_value(out);
        rendered.files.insert(path.to_string(), out);
    }
    if failures.is_empty() {
        Ok(rendered)
    } else {
        Err(failures)
    }
}

fn check_kube_version(chart: &Chart, capabilities: &Capabilities) -> Result<(), RenderError> {
    let wanted = &chart.metadata.kube_version;
    let version = &capabilities.kube_version;
    if wanted.is_empty() || values::is_compatible(wanted, version.normalized()) {
        return Ok(());
    }
    Err(RenderError::KubeVersion {
        wanted: wanted.clone(),
        found: version.version().to_owned(),
    })
}

/// Parses all templates. They share one namespace; deeper ones come first, so that definitions of a
/// parent win over those of its subcharts.
fn parse(
    templates: &Templates,
    functions: &Arc<FuncMap>,
    options: &RenderOptions,
) -> Result<Arc<TemplateSet>, Vec<Failure>> {
    let mut set = TemplateSet::new("gotpl");
    let texts: Vec<_> = templates.iter().rev().collect();
    let parsed = parallel::map(
        &texts,
        |(_, source)| source.text.len(),
        |(path, source)| Parsed::new(path, source.text.clone(), functions),
    );
    let mut failures = Vec::new();
    for ((path, _), parsed) in texts.into_iter().zip(parsed) {
        match parsed {
            Ok(parsed) => set.add(&parsed),
            Err(error) => {
                failures.push(Failure::parse(path, error));
                if !options.all_errors {
                    break;
                }
            }
        }
    }
    if failures.is_empty() {
        Ok(Arc::new(set))
    } else {
        Err(failures)
    }
}

/// Takes the notes out of the files: those of the chart itself, or of all charts.
fn take_notes(chart: &Chart, rendered: &mut Rendered, of_subcharts: bool) {
    let own = format!("{}/templates/NOTES.txt", chart.name());
    let mut notes: Vec<String> = Vec::new();
    rendered.files.retain(|path, text| {
        let is_notes = path.ends_with("NOTES.txt");
        if is_notes && (of_subcharts || *path == own) {
            notes.push(String::from_utf8_lossy(text).into_owned());
        }
        !is_notes
    });
    // An empty text adds no line.
    for text in notes {
        if !rendered.notes.is_empty() {
            rendered.notes.push('\n');
        }
        rendered.notes += &text;
    }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
