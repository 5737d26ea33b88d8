//! What reads text that others wrote, called with any bytes.
//!
//! Each function is a fuzz target: `./dev fuzz` calls it with what libFuzzer makes up, and the test of this crate
//! with the files of `corpus/`. Whatever the bytes, it ends soon, in little memory, and without a panic; where it
//! asserts something besides, that holds for all input too.

mod flow;
mod tar;

use std::io::Write as _;
use std::sync::Arc;

use chart::{Chart, File, Rules, Time};
use flate2::Compression;
use flate2::write::GzEncoder;
use gostd::regexp::Regexp;
use gostd::semver::{Constraint, Version, VersionError};
use goval::{Map, Value};
use values::SchemaLoader;

/// A target: what is called with bytes.
pub type Target = fn(&[u8]);

/// All targets, by the names of their folders in `corpus/`.
pub const TARGETS: &[(&str, Target)] = &[
    ("archive", archive),
    ("chart", chart),
    ("json", json),
    ("regexp", regexp),
    ("schema", schema),
    ("semver", semver),
    ("set", set),
    ("template", template),
    ("toml", toml),
    ("yaml", yaml),
];

/// A line of its own that parts the halves of an input.
const CUT: &[u8] = b"\n=====\n";

/// YAML in and out. What was read can be written, and read again as the same, unless there is a key `<<` in it: Go
/// writes that as if it were to merge.
pub fn yaml(text: &[u8]) {
    let _ = goval::yaml::decode_strict(text);
    let _ = ::chart::load_values(text);
    let Ok(value) = goval::yaml::decode(text) else {
        return;
    };
    let written = goval::yaml::encode(&value).expect("what was read can be written");
    let again = goval::yaml::decode(written.as_bytes());
    if !written.contains("<<:") {
        let again = again.expect("what was written can be read");
        assert_eq!(goval::yaml::encode(&again).as_deref(), Ok(&*written));
    }
    goval::yaml::encode_pretty(&value).expect("what was read can be written prettily");
}

/// JSON in and out. What was read can be written, and read again as the same.
pub fn json(text: &[u8]) {
    let Ok(value) = goval::json::decode(text) else {
        return;
    };
    let written = goval::json::encode(&value).expect("what was read can be written");
    let again = goval::json::decode(written.as_bytes()).expect("what was written can be read");
    assert_eq!(goval::json::encode(&again).as_deref(), Ok(&*written));
    let _ = goval::json::encode_indent(&value, "", "  ");
}

/// TOML in and out.
pub fn toml(text: &[u8]) {
    if let Ok(map) = goval::toml::decode(text) {
        let _ = goval::toml::encode(&map.into());
    }
}

/// One argument in each of the grammars of `--set`, over values that are there already.
pub fn set(text: &[u8]) {
    let text = &*String::from_utf8_lossy(text);
    let ways: [&dyn Fn(&Map) -> bool; 5] = [
        &|values| values::set(text, values).is_ok(),
        &|values| values::set_string(text, values).is_ok(),
        &|values| values::set_json(text, values).is_ok(),
        &|values| values::set_literal(text, values).is_ok(),
        &|values| values::set_file(text, values, &mut |name| Ok(Value::str(name))).is_ok(),
    ];
    for way in ways {
        let values = given();
        way(&values);
        // Also what was set before an error.
        let _ = goval::yaml::encode(&values.into());
    }
}

fn given() -> Map {
    goval::yaml::decode_map(b"a: {b: [1, {c: d}], n: null}\nlist: [x]\ntext: t\n")
        .unwrap_or_default()
}

/// A JSON schema, and below the cut values that it judges.
pub fn schema(input: &[u8]) {
    let (schema, values) = halves(input);
    let values = goval::yaml::decode_map(values).unwrap_or_default();
    let loader: SchemaLoader = Arc::new(|address: &str| Err(format!("{address} is not there")));
    let _ = values::validate_one(schema, &values, &loader, &mut Vec::new());
}

/// Values, and below the cut a template of a chart that renders with them.
pub fn template(input: &[u8]) {
    let (values, template) = halves(input);
    let files = vec![
        File::new("Chart.yaml", "apiVersion: v2\nname: test\nversion: 0.1.0\n"),
        File::new("values.yaml", values.to_vec()),
        File::new(
            "templates/_names.tpl",
            "{{ define \"name\" }}{{ .Chart.Name }}{{ end }}",
        ),
        File::new("templates/test.yaml", template.to_vec()),
        File::new("files/a.txt", "a\nb\n"),
    ];
    if let Ok(loaded) = Chart::load(files) {
        let _ = flow::render(loaded.chart, &Map::new());
    }
}

/// The files of a chart, each headed by a line `//- path`: loaded, packed, rendered.
pub fn chart(text: &[u8]) {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match (line.strip_prefix(b"//- "), files.last_mut()) {
            (Some(path), _) => {
                let path = String::from_utf8_lossy(path).trim().to_owned();
                files.push((path, Vec::new()));
            }
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    let rules = files.iter().find(|(path, _)| path == ".helmignore");
    let rules = rules.and_then(|(_, content)| Rules::parse(content).ok());
    files.retain(|(path, _)| {
        rules
            .as_ref()
            .is_none_or(|rules| !rules.ignores(path, false))
    });
    let files = files.into_iter();
    let files = files
        .map(|(path, content)| File::new(path, content))
        .collect();
    if let Ok(loaded) = Chart::load(files) {
        let _ = loaded.chart.pack(Time::default());
        let _ = flow::render(loaded.chart, &Map::new());
    }
}

/// A packed chart: the bytes as they are, and as the tar inside of one, with its checksums put right.
pub fn archive(bytes: &[u8]) {
    let _ = Chart::load_archive(bytes);
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    let written = packed.write_all(&tar::with_checksums(bytes));
    let packed = written.and_then(|()| packed.finish());
    let packed = packed.expect("memory can be written to");
    if let Ok(loaded) = Chart::load_archive(&packed) {
        let _ = loaded.chart.pack(Time::default());
    }
}

/// A constraint, and below the cut a version. A version that was read can be read again, unless it is too long when
/// all its parts are written out.
pub fn semver(input: &[u8]) {
    let (constraint, version) = halves(input);
    let constraint = Constraint::parse(&String::from_utf8_lossy(constraint));
    let Ok(version) = Version::parse(&String::from_utf8_lossy(version)) else {
        return;
    };
    match Version::parse(&version.to_string()) {
        Ok(again) => assert!(again == version),
        Err(error) => assert_eq!(error, VersionError::TooLong),
    }
    let _ = Version::parse_strict(version.original());
    if let Ok(constraint) = constraint {
        assert_eq!(
            constraint.check(&version),
            constraint.validate(&version).is_ok()
        );
    }
}

/// A regular expression, and below the cut a text in which it is looked for.
pub fn regexp(input: &[u8]) {
    let (expression, text) = halves(input);
    let Ok(regexp) = Regexp::new(expression) else {
        return;
    };
    assert_eq!(regexp.is_match(text), regexp.find(text).is_some());
    let _ = regexp.captures_all(text, -1);
    let _ = regexp.split(text, -1);
    let _ = regexp.replace_all(text, b"<$1${name}$0>");
}

/// What is above and below the cut; the same twice where there is none.
fn halves(input: &[u8]) -> (&[u8], &[u8]) {
    let cut = input.windows(CUT.len()).position(|window| window == CUT);
    match cut {
        Some(at) => (&input[..at], &input[at + CUT.len()..]),
        None => (input, input),
    }
}
