//! From files to a chart with its subcharts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use goval::Map;

use crate::archive::{ArchiveError, unpack};
use crate::draft::{Draft, Duplicates, read_lock};
use crate::{Chart, Event, File, load_values};

/// A chart and what is worth saying about how it was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The chart.
    pub chart: Chart,
    /// Warnings and notes, in the order in which they arose.
    pub events: Vec<Event>,
}

impl Loaded {
    /// The same chart, if it is of a format that can be installed. Helm reads all formats, and gives
    /// up on the newest one after it was read.
    ///
    /// # Errors
    /// [`LoadError::FutureVersion`].
    pub fn installable(self) -> Result<Loaded, LoadError> {
        if self.chart.metadata.api_version == "v3" {
            return Err(LoadError::FutureVersion);
        }
        Ok(self)
    }
}

/// Why files are not a chart. The texts are Helm's.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no Chart.yaml.
    #[error("Chart.yaml file is missing")]
    NoChartYaml,
    /// A file of the chart cannot be read; the file and the reason.
    #[error("cannot load {0}: {1}")]
    File(&'static str, String),
    /// Chart.yaml says what it may not say.
    #[error("validation: {0}")]
    Invalid(String),
    /// Chart.yaml has an `apiVersion` that does not exist.
    #[error("unsupported chart version")]
    UnsupportedVersion,
    /// Chart.yaml has the `apiVersion` of a format that cannot be installed yet.
    #[error("invalid chart apiVersion")]
    FutureVersion,
    /// A subchart is broken.
    #[error("error unpacking subchart {file} in {parent}: {source}")]
    Subchart {
        /// Its folder or archive under `charts/`.
        file: String,
        /// Name of the chart it belongs to.
        parent: String,
        /// What is wrong with it.
        source: Box<LoadError>,
    },
    /// A folder under `charts/` has the name of an archive.
    #[error("error unpacking subchart tar in {parent}: expected {expected}, got {found}")]
    SubchartFolder {
        /// Name of the chart it belongs to.
        parent: String,
        /// The name of the archive.
        expected: String,
        /// The file that was found.
        found: String,
    },
    /// An archive is broken.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Subcharts within subcharts without end.
    #[error("subcharts are nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// Archives within archives without end.
    #[error("the archives in the chart are larger than {MAX_UNPACKED} bytes when unpacked")]
    TooLarge,
}

/// No chart of this world nests as deep; an archive that contains itself does.
const MAX_DEPTH: usize = 64;
/// What all archives inside one chart may unpack to together, in bytes.
const MAX_UNPACKED: u64 = 1 << 30;

impl Chart {
    /// Reads a chart from its files, subcharts included.
    ///
    /// Paths are relative to the chart's folder, with slashes. The files keep their order.
    ///
    /// # Errors
    /// The first thing that Helm would refuse, in Helm's words.
    pub fn load(files: Vec<File>) -> Result<Loaded, LoadError> {
        Loader::default().finish(files)
    }

    /// Reads a packed chart.
    ///
    /// # Errors
    /// The first thing that Helm would refuse, in Helm's words.
    pub fn load_archive(bytes: &[u8]) -> Result<Loaded, LoadError> {
        Chart::load(unpack(bytes)?)
    }
}

/// Reads one chart. Its subcharts get loaders of their own.
#[derive(Default)]
struct Loader {
    events: Vec<Event>,
    depth: usize,
    /// How many bytes came out of archives, in all charts together.
    unpacked: Arc<AtomicU64>,
}

impl Loader {
    fn finish(mut self, files: Vec<File>) -> Result<Loaded, LoadError> {
        let chart = self.chart(files)?;
        Ok(Loaded {
            chart,
            events: self.events,
        })
    }

    fn chart(&mut self, files: Vec<File>) -> Result<Chart, LoadError> {
        let mut chart = Chart::default();
        let mut draft = None;
        for file in files.iter().filter(|file| file.name == "Chart.yaml") {
            let draft = draft.get_or_insert_with(Draft::default);
            draft.merge("Chart.yaml", &file.data)?;
            if draft.metadata.api_version.is_empty() {
                draft.metadata.api_version = "v1".to_owned();
            }
            chart.modtime = file.modtime;
        }
        let mut subcharts: BTreeMap<String, Vec<File>> = BTreeMap::new();
        for file in &files {
            self.sort_in(file, &mut chart, &mut draft, &mut subcharts)?;
        }
        chart.raw = files;
        chart.metadata = draft
            .ok_or(LoadError::NoChartYaml)?
            .finish(Duplicates::Refused)?;
        subcharts.retain(|name, _| !name.starts_with(['_', '.']));
        chart.dependencies = self.subcharts(&chart, subcharts.into_iter().collect())?;
        Ok(chart)
    }

