//! Which arguments a command takes.

use super::find::Path;

/// Which arguments a command takes, and Helm's words when they are others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Args {
    /// Whatever comes.
    Any,
    /// None.
    None,
    /// That many.
    Exactly(usize),
    /// That many or more.
    AtLeast(usize),
    /// That many or fewer.
    AtMost(usize),
}

impl Args {
    /// Checks the number of arguments.
    ///
    /// # Errors
    /// What is asked for, and the usage line.
    pub(crate) fn check(self, path: &Path, program: &str, count: usize) -> Result<(), String> {
        let demand = match self {
            Args::None if count > 0 => "accepts no arguments".to_owned(),
            Args::Exactly(n) if count != n => format!("requires {}", arguments(n)),
            Args::AtLeast(n) if count < n => format!("requires at least {}", arguments(n)),
            Args::AtMost(n) if count > n => format!("accepts at most {}", arguments(n)),
            _ => return Ok(()),
        };
        let (words, usage) = (path.words(program), path.usage_line(program));
        Err(format!("\"{words}\" {demand}\n\nUsage:  {usage}"))
    }
}

fn arguments(n: usize) -> String {
    if n == 1 {
        "1 argument".to_owned()
    } else {
        format!("{n} arguments")
    }
}
