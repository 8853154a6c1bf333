//! Test counts.

use std::{
    fmt,
    io::{BufRead, BufReader},
    ops::AddAssign,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::process;

/// Number of passed, failed and skipped tests, and the failures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
    /// Names of failed tests, with the reason if the test program prints one.
    pub(super) failures: Vec<String>,
}

/// Information in a line of a test program's output.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Numbers of passed, failed and skipped tests.
    Counts(Tally),
    /// Name of a failed test.
    Failure(String),
}

impl Tally {
    /// Counts of a part that could not run: one failed test, so that the total shows it.
    pub(super) const NOT_RUN: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
        failures: Vec::new(),
    };

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
}

impl Line {
    /// Parses a line of libtest's output: "test users::suspends ... FAILED" or "test result: ok. 2 passed; 0 failed;
    /// 1 ignored; …".
    pub(super) fn of_libtest(line: &str) -> Option<Self> {
        let line = line.strip_prefix("test ")?;
        if let Some(name) = line.strip_suffix(" ... FAILED") {
            return Some(Self::Failure(name.to_owned()));
        }
        let (_, counts) = line.strip_prefix("result: ")?.split_once(". ")?;
        Tally::of_counts(counts.split("; ")).map(Self::Counts)
    }

    /// Parses a line of a script's output: "2 passed, 0 failed".
    pub(super) fn of_script(line: &str) -> Option<Self> {
        let counts = line.split(", ");
        line.contains(" passed, ")
            .then(|| Tally::of_counts(counts))?
            .map(Self::Counts)
    }
}

/// Runs a command, prints its output and adds up the lines that `of_line` parses.
pub(super) fn count(command: &mut Command, of_line: fn(&str) -> Option<Line>) -> Result<Tally> {
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
            match of_line(&line) {
                Some(Line::Counts(tally)) => total += tally,
                Some(Line::Failure(name)) => total.failures.push(name),
                None => {}
            }
        }
    }
    // Tests that do not compile or that abort print no counts.
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
        self.failures.extend(other.failures);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
            failures: _,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a tally without names.
    fn counts(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally {
            passed,
            failed,
            skipped,
            failures: Vec::new(),
        }
    }

    #[test]
    fn libtest_results_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.01s";
        assert_eq!(Line::of_libtest(line), Some(Line::Counts(counts(12, 3, 1))));
    }

    #[test]
    fn other_lines_are_ignored() {
        for line in [
            "test users::suspends ... ok",
            "running 4 tests",
            "test result: ",
        ] {
            assert_eq!(Line::of_libtest(line), None, "{line}");
        }
    }

    #[test]
    fn script_results_are_counted() {
        assert_eq!(
            Line::of_script("14 passed, 1 failed"),
            Some(Line::Counts(counts(14, 1, 0)))
        );
        assert_eq!(Line::of_script("it passed, for now"), None);
    }

    #[test]
    fn failing_command_without_counts_is_a_failure() {
        let mut broken = Command::new("sh");
        broken.args(["-c", "echo compiling; exit 101"]);
        let tally = count(&mut broken, Line::of_libtest).unwrap();
        assert_eq!(tally, Tally::NOT_RUN);
    }

    #[test]
    fn failed_tests_of_a_command_are_named() {
        let mut failing = Command::new("printf");
        failing.arg(
            "test users::suspends ... ok\ntest users::restores ... FAILED\ntest result: FAILED. 1 passed; 1 failed; 0 ignored\n",
        );
        let tally = count(&mut failing, Line::of_libtest).unwrap();
        assert_eq!(tally.failures, ["users::restores"]);
        assert_eq!((tally.passed, tally.failed), (1, 1));
    }

    #[test]
    fn total_is_one_plain_line() {
        let mut total = counts(1, 0, 0);
        total += Tally::NOT_RUN;
        assert_eq!(total.to_string(), "1 passed, 1 failed, 0 skipped");
    }
}
