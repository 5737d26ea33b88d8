//! The Go program that answers what kyaml does.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

/// What kyaml gives, or the text of its error.
pub(crate) type Answer = Result<Vec<u8>, String>;

/// A question: the letter of the request and its text.
pub(crate) type Request = (u8, Vec<u8>);

/// Builds the program; `None` where there is no Go to do it.
pub(crate) fn build() -> Option<std::path::PathBuf> {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../oracle/kyaml");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kyaml-oracle");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(".")
        .current_dir(module)
        .stderr(Stdio::null())
        .status();
    built
        .is_ok_and(|status| status.success())
        .then_some(program)
}

/// Asks everything at once.
pub(crate) fn ask(program: &Path, requests: Vec<Request>) -> Vec<Answer> {
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program was just built");
    let count = requests.len();
    let writer = send(&mut child, requests);
    let mut output = child.stdout.take().expect("it is piped");
    let answers = (0..count).map(|_| receive(&mut output)).collect();
    writer.join().expect("writing does not panic");
    child.wait().expect("the program ends with its input");
    answers
}

fn send(child: &mut Child, requests: Vec<Request>) -> thread::JoinHandle<()> {
    let mut input = child.stdin.take().expect("it is piped");
    thread::spawn(move || {
        for (op, text) in requests {
            let mut message = Vec::with_capacity(text.len() + 5);
            message.extend((text.len() as u32 + 1).to_be_bytes());
            message.push(op);
            message.extend(text);
            input
                .write_all(&message)
                .expect("the program reads to the end");
        }
    })
}

fn receive(output: &mut ChildStdout) -> Answer {
    let mut size = [0; 4];
    output
        .read_exact(&mut size)
        .expect("an answer to each request");
    let mut answer = vec![0; u32::from_be_bytes(size) as usize];
    output.read_exact(&mut answer).expect("as long as it says");
    let text = answer.split_off(1);
    match answer[0] {
        0 => Ok(text),
        1 => Err(String::from_utf8_lossy(&text).into_owned()),
        _ => Err(format!("panic: {}", String::from_utf8_lossy(&text))),
    }
}
