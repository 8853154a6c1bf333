//! Forms on every page, which follow one rule: an action that cannot be undone asks first, in a dialog that names its object; one
//! that can be undone is executed at once, and the next page offers Undo.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use server::router::form_paths;
use sqlx::PgPool;
use testing::{
    groups::group,
    resources::{grant, resource},
};

use crate::{
    document::tables,
    support::{App, Ask, add_user, app, id_of, session, token},
};

/// The way in which a form follows the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The form is in a dialog.
    Dialog,
    /// The form is a button, and its action can be undone.
    Undo,
    /// The form has input that can be entered again.
    Typed,
    /// Neither is needed, for this reason.
    Exempt(&'static str),
}
use Rule::{Dialog, Exempt, Typed, Undo};

/// Forms that are in no dialog, and those with an action field: the path, with the value of that field. Other forms are in dialogs.
const FORMS: &[(&str, Rule)] = &[
    ("/account", Typed),
    ("/account/keys disable", Undo),
    ("/account/keys enable", Undo),
    ("/account/password", Typed),
    ("/account/preferences", Typed),
    ("/groups/{id} add-manager", Undo),
    ("/groups/{id} remove", Undo),
    ("/groups/{id} remove-manager", Undo),
    ("/groups/{id}/features", Typed),
    ("/groups/{id}/resources revoke", Undo),
    ("/features disable", Undo),
    ("/features enable", Undo),
    ("/keys disable", Undo),
    ("/keys enable", Undo),
    ("/logout", Exempt("the user can sign in again")),
    ("/preferences", Exempt("the other choice is beside it")),
    ("/registrations approve", Undo),
    ("/registrations restore", Undo),
    ("/resources/{id} revoke", Undo),
    ("/users/bulk/delete delete", Dialog),
    ("/users/bulk/unsuspend unsuspend", Dialog),
    ("/users/bulk/sign-out sign-out", Dialog),
    ("/users/bulk/suspend suspend", Dialog),
    ("/users/{user} unsuspend", Undo),
    ("/users/{user} restore", Undo),
    ("/limits/{id}/reset reset", Dialog),
    ("/limits/{id}/top-up top-up", Dialog),
    ("/users/{user}/limits/{id}/adjust adjust", Dialog),
    ("/users/{user}/limits/{id}/reset reset", Dialog),
    ("/users/{user}/limits/{id}/top-up top-up", Dialog),
];

/// Returns the rule of every form.
fn rules() -> BTreeMap<String, Rule> {
    let written: BTreeSet<&str> = FORMS
        .iter()
        .filter_map(|(kind, _)| kind.split(' ').next())
        .collect();
    let dialogs = form_paths()
        .map(|path| path.replace("{group}", "{id}"))
        // Each bulk action is a form of its own.
        .filter(|path| !written.contains(path.as_str()) && path != "/users/bulk/{action}");
    let exceptions = FORMS.iter().map(|(kind, rule)| ((*kind).to_owned(), *rule));
    dialogs
        .map(|path| (path, Dialog))
        .chain(exceptions)
        .collect()
}

/// Forms that change no data of a user: the preferences of the browser, and sign-out.
const OF_NO_USER: [&str; 2] = ["/logout", "/preferences"];

/// A form with the method `POST`.
#[derive(Debug, Clone)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
    in_dialog: bool,
}

impl Form {
    /// Returns the kind of the form: its path without ids and names, and the value of its action field.
    fn kind(&self) -> String {
        let mut words: Vec<&str> = self.action.split('/').collect();
        for at in 0..words.len() {
            let is_number = words[1] == "clients" && words[at].parse::<i32>().is_ok();
            if is_number || (words[at].len() == 36 && words[at].contains('-')) {
                words[at] = "{id}";
            }
            if at == 2 && words[1] == "users" && !["new", "bulk"].contains(&words[at]) {
                words[at] = "{user}";
            }
            if at == 4 && words[3] == "limits" && words.last() == Some(&"set") {
                words[at] = "{metric}";
            }
            if at == 2 && words[1] == "features" && !["new", "set"].contains(&words[at]) {
                words[at] = "{key}";
            }
        }
        let operation = self.fields.iter().find(|(name, _)| name == "operation");
        let operation = operation
            .map(|(_, operation)| format!(" {operation}"))
            .unwrap_or_default();
        words.join("/") + &operation
    }
}

