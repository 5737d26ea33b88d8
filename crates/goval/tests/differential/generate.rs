//! Documents and values that try to be difficult.

use std::path::Path;

use goval::{List, Map, Value};

/// A small generator of numbers; the same seed gives the same documents.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const YAML_PIECES: &[&str] = &[
    "a: b\n",
    "a: ",
    "b:\n",
    "- ",
    "- x\n",
    "  ",
    " ",
    "\n",
    "\n\n",
    "? ",
    ": ",
    ":",
    "&x ",
    "*x",
    "*x ",
    "&y ",
    "*y",
    "<<: *x\n",
    "<<: [*x, *y]\n",
    "<<: {a: 1}\n",
    "{",
    "}",
    "[",
    "]",
    ", ",
    ",",
    "|\n",
    ">\n",
    "|-\n",
    ">+\n",
    "|2\n",
    "|2-\n",
    ">1\n",
    "'",
    "\"",
    "''",
    "\\n",
    "\\x41",
    "\\u263a",
    "\\U0001F600",
    "\\ud800",
    "\\\n",
    "\\ ",
    "# c\n",
    " # c\n",
    "#",
    "---\n",
    "--- ",
    "...\n",
    "%YAML 1.1\n",
    "%YAML 1.2\n",
    "%TAG ! tag:x,2000:\n",
    "%TAG !e! tag:e,2000:\n",
    "!!str ",
    "!!int ",
    "!!float ",
    "!!bool ",
    "!!null ",
    "!!binary ",
    "!!timestamp ",
    "!!map ",
    "!t ",
    "! ",
    "!e!x ",
    "!<tag:yaml.org,2002:str> ",
    "!<x%20y> ",
    "aGVsbG8=",
    "\t",
    "\t\n",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{7f}",
    "\u{1}",
    "yes",
    "No",
    "on",
    "y",
    "0x1f",
    "0o17",
    "017",
    "08",
    "1_000",
    "-1",
    "+1",
    "0b11",
    "1.5",
    "1e3",
    "1e400",
    ".5",
    ".inf",
    "-.Inf",
    ".NaN",
    "-0",
    "-0.0",
    "190:20:30",
    "2001-01-01",
    "2001-1-1 1:2:3",
    "2001-01-01T01:02:03Z",
    "~",
    "null",
    "12345678901234567890",
    "9223372036854775808",
    "1e",
    "0x",
    "é",
    "日本",
    "\u{1f600}",
    "word",
    "two words",
    "a-b",
    "@",
    "`",
    "%",
    "key: value\n",
    "key:\n  sub: 1\n",
    "  - 1\n  - 2\n",
    "{{ .Values.x }}",
    "{a: 1, b: [c]}",
    "[a: b, c]",
    "[? a : b]",
    "? a\n: b\n",
    "\"q\": 1\n",
    "'s': 2\n",
    "a:\n- 1\n- 2\n",
    "text that is long enough to be more than one word of it\n",
];

const TOML_PIECES: &[&str] = &[
    "a = 1\n",
    "b = 2.5\n",
    "a.b = 1\n",
    "\"q\" = 'x'\n",
    "[t]\n",
    "[t.u]\n",
    "[[l]]\n",
    "[[t.l]]\n",
    "x = ",
    "y = [",
    "]",
    "z = {",
    "}",
    ", ",
    "a",
    "=",
    ".",
    "\n",
    " ",
    "\t",
    "# c\n",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\"\"\"\"",
    "\\n",
    "\\u00e9",
    "\\U00110000",
    "\\x41",
    "\\e",
    "\\ ",
    "\\q",
    "\\",
    "\\\n  ",
    "true",
    "false",
    "tru",
    "inf",
    "nan",
    "-inf",
    "+nan",
    "inx",
    "1",
    "01",
    "1_0",
    "1__0",
    "_1",
    "0x1F",
    "0b2",
    "0o7",
    "-0x1",
    "+5",
    "1.",
    ".5",
    "1.5e3",
    "1e400",
    "5e+2_0",
    "9223372036854775808",
    "1979-05-27",
    "1979-05-27T07:32:00Z",
    "1979-05-27 07:32:00.999-07:00",
    "07:32:00",
    "07:32",
    "1979-13-01",
    "1979-5-27",
    "é",
    "\u{1}",
    "\r\n",
    "\r",
    "k = \"v\"\n",
    "m = [1, 2]\n",
    "n = {o = 1, p.q = 2}\n",
    "arr = [{a = 1}, {b = 2}]\n",
    "[arr]\n",
    "[a]\n",
    "[a.b.c]\n",
    "[ t . \"v\" ]\n",
    "s = '''\nx'''\n",
    "r = \"\"\"a\\\n   b\"\"\"\n",
];

