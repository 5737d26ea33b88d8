//! The sandbox over HTTPS, on loopback, with a kubeconfig that opens it.

use crate::error::SandboxError;
use crate::sandbox::Sandbox;
use crate::server::error_response;
use crate::status::ApiError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Request, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::convert::Infallible;
use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// A listener with its certificate and its token, ready to be run.
pub struct Listener {
    sandbox: Sandbox,
    tcp: TcpListener,
    address: SocketAddr,
    tls: TlsAcceptor,
    certificate: String,
    token: String,
}

impl Listener {
    /// Listens on `address`, which must be a loopback one; port 0 takes any free port. Certificate and
    /// token are made anew every time.
    ///
    /// # Errors
    /// The address is not of this machine alone, or is taken.
    pub async fn bind(sandbox: Sandbox, address: SocketAddr) -> Result<Self, SandboxError> {
        let failed = |detail: String| SandboxError::Serve {
            address: address.to_string(),
            detail,
        };
        if !address.ip().is_loopback() {
            return Err(failed(
                "only loopback addresses are served: whoever reaches the sandbox may do everything"
                    .into(),
            ));
        }
        let tcp = TcpListener::bind(address)
            .await
            .map_err(|e| failed(e.to_string()))?;
        let bound = tcp.local_addr().map_err(|e| failed(e.to_string()))?;
        let (tls, certificate) = tls(bound).map_err(|e| failed(e.to_string()))?;
        let mut secret = [0; 24];
        getrandom::fill(&mut secret).map_err(|e| failed(e.to_string()))?;
        let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret);
        Ok(Self {
            sandbox,
            tcp,
            address: bound,
            tls,
            certificate,
            token,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A kubeconfig with the address, the certificate and the token.
    #[must_use]
    pub fn kubeconfig(&self) -> String {
        let certificate = STANDARD.encode(&self.certificate);
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: sandbox\nclusters:\n- name: sandbox\n  cluster:\n    server: https://{}\n    certificate-authority-data: {certificate}\ncontexts:\n- name: sandbox\n  context:\n    cluster: sandbox\n    user: sandbox\nusers:\n- name: sandbox\n  user:\n    token: {}\n",
            self.address, self.token
        )
    }

    /// Writes the kubeconfig to a file that only its owner can read.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_kubeconfig(&self, path: &Path) -> Result<(), SandboxError> {
        let failed = |e: std::io::Error| SandboxError::Kubeconfig {
            path: path.to_owned(),
            detail: e.to_string(),
        };
        // A file that is already there may be readable by others, so it is made anew.
        match std::fs::remove_file(path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(e)),
            _ => {}
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        file.write_all(self.kubeconfig().as_bytes()).map_err(failed)
    }

    /// Serves until `end` completes; then open connections are dropped and everything is written.
    ///
    /// # Errors
    /// The last changes cannot be written.
    pub async fn run(self, end: impl Future<Output = ()>) -> Result<(), SandboxError> {
        let token: Arc<str> = self.token.into();
        let mut connections = JoinSet::new();
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => break,
                accepted = self.tcp.accept() => {
                    // A connection that fails before it begins concerns nobody else.
                    let Ok((stream, _)) = accepted else { continue };
                    connections.spawn(connection(stream, self.tls.clone(), self.sandbox.clone(), Arc::clone(&token)));
                }
                Some(_) = connections.join_next() => {}
            }
        }
        let closed = self.sandbox.close();
        connections.shutdown().await;
        closed
    }
}

/// Serves one connection, HTTP/1.1 or HTTP/2; its errors are the client's.
async fn connection(stream: TcpStream, tls: TlsAcceptor, sandbox: Sandbox, token: Arc<str>) {
    // Small answers should not wait for more to come.
    let _ = stream.set_nodelay(true);
    let Ok(stream) = tls.accept(stream).await else {
        return;
    };
    let service = service_fn(move |request: Request<Incoming>| {
        let (sandbox, token) = (sandbox.clone(), Arc::clone(&token));
        async move {
            let response = if is_allowed(&request, &token) {
                sandbox.handle(request).await
            } else {
                error_response(&ApiError::unauthorized())
            };
            Ok::<_, Infallible>(response)
        }
    });
    let _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn is_allowed<B>(request: &Request<B>, token: &str) -> bool {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let given = given
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default()
        .trim();
    // Compared to the end whatever the first difference is, so that time tells nothing.
    given.len() == token.len()
        && given
            .bytes()
            .zip(token.bytes())
            .fold(0, |sum, (a, b)| sum | (a ^ b))
            == 0
}

/// A certificate for the loopback names, signed by itself, and the acceptor with its key.
fn tls(address: SocketAddr) -> Result<(TlsAcceptor, String), Box<dyn std::error::Error>> {
    let names = vec![
        "localhost".to_owned(),
        address.ip().to_string(),
        "kubernetes.default.svc".to_owned(),
    ];
    let made = rcgen::generate_simple_self_signed(names)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), made.cert.pem()))
}
