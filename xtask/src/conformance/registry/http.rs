//! As much HTTP as the servers of the suite need: a request, an answer, the connection closed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// What a client asks.
#[derive(Clone, Debug, Default)]
pub(in crate::conformance) struct Request {
    pub(in crate::conformance) method: String,
    /// The path with its query.
    pub(in crate::conformance) target: String,
    pub(in crate::conformance) headers: Vec<(String, String)>,
    pub(in crate::conformance) body: Vec<u8>,
}

/// What it is told.
#[derive(Clone, Debug, Default)]
pub(in crate::conformance) struct Answer {
    pub(in crate::conformance) status: u16,
    pub(in crate::conformance) headers: Vec<(String, String)>,
    pub(in crate::conformance) body: Vec<u8>,
    /// How much of the body is not sent.
    pub(super) missing: usize,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> &str {
        find(&self.headers, name)
    }

    /// The proof that it shows, by its scheme: `none`, `basic`, `bearer`.
    pub(super) fn proof(&self) -> String {
        let scheme = self.header("authorization").split(' ').next();
        match scheme.unwrap_or_default() {
            "" => "none".to_owned(),
            scheme => scheme.to_lowercase(),
        }
    }
}

impl Answer {
    pub(super) fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status,
            headers: vec![("Content-Type".to_owned(), kind.to_owned())],
            body: body.into(),
            missing: 0,
        }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Answer {
        self.set(name, value);
        self
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.headers
            .retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        if !value.is_empty() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }
}

fn find<'h>(headers: &'h [(String, String)], name: &str) -> &'h str {
    let found = headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value)
}

/// Answers whoever connects, until the process ends.
pub(super) fn serve(
    listener: TcpListener,
    answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
) {
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            // A client that breaks off sees to itself.
            thread::spawn(move || exchange(stream, &*answer));
        }
    });
}

fn exchange(stream: TcpStream, answer: &dyn Fn(&Request) -> Answer) -> Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let first = line(&mut reader)?;
    let mut words = first.split(' ').map(str::to_owned);
    let mut request = Request {
        method: words.next().unwrap_or_default(),
        target: words.next().unwrap_or_default(),
        headers: headers(&mut reader)?,
        ..Request::default()
    };
    let length = request.header("content-length").parse().unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body)?;
    let told = answer(&request);
    let mut head = format!("HTTP/1.1 {} Told\r\nConnection: close\r\n", told.status);
    for (name, value) in &told.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if find(&told.headers, "content-length").is_empty() {
        head += &format!("Content-Length: {}\r\n", told.body.len());
    }
    let mut stream = stream;
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    if request.method != "HEAD" {
        let sent = told.body.len().saturating_sub(told.missing);
        stream.write_all(&told.body[..sent])?;
    }
    Ok(stream.flush()?)
}

/// Asks another server the same.
pub(in crate::conformance) fn forward(port: u16, request: &Request) -> Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let (method, target) = (&request.method, &request.target);
    // In the older version of the protocol bodies have no chunks.
    let mut head = format!("{method} {target} HTTP/1.0\r\n");
    let passed = ["host", "accept", "content-type"];
    for (name, value) in &request.headers {
        if passed.contains(&name.to_lowercase().as_str()) {
            head += &format!("{name}: {value}\r\n");
        }
    }
    head += &format!("Content-Length: {}\r\n\r\n", request.body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(&request.body)?;
    let mut reader = BufReader::new(stream);
    let first = line(&mut reader)?;
    let status = first
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let mut headers = headers(&mut reader)?;
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case("connection"));
    let mut body = Vec::new();
    reader.read_to_end(&mut body)?;
    Ok(Answer {
        status: status.context("an answer has a status")?,
        headers,
        body,
        missing: 0,
    })
}

fn headers(reader: &mut impl BufRead) -> Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let line = line(reader)?;
        match line.split_once(':') {
            Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
            None => return Ok(headers),
        }
    }
}

fn line(reader: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
