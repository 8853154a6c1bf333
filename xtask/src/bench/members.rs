//! Time of a request that changes many members of a group.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use super::{client::Client, users::UserDatabase};
use crate::server::Server;

/// Number of users that a request adds or removes, the most that one can.
pub(super) const CHANGED: u64 = 10_000;

/// Name of the group, which exists during the measurement only.
const GROUP: &str = "Benchmark of members";

/// Results of the measurement.
pub(super) struct Members {
    /// Time from the request to add [`CHANGED`] users, by their names, to its response.
    pub(super) added: Duration,
    /// The same for removing them.
    pub(super) removed: Duration,
}

/// Adds users to a new group and removes them.
pub(super) fn measure(server: &Server, users: &UserDatabase<'_>, cookie: &str) -> Result<Members> {
    let client = Client::new(&server.base, Some(cookie));
    let database = &users.database;
    let delete = format!("delete from groups where name = '{GROUP}'");
    database.query(&delete)?;
    database.query(&format!(
        "insert into groups (id, name, created_at, updated_at) values (uuid_v7(now()), '{GROUP}', now(), now())"
    ))?;
    let id = database.query(&format!("select id from groups where name = '{GROUP}'"))?;
    let names = database.query(&format!(
        "select username from users where deleted_at is null order by id desc limit {CHANGED}"
    ))?;
    let body = json!({ "names": names.lines().collect::<Vec<_>>() });
    let path = format!("/api/admin/groups/{id}/members");
    let time = |path: &str| -> Result<Duration> {
        let started = Instant::now();
        client.post(path, &body)?;
        Ok(started.elapsed())
    };
    let added = time(&path)?;
    let removed = time(&format!("{path}/remove"))?;
    database.query(&delete)?;
    Ok(Members { added, removed })
}
