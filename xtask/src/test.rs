//! All tests, with a summary line.

mod api;
mod browser;
mod playwright;
mod programs;
mod rust;
mod scripts;
mod tally;

use std::{
    panic::resume_unwind,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::ValueEnum;

use crate::{report::seconds, workspace::Workspace};
pub(crate) use rust::Runner;
use tally::Tally;

/// Part of the tests that can be run separately.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestSuite {
    /// Unit, property, database and API tests.
    Rust,
    /// Tests of `scripts/`.
    Scripts,
    /// Browser tests.
    E2e,
    /// API tests generated from the OpenAPI description.
    Api,
}

/// Niceness of programs that only run when no others want to.
const LOWEST_PRIORITY: i32 = 19;

struct Outcome {
    part: TestSuite,
    result: Result<Tally>,
    took: Duration,
}

impl TestSuite {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Scripts => "scripts",
            Self::E2e => "e2e",
            Self::Api => "api",
        }
    }

    fn run(self, workspace: &Workspace, runner: Runner) -> Result<Tally> {
        match self {
            Self::Rust => rust::run(workspace, runner),
            Self::Scripts => scripts::run(workspace),
            Self::E2e => browser::run(workspace),
            Self::Api => api::run(workspace),
        }
    }
}

/// Compiles all native tests.
pub(crate) fn compile(workspace: &Workspace) -> Result<()> {
    rust::compile(workspace).map(drop)
}

/// Runs all parts, or the given one, even after a failure. Returns success only if every test passed.
pub(crate) fn test(
    workspace: &Workspace,
    only: Option<TestSuite>,
    runner: Runner,
) -> Result<ExitCode> {
    let run = |part: TestSuite| {
        println!("\n== {} tests", part.name());
        let started = Instant::now();
        let result = part.run(workspace, runner);
        Outcome {
            part,
            result,
            took: started.elapsed(),
        }
    };
    let outcomes: Vec<Outcome> = match only {
        Some(part) => vec![run(part)],
        None => thread::scope(|scope| {
            // The Rust tests often wait for the database, so the browser files are built meanwhile.
            if compile(workspace).is_ok() {
                scope.spawn(|| build_behind(workspace));
            }
            // The scripts mostly wait for servers of their own.
            let scripts = scope.spawn(|| run(TestSuite::Scripts));
            let rust = run(TestSuite::Rust);
            let scripts = scripts.join().unwrap_or_else(|panic| resume_unwind(panic));
            // These need the cores for themselves.
            vec![rust, scripts, run(TestSuite::E2e), run(TestSuite::Api)]
        }),
    };
    let total = summarise(&outcomes);
    Ok(ExitCode::from(u8::from(total.failed > 0)))
}

/// Builds the browser files with what the tests leave of the cores: the hashing threads of the servers have a low priority, and
/// sign-ins would wait for a compiler.
fn build_behind(workspace: &Workspace) {
    // On Linux this sets the priority of the calling thread, from which the programs that it starts inherit it.
    if let Err(error) = rustix::process::setpriority_process(None, LOWEST_PRIORITY) {
        println!("the browser files are built with the priority of the tests: {error}");
    }
    // A failure is reported when the browser tests repeat the build.
    drop(browser::build_site(workspace));
}

/// Prints the slowest tests, the failures, one line per part, and the total alone on the last line.
fn summarise(outcomes: &[Outcome]) -> Tally {
    let mut total = Tally::default();
    for Outcome { part, result, .. } in outcomes {
        let slowest = result.as_ref().map(Tally::slowest).unwrap_or_default();
        if !slowest.is_empty() {
            println!("\nslowest {} tests", part.name());
        }
        for (took, test) in slowest {
            println!("{:>10}  {test}", seconds(*took));
        }
    }
    println!();
    for Outcome { part, result, took } in outcomes {
        let tally = match result {
            Ok(tally) => tally.clone(),
            Err(error) => {
                println!("{} tests did not finish: {error:#}", part.name());
                Tally::NOT_RUN
            }
        };
        for failure in &tally.failures {
            println!("{} failed: {failure}", part.name());
        }
        println!("{:<8} {tally}, {}", part.name(), seconds(*took));
        total += tally;
    }
    println!("{total}");
    total
}
