//! Charts with templates, values and schemas that mean harm.

use super::{Case, Content, Ends};

pub(super) fn all() -> Vec<Case> {
    let mut cases = recursion();
    cases.extend(depth());
    cases.extend(growth());
    cases.extend(loops());
    cases.extend(cycles());
    cases.extend(patterns());
    cases.extend(aliases());
    cases.extend(schemas());
    cases.extend(arguments());
    cases.extend(links());
    cases
}

const CHART: &str = "apiVersion: v2\nname: evil\nversion: 1.0.0\n";

/// A run of `template` on a chart with these files.
pub(super) fn chart(name: &str, files: Vec<(&str, Content)>, ends: Ends) -> Case {
    let named = |(name, content)| (format!("chart/{name}"), content);
    let own = [("Chart.yaml", CHART.into())];
    let files = own.into_iter().chain(files).map(named).collect();
    Case {
        name: name.to_owned(),
        words: ["template", "rel", "chart"].map(str::to_owned).to_vec(),
        files,
        ends,
    }
}

/// A chart with one template, which ends with an error that says this.
fn template(name: &str, text: impl Into<String>, says: &'static str) -> Case {
    let files = vec![("templates/a.yaml", Content::from(text.into()))];
    chart(name, files, Ends::Error(says))
}

/// A chart with these values, refused with an error that says this.
fn values(name: &str, text: String, says: &'static str) -> Case {
    let files = vec![
        ("values.yaml", Content::from(text)),
        ("templates/a.yaml", "a: 1\n".into()),
    ];
    chart(name, files, Ends::Error(says))
}

fn recursion() -> Vec<Case> {
    vec![
        template(
            "template of itself",
            r#"{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}"#,
            "exceeded maximum template depth (100000)",
        ),
        template(
            "templates of each other",
            r#"{{define "x"}}{{template "y" .}}{{end}}{{define "y"}}{{template "x" .}}{{end}}{{template "x" .}}"#,
            "exceeded maximum template depth (100000)",
        ),
        template(
            "include of itself",
            r#"{{define "x"}}{{include "x" .}}{{end}}{{include "x" .}}"#,
            "rendering template has a nested reference name: x",
        ),
        template(
            "includes of each other",
            r#"{{define "x"}}{{include "y" .}}{{end}}{{define "y"}}{{include "x" .}}{{end}}{{include "x" .}}"#,
            "rendering template has a nested reference name",
        ),
        template(
            "include and template by turns",
            r#"{{define "x"}}{{template "y" .}}{{end}}{{define "y"}}{{include "x" .}}{{end}}{{include "x" .}}"#,
            "rendering template has a nested reference name: x",
        ),
        template(
            "include that doubles",
            r#"{{define "x"}}{{include "x" .}}{{include "x" .}}{{end}}{{include "x" .}}"#,
            "rendering template has a nested reference name: x",
        ),
        template(
            "tpl in tpl",
            r#"{{define "x"}}{{tpl "{{template \"x\" .}}" .}}{{end}}{{template "x" .}}"#,
            "tpl is nested deeper than 1000 levels",
        ),
        chart(
            "tpl of a value that is itself",
            vec![
                ("values.yaml", "x: \"{{ tpl .Values.x . }}\"\n".into()),
                ("templates/a.yaml", "{{ tpl .Values.x . }}\n".into()),
            ],
            Ends::Error("tpl is nested deeper than 1000 levels"),
        ),
        template(
            "two templates that call both",
            r#"{{define "x"}}{{if .}}{{template "x" (rest .)}}{{template "x" (rest .)}}{{end}}{{end}}{{template "x" (until 60)}}"#,
            "more than",
        ),
    ]
}

