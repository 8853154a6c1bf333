//! Build of the browser files and the server.

mod budget;
mod compress;
mod debug_information;
mod parts;
mod publish;
mod server;
mod style;
mod texts;
mod wasm;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::{npm, refresh, workspace::Workspace};
pub(crate) use server::artifacts;

/// Build mode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Fast build: not optimised, not compressed.
    Dev,
    /// Release build: optimised, compressed, size budget enforced.
    Release,
}

/// Parts to build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    /// Browser files and server.
    All,
    /// Browser files.
    Site,
    /// Stylesheet only, beside the wasm of the last build.
    Style,
}

impl Mode {
    /// Returns the folder name of this mode in the build cache, so that dev and release builds keep separate results.
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

/// Builds `parts` into the site folder of `Leptos.toml`. Returns the path of the server's binary if it was built.
pub(crate) fn build(workspace: &Workspace, mode: Mode, parts: Parts) -> Result<Option<PathBuf>> {
    site(workspace, mode, parts, &workspace.settings.site_root)?;
    match parts {
        Parts::All => server(workspace, mode).map(Some),
        Parts::Site | Parts::Style => Ok(None),
    }
}

/// Builds the browser files into `folder`.
///
/// New files are added under names of their own; then `assets.json`, which lists the current ones, is replaced
/// atomically. An interrupted build leaves a complete site.
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
    let texts = texts::bundle(workspace, mode)?;
    let assets = publish::Assets::new(workspace, &bundle, &stylesheet, font, texts)?;
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
