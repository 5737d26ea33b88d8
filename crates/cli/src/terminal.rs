//! Questions to whoever sits at the terminal.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, stdin};
use std::path::Path;

use gostd::os::{path_error, reason};

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

/// The longest passphrase; what is behind it is left out.
const LONGEST: u64 = 4096;

/// The first line of a file, or of standard input for `-`, which must be a pipe then.
///
/// # Errors
/// Nothing there, or nothing that can be read.
pub(crate) fn passphrase_from(file: &str) -> Result<Vec<u8>, String> {
    first_line(opened(file)?)
}

/// The same, of which all lines count but the end of the last.
///
/// # Errors
/// As [`passphrase_from`].
pub(crate) fn whole_passphrase_from(file: &str) -> Result<Vec<u8>, String> {
    let mut whole = Vec::new();
    let mut from = opened(file)?.take(LONGEST);
    from.read_to_end(&mut whole)
        .map_err(|error| reason(&error))?;
    while whole.pop_if(|end| matches!(*end, b'\r' | b'\n')).is_some() {}
    Ok(whole)
}

fn opened(file: &str) -> Result<Box<dyn Read>, String> {
    if file == "-" {
        return match is_pipe() {
            true => Ok(Box::new(stdin())),
            false => {
                Err("specified reading passphrase from stdin, without input on stdin".to_owned())
            }
        };
    }
    let path = Path::new(file);
    let opened = File::open(path).map_err(|error| path_error("open", path, &error))?;
    Ok(Box::new(opened))
}

fn first_line(from: impl Read) -> Result<Vec<u8>, String> {
    let mut line = Vec::new();
    let mut from = BufReader::new(from).take(LONGEST);
    from.read_until(b'\n', &mut line)
        .map_err(|error| reason(&error))?;
    if line.is_empty() {
        return Err("EOF".to_owned());
    }
    if line.pop_if(|end| *end == b'\n').is_some() {
        line.pop_if(|end| *end == b'\r');
    }
    Ok(line)
}

#[cfg(unix)]
fn is_pipe() -> bool {
    use rustix::fs::{FileType, fstat};
    let kind = fstat(stdin()).map(|stat| FileType::from_raw_mode(stat.st_mode));
    kind == Ok(FileType::Fifo)
}

#[cfg(not(unix))]
fn is_pipe() -> bool {
    use std::io::IsTerminal as _;
    !stdin().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_first_line() {
        let line = |text: &str| first_line(text.as_bytes());
        assert_eq!(line("secret\nmore\n"), Ok(b"secret".to_vec()));
        assert_eq!(line("secret\r\n"), Ok(b"secret".to_vec()));
        assert_eq!(line("\n"), Ok(Vec::new()));
        assert_eq!(line(""), Err("EOF".to_owned()));
    }
}
