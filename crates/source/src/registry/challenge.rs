//! What a registry wants to see before it answers: its challenge, and the scopes of tokens.

use std::collections::{BTreeMap, BTreeSet};

/// What the header `WWW-Authenticate` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// Name and password.
    Basic,
    /// A token, and where to get it.
    Bearer {
        realm: String,
        service: String,
        scope: String,
    },
    /// Nothing that we have.
    Unknown,
}

impl Challenge {
    /// Reads the header; a parameter that is malformed ends it.
    pub(crate) fn parse(header: &str) -> Challenge {
        let (scheme, rest) = token(header);
        if scheme.eq_ignore_ascii_case("basic") {
            return Challenge::Basic;
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Challenge::Unknown;
        }
        let mut parameters = parameters(rest);
        let mut take = |name: &str| parameters.remove(name).unwrap_or_default();
        Challenge::Bearer {
            realm: take("realm"),
            service: take("service"),
            scope: take("scope"),
        }
    }
}

fn parameters(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    loop {
        let (key, after) = token(skip_space(rest));
        let Some(after) = skip_space(after).strip_prefix('=') else {
            return found;
        };
        let after = skip_space(after);
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => match unquoted(quoted) {
                Some(parts) => parts,
                None => return found,
            },
            None => {
                let (value, after) = token(after);
                (value.to_owned(), after)
            }
        };
        if key.is_empty() {
            return found;
        }
        found.insert(key.to_owned(), value);
        match skip_space(after).strip_prefix(',') {
            Some(after) => rest = after,
            None => return found,
        }
    }
}

/// A text in quotes whose first one is gone, and what follows it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, text.get(index + 1..)?)),
            '\\' => value.push(letters.next()?.1),
            _ => value.push(letter),
        }
    }
    None
}

fn token(text: &str) -> (&str, &str) {
    let is_end = |c: char| !c.is_ascii_alphanumeric() && !"!#$%&'*+-.^_`|~".contains(c);
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// The scope for some actions in a repository.
pub(crate) fn repository_scope(repository: &str, actions: &str) -> String {
    format!("repository:{repository}:{actions}")
}

/// Scopes in order, those of the same thing as one.
pub(crate) fn clean(scopes: &[String]) -> Vec<String> {
    let mut actions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut cleaned = BTreeSet::new();
    for scope in scopes.iter().filter(|scope| !scope.is_empty()) {
        match scope.rsplit_once(':') {
            Some((of, list)) if of.contains(':') => {
                let list = list.split(',').filter(|action| !action.is_empty());
                actions.entry(of).or_default().extend(list);
            }
            _ => {
                cleaned.insert(scope.clone());
            }
        }
    }
    for (of, list) in actions.into_iter().filter(|(_, list)| !list.is_empty()) {
        let list: Vec<&str> = match list.contains("*") {
            true => vec!["*"],
            false => list.into_iter().collect(),
        };
        cleaned.insert(format!("{of}:{}", list.join(",")));
    }
    cleaned.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_have_parameters() {
        let header = "bearer realm=\"https://a/token?x=\\\"1\\\"\", service=s , scope=\"a:b:c d\"";
        let expected = Challenge::Bearer {
            realm: "https://a/token?x=\"1\"".to_owned(),
            service: "s".to_owned(),
            scope: "a:b:c d".to_owned(),
        };
        assert_eq!(Challenge::parse(header), expected);
        assert_eq!(Challenge::parse("Basic realm=\"x\""), Challenge::Basic);
        assert_eq!(Challenge::parse("Negotiate"), Challenge::Unknown);
        assert_eq!(Challenge::parse(""), Challenge::Unknown);
    }

    #[test]
    fn scopes_of_one_thing_are_one() {
        let scopes = [
            "repository:a:push",
            "x",
            "repository:a:pull,push",
            "r:b:*,d",
        ];
        let scopes: Vec<String> = scopes.map(str::to_owned).into();
        assert_eq!(clean(&scopes), ["r:b:*", "repository:a:pull,push", "x"]);
    }
}
