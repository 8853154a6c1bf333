//! Compiles the crate again when a migration is added, which `sqlx::migrate!` does not notice.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
