//! The flags of one invocation: their values, and how pflag reads a command line into them.

use std::collections::BTreeMap;

use chart::Event;
use goval::strconv::quote;

use super::flag::Flag;
use super::value::Value;
use crate::env::Env;

/// The flags that hold for a command, with their values, and the arguments that are no flags.
///
/// The values survive a second reading, as in Helm, which reads the global flags once before it
/// looks for the command: a repeated flag such as `--kube-as-group` then counts twice.
#[derive(Default)]
pub(crate) struct FlagSet {
    states: Vec<State>,
    /// What is no flag, in order.
    pub(crate) args: Vec<String>,
    /// Lines about deprecated flags that were used; shown if all flags could be read.
    pub(crate) notices: String,
    /// What values had to say; shown in any case.
    pub(crate) events: Vec<Event>,
}

/// A flag with its value.
pub(crate) struct State {
    /// The definition.
    pub(crate) flag: Flag,
    /// The value now.
    pub(crate) value: Value,
    /// The value before any use, as help prints it.
    pub(crate) default: String,
    /// Whether the command line has set it.
    pub(crate) changed: bool,
    /// Whether an ancestor of the command brought it, so that help lists it as global.
    pub(crate) inherited: bool,
}

/// Why reading stopped.
#[derive(Debug, PartialEq)]
pub(crate) enum ParseError {
    /// Help was asked for where no help flag is known.
    Help,
    /// A mistake, in pflag's words.
    Wrong(String),
}

/// What to do about flags that nobody knows.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Unknown {
    /// Stop with an error.
    Refuse,
    /// Skip the flag and what looks like its value.
    Skip,
}

impl FlagSet {
    /// Adds a flag unless one of its name is there.
    pub(crate) fn add(&mut self, flag: &Flag, env: &Env, inherited: bool) {
        if let Some(known) = self.states.iter_mut().find(|s| s.flag.name == flag.name) {
            known.inherited &= inherited;
            return;
        }
        let value = flag.initial(env);
        let default = flag.kind.display(&value);
        self.states.push(State {
            flag: *flag,
            value,
            default,
            changed: false,
            inherited,
        });
    }

    /// The flags by name.
    pub(crate) fn sorted(&self) -> Vec<&State> {
        let mut states: Vec<_> = self.states.iter().collect();
        states.sort_by_key(|s| s.flag.name);
        states
    }

    /// The flag of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|s| s.flag.name == name)
    }

    /// The flag of that letter.
    pub(crate) fn get_short(&self, letter: char) -> Option<&State> {
        self.states.iter().find(|s| s.flag.short == Some(letter))
    }

    /// Hides a flag from completion.
    pub(crate) fn hide(&mut self, name: &str) {
        if let Some(state) = self.states.iter_mut().find(|s| s.flag.name == name) {
            state.flag.hidden = true;
        }
    }

    /// Reads a command line: flags go to their values, the rest to [`FlagSet::args`].
    ///
    /// # Errors
    /// The first mistake; what stands before it has been taken in.
    pub(crate) fn parse(&mut self, args: &[String], unknown: Unknown) -> Result<(), ParseError> {
        self.args.clear();
        let mut rest = args;
        while let Some((arg, after)) = rest.split_first() {
            rest = after;
            if arg == "--" {
                self.args.extend_from_slice(rest);
                break;
            } else if let Some(name) = arg.strip_prefix("--") {
                self.parse_long(name, &mut rest, unknown)?;
            } else if arg.len() > 1 && arg.starts_with('-') {
                self.parse_letters(&arg[1..], &mut rest, unknown)?;
            } else {
                self.args.push(arg.clone());
            }
        }
        Ok(())
    }

    /// Reads `--name`, `--name=value` or `--name value`.
    fn parse_long(&mut self, text: &str, rest: &mut &[String], unknown: Unknown) -> Parsed {
        if text.starts_with(['-', '=']) {
            return wrong(format!("bad flag syntax: --{text}"));
        }
        let (name, given) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let Some(index) = self.states.iter().position(|s| s.flag.name == name) else {
            return match unknown {
                _ if name == "help" => Err(ParseError::Help),
                Unknown::Skip if given.is_some() => Ok(()),
                Unknown::Skip => {
                    skip_value(rest);
                    Ok(())
                }
                Unknown::Refuse => wrong(format!("unknown flag: --{name}")),
            };
        };
        let implied = self.states[index].flag.implied;
        let value = match given {
            Some(value) => value.to_owned(),
            None if !implied.is_empty() => implied.to_owned(),
            None => match take_value(rest) {
                Some(value) => value,
                None => return wrong(format!("flag needs an argument: --{name}")),
            },
        };
        self.set(index, &value)
    }

    /// Reads a cluster of letters: `-a`, `-abc`, `-ovalue`, `-o=value`, `-o value`.
    fn parse_letters(&mut self, cluster: &str, rest: &mut &[String], unknown: Unknown) -> Parsed {
        let following = *rest;
        let mut letters = cluster;
        while let Some(letter) = letters.chars().next() {
            // Each letter looks at the same arguments, so a cluster takes one of them at most.
            *rest = following;
            let after = &letters[letter.len_utf8()..];
            letters = match self
                .states
                .iter()
                .position(|s| s.flag.short == Some(letter))
            {
                Some(index) => self.parse_letter(index, letters, after, rest)?,
                None => skip_letter(letters, after, rest, unknown)?,
            };
        }
        Ok(())
    }

    /// Reads one letter of `letters`, before `after`; gives the letters that are still to read.
    fn parse_letter<'a>(
        &mut self,
        index: usize,
        letters: &str,
        after: &'a str,
        rest: &mut &[String],
    ) -> Result<&'a str, ParseError> {
        let implied = self.states[index].flag.implied;
        let (value, left) = match after.strip_prefix('=') {
            Some(value) if !value.is_empty() => (value.to_owned(), ""),
            _ if !implied.is_empty() => (implied.to_owned(), after),
            _ if !after.is_empty() => (after.to_owned(), ""),
            _ => match take_value(rest) {
                Some(value) => (value, ""),
                None => {
                    let shown = quoted_byte(letters);
                    return wrong(format!("flag needs an argument: {shown} in -{letters}"));
                }
            },
        };
        self.set(index, &value)?;
        Ok(left)
    }

    fn set(&mut self, index: usize, text: &str) -> Parsed {
        let Some(state) = self.states.get_mut(index) else {
            return Ok(());
        };
        let flag = state.flag;
        match flag.kind.set(&mut state.value, text, !state.changed) {
            Ok(event) => self.events.extend(event),
            Err(why) => {
                let (text, title) = (quote(text), quote(flag.title()));
                return wrong(format!("invalid argument {text} for {title} flag: {why}"));
            }
        }
        state.changed = true;
        if !flag.deprecated.is_empty() {
            self.notices.push_str(&format!(
                "Flag --{} has been deprecated, {}\n",
                flag.name, flag.deprecated
            ));
        }
        self.share(flag.also_sets, index);
        Ok(())
    }

    /// Gives a flag's value to the one that it is another name of, or takes it from there.
    fn share(&mut self, other: Option<&str>, index: usize) {
        let value = self.states[index].value.clone();
        let own = self.states[index].flag.name;
        for state in &mut self.states {
            if Some(state.flag.name) == other || state.flag.also_sets == Some(own) {
                state.value = value.clone();
            }
        }
    }
}

