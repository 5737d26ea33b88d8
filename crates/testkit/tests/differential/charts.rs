//! Whole charts, with templates that lead through each other: `include`, `tpl`, `required`, `fail`, what charts
//! are given besides their values, and Helm's words for what goes wrong in them.

use chart::Chart;

use crate::merges::files;
use crate::oracle::{Answer, Question};
use crate::random::Random;
use crate::{Asks, Lines};

#[test]
fn charts_render_as_with_helm() {
    let asks = Asks {
        name: "charts",
        lines: Lines::InOrder,
        cases: 1000,
        least_refused: 34,
    };
    asks.compare(|random, _| question(random), answer);
}

const VALUES: &str = "\
name: web\nport: 80\nratio: 0.5\non: true\noff: false\nnone: null\nempty: \"\"\ntext: |\n  one\n  two\n\
list: [a, b, 3]\nmap: {k: v, deep: {er: [1, {x: y}]}}\ntpl: \"{{ .Values.name }}-{{ .Release.Name }}\"\n\
bad: \"{{ .Values.name\"\nwrong: \"{{ .Values.none.x }}\"\n\
sub: {enabled: true, port: 1}\nglobal: {g: 1}\n";

/// What has to be written as it is: operands.
const OPERANDS: &[&str] = &[
    ".",
    "$",
    ".Values",
    ".Values.name",
    ".Values.port",
    ".Values.ratio",
    ".Values.on",
    ".Values.none",
    ".Values.empty",
    ".Values.text",
    ".Values.list",
    ".Values.map",
    ".Values.map.deep.er",
    ".Values.tpl",
    ".Values.sub",
    ".Values.global",
    ".Values.global.g",
    ".Chart",
    ".Chart.Name",
    ".Chart.Version",
    ".Chart.AppVersion",
    ".Chart.IsRoot",
    ".Chart.Type",
    ".Chart.Maintainers",
    ".Chart.Annotations",
    ".Chart.Dependencies",
    ".Chart.Nosuch",
    ".Chart.Keywords",
    ".Chart.Home",
    ".Release.Name",
    ".Release.Namespace",
    ".Release.Service",
    ".Release.IsInstall",
    ".Release.Revision",
    ".Release.Nosuch",
    ".Template.Name",
    ".Template.BasePath",
    ".Template",
    ".Capabilities.KubeVersion",
    ".Capabilities.KubeVersion.Minor",
    ".Capabilities.KubeVersion.GitVersion",
    ".Capabilities.APIVersions",
    "(.Capabilities.APIVersions.Has \"apps/v1\")",
    ".Capabilities.HelmVersion.Version",
    ".Subcharts",
    ".Subcharts.sub",
    ".Subcharts.sub.Values.port",
    ".Files",
    "(.Files.Get \"a.txt\")",
    "(.Files.Get \"no\")",
    "(.Files.Lines \"a.txt\")",
    "(.Files.GetBytes \"b.bin\")",
    "(.Files.Glob \"*.txt\").AsConfig",
    "(.Files.Glob \"**\").AsSecrets",
    "(.Files.Glob \"f/*\")",
    "1",
    "-1",
    "1.5",
    "true",
    "\"s\"",
    "\"{{ .Values.name }}\"",
    "\"{{\"",
    "\"{{ include \\\"p.name\\\" . }}\"",
    "(dict \"a\" 1)",
    "(list 1 2)",
    "\"{{ define \\\"n\\\" }}new{{ end }}{{ template \\\"n\\\" }}\"",
    ".Nosuch",
];

/// Operands that lead to an error, mostly.
const TROUBLE: &[&str] = &[
    ".Values.none.x",
    ".Values.nosuch",
    ".Values.nosuch.x",
    ".Values.bad",
    ".Values.wrong",
    ".Values.name.first",
    ".Subcharts.nosuch.x",
    "(.Files.Glob \"[\")",
    "nil",
    "\"{{ .x }}\"",
    "\"{{ fail \\\"in\\\" }}\"",
    "$x",
    ".Values.list.x",
];

const NAMES: &[&str] = &["p.name", "p.data", "sub.name"];

/// Names of templates that fail, or of none.
const FAILING: &[&str] = &[
    "p.fail",
    "p.required",
    "p.self",
    "p.deep",
    "p.nil",
    "p.tpl",
    "nosuch",
    "top/templates/b.yaml",
    "n",
];

const PARTIALS: &str = r#"{{ define "p.name" }}{{ .Chart.Name | trunc 10 }}{{ end }}
{{- define "p.data" -}}
{{ toYaml .Values }}
{{- end }}
{{ define "p.fail" }}{{ fail "on purpose" }}{{ end }}
{{ define "p.required" }}{{ required "is needed" .Values.none }}{{ end }}
{{ define "p.self" }}{{ include "p.self" . }}{{ end }}
{{ define "p.deep" }}{{ include "p.nil" . }}{{ end }}
{{ define "p.nil" }}{{ .Values.none.x.y }}{{ end }}
{{ define "p.tpl" }}{{ tpl .Values.wrong . }}{{ end }}
"#;