/// Returns the hidden fields of a form.
fn pairs(form: &Form) -> Vec<(&str, &str)> {
    let fields = form.fields.iter();
    fields
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag
        .split(&format!(" {name}=\""))
        .nth(1)?
        .split('"')
        .next()?;
    Some(value.replace("&amp;", "&").replace("&quot;", "\""))
}

/// Returns the forms of a page with the method `POST`.
fn forms_of(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let (mut in_dialog, mut in_form) = (false, false);
    for tag in html
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
    {
        match tag.split([' ', '\n']).next().unwrap_or_default() {
            "dialog" => in_dialog = true,
            "/dialog" => in_dialog = false,
            "form" if attribute(tag, "method").as_deref() == Some("post") => {
                in_form = true;
                forms.push(Form {
                    action: attribute(tag, "action").unwrap(),
                    fields: Vec::new(),
                    in_dialog,
                });
            }
            "/form" => in_form = false,
            "input" if in_form && attribute(tag, "type").as_deref() == Some("hidden") => {
                let field = (
                    attribute(tag, "name").unwrap(),
                    attribute(tag, "value").unwrap(),
                );
                forms.last_mut().unwrap().fields.push(field);
            }
            _ => {}
        }
    }
    forms
}

/// Returns the addresses of this site that a page links to.
fn links_of(html: &str) -> impl Iterator<Item = String> {
    let tags = html
        .split("<a ")
        .skip(1)
        .filter_map(|rest| rest.split('>').next());
    let links = tags.filter_map(|tag| attribute(&format!(" {tag}"), "href"));
    links.filter(|link| link.starts_with('/') && !link.starts_with("/api/"))
}

