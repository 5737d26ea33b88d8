//! A small HTTP server on loopback, for what repositories serve: files of a folder, after a while.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Result;

/// Serves the files of a folder until the program ends.
pub(crate) struct Served {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    /// How many bodies were sent.
    bodies: Arc<AtomicUsize>,
}

/// Starts serving a folder; each answer takes as long as `delay`.
pub(crate) fn serve(folder: &Path, delay: Duration) -> Result<Served> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let bodies = Arc::new(AtomicUsize::new(0));
    let served = Served {
        url,
        bodies: Arc::clone(&bodies),
    };
    let folder = folder.to_path_buf();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (folder, bodies) = (folder.clone(), Arc::clone(&bodies));
            // A client that goes away ends only its own connection.
            thread::spawn(move || drop(answer_all(stream, &folder, delay, &bodies)));
        }
    });
    Ok(served)
}

impl Served {
    /// How many bodies were sent since this was asked last.
    pub(crate) fn bodies(&self) -> usize {
        self.bodies.swap(0, Ordering::SeqCst)
    }
}

fn answer_all(
    stream: TcpStream,
    folder: &Path,
    delay: Duration,
    bodies: &AtomicUsize,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(request) = lines.next() {
        let request = request?;
        // Nothing that is asked of a header would change the answer.
        for header in lines.by_ref() {
            if header?.is_empty() {
                break;
            }
        }
        thread::sleep(delay);
        match file_of(&request, folder).map(fs::read) {
            Some(Ok(body)) => {
                bodies.fetch_add(1, Ordering::SeqCst);
                let length = body.len();
                write!(
                    writer,
                    "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"
                )?;
                writer.write_all(&body)?;
            }
            _ => write!(
                writer,
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            )?,
        }
    }
    Ok(())
}

/// The file that a request is about, which is in the folder.
fn file_of(request: &str, folder: &Path) -> Option<PathBuf> {
    let path = request.strip_prefix("GET /")?.split([' ', '?']).next()?;
    let is_inside = path.split('/').all(|part| !part.is_empty() && part != "..");
    is_inside.then(|| folder.join(path))
}
