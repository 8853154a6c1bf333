//! The build: what browsers load, then the server.

mod budget;
mod compress;
mod publish;
mod server;
mod style;
mod wasm;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::{npm, refresh, workspace::Workspace};

/// How much work goes into the result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Quick to build: nothing optimised, nothing compressed.
    Dev,
    /// What is shipped: optimised, compressed, held to the size budget.
    Release,
}

/// What is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    /// Everything.
    All,
    /// What browsers load.
    Site,
    /// The stylesheet, beside the wasm of the last build.
    Style,
}

impl Mode {
    /// The name of this mode's folder among the kept results, so that dev and release each keep theirs.
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

/// Builds `parts` into the site folder of `Leptos.toml` and returns the server's binary if it was built.
pub(crate) fn build(workspace: &Workspace, mode: Mode, parts: Parts) -> Result<Option<PathBuf>> {
    site(workspace, mode, parts, &workspace.settings.site_root)?;
    match parts {
        Parts::All => server(workspace, mode).map(Some),
        Parts::Site | Parts::Style => Ok(None),
    }
}

/// Builds what browsers load into `folder`.
///
/// The new files come to stand beside the old ones under names of their own; then `assets.json`, which
/// names the current ones, is replaced in one step. Stopped at any moment, the site is whole.
pub(crate) fn site(workspace: &Workspace, mode: Mode, parts: Parts, folder: &Path) -> Result<()> {
    let _lock = refresh::lock(&workspace.cache())?;
    npm::install_tools(workspace)?;
    let bundle = match parts {
        Parts::Style => existing_bundle(workspace, mode)?,
        Parts::All | Parts::Site => {
            let raw = wasm::compile(workspace, mode)?;
            wasm::bundle(workspace, mode, &raw)?
        }
    };
    let font = style::font(workspace)?;
    let stylesheet = style::bundle(workspace, mode, &font)?;
    let assets = publish::Assets::new(workspace, &bundle, &stylesheet, font)?;
    publish::publish(workspace, mode, &assets, folder)?;
    budget::report(&assets, mode)
}

/// Builds the server and returns the path of its binary.
pub(crate) fn server(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    server::compile(workspace, mode)
}

fn existing_bundle(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    let folder = wasm::bundle_folder(workspace, mode);
    if !folder.is_dir() {
        bail!("there is no earlier build to put the stylesheet beside: build without --style once");
    }
    Ok(folder)
}
