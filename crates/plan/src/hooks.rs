//! Which hooks run, and in which order.

use manifest::{BEFORE_HOOK_CREATION, HookEvent};
use release::Hook;

/// The hooks of an event as positions in the record, by weight, then name, then the record's order.
pub fn hooks_at(hooks: &[Hook], event: &HookEvent) -> Vec<usize> {
    let mut order: Vec<usize> = (0..hooks.len())
        .filter(|i| hooks[*i].runs_at(event))
        .collect();
    order.sort_by(|a, b| {
        let (a, b) = (&hooks[*a], &hooks[*b]);
        (a.weight, &a.name).cmp(&(b.weight, &b.name))
    });
    order
}

/// Writes the default policy into a hook that is about to run and names none: Helm keeps it in the
/// record from then on.
pub fn settle_delete_policies(hook: &mut Hook) {
    if hook.delete_policies.is_empty() {
        hook.delete_policies.push(BEFORE_HOOK_CREATION.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(name: &str, weight: i64) -> Hook {
        Hook::from(manifest::Hook {
            name: name.into(),
            weight,
            events: vec![HookEvent::PreInstall],
            ..manifest::Hook::default()
        })
    }

    #[test]
    fn weight_goes_before_name() {
        let hooks = [hook("b", 0), hook("z", -5), hook("a", 0)];
        assert_eq!(hooks_at(&hooks, &HookEvent::PreInstall), [1, 2, 0]);
        assert!(hooks_at(&hooks, &HookEvent::PostInstall).is_empty());
    }
}
