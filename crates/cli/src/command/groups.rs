//! Flags that may not be used together.

use super::Command;
use super::parse::FlagSet;

/// Checks the groups of flags of which only one may be used.
///
/// # Errors
/// The first group, in the order of their names, with the flags that were used.
pub(super) fn check(command: &Command, flags: &FlagSet) -> Result<(), String> {
    let mut groups: Vec<_> = command
        .exclusive
        .iter()
        .map(|g| (g.join(" "), *g))
        .collect();
    groups.sort();
    for (title, group) in groups {
        let mut used: Vec<_> = group
            .iter()
            .copied()
            .filter(|name| flags.changed(name))
            .collect();
        if used.len() > 1 {
            used.sort_unstable();
            let used = used.join(" ");
            return Err(format!(
                "if any flags in the group [{title}] are set none of the others can be; [{used}] were all set"
            ));
        }
    }
    Ok(())
}

/// Hides from completion what can no longer be used beside the flags that were.
pub(super) fn hide_excluded(command: &Command, flags: &mut FlagSet) {
    for group in command.exclusive {
        for used in group
            .iter()
            .filter(|name| flags.changed(name))
            .copied()
            .collect::<Vec<_>>()
        {
            for other in group.iter().filter(|name| **name != used) {
                flags.hide(other);
            }
        }
    }
}
