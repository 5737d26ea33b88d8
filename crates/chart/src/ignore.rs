//! `.helmignore`: which files of a chart's directory do not belong to the chart.

use crate::glob::{Glob, GlobError};

/// The rules of a `.helmignore` file.
///
/// They look like those of git but differ where Helm differs: the first rule that fires decides, a
/// rule with `!` ignores everything that it does *not* match, and `**` is refused.
#[derive(Clone, Debug)]
pub struct Rules(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    glob: Glob,
    /// Matched against the last element of the path instead of the whole.
    base_only: bool,
    negate: bool,
    directories_only: bool,
}

/// A rule that Helm does not accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A rule with `**`.
    #[error("double-star (**) syntax is not supported")]
    DoubleStar,
    /// A malformed pattern.
    #[error(transparent)]
    Glob(#[from] GlobError),
}

impl Default for Rules {
    /// The rules of a chart without `.helmignore`: hidden files among the templates are left out.
    fn default() -> Self {
        Rules(
            Rule::parse("templates/.?*")
                .ok()
                .flatten()
                .into_iter()
                .collect(),
        )
    }
}

impl Rules {
    /// Reads the content of a `.helmignore` file; the default rule comes last.
    ///
    /// # Errors
    /// The first rule that is not acceptable.
    pub fn parse(text: &[u8]) -> Result<Rules, RuleError> {
        let text = text.strip_prefix(crate::BOM).unwrap_or(text);
        let mut rules = Vec::new();
        for line in String::from_utf8_lossy(text).lines() {
            rules.extend(Rule::parse(line)?);
        }
        rules.extend(Rules::default().0);
        Ok(Rules(rules))
    }

    /// Whether a file or directory is left out, given its path within the chart, with slashes.
    pub fn ignores(&self, path: &str, is_dir: bool) -> bool {
        if matches!(path, "" | "." | "./") {
            return false;
        }
        for rule in &self.0 {
            let right_type = is_dir || !rule.directories_only;
            let fires = right_type && rule.matches(path);
            if fires != rule.negate {
                return true;
            }
        }
        false
    }
}

impl Rule {
    /// The rule of a line; `None` for a blank line or a comment.
    fn parse(line: &str) -> Result<Option<Rule>, RuleError> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        if line.contains("**") {
            return Err(RuleError::DoubleStar);
        }
        Glob::parse(line)?;
        let (negate, pattern) = match line.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let (directories_only, pattern) = match pattern.strip_suffix('/') {
            Some(rest) => (true, rest),
            None => (false, pattern),
        };
        let base_only = !pattern.contains('/');
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        Ok(Some(Rule {
            glob: Glob::parse(pattern)?,
            base_only,
            negate,
            directories_only,
        }))
    }

    fn matches(&self, path: &str) -> bool {
        if self.base_only {
            let base = path.trim_end_matches('/').rsplit('/').next();
            self.glob.matches(base.unwrap_or_default())
        } else {
            self.glob.matches(path)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &str, path: &str, ignored: bool) {
        let (path, is_dir) = match path.strip_suffix('/') {
            Some(path) => (path, true),
            None => (path, false),
        };
        let rules = Rules::parse(rules.as_bytes()).unwrap();
        assert_eq!(rules.ignores(path, is_dir), ignored, "{rules:?} {path}");
    }

    #[test]
    fn a_name_matches_at_any_depth() {
        check("*.txt", "a/b.txt", true);
        check("helm.txt", "helm.txt", true);
        check("helm.*", "x/helm.txt", true);
        check("*.txt", "a.md", false);
    }

    #[test]
    fn a_slash_makes_it_the_whole_path() {
        check("cargo/*.txt", "cargo/a.txt", true);
        check("cargo/*.txt", "mast/cargo/a.txt", false);
        check("/a.txt", "a.txt", true);
        check("/a.txt", "x/a.txt", false);
    }

    #[test]
    fn a_final_slash_is_for_directories() {
        check("cargo/", "cargo/", true);
        check("cargo/", "cargo", false);
        check("ca*/", "x/cargo/", true);
    }

    #[test]
    fn negation_ignores_what_does_not_match() {
        check("!keep.txt", "Chart.yaml", true);
        check("!keep.txt", "keep.txt", false);
        check("a.txt\n!*.txt", "a.txt", true);
        check("!dir/", "file", true);
    }

    #[test]
    fn hidden_templates_are_left_out_by_default() {
        check("", "templates/.git", true);
        check("", "templates/.", false);
        check("", "templates/x/.git", false);
        check("\u{feff}# comment\n\n", ".git", false);
    }

    #[test]
    fn bad_rules_are_errors() {
        let error = |text: &str| Rules::parse(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("a/**/b"), "double-star (**) syntax is not supported");
        assert_eq!(error("[a"), "syntax error in pattern");
    }
}