type Parsed = Result<(), ParseError>;

fn wrong<T>(text: String) -> Result<T, ParseError> {
    Err(ParseError::Wrong(text))
}

fn take_value(rest: &mut &[String]) -> Option<String> {
    let (value, after) = rest.split_first()?;
    *rest = after;
    Some(value.clone())
}

/// Deals with a letter that is no flag; gives the letters that are still to read.
fn skip_letter<'a>(
    letters: &str,
    after: &'a str,
    rest: &mut &[String],
    unknown: Unknown,
) -> Result<&'a str, ParseError> {
    if letters.starts_with("test.") {
        return Ok(""); // pflag lets the flags of Go's test runner pass
    }
    match unknown {
        _ if letters.starts_with('h') => Err(ParseError::Help),
        Unknown::Refuse => {
            let shown = quoted_byte(letters);
            wrong(format!("unknown shorthand flag: {shown} in -{letters}"))
        }
        Unknown::Skip if after.len() > 1 && after.starts_with('=') => Ok(""),
        Unknown::Skip => {
            skip_value(rest);
            Ok(after)
        }
    }
}

/// Skips what looks like the value of an unknown flag.
fn skip_value(rest: &mut &[String]) {
    if rest.first().is_some_and(|next| !next.starts_with('-')) {
        *rest = &rest[1..];
    }
}

/// The first byte of the letters as Go's `%q` prints a rune: pflag knows no letters beyond ASCII
/// and takes a byte for one.
fn quoted_byte(letters: &str) -> String {
    match letters.bytes().next().map(char::from) {
        Some('\'') => r"'\''".to_owned(),
        Some('"') => "'\"'".to_owned(),
        letter => {
            let quoted = quote(letter.into_iter().collect::<String>());
            format!("'{}'", quoted.trim_matches('"'))
        }
    }
}

