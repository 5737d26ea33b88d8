//! A manifest as provenance files of plugins have it.

use goval::{List, Map, Str, Value};

use crate::{Extism, Kind, Metadata, PlatformCommand, Runtime, Subprocess};

impl Metadata {
    /// The YAML that stands in the provenance file of a plugin: Helm's own view of the manifest.
    ///
    /// # Errors
    /// A text that YAML cannot hold.
    pub fn to_yaml(&self) -> Result<String, String> {
        let config = match self.kind {
            Kind::Cli => map([
                ("IgnoreFlags", Value::Bool(self.ignore_flags)),
                ("LongHelp", text(&self.long_help)),
                ("ShortHelp", text(&self.short_help)),
                ("Usage", text(&self.usage)),
            ]),
            Kind::Getter => map([("Protocols", texts(&self.protocols))]),
            Kind::PostRenderer => map([]),
        };
        let (runtime, runtime_config) = match &self.runtime {
            Runtime::Subprocess(process) => ("subprocess", subprocess(process)),
            Runtime::Extism(extism) => ("extism/v1", web_assembly(extism)),
        };
        let whole = map([
            ("APIVersion", text(&self.api_version)),
            ("Config", config),
            ("Name", text(&self.name)),
            ("Runtime", text(runtime)),
            ("RuntimeConfig", runtime_config),
            ("SourceURL", text(&self.source_url)),
            ("Type", text(&self.kind.to_string())),
            ("Version", text(&self.version)),
        ]);
        goval::yaml::encode(&whole).map_err(|error| error.to_string())
    }
}

fn subprocess(process: &Subprocess) -> Value {
    let hooks = process.hooks.iter();
    let hooks: Map = hooks
        .map(|(event, all)| (Str::from(event.as_str()), commands(all)))
        .collect();
    let protocols = process.protocols.iter().map(|(protocols, all)| {
        map([
            ("PlatformCommand", commands(all)),
            ("Protocols", texts(protocols)),
        ])
    });
    map([
        ("PlatformCommand", commands(&process.commands)),
        (
            "PlatformHooks",
            match process.hooks.is_empty() {
                true => Value::Nil,
                false => Value::Map(hooks),
            },
        ),
        ("ProtocolCommands", list(protocols.collect())),
    ])
}

fn web_assembly(extism: &Extism) -> Value {
    let number = |number: i64| Value::int64(number);
    let config = extism.config.iter();
    let config: Map = config
        .map(|(key, value)| (Str::from(key.as_str()), text(value)))
        .collect();
    map([
        ("AllowedHosts", texts(&extism.allowed_hosts)),
        (
            "Config",
            match extism.config.is_empty() {
                true => Value::Nil,
                false => Value::Map(config),
            },
        ),
        ("EntryFuncName", text(&extism.entry)),
        (
            "FileSystem",
            map([("CreateTempDir", Value::Bool(extism.has_folder))]),
        ),
        ("HostFunctions", texts(&extism.host_functions)),
        (
            "Memory",
            map([
                ("MaxHTTPResponseBytes", number(extism.max_answer)),
                ("MaxPages", number(extism.max_pages)),
                ("MaxVarBytes", number(extism.max_variables)),
            ]),
        ),
        ("Timeout", number(extism.timeout)),
    ])
}

fn commands(commands: &[PlatformCommand]) -> Value {
    let commands = commands.iter().map(|command| {
        map([
            ("Architecture", text(&command.arch)),
            ("Args", texts(&command.args)),
            ("Command", text(&command.command)),
            ("OperatingSystem", text(&command.os)),
        ])
    });
    list(commands.collect())
}

/// A list; one without elements is null, as Go's slices are that nobody has filled.
fn list(items: Vec<Value>) -> Value {
    match items.is_empty() {
        true => Value::Nil,
        false => Value::List(List::new(items)),
    }
}

fn texts(texts: &[String]) -> Value {
    list(texts.iter().map(|item| text(item)).collect())
}

fn text(text: &str) -> Value {
    Value::str(text)
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let entries = entries.into_iter();
    let map: Map = entries
        .map(|(key, value)| (Str::from(key), value))
        .collect();
    Value::Map(map)
}
