//! The sandbox as its users hold it: open, ask, close.

use crate::body::Body;
use crate::clock::{Clock, SystemClock};
use crate::controllers;
use crate::disk::{Contents, Disk};
use crate::error::SandboxError;
use crate::kinds::Kinds;
use crate::server::Server;
use crate::store::Store;
use http::{Request, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

/// How large a request body may be; the API server has the same limit.
const MAX_BODY: usize = 3 * 1024 * 1024;

/// How a sandbox behaves.
#[derive(Clone)]
pub struct Options {
    /// The version that `/version` tells, such as `v1.37.1`.
    pub version: String,
    /// The source of all times.
    pub clock: Arc<dyn Clock>,
    /// How long a pod takes to become ready, and a job's pod to complete. With [`None`] nothing happens
    /// by itself: a test calls [`Sandbox::settle`].
    pub pace: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            version: "v1.37.1".to_owned(),
            clock: Arc::new(SystemClock),
            pace: Some(Duration::from_millis(100)),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("version", &self.version)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

/// A small Kubernetes API server. Clones share one state; the last one dropped writes and closes the file.
#[derive(Clone)]
pub struct Sandbox(Arc<Running>);

struct Running {
    server: Arc<Server>,
    controllers: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Opens the sandbox file at `path`, or creates it.
    ///
    /// # Errors
    /// The file is in use, damaged, of another format, or cannot be created; nothing is changed then.
    pub fn open(path: &Path, options: Options) -> Result<Self, SandboxError> {
        let (disk, contents) = Disk::open(path)?;
        Ok(Self::start(Store::new(contents, Some(disk)), options))
    }

    /// A sandbox that is gone when it is dropped.
    #[must_use]
    pub fn in_memory(options: Options) -> Self {
        Self::start(Store::new(Contents::default(), None), options)
    }

    fn start(store: Store, options: Options) -> Self {
        let server = Arc::new(Server::new(store, Kinds::default(), options));
        let controllers = controllers::start(&server);
        Self(Arc::new(Running {
            server,
            controllers,
        }))
    }

    /// Answers one request. A watch is answered by a body that does not end until its time is over or
    /// the sandbox is closed.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => self.0.server.answer(&parts, &body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => self.0.server.refuse_body(MAX_BODY),
            Err(error) => self.0.server.refuse_broken_body(&error.to_string()),
        }
    }

    /// Lets everything that is due or will be due happen now: workloads become ready, jobs complete,
    /// what has lost its owner goes.
    pub fn settle(&self) {
        controllers::settle(&self.0.server);
    }

    /// Waits until every change that was answered is on disk.
    ///
    /// # Errors
    /// The file cannot be written; the changes stay in memory and are tried again.
    pub fn flush(&self) -> Result<(), SandboxError> {
        self.0.server.state.lock().store.flush()
    }

    /// Writes everything, closes the file and ends all watches. Dropping the last clone does the same
    /// but cannot tell of an error.
    ///
    /// # Errors
    /// The last changes cannot be written.
    pub fn close(&self) -> Result<(), SandboxError> {
        self.0.server.stop();
        self.0.server.state.lock().store.close()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.stop();
        if let Some(thread) = self.controllers.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A panic of that thread has been reported; there is nothing to add here.
            let _ = thread.join();
        }
        // Watches may hold the server a little longer; the file must not wait for them.
        let _ = self.server.state.lock().store.close();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

/// The service of [`Sandbox::service`]: any request body in, [`Body`] out.
impl<B> tower_service::Service<Request<B>> for Sandbox
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let sandbox = self.clone();
        Box::pin(async move { Ok(sandbox.handle(request).await) })
    }
}
