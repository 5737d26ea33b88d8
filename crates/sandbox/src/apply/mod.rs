//! Who owns which field, and server-side apply.
//!
//! The rules are those of `sigs.k8s.io/structured-merge-diff` and of `managedfields` in apimachinery:
//! a set of field paths per manager ([`set`]), values walked along their schema ([`typed`]), and the
//! two together on every write ([`managers`]).

pub(crate) mod managers;
pub(crate) mod set;
pub(crate) mod typed;
