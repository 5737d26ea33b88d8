//! One function per verb; the whole flow on one screen.
//!
//! Knows neither flags nor the terminal.
