//! Arguments of `--set` and its kin.

use crate::oracle::{Answer, Question};
use crate::{Asks, Lines};

/// What the arguments change.
const BEFORE: &str = r#"{"s":"x","n":null,"l":["a",{"k":"v"},[1]],"m":{"a":1,"b":{"c":2}}}"#;

const PIECES: &[&str] = &[
    "a",
    "b",
    "s",
    "n",
    "l",
    "m",
    "a.b",
    "m.b.c",
    "l[0]",
    "l[1].k",
    "l[2][0]",
    "l[5]",
    "x[0][1]",
    "[0]",
    "[-1]",
    "[a]",
    "[65537]",
    ".",
    "=",
    "=",
    "=",
    "=1",
    "=0",
    "=-1",
    "=01",
    "=1.5",
    "=true",
    "=False",
    "=null",
    "=NULL",
    "=x y",
    "={1,2}",
    "={}",
    "={a",
    "=\"q\"",
    ",",
    ",",
    "\\,",
    "\\.",
    "\\=",
    "\\",
    "{",
    "}",
    "é",
    "\n",
    " ",
    "=9223372036854775808",
];

const JSON: &[&str] = &[
    "a=1",
    "m={\"x\":[1,null]}",
    "l[0]=\"z\"",
    "m.b=null",
    "s=",
    "a={",
    "x=[1,2]",
    ",",
    "n=true",
    "a.b=1.50",
    "=1",
    "s=\"q\\u0041\"",
];

#[test]
fn arguments_set_what_helm_sets() {
    let asks = Asks {
        name: "arguments",
        lines: Lines::InOrder,
        cases: 1000,
        least_refused: 0, // an error is an answer here, beside what was set before it
    };
    asks.compare(
        |random, _| {
            let kind = random.pick(&["set", "set", "string", "literal", "json", "file"]);
            let pieces = if kind == "json" { JSON } else { PIECES };
            let text = random.pieces(pieces, 6);
            Question {
                f: "values.set",
                a: vec![kind.to_owned(), text, BEFORE.to_owned()],
            }
        },
        answer,
    );
}

fn answer(question: &Question) -> Answer {
    let [kind, text, before] = &question.a[..] else {
        return Err("three arguments".to_owned());
    };
    let values = goval::json::decode_map(before.as_bytes()).map_err(|error| error.to_string())?;
    let set = match kind.as_str() {
        "set" => values::set,
        "string" => values::set_string,
        "json" => values::set_json,
        "file" => set_file,
        _ => values::set_literal,
    };
    let error = match set(text, &values) {
        Ok(()) => String::new(),
        Err(_) if kind == "json" => "refused".to_owned(),
        Err(error) => error.to_string(),
    };
    let values = goval::json::encode(&values.into()).map_err(|error| error.to_string())?;
    Ok(format!("{values}\n{error}"))
}

/// Files whose content is their name, and one that is not there.
fn set_file(text: &str, values: &goval::Map) -> Result<(), values::SetError> {
    values::set_file(text, values, &mut |name| match name {
        "1" => Err("open 1: no such file".to_owned()),
        name => Ok(format!("<{name}>").into()),
    })
}
