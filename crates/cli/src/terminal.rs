//! Questions to whoever sits at the terminal.

use std::io::{BufRead as _, stdin};

use gostd::os::reason;

use crate::error::Failure;
use crate::session::Session;

/// Asks for a line of text.
///
/// # Errors
/// Standard input is at its end.
pub(crate) fn ask(session: &mut Session, prompt: &str) -> Result<String, Failure> {
    session.ui.print(prompt)?;
    line()
}

/// Asks for a line of text that nobody may read over a shoulder. The line is not ended on the screen.
///
/// # Errors
/// Standard input is no terminal, or at its end.
pub(crate) fn ask_secret(session: &mut Session, prompt: &str) -> Result<String, Failure> {
    session.ui.print(prompt)?;
    let silence = Silence::begin().map_err(|error| Failure::new(reason(&error)))?;
    let line = line();
    drop(silence);
    line
}

fn line() -> Result<String, Failure> {
    let mut line = String::new();
    let count = stdin().lock().read_line(&mut line)?;
    if count == 0 {
        return Err(Failure::new("EOF"));
    }
    let end: &[char] = &['\r', '\n'];
    Ok(line.trim_end_matches(end).to_owned())
}

/// A terminal that does not show what is typed, until this is dropped.
#[cfg(unix)]
struct Silence(rustix::termios::Termios);

#[cfg(unix)]
impl Silence {
    fn begin() -> std::io::Result<Silence> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdin(), OptionalActions::Now, &quiet)?;
        Ok(Silence(before))
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        // If the terminal has gone, nobody sees what it shows.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.0);
    }
}

#[cfg(not(unix))]
struct Silence;

#[cfg(not(unix))]
impl Silence {
    fn begin() -> std::io::Result<Silence> {
        Err(std::io::Error::other(
            "secrets cannot be asked for on this system; --password-stdin reads one from stdin",
        ))
    }
}
