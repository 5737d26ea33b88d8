//! What came of a suite, in counts.

use std::fmt;
use std::ops::AddAssign;

/// Counts of checks. A check that is known to differ, below a recorded floor, is in none of them but in a note.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    pub(crate) notes: Vec<String>,
}

impl Outcome {
    /// Counts one check.
    pub(crate) fn check(&mut self, held: bool) {
        if held {
            self.passed += 1
        } else {
            self.failed += 1
        }
    }
}

impl AddAssign for Outcome {
    fn add_assign(&mut self, other: Outcome) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        for note in &self.notes {
            write!(f, " ({note})")?;
        }
        Ok(())
    }
}
