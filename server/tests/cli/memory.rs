//! The largest rows that are accepted, which must not fill the memory of a server, whatever is requested of them.

use std::io::Read;

use serde_json::Value;
use sqlx::PgPool;

use crate::{
    server::Server,
    support::{Cli, cli},
};

/// Maximum memory of the process of a server at any time, in KiB.
const PEAK_MAX: u64 = 256 * 1024;

/// Name of the session cookie: the panel of the tests is reached over https.
const COOKIE: &str = "__Host-session_token";

/// Data of Ada, each as large as possible. Some of the contents are one long text and some are many small values, for which a
/// tree takes a hundred times the memory of the text. The audit log has entries of today, and those of a version that did not cut
/// them.
const LARGEST: &str = r#"
    update users set
        profile = (select jsonb_object_agg('k' || n, repeat('x', 60)) from generate_series(1, 110) n),
        notification_preferences = (select jsonb_build_object('a', jsonb_agg('{}'::jsonb)) from generate_series(1, 999));
    insert into personas (id, user_id, name, role, information_need, details)
    select uuid_v7(now()), id, repeat('n', 200), repeat('r', 200), repeat('𝄞', 10000), repeat('𝄞', 10000)
    from users, generate_series(1, 300) where username = 'ada';
    insert into ontologies (id, persona_id, user_id, name, content)
    select uuid_v7(now()), id, user_id, 'Large', jsonb_build_object('a', repeat('x', 1048000))
    from (select * from personas order by id limit 60) p;
    insert into annotations (id, persona_id, user_id, video_id, label, content)
    select uuid_v7(now()), p.id, p.user_id, 'v', 'l', case
            when n % 2 = 0 then jsonb_build_object('a', repeat('x', 1048000))
            else (select jsonb_build_object('a', jsonb_agg(jsonb_build_object('', m))) from generate_series(1, 24999) m)
        end
    from (select * from personas order by id limit 1) p, generate_series(1, 120) n;
    insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes)
    select now(), id, 'ada', 'self', 'persona.updated', 'user', id, 'ada', jsonb_build_object('profile', jsonb_build_array(
            null, (select jsonb_agg(jsonb_build_object('', 1)) from generate_series(1, 350))
        ))
    from users, generate_series(1, 1500) where username = 'ada';
    insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes)
    select now(), id, 'ada', 'self', 'persona.updated', 'user', id, 'ada', jsonb_build_object('details', jsonb_build_array(
            repeat('𝄞', 10000), repeat('x', 40000)
        ))
    from users, generate_series(1, 1000) where username = 'ada'
"#;

/// The largest rows of every other list: sessions, access tokens, API keys, registrations, deleted users, invitations, jobs.
const OTHERS: &str = r#"
    insert into sessions (id, token_hash, user_id, ip, user_agent, device, created_at, last_seen_at, idle_expires_at, expires_at)
    select uuid_v7(now()), sha256(convert_to(n::text, 'UTF8')), id, '2001:db8::1', repeat('𝄞', 512), repeat('𝄞', 100), now(), now(),
        now() + interval '1 hour', now() + interval '1 day'
    from users, generate_series(1, 1500) n where username = 'ada';
    insert into access_tokens (id, user_id, name, prefix, token_hash, scopes, last_used_ip, last_used_at, created_at)
    select uuid_v7(now()), id, repeat('𝄞', 100), repeat('p', 20), sha256(convert_to(n::text, 'UTF8')),
        '{account,users:read,users:write,audit:read,sessions:read,sessions:write}', '2001:db8::1', now(), now()
    from users, generate_series(1, 1500) n where username = 'ada';
    insert into api_keys (id, user_id, provider, name, ciphertext, nonce, key_version, last4, created_at, updated_at)
    select uuid_v7(now()), case when n % 2 = 0 then id end, 'P' || lpad(n::text, 39, '0'), repeat('𝄞', 100),
        decode(repeat('00', 10000), 'hex'), decode(repeat('00', 24), 'hex'), 1, '𝄞𝄞𝄞𝄞', now(), now()
    from users, generate_series(1, 3000) n where username = 'ada';
    insert into users (
        id, username, display_name, unverified_email, registered_from, status, suspended_reason, created_via, created_at, updated_at,
        deleted_at, purge_after, profile
    )
    select uuid_v7(now()), 'u' || lpad(n::text, 49, '0'), repeat('𝄞', 100), repeat('x', 240) || '@x.org', '2001:db8::1',
        case when n <= 1500 then 'pending' else 'suspended' end, case when n > 1500 then repeat('𝄞', 500) end, 'registration', now(),
        now(), case when n > 1500 then now() end, case when n > 1500 then now() + interval '30 days' end,
        (select jsonb_object_agg('k' || m, repeat('x', 60)) from generate_series(1, 110) m)
    from generate_series(1, 3000) n;
    insert into one_time_links (id, kind, token_hash, preset, max_uses, created_by, created_at, expires_at)
    select uuid_v7(now()), 'invitation', sha256(convert_to(n::text, 'UTF8')),
        jsonb_build_object('role_ids', (select jsonb_agg(r.id) from roles r where r.name in ('admin', 'user')),
            'note', repeat('𝄞', 500)), 1000, id, now(),
        now() + interval '1 day'
    from users, generate_series(1, 1500) n where username = 'ada';
    insert into jobs (id, kind, params, state, error, total, created_at, started_at, finished_at)
    select uuid_v7(now()), 'purge', jsonb_build_object('user_id', gen_random_uuid(), 'username', repeat('u', 50)), 'failed',
        repeat('𝄞', 500), 1000000, now(), now(), now()
    from generate_series(1, 1500)
