//! TLS over the connections of the HTTP library, with our own say in which certificates are good.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_pki_types::ServerName;
use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
    TransportAdapter,
};

use super::tls::Tls;

/// A server that was expected to speak TLS answered in plain HTTP.
#[derive(Debug)]
pub(super) struct PlainAnswer;

impl fmt::Display for PlainAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("http: server gave HTTP response to HTTPS client")
    }
}

impl std::error::Error for PlainAnswer {}

/// Puts TLS on connections to `https` addresses.
#[derive(Debug)]
pub(super) struct TlsConnector {
    tls: Tls,
    /// What the first connection has made of it: reading the system's certificates takes time.
    built: OnceLock<Arc<ClientConfig>>,
}

impl TlsConnector {
    pub(super) fn new(tls: Tls) -> TlsConnector {
        TlsConnector {
            tls,
            built: OnceLock::new(),
        }
    }

    fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        if let Some(built) = self.built.get() {
            return Ok(Arc::clone(built));
        }
        let new = Arc::new(self.tls.build().map_err(other)?);
        Ok(Arc::clone(self.built.get_or_init(|| new)))
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let host = details.uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(other)?;
        let mut connection = ClientConnection::new(self.config()?, name).map_err(other)?;
        let clock = Arc::clone(&details.current_time);
        let mut adapter = TransportAdapter::new(transport.boxed(), clock);
        adapter.set_timeout(details.timeout);
        let mut socket = Listening {
            inner: adapter,
            heard: Vec::new(),
        };
        if let Err(error) = connection.complete_io(&mut socket) {
            return Err(match socket.heard.starts_with(b"HTTP/") {
                true => other(PlainAnswer),
                false => Error::from(error),
            });
        }
        let sizes = details.config;
        Ok(Some(Either::B(TlsTransport {
            buffers: LazyBuffers::new(sizes.input_buffer_size(), sizes.output_buffer_size()),
            stream: StreamOwned {
                conn: connection,
                sock: socket.inner,
            },
        })))
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Io(io::Error::other(error))
}

/// Remembers how the answer to the first message began.
struct Listening {
    inner: TransportAdapter,
    heard: Vec<u8>,
}

impl Read for Listening {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let missing = b"HTTP/".len().saturating_sub(self.heard.len());
        let new = buffer.get(..count.min(missing)).unwrap_or_default();
        self.heard.extend_from_slice(new);
        Ok(count)
    }
}

impl Write for Listening {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A connection inside of TLS.
pub(super) struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        Ok(self.stream.write_all(output)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.get_mut().set_timeout(timeout);
        let count = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsTransport")
    }
}
