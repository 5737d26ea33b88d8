//! The definition of a flag.

use super::complete::CompleteFlag;
use super::value::{Kind, Value};
use crate::env::Env;

/// A flag of a command: data only, built in constants.
///
/// ```ignore
/// Flag::int("max", "how many releases to list at most").short('m').default("256")
/// ```
#[derive(Clone, Copy)]
pub(crate) struct Flag {
    /// The name after `--`.
    pub(crate) name: &'static str,
    /// The letter after `-`.
    pub(crate) short: Option<char>,
    /// The type.
    pub(crate) kind: Kind,
    /// One line of help. A word between backquotes names the value, as pflag does it.
    pub(crate) help: &'static str,
    /// The value before any use.
    pub(crate) default: Default,
    /// The value that a use without one stands for; empty if one is required.
    pub(crate) implied: &'static str,
    /// What to use instead; not empty if the flag is deprecated, which also hides it.
    pub(crate) deprecated: &'static str,
    /// Whether help and completion leave the flag out.
    pub(crate) hidden: bool,
    /// Another flag that a use of this one sets as well.
    pub(crate) also_sets: Option<&'static str>,
    /// What completes its value.
    pub(crate) complete: Option<CompleteFlag>,
}

/// The value of a flag before any use.
#[derive(Clone, Copy)]
pub(crate) enum Default {
    /// The zero of the type.
    Zero,
    /// A text that the type reads.
    Text(&'static str),
    /// A value that depends on the environment.
    Env(fn(&Env) -> Value),
}

impl Flag {
    /// A flag of any type.
    pub(crate) const fn new(kind: Kind, name: &'static str, help: &'static str) -> Flag {
        Flag {
            name,
            short: None,
            kind,
            help,
            default: Default::Zero,
            implied: "",
            deprecated: "",
            hidden: false,
            also_sets: None,
            complete: None,
        }
    }

    /// A switch: `--name`, `--name=false`.
    pub(crate) const fn bool(name: &'static str, help: &'static str) -> Flag {
        Flag::new(Kind::Bool, name, help).implied("true")
    }

    /// A text.
    pub(crate) const fn text(name: &'static str, help: &'static str) -> Flag {
        Flag::new(Kind::Text, name, help)
    }

    /// An integer.
    pub(crate) const fn int(name: &'static str, help: &'static str) -> Flag {
        Flag::new(Kind::Int, name, help)
    }

    /// A duration.
    pub(crate) const fn duration(name: &'static str, help: &'static str) -> Flag {
        Flag::new(Kind::Duration, name, help)
    }

    /// Values between commas.
    pub(crate) const fn strings(name: &'static str, help: &'static str) -> Flag {
        Flag::new(Kind::Strings, name, help)
    }

    /// One value for each use.
    pub(crate) const fn array(name: &'static str, help: &'static str) -> Flag {
        Flag::new(Kind::Array, name, help)
    }

    /// Gives it a letter.
    pub(crate) const fn short(mut self, letter: char) -> Flag {
        self.short = Some(letter);
        self
    }

    /// Gives it a default that its type reads.
    pub(crate) const fn default(mut self, text: &'static str) -> Flag {
        self.default = Default::Text(text);
        self
    }

    /// Gives it a default that depends on the environment.
    pub(crate) const fn default_from(mut self, value: fn(&Env) -> Value) -> Flag {
        self.default = Default::Env(value);
        self
    }

    /// Says what a use without a value stands for.
    pub(crate) const fn implied(mut self, text: &'static str) -> Flag {
        self.implied = text;
        self
    }

    /// Hides it and says what to use instead.
    pub(crate) const fn deprecated(mut self, instead: &'static str) -> Flag {
        self.deprecated = instead;
        self.hidden()
    }

    /// Leaves it out of help and completion.
    pub(crate) const fn hidden(mut self) -> Flag {
        self.hidden = true;
        self
    }

    /// Makes it another name of a flag that has its own.
    pub(crate) const fn also_sets(mut self, other: &'static str) -> Flag {
        self.also_sets = Some(other);
        self
    }

    /// Says what completes its value.
    pub(crate) const fn complete(mut self, with: CompleteFlag) -> Flag {
        self.complete = Some(with);
        self
    }

    /// The name as errors about its value write it: `-o, --output`.
    pub(crate) fn title(&self) -> String {
        match self.short {
            Some(letter) => format!("-{letter}, --{}", self.name),
            None => format!("--{}", self.name),
        }
    }

    /// The value before any use.
    pub(crate) fn initial(&self, env: &Env) -> Value {
        match self.default {
            Default::Zero => self.kind.zero(),
            Default::Env(value) => value(env),
            Default::Text(text) => {
                let mut value = self.kind.zero();
                let read = self.kind.set(&mut value, text, true);
                debug_assert!(
                    read.is_ok(),
                    "--{}: the default {text:?} does not fit",
                    self.name
                );
                value
            }
        }
    }
}
