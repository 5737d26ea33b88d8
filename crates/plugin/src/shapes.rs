//! The Go types that plugin.yaml is read into.

use goval::{ListShape, MapShape, Shape, StructShape};

pub(crate) const BASE: Shape = Shape::Struct(&StructShape {
    go_type: "plugin.apiVersion",
    fields: &[("apiVersion", Shape::Str)],
});

const ANY_MAP: Shape = Shape::Map(&MapShape {
    go_type: "map[string]interface {}",
    elem: Shape::Any,
});

pub(crate) const NEWER: Shape = Shape::Struct(&StructShape {
    go_type: "plugin.MetadataV1",
    fields: &[
        ("apiVersion", Shape::Str),
        ("name", Shape::Str),
        ("type", Shape::Str),
        ("runtime", Shape::Str),
        ("version", Shape::Str),
        ("sourceURL", Shape::Str),
        ("config", ANY_MAP),
        ("runtimeConfig", ANY_MAP),
    ],
});

pub(crate) const CLI_CONFIG: Shape = Shape::Struct(&StructShape {
    go_type: "schema.ConfigCLIV1",
    fields: &[
        ("usage", Shape::Str),
        ("shortHelp", Shape::Str),
        ("longHelp", Shape::Str),
        ("ignoreFlags", Shape::Bool),
    ],
});

pub(crate) const GETTER_CONFIG: Shape = Shape::Struct(&StructShape {
    go_type: "schema.ConfigGetterV1",
    fields: &[("protocols", TEXTS)],
});

pub(crate) const EMPTY_CONFIG: Shape = Shape::Struct(&StructShape {
    go_type: "schema.ConfigPostRendererV1",
    fields: &[],
});

const TEXTS: Shape = Shape::List(&ListShape {
    go_type: "[]string",
    elem: Shape::Str,
});

const COMMANDS: Shape = Shape::List(&ListShape {
    go_type: "[]plugin.PlatformCommand",
    elem: Shape::Struct(&StructShape {
        go_type: "plugin.PlatformCommand",
        fields: &[
            ("os", Shape::Str),
            ("arch", Shape::Str),
            ("command", Shape::Str),
            ("args", TEXTS),
        ],
    }),
});

const HOOKS: Shape = Shape::Map(&MapShape {
    go_type: "plugin.PlatformHooks",
    elem: COMMANDS,
});

pub(crate) const SUBPROCESS: Shape = Shape::Struct(&StructShape {
    go_type: "plugin.RuntimeConfigSubprocess",
    fields: &[
        ("platformCommand", COMMANDS),
        ("platformHooks", HOOKS),
        (
            "protocolCommands",
            Shape::List(&ListShape {
                go_type: "[]plugin.SubprocessProtocolCommand",
                elem: Shape::Struct(&StructShape {
                    go_type: "plugin.SubprocessProtocolCommand",
                    fields: &[("protocols", TEXTS), ("platformCommand", COMMANDS)],
                }),
            }),
        ),
    ],
});

pub(crate) const EXTISM: Shape = Shape::Struct(&StructShape {
    go_type: "plugin.RuntimeConfigExtismV1",
    fields: &[
        (
            "memory",
            Shape::Struct(&StructShape {
                go_type: "plugin.RuntimeConfigExtismV1Memory",
                fields: &[
                    ("maxPages", Shape::Int),
                    ("maxHttpResponseBytes", Shape::Int),
                    ("maxVarBytes", Shape::Int),
                ],
            }),
        ),
        (
            "config",
            Shape::Map(&MapShape {
                go_type: "map[string]string",
                elem: Shape::Str,
            }),
        ),
        ("allowedHosts", TEXTS),
        (
            "fileSystem",
            Shape::Struct(&StructShape {
                go_type: "plugin.RuntimeConfigExtismV1FileSystem",
                fields: &[("createTempDir", Shape::Bool)],
            }),
        ),
        ("timeout", Shape::Int),
        ("hostFunctions", TEXTS),
        ("entryFuncName", Shape::Str),
    ],
});

pub(crate) const OLDER: Shape = Shape::Struct(&StructShape {
    go_type: "plugin.MetadataLegacy",
    fields: &[
        ("name", Shape::Str),
        ("version", Shape::Str),
        ("usage", Shape::Str),
        ("description", Shape::Str),
        ("platformCommand", COMMANDS),
        ("command", Shape::Str),
        ("ignoreFlags", Shape::Bool),
        ("platformHooks", HOOKS),
        (
            "hooks",
            Shape::Map(&MapShape {
                go_type: "plugin.Hooks",
                elem: Shape::Str,
            }),
        ),
        (
            "downloaders",
            Shape::List(&ListShape {
                go_type: "[]plugin.Downloaders",
                elem: Shape::Struct(&StructShape {
                    go_type: "plugin.Downloaders",
                    fields: &[("protocols", TEXTS), ("command", Shape::Str)],
                }),
            }),
        ),
    ],
});
