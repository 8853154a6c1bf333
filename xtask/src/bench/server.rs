//! Memory and start-up time of the server.

use std::time::Duration;

use anyhow::{Result, anyhow};

use crate::{program::Program, server::Server};

/// Number of starts; their median is reported.
const STARTS: usize = 5;

/// Resident memory in bytes.
pub(super) struct Memory {
    pub(super) now: u64,
    pub(super) peak: u64,
}

/// Reads the resident memory of the server's process from `/proc`.
pub(super) fn memory(server: &Server) -> Result<Memory> {
    let status = server.status()?;
    let bytes = |name: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"))
            .and_then(|number| number.parse::<u64>().ok())
            .map(|kibibytes| kibibytes * 1024)
            .ok_or_else(|| anyhow!("/proc has no {name}"))
    };
    Ok(Memory {
        now: bytes("VmRSS:")?,
        peak: bytes("VmHWM:")?,
    })
}

/// Returns the median time from starting the program to its first response.
pub(super) fn start_up(program: &Program, url: &str) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let server = Server::start(program, url)?;
        times.push(server.started_in);
        server.stop()?;
    }
    times.sort();
    times
        .get(STARTS / 2)
        .copied()
        .ok_or_else(|| anyhow!("the server was never started"))
}
