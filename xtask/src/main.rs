//! Build driver: builds, runs, tests and checks this repository, for developers and CI.
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
mod dialects;
mod dice;
mod files;
mod fingerprint;
mod fuzz;
mod http1;
mod npm;
mod openapi;
mod passwords;
mod process;
mod program;
mod queries;
mod refresh;
mod report;
mod schema;
mod serve;
mod server;
mod steps;
mod test;
#[cfg(test)]
mod test_folder;
mod texts;
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
    /// Build the browser files and the server.
    Build(BuildArgs),
    /// Build, start a database if none is set, fill an empty one with demo users, and serve.
    Run(ModeArgs),
    /// Build and serve.
    Serve(ModeArgs),
    /// Run all tests, or one part, and print a summary.
    Test(TestArgs),
    /// Check format, lints, dependencies, licences and everything else that needs no test run.
    Check {
        /// Run only the checks whose name contains this text, such as `words`.
        name: Option<String>,
    },
    /// Measure performance and print a table.
    Bench(bench::BenchArgs),
    /// Inject faults into servers and database under load, and verify the data afterwards.
    Chaos(chaos::ChaosArgs),
    /// Test the API with valid and invalid requests generated from its description, and the dialects with altered ones of their clients.
    Fuzz(fuzz::FuzzArgs),
    /// Run the clients of other systems against the dialects of a server.
    Dialects(dialects::DialectsArgs),
    /// Generate the list of common passwords.
    Passwords(passwords::PasswordsArgs),
    /// Update the query metadata in `.sqlx` from the database.
    Sqlx,
    /// Update the description of the schema in `docs/schema.sql` from the migrations.
    Schema,
    /// Update the description of the API in `docs/openapi.json` from the handlers.
    Openapi,
    /// Generate the functions of the texts in `app/locales`, and the tables of the languages.
    Texts,
}

#[derive(Args)]
struct ModeArgs {
    /// Optimise and compress.
    #[arg(long)]
    release: bool,
}

#[derive(Args)]
struct BuildArgs {
    #[command(flatten)]
    mode: ModeArgs,
    /// Build the browser files only.
    #[arg(long, visible_alias = "no-server")]
    frontend: bool,
    /// Build the stylesheet only, beside the wasm of the last build.
    #[arg(long, conflicts_with = "frontend")]
    style: bool,
}

#[derive(Args)]
struct TestArgs {
    /// Run only this part.
    #[arg(long, value_enum)]
    only: Option<test::TestSuite>,
    /// Program that runs the Rust tests.
    #[arg(long, value_enum, default_value_t = test::Runner::Cargo)]
    runner: test::Runner,
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
        Task::Test(args) => return test::test(&workspace, args.only, args.runner),
        Task::Check { name } => return Ok(check::check(&workspace, name.as_deref())),
        Task::Bench(args) => bench::bench(&workspace, args)?,
        Task::Chaos(args) => return chaos::chaos(&workspace, args),
        Task::Fuzz(args) => fuzz::fuzz(&workspace, args)?,
        Task::Dialects(args) => return dialects::dialects(&workspace, args),
        Task::Passwords(args) => passwords::passwords(&workspace, args)?,
        Task::Sqlx => queries::prepare(&workspace)?,
        Task::Schema => schema::write(&workspace)?,
        Task::Openapi => openapi::write(&workspace)?,
        Task::Texts => texts::write(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
