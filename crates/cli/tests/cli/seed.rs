//! `--seed`, which makes random functions repeatable.

use crate::run::{Place, helm, oracle};

const CHART: &str = r#"//- Chart.yaml
apiVersion: v2
name: random
version: 0.1.0
//- templates/_helpers.tpl
{{- define "random.word" }}{{ randAlpha 8 }}{{ end }}
//- templates/a.yaml
word: {{ randAlphaNum 20 }} {{ randAscii 5 | quote }} {{ randNumeric 5 }} {{ randBytes 8 }} {{ randInt 0 1000 }}
included: {{ include "random.word" . }} {{ include "random.word" . }}
shuffled: {{ shuffle "abcdefghijklmnop" }}
id: {{ uuidv4 }}
//- templates/b.yaml
salted: {{ bcrypt "secret" }} {{ htpasswd "me" "secret" }}
secret: {{ encryptAES "0123456789abcdef0123456789abcdef" "text" }}
now: {{ now }}
//- templates/c.yaml
{{- $ca := genCA "ca" 10 }}
{{- $cert := genSignedCert "me" (list "127.0.0.1") (list "me.example.com") 10 $ca }}
ca: {{ $ca.Cert | b64enc }}
cert: {{ $cert.Cert | b64enc }}
key: {{ $cert.Key | b64enc }}
own: {{ (genSelfSignedCert "me" nil nil 1).Cert | b64enc }}
keys:
{{- range list "ecdsa" "ed25519" "rsa" }}
- {{ genPrivateKey . | b64enc }}
{{- end }}
"#;

#[test]
fn a_seed_decides_what_random_functions_give() {
    if oracle().is_some() {
        return;
    }
    let folder = tempfile::tempdir().expect("a directory");
    testkit::write_files(folder.path(), CHART);
    let place = Place {
        directory: folder.path().to_owned(),
        home: folder.path().to_owned(),
    };
    let render = |seed: &str| {
        let screen = helm(&place, &[], &["template", "x", ".", "--seed", seed]);
        assert_eq!(screen.status, 0, "{}", screen.stderr);
        screen.stdout
    };
    let first = render("a");
    assert_eq!(first, render("a"));
    let other = render("b");
    for line in first.lines().filter(|line| line.contains(": ")) {
        let is_random = !line.starts_with("# Source") && !line.starts_with("now");
        assert!(!is_random || !other.contains(line), "{line}");
    }
    let plain = helm(&place, &[], &["template", "x", "."]);
    assert_ne!(plain.stdout, first);
}
