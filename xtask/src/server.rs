//! Server processes.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    client::{Call, Client},
    files, process,
    program::Program,
};

/// Name of the log in the folder of the program.
const LOG: &str = "server.log";
const START_LIMIT: Duration = Duration::from_secs(60);
/// Timeout of a stop; the server gives open requests 30 seconds.
const STOP_LIMIT: Duration = Duration::from_secs(40);
const POLL: Duration = Duration::from_millis(2);

/// Listening server; it is stopped when this value is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
    pub(crate) address: SocketAddr,
    /// Time from the start of the process to the first response.
    pub(crate) started_in: Duration,
}

impl Server {
    /// Starts a server on a free port, with a log of its own.
    pub(crate) fn start(program: &Program, url: &str) -> Result<Self> {
        let log = program.folder.join(LOG);
        File::create(&log)?;
        Self::start_at(program, url, free_address()?, &log)
    }

    /// Starts a server at an address and waits until its health check succeeds. Output is appended to `log`.
    pub(crate) fn start_at(
        program: &Program,
        url: &str,
        address: SocketAddr,
        log: &Path,
    ) -> Result<Self> {
        let output = File::options().append(true).create(true).open(log)?;
        let mut command = program.command(url);
        command
            .arg("serve")
            .env("LEPTOS_SITE_ADDR", address.to_string())
            // Rate limits are off: they are not what is measured or tested.
            .env("API_RATE_LIMIT", "0")
            .env("TRUSTED_PROXIES", "127.0.0.1")
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
            address,
            started_in: Duration::ZERO,
        };
        let client = Client::new(&server.base, "rollcall-xtask", START_LIMIT);
        while !is_healthy(&client) {
            if server.child.try_wait()?.is_some() || started.elapsed() > START_LIMIT {
                bail!("the server did not start: {}", files::text(log)?);
            }
            thread::sleep(POLL);
        }
        server.started_in = started.elapsed();
        Ok(server)
    }

    /// Returns the content of `/proc/<pid>/status`.
    pub(crate) fn status(&self) -> Result<String> {
        Ok(fs::read_to_string(format!(
            "/proc/{}/status",
            self.child.id()
        ))?)
    }

    /// Stops the server by SIGTERM, as a service manager does, and waits for its end.
    ///
    /// # Errors
    /// The server had already ended, ends with another exit status than 0, or has to be killed.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.end()
    }

    /// Stops the server after a test with this result, and checks that it has logged no panic.
    ///
    /// # Errors
    /// Those of the test and of the server: none hides the other.
    pub(crate) fn stop_after(self, program: &Program, tested: Result<()>) -> Result<()> {
        let stopped = self.stop().and_then(|()| assert_no_panic(program));
        both(tested, stopped)
    }

    /// Kills the server, as in a crash.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server had already ended ({status})");
        }
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                if status.success() {
                    return Ok(());
                }
                bail!("the server ended with {status}");
            }
            if asked.elapsed() > STOP_LIMIT {
                self.child.kill()?;
                self.child.wait()?;
                bail!("the server had to be killed");
            }
            thread::sleep(POLL);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // `stop` and `kill` have reported the result already.
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        if let Err(error) = self.end() {
            eprintln!("the server, process {}: {error:#}", self.child.id());
        }
    }
}

/// Returns an address on the loopback interface with a free port.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Fails if the last server has logged a panic, which ends a request or a task but not the server.
fn assert_no_panic(program: &Program) -> Result<()> {
    let log = files::text(&program.folder.join(LOG))?;
    if let Some(line) = log.lines().find(|line| line.contains("panicked")) {
        bail!("the server panicked: {line}");
    }
    Ok(())
}

/// Returns the errors of a test and of its server as one.
fn both(tested: Result<()>, stopped: Result<()>) -> Result<()> {
    match (tested, stopped) {
        // That of the test says which request has ended the server.
        (Err(of_test), Err(of_server)) => bail!("{of_test:#}\n\n{of_server:#}"),
        (tested, stopped) => tested.and(stopped),
    }
}

fn is_healthy(client: &Client) -> bool {
    let answer = client.send(&Call::get("/api/health"));
    answer.is_ok_and(|answer| answer.status() == 200)
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn errors_of_test_and_server_are_both_reported() {
        let difference = || Err(anyhow!("recording.json: exchange 1"));
        let panic = || Err(anyhow!("the server panicked"));
        for (tested, stopped, expected) in [
            (Ok(()), Ok(()), ""),
            (difference(), Ok(()), "recording.json: exchange 1"),
            (Ok(()), panic(), "the server panicked"),
            (
                difference(),
                panic(),
                "recording.json: exchange 1\n\nthe server panicked",
            ),
        ] {
            let reported = both(tested, stopped).err();
            let reported = reported.map(|error| error.to_string());
            assert_eq!(reported.unwrap_or_default(), expected);
        }
    }
}
