//! The `rollcall` binary: the server and the command line.

mod assets;
mod cli;
mod config;
mod error_page;
mod forms;
mod logging;
mod middleware;
mod rest;
mod router;
mod serve;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
