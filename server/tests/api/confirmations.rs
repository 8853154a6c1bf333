//! What a dialog says about the thing that it revokes or deletes, before that happens.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{App, Ask, add_user, app, session};

const KEY: &str = "0198c2a4-0000-7000-8000-0000000000a1";
const SYSTEM_KEY: &str = "0198c2a4-0000-7000-8000-0000000000a2";
const NEW_KEY: &str = "0198c2a4-0000-7000-8000-0000000000a3";
const TOKEN: &str = "0198c2a4-0000-7000-8000-0000000000b1";
const NEW_TOKEN: &str = "0198c2a4-0000-7000-8000-0000000000b2";

/// Keys and tokens of Ada: some used at a known time, others never.
const THINGS: &str = "
    insert into api_keys (
        id, user_id, provider, name, ciphertext, nonce, key_version, last4, usage_count, last_used_at, created_at, updated_at
    )
    select v.id::uuid, u.id, v.provider, 'Work', '\\x00', '\\x00', 1, 'abcd', v.uses, v.used_at::timestamptz, now(), now()
    from (values
        ('0198c2a4-0000-7000-8000-0000000000a1', 'ada', 'OPENAI', 1234, '2026-10-02 08:30:00+00'),
        ('0198c2a4-0000-7000-8000-0000000000a2', null, 'OPENAI', 1234, '2026-10-02 08:30:00+00'),
        ('0198c2a4-0000-7000-8000-0000000000a3', 'ada', 'ANTHROPIC', 0, null)
    ) as v (id, username, provider, uses, used_at)
    left join users u on u.username = v.username;
    insert into access_tokens (id, user_id, name, prefix, token_hash, scopes, created_at, expires_at, last_used_at)
    select
        v.id::uuid, u.id, 'script', 'rc_abcd', sha256(convert_to(v.id, 'UTF8')), '{account}', '2026-10-01 08:30:00+00',
        now() + interval '3 days', v.used_at::timestamptz
    from (values
        ('0198c2a4-0000-7000-8000-0000000000b1', '2026-10-02 08:30:00+00'),
        ('0198c2a4-0000-7000-8000-0000000000b2', null)
    ) as v (id, used_at)
    join users u on u.username = 'ada'";

/// A virtual key of Ada.
const VIRTUAL_KEY: &str = "
    insert into access_tokens (id, kind, user_id, name, prefix, token_hash, created_at)
    select
        '0198c2a4-0000-7000-8000-0000000000b1', 'key', u.id, 'lab', 'sk-abcd', uuid_send(gen_random_uuid()),
        '2026-10-01 08:30:00+00'
    from users u where u.username = 'ada'";

/// Returns the details of a dialog.
async fn details(app: &App, session: &str, path: &str) -> Value {
    let asked = format!("/sfn/confirmation?path={path}");
    let asked = app.get_as(session, &asked).await;
    assert_eq!(asked.status, 200, "{path}: {}", asked.body);
    asked.json()["details"].clone()
}

fn detail(label: &str, text: &str, at: Option<&str>) -> Value {
    json!({ "label": label, "text": text, "at": at })
}

/// When something was last used.
fn last_used(is_used: bool) -> Value {
    if is_used {
        detail("Last used", "", Some("2026-10-02T08:30:00Z"))
    } else {
        detail("Last used", "Never", None)
    }
}

#[testing::test]
async fn the_dialog_of_a_key_says_how_often_and_when_it_was_last_used(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let (app, ada) = (app(&pool).storing_keys(), session(&pool, "ada").await);
    app.run(THINGS).await;
    for (path, provider, uses) in [
        (format!("/keys/{SYSTEM_KEY}/delete"), "OPENAI", "1,234"),
        (format!("/users/ada/keys/{KEY}/revoke"), "OPENAI", "1,234"),
        (format!("/account/keys/{KEY}/delete"), "OPENAI", "1,234"),
        (format!("/account/keys/{NEW_KEY}/delete"), "ANTHROPIC", "0"),
    ] {
        let expected = json!([
            detail("Provider", provider, None),
            detail("Key", "...abcd", None),
            detail("Uses", uses, None),
            last_used(uses != "0"),
        ]);
        assert_eq!(details(&app, &ada, &path).await, expected, "{path}");
    }
}

#[testing::test]
async fn the_dialog_of_a_token_says_what_it_can_do_and_when_it_was_last_used(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    app.run(THINGS).await;
    for (id, is_used) in [(TOKEN, true), (NEW_TOKEN, false)] {
        for path in [
            format!("/tokens/{id}/revoke"),
            format!("/users/ada/keys/tokens/{id}/revoke"),
            format!("/account/tokens/{id}/revoke"),
        ] {
            let expected = json!([
                detail("Token", "rc_abcd…", None),
                detail("Scopes", "account", None),
                detail("Created", "", Some("2026-10-01T08:30:00Z")),
                last_used(is_used),
            ]);
            assert_eq!(details(&app, &ada, &path).await, expected, "{path}");
        }
    }
}

#[testing::test]
async fn the_dialog_of_a_virtual_key_names_it_as_such(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    app.run(VIRTUAL_KEY).await;
    for (path, title) in [
        (
            format!("/tokens/{TOKEN}/revoke"),
            "Revoke virtual key lab of ada",
        ),
        (
            format!("/users/ada/keys/tokens/{TOKEN}/revoke"),
            "Revoke virtual key lab of ada",
        ),
        (
            format!("/account/tokens/{TOKEN}/revoke"),
            "Revoke virtual key lab",
        ),
    ] {
        let asked = format!("/sfn/confirmation?path={path}");
        let asked = app.get_as(&ada, &asked).await.json();
        assert_eq!(asked["title"], title, "{path}");
        let expected = json!([
            detail("Virtual key", "sk-abcd…", None),
            detail("Created", "", Some("2026-10-01T08:30:00Z")),
            last_used(false),
        ]);
        assert_eq!(asked["details"], expected, "{path}");
    }
}

#[testing::test]
async fn dialog_is_in_the_language_of_the_request(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    app.run(THINGS).await;
    let path = format!("/tokens/{NEW_TOKEN}/revoke");
    let ask = |path: &str| {
        let ask = Ask::get(path).by(&ada);
        app.send(ask.header("accept-language", "de"))
    };
    let asked = ask(&format!("/sfn/confirmation?path={path}")).await.json();
    let title = "Zugriffstoken script von ada widerrufen";
    assert_eq!(asked["title"], title);
    assert_eq!(
        asked["details"][3],
        detail("Zuletzt verwendet", "Nie", None)
    );
    let page = ask(&path).await;
    assert!(page.body.contains(title), "{}", page.body);
}
