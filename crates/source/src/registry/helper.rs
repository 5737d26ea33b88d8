//! Programs that keep credentials: `docker-credential-NAME`.

use std::io::{ErrorKind, Read as _, Write as _};
use std::process::{Command, Stdio};

use gostd::os::{is_executable, reason};
use goval::strconv::quote;
use serde_json::json;

use super::credential::Credential;

const PREFIX: &str = "docker-credential-";
/// The user of credentials that are a token.
const TOKEN: &str = "<token>";
/// No answer is anywhere near that long.
const MAX_ANSWER: u64 = 1024 * 1024;

/// One of these programs.
#[derive(Clone, Debug)]
pub(crate) struct Helper {
    program: String,
}

impl Helper {
    pub(crate) fn new(name: &str) -> Helper {
        Helper {
            program: format!("{PREFIX}{name}"),
        }
    }

    /// The name of the program that is usual on this system, if it is there.
    pub(crate) fn of_system(path: &str) -> Option<&'static str> {
        let name = match std::env::consts::OS {
            "macos" => "osxkeychain",
            "windows" => "wincred",
            "linux" if is_there(path, "pass") => "pass",
            "linux" => "secretservice",
            _ => return None,
        };
        is_there(path, &format!("{PREFIX}{name}")).then_some(name)
    }

    /// The credentials for a server; nothing if none are kept.
    ///
    /// # Errors
    /// A program that is not there, fails, or says something else.
    pub(crate) fn get(&self, server: &str) -> Result<Credential, String> {
        let answer = match self.run("get", server.as_bytes()) {
            Err(why) if why == "credentials not found in native keychain" => {
                return Ok(Credential::default());
            }
            other => other?,
        };
        let answer: serde_json::Value = serde_json::from_slice(&answer)
            .map_err(|_| format!("{} gave no credentials", self.program))?;
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let (username, secret) = (text("Username"), text("Secret"));
        Ok(match username.as_str() {
            TOKEN => Credential {
                refresh_token: secret,
                ..Credential::default()
            },
            _ => Credential {
                username,
                password: secret,
                ..Credential::default()
            },
        })
    }

    /// Keeps credentials for a server.
    ///
    /// # Errors
    /// A program that is not there, or fails.
    pub(crate) fn store(&self, server: &str, credential: &Credential) -> Result<(), String> {
        let (username, secret) = match credential.refresh_token.as_str() {
            "" => (credential.username.as_str(), credential.password.as_str()),
            token => (TOKEN, token),
        };
        let entry = json!({"ServerURL": server, "Username": username, "Secret": secret});
        let text = goval::json::to_string(&entry).map_err(|error| error.to_string())?;
        self.run("store", text.as_bytes()).map(drop)
    }

    /// Forgets the credentials for a server.
    ///
    /// # Errors
    /// A program that is not there, or fails.
    pub(crate) fn erase(&self, server: &str) -> Result<(), String> {
        self.run("erase", server.as_bytes()).map(drop)
    }

    /// Runs the program; its errors stand on its standard output.
    fn run(&self, action: &str, input: &[u8]) -> Result<Vec<u8>, String> {
        let mut child = Command::new(&self.program)
            .arg(action)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| self.not_started(&error))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read says by its status what it wants.
            let _ = stdin.write_all(input);
        }
        let mut output = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let read = stdout.take(MAX_ANSWER).read_to_end(&mut output);
            read.map_err(|error| reason(&error))?;
        }
        let status = child.wait().map_err(|error| reason(&error))?;
        if status.success() {
            return Ok(output);
        }
        match String::from_utf8_lossy(&output).trim() {
            "" => Err(match status.code() {
                Some(code) => format!("exit status {code}"),
                None => status.to_string(),
            }),
            told => Err(told.to_owned()),
        }
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        let program = &self.program;
        match error.kind() {
            ErrorKind::NotFound if program == "docker-credential-desktop.exe" => {
                "credentials store is configured to `desktop.exe` but Docker Desktop seems not running"
                    .to_owned()
            }
            ErrorKind::NotFound => {
                format!("exec: {}: executable file not found in $PATH", quote(program))
            }
            _ => format!("fork/exec {program}: {}", reason(error)),
        }
    }
}

/// Whether a folder of the list has a program.
fn is_there(path: &str, program: &str) -> bool {
    let program = match cfg!(windows) {
        true => format!("{program}.exe"),
        false => program.to_owned(),
    };
    std::env::split_paths(path).any(|folder| is_executable(&folder.join(&program)))
}
