//! The `rollcall` binary.

use std::process::ExitCode;

/// Returns the memory of a password hash to the system at once; the default allocator retains it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::run()
}
