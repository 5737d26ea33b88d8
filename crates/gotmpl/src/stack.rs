//! Recursion that cannot overflow: templates nest as deep as their author likes.

/// What must be left before anything recurses further. Functions are called on what is left, so it
/// has to do for a YAML encoder or a regular expression.
const RESERVE: usize = 512 * 1024;

/// What is added when it runs short. The system backs only what is used of it.
const SEGMENT: usize = 8 * 1024 * 1024;

/// Runs `f` with at least [`RESERVE`] bytes of stack.
pub(crate) fn grow<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RESERVE, SEGMENT, f)
}
