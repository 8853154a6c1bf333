//! Fault injection: simulated users keep working while servers and database are killed, stopped and disconnected.
//! Afterwards every acknowledged change and use must be in the database once, and no other.

mod account;
mod answer;
mod cast;
mod findings;
mod leases;
mod ledger;
mod meter;
mod operations;
mod outage;
mod report;
mod schedule;
mod sessions;
mod stage;
mod tally;
mod uses;
mod verdict;
mod visits;
mod worker;

use std::{
    env,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, anyhow, bail};
use clap::Args;

use crate::{build::Mode, program::Program, refresh, report::seconds, workspace::Workspace};
use findings::Findings;
use schedule::Schedule;
use stage::Stage;
use tally::Tally;
use worker::Shared;

/// Public URL of both servers, as behind a load balancer: it determines the cookie's name, so each server accepts the
/// cookies of the other.
const PUBLIC_URL: &str = "http://127.0.0.1:3000";
/// Time after the last fault in which workers resolve unclear changes and use the accounts again.
const LAST_CALM: Duration = Duration::from_secs(2);

/// Options of `cargo xtask chaos`.
#[derive(Args)]
pub(crate) struct ChaosArgs {
    /// Duration of the load in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(10..=3600))]
    seconds: u64,
    /// Seed of the faults, their times and the workers' actions; each run prints its own.
    #[arg(long)]
    seed: Option<u64>,
    /// Test the release build.
    #[arg(long)]
    release: bool,
}

impl ChaosArgs {
    fn mode(&self) -> Mode {
        if self.release {
            Mode::Release
        } else {
            Mode::Dev
        }
    }

    /// Returns the given seed, or the current Unix time, which no earlier run had.
    fn seed(&self) -> u64 {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH);
        self.seed
            .unwrap_or_else(|| now().map_or(0, |now| now.as_secs()))
    }
}

/// Runs the test and prints its findings. Returns success only if there are none.
pub(crate) fn chaos(workspace: &Workspace, args: &ChaosArgs) -> Result<ExitCode> {
    if env::var_os("DATABASE_URL").is_some() {
        bail!(
            "fault injection kills its database and therefore starts its own: run it without DATABASE_URL"
        );
    }
    let folder = workspace.cache().join("chaos");
    let _alone = refresh::lock(&folder)?;
    // The browser files are those of the browser tests: the load requests pages and executes none of their scripts.
    let program = Program::build_halves(workspace, Mode::Release, args.mode(), &folder)?
        .with("PUBLIC_URL", PUBLIC_URL);
    let mut stage = Stage::set(workspace, &program)?;
    let seed = args.seed();
    println!("\nseed {seed}");
    let shared = Shared {
        findings: Findings::default(),
        password: stage.password.clone(),
        over: AtomicBool::new(false),
    };
    let load = Duration::from_secs(args.seconds);
    drill(&mut stage, &shared, seed, load)?;
    let broken = shared.findings.take();
    report::print_broken(&broken);
    if broken.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("Server logs: {}", folder.display());
    Ok(ExitCode::FAILURE)
}

/// Runs the workers while faults are injected, verifies the result and stops the servers.
fn drill(stage: &mut Stage<'_>, shared: &Shared, seed: u64, load: Duration) -> Result<()> {
    let mut workers = cast::assemble(stage, shared, seed)?;
    let mut meters = cast::assemble_meters(stage, shared, seed)?;
    let began = Instant::now();
    for worker in &mut workers {
        worker.begin(began);
    }
    for meter in &mut meters {
        meter.begin(began);
    }
    let broken = thread::scope(|scope| {
        let mut threads: Vec<_> = workers
            .iter_mut()
            .map(|worker| scope.spawn(|| worker.run()))
            .collect();
        threads.extend(meters.iter_mut().map(|meter| scope.spawn(|| meter.run())));
        // The workers must be stopped even if the injection of faults failed; otherwise the scope would never end.
        let broken = break_things(stage, shared, Schedule::new(seed), began, load);
        shared.over.store(true, Ordering::Relaxed);
        for thread in threads {
            thread.join().map_err(|_| anyhow!("a worker has crashed"))?;
        }
        broken
    });
    let load = began.elapsed();
    broken?;
    let mut tally = Tally::default();
    for worker in &workers {
        tally.add(&worker.tally);
    }
    for meter in &meters {
        tally.add(&meter.tally);
    }
    leases::end_by_itself(stage, &shared.password, &shared.findings)?;
    let verdict = verdict::reach(stage, &workers, &meters, &shared.findings)?;
    stage.end_servers(&shared.findings);
    report::print(&tally, &verdict, load);
    Ok(())
}

/// Injects one fault after the other while enough time is left for another.
fn break_things(
    stage: &mut Stage<'_>,
    shared: &Shared,
    schedule: Schedule,
    began: Instant,
    load: Duration,
) -> Result<()> {
    for step in schedule {
        let left = load.saturating_sub(began.elapsed());
        if left < step.calm + LAST_CALM {
            thread::sleep(left);
            break;
        }
        thread::sleep(step.calm);
        let broken = Instant::now();
        stage.suffer(step.disruption, &shared.findings)?;
        println!(
            "{:>10}  {}; recovered after {}",
            seconds(broken.duration_since(began)),
            step.disruption,
            seconds(broken.elapsed())
        );
    }
    Ok(())
}
