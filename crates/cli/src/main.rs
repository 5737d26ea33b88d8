//! The one binary: arguments to settings to action, and back to the terminal.

fn main() {}
