//! Test counts.

use std::{
    fmt,
    io::{self, BufRead, BufReader},
    ops::AddAssign,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;

/// Number of passed, failed and skipped tests, and the failures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
    /// Names of failed tests, with the reason if the test program prints one.
    pub(super) failures: Vec<String>,
    /// Tests with their durations, if the test program prints them.
    pub(super) durations: Vec<(Duration, String)>,
}

/// Information in a line of a test program's output.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Numbers of passed, failed and skipped tests.
    Counts(Tally),
    /// Finished test.
    Test {
        name: String,
        has_failed: bool,
        took: Option<Duration>,
    },
}

/// Number of tests of a part whose durations are printed.
const SLOWEST: usize = 20;

/// Line before the output of failed tests, which libtest prints at the end.
const FAILURES: &str = "failures:";

/// Output format of a test program.
pub(super) struct Format {
    parse: fn(&str) -> Option<Line>,
    /// Whether the lines are printed. Otherwise the program reports its progress on standard error.
    is_printed: bool,
}

/// Format of `cargo test`.
pub(super) const LIBTEST: Format = Format {
    parse: Line::of_libtest,
    is_printed: true,
};

/// Format of cargo-nextest, one JSON object per line.
pub(super) const NEXTEST: Format = Format {
    parse: Line::of_nextest,
    is_printed: false,
};

/// Format of the tests of `scripts/`.
pub(super) const SCRIPT: Format = Format {
    parse: Line::of_script,
    is_printed: true,
};

/// Event of cargo-nextest.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Event {
    Suite(Suite),
    Test {
        event: String,
        name: String,
        /// Duration in seconds, at the end.
        exec_time: Option<f64>,
    },
}

/// Start or end of the tests of a binary. Only the end has counts.
#[derive(Deserialize)]
struct Suite {
    passed: Option<u64>,
    #[serde(default)]
    failed: u64,
    #[serde(default)]
    ignored: u64,
}

impl Tally {
    /// Counts of a part that could not run: one failed test, so that the total shows it.
    pub(super) const NOT_RUN: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
        failures: Vec::new(),
        durations: Vec::new(),
    };

    /// Returns the slowest tests, at most 20, with their durations.
    pub(super) fn slowest(&self) -> Vec<&(Duration, String)> {
        let mut tests: Vec<_> = self.durations.iter().collect();
        tests.sort_unstable_by(|one, other| other.cmp(one));
        tests.truncate(SLOWEST);
        tests
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
}

impl Line {
    /// Parses a line of libtest's output: "test users::suspends ... FAILED <0.123s>" or "test result: ok. 2 passed; 0 failed;
    /// 1 ignored; …".
    pub(super) fn of_libtest(line: &str) -> Option<Self> {
        let line = line.strip_prefix("test ")?;
        if let Some((name, outcome)) = line.split_once(" ... ") {
            let (outcome, took) = outcome.split_once(" <").unwrap_or((outcome, ""));
            let took = took.strip_suffix("s>").and_then(|took| took.parse().ok());
            return Some(Self::of_test(name, outcome == "FAILED", took));
        }
        let (_, counts) = line.strip_prefix("result: ")?.split_once(". ")?;
        Tally::of_counts(counts.split("; ")).map(Self::Counts)
    }

    /// Parses an event of cargo-nextest: the end of a test, named `package::binary$path`, or of a binary's tests.
    pub(super) fn of_nextest(line: &str) -> Option<Self> {
        match serde_json::from_str::<Event>(line).ok()? {
            Event::Test {
                event,
                name,
                exec_time,
            } => {
                let path = name.split_once('$').map_or(&*name, |(_, path)| path);
                let test = || Self::of_test(path, event == "failed", exec_time);
                matches!(&*event, "ok" | "failed").then(test)
            }
            Event::Suite(Suite {
                passed,
                failed,
                ignored,
            }) => Some(Self::Counts(Tally {
                passed: passed?,
                failed,
                skipped: ignored,
                ..Tally::default()
            })),
        }
    }

    /// Returns a finished test that took a number of seconds.
    fn of_test(name: &str, has_failed: bool, seconds: Option<f64>) -> Self {
        Self::Test {
            name: name.to_owned(),
            has_failed,
            took: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        }
    }

