//! The benchmarks: lists of a million people through HTTP, and the same SQL without it as the floor.
//! `bench/README.md` tells what is measured and how.

mod client;
mod deletion;
mod figure;
mod figures;
mod floor;
mod machine;
mod oha;
mod people;
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
mod work;

use std::fs;

use anyhow::Result;
use clap::Args;

use crate::{build::Mode, database, program::Program, refresh, workspace::Workspace};
use oha::Oha;
use people::People;
use plan::Plan;
use run::Run;

/// Where `--save` puts the results.
const RESULTS: &str = "bench/RESULTS.md";

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
    let program = Program::build(workspace, Mode::Release, &folder)?;
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
