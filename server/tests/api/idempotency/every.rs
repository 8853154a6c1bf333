//! Requirements of every route that changes something.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sqlx::PgPool;
use testing::users::id_of;
use uuid::Uuid;

use super::{access, entries, is_replayed, named};
use crate::{
    access::endpoints,
    support::{App, Ask, PASSWORD, add_password, add_user, app, session},
};

/// Returns an app with users that every action is possible on once, and a session of Ada, who acts; for the others see [`asks`].
async fn prepare(pool: &PgPool) -> (App, String) {
    let app = app(pool).storing_keys();
    add_user(pool, "ada", &["admin", "user"]).await;
    for name in ["bob", "cyd", "dan", "eli", "fay", "hal"] {
        add_user(pool, name, &["user"]).await;
        session(pool, name).await;
    }
    add_password(pool, &app.services.hasher).await;
    app.run(
        "update users set status = 'pending' where username in ('dan', 'eli');
        update users set deleted_at = now(), purge_after = now() + interval '1 day' where username = 'cyd';
        insert into personas (id, user_id, name) select gen_random_uuid(), id, 'Analyst' from users where username in ('ada', 'bob');
        update users set deleted_at = now(), purge_after = now() where username = 'fay';
        insert into access_tokens (id, kind, user_id, name, prefix, token_hash, created_at)
        select '00000000-0000-7000-8000-0000000000e1'::uuid, 'key', id, 'lab', 'sk-x', sha256('x'), now() from users where username = 'bob';
        insert into jobs (id, kind, params, state, error, created_at, finished_at)
        select gen_random_uuid(), 'purge', jsonb_build_object('user_id', id, 'username', username), 'failed', 'x', now(), now()
        from users where username = 'fay'",
    )
    .await;
    (app, session(pool, "ada").await)
}

async fn id(app: &App, sql: &'static str) -> Uuid {
    sqlx::query_scalar(sql).fetch_one(&app.pool).await.unwrap()
}

/// Returns a request for everything that a `POST` can do, in an order in which all of them succeed.
async fn asks(app: &App, ada: &str) -> Vec<Ask> {
    let bob = id_of(&app.pool, "bob").await;
    let cyd = id_of(&app.pool, "cyd").await;
    let dan = id_of(&app.pool, "dan").await;
    let eli = id_of(&app.pool, "eli").await;
    let own =
        "select p.id from personas p join users u on u.id = p.user_id where u.username = 'ada'";
    let own = id(app, own).await;
    let theirs =
        "select p.id from personas p join users u on u.id = p.user_id where u.username = 'bob'";
    let theirs = id(app, theirs).await;
    let invite = Ask::post("/api/admin/invitations").json(&json!({ "note": "Lab" }));
    assert_eq!(app.send(invite.clone().by(ada)).await.status, 201);
    let invited = "select id from one_time_links where kind = 'invitation'";
    let invited = id(app, invited).await;
    let version = "select version::bigint from users where username = 'bob'";
    let version = app.count(version).await;
    let bulk = json!({
        "action": { "action": "suspend", "reason": "spam" }, "users": [{ "id": bob, "version": version }], "expected": 1
    });
    let job = id(app, "select id from jobs").await;
    let at = |id: Uuid, what: &str| format!("/api/admin/users/{id}/{what}");
    let virtual_key =
        |what: &str| format!("/api/admin/virtual-keys/00000000-0000-7000-8000-0000000000e1/{what}");
    let mark = json!({ "videoId": "v1", "label": "A boat" });
    let key = json!({ "provider": "OPENAI", "keyName": "Work", "apiKey": "sk-1234567890" });
    [
        (
            "/api/tokens".to_owned(),
            json!({ "name": "t", "scopes": ["account"], "currentPassword": PASSWORD }),
        ),
        (
            "/api/virtual-keys".to_owned(),
            json!({ "name": "lab", "currentPassword": PASSWORD }),
        ),
        (at(bob, "virtual-keys"), json!({ "name": "lab" })),
        (virtual_key("block"), Value::Null),
        (virtual_key("unblock"), Value::Null),
        (virtual_key("rotate"), json!({})),
        (virtual_key("end-previous"), Value::Null),
        ("/api/api-keys".to_owned(), key.clone()),
        ("/api/admin/api-keys".to_owned(), key),
        (
            "/api/personas".to_owned(),
            json!({ "name": "Another", "role": "Analyst", "informationNeed": "Boats" }),
        ),
        (format!("/api/personas/{own}/annotations"), mark.clone()),
        (format!("/api/admin/personas/{theirs}/annotations"), mark),
        (
            at(bob, "personas"),
            json!({ "name": "Another", "role": "Analyst", "informationNeed": "Boats" }),
        ),
        (
            "/api/admin/sessions/revoke".to_owned(),
            json!({ "filter": { "user": "bob" }, "expected": 1 }),
        ),
        ("/api/admin/users/bulk".to_owned(), bulk),
        (at(bob, "unsuspend"), Value::Null),
        (at(bob, "suspend"), json!({ "reason": "spam" })),
        (
            at(bob, "reassign"),
            json!({ "to": id_of(&app.pool, "ada").await }),
        ),
        (at(cyd, "restore"), Value::Null),
        (at(cyd, "reset-link"), Value::Null),
        (format!("/api/admin/jobs/{job}/retry"), Value::Null),
        (
            format!("/api/admin/registrations/{dan}/approve"),
            json!({ "note": "welcome" }),
        ),
        (
            format!("/api/admin/registrations/{dan}/reopen"),
            Value::Null,
        ),
        (
            format!("/api/admin/registrations/{eli}/reject"),
            Value::Null,
        ),
        (
            format!("/api/admin/registrations/{eli}/restore"),
            Value::Null,
        ),
        (
            format!("/api/admin/invitations/{invited}/resend"),
            Value::Null,
        ),
        (
            "/api/admin/users".to_owned(),
            json!({ "username": "flo", "displayName": "Flo" }),
        ),
        (
            "/api/admin/users".to_owned(),
            json!({ "username": "gus", "displayName": "Gus", "password": "open sesame" }),
        ),
    ]
    .into_iter()
    .map(|(path, body)| match body {
        Value::Null => Ask::post(&path),
        body => Ask::post(&path).json(&body),
    })
    .chain([invite])
    .chain(access::asks(app).await)
    .collect()
}

