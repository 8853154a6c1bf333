//! npm packages: build tools and browser tests.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::{
    fingerprint::Fingerprint,
    process,
    steps::{self, Step},
    workspace::Workspace,
};

/// Folder with the `package.json` of the build tools.
const TOOLS: &str = "xtask";

/// Script that selects the CSS bundler for this platform. It is run explicitly, because installation runs no scripts.
const PLACE_BUNDLER: &str = "node_modules/lightningcss-cli/postinstall.js";

/// Installs the build tools unless they match the lock file.
pub(crate) fn install_tools(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join(TOOLS);
    install(workspace, &folder, &steps::BUILD_TOOLS, || {
        process::run(
            workspace
                .command("node")
                .arg(PLACE_BUNDLER)
                .current_dir(&folder),
        )
    })
}

/// Installs the packages of the browser tests unless they match the lock file.
pub(crate) fn install_browser_tests(workspace: &Workspace) -> Result<()> {
    let folder = &workspace.settings.end2end_dir;
    install(workspace, folder, &steps::BROWSER_TEST_PACKAGES, || Ok(()))
}

/// Returns the lock file of the build tools.
pub(crate) fn tools_lock(workspace: &Workspace) -> PathBuf {
    workspace.root.join(TOOLS).join("package-lock.json")
}

/// Returns the path of a program of the build tools.
pub(crate) fn tool(workspace: &Workspace, program: &str) -> PathBuf {
    package_file(workspace, ".bin").join(program)
}

/// Returns the path of a file in the packages of the build tools.
pub(crate) fn package_file(workspace: &Workspace, file: &str) -> PathBuf {
    workspace.root.join(TOOLS).join("node_modules").join(file)
}

fn install(
    workspace: &Workspace,
    folder: &Path,
    step: &'static Step,
    finish: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut key = Fingerprint::new(&[]);
    key.add_file(&folder.join("package-lock.json"))?;
    let key = key.finish();
    // `npm ci` empties node_modules first, so the stamp exists only after a complete installation.
    let stamp = folder.join("node_modules/.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == key) {
        return Ok(());
    }
    let step = step.start(workspace);
    process::output(
        workspace
            .command("npm")
            .arg("ci")
            .current_dir(folder)
            // The tests use Debian's Chromium.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    )?;
    finish()?;
    fs::write(stamp, key)?;
    step.finish();
    Ok(())
}
