//! Rules about the files of `crds/`.

use super::heads::{Head, heads};
use super::{Linter, Severity};

const FOLDER: &str = "crds/";

pub(super) fn check(linter: &mut Linter<'_>) {
    let folder = linter.path("crds");
    match std::fs::metadata(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(error) => return linter.add(Severity::Error, FOLDER, error.to_string()),
        Ok(info) if !info.is_dir() => {
            return linter.add(Severity::Error, FOLDER, "not a directory");
        }
        Ok(_) => {}
    }
    let chart = match linter.chart() {
        Ok(chart) => chart,
        Err(why) => return linter.add(Severity::Error, FOLDER, why),
    };
    for crd in chart.crds() {
        for head in heads(&crd.data) {
            match head {
                Ok(Some(head)) => check_head(linter, &crd.name, &head),
                Ok(None) => {}
                // What cannot be read here cannot be read further on either.
                Err(why) => {
                    let why = format!("unable to parse YAML: {why}");
                    return linter.add(Severity::Error, &crd.name, why);
                }
            }
        }
    }
}

fn check_head(linter: &mut Linter<'_>, file: &str, head: &Head) {
    if !head.api_version.starts_with("apiextensions.k8s.io") {
        let text = "apiVersion is not in 'apiextensions.k8s.io'";
        linter.add(Severity::Error, file, text);
    }
    if head.kind != "CustomResourceDefinition" {
        let text = "object kind is not 'CustomResourceDefinition'";
        linter.add(Severity::Error, file, text);
    }
}