const JSON_PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"b\": 1",
    "\"",
    "1",
    "-",
    "0",
    "01",
    "1.5",
    "1.",
    "1e",
    "1e5",
    "1e999",
    "-0",
    "true",
    "tru",
    "false",
    "null",
    "nul",
    " ",
    "\n",
    "\\n",
    "\\u0041",
    "\\ud83d",
    "\\ude00",
    "\\q",
    "\\",
    "\t",
    "\u{1}",
    "é",
    "\u{2028}",
    "[1, 2]",
    "{\"k\": [true, null]}",
    "x",
    "'",
];

/// Texts that are put into values.
const STRINGS: &[&str] = &[
    "",
    " ",
    "a",
    "yes",
    "No",
    "y",
    "n",
    "~",
    "null",
    "true",
    "1",
    "01",
    "0x1f",
    "1e3",
    "1.5",
    ".inf",
    "-",
    "- a",
    "? a",
    "?a",
    ": a",
    "a: b",
    "a:b",
    "a #b",
    "a#b",
    "#a",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "%a",
    "@a",
    "`a",
    "{a",
    "a}",
    "[a",
    "a,b",
    "'a",
    "a'b",
    "\"a",
    "a\"b",
    "\\",
    "a\\b",
    "---",
    "--- a",
    "...",
    "-.5",
    "190:20:30",
    "1:20",
    "2001-01-01",
    "2001-01-01 01:02:03",
    "1_000",
    "0b1",
    "0o7",
    "<<",
    "=",
    " lead",
    "trail ",
    "two  spaces",
    "tab\there",
    "\ttab",
    "tab\t",
    "line\n",
    "line\n\n",
    "\nline",
    "a\nb",
    "a\n\nb\n",
    "a \nb",
    " a\nb",
    "a\n b\n",
    "\n",
    "\n\n",
    "a\r\nb",
    "a\rb",
    "\u{85}",
    "a\u{85}b",
    "a\u{2028}b",
    "a\u{2028} b",
    "\u{feff}a b",
    "a\u{feff}",
    "\u{7f}",
    "\u{80}",
    "\u{9f}x",
    "\u{fffe}",
    "é",
    "日本 語",
    "\u{1f600}",
    "\u{a0}",
    "\u{ad}",
    "<b>&amp;</b>",
    "\0",
    "\x01\x02",
    "\x1b[0m",
    "$HOME",
    "a very long text that goes beyond the eightieth column because it has many words in it, and then some",
    "a very long text: that needs quotes and goes beyond the eightieth column with it's many words  in it",
    "a very long\ttext with a tab that has to be written in double quotes and is folded   somewhere there",
    "averylongwordwithoutanyspaceinitthatgoesbeyondtheeightiethcolumnandcannotbefoldedatallbecauseofthat",
    "long lines in a block\nthat are not folded at all even though they go beyond the eightieth column of it\n",
];

const KEYS: &[&str] = &[
    "a",
    "b",
    "a1",
    "a2",
    "a10",
    "a01",
    "a-b",
    "a_b",
    "ab",
    "A",
    "B",
    "_",
    "9",
    "10",
    "09",
    "x1y2",
    "x1y10",
    "é",
    "1a",
    "a1b",
    "a1c",
    "key",
    "日",
    "a b",
    "a.b",
    "a/b",
    "",
    "y",
    "null",
    "1.5",
    "-",
    "key\nline",
    "a٣",
    "a٤0",
    "00a",
    "0a",
    "a00",
    "a0",
    "01",
    "001",
];

pub(crate) struct Generator {
    pub(crate) random: Random,
    corpus: Vec<String>,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Generator {
        let mut corpus = Vec::new();
        if let Some(folder) = std::env::var_os("CORPUS") {
            collect(Path::new(&folder), &mut corpus);
        }
        if corpus.is_empty() {
            corpus.push(include_str!("sample.yaml").to_owned());
        }
        Generator {
            random: Random(seed),
            corpus,
        }
    }

    /// Every second document is text of the corpus, changed at a few places.
    pub(crate) fn yaml(&mut self) -> Vec<u8> {
        match self.random.below(2) {
            0 => self.pieces(YAML_PIECES, 12).into_bytes(),
            _ => {
                let text = self.excerpt();
                self.mutated(text, YAML_PIECES)
            }
        }
    }