/// What comes between a value and where it is written.
const STEPS: &[&str] = &[
    "toYaml",
    "toJson",
    "quote",
    "nindent 2",
    "default \"d\"",
    "required \"must be\"",
    "toString",
    "typeOf",
    "kindOf",
    "int",
    "join \",\"",
    "mustToJson",
    "list",
    "int64",
    "printf \"%d\"",
    "printf \"%v\"",
    "empty",
];

/// Steps that do not take everything.
const PICKY: &[&str] = &[
    "upper",
    "fail",
    "len",
    "fromYaml",
    "b64enc",
    "first",
    "trimSuffix \"b\"",
    "toToml",
    "fromJson",
    "include \"p.name\"",
    "semverCompare \">1\"",
    "keys",
    "sha256sum",
    "regexMatch \"[\"",
    "mustRegexMatch \"[\"",
    "index",
];

fn question(random: &mut Random) -> Question {
    let mut files = String::from(
        "//- Chart.yaml\napiVersion: v2\nname: top\nversion: 1.2.3\nappVersion: \"4.5\"\n\
         maintainers: [{name: me, email: m@e}]\nannotations: {a: b}\n\
         dependencies: [{name: sub, version: 1.x.x, condition: sub.enabled}]\n",
    );
    files += &format!("//- values.yaml\n{VALUES}");
    files += "//- a.txt\none\ntwo\n//- b.bin\n\u{1}\u{e9}\n//- f/x.txt\nx//- f/y.txt\n\n";
    files += &format!("//- templates/_p.tpl\n{PARTIALS}");
    for name in ["a.yaml", "b.yaml", "NOTES.txt"] {
        if random.chance(60) {
            files += &format!("//- templates/{name}\n{}", template(random));
        }
    }
    files += "//- charts/sub/Chart.yaml\napiVersion: v2\nname: sub\nversion: 1.0.0\n";
    files +=
        "//- charts/sub/templates/_s.tpl\n{{ define \"sub.name\" }}{{ .Values.port }}{{ end }}\n";
    if random.chance(30) {
        files += &format!("//- charts/sub/templates/s.yaml\n{}", template(random));
    }
    let user = random.pick(&[
        "{}",
        "{on: false, none: {x: {y: z}}}",
        "{sub: null}",
        "{port: null}",
    ]);
    Question {
        f: "render",
        a: vec![files, user.to_owned()],
    }
}

fn operand(random: &mut Random) -> &'static str {
    pick(random, OPERANDS, TROUBLE)
}

fn name(random: &mut Random) -> &'static str {
    pick(random, NAMES, FAILING)
}

fn step(random: &mut Random) -> &'static str {
    pick(random, STEPS, PICKY)
}

/// Seldom one of those that fail, so that half of the charts render.
fn pick(random: &mut Random, good: &[&'static str], bad: &[&'static str]) -> &'static str {
    let from = if random.chance(2) { bad } else { good };
    from[random.below(from.len())]
}

fn template(random: &mut Random) -> String {
    let mut text = String::new();
    for line in 0..1 + random.below(4) {
        text += &format!("l{line}: {}\n", action(random, 2));
    }
    text
}

fn action(random: &mut Random, depth: usize) -> String {
    let (open, close) = (random.pick(&["{{ ", "{{- "]), random.pick(&[" }}", " -}}"]));
    if depth == 0 {
        return format!("{open}{}{close}", operand(random));
    }
    let inner = |random: &mut Random| action(random, depth - 1);
    match random.below(11) {
        0 => format!(
            "{open}if {}{close}{}{{{{ else }}}}-{{{{ end }}}}",
            value(random),
            inner(random)
        ),
        1 => format!(
            "{open}range {}{close}{}{{{{ end }}}}",
            value(random),
            inner(random)
        ),
        2 => format!(
            "{open}with {}{close}{}{{{{ else }}}}-{{{{ end }}}}",
            value(random),
            inner(random)
        ),
        3 => format!("{open}$x := {}{close}{}", value(random), inner(random)),
        4 => format!(
            "{open}template \"{}\" {}{close}",
            name(random),
            operand(random)
        ),
        5 => format!(
            "{open}tpl {} {}{close}",
            operand(random),
            random.pick(&[".", "$", ".Values", "(dict)"])
        ),
        6 => format!(
            "{open}required {} {}{close}",
            random.pick(&["\"m\"", ".Values.port"]),
            operand(random)
        ),
        _ => format!("{open}{}{close}", value(random)),
    }
}

fn value(random: &mut Random) -> String {
    let mut text = match random.below(3) {
        0 => format!(
            "include \"{}\" {}",
            name(random),
            random.pick(&[".", "$", ".Values.map", "nil"])
        ),
        _ => operand(random).to_owned(),
    };
    for _ in 0..random.below(3) {
        text += &format!(" | {}", step(random));
    }
    text
}

fn answer(question: &Question) -> Answer {
    let loaded = Chart::load(files(&question.a[0])).map_err(|error| error.to_string())?;
    let mut chart = loaded.chart;
    let user = goval::yaml::decode_map(question.a[1].as_bytes()).map_err(|e| e.to_string())?;
    let rendered = testkit::render(&mut chart, &user, "rel", "ns", &mut Vec::new())?;
    let texts = rendered.files.iter();
    let texts: String = texts
        .map(|(path, text)| format!("=== {path}\n{}", String::from_utf8_lossy(text)))
        .collect();
    Ok(format!("{texts}=== notes\n{}", rendered.notes))
}
