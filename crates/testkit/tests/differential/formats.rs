//! Every format of JSON Schema, on texts that have it and on texts that just miss it.

use crate::oracle::Question;
use crate::random::Random;
use crate::schemas::{DRAFTS, about, answer};
use crate::{Asks, Lines};

/// The formats with what a text of each is put together from.
const FORMATS: &[(&str, &[&str])] = &[
    (
        "ipv4",
        &["1", "0", "255", "256", "01", ".", ".", "1.2.3.4", "x", " "],
    ),
    (
        "ipv6",
        &[
            "::",
            ":",
            "1",
            "fe80",
            "12345",
            "1:2:3:4:5:6:7:8",
            "::1.2.3.4",
            "%eth0",
            "g",
            "::ffff:",
            "1:2:3:4:5:6:",
            "12:00:60Z",
        ],
    ),
    (
        "hostname",
        &[
            "a",
            "A-b",
            "-",
            ".",
            "example.com",
            "xn--a",
            "_",
            "9",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "é",
        ],
    ),
    (
        "email",
        &[
            "a",
            "@",
            "a@b",
            "example.com",
            ".",
            "..",
            "\\\"q\\\"",
            "[1.2.3.4]",
            "[IPv6:::1]",
            " ",
            "é",
            "a+b",
        ],
    ),
    (
        "date",
        &[
            "2024",
            "-",
            "02",
            "29",
            "2023-02-29",
            "2024-02-29",
            "13",
            "1",
            "31",
            "x",
        ],
    ),
    (
        "time",
        &[
            "12",
            ":",
            "00",
            "60",
            "Z",
            "z",
            "+01:00",
            "-00:00",
            ".5",
            "12:00:60Z",
            "23:59:60Z",
            "01:02:03",
            "24",
            "15:59:60-08:00",
        ],
    ),
    (
        "date-time",
        &[
            "2024-02-29",
            "T",
            "t",
            " ",
            "12:00:00",
            "23:59:60",
            "Z",
            "+05:30",
            "z",
            ".123",
            "x",
        ],
    ),
    (
        "duration",
        &[
            "P",
            "T",
            "1",
            "Y",
            "M",
            "D",
            "W",
            "H",
            "S",
            "0",
            "-",
            "P1Y2M3DT4H5M6S",
            "P1W",
            ".5",
        ],
    ),
    (
        "regex",
        &[
            "a", "(", ")", "[", "]", "*", "+?", "\\\\d", "{2}", "(?=", "(?P<n>", "\\\\p{L}",
            "{1001}",
        ],
    ),
    (
        "json-pointer",
        &["/", "a", "~0", "~1", "~", "~2", "#", "é", "%25"],
    ),
    (
        "relative-json-pointer",
        &["0", "1", "01", "/", "a", "#", "~", "-1", "~1"],
    ),
    (
        "uuid",
        &[
            "123e4567-e89b-12d3-a456-426614174000",
            "123E4567",
            "-",
            "g",
            "0000",
            "{",
            "}",
        ],
    ),
    (
        "uri",
        &[
            "http",
            ":",
            "//",
            "a",
            "/",
            "?q",
            "#f",
            " ",
            "é",
            "%41",
            "%zz",
            "[::1]",
            "[",
            "@",
            ":80",
            "\\\\",
            "urn:x",
            "[fe80::1%25a]",
        ],
    ),
    (
        "uri-reference",
        &[
            "a", ":", "//", "/", "?q", "#f", " ", "é", "%", "%41", "\\\\", "1:", "[::1]",
        ],
    ),
    ("iri", &["http://", "é", "/", "a", " ", ":", "%", "\\\\"]),
    (
        "iri-reference",
        &["é", "/", "a", "#", ":", "%zz", "//", "[x]"],
    ),
    (
        "uri-template",
        &[
            "a", "{", "}", "{x}", "/", "http://h", " ", "{?q,r}", "{{", "%",
        ],
    ),
    ("idn-hostname", &["é", "a", "."]),
    ("idn-email", &["é", "@", "a"]),
    (
        "period",
        &[
            "2024-01-01T00:00:00Z",
            "/",
            "P1D",
            "PT1H",
            "2025-01-01T00:00:00Z",
            "2024-01-01",
        ],
    ),
    (
        "semver",
        &[
            "1", ".", "1.2.3", "0", "01", "-", "+", "rc.1", "v", "", "-01",
        ],
    ),
    ("unknown", &["a"]),
];

const TIMES: usize = 12;

#[test]
fn formats_are_judged_as_with_helm() {
    let asks = Asks {
        name: "formats of schemas",
        lines: Lines::InAnyOrder,
        cases: TIMES * DRAFTS.len() * FORMATS.len(),
        least_refused: 20,
    };
    asks.compare(question, answer);
}

fn question(random: &mut Random, case: usize) -> Question {
    let draft = DRAFTS[case % DRAFTS.len()];
    let (format, pieces) = FORMATS[case / DRAFTS.len() % FORMATS.len()];
    let text = match random.below(12) {
        0 => String::new(),
        // One that belongs to another format.
        1 => {
            let other = random.below(FORMATS.len());
            random.pick(FORMATS[other].1).to_owned()
        }
        _ => random.pieces(pieces, 6),
    };
    about(
        draft,
        &format!("\"format\":\"{format}\""),
        &format!("\"{text}\""),
    )
}
