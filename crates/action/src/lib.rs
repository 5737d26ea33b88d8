//! One function per verb; the whole flow on one screen.
//!
//! Knows neither flags nor the terminal.

pub mod get;
pub mod history;
pub mod list;
pub mod name;
pub mod selector;
pub mod status;
