//! Metrics for Prometheus: the duration of requests, connections to the database, and the stored totals of accounts, sessions and
//! jobs. They have an address of their own, so that they cannot be reached through the panel.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use service::Services;
use tokio::{sync::watch, task::JoinHandle, time::sleep};

use crate::{
    connections::{self, Capacity, Listener},
    failure::BoxError,
    proxies::TrustedProxies,
};

const DURATION: &str = "rollcall_http_request_duration_seconds";
const CONNECTIONS: &str = "rollcall_database_connections";
const REACHABLE: &str = "rollcall_database_reachable";
const TOTAL: &str = "rollcall_total";
const JOBS: &str = "rollcall_jobs";
/// Upper bounds of the buckets of durations, in seconds: a page of a list takes a few milliseconds, a password a few dozen, and
/// after fifteen seconds a statement is cancelled.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0,
];
/// Interval at which measurements are aggregated, so that they do not pile up when they are not scraped.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts to measure, and serves the metrics until the server stops.
///
/// # Errors
/// When it cannot listen on the address.
pub(crate) async fn serve(
    address: SocketAddr,
    services: Services,
    stopped: watch::Receiver<bool>,
) -> Result<JoinHandle<()>, BoxError> {
    let handle = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)?
        .install_recorder()?;
    metrics::describe_histogram!(
        DURATION,
        "Duration of requests in seconds, by method, route and status"
    );
    metrics::describe_gauge!(CONNECTIONS, "Database connections, by state");
    metrics::describe_gauge!(REACHABLE, "1 if PostgreSQL is reachable, otherwise 0");
    metrics::describe_gauge!(TOTAL, "Users and active sessions, by kind");
    metrics::describe_gauge!(JOBS, "Unfinished jobs, by state");
    let listener = Listener::bind(address).await.map_err(|error| {
        format!("Cannot listen on {address}: {error}. Choose another METRICS_ADDR.")
    })?;
    let app = Router::new()
        .route("/metrics", get(metrics))
        .with_state((handle.clone(), services));
    Ok(tokio::spawn(async move {
        let proxies = TrustedProxies::default();
        tokio::select! {
            () = connections::serve(listener, app, Capacity::METRICS, proxies, stopped) => {}
            () = tidy(handle) => {}
        }
    }))
}

async fn tidy(handle: PrometheusHandle) {
    loop {
        sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}

/// `GET /metrics`: returns all metrics in the text format of Prometheus.
async fn metrics(State((handle, services)): State<(PrometheusHandle, Services)>) -> Response {
    let idle = services.pool.num_idle();
    let used = (services.pool.size() as usize).saturating_sub(idle);
    metrics::gauge!(CONNECTIONS, "state" => "idle").set(to_f64(idle));
    metrics::gauge!(CONNECTIONS, "state" => "used").set(to_f64(used));
    let totals = service::figures(&services).await;
    metrics::gauge!(REACHABLE).set(if totals.is_ok() { 1.0 } else { 0.0 });
    for (name, value) in totals.unwrap_or_default() {
        let value = usize::try_from(value).unwrap_or_default();
        metrics::gauge!(TOTAL, "of" => name).set(to_f64(value));
    }
    for (state, jobs) in service::jobs::figures(&services).await.unwrap_or_default() {
        let jobs = usize::try_from(jobs).unwrap_or(usize::MAX);
        metrics::gauge!(JOBS, "state" => state.as_str()).set(to_f64(jobs));
    }
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], handle.render()).into_response()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures beyond 2^53 are not reached"
)]
const fn to_f64(count: usize) -> f64 {
    count as f64
}

/// Measures a response. Does nothing when metrics are disabled.
pub(crate) fn count(method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
    // Labels are bounded: a client cannot add a method or a route to them.
    let method = match *method {
        Method::GET | Method::HEAD => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    let route = route.unwrap_or("files").to_owned();
    let status = status.as_str().to_owned();
    metrics::histogram!(DURATION, "method" => method, "route" => route, "status" => status)
        .record(took.as_secs_f64());
}