    /// Reads all subcharts; those of the root chart side by side.
    fn subcharts(
        &mut self,
        parent: &Chart,
        subcharts: Vec<(String, Vec<File>)>,
    ) -> Result<Vec<Chart>, LoadError> {
        let bytes = |files: &[File]| files.iter().map(|file| file.data.len()).sum();
        let loaded = parallel::map(
            &subcharts,
            |(_, files)| if self.depth == 0 { bytes(files) } else { 0 },
            |(name, files)| {
                let mut loader = Loader {
                    events: Vec::new(),
                    depth: self.depth + 1,
                    unpacked: Arc::clone(&self.unpacked),
                };
                let child = loader.subchart(name, files, parent);
                (child, loader.events)
            },
        );
        let mut charts = Vec::with_capacity(loaded.len());
        for (child, events) in loaded {
            self.events.extend(events);
            charts.push(child?);
        }
        Ok(charts)
    }

    /// Puts a file where it belongs.
    fn sort_in(
        &mut self,
        file: &File,
        chart: &mut Chart,
        draft: &mut Option<Draft>,
        subcharts: &mut BTreeMap<String, Vec<File>>,
    ) -> Result<(), LoadError> {
        match file.name.as_str() {
            "Chart.yaml" => {}
            "Chart.lock" => chart.lock = Some(read_lock("Chart.lock", &file.data)?),
            "values.yaml" => {
                let values = load_values(&file.data);
                let values = values.map_err(|reason| LoadError::File("values.yaml", reason))?;
                chart.values = Some(values);
            }
            "values.schema.json" => {
                chart.schema = Some(file.data.clone());
                chart.schema_modtime = file.modtime;
            }
            "requirements.yaml" => {
                let draft = draft.get_or_insert_with(Draft::default);
                let is_v1 = self.is_v1(draft, DEPENDENCIES_MOVED);
                draft.merge("requirements.yaml", &file.data)?;
                if is_v1 {
                    chart.files.push(file.clone());
                }
            }
            "requirements.lock" => {
                chart.lock = Some(read_lock("requirements.lock", &file.data)?);
                let draft = draft.get_or_insert_with(Draft::default);
                if self.is_v1(draft, LOCK_MOVED) {
                    chart.files.push(file.clone());
                }
            }
            name if name.starts_with("templates/") => chart.templates.push(file.clone()),
            name => match name.strip_prefix("charts/") {
                Some(path) if !name.ends_with(".prov") => {
                    let top = path.split('/').next().unwrap_or(path);
                    let mut file = file.clone();
                    file.name = path.to_owned();
                    subcharts.entry(top.to_owned()).or_default().push(file);
                }
                _ => chart.files.push(file.clone()),
            },
        }
        Ok(())
    }

    /// Whether the old files for dependencies are in order; warns where they are not.
    fn is_v1(&mut self, draft: &Draft, warning: &str) -> bool {
        let is_v1 = draft.metadata.api_version == "v1";
        if !is_v1 {
            self.events.push(Event::info(warning));
        }
        is_v1
    }

    fn subchart(&mut self, name: &str, files: &[File], parent: &Chart) -> Result<Chart, LoadError> {
        if self.depth > MAX_DEPTH {
            return Err(LoadError::TooDeep);
        }
        let child = if name.ends_with(".tgz") {
            match files.first() {
                Some(file) if file.name == name => self.packed(file),
                found => {
                    return Err(LoadError::SubchartFolder {
                        parent: parent.name().to_owned(),
                        expected: name.to_owned(),
                        found: found.map(|file| file.name.clone()).unwrap_or_default(),
                    });
                }
            }
        } else {
            self.chart(files.iter().filter_map(below).collect())
        };
        child.map_err(|source| LoadError::Subchart {
            file: name.to_owned(),
            parent: parent.name().to_owned(),
            source: Box::new(source),
        })
    }

    fn packed(&mut self, archive: &File) -> Result<Chart, LoadError> {
        let files = unpack(&archive.data)?;
        let bytes: u64 = files.iter().map(|file| file.data.len() as u64).sum();
        if self.unpacked.fetch_add(bytes, Ordering::Relaxed) + bytes > MAX_UNPACKED {
            return Err(LoadError::TooLarge);
        }
        self.chart(files)
    }
}

/// The file with the first element of its path removed; `None` if there is only one.
fn below(file: &File) -> Option<File> {
    let (_, rest) = file.name.split_once('/')?;
    Some(File {
        name: rest.to_owned(),
        ..file.clone()
    })
}

const DEPENDENCIES_MOVED: &str = "Warning: Dependencies are handled in Chart.yaml since apiVersion \
     \"v2\". We recommend migrating dependencies to Chart.yaml.";
const LOCK_MOVED: &str = "Warning: Dependency locking is handled in Chart.lock since apiVersion \
     \"v2\". We recommend migrating to Chart.lock.";

/// Merges two trees of values: maps are merged key by key, anything else of the second one wins,
/// null included.
///
/// Neither tree is changed. The result shares what it did not have to merge.
pub fn merge_maps(base: &Map, over: &Map) -> Map {
    let merged = base.shallow_copy();
    for (key, value) in over.entries() {
        let both = value.as_map().cloned().zip(merged.get(&key));
        match both {
            Some((over, goval::Value::Map(base))) => {
                merged.insert(key, merge_maps(&base, &over));
            }
            _ => {
                merged.insert(key, value);
            }
        }
    }
    merged
}
