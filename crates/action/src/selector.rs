//! Label selectors: `app=web,tier in (a, b),!legacy`.
//!
//! The language and its error texts are those of Kubernetes' `labels.Parse`.

use std::collections::{BTreeMap, BTreeSet};

/// A selector: labels must meet all its requirements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selector {
    requirements: Vec<Requirement>,
}

/// A text that is no selector.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct SelectorError(String);

#[derive(Clone, Debug, PartialEq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    Exists,
    Absent,
    In,
    NotIn,
    Greater,
    Less,
}

impl Selector {
    /// Reads a selector; the empty one selects everything.
    ///
    /// # Errors
    /// What was found where something else was expected.
    pub fn parse(text: &str) -> Result<Selector, SelectorError> {
        let mut parser = Parser {
            tokens: scan(text),
            position: 0,
        };
        parser.selector().map_err(SelectorError)
    }

    /// Whether labels meet all requirements.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.requirements
            .iter()
            .all(|r| r.is_met_by(labels.get(&r.key)))
    }
}

impl Requirement {
    fn is_met_by(&self, value: Option<&String>) -> bool {
        match self.operator {
            Operator::Exists => value.is_some(),
            Operator::Absent => value.is_none(),
            Operator::In => value.is_some_and(|v| self.values.contains(v)),
            Operator::NotIn => value.is_none_or(|v| !self.values.contains(v)),
            Operator::Greater => self.compare(value, |label, bound| label > bound),
            Operator::Less => self.compare(value, |label, bound| label < bound),
        }
    }

    fn compare(&self, value: Option<&String>, holds: fn(i64, i64) -> bool) -> bool {
        let label = value.and_then(|v| v.parse().ok());
        let bound = self.values.first().and_then(|v| v.parse().ok());
        matches!((label, bound), (Some(label), Some(bound)) if holds(label, bound))
    }
}

/// A word or sign of a selector. The end is an empty one.
#[derive(Clone, Debug, Default, PartialEq)]
struct Token {
    text: String,
    is_word: bool,
}

const SIGNS: &str = "=!(),><";

fn scan(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let Some(first) = rest.chars().next() else {
            tokens.push(Token::default());
            return tokens;
        };
        let is_word = !SIGNS.contains(first);
        let end = if is_word {
            rest.find(|c: char| SIGNS.contains(c) || " \t\r\n".contains(c))
                .unwrap_or(rest.len())
        } else if ["==", "!="].iter().any(|sign| rest.starts_with(sign)) {
            2
        } else {
            1
        };
        let (token, after) = rest.split_at(end);
        tokens.push(Token {
            text: token.to_owned(),
            is_word,
        });
        rest = after;
    }
}

struct Parser {
    tokens: Vec<Token>,
    position: usize,
}

impl Parser {
    fn peek(&self) -> Token {
        self.tokens.get(self.position).cloned().unwrap_or_default()
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.position += 1;
        token
    }

