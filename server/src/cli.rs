//! The command line. A command reads the configuration, connects to the database, and calls the same services as the panel; the
//! commands for users and their access, access tokens and the audit log also work on a server, over its API.

mod access;
mod audit;
mod backend;
mod client;
mod completions;
mod confirm;
mod conversation;
mod credential;
mod demo;
mod doctor;
mod error;
mod feature;
mod filter_value;
mod group;
mod input;
mod keys;
mod limit;
mod migrate;
mod names;
mod openapi;
mod pages;
mod remote;
mod resource;
mod role;
mod rows;
mod serve;
mod setup_link;
mod start;
mod usage;
mod user;
mod virtual_key;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{config::Config, failure::BoxError, output::is_closed_pipe};
use start::{block_on, services};

/// Manages the user accounts of a self-hosted multi-user application.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    backend: backend::BackendArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the panel and the API.
    Serve(serve::Arguments),
    /// Run pending database migrations.
    Migrate,
    /// Print a one-time link that creates the first admin.
    SetupLink,
    #[command(flatten)]
    Resource(ResourceCommand),
    Keys(keys::Arguments),
    Token(user::tokens::TokenArgs),
    Audit(audit::AuditArgs),
    Demo(demo::DemoArgs),
    /// Check the database: schema, statistics, totals, admins.
    Doctor,
    /// Print the OpenAPI 3.1 document of the API.
    Openapi,
    /// Print shell completions.
    Completions(completions::Arguments),
}

/// Declares commands by the names of their variants: `User` has its arguments in `user::UserArgs`.
macro_rules! commands {
    ($($variant:ident)+) => {
        pastey::paste! {
            // Without a documentation comment: clap would print it as the description of the program.
            #[derive(Debug, Subcommand)]
            enum ResourceCommand { $($variant([<$variant:snake>]::[<$variant Args>]),)+ }

            impl ResourceCommand {
                fn run(self, backend: backend::BackendArgs) -> Result<ExitCode, BoxError> {
                    match self {
                        $(Self::$variant(arguments) => block_on([<$variant:snake>]::run(backend, arguments)),)+
                    }
                }
            }
        }
    };
}

/// Declares the commands of the resources between others.
macro_rules! with_resources {
    ({ [$($before:ident)+] [$($after:ident)+] } $($one:ident $many:ident $actions:tt $object:tt $tag:tt $($icon:ident)?;)+) => {
        commands! { $($before)+ $($one)+ $($after)+ }
    };
}

domain::for_each_resource! { with_resources! { [User] [Access Conversation Limit Usage VirtualKey] } }

impl Command {
    /// Returns whether the command works on the database only, never through a server.
    const fn is_local(&self) -> bool {
        match self {
            Self::Serve(_)
            | Self::Migrate
            | Self::SetupLink
            | Self::Keys(_)
            | Self::Demo(_)
            | Self::Doctor => true,
            Self::Resource(_)
            | Self::Token(_)
            | Self::Audit(_)
            | Self::Openapi
            | Self::Completions(_) => false,
        }
    }
}

/// Exit status for arguments that are not understood, the same as clap's.
const USAGE_ERROR: u8 = 2;

/// Runs the command line. The exit status is 0 on success, 1 on an error, and 2 for arguments that are not understood.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(arguments) {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error cannot be written either, there is nowhere left to report that.
            drop(writeln!(io::stderr(), "rollcall: {error}"));
            match error.downcast_ref::<error::CliError>() {
                Some(error) if error.is_usage_error() => ExitCode::from(USAGE_ERROR),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn dispatch(Arguments { backend, command }: Arguments) -> Result<ExitCode, BoxError> {
    if command.is_local() {
        backend.require_database()?;
    }
    match command {
        Command::Completions(arguments) => completions::run(arguments),
        Command::Openapi => openapi::run(),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Migrate => block_on(migrate::run(Config::load()?)),
        Command::SetupLink => block_on(setup_link::run(Config::load()?)),
        Command::Resource(command) => command.run(backend),
        Command::Keys(arguments) => block_on(keys::run(Config::load()?, arguments)),
        Command::Token(arguments) => block_on(user::tokens::run(backend, arguments)),
        Command::Audit(arguments) => block_on(audit::run(backend, arguments)),
        Command::Demo(arguments) => block_on(load_demo(Config::load()?, arguments)),
        Command::Doctor => block_on(doctor::run(Config::load()?)),
    }
}

async fn load_demo(config: Config, arguments: demo::DemoArgs) -> Result<ExitCode, BoxError> {
    let services = services(&config).await?;
    service::schema::check(&services).await?;
    demo::run(&arguments, &services).await?;
    Ok(ExitCode::SUCCESS)
}
