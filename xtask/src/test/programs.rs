//! Test programs that cargo has compiled, run without cargo, which runs one after the other.

use std::{
    cmp::Reverse,
    fs,
    panic::resume_unwind,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use anyhow::Result;
use cargo_metadata::Artifact;

use super::tally::{LIBTEST, Tally, count};
use crate::{build, report, workspace::Workspace};

/// Number of programs that run at the same time, each with a thread per core. Otherwise cores would be idle: while the last test
/// of a program runs, and while tests wait for the end of a time limit.
const AT_ONCE: usize = 2;

/// Program with the tests of a target.
pub(super) struct TestProgram {
    /// Package and target.
    name: String,
    /// Folder of the package, in which the tests run.
    folder: PathBuf,
    executable: PathBuf,
    /// Number of bytes.
    size: u64,
}

/// Compiles the tests of a selection of packages.
pub(super) fn compile(workspace: &Workspace, selection: &[&str]) -> Result<Vec<TestProgram>> {
    let mut cargo = workspace.native_cargo();
    cargo.args(["test", "--no-run"]).args(selection);
    let artifacts = build::artifacts(&mut cargo)?.into_iter();
    let tests = artifacts.filter(|artifact| artifact.profile.test);
    Ok(tests.filter_map(TestProgram::new).collect())
}

/// Runs the programs, the largest first, so that the last ones are short.
pub(super) fn run(mut programs: Vec<TestProgram>, database: &str) -> Result<Tally> {
    programs.sort_by_key(|program| Reverse(program.size));
    let next = AtomicUsize::new(0);
    let work = || -> Result<Tally> {
        let mut total = Tally::default();
        while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
            total += program.run(database)?;
        }
        Ok(total)
    };
    thread::scope(|scope| {
        let workers = [(); AT_ONCE].map(|()| scope.spawn(work));
        let mut total = Tally::default();
        for worker in workers {
            total += worker.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        }
        Ok(total)
    })
}

impl TestProgram {
    /// Returns the program of an artifact; `None` if it is no program.
    fn new(artifact: Artifact) -> Option<Self> {
        let executable = PathBuf::from(artifact.executable?);
        let folder = artifact.manifest_path.parent()?;
        Some(Self {
            name: format!("{} {}", folder.file_name()?, artifact.target.name),
            folder: folder.into(),
            size: fs::metadata(&executable).map_or(0, |data| data.len()),
            executable,
        })
    }

    /// Runs the tests as cargo does. libtest prints their durations with an option that stable Rust has only under the variable.
    fn run(&self, database: &str) -> Result<Tally> {
        let started = Instant::now();
        let mut command = Command::new(&self.executable);
        command
            .args(["-Z", "unstable-options", "--report-time"])
            .current_dir(&self.folder)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .env("DATABASE_URL", database);
        let tally = count(&mut command, &LIBTEST)?;
        report::step(&format!("{}: {tally}", self.name), started);
        Ok(tally)
    }
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    #[test]
    fn program_that_aborts_is_a_failed_test() {
        let programs = ["true", "false", "true"].map(|name| TestProgram {
            name: name.to_owned(),
            folder: env::temp_dir(),
            executable: name.into(),
            size: 0,
        });
        let total = run(programs.into(), "postgres:///none").unwrap();
        assert_eq!(total, Tally::NOT_RUN);
    }
}
