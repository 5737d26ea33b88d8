//! A small Kubernetes API server on an embedded database, in-process or over HTTPS.
//!
//! Knows nothing of Helm and shares nothing with the client side, so that the two share no bug.
//!
//! A request takes this way: [`Sandbox`] reads its body; `server` finds the kind and the verb; `handlers`
//! do what the verb says, with `decode`, `admission`, `validation`, `patch` and `apply` on the way of a
//! write; `store` keeps the objects in memory, `disk` writes them to the file; `controllers` bring the
//! objects to life after a moment; `watch` tells of every change. [`Listener`] is the same over HTTPS.
//!
//! What it does not do it says with an error: CBOR, answers in protobuf (questions in it are read), `exec`, `attach`, `port-forward` and
//! `proxy`, aggregated APIs, token requests. What it leaves out in silence: quotas, limit ranges, RBAC
//! and admission webhooks are stored but not enforced, CEL rules of custom resources are not evaluated,
//! and no container runs, so a pod is ready because it was asked for.

mod admission;
mod apply;
mod body;
mod clock;
mod controllers;
mod convert;
mod crd;
mod decode;
mod discovery;
mod disk;
mod error;
mod handlers;
mod kinds;
mod names;
mod object;
mod openapi;
mod patch;
mod protobuf;
mod request;
mod sandbox;
mod schema;
mod selector;
mod serve;
mod server;
mod shape;
mod status;
mod store;
mod table;
mod validation;
mod watch;

pub use body::Body;
pub use clock::{Clock, SystemClock};
pub use error::SandboxError;
pub use sandbox::{Options, Sandbox};
pub use serve::Listener;
