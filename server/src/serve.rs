//! The server process: listening, housekeeping, and a shutdown that loses no request.

use std::time::Duration;

use app::shell::Assets;
use secrecy::ExposeSecret;
use service::{
    Error, Services, failed_sign_ins, housekeeping, last_seen, registrations, sessions, setup,
    users,
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{
    config::Config,
    connections::{self, Capacity, Listener},
    failure::BoxError,
    limits::Limits,
    metrics,
    output::{ignore_closed_pipe, say},
    router,
};

/// Interval of housekeeping, which ends what has expired and removes old data.
const HOUSEKEEPING: Duration = Duration::from_secs(30);
/// Maximum time for open requests to finish after the signal.
const GRACE: Duration = Duration::from_secs(30);

/// Serves until the process receives a signal to stop.
pub(crate) async fn run(
    config: Config,
    services: Services,
    assets: Assets,
) -> Result<(), BoxError> {
    let listener = Listener::bind(config.listen).await.map_err(|error| {
        format!(
            "Cannot listen on {}: {error}. Choose another LEPTOS_SITE_ADDR.",
            config.listen
        )
    })?;
    let limits = Limits::per_minute(config.api_rate_limit);
    let site = router::Site {
        trusted_proxies: config.trusted_proxies.clone(),
        limits: limits.clone(),
        root: config.site_root.clone(),
    };
    let app = router::build(&site, services.clone(), assets);
    if let Err(error) = housekeeping::prepare(&services).await {
        tracing::warn!(%error, "cannot create a partition of the audit log; retrying");
    }
    let (stop, stopped) = watch::channel(false);
    let measured = match config.metrics {
        Some(address) => Some(metrics::serve(address, services.clone(), stopped.clone()).await?),
        None => None,
    };
    // The server runs without a reader of its output.
    ignore_closed_pipe(announce(&config, &services).await)?;
    let housekeeper = tokio::spawn(run_housekeeping(services.clone(), limits, stopped.clone()));
    let seen = tokio::spawn(note_seen(services.clone(), stopped.clone()));
    let failed = tokio::spawn(note_failed(services.clone(), stopped.clone()));
    let watchers = tokio::spawn(notify_watchers(services.clone(), stopped.clone()));
    let deleted = tokio::spawn(purge_deleted(services.clone(), stopped.clone()));
    let capacity = Capacity::of_process(config.pool.max_connections);
    let proxies = config.trusted_proxies.clone();
    let server = tokio::spawn(connections::serve(
        listener, app, capacity, proxies, stopped,
    ));
    wait_for_signal().await?;
    tracing::info!("stopping: finishing open requests, accepting no new ones");
    stop.send_replace(true);
    // Event streams would hold their connections open without limit.
    services.live.stop();
    if tokio::time::timeout(GRACE, server).await.is_err() {
        tracing::warn!("some connections did not finish in time and were closed");
    }
    housekeeper.await?;
    seen.await?;
    failed.await?;
    watchers.await?;
    deleted.await?;
    if let Some(measured) = measured {
        measured.await?;
    }
    // The last requests have noted data that is still in memory.
    if let Err(error) = last_seen::write(&services).await {
        tracing::warn!(%error, "cannot save when sessions were last seen");
    }
    if let Err(error) = failed_sign_ins::write(&services).await {
        tracing::warn!(%error, "cannot save the latest failed sign-ins; they are in the log only");
    }
    Ok(())
}

async fn announce(config: &Config, services: &Services) -> Result<(), BoxError> {
    say(&format!("Rollcall is listening on {}", config.public_url))?;
    if let Some(warning) = config.settings.guess_warning() {
        tracing::warn!("{warning}");
    }
    match setup::create_link(services).await {
        Ok(token) => say(&format!(
            "There is no admin yet. Open this link within 1 hour to create one:\n{}/setup/{}",
            config.public_url,
            token.expose_secret()
        )),
        Err(Error::Conflict(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn run_housekeeping(services: Services, limits: Limits, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {
                limits.forget();
                warn(housekeeping::run(&services).await, "housekeeping");
            }
            _ = stopped.changed() => return,
        }
    }
}

/// Writes the times at which sessions were last seen, at intervals.
async fn note_seen(services: Services, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(last_seen::EVERY) => {
                warn(last_seen::write(&services).await, "saving when sessions were last seen");
            }
            _ = stopped.changed() => return,
        }
    }
}

/// Writes failed sign-ins, at intervals.
async fn note_failed(services: Services, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(failed_sign_ins::EVERY) => {
                warn(failed_sign_ins::write(&services).await, "saving failed sign-ins");
            }
            _ = stopped.changed() => return,
        }
    }
}

/// Notifies the watchers of sessions of changes.
async fn notify_watchers(services: Services, mut stopped: watch::Receiver<bool>) {
    tokio::select! {
        () = sessions::live::run(&services) => {}
        _ = stopped.changed() => {}
    }
}

/// Resolves unverified email addresses and purges deleted users, at intervals and as soon as there is work. It may be dropped
/// anywhere: unfinished work continues at the next start.
async fn purge_deleted(services: Services, mut stopped: watch::Receiver<bool>) {
    let work = async {
        loop {
            let resolved = registrations::resolve_unverified_emails(&services).await;
            warn(resolved, "resolving unverified email addresses");
            warn(
                users::purge::run(&services).await,
                "permanently deleting users",
            );
            tokio::select! {
                () = tokio::time::sleep(HOUSEKEEPING) => {}
                () = services.work.notified() => {}
            }
        }
    };
    tokio::select! {
        () = work => {}
        _ = stopped.changed() => {}
    }
}

fn warn(done: Result<(), Error>, what: &str) {
    if let Err(error) = done {
        // The message is a sentence for operators; the cause is in the chain of sources.
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::warn!(%error, cause = cause.unwrap_or_default(), "{what} failed; retrying");
    }
}

async fn wait_for_signal() -> Result<(), BoxError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
