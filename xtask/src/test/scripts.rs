//! Tests of `scripts/`.

use anyhow::Result;

use super::tally::{SCRIPT, Tally, count};
use crate::{files, workspace::Workspace};

const FOLDER: &str = "scripts/tests";

/// Runs each file of the folder. A file that prints no counts is one test.
pub(super) fn run(workspace: &Workspace) -> Result<Tally> {
    let mut total = Tally::default();
    for file in files::with_extension(&workspace.root.join(FOLDER), &["sh"])? {
        println!("{}", file.strip_prefix(&workspace.root)?.display());
        let tally = count(workspace.command("bash").arg(&file), &SCRIPT)?;
        total += if tally == Tally::default() {
            Tally { passed: 1, ..tally }
        } else {
            tally
        };
    }
    Ok(total)
}
