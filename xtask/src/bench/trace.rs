//! What single requests ask of the database, found out from PostgreSQL's own log.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
};

use anyhow::{Context, Result};

use super::work::Work;
use crate::database::Sibling;

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

    /// What is asked of the database while `request` runs.
    pub(super) fn of(&self, request: impl FnOnce() -> Result<()>) -> Result<Work> {
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
