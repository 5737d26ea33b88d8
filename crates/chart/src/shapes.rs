//! The Go types that a chart's files and records are read into.

use goval::{ListShape, MapShape, Shape, StructShape};

/// A field of a struct: its name in the file, and its type.
type Field = (&'static str, Shape);

/// What Helm looks at to tell the version of the format.
pub(crate) const BASE: Shape = Shape::Struct(&StructShape {
    go_type: "loader.chartBase",
    fields: &[("apiVersion", Shape::Str)],
});

/// Chart.yaml.
pub(crate) const METADATA: Shape = Shape::Struct(&StructShape {
    go_type: "v2.Metadata",
    fields: &METADATA_FIELDS,
});

const METADATA_FIELDS: [Field; 17] = [
    ("name", Shape::Str),
    ("home", Shape::Str),
    ("sources", TEXTS),
    ("version", Shape::Str),
    ("description", Shape::Str),
    ("keywords", TEXTS),
    ("maintainers", MAINTAINERS),
    ("icon", Shape::Str),
    ("apiVersion", Shape::Str),
    ("condition", Shape::Str),
    ("tags", Shape::Str),
    ("appVersion", Shape::Str),
    ("deprecated", Shape::Bool),
    ("annotations", TEXT_MAP),
    ("kubeVersion", Shape::Str),
    ("dependencies", DEPENDENCIES),
    ("type", Shape::Str),
];

/// Chart.lock.
pub(crate) const LOCK: Shape = Shape::Struct(&StructShape {
    go_type: "v2.Lock",
    fields: &[
        ("generated", Shape::Any),
        ("digest", Shape::Str),
        ("dependencies", DEPENDENCIES),
    ],
});

/// A chart in a record of a release.
pub const CHART_RECORD: Shape = Shape::Struct(&StructShape {
    go_type: "v2.Chart",
    fields: &[
        ("metadata", METADATA),
        ("lock", LOCK),
        ("templates", FILES),
        ("values", VALUES),
        ("schema", Shape::Str),
        ("schemamodtime", Shape::Any),
        ("files", FILES),
        ("modtime", Shape::Any),
    ],
});

/// index.yaml of a repository: an entry has the fields of Chart.yaml and some of its own.
pub const INDEX: Shape = Shape::Struct(&StructShape {
    go_type: "repo.IndexFile",
    fields: &[
        ("serverInfo", VALUES),
        ("apiVersion", Shape::Str),
        ("generated", Shape::Any),
        (
            "entries",
            Shape::Map(&MapShape {
                go_type: "map[string]repo.ChartVersions",
                elem: Shape::List(&ListShape {
                    go_type: "repo.ChartVersions",
                    elem: INDEX_ENTRY,
                }),
            }),
        ),
        ("publicKeys", TEXTS),
        ("annotations", TEXT_MAP),
    ],
});

/// One version of a chart in an index.yaml.
pub const INDEX_ENTRY: Shape = Shape::Struct(&StructShape {
    go_type: "repo.ChartVersion",
    fields: &ENTRY_FIELDS,
});

const ENTRY_FIELDS: [Field; 25] = both(
    METADATA_FIELDS,
    [
        ("urls", TEXTS),
        ("created", Shape::Any),
        ("removed", Shape::Bool),
        ("digest", Shape::Str),
        ("checksum", Shape::Str),
        ("engine", Shape::Str),
        ("tillerVersion", Shape::Str),
        ("url", Shape::Str),
    ],
);

const TEXTS: Shape = Shape::List(&ListShape {
    go_type: "[]string",
    elem: Shape::Str,
});

const TEXT_MAP: Shape = Shape::Map(&MapShape {
    go_type: "map[string]string",
    elem: Shape::Str,
});

const VALUES: Shape = Shape::Map(&MapShape {
    go_type: "map[string]interface {}",
    elem: Shape::Any,
});

const MAINTAINERS: Shape = Shape::List(&ListShape {
    go_type: "[]*v2.Maintainer",
    elem: Shape::Struct(&StructShape {
        go_type: "v2.Maintainer",
        fields: &[
            ("name", Shape::Str),
            ("email", Shape::Str),
            ("url", Shape::Str),
        ],
    }),
});

const DEPENDENCIES: Shape = Shape::List(&ListShape {
    go_type: "[]*v2.Dependency",
    elem: Shape::Struct(&StructShape {
        go_type: "v2.Dependency",
        fields: &[
            ("name", Shape::Str),
            ("version", Shape::Str),
            ("repository", Shape::Str),
            ("condition", Shape::Str),
            ("tags", TEXTS),
            ("enabled", Shape::Bool),
            (
                "import-values",
                Shape::List(&ListShape {
                    go_type: "[]interface {}",
                    elem: Shape::Any,
                }),
            ),
            ("alias", Shape::Str),
        ],
    }),
});

const FILES: Shape = Shape::List(&ListShape {
    go_type: "[]*common.File",
    elem: Shape::Struct(&StructShape {
        go_type: "common.File",
        fields: &[
            ("name", Shape::Str),
            ("data", Shape::Str),
            ("modtime", Shape::Any),
        ],
    }),
});

/// The fields of a struct and of the one that it embeds.
const fn both<const A: usize, const B: usize, const N: usize>(
    embedded: [Field; A],
    own: [Field; B],
) -> [Field; N] {
    assert!(A + B == N, "N is how many fields there are");
    let mut all = [embedded[0]; N];
    let mut i = 1;
    while i < N {
        all[i] = if i < A { embedded[i] } else { own[i - A] };
        i += 1;
    }
    all
}
