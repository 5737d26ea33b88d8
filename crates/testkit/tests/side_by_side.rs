//! Templates that run side by side give what they give one after the other, whatever they do to the values.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chart::Chart;
use funcs::{NullWorld, World};
use goval::Value;
use jiff::{Timestamp, tz::TimeZone};
use render::{Capabilities, ReleaseOptions, RenderOptions};

/// A world that may be asked in any order.
struct Forgetful(NullWorld);

impl World for Forgetful {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn local_zone(&self) -> TimeZone {
        self.0.local_zone()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }

    fn lookup(&self, _: &str, _: &str, _: &str, _: &str) -> Result<Value, String> {
        Err("nobody is asked".to_owned())
    }

    fn host_by_name(&self, name: &str) -> String {
        self.0.host_by_name(name)
    }

    fn remembers(&self) -> bool {
        false
    }
}

/// What a template in the middle may do; all later ones show all of the values.
const ACTIONS: &[&str] = &[
    "",
    r#"{{ $_ := set .Values "new" "x" }}"#,
    r#"{{ $_ := unset .Values "plain" }}"#,
    r#"{{ $_ := set .Values.map "inner" (dict "a" 1) }}{{ $_ := set .Values.map.inner "b" 2 }}"#,
    r#"{{ $_ := set (first .Values.list) "new" "x" }}"#,
    r#"{{ $_ := mergeOverwrite .Values (dict "map" (dict "a" "other")) }}"#,
    r#"{{ $_ := merge .Values.map (dict "c" "d") }}"#,
    r#"{{ $_ := set .Values.global "new" .Template.Name }}"#,
    r#"{{ $_ := set .Values.sub "new" "of the parent" }}"#,
    r#"{{ $_ := set . "Extra" "x" }}{{ $_ := set .Chart "Name" "y" }}{{ $_ := set .Release "Name" "z" }}"#,
    r#"{{ $_ := set .Subcharts.sub.Values "new" "x" }}"#,
    r#"{{ tpl "{{ $_ := set .Values.map \"by\" \"tpl\" }}" . }}"#,
    r#"{{ include "change" . }}"#,
    r#"{{ $own := dict "a" 1 }}{{ $_ := set $own "b" .Values }}{{ $_ := set $own.b.map "c" "d" }}"#,
    r#"{{ $own := deepCopy .Values }}{{ $_ := set $own "new" "x" }}{{ toYaml $own }}"#,
    r#"{{ fail "on purpose" }}"#,
    r#"{{ .Values.plain.field }}"#,
    r#"{{ repeat 100000000 "0123456789" | len }}"#,
];

const TEMPLATES: usize = 120;

/// A chart with much to do, in the middle of which one template does as it is told.
fn chart(action: &str, place: usize, of_subchart: bool) -> Chart {
    let mut text = "\
//- Chart.yaml
apiVersion: v2
name: main
version: 0.1.0
//- values.yaml
plain: text
map: {a: b}
list: [{c: d}]
global: {e: f}
sub: {own: g}
//- charts/sub/Chart.yaml
apiVersion: v2
name: sub
version: 0.1.0
//- charts/sub/values.yaml
plain: text
map: {a: b}
list: [{c: d}]
sub: {}
//- templates/_helpers.tpl
{{ define \"change\" }}{{ $_ := set .Values.map \"by\" \"include\" }}{{ end }}
"
    .to_owned();
    for folder in ["", "charts/sub/"] {
        for number in 0..TEMPLATES {
            let acts = number == place && folder.is_empty() != of_subchart;
            let action = if acts { action } else { "" };
            let filler = "#".repeat(2000);
            write!(
                text,
                "//- {folder}templates/{number:03}.yaml\n{action}\n{{{{ list .Values .Chart .Release .Extra | toYaml }}}}\n{{{{/*{filler}*/}}}}\n"
            )
            .expect("memory");
        }
    }
    testkit::chart(&text)
}

fn rendered(chart: &Chart, world: Arc<dyn World>) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let user = goval::Map::new();
    let values = values::coalesce(chart, &user, &mut Vec::new()).expect("values");
    let release = ReleaseOptions::default();
    let rendered = render::render(
        chart,
        &values,
        &release,
        &Capabilities::default(),
        &world,
        &RenderOptions::default(),
        &mut Vec::new(),
    );
    rendered
        .map(|rendered| rendered.files)
        .map_err(|error| error.to_string())
}

#[test]
fn what_templates_change_is_seen_by_those_after_them_alone() {
    for (number, action) in ACTIONS.iter().enumerate() {
        for of_subchart in [false, true] {
            let place = number * 37 % TEMPLATES;
            let chart = chart(action, place, of_subchart);
            let wanted = rendered(&chart, Arc::new(NullWorld::default()));
            let given = rendered(&chart, Arc::new(Forgetful(NullWorld::default())));
            assert!(given == wanted, "{action} in {place}, {of_subchart}");
        }
    }
}
