//! Logs to standard error: text for people, JSON for programs.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter,
    filter::{FilterFn, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    cli::Failure,
    config::{Config, LogFormat},
};

/// What our packages call themselves in what they log.
const OWN: [&str; 5] = ["app", "db", "rollcall", "server", "service"];

/// Begins to log.
pub(crate) fn start(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log_level).map_err(|error| {
        format!("LOG_LEVEL is not understood: {error}. Use error, warn, info, debug or trace.")
    })?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // They are written to standard error by a macro that panics when that is closed.
        .log_internal_errors(false)
        .with_target(false);
    // On a terminal it is for NO_COLOR to say, which the library reads.
    let logs = if std::io::stderr().is_terminal() {
        logs
    } else {
        logs.with_ansi(false)
    };
    match config.log_format {
        LogFormat::Text => logs.finish().with(without_secrets()).init(),
        LogFormat::Json => {
            let logs = logs.json().flatten_event(true);
            logs.finish().with(without_secrets()).init();
        }
    }
    Ok(())
}

/// Leaves out what other packages trace, whatever level is set: they write whole addresses of requests, and in some addresses
/// is the token of a link, with which a reader of the log could choose the password of its user. Nor is it told of every cookie
/// of an ended session that it is suspicious.
fn without_secrets() -> FilterFn<impl Fn(&Metadata<'_>) -> bool> {
    filter_fn(|metadata| {
        let package = metadata.target().split("::").next().unwrap_or_default();
        package != "tower_sessions_core" && *metadata.level() != Level::TRACE
            || OWN.contains(&package)
    })
}
