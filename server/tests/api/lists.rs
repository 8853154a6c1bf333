//! Every list of the API, page by page: each row is on one page, in the order of the whole list, in both directions. Every
//! list of the panel, page by page: its pager leads to both neighbours.

use sqlx::PgPool;

use crate::support::{Answer, App, add_user, app, html::elements, session};

/// Rows of each list, many of them with equal values in its order.
const SEED: &str = "
    insert into users (id, username, display_name, status, created_via, created_at, updated_at)
    select uuid_v7(created), 'user-' || n, 'Name ' || n % 3, case when n <= 14 or n >= 25 then 'pending' else 'active' end,
        'registration', created, created
    from generate_series(1, 34) n, lateral (select now() - (n / 2) * interval '1 minute' as created) m;
    update users set deleted_at = now() - (number % 3) * interval '1 minute'
    where username in (select 'user-' || n from generate_series(25, 34) n);
    insert into sessions (
        id, token_hash, user_id, ip, created_at, last_seen_at, idle_expires_at, expires_at, ended_at, ended_reason
    )
    select gen_random_uuid(), sha256((u.username || n)::bytea), u.id, '192.0.2.1',
        now() - (2 + n % 2) * interval '1 hour', now() - (5 + n % 3) * interval '1 minute', now() + interval '1 day',
        now() + interval '2 days', case n % 4 when 0 then now() - (n % 3) * interval '1 minute' end,
        case n % 4 when 0 then 'revoked' end
    from users u, generate_series(1, 16) n where u.username in ('user-20', 'user-21');
    insert into access_tokens (id, user_id, name, prefix, token_hash, scopes, created_at)
    select uuid_v7(now()), u.id, 'Token ' || n, 'rc_' || n, sha256(convert_to('token' || n, 'UTF8')), '{account}', now()
    from users u, generate_series(1, 11) n where u.username = 'ada';
    insert into audit_events (at, actor_label, via, action, target_kind, target_label, changes)
    select now(), 'ada', 'ui', 'user.updated', 'user', 'user-' || n, '{}' from generate_series(1, 11) n;
    insert into jobs (id, kind, params, state, error, total, created_at, finished_at)
    select uuid_v7(now()), 'purge', jsonb_build_object('user_id', gen_random_uuid(), 'username', 'user-' || n), t.state,
        case t.state when 'failed' then 'x' end, 1, now(), case t.state when 'running' then null else now() end
    from generate_series(1, 12) n,
        lateral (select (array['running', 'done', 'failed'])[1 + n % 3] as state) t;
    insert into failed_sign_ins (hour, network, reason, address, tries, last_at)
    select now(), ('192.0.2.' || n)::inet, 'unknown_username', ('192.0.2.' || n)::inet, n,
        now() - (n / 3) * interval '1 minute'
    from generate_series(1, 11) n;
    insert into one_time_links (id, kind, token_hash, preset, max_uses, created_by, created_at, expires_at)
    select uuid_v7(now()), 'invitation', sha256(convert_to('invitation' || n, 'UTF8')),
        jsonb_build_object('roles', jsonb_build_array('user'), 'days', 7, 'note', 'n' || n), 1, u.id, now(),
        now() + interval '1 day'
    from users u, generate_series(1, 11) n where u.username = 'ada'";

const LISTS: [&str; 22] = [
    "/api/admin/users?q=",
    "/api/admin/users?sort=name",
    "/api/admin/users?sort=-status",
    "/api/admin/users?sort=role",
    "/api/admin/users?sort=-last-login",
    "/api/admin/users?q=user",
    "/api/admin/users?deleted=true",
    "/api/admin/sessions?sort=-created",
    "/api/admin/sessions?sort=seen",
    "/api/admin/sessions?ended=true",
    "/api/admin/sessions/failed?by=address",
    "/api/admin/tokens?user=ada",
    "/api/admin/jobs?state=",
    "/api/admin/audit?via=ui",
    "/api/admin/registrations?",
    "/api/admin/registrations?sort=-created",
    "/api/admin/registrations?sort=name",
    "/api/admin/registrations?sort=-username",
    "/api/admin/registrations?sort=email",
    "/api/admin/registrations?q=name",
    "/api/admin/registrations?state=rejected",
    "/api/admin/invitations?",
];

