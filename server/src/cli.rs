//! The command line. A command reads the configuration, connects, and calls the same services as the panel; those that look after
//! people, tokens and the record also work on a server, over its API.

mod audit;
mod completions;
mod demo;
mod doctor;
mod fault;
mod input;
mod keys;
mod migrate;
mod openapi;
mod place;
mod remote;
mod rows;
mod serve;
mod setup_link;
mod user;

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand};
use service::{
    Services, exports::Exports, failed_sign_ins::Noted, last_seen::LastSeen, passwords::Hasher,
    sessions::live::Live, time_zones::TimeZones,
};

use crate::config::Config;

/// Looks after the accounts of a self-hosted multi-user application.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    place: place::PlaceArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the panel and the API.
    Serve(serve::Arguments),
    /// Bring the database up to date.
    Migrate,
    /// Print a one-time link that makes the first admin.
    SetupLink,
    User(user::UserArgs),
    Keys(keys::Arguments),
    Token(user::tokens::TokenArgs),
    Audit(audit::AuditArgs),
    Demo(demo::DemoArgs),
    /// Examine the database: schema, statistics, totals, admins.
    Doctor,
    /// Print the description of the API, OpenAPI 3.1.
    Openapi,
    /// Print completions for a shell.
    Completions(completions::Arguments),
}

impl Command {
    /// Whether it works on the database itself alone.
    const fn is_local(&self) -> bool {
        match self {
            Self::Serve(_)
            | Self::Migrate
            | Self::SetupLink
            | Self::Keys(_)
            | Self::Demo(_)
            | Self::Doctor => true,
            Self::User(_)
            | Self::Token(_)
            | Self::Audit(_)
            | Self::Openapi
            | Self::Completions(_) => false,
        }
    }
}

/// A failure as the operator reads it: one sentence.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What the parser of arguments answers too.
const MISUNDERSTOOD: u8 = 2;

/// Runs what was asked for. 0: done. 1: it failed. 2: the command was not understood.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(arguments) {
        Ok(code) => code,
        Err(failure) if is_closed_pipe(&failure) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to tell a failure to write to the terminal to.
            drop(writeln!(io::stderr(), "rollcall: {failure}"));
            match failure.downcast_ref::<fault::Fault>() {
                Some(fault) if fault.is_not_understood() => ExitCode::from(MISUNDERSTOOD),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn dispatch(Arguments { place, command }: Arguments) -> Result<ExitCode, Failure> {
    if command.is_local() {
        place.refuse_server()?;
    }
    match command {
        Command::Completions(arguments) => completions::run(arguments),
        Command::Openapi => openapi::run(),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Migrate => block_on(migrate::run(Config::load()?)),
        Command::SetupLink => block_on(setup_link::run(Config::load()?)),
        Command::User(arguments) => block_on(user::run(place, arguments)),
        Command::Keys(arguments) => block_on(keys::run(Config::load()?, arguments)),
        Command::Token(arguments) => block_on(user::tokens::run(place, arguments)),
        Command::Audit(arguments) => block_on(audit::run(place, arguments)),
        Command::Demo(arguments) => block_on(load_demo(Config::load()?, arguments)),
        Command::Doctor => block_on(doctor::run(Config::load()?)),
    }
}

fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

async fn load_demo(config: Config, arguments: demo::DemoArgs) -> Result<ExitCode, Failure> {
    let services = services(&config).await?;
    service::schema::check(&services).await?;
    demo::run(&arguments, &services).await?;
    Ok(ExitCode::SUCCESS)
}

/// Connects, and prepares what every command needs.
pub(crate) async fn services(config: &Config) -> Result<Services, Failure> {
    Ok(Services {
        pool: service::connect(&config.pool).await?,
        hasher: Hasher::start()?,
        settings: Arc::new(config.settings.clone()),
        last_seen: LastSeen::default(),
        failed_sign_ins: Noted::default(),
        live: Live::default(),
        exports: Exports::default(),
        time_zones: TimeZones::default(),
        work: Arc::default(),
        clock: crate::config::clock,
    })
}

/// Writes a line for the operator to read or a program to take.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Whether a command failed only because its reader has closed the pipe, as `head` does.
fn is_closed_pipe(failure: &Failure) -> bool {
    failure
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Ignores a closed pipe, for a command that goes on without its reader.
pub(crate) fn ignore_closed_pipe(written: Result<(), Failure>) -> Result<(), Failure> {
    match written {
        Err(failure) if is_closed_pipe(&failure) => Ok(()),
        written => written,
    }
}