"#;

/// Starts a session of an admin, and returns its cookie.
async fn session(pool: &PgPool) -> String {
    let cookie = tower_sessions::session::Id::default().to_string();
    sqlx::query(
        "insert into sessions (id, token_hash, user_id, created_at, last_seen_at, idle_expires_at, expires_at)
        select uuid_v7(now()), sha256(convert_to($1, 'UTF8')), id, now(), now(), now() + interval '1 hour', now() + interval '1 day'
        from users where username = 'ada'",
    )
    .bind(&cookie)
    .execute(pool)
    .await
    .unwrap();
    cookie
}

/// Reads a response to its end, and returns the address of the next page and the number of bytes.
fn read(server: &Server, cookie: &str, path: &str) -> (Option<String>, u64) {
    let request = ureq::get(format!("{}{path}", server.url));
    let cookie = format!("{COOKIE}={cookie}");
    let request = request.header("cookie", &cookie);
    // As from a page of the panel: an export needs to know its site.
    let answer = request.header("sec-fetch-site", "same-origin").call();
    let mut answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
    let links = answer.headers().get("link");
    let links = links
        .and_then(|links| links.to_str().ok())
        .unwrap_or_default();
    let next = links
        .split(", ")
        .find(|link| link.ends_with("rel=\"next\""));
    let next = next
        .and_then(|link| link.split(['<', '>']).nth(1))
        .map(str::to_owned);
    let mut body = answer.body_mut().as_reader();
    let (mut piece, mut bytes) = (vec![0; 64 * 1024], 0);
    loop {
        match body
            .read(&mut piece)
            .unwrap_or_else(|error| panic!("{path} after {bytes} bytes: {error}"))
        {
            0 => return (next, bytes),
            read => bytes += u64::try_from(read).unwrap(),
        }
    }
}

/// Returns every other list, and the requests that pages send once they are loaded, with the number of pages.
fn others(user: &str) -> impl Iterator<Item = (String, usize)> {
    let lists = [
        "/api/admin/sessions",
        "/api/admin/tokens",
        "/api/admin/jobs",
        "/api/admin/users",
        "/api/admin/registrations",
        "/api/admin/invitations",
    ];
    let lists = lists.map(|path| (format!("{path}?limit=1000"), 2));
    let pages = [
        "/api/admin/users?limit=1000&deleted=true",
        "/api/sessions",
        "/api/tokens",
        "/api/api-keys",
        "/api/admin/api-keys",
        "/sessions?limit=100",
        "/tokens?limit=100",
        "/keys",
        "/registrations",
        "/registrations/invitations",
        "/settings/jobs?limit=100",
        "/users?limit=100&deleted=true",
        "/sfn/overview",
        "/sfn/users",
        "/sfn/sessions",
        "/sfn/audit",
        "/sfn/jobs",
        "/sfn/registrations",
        "/sfn/invitations",
        "/sfn/keys?owner=system",
        "/sfn/tokens",
        "/sfn/account",
        "/sfn/account-sessions",
        "/sfn/account-tokens",
        "/sfn/user?user=ada",
    ];
    let pages = pages.map(|path| (path.to_owned(), 1));
    let functions = ["sessions", "keys", "tokens", "data", "history", "deletion"];
    let functions = functions.map(|name| (format!("/sfn/user-{name}?id={user}"), 1));
    let of_user =
        ["sessions", "api-keys"].map(|name| (format!("/api/admin/users/{user}/{name}"), 1));
    let all = lists
        .into_iter()
        .chain(pages)
        .chain(functions)
        .chain(of_user);
    all.collect::<Vec<_>>().into_iter()
}