/// Rows of the lists of groups, clients and resources.
const SEED_OF_ACCESS: &str = "
    insert into groups (id, name, created_at, updated_at)
    select ('00000000-0000-7000-8000-0000000000' || lpad(n::text, 2, '0'))::uuid, 'Group ' || n, now(), now()
    from generate_series(1, 11) n;
    insert into group_members (group_id, user_id, added_at)
    select g.id, u.id, now() from groups g, users u where g.name = 'Group 1' or u.username = 'ada';
    insert into clients (name, created_at, updated_at)
    select 'Client ' || n, now(), now() from generate_series(1, 11) n;
    insert into resources (id, kind, external_id, name, owner_id, created_at, updated_at)
    select uuid_v7(now()), 'models', 'm' || n, 'Model', u.id, now(), now()
    from generate_series(1, 11) n, users u where u.username = 'ada';
    insert into conversations (id, user_id, branch, name, started_at, modified_at, cost_nanos)
    select case n when 1 then '00000000-0000-7000-8000-0000000000c1' else uuid_v7(now()) end, u.id, 'branch ' || n % 2, 'Chat',
        now(), now() - (n / 3) * interval '1 minute', n / 2
    from generate_series(1, 11) n, users u where u.username = 'ada';
    insert into conversation_messages (conversation_id, seq, id, role, content, tokens, feedback, at)
    select c.id, n, uuid_v7(now()), 'user', 'Hello', n / 2, '{\"rating\": \"like\"}', c.modified_at
    from conversations c, generate_series(1, 9) n;
    insert into limits (id, group_id, metric, amount, anchor, created_at, updated_at)
    select uuid_v7(now()), id, 'rpm', 10, now(), now(), now() from groups";

/// Lists of groups, clients, resources, conversations and limits.
const LISTS_OF_ACCESS: [&str; 16] = [
    "/api/admin/groups?q=",
    "/api/admin/groups?q=GROUP",
    "/api/admin/groups/00000000-0000-7000-8000-000000000001/members?",
    "/api/admin/clients?q=client",
    "/api/admin/resources?kind=models",
    "/api/admin/resources?q=mod",
    "/api/access/resources?kind=models",
    "/api/conversations?",
    "/api/conversations/00000000-0000-7000-8000-0000000000c1/messages?",
    "/api/admin/conversations?sort=",
    "/api/admin/conversations?sort=created&user=ada",
    "/api/admin/conversations?sort=-tokens&branch=BRANCH",
    "/api/admin/conversations?sort=cost&feedback=likes",
    "/api/admin/conversations?min_cost=0&from=7d",
    "/api/admin/conversations/00000000-0000-7000-8000-0000000000c1/messages?",
    "/api/admin/limits?metric=rpm",
];

/// Lists of the panel.
const SCREENS: [&str; 19] = [
    "/users?q=",
    "/users?deleted=true",
    "/sessions?sort=",
    "/sessions?ended=true",
    "/sessions/failed?by=address",
    "/tokens?user=",
    "/audit?via=",
    "/settings/jobs?state=",
    "/registrations?",
    "/registrations?q=user&sort=-name",
    "/registrations?state=rejected",
    "/registrations/invitations?",
    "/groups?q=group",
    "/groups/00000000-0000-7000-8000-000000000001?",
    "/clients?q=client",
    "/resources?kind=models",
    "/conversations?sort=-tokens",
    "/conversations/00000000-0000-7000-8000-0000000000c1?",
    "/limits?metric=rpm",
];

/// Maximum number of pages of one list.
const PAGES_MAX: usize = 50;

fn rows(page: &Answer) -> Vec<String> {
    let rows = page.json();
    let rows = rows.as_array().unwrap().iter();
    rows.map(ToString::to_string).collect()
}

