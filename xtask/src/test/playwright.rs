//! JSON report of Playwright.

use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::tally::Tally;

#[derive(Deserialize)]
struct Report {
    stats: Stats,
    #[serde(default)]
    suites: Vec<Suite>,
}

#[derive(Deserialize)]
struct Stats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
    skipped: u64,
}

/// File, or `describe` block in a file.
#[derive(Deserialize)]
struct Suite {
    #[serde(default)]
    suites: Vec<Self>,
    #[serde(default)]
    specs: Vec<Spec>,
}

#[derive(Deserialize)]
struct Spec {
    title: String,
    file: String,
    line: u64,
    ok: bool,
    #[serde(default)]
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    #[serde(default)]
    results: Vec<Attempt>,
}

#[derive(Deserialize)]
struct Attempt {
    error: Option<Error>,
    /// Milliseconds.
    #[serde(default)]
    duration: f64,
}

#[derive(Deserialize)]
struct Error {
    message: Option<String>,
}

/// Counts the tests of a report. A flaky test counts as failed, although it passed in the end.
pub(super) fn tally(report: &str) -> Result<Tally> {
    let Report { stats, suites } =
        serde_json::from_str(report).context("the report of the browser tests is unreadable")?;
    let mut tally = Tally {
        passed: stats.expected,
        failed: stats.unexpected + stats.flaky,
        skipped: stats.skipped,
        ..Tally::default()
    };
    for suite in &suites {
        suite.collect(&mut tally);
    }
    Ok(tally)
}

impl Suite {
    /// Adds failures and durations.
    fn collect(&self, tally: &mut Tally) {
        let failed = self.specs.iter().filter(|spec| !spec.ok);
        tally.failures.extend(failed.map(Spec::describe));
        let tests = self.specs.iter();
        tally
            .durations
            .extend(tests.map(|spec| (spec.duration(), spec.name())));
        for suite in &self.suites {
            suite.collect(tally);
        }
    }
}

impl Spec {
    /// Returns file, line and title.
    fn name(&self) -> String {
        let Self {
            title, file, line, ..
        } = self;
        format!("{file}:{line} {title}")
    }

    fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.tests.iter().flat_map(|test| &test.results)
    }

    fn duration(&self) -> Duration {
        let milliseconds: f64 = self.attempts().map(|attempt| attempt.duration).sum();
        Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default()
    }

    /// Returns the name of a failed test and the message of its first error.
    fn describe(&self) -> String {
        let message = self
            .attempts()
            .find_map(|attempt| attempt.error.as_ref()?.message.as_deref())
            .unwrap_or_default();
        format!("{}\n{}", self.name(), plain(message))
    }
}

/// Removes the colour codes from a message.
fn plain(message: &str) -> String {
    let mut plain = String::with_capacity(message.len());
    let mut pieces = message.split("\u{1b}[");
    plain.extend(pieces.next());
    plain.extend(
        pieces
            .filter_map(|piece| piece.split_once('m'))
            .map(|(_, text)| text),
    );
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flaky_browser_test_is_a_failure() {
        let report =
            r#"{"stats":{"expected":5,"unexpected":1,"flaky":2,"skipped":3,"duration":9.5}}"#;
        let tally = tally(report).unwrap();
        assert_eq!((tally.passed, tally.failed, tally.skipped), (5, 3, 3));
    }

    #[test]
    fn browser_tests_are_named_with_their_message_or_duration() {
        let report = r#"{"stats":{"expected":1,"unexpected":1,"flaky":0,"skipped":0},
            "suites":[{"suites":[{"specs":[
                {"title":"stays","file":"a.spec.ts","line":3,"ok":true,"tests":[{"results":[{"duration":1500}]}]},
                {"title":"goes","file":"a.spec.ts","line":9,"ok":false,
                 "tests":[{"results":[{"error":{"message":"\u001b[31mTimed out\u001b[39m 15 s"}}]}]}]}]}]}"#;
        let tally = tally(report).unwrap();
        assert_eq!(tally.failures, ["a.spec.ts:9 goes\nTimed out 15 s"]);
        let slowest = (Duration::from_millis(1500), "a.spec.ts:3 stays".to_owned());
        assert_eq!(tally.durations.first(), Some(&slowest));
    }
}
