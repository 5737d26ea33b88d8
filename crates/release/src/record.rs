//! How records are written and read: JSON, gzip, base64.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chart::{Chart, Fitted, Time};
use flate2::read::MultiGzDecoder;
use manifest::HookEvent;
use serde::{Serialize, Serializer};

use crate::pack::Packer;
use crate::shapes::{RELEASE, RELEASES};
use crate::{ApplyMethod, Hook, HookExecution, Info, Labels, Phase, Release, Status};

/// The beginning of what gzip writes. Very old records are not compressed.
pub(crate) const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
/// No record is larger, since no Secret is; a hostile one could say it were.
const MAX_RECORD: u64 = 256 << 20;

/// Why a record cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not base64.
    #[error(transparent)]
    Base64(#[from] base64::DecodeError),
    /// Damaged compressed data.
    #[error("gzip: {0}")]
    Gzip(#[from] std::io::Error),
    /// Not JSON, or not a release, in Go's words.
    #[error("{0}")]
    Json(String),
}

/// A record as it is stored: base64 of gzip of JSON. A Secret's `data` holds it encoded once more.
///
/// # Errors
/// Values that JSON cannot hold.
pub fn encode(release: &Release) -> Result<String, RecordError> {
    Packer::default().encode(release)
}

/// Reads a record as it is stored; one that is not compressed is accepted too.
///
/// # Errors
/// What is wrong with it.
pub fn decode(record: &[u8]) -> Result<Release, RecordError> {
    let bytes = STANDARD.decode(record)?;
    if !bytes.starts_with(&GZIP) || bytes.len() == GZIP.len() {
        return from_json(&bytes);
    }
    let mut json = Vec::new();
    let unzipped = MultiGzDecoder::new(&bytes[..]);
    unzipped.take(MAX_RECORD).read_to_end(&mut json)?;
    from_json(&json)
}

/// A record as JSON, byte for byte as Go writes it.
///
/// # Errors
/// Values that JSON cannot hold.
pub fn to_json(release: &Release) -> Result<String, RecordError> {
    goval::json::to_string(release).map_err(|error| RecordError::Json(error.to_string()))
}

/// Reads a record as JSON.
///
/// # Errors
/// What is not JSON or not a release, in Go's words.
pub fn from_json(json: &[u8]) -> Result<Release, RecordError> {
    let value = goval::json::decode_shaped(json, &RELEASE)
        .map_err(|error| RecordError::Json(error.to_string()))?;
    read(&Fitted::from(value)).map_err(RecordError::Json)
}

/// Reads a list of releases from YAML or JSON: what `HELM_MEMORY_DRIVER_DATA` names.
///
/// # Errors
/// What is not YAML or not a list of releases, in Go's words.
pub fn from_yaml_list(yaml: &[u8]) -> Result<Vec<Release>, RecordError> {
    let value = goval::yaml::decode_shaped(yaml, &RELEASES, false)
        .map_err(|error| RecordError::Json(error.to_string()))?;
    let items = value.as_list().cloned().unwrap_or_default().into_items();
    let releases = items.into_iter().map(|item| read(&Fitted::from(item)));
    releases
        .collect::<Result<_, _>>()
        .map_err(RecordError::Json)
}

#[derive(Clone, Copy, Default, Serialize)]
struct ReleaseRecord<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    info: Option<&'a Info>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chart: Option<&'a Chart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<&'a goval::Map>,
    #[serde(skip_serializing_if = "str::is_empty")]
    manifest: &'a str,
    #[serde(skip_serializing_if = "<[Hook]>::is_empty")]
    hooks: &'a [Hook],
    #[serde(skip_serializing_if = "is_zero")]
    version: i64,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    apply_method: &'a str,
}

impl<'a> ReleaseRecord<'a> {
    fn new(release: &'a Release, chart: Option<&'a Chart>) -> ReleaseRecord<'a> {
        ReleaseRecord {
            name: &release.name,
            info: Some(&release.info),
            chart,
            config: release.config.as_ref().filter(|config| !config.is_empty()),
            manifest: &release.manifest,
            hooks: &release.hooks,
            version: release.version,
            namespace: &release.namespace,
            apply_method: release.apply_method.name(),
        }
    }
}

