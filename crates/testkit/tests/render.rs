//! Comparison with Helm: each line of `data/render.jsonl` holds a chart, values, and what
//! `helm template rel CHART --namespace ns1 --include-crds` of Helm 4.3.1 printed: stdout, the error
//! without its hint, the log.

use chart::{Chart, Event, Level};

#[test]
fn charts_render_as_with_helm() {
    let mut differences = Vec::new();
    for line in include_str!("data/render.jsonl").lines() {
        let case: Vec<String> = serde_json::from_str(line).expect("a list of texts");
        let [files, values, stdout, error, log] = &case[..] else {
            panic!("a case has five parts");
        };
        let (found_out, found_error, found_log) = run(files, values);
        let same = (&found_out, &found_error, &found_log) == (stdout, error, log);
        if !same {
            differences.push(format!(
                "{files}\n=== is\n{found_out}{found_error}{found_log}=== is not\n{stdout}{error}{log}"
            ));
        }
    }
    let count = differences.len();
    assert!(count == 0, "{count} differ:\n{}", differences.join("\n\n"));
}

fn run(files: &str, values: &str) -> (String, String, String) {
    let user = chart::load_values(values.as_bytes()).expect("values");
    let mut events = Vec::new();
    let result = Chart::load(testkit::files(files))
        .map_err(|error| error.to_string())
        .and_then(|loaded| testkit::template(loaded.chart, &user, "rel", "ns1", &mut events));
    let (stdout, error) = match result {
        Ok(text) => (text, String::new()),
        Err(error) => (String::new(), format!("Error: {error}\n")),
    };
    (stdout, error, log(&events))
}

fn log(events: &[Event]) -> String {
    let said = events.iter().filter(|event| event.level != Level::Debug);
    let mut lines: Vec<String> = said.map(|event| format!("{event}\n")).collect();
    lines.sort();
    lines.concat()
}
