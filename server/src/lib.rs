//! The server and the command line. The binary only calls [`cli::run`]; the tests build the [`router`] in the same way.

mod assets;
pub mod cli;
mod compat;
mod config;
mod connections;
mod cookies;
mod documentation;
mod error_page;
mod failure;
mod fingerprint;
mod forms;
mod language;
mod limits;
mod logging;
mod metrics;
mod middleware;
mod output;
mod proxies;
mod render;
mod route;
pub mod router;
mod serve;
mod state;

pub use limits::Limits;
pub use proxies::TrustedProxies;
