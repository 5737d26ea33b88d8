//! Differences from Go that are understood, each as its smallest case. They are listed in `docs/compatibility.md`, with
//! their reasons; one that is no more fails here, so that both lists stay true.

use crate::oracle::{self, Answer, Question};
use crate::{calls, schemas};

/// What is asked, and by which words the page tells of the difference.
struct Known {
    about: &'static str,
    question: fn() -> Question,
    ours: fn(&Question) -> Answer,
}

const KNOWN: &[Known] = &[
    Known {
        about: "nesting of YAML and JSON",
        question: || {
            template(
                r#"{{ print (repeat 2000 "[") (repeat 2000 "]") | fromJsonArray | toJson | len }}"#,
            )
        },
        ours: calls::answer,
    },
    Known {
        about: "`propertyNames` of a schema",
        question: || {
            let own = r#""additionalProperties":{"propertyNames":{"maxLength":1}}"#;
            schemas::about("", own, "{a: {long: 1}}")
        },
        ours: schemas::answer,
    },
    Known {
        about: "letters that Unicode has added since version 15",
        question: || template(r#"{{ lower "\u1c89" }}"#),
        ours: calls::answer,
    },
];

fn template(text: &str) -> Question {
    Question {
        f: "template",
        a: vec![text.to_owned(), "{}".to_owned()],
    }
}

#[test]
fn known_differences_are_still_there_and_documented() {
    let page = include_str!("../../../../docs/compatibility.md");
    for known in KNOWN {
        assert!(page.contains(known.about), "{} is not listed", known.about);
    }
    let Some(program) = oracle::build() else {
        return;
    };
    let questions: Vec<Question> = KNOWN.iter().map(|known| (known.question)()).collect();
    for (known, theirs) in KNOWN.iter().zip(oracle::ask(program, &questions)) {
        let ours = (known.ours)(&(known.question)());
        assert_ne!(ours, theirs, "{} is no difference any more", known.about);
    }
}
