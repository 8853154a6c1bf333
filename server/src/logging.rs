//! Logs to standard error: text for operators, JSON for programs.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter,
    filter::{FilterFn, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    config::{Config, LogFormat},
    failure::BoxError,
};

/// Log targets of the packages of this workspace.
const OWN: [&str; 5] = ["app", "db", "rollcall", "server", "service"];

/// Starts logging.
pub(crate) fn start(config: &Config) -> Result<(), BoxError> {
    let filter = EnvFilter::try_new(&config.log_level).map_err(|error| {
        format!("LOG_LEVEL is not valid: {error}. Use error, warn, info, debug or trace.")
    })?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // The library reports its own errors with a macro that panics when standard error is closed.
        .log_internal_errors(false)
        .with_target(false);
    // On a terminal the library follows NO_COLOR.
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

/// Drops the traces of other packages, whatever level is set: they contain full URLs, some of them with the token of a link,
/// which lets a reader of the log choose the password of its user. Drops also all messages of `tower_sessions_core`, which calls
/// the cookie of every session that has ended suspicious.
fn without_secrets() -> FilterFn<impl Fn(&Metadata<'_>) -> bool> {
    filter_fn(|metadata| {
        let package = metadata.target().split("::").next().unwrap_or_default();
        package != "tower_sessions_core" && *metadata.level() != Level::TRACE
            || OWN.contains(&package)
    })
}
