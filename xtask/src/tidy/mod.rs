//! Rules of the repository that no compiler knows, each with its reason in the message. `cargo test` runs
//! them too.

mod docs;
mod files;
mod layers;
mod vendored;

use anyhow::{Result, bail};

/// `cargo xtask tidy`
pub(crate) fn command() -> Result<()> {
    let found = check()?;
    if found.is_empty() {
        return Ok(());
    }
    bail!("tidy found:\n{}", found.join("\n"))
}

/// All breaches of all rules, as lines for a person.
fn check() -> Result<Vec<String>> {
    let crates = layers::crates()?;
    let files = files::tracked()?;
    let mut found = layers::check(&crates);
    found.extend(docs::check(&crates)?);
    found.extend(files::check(&files));
    found.extend(vendored::check()?);
    Ok(found)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        let found = super::check().unwrap();
        assert!(found.is_empty(), "\n{}", found.join("\n"));
    }
}
