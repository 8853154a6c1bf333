//! Actions for which one's own account requires the current password. They are not possible on oneself by the routes of an
//! administrator, with a session alone: by the API, by server functions, by forms without scripts.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, add_password, add_user, app, id_of, session};

/// Returns the state that must not change.
async fn state_of(app: &App, username: &str) -> String {
    sqlx::query_scalar(
        "select concat_ws(' ', email, password_hash, must_change_password, deleted_at, version,
            (select count(*) from one_time_links l where l.user_id = u.id),
            (select count(*) from access_tokens t where t.user_id = u.id))
        from users u where username = $1",
    )
    .bind(username)
    .fetch_one(&app.pool)
    .await
    .unwrap()
}

/// Returns every route of an administrator to another password, another email address, a link, or the end of an account.
fn ways(id: &str, username: &str) -> Vec<(&'static str, Ask)> {
    let api = format!("/api/admin/users/{id}");
    let page = format!("/users/{username}");
    let patch = |body| Ask::new(Method::PATCH, &api).json(&body);
    let form = |path: &str, email: &str, password: &str| {
        Ask::post(path).form(&[
            ("page", page.as_str()),
            ("id", id),
            ("username", username),
            ("version", "1"),
            ("display_name", "Other"),
            ("email", email),
            ("password", password),
        ])
    };
    let own_email = format!("{username}@example.org");
    let short = |path: &str| {
        Ask::post(path).form(&[("page", page.as_str()), ("id", id), ("username", username)])
    };
    let edit = format!("{page}/edit");
    let delete = |path: &str| {
        Ask::post(path).form(&[
            ("page", page.as_str()),
            ("id", id),
            ("username", username),
            ("counts", "0,0,0,0,0,0,0,0"),
            ("confirm", username),
        ])
    };
    vec![
        ("password", patch(json!({ "password": "a new one" }))),
        ("email", patch(json!({ "email": "new@example.org" }))),
        ("no email", patch(json!({ "email": null }))),
        (
            "email by PUT",
            Ask::new(Method::PUT, &api).json(&json!({ "email": "new@example.org" })),
        ),
        ("link", Ask::post(&format!("{api}/reset-link"))),
        ("deletion", Ask::new(Method::DELETE, &api)),
        (
            "password by function",
            form("/sfn/edit-user", &own_email, "a new one"),
        ),
        (
            "email by function",
            form("/sfn/edit-user", "new@example.org", ""),
        ),
        ("link by function", short("/sfn/create-reset-link")),
        ("deletion by function", delete("/sfn/delete-user")),
        ("password by form", form(&edit, &own_email, "a new one")),
        ("email by form", form(&edit, "new@example.org", "")),
        ("link by form", short(&format!("{page}/reset"))),
        ("deletion by form", delete(&format!("{page}/delete"))),
    ]
}

/// Returns a bulk action that deletes an account.
fn delete_at_once(id: &str, username: &str) -> Ask {
    Ask::post("/api/admin/users/bulk").json(&json!({
        "action": { "action": "delete" },
        "users": [{ "id": id, "version": 1, "username": username }],
        "expected": 1
    }))
}

#[testing::test]
async fn admin_endpoints_protect_ones_own_account(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "root", &["admin"]).await;
    add_user(&pool, "second", &["admin"]).await;
    add_password(&pool, &app.services.hasher).await;
    let root = session(&pool, "root").await;
    let id = id_of(&pool, "root").await;
    let before = state_of(&app, "root").await;
    for (way, ask) in ways(&id, "root") {
        let answer: Answer = app.send(ask.by(&root)).await;
        assert_eq!(answer.status, 403, "{way}: {}", answer.body);
        assert_eq!(state_of(&app, "root").await, before, "{way}");
    }
    // In a bulk action an account that cannot be deleted is skipped: the count is one less than expected.
    let at_once = app.send(delete_at_once(&id, "root").by(&root)).await;
    assert_eq!(at_once.status, 409, "{}", at_once.body);
    let outcome = &at_once.json()["details"]["outcome"];
    assert_eq!(outcome["changed"], 0, "{outcome}");
    assert_eq!(outcome["items"][0]["username"], "root", "{outcome}");
    let skipped = outcome["items"][0]["skipped"].as_str().unwrap();
    assert!(skipped.contains("Cannot delete yourself"), "{skipped}");
    assert_eq!(state_of(&app, "root").await, before, "many at once");
    // Fields that one's own account does not protect are not protected here either.
    let name = json!({ "displayName": "Root", "email": "root@example.org" });
    let named = app
        .send(
            Ask::new(Method::PATCH, &format!("/api/admin/users/{id}"))
                .by(&root)
                .json(&name),
        )
        .await;
    assert_eq!(named.status, 200, "{}", named.body);
}

