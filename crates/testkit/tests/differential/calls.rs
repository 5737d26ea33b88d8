//! Calls of all functions, with arguments that fit and some that do not.

use std::collections::BTreeMap;
use std::sync::Arc;

use funcs::{NullWorld, World};
use gotmpl::{MissingKey, Options, Sig, State, TemplateSet, Ty};
use goval::yaml;

use crate::oracle::{Answer, Question, shown};
use crate::random::Random;
use crate::{Asks, Lines, impure};

const DATA: &str = include_str!("data.yaml");

/// All functions of Helm but `include`, `tpl`, `required` and `fail`, which need a chart; see `charts`.
const FUNCTIONS: usize = 229;

/// Calls of each function: with an argument too many, one too few, two with one of a wrong type, and those
/// that mostly fit.
const CALLS: usize = 16;

const TEXTS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#""hello world""#,
    r#""1.2.3""#,
    r#""^1.2""#,
    r#""a,b,c""#,
    r#""3""#,
    r#""-1.5""#,
    r#""true""#,
    r#""1h30m""#,
    r#""2006-01-02""#,
    r#""2024-02-29""#,
    r#""a b\tc\n""#,
    r#""Ünïcode ǆ""#,
    r#""%s|%d""#,
    r#""[a-z]+""#,
    r#""(l)(o)?""#,
    r#""(""#,
    r#""{\"a\":[1,2]}""#,
    r#""a: 1\nb: [x]""#,
    r#""a = 1""#,
    r#""YWJj""#,
    r#""/a/../b.txt""#,
    r#""http://u:p@h:80/p?q=1#f""#,
    r#""UTC""#,
    r#""camelCase_snake-kebab""#,
    "`\\xff`",
    r#""\xff\xfe""#,
    ".s",
    ".u",
    r#""<a&b>""#,
    r#"" x ""#,
    r#""$1-$2""#,
    r#""0x1F""#,
    r#""1e3""#,
];

const INTS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "7",
    "100",
    ".n",
    "(int64 5)",
    "(len .l)",
];
const FLOATS: &[&str] = &["1.5", "-0.5", "2.0", "1e3", ".f", ".n", "0.1"];
const LISTS: &[&str] = &[
    ".l",
    ".li",
    ".lm",
    ".e",
    "(list)",
    "(list 1 \"a\" nil)",
    "(splitList \",\" \"a,b,a\")",
    "(until 3)",
    "(list (list 1) (dict))",
];
const MAPS: &[&str] = &[
    ".m",
    ".m2",
    ".em",
    "(dict)",
    "(dict \"a\" 1 \"b\" (list 1 2))",
    "(split \".\" \"a.b\")",
];
const OTHERS: &[&str] = &[
    "true",
    "false",
    ".b",
    ".nil",
    ".nothing",
    "nil",
    "(toDate \"2006-01-02\" \"2024-02-29\")",
    "(semver \"1.2.3\")",
    "'x'",
    "1i",
    "(b64dec \"/w==\")",
    ".big",
];

#[test]
fn functions_answer_as_in_go() {
    let functions: BTreeMap<&str, Sig> = funcs::functions()
        .into_iter()
        .map(|(name, func)| (name, func.sig))
        .collect();
    let functions: Vec<(&str, Sig)> = functions.into_iter().collect();
    assert_eq!(functions.len(), FUNCTIONS);
    let asks = Asks {
        name: "calls",
        lines: Lines::InOrder,
        cases: CALLS * functions.len(),
        least_refused: 20,
    };
    asks.compare(
        |random, case| {
            let (name, sig) = functions[case % functions.len()];
            let call = call(random, name, sig, case / functions.len() % CALLS);
            Question {
                f: "template",
                a: vec![asked(random, name, &call), DATA.to_owned()],
            }
        },
        answer,
    );
}

/// The arguments of a call; `way` says what is wrong with them.
fn call(random: &mut Random, name: &str, sig: Sig, way: usize) -> Vec<String> {
    let fixed = sig.params.len() - usize::from(sig.variadic);
    let fitting = fixed + if sig.variadic { random.below(4) } else { 0 };
    let count = match way {
        0 => fitting + 1,
        1 => fitting.saturating_sub(1),
        _ => fitting,
    };
    let wrong = match way {
        2 | 3 => Some(random.below(count.max(1))),
        _ => None,
    };
    if wrong.is_none()
        && count == fitting
        && random.chance(60)
        && let Some(arguments) = impure::arguments(random, name)
    {
        return arguments;
    }
    let arguments = (0..count).map(|i| {
        let ty = sig.params.get(i).or(sig.params.last()).copied();
        argument(random, ty.filter(|_| wrong != Some(i)).unwrap_or(Ty::Any))
    });
    let mut arguments: Vec<String> = arguments.collect();
    // A dictionary in itself is more than Go can print.
    if name == "set" && arguments.first() == arguments.get(2) {
        arguments.truncate(2);
    }
    arguments
}

/// A template that shows what a call gives, as far as that is always the same.
fn asked(random: &mut Random, name: &str, arguments: &[String]) -> String {
    let call = format!("{name} {}", arguments.join(" "));
    if let Some(template) = impure::shown(name, &call, arguments) {
        return template;
    }
    match random.below(4) {
        0 => format!("{{{{ {call} | toJson }}}}"),
        1 => format!("{{{{ typeOf ({call}) }}}} {{{{ {call} }}}}"),
        _ => format!("{{{{ {call} }}}}"),
    }
}

fn argument(random: &mut Random, ty: Ty) -> String {
    let any = &[TEXTS, INTS, FLOATS, LISTS, MAPS, OTHERS];
    let pool = match ty {
        _ if random.chance(10) => any[random.below(any.len())],
        Ty::Str => TEXTS,
        Ty::Int | Ty::Int64 | Ty::Integer(_) => INTS,
        Ty::Float64 => FLOATS,
        Ty::Map | Ty::StrMap => MAPS,
        Ty::List | Ty::StrList | Ty::IntList => LISTS,
        Ty::Bool => OTHERS,
        _ => any[random.below(any.len())],
    };
    random.pick(pool).to_owned()
}

pub(crate) fn answer(question: &Question) -> Answer {
    let data = yaml::decode(DATA.as_bytes()).map_err(|error| error.to_string())?;
    let mut set = TemplateSet::new("t");
    set.parse("t", question.a[0].as_str(), &funcs::functions())
        .map_err(|error| error.to_string())?;
    let mut state = State::new(Options {
        missing_key: MissingKey::Zero,
        ..Options::default()
    });
    let world: Arc<dyn World> = Arc::new(NullWorld::default());
    state.put(world);
    let mut out = Vec::new();
    let result = Arc::new(set).execute("t", &data, &mut state, &mut out);
    result
        .map(|()| shown(&out))
        .map_err(|error| error.to_string())
}
