//! Small programs, each seen to end as it should.

#![expect(clippy::unwrap_used, reason = "a test may fail so")]

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wasm::{Answer, Call, Limits, Outcome, Request, Web, call};

/// The functions of the host that these programs use, and a text for each of them to find at 0.
const HEAD: &str = r#"
    (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
    (import "extism:host/env" "load_u8" (func $load_u8 (param i64) (result i32)))
    (import "extism:host/env" "length" (func $length (param i64) (result i64)))
    (import "extism:host/env" "input_offset" (func $input_offset (result i64)))
    (import "extism:host/env" "input_length" (func $input_length (result i64)))
    (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
    (import "extism:host/env" "error_set" (func $error_set (param i64)))
    (import "extism:host/env" "config_get" (func $config_get (param i64) (result i64)))
    (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
    (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
    (import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))
    (import "extism:host/env" "http_status_code" (func $http_status_code (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 1)
    (func $text (param $from i32) (param $length i32) (result i64)
      (local $offset i64) (local $at i32)
      (local.set $offset (call $alloc (i64.extend_i32_u (local.get $length))))
      (block $done (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $length)))
        (call $store_u8
          (i64.add (local.get $offset) (i64.extend_i32_u (local.get $at)))
          (i32.load8_u (i32.add (local.get $from) (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
      (local.get $offset))
    (func $answer (param $block i64)
      (call $output_set (local.get $block) (call $length (local.get $block))))
"#;

#[derive(Debug)]
struct Told(BTreeMap<&'static str, Answer>);

impl Web for Told {
    fn send(&self, request: &Request) -> Result<Answer, String> {
        self.0
            .get(request.url.as_str())
            .cloned()
            .ok_or_else(|| "nobody".to_owned())
    }
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Case<'a> {
    body: &'a str,
    limits: Limits,
    hosts: &'a [&'a str],
}

impl Case<'_> {
    /// What becomes of a program, and what it said.
    fn run(&self) -> (Result<Outcome, String>, String) {
        let text = format!("(module {HEAD} {})", self.body);
        let module = wat::parse_str(text).unwrap();
        let answer = |status, body: &str, location: &str| Answer {
            status,
            body: body.as_bytes().to_vec(),
            headers: BTreeMap::from([("location".to_owned(), location.to_owned())]),
        };
        let heard = Heard::default();
        let ended = call(Call {
            module: &module,
            entry: "main",
            input: b"input",
            config: BTreeMap::from([("key".to_owned(), "value".to_owned())]),
            allowed_hosts: self.hosts.iter().map(|&host| host.to_owned()).collect(),
            folder: None,
            env: Vec::new(),
            stdin: Box::new(io::empty()) as Box<dyn Read + Send>,
            stdout: Box::new(heard.clone()),
            stderr: Box::new(io::sink()),
            web: Arc::new(Told(BTreeMap::from([
                ("http://a.test/", answer(200, "hello", "")),
                ("http://a.test/on", answer(302, "", "http://b.test/")),
                ("http://b.test/", answer(200, "from b", "")),
            ]))),
            limits: self.limits,
        });
        let said = String::from_utf8(heard.0.lock().unwrap().clone()).unwrap();
        (ended.map_err(|error| error.to_string()), said)
    }
}

fn run(body: &str) -> Result<Outcome, String> {
    let limits = Limits::default();
    Case {
        body,
        limits,
        hosts: &[],
    }
    .run()
    .0
}

fn output(body: &str) -> String {
    String::from_utf8(run(body).unwrap().output).unwrap()
}

#[test]
fn input_configuration_and_output_go_through_the_kernel() {
    let input = r#"(func (export "main") (result i32)
        (call $output_set (call $input_offset) (call $input_length)) (i32.const 7))"#;
    let outcome = run(input).unwrap();
    assert_eq!((outcome.status, outcome.output), (7, b"input".to_vec()));
    let config = r#"(data (i32.const 0) "key") (func (export "main")
        (call $answer (call $config_get (call $text (i32.const 0) (i32.const 3)))))"#;
    assert_eq!(output(config), "value");
    let wrong = r#"(data (i32.const 0) "wrong") (func (export "main") (result i32)
        (call $error_set (call $text (i32.const 0) (i32.const 5))) (i32.const 1))"#;
    assert_eq!(run(wrong).unwrap_err(), "wrong");
}

#[test]
fn each_end_has_its_words() {
    let main = |body: &str| run(&format!(r#"(func (export "main") {body})"#)).unwrap_err();
    for (body, expected) in [
        ("unreachable", "wasm error: unreachable"),
        (
            "(call $proc_exit (i32.const 3))",
            "module closed with exit_code(3)",
        ),
        (
            "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
            "wasm error: integer divide by zero",
        ),
        (
            "(drop (i32.load (i32.const 65536)))",
            "wasm error: out of bounds memory access",
        ),
    ] {
        assert_eq!(main(body), expected, "{body}");
    }
    let endless = r#"(func $main (export "main") (call $main) (call $main))"#;
    assert_eq!(run(endless).unwrap_err(), "wasm error: stack overflow");
    let well = r#"(func (export "main") (call $proc_exit (i32.const 0)))"#;
    assert_eq!(run(well).unwrap().status, 0);
    assert_eq!(run("").unwrap_err(), "unknown function: main");
    let params = r#"(func (export "main") (param i32))"#;
    assert_eq!(run(params).unwrap_err(), "expected 1 params, but passed 0");
}

#[test]
fn a_program_is_ended_when_its_time_is_over() {
    let body = r#"(func (export "main") (loop $again (br $again)))"#;
    let limits = Limits {
        time: Some(Duration::from_millis(20)),
        ..Limits::default()
    };
    let ended = Case {
        body,
        limits,
        hosts: &[],
    }
    .run()
    .0;
    assert_eq!(
        ended.unwrap_err(),
        "module closed with context deadline exceeded"
    );
}

#[test]
fn memory_ends_at_its_limit() {
    let grow = r#"(func (export "main") (result i32) (memory.grow (i32.const 40)))"#;
    let limits = Limits {
        pages: 20,
        ..Limits::default()
    };
    let ended = Case {
        body: grow,
        limits,
        hosts: &[],
    }
    .run()
    .0;
    assert_eq!(ended.unwrap().status, u32::MAX);
    let blocks = r#"(func (export "main") (result i64) (call $alloc (i64.const 2000000)))"#;
    assert_eq!(
        Case {
            body: blocks,
            limits,
            hosts: &[]
        }
        .run()
        .0
        .unwrap()
        .status,
        0
    );
    let limits = Limits {
        pages: 4,
        ..Limits::default()
    };
    assert_eq!(
        Case {
            body: grow,
            limits,
            hosts: &[]
        }
        .run()
        .0
        .unwrap_err(),
        "instantiating extism module: section memory: min 16 pages (1 Mi) over limit of 4 pages (256 Ki)"
    );
}

#[test]
fn variables_are_kept_up_to_their_limit() {
    let body = r#"(data (i32.const 0) "nvalue") (func (export "main")
        (call $var_set (call $text (i32.const 0) (i32.const 1)) (call $text (i32.const 1) (i32.const 5)))
        (call $answer (call $var_get (call $text (i32.const 0) (i32.const 1)))))"#;
    let with = |variables| {
        let limits = Limits {
            variables,
            ..Limits::default()
        };
        let ended = Case {
            body,
            limits,
            hosts: &[],
        }
        .run()
        .0;
        ended.map(|outcome| String::from_utf8(outcome.output).unwrap())
    };
    assert_eq!(with(100).unwrap(), "value");
    assert_eq!(
        with(46).unwrap_err(),
        "Variable store is full (recovered by wazero)"
    );
    assert_eq!(
        with(0).unwrap_err(),
        "Vars are disabled by this host (recovered by wazero)"
    );
}

#[test]
fn only_some_hosts_are_asked_even_by_way_of_others() {
    let asks = |url: &str, hosts: &[&str], answer: u64| {
        let request = format!(r#"{{\22url\22:\22{url}\22}}"#);
        let length = url.len() + r#"{"url":""}"#.len();
        let body = format!(
            r#"(data (i32.const 0) "{request}") (func (export "main") (result i32)
            (call $answer (call $http_request (call $text (i32.const 0) (i32.const {length})) (i64.const 0)))
            (call $http_status_code))"#
        );
        let limits = Limits {
            answer,
            ..Limits::default()
        };
        Case {
            body: &body,
            limits,
            hosts,
        }
        .run()
        .0
    };
    let outcome = asks("http://a.test/", &["*.test"], 100).unwrap();
    assert_eq!((outcome.status, outcome.output), (200, b"hello".to_vec()));
    let refused = |url: &str, hosts: &[&str], answer| asks(url, hosts, answer).unwrap_err();
    assert_eq!(
        refused("http://a.test/", &["b.test"], 100),
        "HTTP request to 'http://a.test/' is not allowed (recovered by wazero)"
    );
    assert_eq!(
        refused("http://a.test/on", &["a.test"], 100),
        "HTTP request to 'http://b.test/' is not allowed (recovered by wazero)"
    );
    assert_eq!(
        asks("http://a.test/on", &["?.test"], 100).unwrap().output,
        b"from b"
    );
    assert_eq!(
        refused("http://a.test/", &["a.test"], 4),
        "http: request body too large (recovered by wazero)"
    );
}

#[test]
fn what_is_said_goes_to_its_stream() {
    let body = r#"(data (i32.const 16) "hi\n") (func (export "main")
        (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 3))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))"#;
    let limits = Limits::default();
    assert_eq!(
        Case {
            body,
            limits,
            hosts: &[]
        }
        .run()
        .1,
        "hi\n"
    );
}

#[test]
fn what_there_is_not_is_named() {
    let module = |text: &str| {
        let wanted = Call {
            module: &wat::parse_str(text).unwrap_or_else(|_| text.as_bytes().to_vec()),
            entry: "main",
            input: b"",
            config: BTreeMap::new(),
            allowed_hosts: Vec::new(),
            folder: None,
            env: Vec::new(),
            stdin: Box::new(io::empty()),
            stdout: Box::new(io::sink()),
            stderr: Box::new(io::sink()),
            web: Arc::new(Told(BTreeMap::new())),
            limits: Limits::default(),
        };
        call(wanted).unwrap_err().to_string()
    };
    for (text, expected) in [
        ("text", "invalid magic number"),
        (
            r#"(module (import "other" "f" (func)))"#,
            "instantiating module: module[other] not instantiated",
        ),
        (
            r#"(module (import "extism:host/env" "f" (func)))"#,
            r#"instantiating module: "f" is not exported in module "extism:host/env""#,
        ),
        (
            r#"(module (import "extism:host/env" "alloc" (func (param i32))))"#,
            "instantiating module: import func[extism:host/env.alloc]: signature mismatch: i32_v != i64_i64",
        ),
    ] {
        assert_eq!(module(text), expected, "{text}");
    }
}
