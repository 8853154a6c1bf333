//! Packages from npm: the build's tools and the browser tests.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::Result;

use crate::{fingerprint::Fingerprint, process, report, workspace::Workspace};

/// The folder of the build tools' `package.json`.
const TOOLS: &str = "xtask";

/// The script that puts the CSS bundler for this machine in its place; installing runs no script.
const PLACE_BUNDLER: &str = "node_modules/lightningcss-cli/postinstall.js";

/// Installs the build tools unless they are what the lock file says.
pub(crate) fn install_tools(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join(TOOLS);
    install(workspace, &folder, || {
        process::run(
            workspace
                .command("node")
                .arg(PLACE_BUNDLER)
                .current_dir(&folder),
        )
    })
}

/// Installs the packages of the browser tests unless they are what the lock file says.
pub(crate) fn install_browser_tests(workspace: &Workspace) -> Result<()> {
    install(workspace, &workspace.settings.end2end_dir, || Ok(()))
}

/// The lock file of the build tools.
pub(crate) fn tools_lock(workspace: &Workspace) -> PathBuf {
    workspace.root.join(TOOLS).join("package-lock.json")
}

/// A program of the build tools.
pub(crate) fn tool(workspace: &Workspace, program: &str) -> PathBuf {
    package_file(workspace, ".bin").join(program)
}

/// A file in the packages of the build tools.
pub(crate) fn package_file(workspace: &Workspace, file: &str) -> PathBuf {
    workspace.root.join(TOOLS).join("node_modules").join(file)
}

fn install(
    workspace: &Workspace,
    folder: &Path,
    finish: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut key = Fingerprint::new(&[]);
    key.add_file(&folder.join("package-lock.json"))?;
    let key = key.finish();
    // Inside node_modules, which `npm ci` empties first: it is there only after a complete install.
    let stamp = folder.join("node_modules/.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == key) {
        return Ok(());
    }
    let started = Instant::now();
    process::output(
        workspace
            .command("npm")
            .arg("ci")
            .current_dir(folder)
            // Debian's Chromium is used.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    )?;
    finish()?;
    fs::write(stamp, key)?;
    report::step(
        &format!("npm packages of {} installed", folder.display()),
        started,
    );
    Ok(())
}
