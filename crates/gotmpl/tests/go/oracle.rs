//! Talks to the program in `oracle/template`.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::cases::Answer;

pub(crate) struct Oracle {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Oracle {
    /// Builds and starts it; `None` where there is no Go.
    #[expect(clippy::print_stdout, reason = "a skipped test says so")]
    pub(crate) fn start() -> Option<Oracle> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../oracle/template");
        let thread = format!("{:?}", std::thread::current().id());
        let name = format!(
            "template-{}",
            thread.replace(|c: char| !c.is_alphanumeric(), "")
        );
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let built = Command::new("go")
            .arg("build")
            .arg("-o")
            .arg(&program)
            .arg(".")
            .current_dir(source)
            .status();
        match built {
            Ok(status) => assert!(status.success(), "the oracle does not build"),
            Err(_) => {
                println!("skipped: there is no Go here to compare with");
                return None;
            }
        }
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle starts");
        let input = child.stdin.take().expect("it has an input");
        let output = child.stdout.take().expect("it has an output");
        Some(Oracle {
            child,
            input,
            output,
        })
    }

    pub(crate) fn ask(&mut self, options: &str, template: &[u8], data: &str) -> Answer {
        let mut request = Vec::new();
        for part in [options.as_bytes(), template, data.as_bytes()] {
            request.extend((part.len() as u32).to_be_bytes());
            request.extend(part);
        }
        self.input.write_all(&request).expect("the oracle reads");
        self.input.flush().expect("the oracle reads");
        let (status, output, message) = (self.part(), self.part(), self.part());
        let message = String::from_utf8_lossy(&message).into_owned();
        match status.as_slice() {
            b"ok" => Answer::Ok(output),
            b"parse" => Answer::Parse(message),
            _ => Answer::Exec(output, message),
        }
    }

    fn part(&mut self) -> Vec<u8> {
        let mut len = [0; 4];
        self.output
            .read_exact(&mut len)
            .expect("the oracle answers");
        let mut part = vec![0; u32::from_be_bytes(len) as usize];
        self.output
            .read_exact(&mut part)
            .expect("the oracle answers");
        part
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