/// The text of a record in three parts: what changes while a release is changed stands before and behind what does
/// not.
pub(crate) struct JsonParts {
    pub(crate) head: String,
    pub(crate) lasting: String,
    pub(crate) tail: String,
}

impl JsonParts {
    /// # Errors
    /// Values that JSON cannot hold.
    pub(crate) fn of(release: &Release) -> Result<JsonParts, RecordError> {
        let whole = ReleaseRecord::new(release, Some(&release.chart));
        let head = ReleaseRecord {
            name: whole.name,
            info: whole.info,
            ..ReleaseRecord::default()
        };
        let lasting = ReleaseRecord {
            info: None,
            name: "",
            hooks: &[],
            version: 0,
            namespace: "",
            apply_method: "",
            ..whole
        };
        let tail = ReleaseRecord {
            hooks: whole.hooks,
            version: whole.version,
            namespace: whole.namespace,
            apply_method: whole.apply_method,
            ..ReleaseRecord::default()
        };
        let text = |record: &ReleaseRecord<'_>| -> Result<String, RecordError> {
            let json = goval::json::to_string(record);
            let json = json.map_err(|error| RecordError::Json(error.to_string()))?;
            let fields = json.strip_prefix('{').and_then(|f| f.strip_suffix('}'));
            Ok(fields.unwrap_or_default().to_owned())
        };
        let (head, lasting, tail) = (text(&head)?, text(&lasting)?, text(&tail)?);
        let comma = if tail.is_empty() { "" } else { "," };
        Ok(JsonParts {
            head: format!("{{{head},"),
            lasting,
            tail: format!("{comma}{tail}}}"),
        })
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ReleaseRecord::new(self, Some(&self.chart)).serialize(serializer)
    }
}

/// A release as `status` prints it in JSON: its record, but for the chart.
pub struct WithoutChart<'a>(pub &'a Release);

impl Serialize for WithoutChart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ReleaseRecord::new(self.0, None).serialize(serializer)
    }
}

#[derive(Serialize)]
struct InfoRecord<'a> {
    #[serde(skip_serializing_if = "Time::is_zero")]
    first_deployed: Time,
    #[serde(skip_serializing_if = "Time::is_zero")]
    last_deployed: Time,
    #[serde(skip_serializing_if = "Time::is_zero")]
    deleted: Time,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    status: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    rollback_revision: i64,
    #[serde(skip_serializing_if = "str::is_empty")]
    notes: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<&'a goval::Map>,
}

