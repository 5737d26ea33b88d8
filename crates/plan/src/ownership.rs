//! Whose an object is: the label and the two annotations by which Helm knows.

use goval::strconv::quote;
use manifest::Object;

/// The label that says who manages an object; Helm's value is `Helm`.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The annotation with the name of the release.
pub const RELEASE_NAME: &str = "meta.helm.sh/release-name";
/// The annotation with the namespace of the release.
pub const RELEASE_NAMESPACE: &str = "meta.helm.sh/release-namespace";

const HELM: &str = "Helm";

/// Marks an object as part of a release, whatever it said before (Helm's `setMetadataVisitor`).
pub fn own(object: &mut Object, name: &str, namespace: &str) {
    object.set_label(MANAGED_BY, HELM);
    object.set_annotation(RELEASE_NAME, name);
    object.set_annotation(RELEASE_NAMESPACE, namespace);
}

/// Whether a live object is marked as part of a release (Helm's `checkOwnership`).
///
/// # Errors
/// What is missing or differs, in Helm's words.
pub fn owned_by(live: &Object, name: &str, namespace: &str) -> Result<(), String> {
    let wrong = [
        require("label", MANAGED_BY, live.label(MANAGED_BY), HELM),
        require(
            "annotation",
            RELEASE_NAME,
            live.annotation(RELEASE_NAME),
            name,
        ),
        require(
            "annotation",
            RELEASE_NAMESPACE,
            live.annotation(RELEASE_NAMESPACE),
            namespace,
        ),
    ];
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("invalid ownership metadata; {}", wrong.join("; ")))
    }
}

fn require(what: &str, key: &str, found: Option<&str>, wanted: &str) -> Option<String> {
    if found == Some(wanted) {
        return None;
    }
    let (key, wanted) = (quote(key), quote(wanted));
    Some(match found.map(quote) {
        Some(value) => format!(
            "{what} validation error: key {key} must equal {wanted}: current value is {value}"
        ),
        None => format!("{what} validation error: missing key {key}: must be set to {wanted}"),
    })
}

/// How errors name an object: `ConfigMap "a" in namespace "b"`.
pub fn subject(object: &Object) -> String {
    format!(
        "{} {} in namespace {}",
        object.kind(),
        quote(object.name()),
        quote(object.namespace())
    )
}

/// Whether the server makes up the object's name, so that none can exist yet.
pub fn is_generated(object: &Object) -> bool {
    object.name().is_empty() && !object.generate_name().is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_foreign_object_is_told_what_it_lacks() {
        let object = Object::from_json(json!({"metadata": {
            "labels": {"app.kubernetes.io/managed-by": "kubectl"},
            "annotations": {"meta.helm.sh/release-name": "a"}}}))
        .unwrap();
        assert_eq!(
            owned_by(&object, "a", "b").unwrap_err(),
            "invalid ownership metadata; label validation error: key \"app.kubernetes.io/managed-by\" \
             must equal \"Helm\": current value is \"kubectl\"; annotation validation error: missing \
             key \"meta.helm.sh/release-namespace\": must be set to \"b\""
        );
    }

    #[test]
    fn a_marked_object_is_owned() {
        let mut object = Object::from_json(json!({"metadata": {}})).unwrap();
        own(&mut object, "a", "b");
        assert_eq!(owned_by(&object, "a", "b"), Ok(()));
    }
}
