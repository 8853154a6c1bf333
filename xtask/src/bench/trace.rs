//! SQL of single requests, read from PostgreSQL's log.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};

use super::work::Work;
use crate::database::Sibling;

/// Maximum number of repetitions until two runs of a request execute the same statements.
const TRIES: usize = 5;

/// Statement logging of a database, enabled as long as this value lives.
pub(super) struct Trace<'a> {
    database: &'a Sibling<'a>,
    log: PathBuf,
}

impl<'a> Trace<'a> {
    /// Enables logging of all statements for new connections to the database.
    pub(super) fn start(database: &'a Sibling<'a>, log: PathBuf) -> Result<Self> {
        let trace = Self { database, log };
        trace.set("set log_statement = 'all'")?;
        Ok(trace)
    }

    /// Returns the statements of a request. Repeats the request until two runs in a row differ only in digits,
    /// because a background task of the server may add statements of its own.
    pub(super) fn of(&self, request: impl Fn() -> Result<()>) -> Result<Work> {
        let mut before = self.once(&request)?;
        for _ in 0..TRIES {
            let work = self.once(&request)?;
            if work.is_like(&before) {
                return Ok(work);
            }
            before = work;
        }
        bail!("the same request executes different statements each time: {before:?}")
    }

    /// Returns the statements that are logged while a request runs.
    fn once(&self, request: &impl Fn() -> Result<()>) -> Result<Work> {
        let mut log = File::open(&self.log)
            .with_context(|| format!("{} cannot be read", self.log.display()))?;
        log.seek(SeekFrom::End(0))?;
        request()?;
        let mut written = Vec::new();
        log.read_to_end(&mut written)?;
        Ok(Work::read(&String::from_utf8_lossy(&written)))
    }

    fn set(&self, setting: &str) -> Result<()> {
        let name = self.database.name();
        self.database
            .query(&format!("alter database {name} {setting}"))
            .map(drop)
    }
}

impl Drop for Trace<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.set("reset log_statement") {
            eprintln!("the database still logs all statements: {error:#}");
        }
    }
}
