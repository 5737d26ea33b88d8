//! A web server that hands out a directory, for chart repositories in tests.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::files::fail;

/// A web server on loopback, for as long as the test runs.
pub struct Server {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Hands out the files of a directory.
    ///
    /// # Panics
    /// If no port can be had.
    pub fn of(directory: &Path) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0")
            .unwrap_or_else(|error| fail(&format!("no port to serve on: {error}")));
        let address = match listener.local_addr() {
            Ok(address) => format!("http://{address}"),
            Err(error) => fail(&format!("a server without an address: {error}")),
        };
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (directory, log) = (directory.to_path_buf(), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (directory, log) = (directory.clone(), Arc::clone(&log));
                thread::spawn(move || answer(stream, &directory, &log));
            }
        });
        Server { address, asked }
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.address
    }

    /// What it was asked since it was last asked for that: a path each, and the credentials that came
    /// with it.
    pub fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut asked)
    }
}

fn answer(stream: TcpStream, directory: &Path, log: &Mutex<Vec<String>>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    let path = request.split(' ').nth(1)?.to_owned();
    let mut credentials = String::new();
    for line in lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
    {
        if line.to_lowercase().starts_with("authorization:") {
            credentials = line[14..].to_owned();
        }
    }
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(format!("{path}{credentials}"));
    let file: PathBuf = directory.join(path.split('?').next()?.trim_start_matches('/'));
    let (status, body) = match std::fs::read(file) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}