    fn selector(&mut self) -> Result<Selector, String> {
        let mut requirements = Vec::new();
        loop {
            let token = self.peek();
            if token == Token::default() {
                return Ok(Selector { requirements });
            }
            if !starts_requirement(&token) {
                let found = token.text;
                return Err(format!(
                    "found '{found}', expected: !, identifier, or 'end of string'"
                ));
            }
            let requirement = self.requirement();
            requirements
                .push(requirement.map_err(|why| format!("unable to parse requirement: {why}"))?);
            let token = self.next();
            match token.text.as_str() {
                "" => return Ok(Selector { requirements }),
                "," if starts_requirement(&self.peek()) => {}
                "," => {
                    let found = self.peek().text;
                    return Err(format!("found '{found}', expected: identifier after ','"));
                }
                found => return Err(format!("found '{found}', expected: ',' or 'end of string'")),
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let mut token = self.next();
        let negated = token.text == "!";
        if negated {
            token = self.next();
        }
        if !token.is_word {
            return Err(format!("found '{}', expected: identifier", token.text));
        }
        let key = token.text;
        let ends = matches!(self.peek().text.as_str(), "" | ",");
        if negated || ends {
            let operator = if negated {
                Operator::Absent
            } else {
                Operator::Exists
            };
            return Ok(Requirement {
                key,
                operator,
                values: BTreeSet::new(),
            });
        }
        let sign = self.next().text;
        let (operator, values) = match sign.as_str() {
            "in" => (Operator::In, self.values()?),
            "notin" => (Operator::NotIn, self.values()?),
            "=" | "==" => (Operator::In, self.value()?),
            "!=" => (Operator::NotIn, self.value()?),
            ">" => (Operator::Greater, self.integer(&sign)?),
            "<" => (Operator::Less, self.integer(&sign)?),
            found => {
                return Err(format!(
                    "found '{found}', expected: in, notin, =, ==, !=, gt, lt"
                ));
            }
        };
        Ok(Requirement {
            key,
            operator,
            values,
        })
    }

    /// The one value after a sign; nothing stands for the empty one.
    fn value(&mut self) -> Result<BTreeSet<String>, String> {
        if matches!(self.peek().text.as_str(), "" | ",") {
            return Ok(BTreeSet::from([String::new()]));
        }
        let token = self.next();
        if token.is_word {
            Ok(BTreeSet::from([token.text]))
        } else {
            Err(format!("found '{}', expected: identifier", token.text))
        }
    }

    fn integer(&mut self, sign: &str) -> Result<BTreeSet<String>, String> {
        let values = self.value()?;
        if values.iter().all(|v| v.parse::<i64>().is_ok()) {
            return Ok(values);
        }
        let operator = if sign == ">" { "gt" } else { "lt" };
        Err(format!(
            "values[0]: Invalid value: {values:?}: for '{operator}' operator, the value must be an integer"
        ))
    }

    /// The values between parentheses.
    fn values(&mut self) -> Result<BTreeSet<String>, String> {
        let open = self.next();
        if open.text != "(" {
            return Err(format!("found '{}' expected: '('", open.text));
        }
        let mut values = BTreeSet::new();
        let mut after_comma = true;
        loop {
            let token = self.next();
            match token.text.as_str() {
                ")" => {
                    if after_comma {
                        values.insert(String::new());
                    }
                    return Ok(values);
                }
                "," => {
                    if after_comma {
                        values.insert(String::new());
                    }
                    after_comma = true;
                }
                _ if token.is_word && after_comma => {
                    values.insert(token.text);
                    after_comma = false;
                }
                found if after_comma => {
                    return Err(format!("found '{found}', expected: ',', ')' or identifier"));
                }
                found => return Err(format!("found '{found}', expected: ',' or ')'")),
            }
        }
    }
}

fn starts_requirement(token: &Token) -> bool {
    token.is_word || token.text == "!"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(selector: &str, labels: &[(&str, &str)], expected: bool) {
        let labels = labels
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        assert_eq!(
            Selector::parse(selector).unwrap().matches(&labels),
            expected,
            "{selector}"
        );
    }

    #[test]
    fn requirements() {
        let labels = &[("app", "web"), ("n", "3"), ("empty", "")];
        check("", labels, true);
        check("app=web", labels, true);
        check("app == web , n=3", labels, true);
        check("app!=web", labels, false);
        check("other!=x", labels, true);
        check("app", labels, true);
        check("!app", labels, false);
        check("!other", labels, true);
        check("app in (db, web)", labels, true);
        check("app notin (db,web)", labels, false);
        check("empty in ()", labels, true);
        check("empty=", labels, true);
        check("n>2", labels, true);
        check("n<3", labels, false);
        check("in=x", labels, false);
    }

    #[test]
    fn mistakes_are_named_as_by_kubernetes() {
        let check = |selector: &str, expected: &str| {
            assert_eq!(
                Selector::parse(selector).unwrap_err().to_string(),
                expected,
                "{selector}"
            );
        };
        check(
            "=a",
            "found '=', expected: !, identifier, or 'end of string'",
        );
        check(
            "a b",
            "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
        );
        check("a=b,", "found '', expected: identifier after ','");
        check("a=b c", "found 'c', expected: ',' or 'end of string'");
        check(
            "a in b",
            "unable to parse requirement: found 'b' expected: '('",
        );
        check(
            "a in (b c)",
            "unable to parse requirement: found 'c', expected: ',' or ')'",
        );
    }
}
