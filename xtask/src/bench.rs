//! The benchmarks: lists of a million people through HTTP, and the same SQL without it as the floor.
//! `bench/README.md` tells what is measured and how.

mod client;
mod figures;
mod floor;
mod machine;
mod oha;
mod people;
mod plan;
mod probe;
mod results;
mod server;
mod sign_ins;
mod sizes;
mod table;
mod trace;
mod work;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use clap::Args;

use crate::{database, refresh, report, workspace::Workspace};
use client::Client;
use oha::{Load, Oha};
use people::{ADMIN, People};
use plan::{Plan, Size};
use probe::Probe;
use results::{Floor, Results, Row, SignIns};
use server::{Program, Server};
use trace::Trace;
use work::Work;

/// Where `--save` puts the results.
const RESULTS: &str = "bench/RESULTS.md";
/// The two loads: one person alone, and more than this size of machine can work for at once.
const ALONE: usize = 1;
const TOGETHER: usize = 8;

/// The options of the bench.
#[derive(Args)]
pub(crate) struct BenchArgs {
    /// Find out in a few minutes whether everything can be measured; the figures mean little.
    #[arg(long)]
    quick: bool,
    /// Write the results to bench/RESULTS.md too.
    #[arg(long, conflicts_with = "quick")]
    save: bool,
}

/// Measures everything and prints it. A figure that is missed is no error; one that cannot be measured is.
pub(crate) fn bench(workspace: &Workspace, args: &BenchArgs) -> Result<()> {
    let plan = Plan::read(workspace)?;
    let size = if args.quick { &plan.quick } else { &plan.full };
    let folder = workspace.cache().join("bench");
    let _alone = refresh::lock(&folder)?;
    let oha = Oha::install(workspace)?;
    let program = Program::build(workspace, &folder)?;
    let url = database::url(workspace)?;
    let people = People::ready(workspace, &program, &url, &plan.people, size)?;
    let run = Run {
        workspace,
        plan: &plan,
        size,
        folder: &folder,
        oha,
        program,
        url: people.database.url(),
        people,
    };
    let text = run.results()?.text(&plan);
    println!("\n{text}");
    if args.save {
        fs::write(workspace.root.join(RESULTS), text)?;
    }
    Ok(())
}

/// What all measurements need.
struct Run<'a> {
    workspace: &'a Workspace,
    plan: &'a Plan,
    size: &'a Size,
    folder: &'a Path,
    oha: Oha,
    program: Program,
    people: People<'a>,
    url: String,
}

impl Run<'_> {
    /// The servers before the last one are for what must leave no trace in it: memory, or a log of all statements.
    fn results(&self) -> Result<Results> {
        let machine = machine::describe(&self.people.database)?;
        let start_up = server::start_up(&self.program, &self.url)?;
        let (cookie, probes) = self.scout()?;
        let works = self.trace(&cookie, &probes)?;
        let server = Server::start(&self.program, &self.url)?;
        let mut rows = Vec::new();
        for (probe, work) in probes.iter().zip(works) {
            rows.push(self.measure(&server, &cookie, probe, work)?);
        }
        let results = Results {
            machine,
            users: self.size.users,
            seed: self.plan.people.seed,
            seconds: self.size.seconds,
            rows,
            start_up,
            sign_ins: self.sign_ins(&server, &cookie, &probes)?,
            sizes: sizes::measure(&Client::new(&server.base, Some(&cookie)), &self.program)?,
            memory: server.memory()?,
        };
        server.stop()?;
        Ok(results)
    }

    /// Signs in and finds out what to ask for.
    fn scout(&self) -> Result<(String, Vec<Probe>)> {
        let started = Instant::now();
        let server = Server::start(&self.program, &self.url)?;
        let cookie = Client::new(&server.base, None).sign_in(ADMIN, &self.people.password)?;
        let client = Client::new(&server.base, Some(&cookie));
        let mut probes = Vec::new();
        for case in &self.plan.cases {
            probes.extend(Probe::of(case, &self.people.words, &client)?);
        }
        server.stop()?;
        report::step("walked to the middle of the lists", started);
        Ok((cookie, probes))
    }

    /// The statements of each probe; nothing where PostgreSQL's log cannot be read.
    fn trace(&self, cookie: &str, probes: &[Probe]) -> Result<Vec<Option<Work>>> {
        let Some(log) = database::log(self.workspace)? else {
            println!(
                "DATABASE_URL names a server whose log is not ours to read: no queries, no floor"
            );
            return Ok(probes.iter().map(|_| None).collect());
        };
        let started = Instant::now();
        let trace = Trace::start(&self.people.database, log)?;
        let server = Server::start(&self.program, &self.url)?;
        let client = Client::new(&server.base, Some(cookie));
        let mut works = Vec::new();
        for probe in probes {
            let request = || client.get(&probe.path)?.body();
            // The connection is used to the statements the second time.
            request()?;
            works.push(Some(trace.of(request)?));
        }
        server.stop()?;
        report::step("read the statements out of PostgreSQL's log", started);
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
        let url = format!("{}{}", server.base, probe.path);
        let warm_up = Duration::from_millis(self.size.warm_up_ms);
        self.oha.run(&url, cookie, ALONE, warm_up)?;
        let alone = self.oha.run(&url, cookie, ALONE, self.time())?;
        let together = self.oha.run(&url, cookie, TOGETHER, self.time())?;
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

    /// The first probe's list, alone and beside everyone who signs in.
    fn sign_ins(&self, server: &Server, cookie: &str, probes: &[Probe]) -> Result<SignIns> {
        let started = Instant::now();
        let probe = probes
            .first()
            .ok_or_else(|| anyhow!("there are no cases"))?;
        let url = format!("{}{}", server.base, probe.path);
        let list = || -> Result<Load> { self.oha.run(&url, cookie, ALONE, self.time()) };
        let sign_ins = SignIns {
            queued: self.people.accounts.len(),
            rate: sign_ins::rate(server, &self.people, TOGETHER)?,
            idle: list()?,
            busy: sign_ins::during(server, &self.people, list)?,
        };
        report::step("sign-ins", started);
        Ok(sign_ins)
    }

    fn time(&self) -> Duration {
        Duration::from_secs(self.size.seconds)
    }
}
