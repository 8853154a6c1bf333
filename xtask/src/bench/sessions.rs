//! Cost of revoking many sessions, and memory of the panels that watch sessions.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{
    client::{Client, USER_AGENT},
    server::memory,
    users::UserDatabase,
};
use crate::server::Server;

/// Number of sessions that are revoked at once.
pub(super) const REVOKED: u64 = 1_000;
/// Number of panels that watch at once.
pub(super) const PANELS: usize = 200;
/// Number of panels per user; the server allows no more.
const PER_ACCOUNT: usize = 8;
/// Timeout for the first data of an event stream.
const PATIENCE: Duration = Duration::from_secs(30);

/// Results of the measurement.
pub(super) struct Sessions {
    /// Time from the request to revoke [`REVOKED`] sessions to its response.
    pub(super) revocation: Duration,
    /// Memory in bytes that the server holds in addition while [`PANELS`] panels watch.
    pub(super) panels: u64,
}

/// Measures revocation and memory.
pub(super) fn measure(server: &Server, users: &UserDatabase<'_>, cookie: &str) -> Result<Sessions> {
    let client = Client::new(&server.base, Some(cookie));
    let revocation = revoke(&client, users)?;
    let watchers = watchers(users, cookie)?;
    let before = memory(server)?.now;
    let panels = watch(server, &watchers)?;
    let after = memory(server)?.now;
    drop(panels);
    Ok(Sessions {
        revocation,
        panels: after.saturating_sub(before),
    })
}

/// Revokes all sessions of a user with [`REVOKED`] sessions.
fn revoke(client: &Client, users: &UserDatabase<'_>) -> Result<Duration> {
    let Some(user) = users.accounts.first() else {
        bail!("no user can sign in");
    };
    users.database.query(&format!(
        "update sessions set ended_at = now(), ended_reason = 'logout'
        where ended_at is null and user_id = (select id from users where username = '{user}')"
    ))?;
    users.database.query(&format!(
        "insert into sessions (
            id, token_hash, user_id, user_agent, device, created_at, last_seen_at, idle_expires_at, expires_at
        )
        select uuid_v7(now()), uuid_send(gen_random_uuid()), id, '{USER_AGENT}', 'Unknown device', now(), now(),
            now() + interval '1 day', now() + interval '1 day'
        from users, generate_series(1, {REVOKED}) where username = '{user}'"
    ))?;
    let body = json!({ "filter": { "user": user }, "expected": REVOKED });
    let started = Instant::now();
    client.post("/api/admin/sessions/revoke", &body)?;
    Ok(started.elapsed())
}

/// Creates the admins whose panels watch, each with a session. Returns their cookies, with the name that `cookie`
/// has.
fn watchers(users: &UserDatabase<'_>, cookie: &str) -> Result<Vec<String>> {
    let (name, _) = cookie.split_once('=').context("the cookie has no name")?;
    let mut cookies = Vec::new();
    for number in 0..PANELS.div_ceil(PER_ACCOUNT) {
        // Base64 of 16 bytes: the last of its 22 characters holds two bits.
        let id = format!("{number:021}A");
        users.database.query(&format!(
            "with person as (
                insert into users (id, username, display_name, created_via, created_at, updated_at)
                values (uuid_v7(now()), 'watcher{number}', 'Watcher', 'cli', now(), now()) returning id
            ),
            admin as (
                insert into user_roles (user_id, role_id, granted_at)
                select p.id, r.id, now() from person p, roles r where r.builtin_kind = 'admin'
            )
            insert into sessions (id, token_hash, user_id, created_at, last_seen_at, idle_expires_at, expires_at)
            select uuid_v7(now()), sha256(convert_to('{id}', 'UTF8')), id, now(), now(), now() + interval '1 day',
                now() + interval '1 day'
            from person"
        ))?;
        cookies.push(format!("{name}={id}"));
    }
    Ok(cookies)
}

/// Opens the event streams; each has sent its first data.
fn watch(server: &Server, cookies: &[String]) -> Result<Vec<TcpStream>> {
    let address = server.base.trim_start_matches("http://");
    let mut panels = Vec::with_capacity(PANELS);
    for cookie in cookies.iter().cycle().take(PANELS) {
        let mut panel = TcpStream::connect(address)?;
        panel.set_read_timeout(Some(PATIENCE))?;
        write!(
            panel,
            "GET /api/admin/sessions/events HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n"
        )?;
        let mut status = String::new();
        BufReader::new(panel.try_clone()?)
            .read_line(&mut status)
            .context("an event stream got no response")?;
        if !status.contains(" 200 ") {
            bail!("an event stream was denied: {status}");
        }
        panels.push(panel);
    }
    Ok(panels)
}
