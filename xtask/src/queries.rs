//! Query metadata in `.sqlx`, by which the build needs no database.

use std::{
    collections::BTreeMap,
    fs,
    fs::File,
    path::{Path, PathBuf},
    time::{Instant, SystemTime},
};

use anyhow::{Context, Result, bail};

use crate::{
    database::{self, Scratch},
    files,
    fingerprint::Fingerprint,
    process, refresh, report,
    workspace::Workspace,
};

/// The only package with queries, and the file whose modification time makes cargo compile it again.
const PACKAGE: &str = "db";
const SOURCES: &str = "crates/db";
const ROOT_MODULE: &str = "crates/db/src/lib.rs";

/// Folder of the metadata; the macros of sqlx expect it in the root of the workspace.
const QUERY_FOLDER: &str = ".sqlx";

/// Reads the metadata of all queries from the database and writes it to `.sqlx`.
pub(crate) fn prepare(workspace: &Workspace) -> Result<()> {
    let started = Instant::now();
    let found = answers(&ask(workspace)?)?;
    let folder = workspace.root.join(QUERY_FOLDER);
    fs::create_dir_all(&folder)?;
    for name in answers(&folder)?.keys() {
        if !found.contains_key(name) {
            fs::remove_file(folder.join(name))?;
        }
    }
    for (name, answer) in &found {
        fs::write(folder.join(name), answer)?;
    }
    report::step(
        &format!(
            "metadata of {} queries written to {QUERY_FOLDER}",
            found.len()
        ),
        started,
    );
    Ok(())
}

/// Compares `.sqlx` with the metadata from the database.
///
/// # Errors
/// They differ.
pub(crate) fn verify(workspace: &Workspace) -> Result<()> {
    let found = answers(&ask(workspace)?)?;
    let stored = answers(&workspace.root.join(QUERY_FOLDER))?;
    if found != stored {
        let changed = found
            .iter()
            .filter(|(name, answer)| stored.get(*name) != Some(answer))
            .count();
        let stale = stored
            .keys()
            .filter(|name| !found.contains_key(*name))
            .count();
        bail!(
            "{QUERY_FOLDER} is out of date ({changed} queries missing or changed, {stale} unused): run cargo xtask sqlx"
        );
    }
    Ok(())
}

/// Compiles the queries against a freshly migrated database. Returns the folder with the metadata.
///
/// The step is skipped if queries and schema have not changed since the last run.
fn ask(workspace: &Workspace) -> Result<PathBuf> {
    let mut key = Fingerprint::new(&[]);
    key.add_folder(&workspace.root.join(SOURCES))?;
    key.add_folder(&workspace.root.join("migrations"))?;
    key.add_file(&workspace.root.join("Cargo.lock"))?;
    let folder = workspace.cache().join("queries");
    let _lock = refresh::lock(&workspace.cache())?;
    refresh::refresh(&folder, &key.finish(), |folder| {
        let scratch = Scratch::migrated(workspace, &database::url(workspace)?)?;
        let _touched = Touched::new(&workspace.root.join(ROOT_MODULE))?;
        // The macros query the database instead of `.sqlx` and write the metadata to `folder`.
        let mut cargo = workspace.cargo();
        cargo
            .args(["check", "--quiet", "--package", PACKAGE, "--all-targets"])
            .env("DATABASE_URL", scratch.url())
            .env("SQLX_OFFLINE", "false")
            .env("SQLX_OFFLINE_DIR", folder);
        process::output(&mut cargo).map(drop)
    })?;
    Ok(folder)
}

/// Returns the metadata files of a folder by name.
fn answers(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    files::with_extension(folder, &["json"])?
        .into_iter()
        .map(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            Ok((name.into_owned(), fs::read(&file)?))
        })
        .collect()
}

/// File with the current time as modification time, so that cargo compiles it. The original time is restored when the
/// value is dropped, because for other builds nothing has changed.
struct Touched {
    path: PathBuf,
    before: SystemTime,
    now: SystemTime,
}

impl Touched {
    fn new(path: &Path) -> Result<Self> {
        let file = File::options()
            .append(true)
            .open(path)
            .with_context(|| format!("{} cannot be opened", path.display()))?;
        let before = file.metadata()?.modified()?;
        file.set_modified(SystemTime::now())?;
        // Read back, because file systems round timestamps.
        let now = file.metadata()?.modified()?;
        Ok(Self {
            path: path.to_owned(),
            before,
            now,
        })
    }

    fn restore(&self) -> Result<()> {
        let file = File::options().append(true).open(&self.path)?;
        // A file that was saved in the meantime must be compiled.
        if file.metadata()?.modified()? == self.now {
            file.set_modified(self.before)?;
        }
        Ok(())
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        if let Err(error) = self.restore() {
            eprintln!(
                "the modification time of {} cannot be restored: {error:#}",
                self.path.display()
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::test_folder::TestFolder;

    fn modified(path: &Path) -> SystemTime {
        fs::metadata(path).unwrap().modified().unwrap()
    }

    fn old_file(folder: &TestFolder) -> (PathBuf, SystemTime) {
        let path = folder.path().join("lib.rs");
        let file = File::create(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(60))
            .unwrap();
        let date = modified(&path);
        (path, date)
    }

    #[test]
    fn touched_file_gets_its_date_back() {
        let folder = TestFolder::new();
        let (path, date) = old_file(&folder);

        let touched = Touched::new(&path).unwrap();
        assert!(modified(&path) > date);
        drop(touched);

        assert_eq!(modified(&path), date);
    }

    #[test]
    fn file_saved_meanwhile_keeps_its_date() {
        let folder = TestFolder::new();
        let (path, date) = old_file(&folder);

        let touched = Touched::new(&path).unwrap();
        fs::write(&path, "// saved").unwrap();
        let saved = modified(&path);
        drop(touched);

        assert!(saved > date);
        assert_eq!(modified(&path), saved);
    }
}
