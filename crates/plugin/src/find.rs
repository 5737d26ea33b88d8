//! Finding installed plugins.

use std::path::{Path, PathBuf};

use chart::Event;
use goval::strconv::quote;

use crate::program::module_in;
use crate::{Kind, Metadata, Runtime};

/// An installed plugin.
#[derive(Clone, Debug)]
pub struct Plugin {
    /// Its directory.
    pub directory: PathBuf,
    /// What it is.
    pub metadata: Metadata,
}

/// The plugin in a directory.
///
/// # Errors
/// There is none, or its manifest is wrong.
pub fn load(directory: &Path) -> Result<Plugin, String> {
    let file = directory.join("plugin.yaml");
    let shown = |path: &Path| quote(path.as_os_str().as_encoded_bytes());
    let text = std::fs::read(&file).map_err(|error| {
        let why = gostd::os::read_error(&file, &error);
        format!("failed to read plugin at {}: {why}", shown(&file))
    })?;
    let metadata = Metadata::parse(&text)
        .map_err(|why| format!("failed to load plugin {}: {why}", shown(directory)))?;
    if let Runtime::Extism(_) = metadata.runtime {
        module_in(directory)?;
    }
    Ok(Plugin {
        directory: directory.to_path_buf(),
        metadata,
    })
}

/// The plugins in the folders of some directories, or those of one kind. One that cannot be read is
/// left out, with a warning.
///
/// # Errors
/// Two plugins of one name in one directory.
pub fn find(
    directories: &[PathBuf],
    kind: Option<Kind>,
    events: &mut Vec<Event>,
) -> Result<Vec<Plugin>, String> {
    let mut found: Vec<Plugin> = Vec::new();
    for directory in directories {
        let here = found.len();
        for folder in folders(directory) {
            let plugin = match load(&folder) {
                Ok(plugin) => plugin,
                Err(why) => {
                    let file = folder.join("plugin.yaml");
                    events.push(
                        Event::warn("failed to load plugin (ignoring)")
                            .with("plugin_yaml", file.to_string_lossy())
                            .with("error", why),
                    );
                    continue;
                }
            };
            let name = &plugin.metadata.name;
            let twin = found[here..].iter().find(|p| p.metadata.name == *name);
            if let Some(twin) = twin {
                let [first, second] = [&twin.directory, &plugin.directory]
                    .map(|path| quote(path.as_os_str().as_encoded_bytes()));
                let name = quote(name);
                return Err(format!(
                    "two plugins claim the name {name} at {first} and {second}"
                ));
            }
            found.push(plugin);
        }
    }
    found.retain(|plugin| kind.is_none_or(|kind| plugin.metadata.kind == kind));
    Ok(found)
}

/// The plugin of that name and kind: of several the first (Helm's `FindPlugin`).
///
/// # Errors
/// As [`find`], and if there is none.
pub fn find_named(
    directories: &[PathBuf],
    name: &str,
    kind: Kind,
    events: &mut Vec<Event>,
) -> Result<Plugin, String> {
    let mut found = find(directories, Some(kind), events)?.into_iter();
    found
        .find(|plugin| plugin.metadata.name == name)
        .ok_or_else(|| format!("plugin: {{Name:{name} Type:{kind}}} not found"))
}

/// The folders of a directory that have a manifest, sorted by name.
fn folders(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| directory.join(entry.file_name()))
        .filter(|folder| folder.join("plugin.yaml").exists())
        .collect();
    folders.sort();
    folders
}
