//! plugin.yaml, in both of its generations.

use std::collections::BTreeMap;
use std::fmt;

use chart::Fitted;
use gostd::semver::Version;
use goval::strconv::quote;
use goval::{Map, Shape, Value};

use crate::PlatformCommand;
use crate::shapes::{
    BASE, CLI_CONFIG, EMPTY_CONFIG, EXTISM, GETTER_CONFIG, NEWER, OLDER, SUBPROCESS,
};

/// What a plugin is and how it is run.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// `v1`, or `legacy` for the older form without an apiVersion.
    pub api_version: String,
    /// What it is called.
    pub name: String,
    /// Its version; a plugin of the older form may have none.
    pub version: String,
    /// What it is for.
    pub kind: Kind,
    /// Where it comes from.
    pub source_url: String,
    /// The usage line of its command.
    pub usage: String,
    /// One line about its command.
    pub short_help: String,
    /// The help of its command.
    pub long_help: String,
    /// Whether its command gets no arguments.
    pub ignore_flags: bool,
    /// The schemes that it downloads.
    pub protocols: Vec<String>,
    /// How it is run.
    pub runtime: Runtime,
}

/// What a plugin is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A command.
    Cli,
    /// Downloading.
    Getter,
    /// Reworking of manifests.
    PostRenderer,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Cli => "cli/v1",
            Kind::Getter => "getter/v1",
            Kind::PostRenderer => "postrenderer/v1",
        })
    }
}

/// How a plugin is run.
#[derive(Clone, Debug)]
pub enum Runtime {
    /// As a child process.
    Subprocess(Subprocess),
    /// As WebAssembly.
    Extism(Extism),
}

/// What a plugin of WebAssembly may do and use.
#[derive(Clone, Debug, Default)]
pub struct Extism {
    /// The function that is called; empty for Helm's usual one.
    pub entry: String,
    /// The hosts that it may speak with, `*` standing for any part of a name.
    pub allowed_hosts: Vec<String>,
    /// What it is told when it asks for its configuration.
    pub config: BTreeMap<String, String>,
    /// Whether it has a folder of its own at `/tmp`.
    pub has_folder: bool,
    /// The functions of Helm that it asks for; there are none.
    pub host_functions: Vec<String>,
    /// The largest answer of a server; 0 for the usual limit.
    pub max_answer: i64,
    /// The most pages of memory; 0 for the usual limit.
    pub max_pages: i64,
    /// The most that its variables may hold; 0 for the usual limit.
    pub max_variables: i64,
    /// After how many milliseconds it is ended; 0 for never.
    pub timeout: i64,
}

/// The commands of a plugin that is a child process.
#[derive(Clone, Debug, Default)]
pub struct Subprocess {
    /// What it is run with, by platform.
    pub commands: Vec<PlatformCommand>,
    /// What runs when it is installed, updated or deleted.
    pub hooks: BTreeMap<String, Vec<PlatformCommand>>,
    /// Whether variables in the arguments of hooks are expanded.
    pub expand_hooks: bool,
    /// What it is run with to download, by the schemes that each is for.
    pub protocols: Vec<(Vec<String>, Vec<PlatformCommand>)>,
}

impl Metadata {
    /// Reads a plugin.yaml.
    ///
    /// # Errors
    /// What is not YAML, has a field that is wrong or, in the newer form, one that does not exist.
    pub fn parse(yaml: &[u8]) -> Result<Metadata, String> {
        let base = goval::yaml::decode_shaped(yaml, &BASE, false)
            .map_err(|error| format!("failed to peek plugin.yaml API version: {error}"))?;
        match Fitted::from(base).text("apiVersion").as_str() {
            "" => older(yaml),
            "v1" => newer(yaml),
            other => Err(format!("invalid plugin apiVersion: {}", quote(other))),
        }
    }
}

fn read(yaml: &[u8], shape: &Shape, strict: bool) -> Result<Fitted, String> {
    let value = goval::yaml::decode_shaped(yaml, shape, strict);
    value.map(Fitted::from).map_err(|error| error.to_string())
}