fn depth() -> Vec<Case> {
    let brackets = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let braces = "{\"a\":".repeat(100_000);
    let mut blocks = String::new();
    for level in 0..3000 {
        blocks += &format!("{}a:\n", " ".repeat(level));
    }
    vec![
        values(
            "values: brackets",
            format!("a: {brackets}\n"),
            "exceeded max depth",
        ),
        values(
            "values: braces",
            format!("a: {braces}\n"),
            "exceeded max depth",
        ),
        values("values: dashes", "- ".repeat(100_000), "exceeded max depth"),
        values("values: blocks", blocks.clone(), "exceeded max depth"),
        values(
            "values: questions",
            "? ".repeat(100_000),
            "exceeded max depth",
        ),
        template(
            "output: brackets",
            format!("a: {brackets}\n"),
            "exceeded max depth",
        ),
        template("output: blocks", blocks, "exceeded max depth"),
        template(
            "fromJson: brackets",
            "{{ $x := fromJsonArray (repeat 100000 \"[\") }}{{ fail (index $x 0) }}",
            "exceeded max depth",
        ),
        template(
            "fromYaml: brackets",
            "{{ $x := fromYamlArray (repeat 100000 \"[\") }}{{ fail (index $x 0) }}",
            "exceeded max depth",
        ),
        template(
            "fromToml: brackets",
            "{{ $x := fromToml (print \"a = \" (repeat 100000 \"[\")) }}{{ fail $x.Error }}",
            "nested too deep",
        ),
        template("ifs in ifs", "{{if 1}}".repeat(20_000), "max nesting depth"),
        template(
            "parentheses",
            format!("{{{{ {}1{} }}}}", "(".repeat(20_000), ")".repeat(20_000)),
            "max expression depth",
        ),
        template(
            "lists in lists",
            "{{ $l := list }}{{ range until 100000 }}{{ $l = list $l }}{{ end }}{{ mustToJson $l }}",
            "json: unsupported value",
        ),
        template(
            "fields of fields",
            format!("{{{{ .Values{} }}}}", ".a".repeat(100_000)),
            "nil pointer evaluating interface {}.a",
        ),
        template(
            "pipes",
            format!("{{{{ 1{} | fail }}}}", " | print".repeat(100_000)),
            "1",
        ),
        template(
            "else ifs",
            format!("{{{{if 0}}}}{}", "{{else if 0}}".repeat(20_000)),
            "max nesting depth",
        ),
        chart(
            "Chart.yaml: brackets",
            vec![("Chart.yaml", Content::from(format!("a: {brackets}\n")))],
            Ends::Error("exceeded max depth"),
        ),
    ]
}

