//! A chart as release records hold it. Its subcharts are not part of that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use goval::Str;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::draft::Draft;
use crate::{Chart, File, Fitted, Lock, Time};

impl Serialize for Chart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Chart", 8)?;
        out.serialize_field("metadata", &self.metadata)?;
        out.serialize_field("lock", &self.lock)?;
        out.serialize_field("templates", &non_empty(&self.templates))?;
        out.serialize_field("values", &self.values)?;
        out.serialize_field("schema", &self.schema.as_ref().map(base64))?;
        out.serialize_field("schemamodtime", &self.schema_modtime)?;
        out.serialize_field("files", &non_empty(&self.files))?;
        if !self.modtime.is_zero() {
            out.serialize_field("modtime", &self.modtime)?;
        }
        out.end()
    }
}

fn base64(data: &Str) -> String {
    STANDARD.encode(data)
}

/// Go writes a list that nothing was ever added to as null.
fn non_empty(files: &[File]) -> Option<&[File]> {
    (!files.is_empty()).then_some(files)
}

impl Serialize for File {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("File", 3)?;
        out.serialize_field("name", &self.name)?;
        out.serialize_field("data", &base64(&self.data))?;
        if !self.modtime.is_zero() {
            out.serialize_field("modtime", &self.modtime)?;
        }
        out.end()
    }
}

impl Chart {
    /// The chart of a record that was fitted to [`CHART_RECORD`](crate::CHART_RECORD).
    ///
    /// # Errors
    /// A time that is no time, or content that is not base64.
    pub fn from_record(fields: &Fitted) -> Result<Chart, String> {
        let mut draft = Draft::default();
        draft.read(&fields.object("metadata"));
        let mut chart = Chart {
            metadata: draft.unchecked(),
            templates: files(fields, "templates")?,
            values: fields.map("values"),
            schema_modtime: time(fields, "schemamodtime")?,
            files: files(fields, "files")?,
            modtime: time(fields, "modtime")?,
            ..Chart::default()
        };
        if fields.has("lock") {
            let lock = Lock::read(&fields.object("lock"));
            chart.lock = Some(lock.map_err(|error| error.to_string())?);
        }
        if fields.has("schema") {
            chart.schema = Some(bytes(&fields.text("schema"))?);
        }
        Ok(chart)
    }
}

fn files(fields: &Fitted, key: &str) -> Result<Vec<File>, String> {
    let files = fields.objects(key).into_iter().flatten();
    let file = |fields: Fitted| {
        Ok(File {
            name: fields.text("name"),
            data: bytes(&fields.text("data"))?,
            modtime: time(&fields, "modtime")?,
        })
    };
    files.map(file).collect()
}

fn time(fields: &Fitted, key: &str) -> Result<Time, String> {
    fields.time(key).map_err(|error| error.to_string())
}

fn bytes(text: &str) -> Result<Str, String> {
    let bytes = STANDARD.decode(text).map_err(|error| error.to_string())?;
    Ok(bytes.into())
}
