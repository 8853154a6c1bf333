//! The `rollcall` binary.

use std::process::ExitCode;

/// Gives the memory of a password hash back to the system at once, which the usual one keeps.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::run()
}
