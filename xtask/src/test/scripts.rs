//! The tests of `scripts/`: each file is one test.

use std::time::Instant;

use anyhow::{Context, Result};

use super::tally::Tally;
use crate::{files, report::seconds, workspace::Workspace};

const FOLDER: &str = "scripts/tests";

/// The exit status by which a test says that it does not apply to this machine.
const SKIPPED: i32 = 77;

/// Runs each file of the folder; it passes if it exits with 0.
pub(super) fn run(workspace: &Workspace) -> Result<Tally> {
    let mut total = Tally::default();
    for file in files::with_extension(&workspace.root.join(FOLDER), &["sh"])? {
        let started = Instant::now();
        let status = workspace
            .command("bash")
            .arg(&file)
            .status()
            .context("bash cannot be started")?;
        let verdict = match status.code() {
            Some(0) => {
                total.passed += 1;
                "ok"
            }
            Some(SKIPPED) => {
                total.skipped += 1;
                "skipped"
            }
            _ => {
                total.failed += 1;
                "FAILED"
            }
        };
        println!(
            "{verdict:<8} {} ({})",
            file.display(),
            seconds(started.elapsed())
        );
    }
    Ok(total)
}