    /// Parses a line of a script's output: "2 passed, 0 failed".
    pub(super) fn of_script(line: &str) -> Option<Self> {
        let counts = line.split(", ");
        line.contains(" passed, ")
            .then(|| Tally::of_counts(counts))?
            .map(Self::Counts)
    }
}

/// Runs a command and adds up the counts in its output.
pub(super) fn count(command: &mut Command, format: &Format) -> Result<Tally> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} cannot be started", process::name(command)))?;
    let mut total = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        let mut undivided = None;
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            if format.is_printed {
                // The output of failed tests is not mixed with that of other programs.
                if line == FAILURES {
                    undivided.get_or_insert_with(|| io::stdout().lock());
                }
                println!("{line}");
            }
            match (format.parse)(&line) {
                Some(Line::Counts(tally)) => total += tally,
                Some(Line::Test {
                    name,
                    has_failed,
                    took,
                }) => {
                    total.failures.extend(has_failed.then(|| name.clone()));
                    total.durations.extend(took.map(|took| (took, name)));
                }
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
        self.durations.extend(other.durations);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
            failures: _,
            durations: _,
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
            ..Tally::default()
        }
    }

    #[test]
    fn libtest_results_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.01s";
        assert_eq!(Line::of_libtest(line), Some(Line::Counts(counts(12, 3, 1))));
    }

    #[test]
    fn nextest_results_are_counted() {
        let line = r#"{"type":"suite","event":"failed","passed":12,"failed":3,"ignored":1,"measured":0,"filtered_out":7,"exec_time":0.1,"nextest":{"crate":"db","test_binary":"queries","kind":"test"}}"#;
        assert_eq!(Line::of_nextest(line), Some(Line::Counts(counts(12, 3, 1))));
        let line = r#"{"type":"test","event":"failed","name":"db::queries$users::suspends","exec_time":0.1,"stdout":"…"}"#;
        assert_eq!(
            Line::of_nextest(line),
            Some(Line::of_test("users::suspends", true, Some(0.1)))
        );
        for line in [
            r#"{"type":"suite","event":"started","test_count":16}"#,
            r#"{"type":"test","event":"started","name":"db::queries$users::suspends"}"#,
            r#"{"type":"test","event":"ignored","name":"db::queries$users::restores"}"#,
            "no JSON",
        ] {
            assert_eq!(Line::of_nextest(line), None, "{line}");
        }
    }

    #[test]
    fn other_lines_are_ignored() {
        for line in [
            "running 4 tests",
            "test result: ",
            "test users::suspends has been running for over 60 seconds",
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
    fn durations_of_tests_are_read() {
        for (line, expected) in [
            (
                "test users::suspends ... ok <1.250s>",
                Line::of_test("users::suspends", false, Some(1.25)),
            ),
            (
                "test users::suspends ... FAILED <0.001s>",
                Line::of_test("users::suspends", true, Some(0.001)),
            ),
            (
                "test users::restores ... ok",
                Line::of_test("users::restores", false, None),
            ),
        ] {
            assert_eq!(Line::of_libtest(line), Some(expected));
        }
        let line =
            r#"{"type":"test","event":"ok","name":"db::queries$users::suspends","exec_time":0.1}"#;
        assert_eq!(
            Line::of_nextest(line),
            Some(Line::of_test("users::suspends", false, Some(0.1)))
        );
    }

    #[test]
    fn slowest_tests_come_first() {
        let test = |seconds: u64| (Duration::from_secs(seconds), format!("test {seconds}"));
        let tally = Tally {
            durations: (0..30).map(test).collect(),
            ..Tally::default()
        };
        let slowest: Vec<u64> = tally
            .slowest()
            .iter()
            .map(|(took, _)| took.as_secs())
            .collect();
        assert_eq!(slowest, (10..30).rev().collect::<Vec<u64>>());
    }

    #[test]
    fn failing_command_without_counts_is_a_failure() {
        let mut broken = Command::new("sh");
        broken.args(["-c", "echo compiling; exit 101"]);
        let tally = count(&mut broken, &LIBTEST).unwrap();
        assert_eq!(tally, Tally::NOT_RUN);
    }

    #[test]
    fn failed_tests_of_a_command_are_named() {
        let mut failing = Command::new("printf");
        failing.arg(
            "test users::suspends ... ok\ntest users::restores ... FAILED\ntest result: FAILED. 1 passed; 1 failed; 0 ignored\n",
        );
        let tally = count(&mut failing, &LIBTEST).unwrap();
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