/// Returns the address of a neighbouring page.
fn neighbour(page: &Answer, rel: &str) -> Option<String> {
    let end = format!("rel=\"{rel}\"");
    let mut links = page.header("link").split(", ");
    let link = links.find(|link| link.ends_with(&end))?;
    link.split(['<', '>']).nth(1).map(str::to_owned)
}

/// Reads a page and all that follow in a direction. Returns the rows of each, and the address of the last one.
async fn follow(app: &App, session: &str, start: String, rel: &str) -> (Vec<Vec<String>>, String) {
    let (mut pages, mut address) = (Vec::new(), start);
    loop {
        let page = app.get_as(session, &address).await;
        assert_eq!(page.status, 200, "{address}: {}", page.body);
        pages.push(rows(&page));
        match neighbour(&page, rel) {
            Some(next) => address = next,
            None => return (pages, address),
        }
        assert!(pages.len() < PAGES_MAX, "{address}: no end");
    }
}

#[testing::test]
async fn pages_have_each_row_once_in_order(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    app.run(SEED).await;
    app.run(SEED_OF_ACCESS).await;
    for list in LISTS.into_iter().chain(LISTS_OF_ACCESS) {
        let page = app.get_as(&ada, &format!("{list}&limit=1000")).await;
        let whole = rows(&page);
        assert!(whole.len() > 7, "{list}: {}", page.body);
        assert_eq!(page.header("link"), "", "{list}");
        assert_eq!(
            page.header("x-total-count"),
            whole.len().to_string(),
            "{list}"
        );
        for limit in [2, 5] {
            let start = format!("{list}&limit={limit}");
            let (forth, last) = follow(&app, &ada, start, "next").await;
            assert_eq!(forth.concat(), whole, "{list} by {limit}");
            let is_full = |page: &Vec<String>| page.len() == limit;
            assert!(forth.iter().rev().skip(1).all(is_full), "{list} by {limit}");
            let (mut back, _) = follow(&app, &ada, last, "prev").await;
            back.reverse();
            assert_eq!(back, forth, "{list} by {limit}");
        }
    }
}

/// Returns the address of the neighbouring page to which the pager of a screen leads.
fn step(page: &Answer, rel: &str) -> Option<String> {
    let elements = elements(&page.body);
    let link = elements
        .iter()
        .find(|element| element.attribute("rel") == Some(rel))?;
    link.attribute("href").map(str::to_owned)
}

/// Reads a page of a screen and all that follow in a direction, and checks that each has the control for both directions
/// and the range of its rows. Returns the ranges, and the address of the last page.
async fn leaf(app: &App, session: &str, start: String, rel: &str) -> (Vec<String>, String) {
    let (mut ranges, mut address) = (Vec::new(), start);
    loop {
        let page = app.get_as(session, &address).await;
        assert_eq!(page.status, 200, "{address}: {}", page.body);
        let steps = elements(&page.body)
            .iter()
            .filter(|element| {
                matches!(element.attribute("rel"), Some("next" | "prev"))
                    || (element.name == "span"
                        && element.attribute("aria-disabled") == Some("true"))
            })
            .count();
        assert_eq!(steps, 2, "{address}: {}", page.body);
        let range = page.body.split("class=\"pager-count\"").nth(1);
        let range = range.and_then(|rest| rest.split("<b>").nth(1)?.split("</b>").next());
        ranges.push(range.unwrap_or_default().to_owned());
        match step(&page, rel) {
            Some(next) => address = next,
            None => return (ranges, address),
        }
        assert!(ranges.len() < PAGES_MAX, "{address}: no end");
    }
}

#[testing::test]
async fn pagers_of_screens_lead_both_ways(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    app.run(SEED).await;
    app.run(SEED_OF_ACCESS).await;
    for screen in SCREENS {
        let start = format!("{screen}&limit=5");
        let (forth, last) = leaf(&app, &ada, start, "next").await;
        assert!(forth.len() > 1, "{screen}: {forth:?}");
        assert_eq!(
            forth.first().map(String::as_str),
            Some("1–5<!>"),
            "{screen}"
        );
        let (mut back, _) = leaf(&app, &ada, last, "prev").await;
        back.reverse();
        assert_eq!(back, forth, "{screen}");
    }
}
