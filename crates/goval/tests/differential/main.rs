//! Thousands of documents and values through Go's libraries and through ours.
//!
//! Skipped where there is no Go. `CASES` says how many of each kind, `SEED` which ones (`cargo xtask
//! differential` gives a fresh one), `CORPUS` a folder of YAML files to take text from, `SHOW` how many
//! differences are shown.

mod dump;
mod generate;
mod oracle;

use std::path::Path;

use goval::{ListShape, MapShape, Shape, StructShape, Value, json, strconv, toml, yaml};

use dump::{dump, dump_map};
use generate::Generator;
use oracle::{Answer, Request};

/// Asks Go and ourselves the same and shows what differs. Go has to refuse so many of a hundred, lest the
/// errors go untried.
#[expect(clippy::print_stderr, reason = "a test says which documents it tried")]
fn compare(
    name: &str,
    least_refused: usize,
    make: impl Fn(&mut Generator) -> Request,
    ours: impl Fn(&Request) -> Answer,
) {
    let number = |name, default| {
        let set = std::env::var(name).ok().and_then(|text| text.parse().ok());
        set.unwrap_or(default)
    };
    let Some(program) = oracle::build() else {
        eprintln!("{name}: skipped, no Go program to compare with");
        return;
    };
    let seed = number("SEED", 1);
    let mut generator = Generator::new(seed);
    let requests: Vec<Request> = (0..number("CASES", 1000))
        .map(|_| make(&mut generator))
        .collect();
    let answers = oracle::ask(Path::new(&program), requests.clone());
    let refused = answers.iter().filter(|answer| answer.is_err()).count();
    let mut different = 0;
    for (request, theirs) in requests.iter().zip(&answers) {
        let ours = ours(request);
        if ours != *theirs && !is_chance(&program, request, theirs) {
            different += 1;
            if different <= number("SHOW", 5) {
                let text = String::from_utf8_lossy(&request.1);
                eprintln!("--- {name} {}\n{text}\n{text:?}", char::from(request.0));
                let (theirs, ours) = (shown(theirs), shown(&ours));
                let same = theirs
                    .bytes()
                    .zip(ours.bytes())
                    .take_while(|(a, b)| a == b)
                    .count();
                eprintln!("Go:   {theirs}\nours: {ours}\ndifferent from byte {same} on");
            }
        }
    }
    let count = requests.len();
    eprintln!("{name}: {count} cases of seed {seed}, {refused} refused by Go, {different} differ");
    assert_eq!(different, 0, "{name}");
    assert!(
        refused * 100 >= count * least_refused,
        "{name}: too few are refused"
    );
}

/// Whether Go itself answers now this, now that: its maps have no order, and its order of keys is
/// none for some sets of them.
fn is_chance(program: &Path, request: &Request, first: &Answer) -> bool {
    let answers = oracle::ask(program, vec![request.clone(); 40]);
    answers.iter().any(|answer| answer != first)
}

fn shown(answer: &Answer) -> String {
    match answer {
        Ok(text) => format!("{:?}", String::from_utf8_lossy(text)),
        Err(error) => format!("error {error:?}"),
    }
}

fn answer<T, E: ToString>(result: Result<T, E>, show: impl Fn(T) -> Vec<u8>) -> Answer {
    result.map(show).map_err(|error| error.to_string())
}

#[test]
fn yaml_is_read_as_in_go() {
    compare(
        "YAML documents read and written",
        34,
        |generator| {
            let op = b"wmsw"[generator.random.below(4)];
            (op, generator.yaml())
        },
        |(op, text)| match op {
            b'm' => answer(yaml::decode_map(text), dump_map),
            b's' => answer(yaml::decode_strict(text), |value| dump(&value)),
            _ => read_and_written(text),
        },
    );
}

