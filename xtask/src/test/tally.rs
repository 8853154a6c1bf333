//! Counting tests.

use std::{
    fmt,
    io::{BufRead, BufReader},
    ops::AddAssign,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;

/// How many tests did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Tally {
    /// A part that could not run counts as a failed test, so that no total can look clean without it.
    pub(super) const NOT_RUN: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };

    /// Reads a line of libtest's output: "test result: ok. 2 passed; 0 failed; 1 ignored; …".
    pub(super) fn of_libtest_line(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        Self::of_counts(counts.split("; "))
    }

    /// Reads a line of a script's output: "2 passed, 0 failed".
    pub(super) fn of_script_line(line: &str) -> Option<Self> {
        let counts = line.split(", ");
        line.contains(" passed, ")
            .then(|| Self::of_counts(counts))?
    }

    fn of_counts<'a>(counts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut tally = Self::default();
        for count in counts {
            let (number, what) = count.split_once(' ')?;
            match what {
                "passed" => tally.passed = number.parse().ok()?,
                "failed" => tally.failed = number.parse().ok()?,
                "ignored" | "skipped" => tally.skipped = number.parse().ok()?,
                _ => {}
            }
        }
        Some(tally)
    }

    /// Reads the report that Playwright writes as JSON. A flaky test passed in the end, but not
    /// reliably: it counts as failed.
    pub(super) fn of_playwright(report: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Report {
            stats: Stats,
        }
        #[derive(Deserialize)]
        struct Stats {
            expected: u64,
            unexpected: u64,
            flaky: u64,
            skipped: u64,
        }
        let Report { stats } = serde_json::from_str(report)
            .context("the report of the browser tests is unreadable")?;
        Ok(Self {
            passed: stats.expected,
            failed: stats.unexpected + stats.flaky,
            skipped: stats.skipped,
        })
    }
}

/// Runs a command, shows its output and adds up the lines that `of_line` can read.
pub(super) fn count(command: &mut Command, of_line: fn(&str) -> Option<Tally>) -> Result<Tally> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} cannot be started", process::name(command)))?;
    let mut total = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            if let Some(tally) = of_line(&line) {
                total += tally;
            }
        }
    }
    // Tests that do not compile, or abort, count nothing.
    if !child.wait()?.success() && total.failed == 0 {
        total += Tally::NOT_RUN;
    }
    Ok(total)
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_of_libtest_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.01s";
        let counted = Tally {
            passed: 12,
            failed: 3,
            skipped: 1,
        };
        assert_eq!(Tally::of_libtest_line(line), Some(counted));
    }

    #[test]
    fn other_lines_are_not() {
        for line in [
            "test users::suspends ... ok",
            "running 4 tests",
            "test result: ",
        ] {
            assert_eq!(Tally::of_libtest_line(line), None, "{line}");
        }
    }

    #[test]
    fn result_lines_of_scripts_are_counted() {
        let counted = Tally {
            passed: 14,
            failed: 1,
            skipped: 0,
        };
        assert_eq!(Tally::of_script_line("14 passed, 1 failed"), Some(counted));
        assert_eq!(Tally::of_script_line("it passed, for now"), None);
    }

    #[test]
    fn a_command_that_fails_and_counts_nothing_is_a_failure() {
        let mut broken = Command::new("sh");
        broken.args(["-c", "echo compiling; exit 101"]);
        let tally = count(&mut broken, Tally::of_libtest_line).unwrap();
        assert_eq!(tally, Tally::NOT_RUN);
    }

    #[test]
    fn a_flaky_browser_test_is_a_failure() {
        let report =
            r#"{"stats":{"expected":5,"unexpected":1,"flaky":2,"skipped":3,"duration":9.5}}"#;
        let counted = Tally {
            passed: 5,
            failed: 3,
            skipped: 3,
        };
        assert_eq!(Tally::of_playwright(report).unwrap(), counted);
    }

    #[test]
    fn the_total_reads_as_one_plain_line() {
        let mut total = Tally {
            passed: 1,
            failed: 0,
            skipped: 0,
        };
        total += Tally::NOT_RUN;
        assert_eq!(total.to_string(), "1 passed, 1 failed, 0 skipped");
    }
}
