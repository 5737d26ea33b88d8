//! Every verb of `fmt` with every set of flags, with and without width and precision, on every kind of value.

/// All that Go has, and some that it has not.
const VERBS: &[&str] = &[
    "v", "T", "t", "b", "c", "d", "o", "O", "q", "x", "X", "U", "e", "E", "f", "F", "g", "G", "s",
    "w", "p", "%", "i", "n", "z", "é", "!",
];

const FLAGS: &[&str] = &["#", "0", "+", "-", " "];

const SIZES: &[&str] = &["", "9", "09", ".0", ".3", "12.2", "4.12"];

/// Values without an address, of which `%p` says the same each time.
const PLAIN: &[&str] = &[
    "nothing",
    "true",
    "false",
    "0",
    "1",
    "-42",
    "(int8 -128)",
    "(int16 300)",
    "(int32 -1)",
    "'a'",
    "(int64 9007199254740993)",
    "(uint 7)",
    "(uint8 200)",
    "(uint16 65535)",
    "(uint32 9731)",
    "(uint64 1114112)",
    "1.0",
    "-2.5",
    "0.1",
    "1e21",
    "1e-7",
    "123456789.0",
    ".f",
    ".big",
    ".huge",
    "1i",
    "-1.5+2i",
    "\"\"",
    "\"s\"",
    "\"two words\"",
    "`a\"b`",
    "`a\\b`",
    "\"tab\\tand\\n\"",
    "\"é✓😀\"",
    "\"\\xff\\x00\"",
    "\"a`b\"",
    "\"\\u200b\\u00ad\"",
    "obj",
    "(ver \"1\")",
];

/// Values that have an address or hold some.
const COMPOUND: &[&str] = &[
    "(bytes \"\")",
    "(bytes \"xy\")",
    "(bytes \"\\xff\\n\")",
    "(list)",
    "(list 1 \"a\" nil 2.5 true)",
    "(list (list 1) (dict \"k\" 2))",
    "(list (bytes \"xy\") (ver \"1\") obj)",
    "(strs)",
    "(strs \"p\" \"q r\")",
    "(ints)",
    "(ints 5 -6)",
    "(dict)",
    "(dict \"k\" 1 \"j\" \"é\")",
    "(dict \"n\" nil \"m\" (dict \"x\" (list 1.5)))",
    "(smap)",
    "(smap \"k\" \"v\" \"a\" \"b c\")",
    "files",
    ".people",
    ".mixed",
];

/// A template for each verb and value, which prints it in all ways.
pub(crate) fn templates() -> Vec<String> {
    let mut templates = Vec::new();
    for verb in VERBS {
        let addressed = COMPOUND.iter().filter(|_| *verb != "p");
        for value in PLAIN.iter().chain(addressed) {
            let format = goval::strconv::quote(ways(verb).as_bytes());
            templates.push(format!("{{{{printf {format} {value}}}}}"));
        }
    }
    templates
}

/// How many ways there are to print a value with a verb.
pub(crate) fn ways_of_a_verb() -> usize {
    (1 << FLAGS.len()) * SIZES.len()
}

/// The verb with each set of flags and each size, each for the first argument.
fn ways(verb: &str) -> String {
    let mut format = String::new();
    for set in 0..1_u32 << FLAGS.len() {
        let flags = FLAGS.iter().enumerate();
        let flags = flags.filter(|(bit, _)| set & (1 << bit) != 0);
        let flags: String = flags.map(|(_, flag)| *flag).collect();
        for size in SIZES {
            format += &format!("%{flags}{size}[1]{verb}|\n");
        }
    }
    format
}
