//! Load generation by oha.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use crate::{process, report, workspace::Workspace};

/// Version that is installed; [`Report`] matches its JSON output.
const VERSION: &str = "1.16.0";

/// The oha binary.
pub(super) struct Oha {
    program: PathBuf,
    /// File for bodies, one for each request.
    bodies: PathBuf,
}

/// Page to request.
pub(super) struct Page<'a> {
    pub(super) url: String,
    pub(super) cookie: &'a str,
    /// JSON body, if the request is a POST; of several lines each request has one.
    pub(super) body: Option<&'a str>,
    /// Value of the `Accept-Encoding` header.
    pub(super) encodings: &'static str,
}

/// Result of a load test.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// Responses per second.
    pub(super) rate: f64,
    /// Median response time in milliseconds.
    pub(super) p50: f64,
    /// 99th percentile of the response time in milliseconds.
    pub(super) p99: f64,
    /// Number of requests without a response or with a status other than 200.
    pub(super) failed: u64,
}

/// Maximum ratio of failed to successful requests; above it the times would be those of failures.
const TOLERATED: f64 = 0.01;

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
    /// Installs oha by `cargo install` unless this version is there.
    pub(super) fn install(workspace: &Workspace) -> Result<Self> {
        let root = workspace.tools();
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
        let bodies = workspace.cache().join("bench/bodies.jsonl");
        Ok(Self { program, bodies })
    }

    /// Requests the page repeatedly for `time` on this number of connections.
    pub(super) fn run(&self, page: &Page<'_>, connections: usize, time: Duration) -> Result<Load> {
        let mut command = Command::new(&self.program);
        command
            .args(["--no-tui", "--output-format", "json"])
            .arg("--wait-ongoing-requests-after-deadline")
            .args(["-z", &format!("{}ms", time.as_millis())])
            .args(["-c", &connections.to_string()])
            .args(["-H", &format!("cookie: {}", page.cookie)])
            .args(["-H", &format!("accept-encoding: {}", page.encodings)]);
        if let Some(body) = page.body {
            command.args(["-m", "POST", "-T", "application/json"]);
            if body.contains('\n') {
                fs::write(&self.bodies, body)?;
                command.arg("-Z").arg(&self.bodies);
            } else {
                command.args(["-d", body]);
            }
        }
        let report = process::output(command.arg(&page.url))?;
        Load::read(&report).with_context(|| format!("requesting {}", page.url))
    }
}

fn is_current(workspace: &Workspace, program: &Path) -> bool {
    process::output(workspace.command(program).arg("--version"))
        .is_ok_and(|version| version == format!("oha {VERSION}"))
}

impl Load {
    /// Parses oha's report.
    ///
    /// # Errors
    /// More than [`TOLERATED`] of the requests failed, or none succeeded.
    fn read(report: &str) -> Result<Self> {
        let report: Report =
            serde_json::from_str(report).context("the report of oha cannot be parsed")?;
        let (good, bad): (Vec<_>, Vec<_>) = report
            .status_code_distribution
            .iter()
            .chain(&report.error_distribution)
            .partition(|(what, _)| *what == "200");
        let sum = |answers: &[(&String, &u64)]| answers.iter().map(|(_, times)| *times).sum();
        let (succeeded, failed): (u64, u64) = (sum(&good), sum(&bad));
        if succeeded == 0 || failed as f64 > succeeded as f64 * TOLERATED {
            bail!("{failed} requests failed and {succeeded} did not: {bad:?}");
        }
        let milliseconds = |seconds: Option<f64>| {
            seconds
                .map(|seconds| seconds * 1e3)
                .ok_or_else(|| anyhow!("no response in time"))
        };
        Ok(Self {
            rate: report.summary.requests_per_sec,
            p50: milliseconds(report.latency_percentiles.p50)?,
            p99: milliseconds(report.latency_percentiles.p99)?,
            failed,
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
    fn few_failures_are_tolerated() {
        let load = Load::read(&report(r#""200": 700, "503": 2"#, r#""closed": 5"#)).unwrap();
        assert_eq!(load.failed, 7);
    }

    #[test]
    fn many_failures_are_an_error() {
        for (statuses, errors) in [
            (r#""200": 7, "503": 1"#, ""),
            (r#""200": 7"#, r#""closed": 2"#),
            ("", ""),
        ] {
            assert!(Load::read(&report(statuses, errors)).is_err());
        }
    }
}
