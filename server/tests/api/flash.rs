//! Messages about a change: shown once, to the session that made it, on the page that it leads to.

use futures_util::future::join_all;
use sqlx::PgPool;
use testing::users::id_of;
use uuid::Uuid;

use crate::support::{Answer, App, Ask, add_user, app, session};

/// Returns an app with two sessions of an admin, and a user to suspend.
async fn prepare(pool: &PgPool) -> (App, String, String) {
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "bob", &["user"]).await;
    let (here, elsewhere) = (session(pool, "ada").await, session(pool, "ada").await);
    (app(pool), here, elsewhere)
}

/// Returns the form that suspends a user, as the user's page has it now.
async fn suspension(app: &App, session: &str, username: &str, reason: &str) -> Ask {
    let (id, page) = (
        id_of(&app.pool, username).await,
        format!("/users/{username}"),
    );
    let version: i32 = sqlx::query_scalar("select version from users where id = $1")
        .bind(id)
        .fetch_one(&app.pool)
        .await
        .unwrap();
    let (id, version) = (id.to_string(), version.to_string());
    let fields = [
        ("page", page.as_str()),
        ("id", &id),
        ("username", username),
        ("version", &version),
        ("reason", reason),
    ];
    Ask::post(&format!("{page}/suspend"))
        .form(&fields)
        .by(session)
}

/// Suspends a user by the form on the user's page.
async fn suspend(app: &App, session: &str, username: &str) {
    let form = suspension(app, session, username, "Spam").await;
    let answer = app.send(form).await;
    assert_eq!(answer.outline(), format!("303 to /users/{username}"));
}

fn shows(page: &Answer, text: &str) -> bool {
    assert_eq!(page.status, 200);
    let toast = page.body.split("class=\"toast ").nth(1);
    toast.is_some_and(|toast| toast.contains(text))
}

/// Returns the id of the change in the form that undoes it.
fn undo_of(page: &Answer) -> String {
    let field = page.body.split("name=\"undo\" value=\"").nth(1).unwrap();
    field.split('"').next().unwrap().to_owned()
}

#[testing::test]
async fn flash_is_shown_once_on_its_page(pool: PgPool) {
    let (app, here, elsewhere) = prepare(&pool).await;
    suspend(&app, &here, "bob").await;
    let page = "/users/bob";
    for other in [
        Ask::get(page).by(&elsewhere),
        Ask::get("/users").by(&here),
        Ask::get("/users/bob/sessions").by(&here),
        Ask::get(page).by(&here).header("sec-purpose", "prefetch"),
        Ask::get(page).by(&here).header("sec-fetch-dest", "image"),
    ] {
        let label = other.label();
        assert!(!shows(&app.send(other).await, ""), "{label}");
    }
    let shown = Ask::get(page)
        .by(&here)
        .header("sec-fetch-dest", "document");
    assert!(shows(&app.send(shown).await, "Suspended bob"));
    // Reload, Back, and the same address in another tab.
    assert!(!shows(&app.get_as(&here, page).await, ""));
}

#[testing::test]
async fn concurrent_requests_show_a_flash_once(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    suspend(&app, &here, "bob").await;
    let pages = join_all((0..20).map(|_| app.get_as(&here, "/users/bob"))).await;
    let shown = pages.iter().filter(|page| shows(page, "Suspended bob"));
    assert_eq!(shown.count(), 1);
}

#[testing::test]
async fn unseen_flash_expires(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    suspend(&app, &here, "bob").await;
    app.run("update flashes set expires_at = now()").await;
    assert!(!shows(&app.get_as(&here, "/users/bob").await, ""));
    service::housekeeping::run(&app.services).await.unwrap();
    assert_eq!(app.count("select count(*) from flashes").await, 0);
}

#[testing::test]
async fn address_parameters_show_no_flash(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    let bob = id_of(&app.pool, "bob").await;
    for query in [
        "done=deleted".to_owned(),
        format!("undo={bob}%3A1&done=suspended"),
        format!("undo={bob}"),
        "flash=suspended".to_owned(),
    ] {
        for page in [
            "/users",
            "/users/bob",
            "/account",
            "/keys",
            "/sessions",
            "/tokens",
        ] {
            let address = format!("{page}?{query}");
            let page = app.get_as(&here, &address).await;
            // A list rejects the unknown parameter.
            assert!([200, 422].contains(&page.status), "{address}");
            assert!(!page.body.contains("class=\"toast "), "{address}");
        }
    }
}

