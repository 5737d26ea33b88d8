//! Compares with tables of templates that Go has executed with Sprig's and Helm's functions (see
//! `oracle/funcs`).

use std::sync::Arc;

use funcs::{NullWorld, World};
use gotmpl::{FuncMap, MissingKey, Options, State, TemplateSet};
use goval::{Value, yaml};

/// The first line of a table: the data of all its templates, as YAML.
#[derive(serde::Deserialize)]
struct Head {
    data: String,
}

/// Another line of a table: a template, and what Go makes of it.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    t: String,
    ok: Option<String>,
    ok_hex: Option<String>,
    err: Option<String>,
}

impl Case {
    fn expected(&self) -> Result<Vec<u8>, String> {
        let from_hex = |hex: &String| {
            let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
            (0..hex.len()).step_by(2).map(digits).collect()
        };
        match (&self.err, &self.ok, &self.ok_hex) {
            (Some(err), ..) => Err(err.clone()),
            (_, Some(ok), _) => Ok(ok.clone().into_bytes()),
            (.., hex) => Ok(hex.as_ref().map(from_hex).unwrap_or_default()),
        }
    }
}

/// Executes each template of a table and collects what differs from Go.
fn check(table: &str) {
    let functions = funcs::functions();
    let mut differences = Vec::new();
    let (head, cases) = table.split_once('\n').expect("a head");
    let head: Head = serde_json::from_str(head).expect("the head of the table");
    let data = yaml::decode(head.data.as_bytes()).expect("the data is YAML");
    for line in cases.lines() {
        let case: Case = serde_json::from_str(line).expect("a line of the table");
        // Templates can change the data.
        let found = execute(
            &case.t,
            &data.deep_copy().expect("the data is shallow"),
            &functions,
        );
        let expected = case.expected();
        if found != expected {
            let show = |result: &Result<Vec<u8>, String>| match result {
                Ok(text) => format!("{:?}", String::from_utf8_lossy(text)),
                Err(error) => format!("error {error:?}"),
            };
            let (go, ours) = (show(&expected), show(&found));
            differences.push(format!("{}\n  Go   {go}\n  ours {ours}", case.t));
        }
    }
    let count = differences.len();
    assert!(
        count == 0,
        "{count} differences\n{}",
        differences.join("\n")
    );
}

fn execute(template: &str, data: &Value, functions: &FuncMap) -> Result<Vec<u8>, String> {
    let mut set = TemplateSet::new("t");
    set.parse("t", template, functions)
        .map_err(|e| e.to_string())?;
    let mut state = State::new(Options {
        missing_key: MissingKey::Zero,
        ..Options::default()
    });
    let world: Arc<dyn World> = Arc::new(NullWorld::default());
    state.put(world);
    let mut out = Vec::new();
    let result = Arc::new(set).execute("t", data, &mut state, &mut out);
    result.map(|()| out).map_err(|e| e.to_string())
}

#[test]
fn core() {
    check(include_str!("tables/core.jsonl"));
}

#[test]
fn crypto_and_urls() {
    check(include_str!("tables/crypto.jsonl"));
}
