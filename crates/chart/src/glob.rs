//! Patterns of Go's `filepath.Match`, as `.helmignore` uses them.

/// A compiled pattern: `*` and `?` stop at slashes, `[a-z]` and `[^a]` are classes, `\` escapes.
#[derive(Clone, Debug)]
pub struct Glob(Vec<Token>);

#[derive(Clone, Debug)]
enum Token {
    Char(char),
    AnyChar,
    AnyRun,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// A malformed pattern: Go's `filepath.ErrBadPattern`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct GlobError;

impl Glob {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// A class or an escape that does not end.
    pub fn parse(pattern: &str) -> Result<Glob, GlobError> {
        let mut chars = pattern.chars();
        let mut tokens = Vec::new();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '*' => Token::AnyRun,
                '?' => Token::AnyChar,
                '[' => class(&mut chars)?,
                '\\' => Token::Char(chars.next().ok_or(GlobError)?),
                c => Token::Char(c),
            });
        }
        Ok(Glob(tokens))
    }

    /// Whether the whole name matches. A run is first taken as short as possible, then longer; only
    /// the last run needs to be tried again, since earlier ones left it as much as they could.
    pub fn matches(&self, name: &str) -> bool {
        let (mut rest, mut token) = (name.chars(), 0);
        let mut retry = None;
        loop {
            let before = rest.clone();
            match (self.0.get(token), rest.next()) {
                (None, None) => return true,
                (Some(Token::AnyRun), _) => {
                    token += 1;
                    retry = Some((before.clone(), token));
                    rest = before;
                    continue;
                }
                (Some(single), Some(c)) if single.takes(c) => {
                    token += 1;
                    continue;
                }
                _ => {}
            }
            let Some((run, after)) = &mut retry else {
                return false;
            };
            if run.next().is_none_or(|c| c == '/') {
                return false;
            }
            (rest, token) = (run.clone(), *after);
        }
    }
}

impl Token {
    fn takes(&self, c: char) -> bool {
        match self {
            Token::Char(own) => *own == c,
            Token::AnyChar => c != '/',
            Token::AnyRun => false,
            Token::Class { negated, ranges } => {
                ranges.iter().any(|&(low, high)| (low..=high).contains(&c)) != *negated
            }
        }
    }
}

/// What follows the `[` of a class, up to its `]`.
fn class(chars: &mut std::str::Chars<'_>) -> Result<Token, GlobError> {
    let negated = chars.as_str().starts_with('^');
    if negated {
        chars.next();
    }
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.as_str().starts_with(']') {
            chars.next();
            return Ok(Token::Class { negated, ranges });
        }
        let low = class_char(chars)?;
        let high = if chars.as_str().starts_with('-') {
            chars.next();
            class_char(chars)?
        } else {
            low
        };
        ranges.push((low, high));
    }
}

fn class_char(chars: &mut std::str::Chars<'_>) -> Result<char, GlobError> {
    match chars.next() {
        None | Some('-' | ']') => Err(GlobError),
        Some('\\') => chars.next().ok_or(GlobError),
        Some(c) => Ok(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_go_does() {
        // Expected values from Go's filepath.Match.
        let cases = [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*c", "abc", true),
            ("a*/b", "a/c/b", false),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/f", true),
            ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("a*b?c*x", "abxbbxdbxebxczzy", false),
            ("ab[^e-g]", "abc", true),
            ("ab[^c]", "abc", false),
            ("a\\*b", "a*b", true),
            ("a[^a]b", "a☺b", true),
            ("a?b", "a/b", false),
            ("[\\]a]", "]", true),
            ("[x\\-]", "-", true),
            ("*x", "xxx", true),
            ("", "", true),
            ("", "a", false),
        ];
        for (pattern, name, expected) in cases {
            let glob = Glob::parse(pattern).unwrap();
            assert_eq!(glob.matches(name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn malformed_patterns_are_errors() {
        for pattern in [
            "[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a[",
        ] {
            assert!(Glob::parse(pattern).is_err(), "{pattern}");
        }
    }
}
