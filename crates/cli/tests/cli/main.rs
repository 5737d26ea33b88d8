//! The binary as a user sees it: whole screens, against what real Helm 4.3.1 showed.
//!
//! Expectations lie beside the tests. With `HELM_ORACLE` set to a Helm 4.3.1, they are written anew
//! from what that prints; without it, the binary is compared with them.

mod bad_input;
mod broken;
mod dependencies;
mod errors;
mod help;
mod hostile;
mod leases;
mod post_render;
mod repositories;
mod run;
mod sandbox;
mod screens;
mod seed;
mod served;
