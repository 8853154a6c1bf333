//! Permanent deletion of a user with many annotations while the list is requested.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use super::{client::Client, users::UserDatabase};

const POLL: Duration = Duration::from_millis(100);
/// Time limit of a deletion; a million annotations take far less.
const LIMIT: Duration = Duration::from_secs(600);

/// Creates a user with this number of annotations and returns the user's id.
pub(super) fn owner(users: &UserDatabase<'_>, annotations: u64) -> Result<String> {
    let id = users.database.query(&format!(
        "with owner as (
            insert into users (id, username, display_name, created_via, created_at, updated_at)
            values (uuid_v7(now()), 'bench-owner-' || extract(epoch from clock_timestamp())::bigint, 'Owner', 'cli', now(), now())
            returning id
        ),
        persona as (
            insert into personas (id, user_id, name) select uuid_v7(now()), id, 'All of it' from owner returning id, user_id
        ),
        annotated as (
            insert into annotations (id, persona_id, user_id, video_id, label)
            select uuid_v7(now()), p.id, p.user_id, 'video', 'label' from persona p, generate_series(1, {annotations})
        )
        select id from owner"
    ))?;
    Ok(id.trim().to_owned())
}

/// Deletes `owner` permanently and runs `work` meanwhile. Returns the result of `work` and the duration of the
/// deletion.
pub(super) fn during<T>(
    client: &Client,
    users: &UserDatabase<'_>,
    owner: &str,
    work: impl FnOnce() -> Result<T>,
) -> Result<(T, Duration)> {
    let started = Instant::now();
    client.delete(&format!("/api/admin/users/{owner}?permanent=true"))?;
    let done = work()?;
    // The server deletes in the background; the row of the user goes last.
    let left = format!("select count(*) from users where id = '{owner}'");
    while users.database.query(&left)?.trim() != "0" {
        if started.elapsed() > LIMIT {
            bail!("the deletion did not finish in time");
        }
        thread::sleep(POLL);
    }
    Ok((done, started.elapsed()))
}