/// Reading of values by name, for commands. A name that the command does not define is a mistake
/// in the program; it reads as the zero of its type.
impl FlagSet {
    /// A switch.
    pub(crate) fn bool(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Bool(true)))
    }

    /// An integer, or a duration in nanoseconds.
    pub(crate) fn int(&self, name: &str) -> i64 {
        match self.value(name) {
            Some(Value::Int(n)) => *n,
            _ => 0,
        }
    }

    /// An integer that is not negative.
    pub(crate) fn uint(&self, name: &str) -> u64 {
        match self.value(name) {
            Some(Value::Uint(n)) => *n,
            _ => 0,
        }
    }

    /// A float.
    pub(crate) fn float(&self, name: &str) -> f32 {
        match self.value(name) {
            Some(Value::Float(f)) => *f,
            _ => 0.0,
        }
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> &str {
        match self.value(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// A list.
    pub(crate) fn list(&self, name: &str) -> &[String] {
        match self.value(name) {
            Some(Value::List(list)) => list,
            _ => &[],
        }
    }

    /// Pairs.
    pub(crate) fn pairs(&self, name: &str) -> BTreeMap<String, String> {
        match self.value(name) {
            Some(Value::Map(map)) => map.clone(),
            _ => BTreeMap::new(),
        }
    }

    /// Whether the command has such a flag.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether the command line has set it.
    pub(crate) fn changed(&self, name: &str) -> bool {
        self.get(name).is_some_and(|s| s.changed)
    }

    fn value(&self, name: &str) -> Option<&Value> {
        let state = self.get(name);
        debug_assert!(state.is_some(), "no flag --{name}");
        state.map(|s| &s.value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::command::Kind;

    const FLAGS: &[Flag] = &[
        Flag::bool("all", "").short('a'),
        Flag::bool("quiet", "").short('q').default("true"),
        Flag::text("name", "").short('n'),
        Flag::text("mode", "").implied("fast"),
        Flag::int("max", "").short('m').default("256"),
        Flag::duration("timeout", "").default("5m0s"),
        Flag::strings("values", "").short('f'),
        Flag::array("set", ""),
        Flag::new(Kind::Pairs, "labels", "").short('l'),
        Flag::text("title", "")
            .also_sets("name")
            .deprecated("use --name instead"),
    ];

    fn flags() -> FlagSet {
        let mut flags = FlagSet::default();
        for flag in FLAGS {
            flags.add(flag, &Env::default(), false);
        }
        flags
    }

    fn parsed(line: &str) -> FlagSet {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let mut flags = flags();
        assert_eq!(flags.parse(&args, Unknown::Refuse), Ok(()), "{line}");
        flags
    }

    #[test]
    fn values_come_joined_or_apart() {
        assert_eq!(parsed("--name=a").text("name"), "a");
        assert_eq!(parsed("--name a").text("name"), "a");
        assert_eq!(parsed("-n a").text("name"), "a");
        assert_eq!(parsed("-na").text("name"), "a");
        assert_eq!(parsed("-n=a").text("name"), "a");
        assert_eq!(parsed("-an=a=b").text("name"), "a=b");
        assert_eq!(parsed("--name --all").text("name"), "--all");
        assert_eq!(parsed("--name=").text("name"), "");
        assert_eq!(parsed("-n=").text("name"), "=");
    }

    #[test]
    fn optional_values_must_be_joined() {
        let flags = parsed("--mode slow --quiet false -a");
        assert_eq!((flags.text("mode"), flags.bool("quiet")), ("fast", true));
        assert_eq!(flags.args, ["slow", "false"]);
        assert!(!parsed("--quiet=false").bool("quiet"));
        assert_eq!(parsed("--mode=slow").text("mode"), "slow");
    }

    #[test]
    fn lists_replace_their_default_and_grow() {
        assert_eq!(parsed("-f a,b --values c").list("values"), ["a", "b", "c"]);
        assert_eq!(parsed("--set a,b --set c").list("set"), ["a,b", "c"]);
        let pairs = parsed("-l a=1,b=2 -l b=3,c").pairs("labels");
        assert_eq!(
            pairs
                .iter()
                .map(|(k, v)| format!("{k}={v}"))
                .collect::<Vec<_>>(),
            ["a=1", "b=3,c"]
        );
        assert_eq!(parsed("--timeout 90s").int("timeout"), 90_000_000_000);
    }

    #[test]
    fn what_is_no_flag_keeps_its_order() {
        assert_eq!(parsed("a -a b - -- -q c").args, ["a", "b", "-", "-q", "c"]);
    }

    #[test]
    fn other_names_set_the_flag_that_has_its_own() {
        let flags = parsed("--title x");
        assert_eq!((flags.text("name"), flags.changed("name")), ("x", false));
        assert_eq!(
            flags.notices,
            "Flag --title has been deprecated, use --name instead\n"
        );
    }

    #[test]
    fn unknown_flags_are_skipped_with_what_looks_like_a_value() {
        let args = ["--x", "1", "-y", "2", "-zq=0", "--w=4", "5", "-a"].map(str::to_owned);
        let mut flags = flags();
        assert_eq!(flags.parse(&args, Unknown::Skip), Ok(()));
        assert!(flags.bool("all") && !flags.bool("quiet"));
        assert_eq!(flags.args, ["5"]);
    }

    proptest! {
        #[test]
        fn any_words_are_taken_or_refused(words in prop::collection::vec(
            prop_oneof!["-{0,3}[a-z=,]{0,6}", "--(name|max|values|set|labels|all|timeout)(=.{0,5})?", ".{0,8}"],
            0..8,
        )) {
            let _ = flags().parse(&words, Unknown::Refuse);
            let _ = flags().parse(&words, Unknown::Skip);
        }
    }
}