impl Serialize for Info {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        InfoRecord {
            first_deployed: self.first_deployed,
            last_deployed: self.last_deployed,
            deleted: self.deleted,
            description: &self.description,
            status: self.status.name(),
            rollback_revision: self.rollback_revision,
            notes: &self.notes,
            resources: self.resources.as_ref().filter(|found| !found.is_empty()),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct HookRecord<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    kind: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    manifest: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<&'a str>,
    last_run: &'a HookExecution,
    #[serde(skip_serializing_if = "is_zero")]
    weight: i64,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    delete_policies: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    output_log_policies: &'a [String],
}

impl Serialize for Hook {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        HookRecord {
            name: &self.name,
            kind: &self.kind,
            path: &self.path,
            manifest: &self.manifest,
            events: self.events.iter().map(HookEvent::name).collect(),
            last_run: &self.last_run,
            weight: self.weight,
            delete_policies: &self.delete_policies,
            output_log_policies: &self.output_log_policies,
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct ExecutionRecord {
    #[serde(skip_serializing_if = "Time::is_zero")]
    started_at: Time,
    #[serde(skip_serializing_if = "Time::is_zero")]
    completed_at: Time,
    phase: &'static str,
}

impl Serialize for HookExecution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ExecutionRecord {
            started_at: self.started_at,
            completed_at: self.completed_at,
            phase: self.phase.name(),
        }
        .serialize(serializer)
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn read(fields: &Fitted) -> Result<Release, String> {
    let hooks = fields.objects("hooks").into_iter().flatten();
    Ok(Release {
        name: fields.text("name"),
        info: read_info(&fields.object("info"))?,
        chart: Chart::from_record(&fields.object("chart"))?,
        config: fields.map("config"),
        manifest: fields.text("manifest"),
        hooks: hooks
            .map(|hook| read_hook(&hook))
            .collect::<Result<_, _>>()?,
        version: fields.integer("version"),
        namespace: fields.text("namespace"),
        labels: Labels::default(),
        apply_method: ApplyMethod::from(fields.text("apply_method").as_str()),
    })
}

fn read_info(fields: &Fitted) -> Result<Info, String> {
    Ok(Info {
        first_deployed: time(fields, "first_deployed")?,
        last_deployed: time(fields, "last_deployed")?,
        deleted: time(fields, "deleted")?,
        description: fields.text("description"),
        status: Status::from(fields.text("status").as_str()),
        rollback_revision: fields.integer("rollback_revision"),
        notes: fields.text("notes"),
        resources: fields.map("resources"),
    })
}

fn read_hook(fields: &Fitted) -> Result<Hook, String> {
    let events = fields.texts("events");
    let run = fields.object("last_run");
    Ok(Hook {
        definition: manifest::Hook {
            name: fields.text("name"),
            kind: fields.text("kind"),
            path: fields.text("path"),
            manifest: fields.text("manifest"),
            events: events
                .iter()
                .map(|name| HookEvent::from(name.as_str()))
                .collect(),
            weight: fields.integer("weight"),
            delete_policies: fields.texts("delete_policies"),
            output_log_policies: fields.texts("output_log_policies"),
        },
        last_run: HookExecution {
            started_at: time(&run, "started_at")?,
            completed_at: time(&run, "completed_at")?,
            phase: Phase::from(run.text("phase").as_str()),
        },
    })
}

fn time(fields: &Fitted, key: &str) -> Result<Time, String> {
    fields.time(key).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by Helm 4.3.1's `json.Marshal` of a release.
    const RECORD: &str = include_str!("../tests/record.json");

    #[test]
    fn a_record_of_helm_is_read_and_written_alike() {
        let release = from_json(RECORD.as_bytes()).unwrap();
        assert_eq!(release.name, "demo");
        assert_eq!(release.info.status, Status::Deployed);
        assert_eq!(release.hooks[0].last_run.phase, Phase::Running);
        assert_eq!(to_json(&release).unwrap(), RECORD);
    }

    #[test]
    fn encoding_can_be_undone() {
        let release = from_json(RECORD.as_bytes()).unwrap();
        let record = encode(&release).unwrap();
        assert_eq!(
            to_json(&decode(record.as_bytes()).unwrap()).unwrap(),
            RECORD
        );
    }

    #[test]
    fn parts_make_the_whole() {
        let whole = from_json(RECORD.as_bytes()).unwrap();
        for release in [whole, Release::default()] {
            let JsonParts {
                head,
                lasting,
                tail,
            } = JsonParts::of(&release).unwrap();
            let joined = head + &lasting + &tail;
            assert_eq!(joined, to_json(&release).unwrap());
        }
    }

    #[test]
    fn a_record_that_is_not_compressed_is_accepted() {
        let record = STANDARD.encode(r#"{"name":"old","version":2}"#);
        let release = decode(record.as_bytes()).unwrap();
        assert_eq!((release.name.as_str(), release.version), ("old", 2));
    }

    #[test]
    fn helm_3_wrote_empty_texts_for_zero_times() {
        let json = r#"{"name":"a","info":{"first_deployed":"2020-01-02T03:04:05.6+01:00",
            "last_deployed":"","deleted":"","status":"failed"},
            "hooks":[{"last_run":{"started_at":"","completed_at":"","phase":""}}]}"#;
        let release = from_json(json.as_bytes()).unwrap();
        assert!(release.info.last_deployed.is_zero());
        assert_eq!(
            release.info.first_deployed.to_string(),
            "2020-01-02T03:04:05.6+01:00"
        );
        assert_eq!(release.hooks[0].last_run, HookExecution::default());
    }

    #[test]
    fn lists_of_releases_may_be_yaml() {
        let yaml = b"- name: a\n  version: 1\n  info: {status: deployed}\n- name: b\n";
        let releases = from_yaml_list(yaml).unwrap();
        assert_eq!(releases.len(), 2);
        assert_eq!(releases[0].info.status, Status::Deployed);
    }

    #[test]
    fn what_is_no_record_is_an_error() {
        for record in ["", "!", "e30", "W10=", "H4sIAAAAAAAA"] {
            let result = decode(record.as_bytes());
            assert!(result.is_err(), "{record}: {result:?}");
        }
    }
}
