use std::fs;

use super::*;
use crate::Silent;

const INDEX: &str = "\
apiVersion: v1
entries:
  alpha:
  - name: alpha
    version: 0.1.0
    apiVersion: v2
    description: |
      entries:

        - name: other
    keywords: [a, b]
    urls: [alpha-0.1.0.tgz]
  - name: alpha
    version: 0.2.0
    description: \"two
      lines\"
    created: 2024-01-02T03:04:05.678Z
    digest: abc
    deprecated: true
    urls:
    - alpha-0.2.0.tgz
    - https://example.com/alpha.tgz

  beta:
  - name: beta
    version: 1
    urls: []
  - name: beta
    urls: []
generated: 2024-01-02T03:04:05.678Z
annotations:
  a: b
";

fn shown(catalog: &Catalog) -> Vec<String> {
    let charts = catalog.charts();
    let lines = charts.flat_map(|(name, versions)| {
        let line = move |listed| format!("{name} {listed:?}");
        versions.into_iter().map(line)
    });
    let warnings = catalog.warnings.iter().map(ToString::to_string);
    lines.chain(warnings).collect()
}

/// Whether both ways of reading give the same; the second one is used only if it is not the only one.
fn check(text: &str, is_usual: bool) {
    let whole = build::whole(text.as_bytes());
    match build::pieces(text.as_bytes()) {
        Some(pieces) => {
            assert!(is_usual, "{text}");
            assert_eq!(shown(&pieces), shown(&whole.unwrap()), "{text}");
        }
        None => assert!(!is_usual, "{text}"),
    }
}

#[test]
fn pieces_are_read_as_the_whole() {
    check(INDEX, true);
    let catalog = build::pieces(INDEX.as_bytes()).unwrap();
    let names: Vec<&str> = catalog.names().collect();
    assert_eq!(names, ["alpha", "beta"]);
    let newest = catalog.get("alpha", "", &Silent).unwrap();
    assert_eq!((newest.version, newest.description), ("0.2.0", "two lines"));
    assert!(newest.deprecated);
    assert_eq!(newest.created, "2024-01-02T03:04:05.678Z");
    assert_eq!(catalog.versions("beta").unwrap().len(), 1);
    assert_eq!(catalog.warnings.len(), 1);
    check(
        &INDEX
            .replace("\n    ", "\n      ")
            .replace("\n  - ", "\n    - "),
        true,
    );
    check(&INDEX.replace("alpha:", "\"alpha\":"), false);
    check(&INDEX.replace("alpha:", "beta:"), false);
    check(&INDEX.replace("  beta:", "  1.5:"), false);
    check(
        &INDEX.replace("\"two\n      lines\"", "\"two\n  - lines\""),
        false,
    );
    check(&INDEX.replace("digest: abc", "digest: &a abc"), true);
    check(&INDEX.replace("digest: abc", "digest: *a"), false);
    check(&INDEX.replace("    digest: abc", "    version: 1"), false);
    check(&INDEX.replace("    digest: abc", "# digest: abc"), false);
    check(&INDEX.replace("    digest: abc", "    nothing: abc"), false);
    check(&INDEX.replace("annotations:", "entries:\n  x:"), false);
    check(
        &INDEX.replace("apiVersion: v1\n", "---\napiVersion: v1\n"),
        true,
    );
    for before in [
        "apiVersion: v1\n---\n",
        "apiVersion: v1\n\"entries\": {a: []}\n",
    ] {
        check(&INDEX.replace("apiVersion: v1\n", before), false);
    }
    check(&INDEX.replace("apiVersion: v1\n", ""), false);
    check(
        &INDEX.replace(
            "  - name: alpha\n    version: 0.1.0",
            "  -\n    version: 0.1.0",
        ),
        false,
    );
    check(&INDEX.replace("entries:\n", "entries: {}\nx:\n"), false);
}

/// A folder with an index in it.
fn folder() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("x-index.yaml");
    fs::write(&index, INDEX).unwrap();
    (folder, index)
}

fn newest(index: &Path) -> String {
    let catalog = Catalog::load(index, &Silent).unwrap();
    catalog
        .get("alpha", "", &Silent)
        .unwrap()
        .version
        .to_owned()
}

#[test]
fn a_catalogue_is_never_that_of_another_content() {
    let (folder, index) = folder();
    assert_eq!(newest(&index), "0.2.0");
    let file = folder.path().join("x-index.yaml.sternpost");
    assert!(file.exists());
    // The same size at once, and as far as the times can be set, at the same time.
    let modified = fs::metadata(&index).unwrap().modified().unwrap();
    for version in ["0.3.0", "0.4.0", "0.2.0"] {
        fs::write(&index, INDEX.replace("0.2.0", version)).unwrap();
        let opened = fs::File::options().write(true).open(&index).unwrap();
        opened.set_modified(modified).unwrap();
        assert_eq!(newest(&index), version);
        assert_eq!(newest(&index), version);
    }
}

#[test]
fn what_is_damaged_is_no_catalogue() {
    let (folder, index) = folder();
    assert_eq!(newest(&index), "0.2.0");
    let file = folder.path().join("x-index.yaml.sternpost");
    let whole = fs::read(&file).unwrap();
    for cut in [0, 1, 30, 90, 150, whole.len() / 2, whole.len() - 1] {
        fs::write(&file, &whole[..cut]).unwrap();
        assert_eq!(newest(&index), "0.2.0");
        assert_eq!(fs::read(&file).unwrap().len(), whole.len());
        let mut other = whole.clone();
        other[cut] ^= 1;
        fs::write(&file, &other).unwrap();
        assert_eq!(newest(&index), "0.2.0");
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(newest(&index), "0.2.0");
}

#[test]
fn any_bytes_are_read_without_panic() {
    let packed = build::pieces(INDEX.as_bytes()).unwrap();
    let bytes = packed.body();
    for cut in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut other = bytes.to_vec();
            other[cut] ^= change;
            if let Some(catalog) = pack::unpack(other, 0) {
                catalog.charts().count();
            }
        }
        assert!(pack::unpack(bytes[..cut].to_vec(), 0).is_none());
    }
}
