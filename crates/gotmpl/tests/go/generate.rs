//! Templates made at random: grown from a grammar, or the cases with pieces changed.

use super::cases::Case;

/// A small generator of numbers (xorshift64*), so that a seed gives the same templates everywhere.
pub(crate) struct Random {
    state: u64,
    /// Whether it is inside a definition, where a call may never end.
    defining: bool,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            defining: false,
        }
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Options and a template.
pub(crate) fn template(random: &mut Random, cases: &[Case]) -> (String, Vec<u8>) {
    let options = random
        .pick(&["", "", "missingkey=zero", "missingkey=error"])
        .to_owned();
    let template = match random.below(4) {
        0 => mutate(random, cases),
        1 => printf(random).into_bytes(),
        _ => {
            let mut out = String::new();
            body(random, &mut out, 3);
            out.into_bytes()
        }
    };
    (options, template)
}

/// One of the cases with bytes cut out, doubled or taken from another one.
fn mutate(random: &mut Random, cases: &[Case]) -> Vec<u8> {
    let mut text = cases[random.below(cases.len())]
        .template
        .clone()
        .into_bytes();
    for _ in 0..1 + random.below(3) {
        if text.is_empty() {
            break;
        }
        let start = random.below(text.len());
        let end = (start + 1 + random.below(6)).min(text.len());
        match random.below(4) {
            0 => {
                text.drain(start..end);
            }
            1 => {
                let piece = text[start..end].to_vec();
                let at = random.below(text.len());
                text.splice(at..at, piece);
            }
            2 => {
                let other = cases[random.below(cases.len())].template.as_bytes();
                let from = random.below(other.len().max(1)).min(other.len());
                let to = (from + 8).min(other.len());
                text.splice(start..end, other[from..to].iter().copied());
            }
            _ => {
                let piece = random.pick(&[
                    "{{", "}}", " -}}", "{{- ", "|", "(", ")", ".", "$x", " ", "\n", ":=", "=",
                    ",", "\"", "`", "'", "{{end}}", "{{else}}", "nil", "0x", "1i", "\u{e9}", "/*",
                    "*/", "\\", "%", "-",
                ]);
                text.splice(start..start, piece.bytes());
            }
        }
    }
    // A number of iterations that would not end in time is no use.
    while text.windows(6).any(|w| w.iter().all(u8::is_ascii_digit)) {
        text.retain(|b| !b.is_ascii_digit());
    }
    without_pointers(&mut text);
    text
}

/// Replaces `%p`: addresses differ.
fn without_pointers(text: &mut [u8]) {
    let mut in_verb = false;
    for byte in text {
        in_verb = match *byte {
            b'%' => true,
            b'+' | b'-' | b'#' | b' ' | b'.' | b'*' | b'[' | b']' | b'0'..=b'9' => in_verb,
            _ => {
                if in_verb && *byte == b'p' {
                    *byte = b'v';
                }
                false
            }
        };
    }
}

fn body(random: &mut Random, out: &mut String, depth: usize) {
    for _ in 0..1 + random.below(3) {
        piece(random, out, depth);
    }
}