#[testing::test]
async fn name_in_a_flash_is_escaped(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    app.run(
        r#"insert into flashes (id, session_id, path, message, created_at, expires_at)
        select uuid_v7(now()), id, '/users',
            '{"event": {"user": "delete"}, "names": ["</p><i>x", "<b>y"], "count": 2}', now(), now() + interval '1 minute'
        from sessions"#,
    )
    .await;
    let page = app.get_as(&here, "/users").await;
    assert!(shows(&page, "Deleted 2 users"), "{}", page.body);
    let toast = page.body.split("class=\"toast ").nth(1).unwrap();
    assert!(toast.contains("&lt;/p&gt;&lt;i&gt;x"), "{toast}");
    assert!(
        !toast.contains("<i>x") && !toast.contains("<b>y"),
        "{toast}"
    );
}

#[testing::test]
async fn flash_is_in_the_language_of_the_page(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    for (message, language, expected) in [
        (
            r#"{"event": {"user": "delete"}, "names": ["bob"], "count": 1}"#,
            "de",
            "bob gelöscht",
        ),
        (
            r#"{"event": {"user": "sign-out"}, "names": ["bob"], "count": 1200}"#,
            "de",
            "1.200 Benutzer überall abgemeldet",
        ),
        (
            r#"{"event": {"user": "suspend"}, "names": ["bob"], "count": 1, "until": "2126-12-04T18:00:00Z"}"#,
            "de",
            "bob bis ",
        ),
        (
            r#"{"event": {"user": "suspend"}, "names": ["bob"], "count": 1, "until": "2126-12-04T18:00:00Z"}"#,
            "en",
            "Suspended bob until ",
        ),
        // A message of a version that stored the words for an invitation without a note.
        (
            r#"{"event": "invitation-revoked", "names": ["anyone"], "count": 1}"#,
            "en",
            "Revoked the invitation for anyone",
        ),
        (
            r#"{"event": "invitation-revoked", "names": [], "count": 1}"#,
            "en",
            "Revoked the invitation for anyone",
        ),
    ] {
        sqlx::query(
            "insert into flashes (id, session_id, path, message, created_at, expires_at)
            select uuid_v7(now()), id, '/users', $1::jsonb, now(), now() + interval '1 minute' from sessions",
        )
        .bind(message)
        .execute(&pool)
        .await
        .unwrap();
        let ask = Ask::get("/users").by(&here);
        let page = app.send(ask.header("accept-language", language)).await;
        assert!(shows(&page, expected), "{expected}: {}", page.body);
        app.run("delete from flashes").await;
    }
}

#[testing::test]
async fn undo_is_stored_per_session(pool: PgPool) {
    const SUSPENDED: &str = "select count(*) from users where status = 'suspended'";
    let (app, here, elsewhere) = prepare(&pool).await;
    suspend(&app, &here, "bob").await;
    let undo = undo_of(&app.get_as(&here, "/users/bob").await);
    let post =
        |session: &str, path: &str, id: &str| Ask::post(path).form(&[("undo", id)]).by(session);
    let lift = "/users/bulk/unsuspend";
    for (session, path, id) in [
        (&elsewhere, lift, undo.as_str()),
        (&here, lift, "0198c2a4-0000-7000-8000-000000000001"),
        (&here, lift, "nonsense"),
    ] {
        let answer = app.send(post(session, path, id)).await;
        assert_eq!(answer.outline(), "303 to /users", "{path} {id}");
        let page = app.get_as(session, "/users").await;
        assert!(shows(&page, "This can no longer be undone"), "{path} {id}");
        assert_eq!(app.count(SUSPENDED).await, 1);
    }
    let answer = app.send(post(&here, lift, &undo)).await;
    assert_eq!(answer.outline(), "303 to /users/bob");
    assert!(shows(
        &app.get_as(&here, "/users/bob").await,
        "Unsuspended bob"
    ));
    assert_eq!(app.count(SUSPENDED).await, 0);
    suspend(&app, &here, "bob").await;
    app.send(post(&here, lift, &undo)).await;
    assert_eq!(app.count(SUSPENDED).await, 1, "it works once");
    // Another form does not undo the change.
    let undo = undo_of(&app.get_as(&here, "/users/bob").await);
    let answer = app.send(post(&here, "/users/bulk/sign-out", &undo)).await;
    assert_eq!(answer.outline(), "303 to /users");
    assert_eq!(app.count(SUSPENDED).await, 1);
}

