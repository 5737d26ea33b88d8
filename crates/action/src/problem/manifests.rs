//! Rendered documents that are not YAML: shown as they were made, with the line of the template
//! that made them.

use gotmpl::Origin;
use manifest::ManifestError;
use render::Rendered;

use super::excerpt::offset;
use super::{Excerpt, Problem};
use crate::error::Unreadable;

pub(super) fn problems(unreadable: &Unreadable) -> Vec<Problem> {
    let all = unreadable.all.iter();
    all.map(|error| problem(error, &unreadable.rendered))
        .collect()
}

fn problem(error: &ManifestError, rendered: &Rendered) -> Problem {
    let mut problem = Problem {
        message: error.to_string(),
        ..Problem::default()
    };
    let (Some(position), Some(text)) = (error.position, rendered.files.get(&error.path)) else {
        return problem;
    };
    let mut made = Excerpt::at(&error.path, text, position);
    let place = offset(text, position.line, 0) + start_of(&made);
    problem
        .excerpts
        .extend(template_line(rendered, &error.path, place));
    made.place.file += " (rendered)";
    problem.excerpts.push(made);
    problem
}

/// What of the line is meant begins after so many bytes, as far as the line is short.
fn start_of(excerpt: &Excerpt) -> usize {
    let before = excerpt.text.chars().take(excerpt.marked.start);
    before.map(char::len_utf8).sum()
}

/// The line of the template that made a byte of a rendered file.
fn template_line(rendered: &Rendered, path: &str, place: usize) -> Option<Excerpt> {
    let origins = rendered.origins.get(path)?;
    let (file, start) = Origin::of(origins, place)?;
    let file = file.to_str_lossy();
    let text = rendered.texts.get(&*file)?;
    let rest = &text[start.min(text.len())..];
    let end = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
    Some(Excerpt::of(&file, text, start..start + end))
}
