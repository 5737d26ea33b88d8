//! Where packages come from, and that they are unchanged: provenance files, which are clear-signed
//! with OpenPGP keys.
//!
//! What may be in a keyring, which keys may sign, and the words for what is wrong are those of the
//! library that Helm uses (ProtonMail's `go-crypto`). The cryptography is rPGP's.
//!
//! Knows neither charts nor disks.

mod armor;
mod clearsign;
mod error;
mod key;
mod keybox;
mod keyring;
mod packet;
mod reader;
mod sign;
mod signature;
mod sums;
mod verify;

pub use error::ProvenanceError;
pub use keyring::Keyring;
pub use sign::{Salt, Signer};
pub use verify::Verified;

#[cfg(test)]
mod tests;