#[testing::test]
async fn largest_rows_do_not_exhaust_memory(pool: PgPool) {
    let cli: Cli = cli(&pool);
    cli.create_admin("ada");
    cli.prepare("update users set must_change_password = false")
        .await;
    cli.prepare(LARGEST).await;
    cli.prepare(OTHERS).await;
    let cookie = session(&pool).await;
    let ids: (String, String) = sqlx::query_as(
        "select u.id::text, p.id::text from users u join personas p on p.user_id = u.id order by p.id limit 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let (user, persona) = (ids.0, ids.1);
    let server = Server::start(&cli);
    let mut least = u64::MAX;
    for (path, pages) in [
        ("/login".to_owned(), 1),
        ("/api/admin/users?limit=1000".to_owned(), 1),
        (
            format!("/api/personas/{persona}/annotations?limit=1000"),
            60,
        ),
        (
            format!("/api/admin/personas/{persona}/annotations?limit=1000"),
            60,
        ),
        ("/api/personas?limit=1000".to_owned(), 12),
        (format!("/api/admin/users/{user}/personas?limit=1000"), 12),
        (format!("/api/personas/{persona}/ontology"), 1),
        (format!("/api/admin/users/{user}"), 1),
        (format!("/api/admin/users/{user}/history"), 3),
        ("/api/admin/audit?limit=1000".to_owned(), 10),
        ("/api/admin/audit/export?format=csv".to_owned(), 1),
        ("/api/admin/audit/export?format=ndjson".to_owned(), 1),
        (format!("/api/admin/users/{user}/export"), 1),
        ("/api/user/export".to_owned(), 1),
        ("/audit?limit=100".to_owned(), 1),
        ("/users".to_owned(), 1),
        ("/users/ada".to_owned(), 1),
        ("/users/ada/history".to_owned(), 1),
        ("/users/ada/data".to_owned(), 1),
        ("/overview".to_owned(), 1),
        ("/account".to_owned(), 1),
    ]
    .into_iter()
    .chain(others(&user))
    {
        let mut next = Some(path.clone());
        let mut read_pages = 0;
        while let Some(page) = next.filter(|_| read_pages < pages) {
            let (after, bytes) = read(&server, &cookie, &page);
            read_pages += 1;
            next = after;
            let peak = server.peak_kib();
            least = least.min(peak);
            assert!(
                peak < PEAK_MAX,
                "{peak} KiB after page {read_pages} of {path}, of {bytes} bytes; {least} KiB at first"
            );
        }
        // No page is empty: each has at least its first row.
        assert!(read_pages > 0, "{path}");
    }
}

#[testing::test]
async fn page_limited_by_bytes_links_to_the_next(pool: PgPool) {
    let cli: Cli = cli(&pool);
    cli.create_admin("ada");
    cli.prepare("update users set must_change_password = false")
        .await;
    cli.prepare(LARGEST).await;
    let cookie = session(&pool).await;
    let persona: String = sqlx::query_scalar("select id::text from personas order by id limit 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    let server = Server::start(&cli);
    for (path, rows, most) in [
        (
            format!("/api/personas/{persona}/annotations?limit=1000"),
            120,
            4 << 20,
        ),
        ("/api/personas?limit=1000".to_owned(), 300, 4 << 20),
        (
            "/api/admin/audit?limit=1000&action=persona.updated".to_owned(),
            2_500,
            2 << 20,
        ),
    ] {
        let (mut next, mut seen, mut pages) = (Some(path.clone()), Vec::new(), 0);
        while let Some(page) = next {
            let url = format!("{}{page}", server.url);
            let request = ureq::get(url).header("cookie", format!("{COOKIE}={cookie}"));
            let mut answer = request.call().unwrap();
            let links = answer
                .headers()
                .get("link")
                .map(|links| links.to_str().unwrap().to_owned());
            let text = answer
                .body_mut()
                .with_config()
                .limit(64 << 20)
                .read_to_string()
                .unwrap();
            assert!(text.len() < most, "{} bytes of {page}", text.len());
            let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
            assert!(!rows.is_empty(), "{page}");
            seen.extend(rows.iter().map(|row| row["id"].to_string()));
            let links = links.unwrap_or_default();
            let link = links
                .split(", ")
                .find(|link| link.ends_with("rel=\"next\""));
            next = link
                .and_then(|link| link.split(['<', '>']).nth(1))
                .map(str::to_owned);
            pages += 1;
        }
        assert_eq!(seen.len(), rows, "{path}");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), rows, "{path}");
        assert!(pages > 1, "{path}");
    }
}