/// Returns the label of a request without the ids in its path.
fn address(ask: &Ask) -> String {
    let label = ask.label();
    let parts = label.split('/').map(|part| match Uuid::try_parse(part) {
        Ok(_) => "{id}",
        Err(_) => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[testing::test]
async fn every_address_is_covered(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let posts = |ask: &Ask| {
        let address = address(ask);
        let counts = address.starts_with("POST /api/")
            && !address.starts_with("POST /api/auth/")
            && address != "POST /api/access/check"
            && !address.starts_with("POST /api/limits/")
            && address != "POST /api/usage";
        counts.then_some(address)
    };
    let all: BTreeSet<String> = endpoints().iter().filter_map(posts).collect();
    let asked: BTreeSet<String> = asks(&app, &ada).await.iter().filter_map(posts).collect();
    assert_eq!(asked, all);
}

/// Checks the stored responses. Every secret is stored as a hash, so the stored responses must not contain a word with such a
/// hash.
#[testing::test]
async fn answers_are_replayed_unless_secret(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let mut secret = BTreeSet::new();
    for (number, ask) in asks(&app, &ada).await.into_iter().enumerate() {
        let label = address(&ask);
        let ask = named(ask, &format!("key-{number}")).by(&ada);
        let first = app.send(ask.clone()).await;
        assert!(
            first.status < 300,
            "{label}: {} {}",
            first.status,
            first.body
        );
        let before = entries(&app).await;
        let again = app.send(ask).await;
        assert_eq!(entries(&app).await, before, "{label}");
        if is_replayed(&again) {
            assert_eq!(
                (again.status, &again.body),
                (first.status, &first.body),
                "{label}"
            );
        } else {
            assert_eq!(again.outline(), "409 CONFLICT", "{label}");
            assert!(
                again.body.contains("shown only once"),
                "{label}: {}",
                again.body
            );
            secret.insert(label);
        }
    }
    let expected = [
        "POST /api/admin/groups/{id}/invitations",
        "POST /api/admin/groups/{id}/members/{id}/reset-link",
        "POST /api/admin/invitations",
        "POST /api/admin/invitations/{id}/resend",
        "POST /api/admin/users",
        "POST /api/admin/users/{id}/reset-link",
        "POST /api/admin/users/{id}/virtual-keys",
        "POST /api/admin/virtual-keys/{id}/rotate",
        "POST /api/tokens",
        "POST /api/virtual-keys",
    ];
    assert_eq!(
        secret.iter().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
    let hashes = "with kept as (
            select row_to_json(k)::text || coalesce(convert_from(k.body, 'UTF8'), '') as text from idempotency_keys k
        ),
        words as (select distinct unnest(regexp_split_to_array(text, '[^A-Za-z0-9_-]+')) as word from kept)
        select count(*) from words where sha256(convert_to(word, 'UTF8')) in (
            select token_hash from access_tokens union all select previous_hash from access_tokens union all select token_hash from one_time_links
            union all select token_hash from sessions
        )";
    assert_eq!(app.count(hashes).await, 0);
    assert!(app.count("select count(*) from one_time_links").await >= 4);
}

/// Simulates a server that is killed after the change and before the response.
#[testing::test]
async fn completed_but_unanswered_request_is_not_repeated(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    app.run(
        "create function die() returns trigger language plpgsql as $$ begin raise 'killed'; end $$;
        create trigger die before update on idempotency_keys for each row
        when (new.answered_at is not null) execute function die()",
    )
    .await;
    for (number, ask) in asks(&app, &ada).await.into_iter().enumerate() {
        let label = address(&ask);
        let ask = named(ask, &format!("key-{number}")).by(&ada);
        let first = app.send(ask.clone()).await;
        assert!(
            first.status < 300,
            "{label}: {} {}",
            first.status,
            first.body
        );
        let before = entries(&app).await;
        let soon = app.send(ask.clone()).await;
        assert_eq!(
            (soon.status, soon.header("retry-after")),
            (409, "1"),
            "{label}"
        );
        app.run("update idempotency_keys set created_at = created_at - interval '1 minute'")
            .await;
        let again = app.send(ask).await;
        assert_eq!(again.outline(), "409 CONFLICT", "{label}");
        assert!(
            again.body.contains("This request was completed on"),
            "{label}: {}",
            again.body
        );
        assert_eq!(entries(&app).await, before, "{label}");
    }
}
