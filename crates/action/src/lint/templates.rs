//! Rules about the templates, and about what they make.

use chart::{Chart, Fitted};
use goval::strconv::quote;
use goval::{ListShape, MapShape, Shape, StructShape};
use render::{Capabilities, ReleaseOptions, RenderOptions, Rendered};

use crate::Error;
use crate::draft::schema_loader;
use crate::error::Unreadable;
use crate::problem::{Origins, problems};

use super::heads::{Head, heads};
use super::names::{check_name, is_yaml};
use super::{Linter, Severity, deprecated};

const FOLDER: &str = "templates/";

pub(super) fn check(linter: &mut Linter<'_>) {
    let folder = linter.path("templates");
    if !folder.exists() {
        return linter.add(Severity::Warning, FOLDER, "directory does not exist");
    }
    if !folder.is_dir() {
        return linter.add(Severity::Error, FOLDER, "not a directory");
    }
    let chart = match linter.chart() {
        Ok(chart) => chart,
        Err(why) => return linter.add(Severity::Error, FOLDER, why),
    };
    let Some(rendered) = rendered(linter, chart.clone()) else {
        return;
    };
    for template in &chart.templates {
        let name = &template.name;
        linter.error(name, extension(name));
        if !is_yaml(name) {
            continue;
        }
        let path = format!("{}/{name}", chart.name());
        let text = rendered.files.get(&path).map(Vec::as_slice);
        let text = text.unwrap_or_default();
        if !text.trim_ascii().is_empty() && !check_text(linter, name, text) {
            if linter.options.explain.is_none() {
                // The rest of the chart is not looked at, as in Helm.
                return;
            }
            explain(linter, &rendered, &path, text);
        }
    }
}

/// Adds to the last message where in the template the YAML comes from that is wrong.
fn explain(linter: &mut Linter<'_>, rendered: &Rendered, path: &str, text: &[u8]) {
    let error = Error::Manifests(Box::new(Unreadable {
        all: manifest::all_errors([(path, text)]),
        rendered: rendered.clone(),
    }));
    if let Some(message) = linter.messages.last_mut() {
        message.problems = problems(&error, &Origins::default());
    }
}

/// Renders the chart; `None` if that is not possible, which may have been said.
fn rendered(linter: &mut Linter<'_>, mut chart: Chart) -> Option<Rendered> {
    let mut events = Vec::new();
    let processed = values::process_dependencies(&mut chart, linter.values, &mut events);
    let coalesced = processed.and_then(|()| values::coalesce(&chart, linter.values, &mut events));
    // Helm coalesces a second time, and so warns a second time.
    let coalesced = coalesced.and_then(|once| values::coalesce(&chart, &once, &mut events));
    linter.log(std::mem::take(&mut events));
    let coalesced = coalesced.ok()?;
    if !linter.options.skip_schema {
        let loader = schema_loader(&linter.options.http);
        let checked = values::validate(&chart, &coalesced, &loader, &mut events);
        linter.log(events);
        if let Err(error) = checked {
            linter.add_error(FOLDER, &error.into());
            return None;
        }
    }
    let release = ReleaseOptions {
        name: "test-release".to_owned(),
        namespace: linter.options.namespace.clone(),
        ..ReleaseOptions::default()
    };
    let mut capabilities = Capabilities::default();
    if let Some(version) = &linter.options.kube_version {
        capabilities.kube_version = version.clone();
    }
    let options = RenderOptions {
        lint: true,
        all_errors: linter.options.explain.is_some(),
        ..RenderOptions::default()
    };
    let mut events = Vec::new();
    let rendered = render::render(
        &chart,
        &coalesced,
        &release,
        &capabilities,
        linter.world,
        &options,
        &mut events,
    );
    linter.log(events);
    match rendered {
        Ok(rendered) => Some(rendered),
        Err(why) => {
            linter.add_error(FOLDER, &why.into());
            None
        }
    }
}

fn extension(name: &str) -> Result<(), String> {
    let base = name.rsplit('/').next().unwrap_or(name);
    let extension = base.rfind('.').map_or("", |dot| &base[dot..]);
    match extension {
        ".yaml" | ".yml" | ".tpl" | ".txt" => Ok(()),
        other => Err(format!(
            "file extension '{other}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"
        )),
    }
}

/// Checks what a template has made; gives whether to go on.
fn check_text(linter: &mut Linter<'_>, name: &str, text: &[u8]) -> bool {
    linter.warning(name, first_line_is_not_indented(text));
    for head in heads(text) {
        let head = match head {
            Ok(Some(head)) => head,
            Ok(None) => continue,
            Err(why) => {
                let why = format!("unable to parse YAML: {why}");
                linter.add(Severity::Error, name, why);
                return false;
            }
        };
        linter.warning(name, check_name(&head));
        let version = linter.options.kube_version.clone();
        let version = version.unwrap_or_else(|| Capabilities::default().kube_version);
        linter.warning(name, deprecated::check(&head, &version));
        linter.error(name, has_selector(&head, text));
        linter.error(name, has_no_policy_in_list(&head, text));
    }
    true
}

/// A template that begins with spaces may be read in more than one way.
fn first_line_is_not_indented(text: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(text);
    match text.lines().find(|line| !line.trim().is_empty()) {
        Some(line) if line.starts_with([' ', '\t']) => Err(format!(
            "document starts with an illegal indent: {}, which may cause parsing problems",
            quote(line)
        )),
        _ => Ok(()),
    }
}

fn has_selector(head: &Head, text: &[u8]) -> Result<(), String> {
    let (kind, name) = (&head.kind, quote(&head.name));
    let selects = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"];
    let text = String::from_utf8_lossy(text);
    let has = |word: &str| text.contains(word);
    if !selects.contains(&kind.as_str()) || has("matchLabels") || has("matchExpressions") {
        return Ok(());
    }
    Err(format!(
        "a {kind} must contain matchLabels or matchExpressions, and {name} does not"
    ))
}

fn has_no_policy_in_list(head: &Head, text: &[u8]) -> Result<(), String> {
    if head.kind != "List" {
        return Ok(());
    }
    let list = goval::yaml::decode_shaped(text, &LIST, false)
        .map_err(|error| format!("unable to parse YAML: {error}"))?;
    let items = Fitted::from(list).objects("Items").into_iter().flatten();
    for item in items {
        let annotations = item.object("Metadata").text_map("Annotations");
        if annotations.contains_key("helm.sh/resource-policy") {
            let text = "annotation 'helm.sh/resource-policy' within List objects are ignored";
            return Err(text.to_owned());
        }
    }
    Ok(())
}

const LIST: Shape = Shape::Struct(&StructShape {
    go_type: "struct { Items []struct { Metadata struct { Annotations map[string]string } } }",
    fields: &[(
        "Items",
        Shape::List(&ListShape {
            go_type: "[]struct { Metadata struct { Annotations map[string]string } }",
            elem: Shape::Struct(&StructShape {
                go_type: "struct { Metadata struct { Annotations map[string]string } }",
                fields: &[(
                    "Metadata",
                    Shape::Struct(&StructShape {
                        go_type: "struct { Annotations map[string]string }",
                        fields: &[(
                            "Annotations",
                            Shape::Map(&MapShape {
                                go_type: "map[string]string",
                                elem: Shape::Str,
                            }),
                        )],
                    }),
                )],
            }),
        }),
    )],
});