fn growth() -> Vec<Case> {
    let doubled = |step: &str| {
        format!("{{{{ $x := \"x\" }}}}{{{{ range until 60 }}}}{{{{ $x = {step} }}}}{{{{ end }}}}")
    };
    vec![
        template(
            "a gigabyte by repeat",
            r#"{{ repeat 1000000000 "x" }}"#,
            "too long",
        ),
        template(
            "a gigabyte by indent",
            r#"{{ indent 1000000000 "x" }}"#,
            "too long",
        ),
        template(
            "a gigabyte by nindent",
            r#"{{ nindent 1000000000 "x" }}"#,
            "too long",
        ),
        template(
            "a gigabyte by printf",
            r#"{{ printf "%1000000d" 1 | repeat 1000 }}"#,
            "too long",
        ),
        template(
            "a gigabyte by chance",
            "{{ randAlphaNum 1000000000 }}",
            "too many",
        ),
        template(
            "a gigabyte of bytes",
            "{{ randBytes 1000000000 }}",
            "too many",
        ),
        template(
            "negative repeat",
            r#"{{ repeat -1 "x" }}{{ fail "end" }}"#,
            "repeat",
        ),
        template(
            "a billion numbers by until",
            "{{ until 1000000000 }}",
            "range of more than",
        ),
        template(
            "a billion numbers by untilStep",
            "{{ untilStep 0 1000000000 1 }}",
            "range of more than",
        ),
        template(
            "a billion numbers by seq",
            "{{ seq 1 1000000000 }}",
            "range of more than",
        ),
        template(
            "print that doubles",
            doubled("print $x $x"),
            "make more than",
        ),
        template(
            "printf that doubles",
            doubled(r#"printf "%s%s" $x $x"#),
            "make more than",
        ),
        template("cat that doubles", doubled("cat $x $x"), "make more than"),
        template(
            "replace that doubles",
            doubled(r#"replace "x" "xx" $x"#),
            "too long",
        ),
        template(
            "regexReplaceAll that doubles",
            doubled(r#"regexReplaceAll "x" $x "xx""#),
            "too long",
        ),
        template(
            "join that doubles",
            doubled(r#"join "" (list $x $x)"#),
            "too long",
        ),
        template(
            "quote that doubles",
            doubled("quote $x $x"),
            "make more than",
        ),
        template(
            "toJson that doubles",
            doubled("toJson (list $x $x)"),
            "more than",
        ),
        template(
            "toYaml that doubles",
            doubled("toYaml (list $x $x)"),
            "more than",
        ),
        template(
            "list that doubles",
            doubled("concat (list $x) (list $x) | join $x"),
            "too long",
        ),
        template(
            "tpl that doubles",
            doubled("tpl (print $x $x) ."),
            "make more than",
        ),
        template(
            "b64enc that grows",
            doubled("b64enc (print $x $x)"),
            "make more than",
        ),
        template(
            "wrapWith that grows",
            doubled(r#"wrapWith 1 $x (print $x $x)"#),
            "too long",
        ),
        template(
            "replace by what is as long",
            r#"{{ $x := repeat 1000000 "x" }}{{ replace "x" $x $x }}"#,
            "too long",
        ),
        template(
            "regexReplaceAll by what is as long",
            r#"{{ $x := repeat 1000000 "x" }}{{ regexReplaceAll "x" $x $x }}"#,
            "too long",
        ),
        template(
            "regexReplaceAll by itself again and again",
            r#"{{ $x := repeat 1000000 "x" }}{{ regexReplaceAll "x+" $x (repeat 1000000 "$0") }}"#,
            "too long",
        ),
        template(
            "join by what is long",
            r#"{{ $x := repeat 1000000 "x" }}{{ join $x (until 1000000) }}"#,
            "too long",
        ),
        template(
            "a long list of long texts",
            r#"{{ $x := repeat 10000000 "x" }}{{ $l := list $x }}{{ range until 100 }}{{ $l = append $l $x }}{{ end }}{{ print $l }}"#,
            "more than",
        ),
        template(
            "much output",
            r#"{{ range until 1000000 }}{{ repeat 10000 "x" }}{{ end }}"#,
            "make more than",
        ),
        template(
            "lists of text by splitList",
            r#"{{ $x := repeat 20000000 "x" }}{{ range until 100 }}{{ $y := splitList "" $x }}{{ end }}"#,
            "more than",
        ),
        template(
            "concat that doubles",
            "{{ $l := list 1 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}",
            "more than",
        ),
        template(
            "append one by one",
            "{{ $l := list 1 }}{{ range until 1000000 }}{{ $l = append $l 1 }}{{ end }}",
            "more than",
        ),
        template(
            "sets one by one",
            "{{ range $i := until 1000000 }}{{ range until 100 }}{{ $_ := set $.Values (print $i .) . }}{{ end }}{{ end }}",
            "more than",
        ),
        template(
            "chunks of a long list",
            "{{ $l := until 1000000 }}{{ range until 1000 }}{{ $x := chunk 1 $l }}{{ end }}",
            "more than",
        ),
        template(
            "sorted again and again",
            "{{ $l := until 1000000 }}{{ range until 1000 }}{{ $x := sortAlpha $l }}{{ end }}",
            "more than",
        ),
        template(
            "unique things of a long list",
            "{{ $l := until 1000000 | uniq }}{{ fail \"end\" }}",
            "end",
        ),
    ]
}

fn loops() -> Vec<Case> {
    vec![
        template(
            "a trillion rounds",
            "{{ range 1000000000000 }}{{ end }}",
            "run for more than",
        ),
        template(
            "loops in loops",
            "{{ range until 1000000 }}{{ range until 1000000 }}{{ $x := 1 }}{{ end }}{{ end }}",
            "more than",
        ),
        template(
            "costly functions in a loop",
            "{{ $t := repeat 1000000 \"x\" }}{{ range 100000 }}{{ $x := sha256sum $t }}{{ end }}",
            "more than",
        ),
        template(
            "searches in a loop",
            r#"{{ $t := repeat 1000000 "x" }}{{ range 100000 }}{{ $x := contains "y" $t }}{{ end }}"#,
            "more than",
        ),
        template(
            "comparisons in a loop",
            "{{ $l := until 1000000 }}{{ range 100000 }}{{ $x := has -1 $l }}{{ end }}",
            "more than",
        ),
        template(
            "deep comparisons in a loop",
            "{{ $l := until 1000000 }}{{ $m := until 1000000 }}{{ range 100000 }}{{ $x := deepEqual $l $m }}{{ end }}",
            "more than",
        ),
    ]
}

/// Values that contain themselves, with which Go breaks down. What comes out does not matter, as long as it ends with
/// an error.
fn cycles() -> Vec<Case> {
    let cycle = |name: &str, call: &str, says| {
        let text = format!(
            "{{{{ $_ := set .Values \"self\" .Values }}}}{{{{ {call} }}}}{{{{ fail \"end\" }}}}"
        );
        template(name, text, says)
    };
    vec![
        cycle("values in themselves: print", "print .Values | len", ""),
        cycle(
            "values in themselves: printf %#v",
            "printf \"%#v\" .Values | len",
            "",
        ),
        cycle("values in themselves: toYaml", "mustToYaml .Values", ""),
        cycle("values in themselves: toJson", "mustToJson .Values", "json"),
        cycle("values in themselves: toToml", "mustToToml .Values", ""),
        cycle(
            "values in themselves: toPrettyJson",
            "mustToPrettyJson .Values",
            "json",
        ),
        cycle(
            "values in themselves: deepCopy",
            "deepCopy .Values | len",
            "cannot be copied",
        ),
        cycle(
            "values in themselves: deepEqual",
            "deepEqual .Values (deepCopy (dict \"self\" 1))",
            "end",
        ),
        cycle(
            "values in themselves: merge",
            "merge (dict \"self\" (dict)) .Values | len",
            "",
        ),
        cycle(
            "values in themselves: mergeOverwrite",
            "mergeOverwrite (dict) .Values | len",
            "",
        ),
        cycle("values in themselves: quote", "quote .Values | len", ""),
        cycle(
            "values in themselves: toString",
            "toString .Values | len",
            "",
        ),
        cycle("values in themselves: html", "html .Values | len", ""),
        cycle(
            "values in themselves twice: deepEqual",
            "$d := dict }}{{ $_ := set $d \"self\" $d }}{{ $e := dict }}{{ $_ := set $e \"self\" $e }}{{ deepEqual $d $e",
            "end",
        ),
    ]
}

fn patterns() -> Vec<Case> {
    vec![
        template(
            "catastrophic alternation",
            r#"{{ regexMatch "^(a|a|aa|a?)*$" (print (repeat 100000 "a") "b") }}{{ fail "end" }}"#,
            "end",
        ),
        template(
            "catastrophic repetition",
            r#"{{ regexMatch "(x+x+)+y" (repeat 100000 "x") }}{{ fail "end" }}"#,
            "end",
        ),
        template(
            "repetitions of repetitions",
            r#"{{ mustRegexMatch "((((a{1,30}){1,30}){1,30}){1,30}){1,30}" "a" }}"#,
            "error parsing regexp",
        ),
        template(
            "a thousand states",
            r#"{{ regexMatch "(a|b)*a(a|b){900}c" (repeat 50000 "ab") }}{{ fail "end" }}"#,
            "end",
        ),
        template(
            "all matches of a long search",
            r#"{{ regexFindAll ".*.*=.*" (repeat 20000 "x") -1 }}{{ fail "end" }}"#,
            "end",
        ),
        template(
            "a search from each place",
            r#"{{ regexReplaceAll "x*y" (repeat 100000 "x") "" | len }}{{ fail "end" }}"#,
            "end",
        ),
        template(
            "parentheses in a pattern",
            r#"{{ mustRegexMatch (repeat 100000 "(") "a" }}"#,
            "error parsing regexp",
        ),
        template(
            "a million alternatives",
            r#"{{ mustRegexMatch (repeat 300000 "a|") "b" }}{{ fail "end" }}"#,
            "e",
        ),
        template(
            "patterns of files",
            r#"{{ range .Files.Glob (print (repeat 30 "{a,b}") "c") }}{{ end }}{{ range .Files.Glob (print (repeat 60 "*a") "b") }}{{ end }}{{ fail "end" }}"#,
            "e",
        ),
        chart(
            "patterns of .helmignore",
            vec![
                (
                    ".helmignore",
                    Content::from(format!("{}b\n", "*a".repeat(60))),
                ),
                ("templates/a.yaml", "a: 1\n".into()),
                (&*"a".repeat(200), "x".into()),
            ],
            Ends::AsHelm,
        ),
    ]
}

fn aliases() -> Vec<Case> {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut merges = "a0: &a0 {k: v}\n".to_owned();
    for i in 1..40 {
        let before = format!("*a{}", i - 1);
        laughs += &format!("a{i}: &a{i} [{}]\n", [before.as_str(); 9].join(", "));
        merges +=
            &format!("a{i}: &a{i} {{<<: [{before}, {before}], x{i}: {before}, y{i}: {before}}}\n");
    }
    let file = |name: &str, text: &str| template(name, text, "excessive aliasing");
    vec![
        values(
            "aliases of aliases in values",
            laughs.clone(),
            "excessive aliasing",
        ),
        values("merges of merges in values", merges, "excessive aliasing"),
        file("aliases of aliases in output", &laughs),
        chart(
            "aliases of aliases in fromYaml",
            vec![
                ("laughs", Content::from(laughs)),
                (
                    "templates/a.yaml",
                    "{{ $x := fromYaml (.Files.Get \"laughs\") }}{{ fail $x.Error }}\n".into(),
                ),
            ],
            Ends::Error("excessive aliasing"),
        ),
        values(
            "an alias of itself",
            "a: &a [*a]\n".to_owned(),
            "contains itself",
        ),
    ]
}

fn schemas() -> Vec<Case> {
    let schema = |name: &str, schema: String, values: &str, ends| {
        let files = vec![
            ("values.schema.json", Content::from(schema)),
            ("values.yaml", values.into()),
            ("templates/a.yaml", "a: 1\n".into()),
        ];
        chart(name, files, ends)
    };
    vec![
        schema("a schema that is itself", "{\"$ref\":\"#\"}".to_owned(), "a: 1\n", Ends::AsHelm),
        schema(
            "schemas that are each other",
            "{\"$ref\":\"#/definitions/a\",\"definitions\":{\"a\":{\"$ref\":\"#/definitions/b\"},\"b\":{\"allOf\":[{\"$ref\":\"#/definitions/a\"}]}}}".to_owned(),
            "a: 1\n",
            Ends::AsHelm,
        ),
        schema(
            "a schema of its values",
            "{\"additionalProperties\":{\"$ref\":\"#\"}}".to_owned(),
            "a: {b: {c: {d: {}}}}\n",
            Ends::AsHelm,
        ),
        schema(
            "schemas in schemas",
            format!("{}{}", "{\"not\":".repeat(100_000), "}".repeat(100_000)),
            "a: 1\n",
            Ends::Error("exceeded max depth"),
        ),
        schema(
            "a catastrophic pattern",
            "{\"properties\":{\"a\":{\"pattern\":\"^(a|a|aa|a?)*$\"}}}".to_owned(),
            &format!("a: {}b\n", "a".repeat(30_000)),
            Ends::Error("does not match pattern"),
        ),
        schema(
            "many things that are to be unique",
            "{\"properties\":{\"a\":{\"uniqueItems\":true}}}".to_owned(),
            &format!("a: [{}1]\n", (0..20_000).map(|i| format!("{{k: {i}}}, ")).collect::<String>()),
            Ends::AsHelm,
        ),
        schema(
            "a schema of the network's",
            "{\"$ref\":\"http://127.0.0.1:1/schema\"}".to_owned(),
            "a: 1\n",
            Ends::Error("connection refused"),
        ),
        schema(
            "a schema that never ends",
            "{\"$ref\":\"file:///dev/zero\"}".to_owned(),
            "a: 1\n",
            Ends::Error("/dev/zero"),
        ),
    ]
}

fn arguments() -> Vec<Case> {
    let set = |name: &str, flag: &str, text: String, says| {
        let mut case = template(name, "a: {{ .Values | toJson | len }}\n", says);
        case.words.extend([flag.to_owned(), text]);
        case
    };
    vec![
        set(
            "--set: a huge index",
            "--set",
            "a[999999999]=1".to_owned(),
            "greater than maximum supported index",
        ),
        set(
            "--set: an index beyond",
            "--set",
            "a[99999999999999999999]=1".to_owned(),
            "value out of range",
        ),
        set(
            "--set: huge lists in huge lists",
            "--set",
            format!("a{}=1", "[65536]".repeat(900)),
            "lists would grow",
        ),
        set(
            "--set: many huge lists",
            "--set",
            (0..6000)
                .map(|i| format!("k{i}[65536]=1,"))
                .collect::<String>()
                + "z=1",
            "lists would grow",
        ),
        set(
            "--set-literal: huge lists in huge lists",
            "--set-literal",
            format!("a{}=1", "[65536]".repeat(900)),
            "lists would grow",
        ),
        set(
            "--set: dots",
            "--set",
            format!("a{}=1", ".a".repeat(50_000)),
            "maximum supported nested level",
        ),
        set(
            "--set: brackets",
            "--set",
            format!("a{}=1", "[0]".repeat(30_000)),
            "nested deeper",
        ),
        set(
            "--set-json: brackets",
            "--set-json",
            format!("a={}", "[".repeat(100_000)),
            "failed parsing --set-json data",
        ),
        set(
            "--set: a list item by item",
            "--set",
            (0..8000)
                .map(|i| format!("a[{}]=1,", 65_536 - i))
                .collect::<String>()
                + "b",
            "key \"b\" has no value",
        ),
    ]
}

fn links() -> Vec<Case> {
    let link = |name: &str, path: &str, target: &str, ends| {
        let files = vec![
            (path, Content::Link(target.to_owned())),
            (
                "templates/a.yaml",
                "a: {{ .Files.Get \"link\" | quote }}\n".into(),
            ),
        ];
        chart(name, files, ends)
    };
    vec![
        link(
            "a link out of the chart",
            "link",
            "/etc/hostname",
            Ends::AsHelm,
        ),
        link(
            "a link out of the templates",
            "templates/link.yaml",
            "../../../nosuch",
            Ends::AsHelm,
        ),
        link("a link to itself", "link", "link", Ends::AsHelm),
        link(
            "a link to the chart",
            "templates/link",
            "..",
            Ends::Error(""),
        ),
        link(
            "a link to a device",
            "link",
            "/dev/zero",
            Ends::Error("cannot load irregular file"),
        ),
        link(
            "a link to the root",
            "link",
            "/proc/self/root/etc/apt",
            Ends::AsHelm,
        ),
    ]
}