/// Adds objects for every action that has a button. Returns a session of an admin.
async fn fill(app: &App) -> String {
    for (name, roles) in [
        ("ada", &["admin", "user"][..]),
        ("bob", &["user"]),
        ("sue", &["user"]),
        ("del", &["user"]),
        ("pen", &["user"]),
        ("app", &["user"]),
        ("rej", &["user"]),
    ] {
        add_user(&app.pool, name, roles).await;
    }
    let ada = session(&app.pool, "ada").await;
    session(&app.pool, "ada").await;
    session(&app.pool, "bob").await;
    token(&app.services, "bob", &["account"]).await;
    token(&app.services, "ada", &["account"]).await;
    app.run(
        "update users set status = 'suspended', suspended_reason = 'Spam' where username = 'sue';
        update users set status = 'pending' where username in ('pen', 'rej');
        update users set approved_at = updated_at where username = 'app';
        update users set deleted_at = now(), purge_after = now() + interval '9 days'
        where username in ('del', 'rej');
        insert into api_keys (id, user_id, provider, name, ciphertext, nonce, key_version, last4, is_active, created_at, updated_at)
        select uuid_v7(now()), u.id, provider, 'Key ' || provider || is_active, '\\x00', '\\x00', 0, 'abcd', is_active, now(), now()
        from (values ('openai', true), ('anthropic', false)) as keys (provider, is_active),
            (select id from users where username in ('ada', 'bob') union all select null) as u;
        insert into features (key, label, default_value, position, created_at, updated_at)
        values ('lab.on', 'Lab on', true, 1, now(), now()), ('lab.off', 'Lab off', false, 2, now(), now());
        insert into resources (id, kind, external_id, name, created_at, updated_at)
        values (uuid_v7(now()), 'models', 'gpt', 'GPT', now(), now());
        insert into resource_grants (resource_id, level, granted_at) select id, 'read', now() from resources;
        insert into personas (id, user_id, name) select gen_random_uuid(), id, 'Analyst' from users where username = 'bob';
        insert into roles (id, name, permissions, rank) values (uuid_v7(now()), 'helpdesk', '{users:read}', 60);
        insert into clients (name, created_at, updated_at) values ('ACME', now(), now());
        insert into limits (id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
        values (uuid_v7(now()), 'requests', 10, 'calendar:month', 2629746, now(), now(), now());
        insert into access_tokens (
            id, user_id, kind, name, prefix, token_hash, blocked_at, previous_hash, previous_until, created_at
        )
        select
            uuid_v7(now()), u.id, 'key', 'Key ' || n, 'sk-0000', sha256(n::text::bytea), case n when 2 then now() end,
            case n when 1 then sha256('previous') end, case n when 1 then now() + interval '1 hour' end, now()
        from generate_series(1, 2) as n, users u where u.username = 'bob';
        insert into jobs (id, kind, params, state, done, total, error, created_at, started_at, progressed_at, finished_at)
        values (
            gen_random_uuid(), 'purge', jsonb_build_object('user_id', gen_random_uuid(), 'username', 'gone'), 'failed', 1, 2, 'x',
            now(), now(), now(), now()
        )",
    )
    .await;
    add_group(app).await;
    let bob = id_of(&app.pool, "bob").await;
    for (path, body) in [
        (format!("/api/admin/users/{bob}/reset-link"), json!({})),
        (
            "/api/admin/invitations".to_owned(),
            json!({ "note": "Lab" }),
        ),
    ] {
        let answer = app.send(Ask::post(&path).json(&body).by(&ada)).await;
        assert!(answer.status < 300, "{path}: {}", answer.body);
    }
    ada
}

/// Adds a group that Ada manages, with a member, a feature and a resource.
async fn add_group(app: &App) {
    let [ada, bob] = [
        testing::users::id_of(&app.pool, "ada").await,
        testing::users::id_of(&app.pool, "bob").await,
    ];
    let group = group("Lab").members(&[bob]).managers(&[ada]);
    let group = group.insert(&app.pool).await;
    let model = resource("models", "llama").insert(&app.pool).await;
    grant(&app.pool, model, (None, Some(group)), "read").await;
    app.run(
        "insert into features (key, label, created_at, updated_at) values ('chat.call', 'Call', now(), now());
        insert into limits (id, group_id, shared, metric, amount, period, period_seconds, anchor, created_at, updated_at)
        select uuid_v7(now()), id, true, 'cost', 10, 'calendar:month', 2629746, now(), now(), now() from groups",
    )
    .await;
}

/// Returns the forms of every page that can be reached from those of the navigation and of one's own account.
async fn all_forms(app: &App, session: &str) -> Vec<Form> {
    let start = [
        "/users",
        "/account",
        "/users/bob",
        "/users/sue",
        "/users/del",
        "/users?deleted=true",
        "/registrations?state=rejected",
    ];
    let mut waiting: Vec<String> = start.map(str::to_owned).into();
    // Pages that are reached by selecting rows.
    for action in [
        "suspend",
        "unsuspend",
        "sign-out",
        "delete",
        "limit",
        "reset-usage",
    ] {
        waiting.push(format!(
            "/users/bulk/{action}?{}",
            selected(app, &["bob", "sue"]).await
        ));
    }
    for (decision, username) in [
        ("approve", "pen"),
        ("reject", "pen"),
        ("reopen", "app"),
        ("restore", "rej"),
    ] {
        waiting.push(format!(
            "/registrations/{decision}?{}",
            selected(app, &[username]).await
        ));
    }
    // Each path is visited once, whatever its query: these paths with one that lists rows.
    waiting.extend(
        [
            "/limits",
            "/sessions",
            "/tokens",
            "/sessions/revoke?others=true",
        ]
        .map(str::to_owned),
    );
    let (mut seen, mut forms) = (BTreeSet::new(), Vec::new());
    while let Some(address) = waiting.pop() {
        let path = address.split('?').next().unwrap_or_default().to_owned();
        let is_list =
            ["/users?deleted=true", "/registrations?state=rejected"].contains(&address.as_str());
        if !seen.insert(path) && !is_list && !address.contains("/bulk/") {
            continue;
        }
        if is_list && !seen.insert(address.clone()) {
            continue;
        }
        let page = app.get_as(session, &address).await;
        assert!(page.status < 500, "{address}: {}", page.body);
        // The limits of one key and the tokens of one user are on pages of the same path, with fewer rows.
        let is_part = |link: &String| link.starts_with("/limits?") || link.starts_with("/tokens?");
        waiting.extend(links_of(&page.body).filter(|link| !is_part(link)));
        forms.extend(forms_of(&page.body));
    }
    forms
}

/// Returns users as a list selects them.
async fn selected(app: &App, usernames: &[&str]) -> String {
    let keys: Vec<String> = sqlx::query_scalar(
        "select id || ':' || version || ':' || username from users where username = any($1) order by username",
    )
    .bind(usernames)
    .fetch_all(&app.pool)
    .await
    .unwrap();
    let pairs: Vec<String> = keys.into_iter().map(|key| format!("u={key}")).collect();
    pairs.join("&")
}

#[testing::test]
async fn irreversible_actions_ask_and_others_can_be_undone(pool: PgPool) {
    let app = app(&pool).storing_keys();
    let ada = fill(&app).await;
    let ada_id = id_of(&app.pool, "ada").await;
    let rules = rules();
    let mut found: BTreeMap<String, Form> = BTreeMap::new();
    for form in all_forms(&app, &ada).await {
        let kind = form.kind();
        let rule = rules.get(kind.as_str());
        let rule = rule.unwrap_or_else(|| panic!("{kind} is not in the table: {form:?}"));
        assert_eq!(form.in_dialog, *rule == Dialog, "{kind}: {rule:?}");
        let user = form.fields.iter().find(|(name, _)| name == "as");
        let user = user.map(|(_, id)| id.as_str());
        let expected = Some(ada_id.as_str()).filter(|_| !OF_NO_USER.contains(&kind.as_str()));
        assert_eq!(user, expected, "{kind} names the user of its page");
        found.insert(kind, form);
    }
    let missing: Vec<&str> = rules
        .keys()
        .map(String::as_str)
        .filter(|kind| !found.contains_key(*kind))
        .collect();
    assert_eq!(
        missing,
        ["/account/delete"],
        "only where accounts may be deleted by their owners"
    );
    for (kind, form) in found
        .iter()
        .filter(|(kind, _)| rules[kind.as_str()] == Undo)
    {
        let done = app
            .send(Ask::post(&form.action).form(&pairs(form)).by(&ada))
            .await;
        assert_eq!(done.status, 303, "{kind}: {}", done.body);
        let page = app.get_as(&ada, done.header("location")).await;
        let undo = forms_of(&page.body)
            .into_iter()
            .find(|form| form.fields.iter().any(|(name, _)| name == "undo"));
        let undo = undo.unwrap_or_else(|| panic!("{kind} cannot be undone: {}", page.body));
        let undone = app
            .send(Ask::post(&undo.action).form(&pairs(&undo)).by(&ada))
            .await;
        assert_eq!(undone.status, 303, "{kind}: {}", undone.body);
    }
}

#[testing::test]
async fn dialog_names_its_target_and_last_use(pool: PgPool) {
    let app = app(&pool).storing_keys();
    let ada = fill(&app).await;
    app.run(
        "update api_keys set usage_count = 2916, last_used_at = '2026-11-01 10:00Z';
        update access_tokens set last_used_at = '2026-11-01 10:00Z';
        update one_time_links set opened_at = '2026-11-01 10:00Z'",
    )
    .await;
    let path_of = async |sql: &str| {
        sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    for (sql, names) in [
        (
            "select '/users/bob/keys/' || k.id || '/revoke' from api_keys k join users u on u.id = k.user_id
            where username = 'bob' and is_active",
            &["Revoke API key Key openaitrue of bob", "2,916", "2026-11-01T10:00:00Z"][..],
        ),
        (
            "select '/users/bob/keys/tokens/' || t.id || '/revoke' from access_tokens t join users u on u.id = t.user_id
            where username = 'bob' and kind = 'token'",
            &["Revoke access token script of bob", "2026-11-01T10:00:00Z"],
        ),
        (
            "select '/tokens/' || t.id || '/revoke' from access_tokens t join users u on u.id = t.user_id
            where username = 'bob' and kind = 'token'",
            &["Revoke access token script of bob", "2026-11-01T10:00:00Z"],
        ),
        (
            "select '/account/tokens/' || t.id || '/revoke' from access_tokens t join users u on u.id = t.user_id
            where username = 'ada'",
            &["Revoke access token script", "2026-11-01T10:00:00Z"],
        ),
        (
            "select '/keys/' || id || '/delete' from api_keys where user_id is null and is_active",
            &["Delete API key Key openaitrue", "2,916", "2026-11-01T10:00:00Z"],
        ),
        ("select '/users/bob/sign-out'", &["Sign out bob everywhere", "Last active"]),
        ("select '/account/sessions/others'", &["Sign out everywhere else", "Last seen"]),
        (
            "select '/sessions/' || s.id || '/revoke' from sessions s join users u on u.id = s.user_id
            where username = 'bob'",
            &["Revoke session of bob", "Last seen"],
        ),
        (
            "select '/account/keys/' || k.id || '/delete' from api_keys k join users u on u.id = k.user_id
            where username = 'ada' and is_active",
            &["Delete API key Key openaitrue", "2,916", "2026-11-01T10:00:00Z"],
        ),
        (
            "select '/account/sessions/' || s.id || '/revoke' from sessions s join users u on u.id = s.user_id
            where username = 'ada'",
            &["Revoke session", "Unknown", "Last seen"],
        ),
        (
            "select '/registrations/invitations/' || id || '/revoke' from one_time_links where kind = 'invitation'",
            &["Revoke invitation for Lab", "Uses", "0 of 1", "Opened", "2026-11-01T10:00:00Z"],
        ),
        (
            "select '/users/bob/revoke-links'",
            &["Revoke password link of bob", "Created by", "Opened", "2026-11-01T10:00:00Z"],
        ),
        (
            "select '/settings/jobs/' || id || '/retry' from jobs where state = 'failed'",
            &["Retry permanent deletion of gone", "1 of 2", "Failed"],
        ),
        (
            "select '/keys/' || id || '/edit' from api_keys where user_id is null and is_active",
            &["Edit API key Key openaitrue", "...abcd", "2,916", "2026-11-01T10:00:00Z"],
        ),
    ] {
        let path = path_of(sql).await;
        let page = app.get_as(&ada, &path).await;
        assert_eq!(page.status, 200, "{path}");
        let dialog = page.body.split("<dialog").nth(1).unwrap_or_default();
        for name in names {
            assert!(dialog.contains(name), "{path}: {name} in {dialog}");
        }
    }
}

#[testing::test]
async fn dialog_does_what_it_showed_or_nothing(pool: PgPool) {
    const KEYS: &str = "select count(*) from api_keys";
    let app = app(&pool).storing_keys();
    let ada = fill(&app).await;
    let path: String = sqlx::query_scalar(
        "select '/users/bob/keys/' || k.id || '/revoke' from api_keys k join users u on u.id = k.user_id
        where username = 'bob' and is_active",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let form = forms_of(&app.get_as(&ada, &path).await.body);
    let form = form.into_iter().find(|form| form.in_dialog).unwrap();
    let post = |form: &Form| Ask::post(&path).form(&pairs(form)).by(&ada);
    let keys = app.count(KEYS).await;
    app.run("update api_keys set name = 'Another' where name = 'Key openaitrue'")
        .await;
    assert_eq!(app.send(post(&form)).await.status, 409);
    app.run("update api_keys set name = 'Key openaitrue' where name = 'Another'")
        .await;
    assert_eq!(app.count(KEYS).await, keys);
    let done = app.send(post(&form)).await;
    assert_eq!(done.outline(), "303 to /users/bob/keys");
    assert_eq!(app.count(KEYS).await, keys - 1);
    let page = app.get_as(&ada, "/users/bob/keys").await;
    assert!(
        page.body.contains("Revoked API key Key openaitrue of bob"),
        "{}",
        page.body
    );
}

#[testing::test]
async fn form_acts_only_for_the_user_of_its_page(pool: PgPool) {
    let app = app(&pool).storing_keys();
    let ada = fill(&app).await;
    add_user(&pool, "eve", &["admin", "user"]).await;
    let eve = session(&pool, "eve").await;
    let state = async || {
        let ended = "select count(*) from sessions where ended_at is not null";
        (tables(&pool).await, app.count(ended).await)
    };
    let forms = all_forms(&app, &ada).await;
    let before = state().await;
    for form in forms {
        let kind = form.kind();
        if OF_NO_USER.contains(&kind.as_str()) {
            continue;
        }
        let denied = app
            .send(Ask::post(&form.action).form(&pairs(&form)).by(&eve))
            .await;
        assert_eq!(denied.status, 401, "{kind}: {}", denied.body);
        assert!(
            denied.body.contains("Another user is now signed in"),
            "{kind}"
        );
        assert_eq!(state().await, before, "{kind}");
    }
}

#[testing::test]
async fn every_form_address_checks_the_user_of_its_page(pool: PgPool) {
    // Sign-in, registration and links have no page of a user, and the others change no data of a user.
    const WITHOUT: [&str; 7] = [
        "/invite",
        "/login",
        "/logout",
        "/preferences",
        "/register",
        "/reset",
        "/setup",
    ];
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let unknown = uuid::Uuid::nil().to_string();
    let (mut without, mut with) = (BTreeSet::new(), 0);
    for route in app.routes() {
        if route.starts_with("/api") || route.starts_with("/sfn/") || route.contains('*') {
            continue;
        }
        let path = route.replace(['{', '}'], "");
        let form = |user: &str| Ask::post(&path).form(&[("as", user)]);
        let open = app.send(form(&unknown)).await;
        if open.status == 405 || open.body.contains("Page not found") {
            continue;
        }
        // One of the forms signs out.
        let ada = session(&pool, "ada").await;
        let denied = app.send(form(&unknown).by(&ada)).await;
        let unsaid = app.send(form("").by(&ada)).await;
        if denied.body.contains("Another user is now signed in") {
            assert_eq!((denied.status, unsaid.status), (401, 401), "{route}");
            with += 1;
        } else {
            without.insert(route);
        }
    }
    assert_eq!(without, WITHOUT.map(str::to_owned).into());
    assert_eq!(with, 89);
}

#[testing::test]
async fn functions_reject_actions_that_their_forms_do_not_offer(pool: PgPool) {
    let app = app(&pool);
    for (name, roles) in [("ada", &["admin", "user"][..]), ("uma", &["user"])] {
        add_user(&pool, name, roles).await;
    }
    let ada = session(&pool, "ada").await;
    let id = id_of(&pool, "uma").await;
    let selected = format!("{id}:1:uma");
    for (path, operations) in [
        ("/sfn/bulk-users", ["edit", "reset", "approve", "nothing"]),
        (
            "/sfn/user-operation",
            ["suspend", "delete", "sign-out", "nothing"],
        ),
        (
            "/sfn/registration-operation",
            ["reject", "reopen", "suspend", "nothing"],
        ),
    ] {
        for operation in operations {
            let form = [
                ("page", "/users"),
                ("id", &id),
                ("username", "uma"),
                ("version", "1"),
                ("selected", &selected),
                ("expected", "1"),
                ("reason", "Spam"),
                ("operation", operation),
            ];
            let answer = app.send(Ask::post(path).form(&form).by(&ada)).await;
            assert_eq!(answer.status, 422, "{path} {operation}: {}", answer.body);
        }
    }
    let changed = "select count(*) from users where username = 'uma' and version > 1";
    assert_eq!(app.count(changed).await, 0);
}

#[testing::test]
async fn functions_check_the_permission_before_the_form(pool: PgPool) {
    let app = app(&pool);
    for (name, roles) in [("ada", &["admin", "user"][..]), ("audrey", &["auditor"])] {
        add_user(&pool, name, roles).await;
    }
    let ada = session(&pool, "ada").await;
    let audrey = session(&pool, "audrey").await;
    let id = id_of(&pool, "audrey").await;
    for (path, field) in [
        ("/sfn/suspend-user", ("until", "soon")),
        ("/sfn/bulk-users", ("operation", "suspend")),
        ("/sfn/decide", ("decision", "approve")),
    ] {
        let form = [
            ("page", "/users"),
            ("id", &id),
            ("username", "audrey"),
            ("version", "1"),
            ("reason", "Spam"),
            ("selected", "malformed"),
            ("expected", "1"),
            field,
        ];
        let ask = Ask::post(path).form(&form);
        for (ask, status) in [
            (ask.clone(), 401),
            (ask.clone().by(&audrey), 403),
            (ask.by(&ada), 422),
        ] {
            let answer = app.send(ask).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.body);
        }
    }
}
