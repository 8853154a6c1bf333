//! Requests that count against the rate limit.

/// Path for load balancers and monitors: if it were limited, they would take the server for dead.
const HEALTH: &str = "/api/health";

/// Returns whether requests to a path count.
#[must_use]
pub fn counts(path: &str) -> bool {
    path.starts_with("/api/") && path != HEALTH
}
