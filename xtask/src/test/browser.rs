//! Browser tests, run by Playwright against servers that the tests start.

use std::{env, fs, io, path::PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use super::{playwright, tally::Tally};
use crate::{
    build::{self, Mode, Parts},
    database, files, npm, process,
    workspace::Workspace,
};

/// Mode of the browser files: release, because optimisation has caused bugs before and the size budget is checked
/// too.
const SITE: Mode = Mode::Release;

/// Mode of the server: dev, which the Rust tests have compiled already.
const SERVER: Mode = Mode::Dev;

/// Names of the browser, the fastest in tests first.
const BROWSERS: &[&str] = &[
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
];

/// Builds the browser files and returns their folder. It is a separate one, so that a running server keeps its files.
pub(super) fn build_site(workspace: &Workspace) -> Result<PathBuf> {
    let site = workspace.cache().join("test-site");
    build::site(workspace, SITE, Parts::Site, &site)?;
    Ok(site)
}

/// Builds browser files and server, runs Playwright and counts the results.
pub(super) fn run(workspace: &Workspace) -> Result<Tally> {
    let url = database::url(workspace)?;
    let chromium = chromium()?;
    npm::install_browser_tests(workspace)?;
    let site = build_site(workspace)?;
    let server = build::server(workspace, SERVER)?;

    let report = workspace.cache().join("playwright.json");
    forget(&report)?;
    let mut playwright = workspace.command("npx");
    playwright
        .args(["--no-install", "playwright", "test", "--reporter=list,json"])
        .current_dir(&workspace.settings.end2end_dir)
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("DATABASE_URL", url)
        .env("ROLLCALL_BIN", server)
        .env("LEPTOS_SITE_ROOT", &site)
        .env("CHROMIUM", chromium);
    let finished = process::run(&mut playwright);
    let tally = files::text(&report).and_then(|report| playwright::tally(&report));
    match (finished, tally) {
        (Ok(()), tally) => tally,
        // Failed tests are in the count; any other failure is an error.
        (Err(_), Ok(tally)) if tally.failed > 0 => Ok(tally),
        (Err(error), _) => Err(error),
    }
}

fn chromium() -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("CHROMIUM") {
        let chosen = PathBuf::from(chosen);
        if !chosen.is_file() {
            bail!("CHROMIUM is {}, which is not a file", chosen.display());
        }
        return Ok(chosen);
    }
    process::find(BROWSERS).ok_or_else(|| anyhow!("no Chromium found: run scripts/toolchain"))
}

fn forget(report: &PathBuf) -> Result<()> {
    match fs::remove_file(report) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", report.display()))
        }
        _ => Ok(()),
    }
}
