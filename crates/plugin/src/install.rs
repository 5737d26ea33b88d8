//! Installing plugins from directories, and removing them.

use std::fs;
use std::path::{Path, PathBuf};

use chart::Event;

use crate::{Env, Plugin, load, run_hook};

/// Makes the plugin in a directory an installed one: a link leads there, so that changes show at
/// once.
///
/// # Errors
/// No plugin there, or one of its name installed already.
pub fn install_directory(
    source: &Path,
    plugins: &Path,
    env: &Env,
    events: &mut Vec<Event>,
) -> Result<Plugin, String> {
    let source = std::path::absolute(source)
        .map_err(|error| format!("unable to get absolute path to plugin: {error}"))?;
    let target = plugins.join(source.file_name().unwrap_or_default());
    let failed = |error: std::io::Error| error.to_string();
    fs::create_dir_all(plugins).map_err(failed)?;
    if target.exists() {
        events.push(
            Event::warn("plugin already exists")
                .with("path", target.to_string_lossy())
                .with("error", "<nil>"),
        );
        return Err("plugin already exists".to_owned());
    }
    if !source.is_dir() {
        return Err(
            "expected plugin to be a directory (containing a file 'plugin.yaml')".to_owned(),
        );
    }
    if !source.join("plugin.yaml").exists() {
        return Err("plugin metadata (plugin.yaml) missing".to_owned());
    }
    link(&source, &target)
        .map_err(|error| format!("symlink {} {}: {error}", source.display(), target.display()))?;
    let plugin = load(&target).map_err(|why| format!("plugin is installed but unusable: {why}"))?;
    run_hook(&plugin, "install", env).map_err(|error| error.to_string())?;
    Ok(plugin)
}

#[cfg(unix)]
pub(crate) fn link(source: &Path, target: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(source, target)
}

#[cfg(windows)]
pub(crate) fn link(source: &Path, target: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(source, target)
}

/// Removes an installed plugin: its directory or link, and the archive that it came from.
///
/// # Errors
/// What the operating system reports, and a hook that fails.
pub fn uninstall(plugin: &Plugin, plugins: &Path, env: &Env) -> Result<(), String> {
    let directory = &plugin.directory;
    let is_link = fs::symlink_metadata(directory).is_ok_and(|info| info.is_symlink());
    let removed = if is_link {
        fs::remove_file(directory)
    } else {
        fs::remove_dir_all(directory)
    };
    removed.map_err(|error| error.to_string())?;
    if !plugin.metadata.version.is_empty() {
        let archive = archive_of(plugin, plugins);
        let _ = fs::remove_file(archive.with_added_extension("prov"));
        let _ = fs::remove_file(archive);
    }
    run_hook(plugin, "delete", env).map_err(|error| error.to_string())
}

/// The archive that an installed plugin came from, if it came from one.
pub fn archive_of(plugin: &Plugin, plugins: &Path) -> PathBuf {
    let metadata = &plugin.metadata;
    plugins.join(format!("{}-{}.tgz", metadata.name, metadata.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_installed_as_a_link_and_removed() {
        let home = tempfile::tempdir().unwrap();
        let source = home.path().join("mine");
        let plugins = home.path().join("plugins");
        fs::create_dir_all(&source).unwrap();
        let yaml = "name: mine\nversion: 1.0.0\ncommand: echo\n";
        let env = Env::new();
        let mut events = Vec::new();
        let error = install_directory(&source, &plugins, &env, &mut events).unwrap_err();
        assert_eq!(error, "plugin metadata (plugin.yaml) missing");
        fs::write(source.join("plugin.yaml"), yaml).unwrap();
        let plugin = install_directory(&source, &plugins, &env, &mut events).unwrap();
        let error = install_directory(&source, &plugins, &env, &mut events).unwrap_err();
        assert_eq!(error, "plugin already exists");
        uninstall(&plugin, &plugins, &env).unwrap();
        assert!(source.join("plugin.yaml").exists());
        assert!(!plugins.join("mine").exists());
    }
}
