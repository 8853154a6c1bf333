//! Shellcheck, if it is installed.

use std::path::PathBuf;

use anyhow::Result;

use super::Verdict;
use crate::{files, process, workspace::Workspace};

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let Some(shellcheck) = process::find(&["shellcheck"]) else {
        return Ok(Verdict::Skipped("shellcheck is not installed"));
    };
    let scripts = scripts(workspace)?;
    process::output(
        workspace
            .command(shellcheck)
            .arg("--external-sources")
            .args(scripts),
    )?;
    Ok(Verdict::Ok)
}

/// Returns the files with the extension `sh` or the shebang of a shell.
fn scripts(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut scripts = Vec::new();
    for folder in ["scripts", ".ci", "bench", "crates/dialects/clients"] {
        for file in files::under(&workspace.root.join(folder))? {
            let text = files::text(&file).unwrap_or_default();
            let first = text.lines().next().unwrap_or_default();
            if files::has_extension(&file, &["sh"])
                || (first.starts_with("#!") && first.ends_with("sh"))
            {
                scripts.push(file);
            }
        }
    }
    Ok(scripts)
}
