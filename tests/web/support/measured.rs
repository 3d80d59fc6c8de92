//! Tests that are repeated as often as asked, and print what they measured.

use std::io::Write as _;

/// The number of repetitions: the value of an environment variable, otherwise `usually`.
pub fn times(variable: &str, usually: usize) -> usize {
    std::env::var(variable)
        .map_or(usually, |times| times.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Prints past the test runner, which hides the output of tests that pass.
pub fn print(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
