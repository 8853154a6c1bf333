//! What single requests ask of the database, found out from PostgreSQL's own log.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};

use super::work::Work;
use crate::database::Sibling;

/// How often a request is made once more to find out what it asks.
const TRIES: usize = 5;

/// Makes a database log its statements, and reads them.
pub(super) struct Trace<'a> {
    database: &'a Sibling<'a>,
    log: PathBuf,
}

impl<'a> Trace<'a> {
    /// From now on whoever connects to the database has all statements logged; until this value goes.
    pub(super) fn start(database: &'a Sibling<'a>, log: PathBuf) -> Result<Self> {
        let trace = Self { database, log };
        trace.set("set log_statement = 'all'")?;
        Ok(trace)
    }

    /// What a request asks of the database: what it asked twice in a row but for moments and other numbers, because now and
    /// then the server does something of its own meanwhile.
    pub(super) fn of(&self, request: impl Fn() -> Result<()>) -> Result<Work> {
        let mut before = self.once(&request)?;
        for _ in 0..TRIES {
            let work = self.once(&request)?;
            if work.is_like(&before) {
                return Ok(work);
            }
            before = work;
        }
        bail!("the same request asks of the database something else each time: {before:?}")
    }

    /// What is asked of the database while a request runs.
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
            eprintln!("the database goes on logging all statements: {error:#}");
        }
    }
}
