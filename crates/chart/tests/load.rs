//! Charts from files and archives, with what Helm 4.3.1 says about those that are none.

use std::io::Write;

use chart::{Chart, File};
use flate2::Compression;
use flate2::write::GzEncoder;

const CHART: &str = "apiVersion: v2\nname: top\nversion: 1.0.0\n";

fn load(files: &[(&str, &[u8])]) -> Result<Chart, String> {
    let files = files.iter().map(|(name, data)| File::new(*name, *data));
    let loaded = Chart::load(files.collect()).map_err(|error| error.to_string())?;
    Ok(loaded.chart)
}

fn error_of_chart_yaml(text: &str) -> String {
    load(&[("Chart.yaml", text.as_bytes())])
        .err()
        .unwrap_or_default()
}

#[test]
fn files_go_where_they_belong() {
    let chart = load(&[
        (".helmignore", b"x"),
        ("Chart.yaml", CHART.as_bytes()),
        ("README.md", b"# top"),
        ("charts/a/Chart.yaml", b"name: a\nversion: 1.0.0\n"),
        ("charts/a/charts/b/Chart.yaml", b"name: b\nversion: 1.0.0\n"),
        ("charts/a/crds/a.yaml", b"a"),
        ("charts/_ignored", b""),
        ("charts/a-1.0.0.tgz.prov", b"signed"),
        ("crds/own.YAML", b"own"),
        ("crds/README.md", b"no"),
        ("templates/a.yaml", b"a: 1"),
        ("values.schema.json", b"{}"),
        ("values.yaml", b"a: 1\n---\nb: {c: 2}\n---\nb: {d: 3}\n"),
    ])
    .unwrap();
    let names = |files: &[File]| {
        files
            .iter()
            .map(|file| file.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&chart.templates), ["templates/a.yaml"]);
    assert_eq!(
        names(&chart.files),
        [
            ".helmignore",
            "README.md",
            "charts/a-1.0.0.tgz.prov",
            "crds/own.YAML",
            "crds/README.md"
        ]
    );
    assert_eq!(chart.raw.len(), 13);
    let values = goval::json::encode(&chart.values.clone().unwrap().into()).unwrap();
    assert_eq!(values.trim_end(), r#"{"a":1,"b":{"c":2,"d":3}}"#);
    assert_eq!(chart.dependencies[0].dependencies[0].name(), "b");
    assert_eq!(chart.dependencies[0].metadata.api_version, "v1");
    let crds = chart.crds().into_iter().map(|crd| crd.path);
    assert_eq!(
        crds.collect::<Vec<_>>(),
        ["top/crds/own.YAML", "top/charts/a/crds/a.yaml"]
    );
}

#[test]
fn metadata_are_judged_in_helms_words() {
    let after = |text: &str| error_of_chart_yaml(&format!("{CHART}{text}\n"));
    let decoding = "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: \
                    cannot unmarshal";
    let cases = [
        (
            "deprecated: \"yes\"",
            "string into Go struct field Metadata.deprecated of type bool",
        ),
        (
            "keywords: x",
            "string into Go struct field Metadata.keywords of type []string",
        ),
        (
            "maintainers: x",
            "string into Go struct field Metadata.maintainers of type []*v2.Maintainer",
        ),
        (
            "maintainers: [x]",
            "string into Go struct field Metadata.maintainers of type v2.Maintainer",
        ),
        (
            "maintainers: [{name: [1]}]",
            "array into Go struct field Maintainer.maintainers.name of type string",
        ),
        (
            "annotations: {a: [1]}",
            "array into Go struct field Metadata.annotations of type string",
        ),
        (
            "keywords: [[1]]",
            "array into Go struct field Metadata.keywords of type string",
        ),
        (
            "icon: [1]\ndescription: {a: 1}",
            "object into Go struct field Metadata.description of type string",
        ),
        (
            "dependencies: [{name: x, enabled: foo}]",
            "string into Go struct field Dependency.dependencies.enabled of type bool",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(after(text), format!("{decoding} {expected}"), "{text}");
    }
    let cases = [
        (
            "maintainers: [null]",
            "validation: maintainers must not contain empty or null nodes",
        ),
        (
            "dependencies: [null]",
            "validation: dependencies must not contain empty or null nodes",
        ),
        (
            "dependencies: [{name: a, alias: \"b c\"}]",
            "validation: dependency \"a\" has disallowed characters in the alias",
        ),
        (
            "dependencies: [{name: a}, {name: b, alias: a}]",
            "validation: more than one dependency with name or alias \"a\"",
        ),
        (
            "type: foo",
            "validation: chart.metadata.type must be application or library",
        ),
        (
            "version: x",
            "validation: chart.metadata.version \"x\" is invalid",
        ),
        (
            "name: ..",
            "validation: chart.metadata.name \"..\" is not allowed",
        ),
        (
            "name: a/b",
            "validation: chart.metadata.name \"a/b\" is invalid",
        ),
        ("name: ''", "validation: chart.metadata.name is required"),
    ];
    for (text, expected) in cases {
        assert_eq!(after(text), expected, "{text}");
    }
    assert_eq!(
        error_of_chart_yaml(""),
        "validation: chart.metadata.name is required"
    );
    assert_eq!(load(&[]).unwrap_err(), "Chart.yaml file is missing");
}

#[test]
fn numbers_are_taken_for_text_as_they_were_written() {
    let yaml = format!("{CHART}appVersion: 20240131\ndescription: 1.10\nkeywords: [1, true]\n");
    let metadata = load(&[("Chart.yaml", yaml.as_bytes())]).unwrap().metadata;
    assert_eq!(metadata.app_version, "20240131");
    assert_eq!(metadata.description, "1.1");
    assert_eq!(metadata.keywords, ["1", "true"]);
}

#[test]
fn what_does_not_print_is_dropped() {
    let yaml = format!("{CHART}description: \"a\\tb\\u00a0c\\u0007d\"\n");
    let metadata = load(&[("Chart.yaml", yaml.as_bytes())]).unwrap().metadata;
    assert_eq!(metadata.description, "a b cd");
}

#[test]
fn old_requirements_are_merged() {
    let requirements = b"dependencies:\n- name: a\n  version: ^1\n";
    let load = |version: &str| {
        let chart = format!("apiVersion: {version}\nname: top\nversion: 1.0.0\n");
        let files = vec![
            File::new("Chart.yaml", chart),
            File::new("requirements.yaml", &requirements[..]),
        ];
        Chart::load(files).unwrap()
    };
    let old = load("v1");
    assert_eq!(old.chart.metadata.dependencies[0].name, "a");
    assert_eq!((old.chart.files.len(), old.events.len()), (1, 0));
    let new = load("v2");
    assert_eq!(new.chart.metadata.dependencies[0].name, "a");
    assert_eq!(new.chart.files.len(), 0);
    assert_eq!(
        new.events[0].to_string(),
        "level=INFO msg=\"Warning: Dependencies are handled in Chart.yaml since apiVersion \
         \\\"v2\\\". We recommend migrating dependencies to Chart.yaml.\""
    );
}

#[test]
fn a_broken_subchart_is_named() {
    let error = |files: &[(&str, &[u8])]| {
        let mut all = vec![("Chart.yaml", CHART.as_bytes())];
        all.extend_from_slice(files);
        load(&all).unwrap_err()
    };
    assert_eq!(
        error(&[("charts/README.md", b"x")]),
        "error unpacking subchart README.md in top: Chart.yaml file is missing"
    );
    assert_eq!(
        error(&[("charts/a.tgz/x", b"x")]),
        "error unpacking subchart tar in top: expected a.tgz, got a.tgz/x"
    );
    assert_eq!(
        error(&[("charts/a/Chart.yaml", b"name: a")]),
        "error unpacking subchart a in top: validation: chart.metadata.version is required"
    );
}

#[test]
fn hostile_archives_are_refused_in_helms_words() {
    let good = ("sub/Chart.yaml", "name: sub\nversion: 1.0.0\n");
    let cases: [(&[(&str, &str)], &str); 13] = [
        (&[good], ""),
        (&[("/Chart.yaml", good.1)], ""),
        (&[("sub\\Chart.yaml", good.1)], ""),
        (&[good, ("sub/a/../b", "1")], ""),
        (
            &[("sub//etc/x", "1"), good],
            "chart illegally contains absolute paths",
        ),
        (
            &[("sub/../../x", "1")],
            "chart illegally references parent directory",
        ),
        (
            &[("sub/..x", "1")],
            "chart illegally references parent directory",
        ),
        (
            &[("sub/.", "1")],
            "chart illegally contains content outside the base directory: \"sub/.\"",
        ),
        (
            &[("foo", "1")],
            "chart illegally contains content outside the base directory: \"foo\"",
        ),
        (&[("sub/c:/x", "1")], "chart contains illegally named files"),
        (
            &[("sub\\c:\\x", "1")],
            "chart contains illegally named files",
        ),
        (&[("Chart.yaml/x", "1")], "chart yaml not in base directory"),
        (&[], "no files in chart archive"),
    ];
    for (entries, expected) in cases {
        let mut tar = Vec::new();
        for (name, data) in entries {
            tar.extend(header(name, b'0', data.len()));
            tar.extend(data.as_bytes());
            tar.resize(tar.len().next_multiple_of(512), 0);
        }
        assert_eq!(error_of_archive(&gzip(&tar)), expected, "{entries:?}");
    }
}

#[test]
fn damaged_archives_are_refused_in_helms_words() {
    let whole = gzip(&header("sub/Chart.yaml", b'0', 0));
    let cases: [(&[u8], &str); 7] = [
        (b"hello world this is no gzip", "gzip: invalid header"),
        (b"abc", "unexpected EOF"),
        (b"", "EOF"),
        (&whole[..20], "unexpected EOF"),
        (&gzip(&[b'x'; 1024]), "archive/tar: invalid tar header"),
        (&gzip(&[b'x'; 100]), "unexpected EOF"),
        (
            &gzip(&header("sub/big", b'0', 200 << 20)),
            "decompressed chart is larger than the maximum size 104857600",
        ),
    ];
    for (archive, expected) in cases {
        assert_eq!(error_of_archive(archive), expected);
    }
}

#[test]
fn links_are_empty_files() {
    let archive = gzip(&header("sub/Chart.yaml", b'2', 0));
    let error = error_of_archive(&archive);
    assert_eq!(error, "validation: chart.metadata.name is required");
}

#[test]
fn archives_within_archives_end_somewhere() {
    let mut archive = Vec::new();
    for _ in 0..70 {
        let mut tar = header("sub/Chart.yaml", b'0', 27);
        tar.extend(b"name: sub\nversion: 1.0.0  \n");
        tar.resize(1024, 0);
        tar.extend(header("sub/charts/sub.tgz", b'0', archive.len()));
        tar.extend(&archive);
        tar.resize(tar.len().next_multiple_of(512), 0);
        archive = gzip(&tar);
    }
    let error = error_of_archive(&archive);
    assert!(
        error.ends_with("subcharts are nested deeper than 64 levels"),
        "{error}"
    );
}

fn error_of_archive(archive: &[u8]) -> String {
    let loaded = Chart::load_archive(archive);
    loaded
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(data).expect("memory");
    gzip.finish().expect("memory")
}

/// A header block of a tar archive.
fn header(name: &str, flag: u8, size: usize) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[148..156].fill(b' ');
    block[156] = flag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u64 = block.iter().map(|&byte| u64::from(byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block
}

mod properties {
    use proptest::prelude::*;

    use super::{Chart, gzip, header};

    proptest! {
        #[test]
        fn any_bytes_in_an_archive_give_a_chart_or_an_error(tar: Vec<u8>) {
            let _ = Chart::load_archive(&gzip(&tar));
        }

        #[test]
        fn any_header_is_read_or_refused(at in 0..512_usize, byte: u8, tail: Vec<u8>) {
            let mut tar = header("sub/Chart.yaml", b'x', 20);
            tar[at] = byte;
            tar.extend(tail);
            let _ = Chart::load_archive(&gzip(&tar));
        }

        #[test]
        fn any_text_of_a_chart_yaml_is_read_or_refused(text in "[a-zA-Z:{}\\[\\] \n-]{0,60}") {
            let _ = super::error_of_chart_yaml(&text);
        }

        #[test]
        fn times_print_what_they_read(seconds in -62_135_596_800_i64..253_402_300_799, nanos in 0..1_000_000_000_u32) {
            let time = chart::Time::from_unix(seconds, nanos);
            prop_assert_eq!(time.to_string().parse::<chart::Time>().unwrap(), time);
        }
    }
}
