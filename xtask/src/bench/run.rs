//! Sequence of the benchmark: servers, measurements, results.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use serde_json::Value;

use super::{
    client::Client,
    deletion, floor, machine, members, metering,
    oha::{Load, Oha, Page},
    plan::{Plan, Size},
    probe::Probe,
    results::{Check, Floor, Removal, Results, Row, SignIns},
    server, sessions, sign_ins, sizes,
    trace::Trace,
    users::{ADMIN, UserDatabase},
    work::Work,
};
use crate::{database, program::Program, report, server::Server, workspace::Workspace};

/// Numbers of connections: a single user, and more than a machine of this size can serve in parallel.
const ALONE: usize = 1;
const TOGETHER: usize = 8;

/// Inputs of all measurements.
pub(super) struct Run<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) plan: &'a Plan,
    pub(super) size: &'a Size,
    pub(super) folder: &'a Path,
    pub(super) oha: Oha,
    pub(super) program: Program,
    pub(super) users: UserDatabase<'a>,
    pub(super) url: String,
}

impl Run<'_> {
    /// Runs all measurements. Earlier steps use servers of their own, because the server that is measured must show
    /// neither their memory nor the logging of all statements.
    pub(super) fn results(&self) -> Result<Results> {
        let machine = machine::describe(&self.users.database)?;
        let start_up = server::start_up(&self.program, &self.url)?;
        let (cookie, probes) = self.scout()?;
        let works = self.trace(&cookie, &probes)?;
        let server = Server::start(&self.program, &self.url)?;
        metering::prepare(&Client::new(&server.base, Some(&cookie)), &self.users.words)?;
        let mut rows = Vec::new();
        for (probe, work) in probes.iter().zip(works) {
            rows.push(self.measure(&server, &cookie, probe, work)?);
        }
        let results = Results {
            machine,
            users: self.size.users,
            seed: self.plan.users.seed,
            seconds: self.size.seconds,
            rows,
            start_up,
            sign_ins: self.sign_ins(&server, &cookie, &probes)?,
            removal: self.removal(&server, &cookie, &probes)?,
            check: self.check(&server, &cookie)?,
            sessions: sessions::measure(&server, &self.users, &cookie)?,
            members: members::measure(&server, &self.users, &cookie)?,
            wrong_sums: metering::wrong_sums(&self.users)?,
            sizes: sizes::measure(&Client::new(&server.base, Some(&cookie)), &self.program)?,
            memory: server::memory(&server)?,
        };
        server.stop()?;
        Ok(results)
    }

    /// Signs in and resolves the cases to pages. Returns the cookie of the session and the pages.
    fn scout(&self) -> Result<(String, Vec<Probe>)> {
        let started = Instant::now();
        let server = Server::start(&self.program, &self.url)?;
        let cookie = Client::new(&server.base, None).sign_in(ADMIN, &self.users.password)?;
        let client = Client::new(&server.base, Some(&cookie));
        let mut probes = Vec::new();
        for case in &self.plan.cases {
            probes.extend(Probe::of(case, &self.users.words, &client)?);
        }
        server.stop()?;
        report::step("pages found", started);
        Ok((cookie, probes))
    }

    /// Returns the statements of each page; `None` if PostgreSQL's log cannot be read.
    fn trace(&self, cookie: &str, probes: &[Probe]) -> Result<Vec<Option<Work>>> {
        let Some(log) = database::log(self.workspace)? else {
            println!(
                "The log of the server in DATABASE_URL is not read: no query counts, no pgbench"
            );
            return Ok(probes.iter().map(|_| None).collect());
        };
        let started = Instant::now();
        let trace = Trace::start(&self.users.database, log)?;
        let server = Server::start(&self.program, &self.url)?;
        let client = Client::new(&server.base, Some(cookie));
        let mut works = Vec::new();
        for probe in probes {
            let body = probe
                .body
                .as_deref()
                .and_then(|body| body.lines().next())
                .map(serde_json::from_str::<Value>)
                .transpose()?;
            let request = || match &body {
                Some(body) => client.post(&probe.path, body),
                None => client.get(&probe.path)?.body().map(drop),
            };
            // The first request prepares the statements of the connection, so that the traced one runs as usual.
            request()?;
            works.push(Some(trace.of(request)?));
        }
        server.stop()?;
        report::step("statements read from PostgreSQL's log", started);
        Ok(works)
    }

    fn measure(
        &self,
        server: &Server,
        cookie: &str,
        probe: &Probe,
        work: Option<Work>,
    ) -> Result<Row> {
        let started = Instant::now();
        let page = page(server, cookie, probe);
        let warm_up = Duration::from_millis(self.size.warm_up_ms);
        self.oha.run(&page, ALONE, warm_up)?;
        let alone = self.oha.run(&page, ALONE, self.time())?;
        let together = self.oha.run(&page, TOGETHER, self.time())?;
        let floor = work.map(|work| self.floor(&work)).transpose()?;
        report::step(&probe.name, started);
        Ok(Row {
            probe: probe.clone(),
            alone,
            together,
            floor,
        })
    }

    fn floor(&self, work: &Work) -> Result<Floor> {
        Ok(Floor {
            queries: work.statements.len(),
            empty: work.empty,
            rate: floor::rate(&self.url, work, self.time(), self.folder)?,
        })
    }

    /// Measures the list of the first probe, alone and while all users sign in.
    fn sign_ins(&self, server: &Server, cookie: &str, probes: &[Probe]) -> Result<SignIns> {
        let started = Instant::now();
        let page = page(server, cookie, first(probes)?);
        let list = || -> Result<Load> { self.oha.run(&page, ALONE, self.time()) };
        let sign_ins = SignIns {
            queued: self.users.accounts.len(),
            rate: sign_ins::rate(server, &self.users, TOGETHER)?,
            idle: list()?,
            busy: sign_ins::during(server, &self.users, list)?,
        };
        report::step("sign-ins", started);
        Ok(sign_ins)
    }

    /// Measures the list of the first probe, alone and during a permanent deletion.
    fn removal(&self, server: &Server, cookie: &str, probes: &[Probe]) -> Result<Removal> {
        let started = Instant::now();
        let page = page(server, cookie, first(probes)?);
        let list = || -> Result<Load> { self.oha.run(&page, ALONE, self.time()) };
        let owner = deletion::owner(&self.users, self.size.removed)?;
        let idle = list()?;
        let client = Client::new(&server.base, Some(cookie));
        let (busy, time) = deletion::during(&client, &self.users, &owner, list)?;
        report::step("deletion", started);
        Ok(Removal {
            annotations: self.size.removed,
            time,
            idle,
            busy,
        })
    }

    /// Measures the same request with and without a session; the difference is the session check.
    fn check(&self, server: &Server, cookie: &str) -> Result<Check> {
        let ask = |cookie| {
            let page = Page {
                url: format!("{}/api/config", server.base),
                cookie,
                body: None,
                encodings: "identity",
            };
            self.oha.run(&page, ALONE, self.time())
        };
        Ok(Check {
            anonymous: ask("")?,
            signed_in: ask(cookie)?,
        })
    }

    fn time(&self) -> Duration {
        Duration::from_secs(self.size.seconds)
    }
}

fn first(probes: &[Probe]) -> Result<&Probe> {
    probes.first().ok_or_else(|| anyhow!("there are no cases"))
}

fn page<'a>(server: &Server, cookie: &'a str, probe: &'a Probe) -> Page<'a> {
    Page {
        url: format!("{}{}", server.base, probe.path),
        cookie,
        body: probe.body.as_deref(),
        encodings: probe.face.encodings(),
    }
}
