//! The server that is measured: as it is shipped, with its default settings.

use std::{
    env, fs,
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::client::Client;
use crate::{
    build::{self, Mode, Parts},
    files, process,
    workspace::Workspace,
};

const START_LIMIT: Duration = Duration::from_secs(60);
/// The server itself gives open requests half a minute.
const STOP_LIMIT: Duration = Duration::from_secs(40);
const POLL: Duration = Duration::from_millis(2);
/// So often is the server started to find out how long that takes.
const STARTS: usize = 5;

/// Both halves of the release build.
pub(super) struct Program {
    binary: PathBuf,
    /// What browsers load.
    pub(super) site: PathBuf,
    /// A folder without `.env` to run in, and for the log.
    folder: PathBuf,
}

impl Program {
    pub(super) fn build(workspace: &Workspace, folder: &Path) -> Result<Self> {
        // A folder of its own, so that a server that is running meanwhile keeps its files.
        let site = folder.join("site");
        build::site(workspace, Mode::Release, Parts::Site, &site)?;
        Ok(Self {
            binary: build::server(workspace, Mode::Release)?,
            site,
            folder: folder.to_owned(),
        })
    }

    /// A `rollcall` command with nothing of the caller's settings.
    pub(super) fn command(&self, url: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(&self.folder)
            .env_clear()
            .envs(env::var_os("PATH").map(|path| ("PATH", path)))
            .env("DATABASE_URL", url)
            .env("LEPTOS_SITE_ROOT", &self.site);
        command
    }
}

/// A server that listens. Ends with this value.
pub(super) struct Server {
    child: Child,
    pub(super) base: String,
    /// From being started to the first answer.
    started_in: Duration,
}

/// Resident memory in bytes.
pub(super) struct Memory {
    pub(super) now: u64,
    pub(super) peak: u64,
}

impl Server {
    /// Starts a server on a free port and waits until it says that it is healthy.
    pub(super) fn start(program: &Program, url: &str) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = program.folder.join("server.log");
        let output = File::create(&log)?;
        let mut command = program.command(url);
        command
            .arg("serve")
            .env("LEPTOS_SITE_ADDR", address.to_string())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        let started = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", process::name(&command)))?;
        let mut server = Self {
            child,
            base: format!("http://{address}"),
            started_in: Duration::ZERO,
        };
        let client = Client::new(&server.base, None);
        while client.get("/api/health").is_err() {
            if server.child.try_wait()?.is_some() || started.elapsed() > START_LIMIT {
                bail!("the server did not start: {}", files::text(&log)?);
            }
            thread::sleep(POLL);
        }
        server.started_in = started.elapsed();
        Ok(server)
    }

    /// What the process holds in memory.
    pub(super) fn memory(&self) -> Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let bytes = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"))
                .and_then(|number| number.parse::<u64>().ok())
                .map(|kibibytes| kibibytes * 1024)
                .ok_or_else(|| anyhow!("/proc does not tell {name}"))
        };
        Ok(Memory {
            now: bytes("VmRSS:")?,
            peak: bytes("VmHWM:")?,
        })
    }

    /// Asks the server to end, as a service manager does, and waits until it has.
    pub(super) fn stop(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            if asked.elapsed() > STOP_LIMIT {
                self.child.kill()?;
                self.child.wait()?;
                bail!("the server had to be killed");
            }
            thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("the server, process {}: {error:#}", self.child.id());
        }
    }
}

/// The median time from starting the program to its first answer.
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