#[testing::test]
async fn admin_endpoints_change_other_accounts(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "root", &["admin"]).await;
    let root = session(&pool, "root").await;
    let ways = ways("", "").len();
    for n in 0..ways {
        let username = format!("user{n}");
        add_user(&pool, &username, &["user"]).await;
        let id = id_of(&pool, &username).await;
        let before = state_of(&app, &username).await;
        let (way, ask) = self::ways(&id, &username).remove(n);
        let answer = app.send(ask.by(&root)).await;
        let done = [200, 201, 303].contains(&answer.status);
        assert!(done, "{way}: {} {}", answer.status, answer.body);
        assert_ne!(state_of(&app, &username).await, before, "{way}");
        app.run("update users set email = null where email = 'new@example.org'")
            .await;
    }
    add_user(&pool, "last", &["user"]).await;
    let id = id_of(&pool, "last").await;
    let before = state_of(&app, "last").await;
    let answer = app.send(delete_at_once(&id, "last").by(&root)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_ne!(state_of(&app, "last").await, before, "many at once");
}

/// Returns every route of an administrator to the secret of a virtual key of a user, who has the key `key`.
fn ways_to_secrets(id: &str, username: &str, key: &str) -> Vec<(&'static str, Ask)> {
    let page = format!("/users/{username}/keys");
    let new = |path: &str| {
        Ask::post(path).form(&[
            ("page", page.as_str()),
            ("id", id),
            ("username", username),
            ("name", "lab"),
            ("days", "30"),
        ])
    };
    let rotation = |path: &str| {
        Ask::post(path).form(&[
            ("page", page.as_str()),
            ("id", key),
            ("username", username),
            ("shown", "lab"),
            ("overlap_hours", "0"),
        ])
    };
    let api = format!("/api/admin/users/{id}/virtual-keys");
    let rotate = format!("/api/admin/virtual-keys/{key}/rotate");
    vec![
        ("new", Ask::post(&api).json(&json!({ "name": "lab" }))),
        ("rotation", Ask::post(&rotate).json(&json!({}))),
        ("new by function", new("/sfn/create-virtual-key")),
        ("rotation by function", rotation("/sfn/rotate-virtual-key")),
        ("new by form", new(&format!("{page}/tokens/new"))),
        (
            "rotation by form",
            rotation(&format!("{page}/tokens/{key}/rotate")),
        ),
    ]
}

/// Returns the secrets of the virtual keys of a user.
async fn secrets_of(app: &App, username: &str) -> String {
    sqlx::query_scalar(
        "select string_agg(encode(t.token_hash, 'hex'), ' ' order by t.id)
        from access_tokens t join users u on u.id = t.user_id where u.username = $1",
    )
    .bind(username)
    .fetch_one(&app.pool)
    .await
    .unwrap()
}

#[testing::test]
async fn admin_endpoints_give_no_key_of_ones_own_account(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "root", &["admin"]).await;
    add_user(&pool, "ada", &["user"]).await;
    let root = session(&pool, "root").await;
    for (username, is_own) in [("root", true), ("ada", false)] {
        let id = id_of(&pool, username).await;
        let key: String = sqlx::query_scalar(
            "insert into access_tokens (id, kind, user_id, name, prefix, token_hash, created_at)
            select uuid_v7(now()), 'key', id, 'lab', 'sk-lab', uuid_send(gen_random_uuid()), now()
            from users where username = $1 returning id::text",
        )
        .bind(username)
        .fetch_one(&pool)
        .await
        .unwrap();
        for (way, ask) in ways_to_secrets(&id, username, &key) {
            let before = secrets_of(&app, username).await;
            let answer = app.send(ask.by(&root)).await;
            let is_denied = answer.status == 403;
            assert_eq!(
                is_denied, is_own,
                "{way}: {} {}",
                answer.status, answer.body
            );
            let is_same = secrets_of(&app, username).await == before;
            assert_eq!(is_same, is_own, "{way}: {}", answer.body);
        }
    }
    let own = app.get_as(&root, "/users/root/keys/tokens/new").await;
    assert!(
        own.body
            .contains("Create your own virtual keys under My account")
    );
}

#[testing::test]
async fn form_links_to_ones_own_email_settings(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "root", &["admin"]).await;
    add_user(&pool, "ada", &["user"]).await;
    let root = session(&pool, "root").await;
    let own = app.get_as(&root, "/users/root/edit").await;
    assert!(
        own.body
            .contains("Change your own email address under My account")
    );
    assert!(
        own.body
            .contains("Change your own password under My account")
    );
    assert!(!own.body.contains("type=\"email\""));
    let other = app.get_as(&root, "/users/ada/edit").await;
    assert!(other.body.contains("type=\"email\""));
}
