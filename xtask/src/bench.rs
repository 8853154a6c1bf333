//! Benchmarks: lists of a million users through HTTP, and the same SQL without the server as the lower bound.
//! `bench/README.md` describes what is measured and how.

mod client;
mod deletion;
mod figure;
mod figures;
mod floor;
mod machine;
mod members;
mod metering;
mod oha;
mod plan;
mod probe;
mod results;
mod run;
mod server;
mod sessions;
mod sign_ins;
mod sizes;
mod table;
mod trace;
mod users;
mod words;
mod work;

use std::fs;

use anyhow::Result;
use clap::Args;

use crate::{build::Mode, database, program::Program, refresh, workspace::Workspace};
use oha::Oha;
use plan::Plan;
use run::Run;
use users::UserDatabase;

/// Report that `--save` writes.
const RESULTS: &str = "bench/RESULTS.md";

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub(crate) struct BenchArgs {
    /// Check in a few minutes that everything can be measured; the results are not representative.
    #[arg(long)]
    quick: bool,
    /// Also write the results to bench/RESULTS.md.
    #[arg(long, conflicts_with = "quick")]
    save: bool,
}

/// Runs all measurements and prints the report. A missed target is not an error; a measurement that fails is.
pub(crate) fn bench(workspace: &Workspace, args: &BenchArgs) -> Result<()> {
    let plan = Plan::read(workspace)?;
    let size = if args.quick { &plan.quick } else { &plan.full };
    let folder = workspace.cache().join("bench");
    let _alone = refresh::lock(&folder)?;
    let oha = Oha::install(workspace)?;
    let program = Program::build(workspace, Mode::Release, &folder)?;
    // The names of cookies have the port of the panel's address: all servers of the run share one.
    let program = program.with("PUBLIC_URL", "http://127.0.0.1:3000");
    let url = database::url(workspace)?;
    let users = UserDatabase::ready(workspace, &program, &url, &plan.users, size)?;
    let run = Run {
        workspace,
        plan: &plan,
        size,
        folder: &folder,
        oha,
        program,
        url: users.database.url(),
        users,
    };
    let text = run.results()?.text(&plan);
    println!("\n{text}");
    if args.save {
        fs::write(workspace.root.join(RESULTS), text)?;
    }
    Ok(())
}
