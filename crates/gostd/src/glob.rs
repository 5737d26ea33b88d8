//! Patterns in the grammar of gobwas/glob with `/` as separator, as `.Files.Glob` has them.

/// A compiled pattern: `*` and `?` stop at slashes, `**` does not, `[abc]`, `[!a-z]` are classes,
/// `{a,b*}` are alternatives, `\` escapes.
///
/// It runs as a set of states, so that no pattern takes more than linear time.
#[derive(Debug)]
pub struct Glob {
    steps: Vec<Step>,
    /// The texts on both sides, if all that is between them is `**`.
    ends: Option<(String, String)>,
}

#[derive(Debug)]
enum Step {
    /// Takes one character and goes on with the next step.
    Take(Class),
    /// Goes on at both steps.
    Fork(usize, usize),
    Jump(usize),
}

#[derive(Debug)]
enum Class {
    Char(char),
    NoSeparator,
    Any,
    List {
        chars: Vec<char>,
        negated: bool,
    },
    Range {
        low: char,
        high: char,
        negated: bool,
    },
}

const SEPARATOR: char = '/';

impl Glob {
    /// `None` for a malformed pattern.
    pub fn parse(pattern: &str) -> Option<Glob> {
        let mut parser = Parser {
            rest: pattern,
            steps: Vec::new(),
            open: Vec::new(),
        };
        while !parser.rest.is_empty() {
            parser.item()?;
        }
        // Braces that are still open end here.
        while !parser.open.is_empty() {
            parser.close();
        }
        Some(Glob {
            ends: ends(&parser.steps),
            steps: parser.steps,
        })
    }

    /// Whether the pattern fits the whole text.
    pub fn matches(&self, text: &str) -> bool {
        if let Some((start, end)) = &self.ends {
            return text.starts_with(start) && text.ends_with(end);
        }
        let mut states = States::new(self.steps.len() + 1);
        states.add(&self.steps, 0);
        for c in text.chars() {
            let mut next = States::new(self.steps.len() + 1);
            for at in states.list {
                if let Some(Step::Take(class)) = self.steps.get(at)
                    && class.takes(c)
                {
                    next.add(&self.steps, at + 1);
                }
            }
            states = next;
        }
        states.seen[self.steps.len()]
    }
}

/// What `**` joins, where a pattern is `text**text` and no more. gobwas asks for both ends then and not
/// whether they overlap, so that `a/**/b` matches `a/b`.
fn ends(steps: &[Step]) -> Option<(String, String)> {
    let text = |steps: &[Step]| -> Option<String> {
        let chars = steps.iter().map(|step| match step {
            Step::Take(Class::Char(c)) => Some(*c),
            _ => None,
        });
        chars.collect()
    };
    let fork = steps
        .iter()
        .position(|step| matches!(step, Step::Fork(..)))?;
    let [
        Step::Fork(..),
        Step::Take(Class::Any),
        Step::Jump(_),
        rest @ ..,
    ] = &steps[fork..]
    else {
        return None;
    };
    Some((text(&steps[..fork])?, text(rest)?))
}

impl Class {
    fn takes(&self, c: char) -> bool {
        match self {
            Class::Char(own) => *own == c,
            Class::NoSeparator => c != SEPARATOR,
            Class::Any => true,
            Class::List { chars, negated } => chars.contains(&c) != *negated,
            Class::Range { low, high, negated } => (*low..=*high).contains(&c) != *negated,
        }
    }
}

