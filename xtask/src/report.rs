//! Progress messages of the driver.

use std::time::{Duration, Instant};

/// Prints a finished step and its duration.
pub(crate) fn step(what: &str, started: Instant) {
    println!("{:>10}  {what}", seconds(started.elapsed()));
}

/// Prints the beginning of a step.
pub(crate) fn started(what: &str) {
    println!("{:>10}  {what}", "started");
}

/// Prints that a step was skipped.
pub(crate) fn skipped(what: &str) {
    println!("{:>10}  {what}", "unchanged");
}

/// Formats a duration in seconds with one decimal.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// Formats a size in kilobytes of 1000 bytes, as the budgets are given; decimals are truncated.
pub(crate) fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_a_tenth() {
        assert_eq!(kilobytes(0), "0.0 kB");
        assert_eq!(kilobytes(48_256), "48.2 kB");
        assert_eq!(kilobytes(1_234_999), "1234.9 kB");
    }
}
