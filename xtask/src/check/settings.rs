//! `Cargo.toml` must repeat the settings of `Leptos.toml`, for users of cargo-leptos.

use anyhow::{Result, bail};

use super::Verdict;
use crate::workspace::{LEPTOS_FILE, Workspace, leptos_table};

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let ours = leptos_table(&workspace.root.join(LEPTOS_FILE))?;
    let repeated = leptos_table(&workspace.root.join("Cargo.toml"))?;
    if ours != repeated {
        bail!("[[workspace.metadata.leptos]] differs between {LEPTOS_FILE} and Cargo.toml");
    }
    Ok(Verdict::Ok)
}
