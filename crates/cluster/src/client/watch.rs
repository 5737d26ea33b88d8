//! Watches: one JSON document per line, as long as the server keeps the answer open.

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt};
use manifest::Object;
use serde::Deserialize;
use serde_json::Value;

use crate::error::Status;
use crate::{Error, WatchEvent};

/// The events in the pieces of a watch's answer. Ends with the answer, or with its first error.
pub(super) fn events(
    pieces: BoxStream<'static, Result<Bytes, Error>>,
) -> BoxStream<'static, Result<WatchEvent, Error>> {
    let lines = Lines {
        pieces,
        buffer: BytesMut::new(),
    };
    stream::unfold(Some(lines), |lines| async move {
        let mut lines = lines?;
        match lines.next().await? {
            Ok(line) => {
                let event = read(&line);
                let rest = event.is_ok().then_some(lines);
                Some((event, rest))
            }
            Err(error) => Some((Err(error), None)),
        }
    })
    .boxed()
}

struct Lines {
    pieces: BoxStream<'static, Result<Bytes, Error>>,
    buffer: BytesMut,
}

impl Lines {
    /// The next line that is not empty.
    async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.buffer[searched..].iter().position(|b| *b == b'\n') {
                let line = self.buffer.split_to(searched + end + 1).freeze();
                searched = 0;
                if !line.trim_ascii().is_empty() {
                    return Some(Ok(line));
                }
                continue;
            }
            searched = self.buffer.len();
            match self.pieces.next().await? {
                Ok(piece) => self.buffer.extend_from_slice(&piece),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn read(line: &[u8]) -> Result<WatchEvent, Error> {
    #[derive(Deserialize)]
    struct Event {
        r#type: String,
        object: Value,
    }
    let broken = |why: String| Error::Protocol(format!("cannot read a watch event: {why}"));
    let event: Event = serde_json::from_slice(line).map_err(|e| broken(e.to_string()))?;
    if event.r#type == "ERROR" {
        let status: Status =
            serde_json::from_value(event.object).map_err(|e| broken(e.to_string()))?;
        return Err(Error::Api(Box::new(status)));
    }
    let object = Object::from_json(event.object).ok_or_else(|| broken("no object".to_owned()))?;
    match event.r#type.as_str() {
        "ADDED" => Ok(WatchEvent::Added(object)),
        "MODIFIED" => Ok(WatchEvent::Modified(object)),
        "DELETED" => Ok(WatchEvent::Deleted(object)),
        "BOOKMARK" => Ok(WatchEvent::Bookmark(object.resource_version().to_owned())),
        other => Err(broken(format!("unknown type {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(pieces: &[&'static str], expected: &[&str]) {
        let pieces: Vec<_> = pieces.iter().map(|p| Ok(Bytes::from(*p))).collect();
        let seen: Vec<_> = events(stream::iter(pieces).boxed())
            .map(|event| match event {
                Ok(WatchEvent::Added(o)) => format!("added {}", o.name()),
                Ok(WatchEvent::Deleted(o)) => format!("deleted {}", o.name()),
                Ok(other) => format!("{other:?}"),
                Err(e) => format!("error {e}"),
            })
            .collect()
            .await;
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn events_may_be_cut_anywhere() {
        check(
            &[
                "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"na",
                "me\":\"a\"}}}\n\n{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"a\"}}}\n{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"7\"}}}\n",
            ],
            &["added a", "deleted a", "Bookmark(\"7\")"],
        )
        .await;
    }

    #[tokio::test]
    async fn an_error_event_ends_the_stream() {
        check(
            &["{\"type\":\"ERROR\",\"object\":{\"code\":410,\"reason\":\"Expired\",\"message\":\"too old\"}}\n{}\n"],
            &["error too old"],
        )
        .await;
    }
}
