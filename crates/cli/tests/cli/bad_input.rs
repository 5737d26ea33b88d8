//! What is wrong with the input, in Helm's words: `bad-input.screen`, played in a directory with the files
//! of `bad-input.files`, archives that nobody should unpack, and a cluster that refuses.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::run::{Place, compare, helm, home, oracle};
use crate::screens::replay;
use crate::served::Served;

#[test]
fn bad_input_is_told_in_helms_words() {
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path();
    let files = std::fs::read_to_string(home().join("bad-input.files")).expect("the files");
    testkit::write_files(directory, &files);
    write_archives(directory);
    let served = Served::start(directory);
    write_kubeconfigs(directory, &served);

    let path = home().join("bad-input.screen");
    let transcript = std::fs::read_to_string(&path).expect("the transcript can be read");
    let place = Place {
        directory: directory.to_owned(),
        home: directory.to_owned(),
    };
    let taken = [
        "install",
        "taken",
        "fixed",
        "--kubeconfig",
        "served.kubeconfig",
    ];
    assert_eq!(helm(&place, &[], &taken).status, 0);
    let found = replay(&place, &transcript)
        .replace(&directory.display().to_string(), "$HOME")
        .replace(&served.server, "https://<server>");
    compare(&path, &found);
    assert!(!directory.join("../evil").exists());
    assert!(
        oracle().is_some() || runs(directory) > 1,
        "a credential that expires is asked for again"
    );
}

/// One archive for each way to do harm.
fn write_archives(directory: &Path) {
    let chart = (
        "sub/Chart.yaml",
        "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    );
    let write = |name: &str, tar: &[u8]| {
        let file = std::fs::File::create(directory.join(name)).expect("a file");
        let mut gzip = GzEncoder::new(file, Compression::fast());
        gzip.write_all(tar).expect("the archive is written");
        gzip.finish().expect("the archive is written");
    };
    let whole = tar(&[chart]);
    write("parent.tgz", &tar(&[chart, ("sub/../../evil", "x")]));
    write("absolute.tgz", &tar(&[chart, ("sub//etc/evil", "x")]));
    write("outside.tgz", &tar(&[chart, ("evil", "x")]));
    write("nothing.tgz", &[0; 1024]);
    write("links.tgz", &tar_of_links());
    // The size alone is what is refused, so that nothing of it has to be there.
    write("bomb.tgz", &entry("sub/big", b'0', 200 << 20, &[]));
    write(
        "big-file.tgz",
        &tar(&[chart, ("sub/big", &"x".repeat(6 << 20))]),
    );
    write("cut.tgz", &whole);
    let cut = std::fs::read(directory.join("cut.tgz")).expect("the archive");
    std::fs::write(directory.join("cut.tgz"), &cut[..cut.len() / 2]).expect("a file");
    std::fs::write(directory.join("text.tgz"), "no archive\n").expect("a file");
}

fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let entries = files.iter();
    let mut tar: Vec<u8> = entries
        .flat_map(|(name, data)| entry(name, b'0', data.len(), data.as_bytes()))
        .collect();
    tar.extend([0; 1024]);
    tar
}

/// A chart whose metadata is a link out of the archive.
fn tar_of_links() -> Vec<u8> {
    let mut link = entry("sub/Chart.yaml", b'2', 0, &[]);
    link[157..168].copy_from_slice(b"/etc/passwd");
    seal(&mut link);
    link.extend([0; 1024]);
    link
}

/// An entry of a tar archive: its header, and its data up to the next block.
fn entry(name: &str, kind: u8, size: usize, data: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut block);
    block.extend(data);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

/// Writes the checksum of a header.
fn seal(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u64 = block[..512].iter().map(|&byte| u64::from(byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}

/// Who is refused, or let in only for a moment.
fn write_kubeconfigs(directory: &Path, served: &Served) {
    let write = |name: &str, text: &str| {
        std::fs::write(directory.join(name), text).expect("a file");
    };
    write("rejected", &served.kubeconfig_with("token: nobody-knows"));
    // Nothing listens on port 1.
    let away = served
        .kubeconfig
        .replace(&served.server, "https://127.0.0.1:1");
    write("unreachable", &away);
    let plugin = |program: &str| {
        served.kubeconfig_with(&format!(
            "exec: {{apiVersion: client.authentication.k8s.io/v1, command: {}, interactiveMode: Never}}",
            directory.join(program).display()
        ))
    };
    let script = |name: &str, text: &str| {
        write(name, text);
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(directory.join(name), mode).expect("a program");
    };
    write("expiring", &plugin("expiring.sh"));
    script("expiring.sh", &expiring(directory, served.token()));
    write("failing", &plugin("failing.sh"));
    script(
        "failing.sh",
        "#!/bin/sh\necho 'the login has ended' >&2\nexit 7\n",
    );
    write("babbling", &plugin("babbling.sh"));
    script("babbling.sh", "#!/bin/sh\necho hello\n");
    write("absent", &plugin("absent.sh"));
}

/// A plugin whose credential has expired when it is used, so that each request has to ask again.
fn expiring(directory: &Path, token: &str) -> String {
    let credential = format!(
        r#"{{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
"status": {{"token": "{token}", "expirationTimestamp": "2020-01-01T00:00:00Z"}}}}"#
    );
    let runs = directory.join("runs");
    format!(
        "#!/bin/sh\necho run >>{}\necho '{credential}'\n",
        runs.display()
    )
}

/// How often the plugin has run.
fn runs(directory: &Path) -> usize {
    let runs = std::fs::read_to_string(directory.join("runs")).unwrap_or_default();
    runs.lines().count()
}