    pub(crate) fn toml(&mut self) -> Vec<u8> {
        match self.random.below(3) {
            0 => self.pieces(TOML_PIECES, 8).into_bytes(),
            _ => {
                let mut text = String::new();
                for _ in 0..self.random.below(6) {
                    let line = self.random.pick(&TOML_PIECES[..9]);
                    text.push_str(line);
                }
                text.push_str(self.random.pick(&["x = ", "k.l = ", "[q]\nr = "]));
                text.push_str(self.random.pick(TOML_PIECES));
                text.push('\n');
                self.mutated(text, TOML_PIECES)
            }
        }
    }

    pub(crate) fn json(&mut self) -> Vec<u8> {
        match self.random.below(2) {
            0 => self.pieces(JSON_PIECES, 8).into_bytes(),
            _ => {
                let value = self.value(3, false);
                let text = goval::json::encode(&value).unwrap_or_default();
                self.mutated(text, JSON_PIECES)
            }
        }
    }

    fn pieces(&mut self, pieces: &[&str], most: usize) -> String {
        let count = 1 + self.random.below(most);
        (0..count).map(|_| self.random.pick(pieces)).collect()
    }

    /// Some lines of a document that somebody wrote.
    fn excerpt(&mut self) -> String {
        let at = self.random.below(self.corpus.len());
        let lines: Vec<&str> = self.corpus[at].split_inclusive('\n').collect();
        if lines.is_empty() {
            return String::new();
        }
        let start = self.random.below(lines.len());
        let count = 1 + self.random.below(40);
        lines.iter().skip(start).take(count).copied().collect()
    }

    fn mutated(&mut self, text: String, pieces: &[&str]) -> Vec<u8> {
        let mut text = text.into_bytes();
        for _ in 0..self.random.below(4) {
            let at = self.random.below(text.len() + 1);
            let end = text.len().min(at + 1 + self.random.below(6));
            match self.random.below(8) {
                0 => drop(text.drain(at..end)),
                1 => {
                    let copy = text[at..end].to_vec();
                    let to = self.random.below(text.len() + 1);
                    text.splice(to..to, copy);
                }
                2 => text.truncate(at),
                3 if self.random.below(4) == 0 => text.insert(at, self.random.next() as u8),
                _ => {
                    let piece = self.random.pick(pieces);
                    text.splice(at..at, piece.bytes());
                }
            }
        }
        text
    }

    /// A value; with `any_type` one that only Go code can make, not JSON.
    pub(crate) fn value(&mut self, depth: usize, any_type: bool) -> Value {
        match self.random.below(if depth == 0 { 6 } else { 9 }) {
            0 => Value::Nil,
            1 => Value::Bool(self.random.below(2) == 0),
            2 if any_type => Value::int64(self.random.next() as i64 >> self.random.below(64)),
            2 => Value::Float(self.random.below(1000) as f64),
            3 => Value::Float(self.float()),
            4 | 5 => self.text(any_type),
            6 => {
                let count = self.random.below(4);
                let items = (0..count).map(|_| self.value(depth - 1, any_type));
                Value::List(List::new(items.collect()))
            }
            _ => {
                let map = Map::new();
                for _ in 0..self.random.below(5) {
                    let key = match self.random.below(6) {
                        0 => self.random.pick(STRINGS),
                        _ => self.random.pick(KEYS),
                    };
                    let long = self.random.below(60) == 0;
                    let key = if long { key.repeat(60) } else { key.to_owned() };
                    map.insert(key, self.value(depth - 1, any_type));
                }
                Value::Map(map)
            }
        }
    }

    fn text(&mut self, any_type: bool) -> Value {
        let first = self.random.pick(STRINGS);
        let mut text = match self.random.below(3) {
            0 => format!("{first}{}", self.random.pick(STRINGS)),
            1 => format!("{first} {}", self.random.pick(STRINGS)),
            _ => first.to_owned(),
        }
        .into_bytes();
        if any_type && self.random.below(20) == 0 {
            text.push(0xff);
            if self.random.below(2) == 0 {
                return Value::Bytes(text.into());
            }
        }
        Value::str(text)
    }

    pub(crate) fn float(&mut self) -> f64 {
        let bits = self.random.next();
        match self.random.below(6) {
            0 => f64::from_bits(bits),
            1 => bits as i64 as f64,
            2 => (bits >> 40) as f64 / 100.0,
            3 => (bits >> 56) as f64 * 10f64.powi(self.random.below(50) as i32 - 25),
            4 => -((bits >> 50) as f64),
            _ => 0.0 * if bits & 1 == 0 { 1.0 } else { -1.0 },
        }
    }
}

fn collect(folder: &Path, into: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let yaml = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        if path.is_dir() {
            collect(&path, into);
        } else if yaml && let Ok(text) = std::fs::read_to_string(&path) {
            into.push(text);
        }
    }
    into.sort();
}
