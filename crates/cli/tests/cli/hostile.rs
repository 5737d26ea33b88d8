//! Charts that mean harm end in an error, and take neither time nor memory without end.

use testkit::{Screen, TestEnv};

/// What a hostile chart may use: seconds of processor time, and KiB of address space. They stop what
/// would never end; what is allowed to end is far below.
const LIMITS: &str = "ulimit -t 60; ulimit -v 1500000";

/// Renders a chart under the limits.
fn render(env: &TestEnv) -> Screen {
    let script = format!("{LIMITS}; exec \"$0\" template rel chart");
    env.run(["-c", &script, env!("CARGO_BIN_EXE_sternpost")])
}

fn chart(files: &str) -> TestEnv {
    let env = TestEnv::new("/bin/sh");
    let head = "//- chart/Chart.yaml\napiVersion: v2\nname: evil\nversion: 1.0.0\n";
    env.write(&format!("{head}{files}"));
    env
}

/// A template ends with an error that has this in it.
#[track_caller]
fn ends(template: &str, expected: &str) {
    ends_with_values(template, "{}\n", expected);
}

#[track_caller]
fn ends_with_values(template: &str, values: &str, expected: &str) {
    let files = format!("//- chart/values.yaml\n{values}//- chart/templates/a.yaml\n{template}\n");
    let screen = render(&chart(&files));
    assert_eq!(screen.status, Some(1), "{}", start_of(&screen.stderr));
    let stderr = &screen.stderr;
    assert!(stderr.contains(expected), "{}", start_of(stderr));
}

fn start_of(text: &str) -> String {
    text.chars().take(2000).collect()
}

#[test]
fn recursion_ends() {
    ends(
        r#"{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}"#,
        "exceeded maximum template depth (100000)",
    );
    ends(
        r#"{{define "x"}}{{include "x" .}}{{end}}{{include "x" .}}"#,
        "rendering template has a nested reference name: x",
    );
    ends(
        r#"{{define "x"}}{{tpl "{{template \"x\" .}}" .}}{{end}}{{template "x" .}}"#,
        "tpl is nested deeper than 1000 levels",
    );
}

#[test]
fn texts_do_not_grow_without_end() {
    ends(r#"{{ repeat 1000000000 "x" }}"#, "too long");
    ends(r#"{{ indent 1000000000 "x" }}"#, "too long");
    ends(r#"{{ randAlpha 1000000000 }}"#, "too many");
    ends("{{ until 1000000000 }}", "range of more than");
    ends("{{ seq 1 1000000000 }}", "range of more than");
    ends(
        r#"{{ $x := "x" }}{{ range until 60 }}{{ $x = print $x $x }}{{ end }}"#,
        "make more than",
    );
    ends(
        r#"{{ range until 1000000 }}{{ repeat 10000 "x" }}{{ end }}"#,
        "make more than",
    );
}

#[test]
fn loops_end() {
    ends("{{ range 1000000000000 }}{{ end }}", "run for more than");
    ends(
        "{{ range until 1000000 }}{{ range until 1000000 }}{{ $x := 1 }}{{ end }}{{ end }}",
        "more than",
    );
}

#[test]
fn values_that_hold_another_one_twice_are_not_written_out() {
    let twice = "{{ $l := list 1 }}{{ range until 200 }}{{ $l = list $l $l }}{{ end }}";
    ends(
        &format!("{twice}{{{{ mustToJson $l }}}}"),
        "json: more than",
    );
    ends(&format!("{twice}{{{{ mustToYaml $l }}}}"), "more than");
    ends(&format!("{twice}{{{{ deepCopy $l }}}}"), "cannot be copied");
    ends(
        &format!("{twice}{{{{ if deepEqual $l (list $l) }}}}{{{{ end }}}}{{{{ fail \"end\" }}}}"),
        "end",
    );
}

#[test]
fn what_is_nested_deep_is_refused() {
    ends(
        "{{ $l := list }}{{ range until 100000 }}{{ $l = list $l }}{{ end }}{{ mustToJson $l }}",
        "json: unsupported value",
    );
    let deep = format!("a: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    ends_with_values("a: 1", &deep, "exceeded max depth");
    ends(&deep, "exceeded max depth");
    ends(&"{{if 1}}".repeat(20_000), "max nesting depth");
    ends(
        &format!("{{{{ {}1 }}}}", "(".repeat(20_000)),
        "max expression depth",
    );
}

#[test]
fn aliases_do_not_explode() {
    let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..12 {
        let before = format!("*a{}", i - 1);
        yaml += &format!("a{i}: &a{i} [{}]\n", [before.as_str(); 9].join(", "));
    }
    ends_with_values("a: 1", &yaml, "excessive aliasing");
}

#[test]
fn patterns_take_linear_time_and_bounded_memory() {
    ends(
        r#"{{ regexMatch "^(a|a|aa|a?)*$" (print (repeat 100000 "a") "b") }}{{ fail "end" }}"#,
        "end",
    );
    ends(
        r#"{{ mustRegexMatch "((((a{1,30}){1,30}){1,30}){1,30}){1,30}" "a" }}"#,
        "error parsing regexp",
    );
}
