//! The fault drill: people go on working while servers and their database are killed, ended and cut off. Afterwards all
//! that was acknowledged has to be there, and nothing else.

mod answer;
mod cast;
mod deeds;
mod dice;
mod findings;
mod ledger;
mod outage;
mod person;
mod report;
mod schedule;
mod sessions;
mod stage;
mod tally;
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

/// The address of both servers, as if behind a balancer: by it the cookie of one is known to the other.
const PUBLIC_URL: &str = "http://127.0.0.1:3000";
/// After the last fault, for what was unclear to be settled and used again.
const LAST_CALM: Duration = Duration::from_secs(2);

/// The options of the drill.
#[derive(Args)]
pub(crate) struct ChaosArgs {
    /// How long people work, in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(10..=3600))]
    seconds: u64,
    /// Which faults there are, when, and what people do; each drill prints its own.
    #[arg(long)]
    seed: Option<u64>,
    /// Drill the release build.
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

    /// The seed that was given, or one that nobody has had before.
    fn seed(&self) -> u64 {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH);
        self.seed
            .unwrap_or_else(|| now().map_or(0, |now| now.as_secs()))
    }
}

/// Runs the drill and prints what it found; success only if nothing is broken.
pub(crate) fn chaos(workspace: &Workspace, args: &ChaosArgs) -> Result<ExitCode> {
    if env::var_os("DATABASE_URL").is_some() {
        bail!(
            "the drill kills its database, so it has one of its own: run it without DATABASE_URL"
        );
    }
    let folder = workspace.cache().join("chaos");
    let _alone = refresh::lock(&folder)?;
    // What browsers load is as the tests have built it: the drill asks for pages, and runs nothing of it.
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
    println!("The servers' logs are in {}.", folder.display());
    Ok(ExitCode::FAILURE)
}

/// Lets people work while things break, looks at everything, and ends the servers.
fn drill(stage: &mut Stage<'_>, shared: &Shared, seed: u64, load: Duration) -> Result<()> {
    let mut workers = cast::assemble(stage, shared, seed)?;
    let began = Instant::now();
    for worker in &mut workers {
        worker.begin(began);
    }
    let broken = thread::scope(|scope| {
        let threads: Vec<_> = workers
            .iter_mut()
            .map(|worker| scope.spawn(|| worker.run()))
            .collect();
        // The workers are told to end, whether it succeeded or not.
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
    let verdict = verdict::reach(stage, &workers, &shared.findings)?;
    stage.end_servers(&shared.findings);
    report::print(&tally, &verdict, load);
    Ok(())
}

/// One fault after the other, as long as there is time for another.
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
        stage.suffer(step.fault, &shared.findings)?;
        println!(
            "{:>10}  {}; everything ran again after {}",
            seconds(broken.duration_since(began)),
            step.fault,
            seconds(broken.elapsed())
        );
    }
    Ok(())
}
