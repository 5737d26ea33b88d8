//! A chart into an archive, as Helm's `Save` writes it.

use std::io::{self, Write as _};

use flate2::{Compression, GzBuilder};
use goval::strconv::quote;

use crate::tar_writer::TarWriter;
use crate::{Chart, LoadError, Lock, Metadata, Time};

/// The extra field by which Helm marks its archives: a subfield `rr` without content, then base64.
const EXTRA: &[u8] = b"rr\x28\x00aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=";
const COMMENT: &str = "Helm";

/// Why a chart cannot be packed; worded as by Helm.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Its metadata are not valid.
    #[error("chart validation: {0}")]
    Invalid(LoadError),
    /// The name of a subchart is a path.
    #[error("{} is not a valid chart name", quote(.0))]
    Name(String),
    /// Its metadata or its lock cannot be written as YAML.
    #[error("{0}")]
    Yaml(String),
    /// Its schema is no JSON.
    #[error("invalid JSON in values.schema.json")]
    Schema,
    /// The archive could not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Chart {
    /// The name that Helm gives to the chart's archive: `name-1.2.3.tgz`.
    pub fn archive_name(&self) -> String {
        format!("{}-{}.tgz", self.metadata.name, self.metadata.version)
    }

    /// The chart as a gzipped archive, its subcharts unpacked within. Chart.yaml and Chart.lock are
    /// written anew; a file whose time of change is not known gets `now`.
    ///
    /// # Errors
    /// Metadata that are not valid, a schema that is not JSON.
    pub fn pack(&self, now: Time) -> Result<Vec<u8>, PackError> {
        let metadata = self.metadata.clone();
        metadata.validate().map_err(PackError::Invalid)?;
        let gzip = GzBuilder::new()
            .extra(EXTRA)
            .comment(COMMENT)
            .operating_system(255)
            .write(Vec::new(), Compression::default());
        let mut tar = TarWriter::new(gzip);
        self.write_to(&mut tar, "", now)?;
        let mut gzip = tar.finish()?;
        gzip.flush()?;
        Ok(gzip.finish()?)
    }

    /// Gives every file one time of change, so that packing the chart twice gives the same bytes.
    pub fn stamp(&mut self, time: Time) {
        self.modtime = time;
        self.schema_modtime = time;
        if let Some(lock) = &mut self.lock {
            lock.generated = time;
        }
        let files = self.raw.iter_mut().chain(&mut self.templates);
        for file in files.chain(&mut self.files) {
            file.modtime = time;
        }
        for child in &mut self.dependencies {
            child.stamp(time);
        }
    }

    /// The text of Chart.yaml as Helm writes it. A chart of version 1 has its dependencies in a
    /// file of their own.
    ///
    /// # Errors
    /// A text that YAML cannot hold.
    pub fn chart_yaml(&self) -> Result<String, String> {
        let mut metadata = self.metadata.clone();
        if metadata.api_version == "v1" {
            metadata.dependencies.clear();
        }
        metadata.to_yaml()
    }

    fn write_to<W: io::Write>(
        &self,
        tar: &mut TarWriter<W>,
        prefix: &str,
        now: Time,
    ) -> Result<(), PackError> {
        let name = self.name();
        if name.contains('/') || matches!(name, "" | "..") {
            return Err(PackError::Name(name.to_owned()));
        }
        let base = format!("{prefix}{name}");
        let mut write = |path: &str, data: &[u8], modtime: Time| {
            let modtime = if modtime.is_zero() { now } else { modtime };
            tar.file(&format!("{base}/{path}"), data, modtime)
        };
        let chart_yaml = self.chart_yaml().map_err(PackError::Yaml)?;
        write("Chart.yaml", chart_yaml.as_bytes(), self.modtime)?;
        if let Some(lock) = &self.lock
            && self.metadata.api_version == "v2"
        {
            let text = lock.to_yaml().map_err(PackError::Yaml)?;
            write("Chart.lock", text.as_bytes(), lock.generated)?;
        }
        for file in self.raw.iter().filter(|file| file.name == "values.yaml") {
            write("values.yaml", &file.data, file.modtime)?;
        }
        if let Some(schema) = &self.schema {
            serde_json::from_slice::<serde::de::IgnoredAny>(schema)
                .map_err(|_| PackError::Schema)?;
            write("values.schema.json", schema, self.schema_modtime)?;
        }
        for file in self.templates.iter().chain(&self.files) {
            write(&file.name, &file.data, file.modtime)?;
        }
        for child in &self.dependencies {
            child.write_to(tar, &format!("{base}/charts/"), now)?;
        }
        Ok(())
    }
}

impl Metadata {
    /// The metadata as Helm writes them.
    ///
    /// # Errors
    /// A text that YAML cannot hold.
    pub fn to_yaml(&self) -> Result<String, String> {
        to_yaml(self)
    }
}

impl Lock {
    /// The lock as Helm writes it.
    ///
    /// # Errors
    /// A text that YAML cannot hold.
    pub fn to_yaml(&self) -> Result<String, String> {
        to_yaml(self)
    }
}

/// YAML by way of JSON, so that keys are sorted: `sigs.k8s.io/yaml.Marshal`.
fn to_yaml<T: serde::Serialize>(value: &T) -> Result<String, String> {
    let json = goval::json::to_string(value).map_err(|error| error.to_string())?;
    let value = goval::json::decode(json.as_bytes()).map_err(|error| error.to_string())?;
    goval::yaml::encode(&value).map_err(|error| error.to_string())
}
