//! Invitations and what their users do with them.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use super::{ask, assert_plain, done, get, post, with_litellm};

#[testing::test]
async fn invited_user_chooses_a_password(pool: PgPool) {
    let app = with_litellm(&pool);
    let new =
        json!({ "user_id": "u-1", "user_email": "ina@example.org", "auto_create_key": false });
    done(&app, "/user/new", &new).await;
    let invitation = done(&app, "/invitation/new", &json!({ "user_id": "u-1" })).await;
    assert_eq!(invitation["is_accepted"], false);
    let lifetime: f64 = sqlx::query_scalar(
        "select extract(epoch from expires_at - created_at)::float8 from one_time_links
        where revoked_at is null and kind = 'password_reset'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(lifetime.round(), 7.0 * 86_400.0);
    let id = invitation["id"].as_str().unwrap();
    let path = format!("/onboarding/get_token?invite_link={id}");
    let opened = app.send(ask(Method::GET, &path, "")).await;
    assert_eq!(
        opened.json()["user_email"],
        "ina@example.org",
        "{}",
        opened.body
    );
    let claim = |user: &str, password: &str| {
        let body = json!({ "invitation_link": id, "user_id": user, "password": password });
        ask(Method::POST, "/onboarding/claim_token", "")
            .header("litellm-changed-by", "ada@example.org")
            .json(&body)
    };
    let other = app.send(claim("u-2", "violet-Tractor-93-meadow")).await;
    assert_plain(&other, 401, "Invalid invitation link.");
    let short = app.send(claim("u-1", "short")).await;
    assert_eq!(short.status, 422, "{}", short.body);
    let chosen = app.send(claim("u-1", "violet-Tractor-93-meadow")).await;
    assert_eq!(chosen.status, 200, "{}", chosen.body);
    assert_eq!(chosen.json()["user_id"], "u-1");
    // Without a credential a request acts for no one else.
    let named: bool = sqlx::query_scalar(
        "select changes ? 'changedBy' from audit_events where action = 'user.password_chosen'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert!(!named);
    let info = get(&app, &format!("/invitation/info?invitation_id={id}"))
        .await
        .json();
    assert_eq!(info["is_accepted"], true);
    assert_eq!(info["user_id"], "u-1");
    let again = app.send(claim("u-1", "violet-Tractor-94-meadow")).await;
    assert_plain(&again, 401, "Invitation link has already been used.");
}

#[testing::test]
async fn deleted_and_expired_invitations_are_not_accepted(pool: PgPool) {
    let app = with_litellm(&pool);
    done(
        &app,
        "/user/new",
        &json!({ "user_id": "u-1", "auto_create_key": false }),
    )
    .await;
    let invitation = done(&app, "/invitation/new", &json!({ "user_id": "u-1" })).await;
    let id = invitation["id"].as_str().unwrap();
    let body = json!({ "invitation_id": id, "is_accepted": true });
    let same = done(&app, "/invitation/update", &body).await;
    assert_eq!(same["is_accepted"], false);
    done(&app, "/invitation/delete", &json!({ "invitation_id": id })).await;
    let path = format!("/onboarding/get_token?invite_link={id}");
    let opened = app.send(ask(Method::GET, &path, "")).await;
    assert_plain(&opened, 401, "Invitation link does not exist in db.");
    let late = done(&app, "/invitation/new", &json!({ "user_id": "u-1" })).await;
    app.run("update one_time_links set expires_at = now() - interval '1 second'")
        .await;
    let path = format!(
        "/onboarding/get_token?invite_link={}",
        late["id"].as_str().unwrap()
    );
    let opened = app.send(ask(Method::GET, &path, "")).await;
    assert_plain(&opened, 401, "Invitation link has expired.");
    let unknown = post(
        &app,
        "/invitation/delete",
        &json!({ "invitation_id": "none" }),
    )
    .await;
    assert_plain(
        &unknown,
        400,
        "Invitation id does not exist in the database.",
    );
}
