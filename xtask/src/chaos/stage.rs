//! What is broken: two servers and a PostgreSQL, all started here and for this alone.

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
    schedule::{Fault, Site},
};
use crate::{
    cluster::Cluster,
    database::Sibling,
    process,
    program::Program,
    server::{self, Server},
    workspace::Workspace,
};

/// The drill's database; made anew at the beginning of each and left for those who want to look into it.
const DATABASE: &str = "rollcall_chaos";
/// Who is in it before the drill begins: several pages of a list.
const USERS: u64 = 200;
/// The demo people are always the same.
const USERS_SEED: u64 = 1;
const POLL: Duration = Duration::from_millis(5);
/// So often are connections cut in a row: each cut meets other statements.
const CUTS: usize = 8;
const BETWEEN_CUTS: Duration = Duration::from_millis(50);
/// Longer than the system takes to end a process.
const KILL_LIMIT: Duration = Duration::from_secs(10);

/// Everything that runs. Ends with this value.
pub(super) struct Stage<'a> {
    program: &'a Program,
    cluster: Cluster<'a>,
    pub(super) database: Sibling<'a>,
    /// The password of the user `admin`.
    pub(super) password: String,
    a: Post,
    b: Post,
}

/// Where a server is.
struct Post {
    address: SocketAddr,
    log: PathBuf,
    server: Option<Server>,
}

impl<'a> Stage<'a> {
    /// Makes the database and starts the servers.
    pub(super) fn set(workspace: &'a Workspace, program: &'a Program) -> Result<Self> {
        let cluster = Cluster::in_folder(workspace, &program.folder);
        cluster.start()?;
        let database = Sibling::of(&cluster, DATABASE)?;
        database.remove()?;
        database.create()?;
        // What is acknowledged has to survive; the settings of a private cluster allow for less.
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

    /// Somebody who can talk to both servers.
    pub(super) fn callers(&self) -> Callers {
        let base = |post: &Post| format!("http://{}", post.address);
        Callers::new(&base(&self.a), &base(&self.b))
    }

    /// Breaks something and repairs it. A server that does not end as it should is found out; it is started anyway.
    pub(super) fn suffer(&mut self, fault: Fault, findings: &Findings) -> Result<()> {
        match fault {
            Fault::Kill(site) => self.kill(site)?,
            Fault::End(site) => self.end(site, findings),
            Fault::KillDatabase => self.kill_database()?,
            Fault::Cut => self.cut()?,
            Fault::KillBoth => {
                self.kill(Site::A)?;
                self.kill(Site::B)?;
            }
            Fault::KillWithDatabase(site) => {
                self.kill(site)?;
                self.kill_database()?;
            }
            Fault::CutAndEnd(site) => {
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

    /// Ends both servers, which has to go well.
    pub(super) fn end_servers(&mut self, findings: &Findings) {
        for site in Site::BOTH {
            self.end(site, findings);
        }
    }

    /// What `rollcall doctor` finds, if it finds anything.
    pub(super) fn doctor(&self) -> Result<Option<String>> {
        let url = self.database.url();
        let said = process::capture(self.program.command(&url).arg("doctor"))?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned()
            + &String::from_utf8_lossy(&said.stderr);
        Ok((!said.status.success()).then_some(text))
    }

    /// Starts a server where none runs.
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

    /// Kills the first process of PostgreSQL; all others end because of that.
    fn kill_database(&self) -> Result<()> {
        let running = self.cluster.running()?.context("no PostgreSQL runs here")?;
        let pid = Pid::from_raw(running.pid).context("PostgreSQL has no process")?;
        kill_process(pid, Signal::KILL)?;
        let asked = Instant::now();
        // The folder that a process works in is gone with it, even if nobody has taken note of its end yet.
        let folder = PathBuf::from(format!("/proc/{}/cwd", running.pid));
        while folder.exists() {
            if asked.elapsed() > KILL_LIMIT {
                bail!("PostgreSQL cannot be killed");
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Cuts all connections to the database, and those that are made again.
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
    /// An address, with a log that is empty.
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
        // The servers first: they would miss their database.
        self.a.server = None;
        self.b.server = None;
        if let Err(error) = self.cluster.stop() {
            eprintln!("the PostgreSQL of the drill: {error:#}");
        }
    }
}
