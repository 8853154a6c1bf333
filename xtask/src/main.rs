//! The build driver: everything that a person or CI does to this repository, in one program.
//!
//! `make help` lists the commands; each make target calls one of these.
#![expect(
    clippy::print_stdout,
    reason = "a command-line program: its report is its output"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a build driver reads its surroundings; the rule is for the product"
)]

mod bench;
mod build;
mod chaos;
mod check;
mod client;
mod cluster;
mod database;
mod files;
mod fingerprint;
mod fuzz;
mod npm;
mod passwords;
mod process;
mod program;
mod queries;
mod refresh;
mod report;
mod serve;
mod server;
mod test;
#[cfg(test)]
mod test_folder;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use build::{Mode, Parts};
use workspace::Workspace;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, runs, tests and checks Rollcall"
)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the browser half and the server.
    Build(BuildArgs),
    /// Start a database if none is set, build, fill an empty database with demo people, serve.
    Run(ModeArgs),
    /// Build and serve.
    Serve(ModeArgs),
    /// Run every test, or one part, and end with one summary.
    Test(TestArgs),
    /// Check format, lints, walls, licences and everything else that needs no test.
    Check,
    /// Measure the product and print a table.
    Bench(bench::BenchArgs),
    /// Break servers and database under load, and look for what is wrong afterwards.
    Chaos(chaos::ChaosArgs),
    /// Ask the API for everything that its description allows, and for what it does not.
    Fuzz(fuzz::FuzzArgs),
    /// Make the list of common passwords again.
    Passwords(passwords::PasswordsArgs),
    /// Record what the database says about every query in `.sqlx`.
    Sqlx,
}

#[derive(Args)]
struct ModeArgs {
    /// Optimise both halves and compress the files.
    #[arg(long)]
    release: bool,
}

#[derive(Args)]
struct BuildArgs {
    #[command(flatten)]
    mode: ModeArgs,
    /// Build what browsers load and leave the server.
    #[arg(long, visible_alias = "no-server")]
    frontend: bool,
    /// Build the stylesheet alone, beside the wasm of the last build.
    #[arg(long, conflicts_with = "frontend")]
    style: bool,
}

#[derive(Args)]
struct TestArgs {
    /// Run this part alone.
    #[arg(long, value_enum)]
    only: Option<test::Part>,
}

impl ModeArgs {
    fn mode(&self) -> Mode {
        if self.release {
            Mode::Release
        } else {
            Mode::Dev
        }
    }
}

impl BuildArgs {
    fn parts(&self) -> Parts {
        if self.style {
            Parts::Style
        } else if self.frontend {
            Parts::Site
        } else {
            Parts::All
        }
    }
}

fn main() -> ExitCode {
    match run(&Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<ExitCode> {
    let workspace = Workspace::open()?;
    match task {
        Task::Build(args) => {
            build::build(&workspace, args.mode.mode(), args.parts())?;
        }
        Task::Run(args) => serve::run(&workspace, args.mode())?,
        Task::Serve(args) => serve::serve(&workspace, args.mode())?,
        Task::Test(args) => return test::test(&workspace, args.only),
        Task::Check => return Ok(check::check(&workspace)),
        Task::Bench(args) => bench::bench(&workspace, args)?,
        Task::Chaos(args) => return chaos::chaos(&workspace, args),
        Task::Fuzz(args) => fuzz::fuzz(&workspace, args)?,
        Task::Passwords(args) => passwords::passwords(&workspace, args)?,
        Task::Sqlx => queries::prepare(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