fn newer(yaml: &[u8]) -> Result<Metadata, String> {
    let fields = read(yaml, &NEWER, true)?;
    let (name, version) = (fields.text("name"), fields.text("version"));
    if !is_name(&name) {
        return Err("invalid plugin `name`".to_owned());
    }
    if version.is_empty() {
        return Err("plugin `version` is required".to_owned());
    }
    if Version::parse_strict(&version).is_err() {
        let version = quote(&version);
        return Err(format!(
            "invalid plugin `version` {version}: must be valid semver"
        ));
    }
    for required in ["type", "runtime"] {
        if fields.text(required).is_empty() {
            return Err(format!("`{required}` missing"));
        }
    }
    let kind = match fields.text("type").as_str() {
        "cli/v1" => Kind::Cli,
        "getter/v1" => Kind::Getter,
        "postrenderer/v1" => Kind::PostRenderer,
        other => return Err(format!("unknown plugin type {}", quote(other))),
    };
    let config = config(kind, fields.map("config"))?;
    let protocols = config.texts("protocols");
    if kind == Kind::Getter {
        check_protocols(&protocols)?;
    }
    let runtime = match fields.text("runtime").as_str() {
        "subprocess" => Runtime::Subprocess(subprocess(fields.map("runtimeConfig"))?),
        "extism/v1" => Runtime::Extism(extism(fields.map("runtimeConfig"))?),
        other => {
            let other = quote(other);
            return Err(format!(
                "failed to convert MetadataV1 to Metadata: unsupported plugin runtime type: {other}"
            ));
        }
    };
    Ok(Metadata {
        api_version: "v1".to_owned(),
        name,
        version,
        kind,
        source_url: fields.text("sourceURL"),
        usage: config.text("usage"),
        short_help: config.text("shortHelp"),
        long_help: config.text("longHelp"),
        ignore_flags: config.flag("ignoreFlags"),
        protocols,
        runtime,
    })
}

/// The part of the manifest that depends on what the plugin is for.
fn config(kind: Kind, given: Option<Map>) -> Result<Fitted, String> {
    let shape = match kind {
        Kind::Cli => &CLI_CONFIG,
        Kind::Getter => &GETTER_CONFIG,
        Kind::PostRenderer => &EMPTY_CONFIG,
    };
    let yaml = goval::yaml::encode(&Value::Map(given.unwrap_or_default()));
    let yaml = yaml.map_err(|error| error.to_string())?;
    read(yaml.as_bytes(), shape, true)
        .map_err(|why| format!("failed to convert MetadataV1 to Metadata: {why}"))
}

fn check_protocols(protocols: &[String]) -> Result<(), String> {
    if protocols.is_empty() {
        return Err("config validation failed: getter has no protocols".to_owned());
    }
    match protocols.iter().position(String::is_empty) {
        None => Ok(()),
        Some(at) => Err(format!(
            "config validation failed: getter has empty protocol at index {at}"
        )),
    }
}

fn subprocess(given: Option<Map>) -> Result<Subprocess, String> {
    let yaml = goval::yaml::encode(&Value::Map(given.unwrap_or_default()));
    let fields = yaml
        .map_err(|error| error.to_string())
        .and_then(|yaml| read(yaml.as_bytes(), &SUBPROCESS, false))
        .map_err(|why| {
            format!(
                "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for subprocess runtime: {why}"
            )
        })?;
    let protocols = fields.objects("protocolCommands").into_iter().flatten();
    Ok(Subprocess {
        commands: commands(&fields, "platformCommand"),
        hooks: hooks(&fields),
        expand_hooks: true,
        protocols: protocols
            .map(|entry| {
                (
                    entry.texts("protocols"),
                    commands(&entry, "platformCommand"),
                )
            })
            .collect(),
    })
}

fn extism(given: Option<Map>) -> Result<Extism, String> {
    let yaml = goval::yaml::encode(&Value::Map(given.unwrap_or_default()));
    let fields = yaml
        .map_err(|error| error.to_string())
        .and_then(|yaml| read(yaml.as_bytes(), &EXTISM, false))
        .map_err(|why| {
            format!(
                "failed to convert MetadataV1 to Metadata: failed to unmarshal runtimeConfig for extism/v1 runtime: {why}"
            )
        })?;
    let memory = fields.object("memory");
    Ok(Extism {
        entry: fields.text("entryFuncName"),
        allowed_hosts: fields.texts("allowedHosts"),
        config: fields.text_map("config"),
        has_folder: fields.object("fileSystem").flag("createTempDir"),
        host_functions: fields.texts("hostFunctions"),
        max_answer: memory.integer("maxHttpResponseBytes"),
        max_pages: memory.integer("maxPages"),
        max_variables: memory.integer("maxVarBytes"),
        timeout: fields.integer("timeout"),
    })
}

