//! Compiles the crate again when a migration is added, which `sqlx::migrate!` does not notice.
#![expect(clippy::print_stdout, reason = "cargo reads it")]

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