/// The steps at which a match may stand.
struct States {
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl States {
    fn new(size: usize) -> States {
        States {
            list: Vec::new(),
            seen: vec![false; size],
        }
    }

    fn add(&mut self, steps: &[Step], at: usize) {
        let mut todo = vec![at];
        while let Some(at) = todo.pop() {
            if std::mem::replace(&mut self.seen[at], true) {
                continue;
            }
            match steps.get(at) {
                Some(Step::Fork(a, b)) => todo.extend([*a, *b]),
                Some(Step::Jump(to)) => todo.push(*to),
                _ => self.list.push(at),
            }
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    steps: Vec<Step>,
    /// The alternatives that are being read, innermost last.
    open: Vec<Braces>,
}

/// Alternatives: where the current one begins, and the jumps behind those before it.
struct Braces {
    begin: usize,
    ends: Vec<usize>,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    fn item(&mut self) -> Option<()> {
        let in_braces = !self.open.is_empty();
        match self.next()? {
            '{' => {
                let begin = self.steps.len();
                self.steps.push(Step::Jump(begin + 1));
                let ends = Vec::new();
                self.open.push(Braces { begin, ends });
            }
            ',' if in_braces => self.alternative(),
            '}' if in_braces => self.close(),
            '[' => {
                let class = self.class()?;
                self.steps.push(Step::Take(class));
            }
            '?' => self.steps.push(Step::Take(Class::NoSeparator)),
            '*' => match self.rest.strip_prefix('*') {
                Some(rest) => {
                    self.rest = rest;
                    self.run(Class::Any);
                }
                None => self.run(Class::NoSeparator),
            },
            '\\' => {
                let escaped = self.next();
                self.steps
                    .extend(escaped.map(|c| Step::Take(Class::Char(c))));
            }
            c => self.steps.push(Step::Take(Class::Char(c))),
        }
        Some(())
    }

    /// Any number of characters of a class.
    fn run(&mut self, class: Class) {
        let at = self.steps.len();
        self.steps.push(Step::Fork(at + 1, at + 3));
        self.steps.push(Step::Take(class));
        self.steps.push(Step::Jump(at));
    }

    /// Ends an alternative and begins another: the first step of the ended one becomes a fork.
    fn alternative(&mut self) {
        let end = self.steps.len();
        self.steps.push(Step::Jump(end));
        let next = self.steps.len();
        self.steps.push(Step::Jump(next + 1));
        if let Some(braces) = self.open.last_mut() {
            self.steps[braces.begin] = Step::Fork(braces.begin + 1, next);
            braces.begin = next;
            braces.ends.push(end);
        }
    }

    fn close(&mut self) {
        let after = self.steps.len();
        let ends = self.open.pop().map(|braces| braces.ends);
        for end in ends.unwrap_or_default() {
            self.steps[end] = Step::Jump(after);
        }
    }

    /// What follows a `[`: one range, or a list of characters.
    fn class(&mut self) -> Option<Class> {
        let mut first = self.next()?;
        let negated = first == '!';
        if negated {
            first = self.next()?;
        }
        if let Some(rest) = self.rest.strip_prefix('-') {
            self.rest = rest;
            let (low, high) = (first, self.next()?);
            let closed = self.next()? == ']';
            return (closed && low <= high).then_some(Class::Range { low, high, negated });
        }
        let mut chars = Vec::new();
        let mut c = first;
        while c != ']' {
            if c == '\\' {
                c = self.next()?;
            }
            chars.push(c);
            c = self.next()?;
        }
        (!chars.is_empty()).then_some(Class::List { chars, negated })
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn matches_as_gobwas_does() {
        // Expected values from github.com/gobwas/glob with '/' as separator.
        let cases = [
            ("*", "a.txt", true),
            ("*", "a/b", false),
            ("**", "a/b", true),
            ("a/**", "a/b/c", true),
            ("a/**/b", "a/x/b", true),
            ("a/**/b", "a/b", true),
            ("a/**/*", "a/b", false),
            ("a/**b*", "a/x/c", false),
            ("a/**.yaml", "a/b/c.yaml", true),
            ("a/*.{yaml,yml}", "a/x.yml", true),
            ("a/*.{yaml,yml}", "a/x.json", false),
            ("{a,b/{c,d*}}.x", "b/def.x", true),
            ("{a,b/{c,d*}}.x", "b.x", false),
            ("{a,}b", "b", true),
            ("[!a-c]", "d", true),
            ("[!a-c]", "b", false),
            ("[abc]", "b", true),
            ("a?c", "a/c", false),
            ("a\\*c", "a*c", true),
            ("", "", true),
            ("{a,b", "b", true),
        ];
        for (pattern, text, expected) in cases {
            let glob = Glob::parse(pattern).unwrap();
            assert_eq!(glob.matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn malformed_patterns_are_none() {
        for pattern in ["[", "[]", "[a", "[a-", "[c-a]", "[a-cx]", "[!]"] {
            assert!(Glob::parse(pattern).is_none(), "{pattern}");
        }
    }

    /// `[pattern, texts that match or null if the pattern is malformed, texts that do not]`, from
    /// github.com/gobwas/glob. Patterns at which that library panics are left out.
    #[test]
    fn patterns_match_what_gobwas_matches() {
        let mut differences = Vec::new();
        for line in include_str!("../tests/data/glob.jsonl").lines() {
            let row: (String, Option<Vec<String>>, Vec<String>) =
                serde_json::from_str(line).expect("a row");
            let (pattern, matching, others) = row;
            let glob = Glob::parse(&pattern);
            let Some((glob, matching)) = glob.as_ref().zip(matching.as_ref()) else {
                if glob.is_some() != matching.is_some() {
                    differences.push(format!("{pattern}: parsed {}", glob.is_some()));
                }
                continue;
            };
            let wrong = matching.iter().filter(|text| !glob.matches(text));
            let wrong = wrong.chain(others.iter().filter(|text| glob.matches(text)));
            differences.extend(wrong.map(|text| format!("{pattern}: {text}")));
        }
        let count = differences.len();
        assert!(count == 0, "{count} differ:\n{}", differences.join("\n"));
    }
}