fn piece(random: &mut Random, out: &mut String, depth: usize) {
    if depth == 0 {
        out.push_str(random.pick(&["x", " ", "\n", "é"]));
        return;
    }
    let (open, close) = (
        random.pick(&["{{", "{{", "{{- "]),
        random.pick(&["}}", "}}", " -}}"]),
    );
    match random.below(14) {
        0 | 1 => out.push_str(random.pick(&["a", "  ", " \n ", "k: v\n", "}}", "é✓"])),
        2..=5 => {
            out.push_str(open);
            pipeline(random, out, 2);
            out.push_str(close);
        }
        6 => {
            let (keyword, other) =
                random.pick(&[&("if", "if"), &("with", "with"), &("if", "with")]);
            *out += &format!("{open}{keyword} ");
            declaration(random, out);
            pipeline(random, out, 2);
            out.push_str(close);
            body(random, out, depth - 1);
            if random.chance(30) {
                *out += &format!("{{{{else {other} ");
                pipeline(random, out, 1);
                out.push_str("}}");
                body(random, out, depth - 1);
            }
            if random.chance(40) {
                out.push_str("{{else}}");
                body(random, out, depth - 1);
            }
            end(random, out);
        }
        7 | 8 => {
            *out += &format!("{open}range ");
            out.push_str(random.pick(&["", "", "$x := ", "$i, $x := ", "$x = ", "$i, $x = "]));
            pipeline(random, out, 1);
            out.push_str(close);
            body(random, out, depth - 1);
            if random.chance(30) {
                out.push_str(random.pick(&[
                    "{{break}}",
                    "{{continue}}",
                    "{{if $.t}}{{break}}{{end}}",
                ]));
                body(random, out, depth - 1);
            }
            if random.chance(30) {
                out.push_str("{{else}}");
                body(random, out, depth - 1);
            }
            end(random, out);
        }
        9 => {
            out.push_str(open);
            declaration(random, out);
            pipeline(random, out, 2);
            out.push_str(close);
        }
        10 => {
            out.push_str(random.pick(&[
                "{{define \"x\"}}",
                "{{define \"y\"}}",
                "{{block \"z\" .}}",
                "{{define `t`}}",
            ]));
            let outer = std::mem::replace(&mut random.defining, true);
            body(random, out, depth - 1);
            random.defining = outer;
            end(random, out);
        }
        11 if !random.defining => {
            *out += &format!("{open}template \"{}\" ", random.pick(&["x", "y", "z"]));
            if random.chance(70) {
                pipeline(random, out, 1);
            }
            out.push_str(close);
        }
        12 => out.push_str(random.pick(&[
            "{{/* c */}}",
            "{{- /* c\n */ -}}",
            "{{break}}",
            "{{continue}}",
            "{{end}}",
        ])),
        _ => {
            let (open, close) = ("{{include \"", "\" .}}");
            *out += &format!("{open}{}{close}", random.pick(&["x", "y", "none"]));
        }
    }
}

fn end(random: &mut Random, out: &mut String) {
    if !random.chance(2) {
        out.push_str(random.pick(&["{{end}}", "{{- end}}", "{{end -}}", "{{ end }}"]));
    }
}

fn declaration(random: &mut Random, out: &mut String) {
    out.push_str(random.pick(&["", "", "$x := ", "$y := ", "$x = ", "$y = "]));
}

fn pipeline(random: &mut Random, out: &mut String, depth: usize) {
    command(random, out, depth);
    for _ in 0..random.below(3) {
        out.push_str(random.pick(&[" | ", "|"]));
        if random.chance(90) {
            call(random, out, depth, true);
        } else {
            command(random, out, depth);
        }
    }
}

fn command(random: &mut Random, out: &mut String, depth: usize) {
    if random.chance(50) {
        return operand(random, out, depth);
    }
    call(random, out, depth, false);
}

/// The functions and how many arguments they want.
const CALLS: &[(&str, usize)] = &[
    ("and", 2),
    ("or", 2),
    ("not", 1),
    ("len", 1),
    ("index", 2),
    ("slice", 3),
    ("html", 1),
    ("js", 1),
    ("urlquery", 1),
    ("print", 2),
    ("println", 2),
    ("printf \"%v\"", 1),
    ("printf \"%d %s\"", 2),
    ("eq", 2),
    ("ne", 2),
    ("lt", 2),
    ("le", 2),
    ("gt", 2),
    ("ge", 2),
    ("call", 1),
    ("any", 1),
    ("str", 1),
    ("bool", 1),
    ("int", 1),
    ("int8", 1),
    ("uint8", 1),
    ("uint64", 1),
    ("float64", 1),
    ("list", 2),
    ("strs", 2),
    ("ints", 2),
    ("bytes", 1),
    ("dict \"k\"", 1),
    ("smap \"k\"", 1),
    ("mapOf", 1),
    ("listOf", 1),
    ("strsOf", 1),
    ("intsOf", 1),
    ("smapOf", 1),
    ("bytesOf", 1),
    ("objOf", 1),
    ("nothing", 0),
    ("one", 0),
    ("two", 2),
    ("rest \"r\"", 2),
    ("fail", 1),
    ("boom", 1),
    ("obj", 0),
    ("obj.Get", 1),
    ("obj.Sum", 2),
    ("obj.Has", 1),
    ("obj.Fail", 1),
    ("obj.Any", 1),
    ("ver", 1),
    ("files", 0),
    ("files.Get", 1),
    ("include \"x\"", 1),
    ("tpl \"{{.}}\"", 1),
    ("tpl \"{{.a.b}}\"", 1),
    ("missing", 1),
];

