//! Load, by oha.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use crate::{process, report, workspace::Workspace};

/// The version whose report is read here.
const VERSION: &str = "1.16.0";

/// The program, in the build folder.
pub(super) struct Oha(PathBuf);

/// What a load brought.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// Answers a second.
    pub(super) rate: f64,
    /// The time within which half of the answers came, in milliseconds.
    pub(super) p50: f64,
    /// The time within which 99 of 100 came, in milliseconds.
    pub(super) p99: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    summary: Summary,
    latency_percentiles: Percentiles,
    status_code_distribution: BTreeMap<String, u64>,
    error_distribution: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    requests_per_sec: f64,
}

#[derive(Deserialize)]
struct Percentiles {
    p50: Option<f64>,
    p99: Option<f64>,
}

impl Oha {
    /// Finds the program, or has cargo compile it.
    pub(super) fn install(workspace: &Workspace) -> Result<Self> {
        let root = workspace.target.join("tools");
        let program = root.join("bin/oha");
        if !is_current(workspace, &program) {
            println!(
                "Installing oha {VERSION} into {} (minutes, once)",
                root.display()
            );
            let started = Instant::now();
            process::run(
                workspace
                    .cargo()
                    .args(["install", "--quiet", "--locked"])
                    .args([
                        "oha",
                        "--version",
                        &format!("={VERSION}"),
                        "--force",
                        "--root",
                    ])
                    .arg(&root),
            )?;
            report::step("oha installed", started);
        }
        Ok(Self(program))
    }

    /// Asks for `url` over and over, on so many connections at once.
    pub(super) fn run(
        &self,
        url: &str,
        cookie: &str,
        connections: usize,
        time: Duration,
    ) -> Result<Load> {
        let report = process::output(
            Command::new(&self.0)
                .args(["--no-tui", "--output-format", "json"])
                .args(["--wait-ongoing-requests-after-deadline"])
                .args(["-z", &format!("{}ms", time.as_millis())])
                .args(["-c", &connections.to_string()])
                .args(["-H", &format!("cookie: {cookie}"), url]),
        )?;
        Load::read(&report).with_context(|| format!("asking for {url}"))
    }
}

fn is_current(workspace: &Workspace, program: &Path) -> bool {
    process::output(workspace.command(program).arg("--version"))
        .is_ok_and(|version| version == format!("oha {VERSION}"))
}

impl Load {
    /// Reads oha's report; an error unless every answer was a 200.
    fn read(report: &str) -> Result<Self> {
        let report: Report = serde_json::from_str(report).context("oha reports something else")?;
        let other: Vec<_> = report
            .status_code_distribution
            .iter()
            .filter(|(status, _)| *status != "200")
            .chain(&report.error_distribution)
            .map(|(what, times)| format!("{what} ({times} times)"))
            .collect();
        if !other.is_empty() {
            bail!("not every answer was a 200: {}", other.join(", "));
        }
        let milliseconds = |seconds: Option<f64>| {
            seconds
                .map(|seconds| seconds * 1e3)
                .ok_or_else(|| anyhow!("no answer came in time"))
        };
        Ok(Self {
            rate: report.summary.requests_per_sec,
            p50: milliseconds(report.latency_percentiles.p50)?,
            p99: milliseconds(report.latency_percentiles.p99)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(statuses: &str, errors: &str) -> String {
        format!(
            r#"{{"summary": {{"requestsPerSec": 12.5, "total": 1.0}},
            "latencyPercentiles": {{"p50": 0.002, "p99": 0.0045, "p99.9": null}},
            "statusCodeDistribution": {{{statuses}}}, "errorDistribution": {{{errors}}}}}"#
        )
    }

    #[test]
    fn times_are_in_milliseconds() {
        let load = Load::read(&report(r#""200": 7"#, "")).unwrap();
        assert_eq!((load.rate, load.p50, load.p99), (12.5, 2.0, 4.5));
    }

    #[test]
    fn any_other_answer_is_an_error() {
        for (statuses, errors) in [
            (r#""200": 7, "503": 1"#, ""),
            (r#""200": 7"#, r#""connection closed": 2"#),
        ] {
            assert!(Load::read(&report(statuses, errors)).is_err());
        }
    }
}