#[testing::test]
async fn a_form_with_more_than_the_name_of_a_change_undoes_nothing(pool: PgPool) {
    const SUSPENDED: &str = "select count(*) from users where status = 'suspended'";
    let (app, here, _) = prepare(&pool).await;
    suspend(&app, &here, "bob").await;
    let undo = undo_of(&app.get_as(&here, "/users/bob").await);
    let post = |fields: &[(&str, &str)]| Ask::post("/users/bulk/unsuspend").form(fields).by(&here);
    for more in [
        ("page", "/users"),
        ("version", "1"),
        ("", ""),
        ("undo", undo.as_str()),
    ] {
        let answer = app.send(post(&[("undo", &undo), more])).await;
        assert_ne!(answer.outline(), "303 to /users/bob", "{more:?}");
        assert_eq!(app.count(SUSPENDED).await, 1, "{more:?}");
    }
    // None of them has used it up.
    let undone = app.send(post(&[("undo", &undo)])).await;
    assert_eq!(undone.outline(), "303 to /users/bob");
    assert_eq!(app.count(SUSPENDED).await, 0);
}

#[testing::test]
async fn missing_undo_is_reported_once(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    for n in 0..20 {
        let undo = Uuid::from_u128(n).to_string();
        let ask = Ask::post("/account").form(&[("undo", undo.as_str())]);
        assert_eq!(app.send(ask.by(&here)).await.outline(), "303 to /account");
    }
    assert_eq!(app.count("select count(*) from flashes").await, 1);
    let page = app.get_as(&here, "/account").await;
    assert!(shows(&page, "This can no longer be undone"));
}

#[testing::test]
async fn undone_unsuspension_restores_the_suspension(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    app.run(
        "update users set status = 'suspended', suspended_reason = 'Spam & more', suspended_reason_visible = true,
            suspended_until = '2126-12-04 18:00:00+00' where username = 'bob'",
    )
    .await;
    let bob = id_of(&app.pool, "bob").await.to_string();
    let fields = [
        ("page", "/users/bob"),
        ("id", &bob),
        ("username", "bob"),
        ("operation", "unsuspend"),
    ];
    let lifted = app
        .send(Ask::post("/users/bob").form(&fields).by(&here))
        .await;
    assert_eq!(lifted.outline(), "303 to /users/bob");
    let undo = undo_of(&app.get_as(&here, "/users/bob").await);
    let answer = app
        .send(
            Ask::post("/users/bulk/suspend")
                .form(&[("undo", &undo)])
                .by(&here),
        )
        .await;
    assert_eq!(answer.outline(), "303 to /users/bob");
    let same =
        "select count(*) from users where status = 'suspended' and suspended_reason = 'Spam & more'
        and suspended_reason_visible and suspended_until = '2126-12-04 18:00:00+00'";
    assert_eq!(app.count(same).await, 1);
}

#[testing::test]
async fn password_change_flash_survives_the_new_session(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    crate::support::add_password(&pool, &app.services.hasher).await;
    let fields = [
        ("current_password", crate::support::PASSWORD),
        ("password", "copper lantern meadow"),
        ("password_again", "copper lantern meadow"),
    ];
    let answer = app
        .send(Ask::post("/account/password").form(&fields).by(&here))
        .await;
    assert_eq!(answer.outline(), "303 to /account/password");
    let (fresh, _) = answer.cookie("session_token").unwrap();
    let page = app.get_as(fresh, "/account/password").await;
    assert!(shows(&page, "Password changed"), "{}", page.body);
}

#[testing::test]
async fn undo_does_not_end_a_suspension_of_another_admin(pool: PgPool) {
    const FIRST: &str =
        "select count(*) from users where status = 'suspended' and suspended_reason = 'First'";
    let (app, here, elsewhere) = prepare(&pool).await;
    let first = suspension(&app, &elsewhere, "bob", "First").await;
    let second = suspension(&app, &here, "bob", "Second").await;
    assert_eq!(app.send(first).await.outline(), "303 to /users/bob");
    let stale = app.send(second).await;
    assert_eq!(stale.status, 409, "{}", stale.body);
    // The page in its present state does not offer the action, which is denied.
    let again = suspension(&app, &here, "bob", "Second").await;
    let denied = app.send(again).await;
    assert_eq!(denied.status, 409, "{}", denied.body);
    let dialog = app.get_as(&here, "/users/bob/suspend").await;
    assert!(
        dialog.body.contains("This user is already suspended."),
        "{}",
        dialog.body
    );
    assert!(!shows(&app.get_as(&here, "/users/bob").await, ""));
    assert_eq!(app.count(FIRST).await, 1);
}

