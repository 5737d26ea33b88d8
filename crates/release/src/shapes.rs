//! The Go types that records are read into.

use chart::CHART_RECORD;
use goval::{ListShape, MapShape, Shape, StructShape};

/// A list of releases.
pub(crate) const RELEASES: Shape = Shape::List(&ListShape {
    go_type: "[]*v1.Release",
    elem: RELEASE,
});

/// A release.
pub(crate) const RELEASE: Shape = Shape::Struct(&StructShape {
    go_type: "v1.Release",
    fields: &[
        ("name", Shape::Str),
        ("info", INFO),
        ("chart", CHART_RECORD),
        ("config", VALUES),
        ("manifest", Shape::Str),
        ("hooks", HOOKS),
        ("version", Shape::Int),
        ("namespace", Shape::Str),
        ("apply_method", Shape::Str),
    ],
});

const VALUES: Shape = Shape::Map(&MapShape {
    go_type: "map[string]interface {}",
    elem: Shape::Any,
});

const INFO: Shape = Shape::Struct(&StructShape {
    go_type: "v1.infoJSON",
    fields: &[
        ("first_deployed", Shape::Any),
        ("last_deployed", Shape::Any),
        ("deleted", Shape::Any),
        ("description", Shape::Str),
        ("status", Shape::Str),
        ("rollback_revision", Shape::Int),
        ("notes", Shape::Str),
        ("resources", VALUES),
    ],
});

const HOOKS: Shape = Shape::List(&ListShape {
    go_type: "[]*v1.Hook",
    elem: Shape::Struct(&StructShape {
        go_type: "v1.Hook",
        fields: &[
            ("name", Shape::Str),
            ("kind", Shape::Str),
            ("path", Shape::Str),
            ("manifest", Shape::Str),
            ("events", WORDS),
            (
                "last_run",
                Shape::Struct(&StructShape {
                    go_type: "v1.hookExecutionJSON",
                    fields: &[
                        ("started_at", Shape::Any),
                        ("completed_at", Shape::Any),
                        ("phase", Shape::Str),
                    ],
                }),
            ),
            ("weight", Shape::Int),
            ("delete_policies", WORDS),
            ("output_log_policies", WORDS),
        ],
    }),
});

const WORDS: Shape = Shape::List(&ListShape {
    go_type: "[]string",
    elem: Shape::Str,
});
