//! Records by their metadata alone, so that a list of releases reads the records that it shows and no others.

use std::collections::{BTreeMap, BTreeSet};

use cluster::{Cluster, Error, ListQuery, Scope};
use manifest::Object;
use release::{Labels, Outline, Status};

/// How many records are read with one request: their names have to fit into its address.
const TOGETHER: usize = 64;

/// Up to this length names are listed in a request's address.
const LONGEST: usize = 12 << 10;

const OURS: &str = "owner=helm";

/// The outlines of all records that may be the newest of their release.
///
/// Nearly all records are superseded, and nearly none of those is the newest: so first come the others, and
/// then those superseded ones that are newer than all others of their release may be.
pub(crate) async fn outlines(cluster: &dyn Cluster, scope: &Scope) -> Result<Vec<Outline>, Error> {
    let superseded = format!("{OURS},status={}", Status::Superseded);
    let others = format!("{OURS},status!={}", Status::Superseded);
    let mut found = list(cluster, scope, others).await?;
    let names: BTreeSet<&str> = found.iter().map(|outline| outline.name.as_str()).collect();
    let listed = names.iter().copied().collect::<Vec<_>>().join(",");
    let mut newest: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for outline in &found {
        let version = newest
            .entry((&outline.namespace, &outline.name))
            .or_default();
        *version = outline.version.max(*version);
    }
    let oldest = newest.into_values().min().unwrap_or_default();
    let more = if names.is_empty() || scope.namespace.is_empty() || listed.len() > LONGEST {
        // A name may be in use in several namespaces, so that names select nothing.
        list(cluster, scope, superseded).await?
    } else {
        let newer = format!("{superseded},version>{oldest}");
        let alone = format!("{superseded},name notin ({listed})");
        let (mut newer, alone) =
            futures::future::try_join(list(cluster, scope, newer), list(cluster, scope, alone))
                .await?;
        newer.extend(alone);
        newer
    };
    found.extend(more);
    Ok(found)
}

/// What these records are read by: some of them, and a request that gives those, and perhaps some more of their
/// releases.
pub(crate) fn selectors(outlines: &[Outline]) -> impl Iterator<Item = (&[Outline], String)> {
    let of_some = |some: &[Outline]| {
        let versions: BTreeSet<i64> = some.iter().map(|outline| outline.version).collect();
        let versions: Vec<String> = versions.iter().map(i64::to_string).collect();
        let names: BTreeSet<&str> = some.iter().map(|outline| outline.name.as_str()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let (names, versions) = (names.join(","), versions.join(","));
        format!("name in ({names}),{OURS},version in ({versions})")
    };
    let chunks = outlines.chunks(TOGETHER);
    chunks.map(move |some| (some, of_some(some)))
}

async fn list(cluster: &dyn Cluster, scope: &Scope, labels: String) -> Result<Vec<Outline>, Error> {
    let query = ListQuery {
        labels,
        metadata_only: true,
        ..ListQuery::default()
    };
    let objects = cluster.list(scope, &query).await?;
    Ok(objects.iter().filter_map(outline).collect())
}

/// The outline of a record; `None` if its labels are not those of one.
fn outline(object: &Object) -> Option<Outline> {
    let labels = labels_of(object);
    Some(Outline {
        name: labels.get("name")?.clone(),
        namespace: object.namespace().to_owned(),
        version: labels.get("version")?.parse().ok()?,
        status: Status::from(labels.get("status")?.as_str()),
        labels,
    })
}

/// The labels of the object that holds a record.
pub(crate) fn labels_of(object: &Object) -> Labels {
    let labels = object
        .at("/metadata/labels")
        .and_then(|all| all.as_object());
    let labels = labels.into_iter().flatten();
    labels
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}
