//! Character classes: Perl's, POSIX' and Unicode's, by the names Go accepts.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// A class of the given inclusive ranges; surrogates, which no text contains, are left out.
pub(super) fn of_ranges(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(a, b)| ClassUnicodeRange::new(a, b)))
}

/// A class of the code points from `low` to `high`, without the surrogates among them.
pub(super) fn of_code_points(low: u32, high: u32) -> ClassUnicode {
    let below = low..=high.min(0xd7ff);
    let above = low.max(0xe000)..=high;
    let parts = [below, above].into_iter().filter(|r| !r.is_empty());
    let chars =
        parts.filter_map(|r| Some((char::from_u32(*r.start())?, char::from_u32(*r.end())?)));
    of_ranges(&chars.collect::<Vec<_>>())
}

/// Adds the other cases of each character, if asked to.
pub(super) fn folded(mut class: ClassUnicode, fold: bool) -> ClassUnicode {
    if fold {
        // It fails only where the tables of cases are not compiled in; they are.
        let _ = class.try_case_fold_simple();
    }
    class
}

/// Negates a class, if asked to.
pub(super) fn negated(mut class: ClassUnicode, negate: bool) -> ClassUnicode {
    if negate {
        class.negate();
    }
    class
}

/// The class of `\d`, `\s`, `\w` and their capital opposites, with whether it is negated.
pub(super) fn perl(letter: char) -> Option<(ClassUnicode, bool)> {
    let name = match letter.to_ascii_lowercase() {
        'd' => "digit",
        'w' => "word",
        's' => return Some((of_chars("\t\n\x0c\r "), letter == 'S')),
        _ => return None,
    };
    Some((posix(name)?, letter.is_ascii_uppercase()))
}

/// The class of `[:name:]`.
pub(super) fn posix(name: &str) -> Option<ClassUnicode> {
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some(of_ranges(ranges))
}

/// The class of `\p{name}`, by the names that Go 1.26 resolves: its own special ones, general
/// categories and their aliases, and scripts of one word. White space, dashes, underscores and
/// case do not count; by an oversight of Go's that makes scripts of several words unknown.
pub(super) fn unicode(name: &str) -> Option<ClassUnicode> {
    let name: String = name.chars().filter(|c| !"_- ".contains(*c)).collect();
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "any" => return Some(of_code_points(0, 0x10ffff)),
        "ascii" => return posix("ascii"),
        "assigned" => return Some(negated(property("gc", "cn")?, true)),
        "cs" | "surrogate" => return Some(ClassUnicode::empty()),
        _ => {}
    }
    if CATEGORIES
        .split_ascii_whitespace()
        .any(|known| known == name)
    {
        property("gc", &name)
    } else if SCRIPTS.split_ascii_whitespace().any(|known| known == name) {
        property("sc", &name)
    } else {
        None
    }
}

fn property(key: &str, value: &str) -> Option<ClassUnicode> {
    let hir = regex_syntax::parse(&format!(r"\p{{{key}={value}}}")).ok()?;
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        // A script of a single character.
        HirKind::Literal(literal) => Some(of_chars(std::str::from_utf8(&literal.0).ok()?)),
        _ => None,
    }
}

fn of_chars(chars: &str) -> ClassUnicode {
    of_ranges(&chars.chars().map(|c| (c, c)).collect::<Vec<_>>())
}

const CATEGORIES: &str = "c cc cf cn co l lc ll lm lo lt lu m mc me mn n nd nl no p pc pd pe pf pi \
    po ps s sc sk sm so z zl zp zs casedletter closepunctuation combiningmark connectorpunctuation \
    control currencysymbol dashpunctuation decimalnumber enclosingmark finalpunctuation format \
    initialpunctuation letter letternumber lineseparator lowercaseletter mark mathsymbol \
    modifierletter modifiersymbol nonspacingmark number openpunctuation other otherletter \
    othernumber otherpunctuation othersymbol paragraphseparator privateuse punctuation separator \
    spaceseparator spacingmark symbol titlecaseletter unassigned uppercaseletter cntrl digit punct";

const SCRIPTS: &str = "adlam ahom arabic armenian avestan balinese bamum batak bengali bhaiksuki \
    bopomofo brahmi braille buginese buhid carian chakma cham cherokee chorasmian common coptic \
    cuneiform cypriot cyrillic deseret devanagari dogra duployan elbasan elymaic ethiopic georgian \
    glagolitic gothic grantha greek gujarati gurmukhi han hangul hanunoo hatran hebrew hiragana \
    inherited javanese kaithi kannada katakana kawi kharoshthi khmer khojki khudawadi lao latin \
    lepcha limbu lisu lycian lydian mahajani makasar malayalam mandaic manichaean marchen \
    medefaidrin miao modi mongolian mro multani myanmar nabataean nandinagari newa nko nushu ogham \
    oriya osage osmanya palmyrene phoenician rejang runic samaritan saurashtra sharada shavian \
    siddham sinhala sogdian soyombo sundanese syriac tagalog tagbanwa takri tamil tangsa tangut \
    telugu thaana thai tibetan tifinagh tirhuta toto ugaritic vai vithkuqi wancho yezidi yi";

/// The ranges of a general category, for `crate::unicode`.
pub(crate) fn category(name: &str) -> Vec<(char, char)> {
    let class = property("gc", name).unwrap_or_else(ClassUnicode::empty);
    class.iter().map(|r| (r.start(), r.end())).collect()
}
