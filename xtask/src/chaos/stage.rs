//! Systems under test: two servers and a PostgreSQL cluster, started for this run only.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::{
    answer::Callers,
    findings::Findings,
    schedule::{Disruption, Site},
};
use crate::{
    cluster::Cluster,
    database::Sibling,
    process,
    program::Program,
    server::{self, Server},
    workspace::Workspace,
};

/// Name of the database. Each run creates it again and leaves it for inspection.
const DATABASE: &str = "rollcall_chaos";
/// Number of users before the run; several pages of a list.
const USERS: u64 = 200;
/// Seed of the demo users, the same in each run.
const USERS_SEED: u64 = 1;
const POLL: Duration = Duration::from_millis(5);
/// Number of repetitions when connections are terminated; each hits different statements.
const CUTS: usize = 8;
const BETWEEN_CUTS: Duration = Duration::from_millis(50);
/// Timeout for the end of a killed process.
const KILL_LIMIT: Duration = Duration::from_secs(10);

/// Servers and cluster; they are stopped when this value is dropped.
pub(super) struct Stage<'a> {
    program: &'a Program,
    cluster: Cluster<'a>,
    pub(super) database: Sibling<'a>,
    /// Password of the user `admin`.
    pub(super) password: String,
    a: Post,
    b: Post,
}

/// Address and log of a server; the server is `None` while it is stopped.
struct Post {
    address: SocketAddr,
    log: PathBuf,
    server: Option<Server>,
}

impl<'a> Stage<'a> {
    /// Creates the database and starts the servers.
    pub(super) fn set(workspace: &'a Workspace, program: &'a Program) -> Result<Self> {
        let cluster = Cluster::in_folder(workspace, &program.folder);
        cluster.start()?;
        let database = Sibling::of(&cluster, DATABASE)?;
        database.remove()?;
        database.create()?;
        // Acknowledged changes must survive a crash; a private cluster commits asynchronously by default.
        database.query(&format!(
            "alter database {DATABASE} set synchronous_commit = on"
        ))?;
        let password = program.fill(&database.url(), USERS, USERS_SEED)?;
        let mut stage = Self {
            a: Post::new(&program.folder, Site::A)?,
            b: Post::new(&program.folder, Site::B)?,
            program,
            cluster,
            database,
            password,
        };
        for site in Site::BOTH {
            stage.start(site)?;
        }
        Ok(stage)
    }

    /// Creates clients of both servers.
    pub(super) fn callers(&self) -> Callers {
        let base = |post: &Post| format!("http://{}", post.address);
        Callers::new(&base(&self.a), &base(&self.b))
    }

    /// Injects a fault and restarts what it stopped. A server that does not stop cleanly is a finding.
    pub(super) fn suffer(&mut self, disruption: Disruption, findings: &Findings) -> Result<()> {
        match disruption {
            Disruption::Kill(site) => self.kill(site)?,
            Disruption::Stop(site) => self.end(site, findings),
            Disruption::KillDatabase => self.kill_database()?,
            Disruption::Cut => self.cut()?,
            Disruption::KillBoth => {
                self.kill(Site::A)?;
                self.kill(Site::B)?;
            }
            Disruption::KillWithDatabase(site) => {
                self.kill(site)?;
                self.kill_database()?;
            }
            Disruption::CutAndEnd(site) => {
                self.cut()?;
                self.end(site, findings);
            }
        }
        self.cluster.start()?;
        for site in Site::BOTH {
            self.start(site)?;
        }
        Ok(())
    }

    /// Stops both servers; a failure is a finding.
    pub(super) fn end_servers(&mut self, findings: &Findings) {
        for site in Site::BOTH {
            self.end(site, findings);
        }
    }

    /// Returns the output of `rollcall doctor` if it reports a problem.
    pub(super) fn doctor(&self) -> Result<Option<String>> {
        let url = self.database.url();
        let said = process::capture(self.program.command(&url).arg("doctor"))?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned()
            + &String::from_utf8_lossy(&said.stderr);
        Ok((!said.status.success()).then_some(text))
    }

    /// Starts a server if it is not running.
    fn start(&mut self, site: Site) -> Result<()> {
        let (program, url) = (self.program, self.database.url());
        let post = self.post(site);
        if post.server.is_some() {
            return Ok(());
        }
        let server = Server::start_at(program, &url, post.address, &post.log)
            .with_context(|| format!("server {} cannot be started again", site.name()))?;
        post.server = Some(server);
        Ok(())
    }

    fn kill(&mut self, site: Site) -> Result<()> {
        self.post(site).server.take().map_or(Ok(()), Server::kill)
    }

    fn end(&mut self, site: Site, findings: &Findings) {
        let server = self.post(site).server.take();
        if let Some(Err(error)) = server.map(Server::stop) {
            findings.note(format!("server {}: {error:#}", site.name()));
        }
    }

    /// Kills the postmaster; all other processes of PostgreSQL end as a result.
    fn kill_database(&self) -> Result<()> {
        let running = self.cluster.running()?.context("no PostgreSQL runs here")?;
        let pid = Pid::from_raw(running.pid).context("PostgreSQL has no process")?;
        kill_process(pid, Signal::KILL)?;
        let asked = Instant::now();
        // The working folder in /proc is gone as soon as the process has ended, even before its parent has reaped it.
        let folder = PathBuf::from(format!("/proc/{}/cwd", running.pid));
        while folder.exists() {
            if asked.elapsed() > KILL_LIMIT {
                bail!("PostgreSQL cannot be killed");
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Terminates all connections to the database, repeatedly, because servers reconnect.
    fn cut(&self) -> Result<()> {
        for _ in 0..CUTS {
            self.database.query(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()",
            )?;
            thread::sleep(BETWEEN_CUTS);
        }
        Ok(())
    }

    fn post(&mut self, site: Site) -> &mut Post {
        match site {
            Site::A => &mut self.a,
            Site::B => &mut self.b,
        }
    }
}

impl Post {
    /// Reserves an address and empties the log.
    fn new(folder: &Path, site: Site) -> Result<Self> {
        let log = folder.join(format!("server-{}.log", site.name()));
        std::fs::write(&log, "")?;
        Ok(Self {
            address: server::free_address()?,
            log,
            server: None,
        })
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        // Servers first, because they need the database for a clean stop.
        self.a.server = None;
        self.b.server = None;
        if let Err(error) = self.cluster.stop() {
            eprintln!("PostgreSQL could not be stopped: {error:#}");
        }
    }
}