fn call(random: &mut Random, out: &mut String, depth: usize, piped: bool) {
    let (name, args) = CALLS[random.below(CALLS.len())];
    let mut args = args.saturating_sub(usize::from(piped));
    if random.chance(7) {
        args += 1;
    } else if random.chance(7) {
        args = args.saturating_sub(1);
    }
    out.push_str(name);
    for _ in 0..args {
        out.push(' ');
        operand(random, out, depth.saturating_sub(1));
    }
}

fn operand(random: &mut Random, out: &mut String, depth: usize) {
    if depth > 0 && random.chance(25) {
        out.push('(');
        if random.chance(8) {
            declaration(random, out);
        }
        pipeline(random, out, depth - 1);
        out.push(')');
        if random.chance(30) {
            out.push_str(random.pick(&[".a", ".Name", ".c.d", ".k", ".V"]));
        }
        return;
    }
    out.push_str(random.pick(&[
        ".",
        "$",
        "$x",
        "$y",
        ".s",
        ".e",
        ".u",
        ".html",
        ".n",
        ".f",
        ".big",
        ".huge",
        ".neg",
        ".z",
        ".t",
        ".no",
        ".nil",
        ".list",
        ".nums",
        ".empty",
        ".mixed",
        ".map",
        ".map.a",
        ".map.c.d.e",
        ".map.nil",
        ".map.nil.x",
        ".emap",
        ".emap.x",
        ".emap.x.y",
        ".people",
        ".missing",
        ".missing.x",
        "$.Values.image.tag",
        "$.Values.image",
        "$.map",
        "$x.a",
        "$x.name",
        ".name",
        ".k",
        "nil",
        "true",
        "false",
        "0",
        "1",
        "2",
        "-1",
        "3.5",
        "1e3",
        "0x1F",
        "0b11",
        "0o17",
        "'a'",
        "'\\n'",
        "1_000",
        "2i",
        "1+2i",
        "300",
        "\"s\"",
        "\"\"",
        "`raw`",
        "\"a\\tb\"",
        "\"\\u00e9\"",
        "\"\\xff\\x00\"",
        "obj",
        "obj.Name",
        "obj.N",
        "obj.None",
        "files",
        "nothing",
        "one",
        "(ver \"1\")",
        "(list 1 \"a\" nil)",
        "(strs \"p\" \"q\")",
        "(ints 5 6)",
        "(bytes \"xy\")",
        "(smap \"k\" \"v\")",
        "(dict \"k\" 1)",
        "(int8 5)",
        "(uint64 7)",
        "(list)",
        "(dict)",
    ]));
}

/// A format string with arguments of any kind.
fn printf(random: &mut Random) -> String {
    let mut format = String::new();
    for _ in 0..1 + random.below(3) {
        format.push_str(random.pick(&["", "a", "%%", "é"]));
        format.push('%');
        for _ in 0..random.below(3) {
            format.push_str(random.pick(&["#", "0", "+", "-", " "]));
        }
        if random.chance(10) {
            format.push_str(random.pick(&["[1]", "[2]", "[3]", "[0]", "[x]", "[", "[]"]));
        }
        format.push_str(random.pick(&["", "", "", "1", "5", "12", "*", "07"]));
        format.push_str(random.pick(&["", "", "", ".", ".0", ".2", ".10", ".*", ".[1]*"]));
        if random.chance(5) {
            format.push_str(random.pick(&["[1]", "[2]", "[9]"]));
        }
        format.push_str(random.pick(&[
            "v", "v", "v", "d", "s", "q", "x", "X", "t", "T", "b", "o", "O", "c", "U", "e", "E",
            "f", "F", "g", "G", "w", "y", "é", "",
        ]));
    }
    let mut out = format!("{{{{printf {}", goval::strconv::quote(format.as_bytes()));
    for _ in 0..random.below(4) {
        out.push(' ');
        operand(random, &mut out, 1);
    }
    out + "}}"
}
