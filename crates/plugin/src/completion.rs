//! completion.yaml: which commands, arguments and flags a plugin says it has.

use std::path::Path;

use chart::Fitted;
use goval::{ListShape, Shape, StructShape};

/// A command of a plugin, as far as completion knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletionTree {
    /// What it is called; empty for the plugin itself.
    pub name: String,
    /// Its arguments.
    pub valid_args: Vec<String>,
    /// The names of its flags; those of one letter are short ones.
    pub flags: Vec<String>,
    /// The commands below it.
    pub commands: Vec<CompletionTree>,
}

/// How deep commands may be nested.
const MAX_DEPTH: usize = 8;

/// The tree in a plugin's directory; an empty one if there is none, or it cannot be read.
pub fn completion_tree(directory: &Path) -> CompletionTree {
    let text = std::fs::read(directory.join("completion.yaml")).unwrap_or_default();
    let value = goval::yaml::decode_shaped(&text, &TREE, false);
    value.map_or_else(|_| CompletionTree::default(), |v| read(&Fitted::from(v), 0))
}

fn read(fields: &Fitted, depth: usize) -> CompletionTree {
    let below = if depth < MAX_DEPTH {
        fields.values("commands")
    } else {
        Vec::new()
    };
    CompletionTree {
        name: fields.text("name"),
        valid_args: fields.texts("validArgs"),
        flags: fields.texts("flags"),
        commands: below
            .into_iter()
            .map(|value| read(&Fitted::from(value), depth + 1))
            .collect(),
    }
}

const TREE: Shape = Shape::Struct(&StructShape {
    go_type: "cmd.pluginCommand",
    fields: &[
        ("name", Shape::Str),
        ("validArgs", TEXTS),
        ("flags", TEXTS),
        (
            "commands",
            Shape::List(&ListShape {
                go_type: "[]cmd.pluginCommand",
                elem: Shape::Any,
            }),
        ),
    ],
});

const TEXTS: Shape = Shape::List(&ListShape {
    go_type: "[]string",
    elem: Shape::Str,
});