#[testing::test]
async fn a_suspension_that_changed_before_it_was_lifted_is_not_offered_again(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    app.run(
        "update users set status = 'suspended', suspended_reason = 'First'
        where username = 'bob'",
    )
    .await;
    let bob = id_of(&app.pool, "bob").await.to_string();
    let lift = Ask::post("/users/bob")
        .form(&[
            ("page", "/users/bob"),
            ("id", &bob),
            ("username", "bob"),
            ("operation", "unsuspend"),
        ])
        .by(&here);
    // Another change comes between what the form has read and what it does.
    let mut other = pool.begin().await.unwrap();
    sqlx::query("select from users where username = 'bob' for update")
        .execute(&mut *other)
        .await
        .unwrap();
    let lifting = tokio::spawn({
        let app = app.clone();
        async move { app.send(lift).await }
    });
    wait_for_lock(&app).await;
    sqlx::query(
        "update users set suspended_reason = 'Second', version = version + 1
        where username = 'bob'",
    )
    .execute(&mut *other)
    .await
    .unwrap();
    other.commit().await.unwrap();
    let lifted = lifting.await.unwrap();
    assert_eq!(lifted.outline(), "303 to /users/bob", "{}", lifted.body);
    let page = app.get_as(&here, "/users/bob").await;
    assert!(shows(&page, "Unsuspended bob"));
    assert!(!page.body.contains("name=\"undo\""), "{}", page.body);
}

/// Waits until a request waits for a lock of the test.
async fn wait_for_lock(app: &App) {
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..2_000 {
        if app.count(waiting).await > 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("no request waits");
}

/// Restores a deleted user, and returns the page after it.
async fn restore(app: &App, session: &str, username: &str) -> Answer {
    app.run("update users set deleted_at = now(), purge_after = now() + interval '9 days' where username = 'bob'")
        .await;
    let (id, page) = (
        id_of(&app.pool, username).await,
        format!("/users/{username}"),
    );
    let id = id.to_string();
    let fields = [
        ("page", page.as_str()),
        ("id", &id),
        ("username", username),
        ("operation", "restore"),
    ];
    let form = Ask::post(&page).form(&fields).by(session);
    assert_eq!(app.send(form).await.outline(), format!("303 to {page}"));
    app.get_as(session, &page).await
}

#[testing::test]
async fn undo_never_deletes_permanently(pool: PgPool) {
    const DELETED: &str = "select count(*) from users where deleted_at is not null";
    let (app, here, _) = prepare(&pool).await;
    let undo = undo_of(&restore(&app, &here, "bob").await);
    let app = app.without_retention();
    let form = Ask::post("/users/bulk/delete").form(&[("undo", &undo)]);
    let denied = app.send(form.by(&here)).await;
    assert_eq!(denied.status, 409, "{}", denied.body);
    assert_eq!(app.count(DELETED).await, 0);
    let page = restore(&app, &here, "bob").await;
    assert!(shows(&page, "Restored bob"));
    assert!(!page.body.contains("name=\"undo\""), "{}", page.body);
}

#[testing::test]
async fn disabled_key_is_not_disabled_again(pool: PgPool) {
    let (app, here, _) = prepare(&pool).await;
    let app = app.storing_keys();
    let key = serde_json::json!({ "provider": "openai", "keyName": "Work", "apiKey": "sk-secret" });
    let created = Ask::post("/api/admin/api-keys").json(&key).by(&here);
    let created = app.send(created).await.json();
    let fields = [
        ("owner", "system"),
        ("id", created["id"].as_str().unwrap()),
        ("shown", "Work"),
        ("operation", "disable"),
    ];
    for is_changed in [true, false] {
        let disable = Ask::post("/keys").form(&fields).by(&here);
        assert_eq!(app.send(disable).await.outline(), "303 to /keys");
        let page = app.get_as(&here, "/keys").await;
        assert_eq!(shows(&page, "Disabled"), is_changed);
        assert_eq!(page.body.contains("name=\"undo\""), is_changed);
    }
}
