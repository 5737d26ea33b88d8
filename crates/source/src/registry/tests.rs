//! Registries that no real one is like: silent ones, and ones without end.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::{Client, Keys, Part, pull};
use crate::{Access, Http, Silent};

/// Serves each connection, on the loopback interface; gives the address.
fn serve(answer: fn(TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    address
}

fn head(stream: &TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap() > 2 {
        line.clear();
    }
}

/// What comes of a pull from such a server by somebody of little patience.
fn pulled(answer: fn(TcpStream)) -> String {
    let address = serve(answer);
    let http = Http {
        timeout: Duration::from_millis(200),
        ..Http::default()
    };
    let access = Access {
        plain_http: true,
        ..Access::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys {
        own: folder.path().join("config.json"),
        ..Keys::default()
    };
    let client = Client::new(&http, &keys, &access, &Silent).unwrap();
    let began = Instant::now();
    let reference = format!("{address}/a/demo:1.0.0");
    let error = pull(&client, &reference, Part::Archive, &|_| {}).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(10), "{error}");
    error.replace(&address, "HOST")
}

const ASKED: &str = "\"http://HOST/v2/a/demo/manifests/1.0.0\"";

#[test]
fn silence_ends() {
    let error = pulled(|stream| {
        thread::sleep(Duration::from_secs(
            60 + u64::from(stream.nodelay().is_err()),
        ))
    });
    let expected = format!(
        "failed to perform \"FetchReference\" on source: Get {ASKED}: the server was silent for 0.2 s"
    );
    assert_eq!(error, expected);
}

#[test]
fn silence_within_an_answer_ends() {
    let error = pulled(|mut stream| {
        head(&stream);
        let text = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\nContent-Length: 100\r\n\r\n{";
        stream.write_all(text.as_bytes()).unwrap();
        thread::sleep(Duration::from_secs(60));
    });
    assert!(
        error.starts_with("failed to perform \"Successors\" on source: "),
        "{error}"
    );
}

#[test]
fn going_round_ends() {
    let error = pulled(|mut stream| {
        head(&stream);
        let text = "HTTP/1.1 307 Go\r\nLocation: /v2/a/demo/manifests/1.0.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(text.as_bytes()).unwrap();
    });
    let expected = format!(
        "failed to perform \"FetchReference\" on source: Get {ASKED}: stopped after 10 redirects"
    );
    assert_eq!(error, expected);
}

#[test]
fn answers_without_end_end() {
    let error = pulled(|mut stream| {
        head(&stream);
        let text = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\nConnection: close\r\n\r\n";
        stream.write_all(text.as_bytes()).unwrap();
        while stream.write_all(&[b' '; 65536]).is_ok() {}
    });
    // It is asked again for what it did not say: how long the answer is.
    assert!(error.contains("unknown response Content-Length"), "{error}");
}
