//! Lets openssl judge the certificates and keys, where it is installed.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use funcs::{NullWorld, World};
use gotmpl::{Options, State, TemplateSet};
use goval::Value;

/// Writes what the template gives, cut at `===`, into files, and gives the folder with them.
fn files(template: &str, names: &[&str]) -> tempfile::TempDir {
    let mut set = TemplateSet::new("t");
    set.parse("t", template, &funcs::functions())
        .expect("a template");
    let mut state = State::new(Options::default());
    // The zone does not count, but openssl compares with the present.
    let world: Arc<dyn World> = Arc::new(NullWorld::new(jiff::Timestamp::now()));
    state.put(world);
    let mut out = Vec::new();
    let result = Arc::new(set).execute("t", &Value::Nil, &mut state, &mut out);
    result.expect("the template runs");
    let folder = tempfile::tempdir().expect("a folder");
    let text = String::from_utf8(out).expect("text");
    for (name, content) in names.iter().zip(text.split("===")) {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

/// What openssl prints, standard error included; `None` if it is not installed.
fn openssl(folder: &Path, args: &str) -> Option<String> {
    let output = Command::new("openssl")
        .args(args.split(' '))
        .current_dir(folder)
        .output();
    let Ok(output) = output else {
        #[expect(clippy::print_stdout, reason = "tells that nothing was tested")]
        {
            println!("skipped: openssl is not installed");
        }
        return None;
    };
    let text = [output.stdout, output.stderr].concat();
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn openssl_verifies_a_signed_certificate() {
    let template = r#"{{ $ca := genCA "my ca" 365 -}}
        {{ $c := genSignedCert "svc.ns" (list "10.0.0.1" "::1") (list "svc.ns" "*.svc") 30 $ca -}}
        {{ $ca.Cert }}==={{ $c.Cert }}==={{ $c.Key }}"#;
    let folder = files(template, &["ca.pem", "cert.pem", "key.pem"]);
    let verify = "verify -x509_strict -CAfile ca.pem -verify_hostname svc.ns cert.pem";
    let Some(verdict) = openssl(folder.path(), verify) else {
        return;
    };
    assert_eq!(verdict, "cert.pem: OK\n");
    let ask = |args| openssl(folder.path(), args).unwrap_or_default();
    assert_eq!(
        ask("x509 -in cert.pem -noout -modulus"),
        ask("rsa -in key.pem -noout -modulus"),
    );
    let text = ask("x509 -in cert.pem -noout -text");
    for part in [
        "DNS:svc.ns, DNS:*.svc, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1",
        "Digital Signature, Key Encipherment\n",
        "TLS Web Server Authentication, TLS Web Client Authentication",
        "Subject: CN = svc.ns",
        "Issuer: CN = my ca",
        "Public-Key: (2048 bit)",
    ] {
        let spaced = text.replace("CN=", "CN = ");
        assert!(spaced.contains(part), "no {part} in {text}");
    }
}

#[test]
fn openssl_reads_every_kind_of_key() {
    for (kind, command, answer) in [
        ("ecdsa", "ec -in key.pem -noout -check", "EC Key valid"),
        (
            "ed25519",
            "pkey -in key.pem -noout -text",
            "ED25519 Private-Key",
        ),
        ("rsa", "rsa -in key.pem -noout -check", "RSA key ok"),
        ("dsa", "pkey -in key.pem -noout -check", "Key is valid"),
    ] {
        let template = format!("{{{{ genPrivateKey {kind:?} }}}}");
        let folder = files(&template, &["key.pem"]);
        if let Some(said) = openssl(folder.path(), command) {
            assert!(said.contains(answer), "{kind}: {said}");
        }
    }
}

#[test]
fn openssl_verifies_certificates_of_given_keys() {
    for kind in ["ecdsa", "ed25519"] {
        let template = format!(
            r#"{{{{ $ca := genCAWithKey "ca" 10 (genPrivateKey "{kind}") -}}}}
            {{{{ $c := genSignedCertWithKey "é" nil (list "x") 5 $ca (genPrivateKey "{kind}") -}}}}
            {{{{ $ca.Cert }}}}==={{{{ $c.Cert }}}}"#
        );
        let folder = files(&template, &["ca.pem", "cert.pem"]);
        let verify = "verify -x509_strict -CAfile ca.pem cert.pem";
        if let Some(verdict) = openssl(folder.path(), verify) {
            assert_eq!(verdict, "cert.pem: OK\n", "{kind}");
        }
    }
}