fn older(yaml: &[u8]) -> Result<Metadata, String> {
    let fields = read(yaml, &OLDER, false)?;
    let (name, version) = (fields.text("name"), fields.text("version"));
    if !is_name(&name) {
        let name = quote(&name);
        return Err(format!(
            "invalid plugin name {name}: must contain only a-z, A-Z, 0-9, _ and -"
        ));
    }
    if !version.is_empty() && Version::parse_strict(&version).is_err() {
        let version = quote(&version);
        return Err(format!(
            "invalid plugin version {version}: must be valid semver"
        ));
    }
    let mut commands = commands(&fields, "platformCommand");
    let command = fields.text("command");
    if !commands.is_empty() && !command.is_empty() {
        return Err("both platformCommand and command are set".to_owned());
    }
    if commands.is_empty() && !command.is_empty() {
        commands.push(PlatformCommand::everywhere(&command, &[]));
    }
    let mut platform_hooks = hooks(&fields);
    let shell_hooks = fields.text_map("hooks");
    if !platform_hooks.is_empty() && !shell_hooks.is_empty() {
        return Err("both platformHooks and hooks are set".to_owned());
    }
    let expand_hooks = shell_hooks.is_empty();
    for (event, script) in shell_hooks {
        let command = PlatformCommand::everywhere("sh", &["-c", &script]);
        platform_hooks.insert(event, vec![command]);
    }
    let downloaders = downloaders(&fields)?;
    Ok(Metadata {
        api_version: "legacy".to_owned(),
        name,
        version,
        kind: if downloaders.is_empty() {
            Kind::Cli
        } else {
            Kind::Getter
        },
        source_url: String::new(),
        usage: String::new(),
        short_help: printable(&fields.text("usage")),
        long_help: fields.text("description"),
        ignore_flags: fields.flag("ignoreFlags"),
        protocols: downloaders.iter().flat_map(|(p, _)| p.clone()).collect(),
        runtime: Runtime::Subprocess(Subprocess {
            commands,
            hooks: platform_hooks,
            expand_hooks,
            protocols: downloaders,
        }),
    })
}

type Downloaders = Vec<(Vec<String>, Vec<PlatformCommand>)>;

fn downloaders(fields: &Fitted) -> Result<Downloaders, String> {
    let given = fields.objects("downloaders").into_iter().flatten();
    given
        .enumerate()
        .map(|(at, entry)| {
            let (command, protocols) = (entry.text("command"), entry.texts("protocols"));
            if command.is_empty() {
                return Err(format!("downloader {at} has empty command"));
            }
            if protocols.is_empty() {
                return Err(format!("downloader {at} has no protocols"));
            }
            if let Some(empty) = protocols.iter().position(String::is_empty) {
                return Err(format!(
                    "downloader {at} has empty protocol at index {empty}"
                ));
            }
            let command = PlatformCommand::everywhere(&command, &[]);
            Ok((protocols, vec![command]))
        })
        .collect()
}

fn commands(fields: &Fitted, key: &str) -> Vec<PlatformCommand> {
    let given = fields.objects(key).into_iter().flatten();
    given
        .map(|entry| PlatformCommand {
            os: entry.text("os"),
            arch: entry.text("arch"),
            command: entry.text("command"),
            args: entry.texts("args"),
        })
        .collect()
}

fn hooks(fields: &Fitted) -> BTreeMap<String, Vec<PlatformCommand>> {
    let hooks = fields.object("platformHooks");
    let events = fields.map("platformHooks").map(|map| map.keys());
    let events = events.unwrap_or_default().into_iter();
    events
        .map(|event| event.to_str_lossy().into_owned())
        .map(|event| (event.clone(), commands(&hooks, &event)))
        .collect()
}

fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    !name.is_empty() && name.chars().all(allowed)
}

/// Every kind of space becomes a plain one, what does not print goes.
fn printable(text: &str) -> String {
    let chars = text.chars();
    chars
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| goval::strconv::is_print(c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(yaml: &str) -> String {
        Metadata::parse(yaml.as_bytes()).unwrap_err()
    }

    #[test]
    fn the_newer_form_is_strict() {
        let yaml = "apiVersion: v1\nname: x\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\n\
                    config: {shortHelp: hi}\nruntimeConfig:\n  platformCommand:\n  - command: $X\n";
        let metadata = Metadata::parse(yaml.as_bytes()).unwrap();
        assert_eq!(
            (metadata.kind, metadata.short_help.as_str()),
            (Kind::Cli, "hi")
        );
        assert!(error(&format!("{yaml}more: 1\n")).contains("unknown field \"more\""));
        assert_eq!(
            error("apiVersion: v1\nname: x\ntype: cli/v1\nruntime: subprocess"),
            "plugin `version` is required"
        );
        assert_eq!(error("apiVersion: v2"), "invalid plugin apiVersion: \"v2\"");
    }

    #[test]
    fn the_older_form_has_commands_as_text() {
        let yaml =
            "name: x\nusage: \"a\\tb\"\ncommand: $HELM_PLUGIN_DIR/x\nhooks: {install: echo}\n";
        let metadata = Metadata::parse(yaml.as_bytes()).unwrap();
        assert_eq!(
            (metadata.kind, metadata.short_help.as_str()),
            (Kind::Cli, "a b")
        );
        let Runtime::Subprocess(process) = metadata.runtime else {
            panic!("not a child process");
        };
        assert_eq!(process.commands[0].command, "$HELM_PLUGIN_DIR/x");
        assert_eq!(process.hooks["install"][0].args, ["-c", "echo"]);
        let yaml = "name: x\ndownloaders: [{command: get, protocols: [s3]}]";
        assert_eq!(Metadata::parse(yaml.as_bytes()).unwrap().kind, Kind::Getter);
        assert_eq!(
            error("name: x\ncommand: a\nplatformCommand: [{command: b}]"),
            "both platformCommand and command are set"
        );
    }
}