/// What was read, and how `toYaml` and `toYamlPretty` write it.
fn read_and_written(text: &[u8]) -> Answer {
    let value = yaml::decode(text).map_err(|error| error.to_string())?;
    let usual = yaml::encode(&value).map_err(|error| error.to_string())?;
    let pretty = yaml::encode_pretty(&value).map_err(|error| error.to_string())?;
    Ok([&dump(&value), usual.as_bytes(), pretty.as_bytes()].join(&b'\n'))
}

#[test]
fn json_is_read_as_in_go() {
    compare(
        "json decode",
        34,
        |generator| (b'j', generator.json()),
        |(_, text)| answer(json::decode(text), |value| dump(&value)),
    );
}

#[test]
fn toml_is_read_as_in_go() {
    compare(
        "toml decode",
        34,
        |generator| (b't', generator.toml()),
        |(_, text)| answer(toml::decode(text), dump_map),
    );
}

#[test]
fn values_are_written_as_in_go() {
    for op in *b"YPJIRT" {
        // The same seed gives the same values, so that they need not be read back.
        let values = std::cell::RefCell::new(std::collections::HashMap::new());
        compare(
            &format!("encode {}", char::from(op)),
            0,
            |generator| {
                let value = generator.value(4, true);
                let request = (op, dump(&value));
                values.borrow_mut().insert(request.clone(), value);
                request
            },
            |request| {
                let values = values.borrow();
                let value = &values[request];
                match op {
                    b'Y' => answer(yaml::encode(value), String::into_bytes),
                    b'P' => answer(yaml::encode_pretty(value), String::into_bytes),
                    b'J' => answer(json::encode(value), String::into_bytes),
                    b'I' => answer(json::encode_indent(value, "", "  "), String::into_bytes),
                    b'R' => answer(json::encode_raw(value), String::into_bytes),
                    _ => toml::encode(value)
                        .map(|text| text.to_vec())
                        .map_err(|error| {
                            let panic = if error.is_panic() { "panic: " } else { "" };
                            format!("{panic}{error}")
                        }),
                }
            },
        );
    }
}

static MAINTAINER: StructShape = StructShape {
    go_type: "main.maintainer",
    fields: &[("name", Shape::Str), ("url", Shape::Str)],
};

static METADATA: StructShape = StructShape {
    go_type: "main.metadata",
    fields: &[
        ("name", Shape::Str),
        ("version", Shape::Str),
        ("deprecated", Shape::Bool),
        ("weight", Shape::Int),
        (
            "keywords",
            Shape::List(&ListShape {
                go_type: "[]string",
                elem: Shape::Str,
            }),
        ),
        (
            "annotations",
            Shape::Map(&MapShape {
                go_type: "map[string]string",
                elem: Shape::Str,
            }),
        ),
        (
            "maintainers",
            Shape::List(&ListShape {
                go_type: "[]*main.maintainer",
                elem: Shape::Struct(&MAINTAINER),
            }),
        ),
        ("values", Shape::Any),
    ],
};

#[test]
fn structs_are_read_as_in_go() {
    let names = [
        "name",
        "Version",
        "deprecated",
        "weight",
        "keywords",
        "annotations",
    ];
    let more = [
        "maintainers",
        "values",
        "other",
        "NAME",
        "weight",
        "keywords",
    ];
    let values = [
        "x",
        "1",
        "1.10",
        "yes",
        "~",
        "[a, 1, true, null]",
        "{a: 1, b: x, c: ~}",
        "[{name: a}]",
        "[{url: [1]}, ~]",
        "[]",
        "{}",
        "1.5",
        "1e30",
        ".inf",
        "12345678901234567890",
        "0x10",
        "''",
        "'1'",
        "[[a]]",
        "[{name: {a: 1}}]",
        "{a: [1]}",
        "-1",
        "2001-01-01",
        "!!binary aGk=",
    ];
    compare(
        "struct decode",
        34,
        |generator| {
            let op = b"cccC"[generator.random.below(4)];
            let mut text = String::new();
            for _ in 0..generator.random.below(5) {
                let group = if generator.random.below(2) == 0 {
                    &names
                } else {
                    &more
                };
                text.push_str(generator.random.pick(group));
                text.push_str(": ");
                text.push_str(generator.random.pick(&values));
                text.push('\n');
            }
            (op, text.into_bytes())
        },
        |(op, text)| {
            let shape = Shape::Struct(&METADATA);
            answer(yaml::decode_shaped(text, &shape, *op == b'C'), |value| {
                dump(&set_fields(value))
            })
        },
    );
}

