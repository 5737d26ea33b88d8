//! `snakecase` and `kebabcase` as huandu/xstrings v1.5.0 makes them.
//!
//! The text is cut into words of one kind; between two words stands the connector, unless one of
//! them is punctuation. Digits cling to the letters around them.

use gostd::unicode;

use crate::words::is_connector;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Nothing, or nothing that is UTF-8.
    Invalid,
    Number,
    /// A run of capitals, or a capital with the small letters after it.
    Capital,
    Letters,
    Connector,
    Punctuation,
    Other,
}

/// Lowers capitals and puts connectors between the words.
pub(crate) fn lower_case(bytes: &[u8], connector: char) -> Vec<u8> {
    let chars = characters(bytes);
    let mut words = Words {
        text: bytes,
        rest: &chars,
    };
    let mut out = Output {
        bytes: Vec::with_capacity(bytes.len() + 8),
        connector,
    };
    let mut word = words.next();
    while !words.is_at_end() {
        if word.kind != Kind::Connector {
            out.word(word);
        }
        let before = word;
        word = words.next();
        match before.kind {
            Kind::Number => {
                word = out.clinging(word, &mut words);
                if word.kind != Kind::Invalid {
                    out.join(word.kind);
                }
            }
            Kind::Connector => out.word(before),
            Kind::Punctuation => {}
            _ if word.kind != Kind::Number => out.join(word.kind),
            // A number at the end, which clings to what stands before it.
            _ if words.is_at_end() => {}
            _ => {
                let number = word;
                word = words.next();
                if word.kind == Kind::Letters {
                    out.join(Kind::Number);
                    out.word(number);
                    word = out.clinging(word, &mut words);
                    if word.kind != Kind::Invalid {
                        out.join(word.kind);
                    }
                } else {
                    out.word(number);
                    out.join(word.kind);
                }
            }
        }
    }
    out.word(word);
    out.bytes
}

/// A run of characters of one kind.
#[derive(Clone, Copy)]
struct Word<'t> {
    kind: Kind,
    text: &'t [u8],
}

struct Output {
    bytes: Vec<u8>,
    connector: char,
}

impl Output {
    fn push(&mut self, c: char) {
        self.bytes
            .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Writes the connector, if words of the kind are joined by one.
    fn join(&mut self, kind: Kind) {
        if !matches!(kind, Kind::Connector | Kind::Punctuation) {
            self.push(self.connector);
        }
    }

    fn word(&mut self, word: Word<'_>) {
        if !matches!(word.kind, Kind::Capital | Kind::Connector) {
            self.bytes.extend_from_slice(word.text);
            return;
        }
        for c in crate::strings::runes(word.text) {
            let c = if is_connector(c) {
                self.connector
            } else if unicode::is_upper(c) {
                unicode::to_lower(c)
            } else {
                c
            };
            self.push(c);
        }
    }

    /// Writes the letters and numbers that follow, and gives the word after them.
    fn clinging<'t>(&mut self, mut word: Word<'t>, words: &mut Words<'t, '_>) -> Word<'t> {
        while matches!(word.kind, Kind::Letters | Kind::Number) {
            self.word(word);
            word = words.next();
        }
        word
    }
}

/// A character, and where it and the bad bytes that belong to it end.
type Character = (char, usize);

/// The characters of a text. What is not UTF-8 belongs to the character after it, or at the end to
/// the one before; a text without any character has none.
fn characters(bytes: &[u8]) -> Vec<Character> {
    let mut chars: Vec<Character> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            at += c.len_utf8();
            if c != char::REPLACEMENT_CHARACTER {
                chars.push((c, at));
            }
        }
        at += chunk.invalid().len();
    }
    if let Some(last) = chars.last_mut() {
        last.1 = bytes.len();
    }
    chars
}

struct Words<'t, 'c> {
    /// What is left of the text.
    text: &'t [u8],
    rest: &'c [Character],
}

impl<'t> Words<'t, '_> {
    fn is_at_end(&self) -> bool {
        self.text.is_empty()
    }

    fn next(&mut self) -> Word<'t> {
        let (kind, count) = self.measure();
        let whole = self.rest.last().map_or(self.text.len(), |&(_, end)| end);
        let start = whole - self.text.len();
        let end = count.checked_sub(1).map_or(whole, |i| self.rest[i].1);
        let (text, rest) = self.text.split_at(end - start);
        self.text = rest;
        self.rest = &self.rest[count..];
        Word { kind, text }
    }

    /// The kind of the next word, and how many characters it has.
    fn measure(&self) -> (Kind, usize) {
        let Some(&(first, _)) = self.rest.first() else {
            return (Kind::Invalid, 0);
        };
        let run = |from: usize, belongs: fn(char) -> bool| {
            let rest = &self.rest[from..];
            from + rest.iter().take_while(|(c, _)| belongs(*c)).count()
        };
        if is_connector(first) {
            (Kind::Connector, run(1, is_connector))
        } else if unicode::is_punct(first) {
            (Kind::Punctuation, run(1, unicode::is_punct))
        } else if unicode::is_upper(first) {
            let capitals = run(1, unicode::is_upper);
            let letter_follows = self
                .rest
                .get(capitals)
                .is_some_and(|(c, _)| is_alphabet(*c));
            match (capitals, letter_follows) {
                (1, true) => (Kind::Capital, run(1, is_small)),
                // The last capital begins the next word.
                (_, true) => (Kind::Capital, capitals - 1),
                (_, false) => (Kind::Capital, capitals),
            }
        } else if is_alphabet(first) {
            (Kind::Letters, run(1, is_small))
        } else if unicode::is_number(first) {
            (Kind::Number, run(1, unicode::is_number))
        } else {
            (Kind::Other, run(1, is_other))
        }
    }
}

/// Letters but the common Chinese ones.
fn is_alphabet(c: char) -> bool {
    let chinese = matches!(
        c,
        '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}'
    );
    unicode::is_letter(c) && !chinese
}

fn is_small(c: char) -> bool {
    is_alphabet(c) && !unicode::is_upper(c)
}

fn is_other(c: char) -> bool {
    !(is_connector(c) || is_alphabet(c) || unicode::is_number(c) || unicode::is_punct(c))
}
