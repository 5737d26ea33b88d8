//! OCI registries: charts by tag and digest, and who may have them.

mod answer;
mod challenge;
mod client;
mod config;
mod credential;
mod digest;
mod helper;
mod login;
mod manifest;
mod plugin;
mod pull;
mod push;
mod reference;
mod repository;
mod resolve;
mod token;

pub(crate) use client::Client;
pub use credential::Keys;
pub use login::{login, logout};
pub use plugin::{PackedPlugin, plugin_name, pull_plugin};
pub(crate) use pull::{Part, pull};
pub use push::{Push, push};
pub use reference::is_oci;
pub(crate) use resolve::{resolve, tags};

/// Why a registry has no index of charts: nothing there is called so.
pub(crate) fn no_index(url: &str) -> String {
    match reference::ChartReference::parse(url) {
        Err(why) => why,
        Ok(_) => "failed to perform \"FetchReference\" on source: invalid reference".to_owned(),
    }
}

/// An error of a step where something is read from, as oras tells it.
fn on_source(step: &str, why: &str) -> String {
    format!("failed to perform \"{step}\" on source: {why}")
}

/// An error of a step where something is written to, as oras tells it.
fn on_target(step: &str, why: &str) -> String {
    format!("failed to perform \"{step}\" on destination: {why}")
}

/// Why a tag has an underscore where the version has a plus sign, if it has one.
fn underscore_note(text: &str, shown: &str, say: &dyn Fn(&str)) {
    if !text.contains('_') {
        return;
    }
    say(&format!("{shown} contains an underscore."));
    for line in [
        "",
        "OCI artifact references (e.g. tags) do not support the plus sign (+). To support",
        "storing semantic versions, Helm adopts the convention of changing plus (+) to",
        "an underscore (_) in chart version tags when pushing to a registry and back to",
        "a plus (+) when pulling from a registry.",
    ] {
        say(line);
    }
}

#[cfg(test)]
mod tests;