/// Go's zero values cannot be told from what is not set, and the oracle leaves them out.
fn set_fields(value: Value) -> Value {
    let Value::Map(map) = value else {
        return Value::Map(goval::Map::new());
    };
    let is_zero = |value: &Value| {
        matches!(value, Value::Bool(false) | Value::Int(_, 0))
            || value.as_str().is_some_and(|text| text.is_empty())
    };
    let fields = map
        .entries()
        .into_iter()
        .filter(|(name, value)| **name == *b"values" || !is_zero(value));
    let fields = fields.map(|(name, value)| match (&*name, value) {
        (b"maintainers", Value::List(list)) => {
            let items = list.iter().cloned();
            let items = items.map(|item| {
                if item.is_nil() {
                    item
                } else {
                    set_fields(item)
                }
            });
            (name, Value::List(goval::List::new(items.collect())))
        }
        (_, value) => (name, value),
    });
    Value::Map(fields.collect())
}

#[test]
fn numbers_and_quotes_are_gos() {
    compare(
        "floats",
        0,
        |generator| {
            let format = generator
                .random
                .pick(&["e", "E", "f", "g", "G", "x", "X", "b"]);
            let precision = generator.random.below(24) as i32 - 4;
            let precision = precision.max(-1);
            let bits = generator.random.pick(&["64", "64", "32"]);
            let x = generator.float();
            let x = if x.is_finite() { x } else { 1.5 };
            (
                b'f',
                format!("{format} {precision} {bits} {x:e}").into_bytes(),
            )
        },
        |(_, text)| {
            let text = String::from_utf8_lossy(text);
            let fields: Vec<&str> = text.split(' ').collect();
            let precision = fields[1].parse().unwrap_or(-1);
            let bits = fields[2].parse().unwrap_or(64);
            let x = fields[3].parse().unwrap_or(0.0);
            Ok(strconv::format_float(x, fields[0].as_bytes()[0], precision, bits).into_bytes())
        },
    );
    compare(
        "quotes",
        0,
        |generator| {
            let mut text = Vec::new();
            for _ in 0..generator.random.below(4) {
                match generator.random.below(3) {
                    0 => text.push(generator.random.next() as u8),
                    _ => {
                        let c = char::from_u32(generator.random.next() as u32 % 0x11_0000);
                        text.extend(c.unwrap_or('a').to_string().bytes());
                    }
                }
            }
            (b'q', text)
        },
        |(_, text)| {
            let forms = [
                strconv::quote(text),
                strconv::quote_to_ascii(text),
                strconv::quote_to_graphic(text),
            ];
            Ok(forms.join("\n").into_bytes())
        },
    );
    let pieces = [
        "0",
        "1",
        "9",
        "12",
        "_",
        ".",
        "e",
        "E",
        "+",
        "-",
        "0x",
        "0b",
        "0o",
        "f",
        "p",
        "p-5",
        "inf",
        "nan",
        "Infinity",
        "9223372036854775807",
        "9223372036854775808",
        "1e308",
        "1e309",
        "x",
        " ",
        "1_000",
    ];
    for op in *b"di" {
        compare(
            "numbers",
            34,
            |generator| {
                let count = 1 + generator.random.below(4);
                let text: String = (0..count).map(|_| generator.random.pick(&pieces)).collect();
                (op, text.into_bytes())
            },
            |(op, text)| {
                let text = String::from_utf8_lossy(text);
                match op {
                    b'd' => answer(strconv::parse_float(&text, 64), |x| dump(&Value::Float(x))),
                    _ => answer(strconv::parse_int(&text, 0, 64), |n| dump(&Value::int64(n))),
                }
            },
        );
    }
}
