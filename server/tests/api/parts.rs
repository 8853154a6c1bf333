//! Parts of a user. Each requires its own permission besides the one to read users.

use serde_json::Value;
use sqlx::PgPool;
use testing::roles::role;

use crate::support::{Ask, add_user, app, id_of, session, token};

/// Data of Ada beside her account.
const PARTS: &str = "
    insert into api_keys (id, user_id, provider, name, ciphertext, nonce, key_version, last4, created_at, updated_at)
    select uuid_v7(now()), id, 'OPENAI', 'Work', 'x', decode(repeat('00', 24), 'hex'), 1, 'wxyz', now(), now()
    from users where username = 'ada';
    insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label)
    select now(), id, 'ada', 'self', 'user.updated', 'user', id, 'ada' from users where username = 'ada'";

/// A permission beside `users:read`, and the parts of an export that it shows.
const SHOWS: [(&str, &[&str]); 5] = [
    ("users:read", &[]),
    ("sessions:read", &["sessions"]),
    ("api-keys:read", &["apiKeys"]),
    ("tokens:read", &["tokens"]),
    ("*:read", &["sessions", "apiKeys", "tokens"]),
];

#[testing::test]
async fn each_section_of_a_user_requires_its_permission(pool: PgPool) {
    add_user(&pool, "ada", &["user"]).await;
    add_user(&pool, "root", &["admin"]).await;
    let app = app(&pool);
    app.run(PARTS).await;
    let ada = session(&pool, "ada").await;
    token(&app.services, "ada", &["account"]).await;
    let root = session(&pool, "root").await;
    let id = id_of(&pool, "ada").await;
    let of = |part: &str| format!("/api/admin/users/{id}/{part}");
    for (index, (permission, shown)) in SHOWS.into_iter().enumerate() {
        let name = format!("helper-{index}");
        role(&name)
            .permissions(&["users:read", permission])
            .insert(&pool)
            .await;
        add_user(&pool, &name, &[&name]).await;
        let helper = session(&pool, &name).await;
        let file = app.get_as(&helper, &of("export")).await.json();
        for part in ["sessions", "apiKeys", "tokens"] {
            let is_there = file.get(part).is_some();
            assert_eq!(is_there, shown.contains(&part), "{permission}: {part}");
        }
        assert!(file["personas"].is_array(), "{file}");
        let reads_all = permission == "*:read";
        let [sessions, keys, tokens] = ["sessions:read", "api-keys:read", "tokens:read"]
            .map(|own| reads_all || permission == own);
        for (path, may) in [
            (of("sessions"), sessions),
            (format!("/sfn/user-sessions?id={id}"), sessions),
            (of("api-keys"), keys),
            (format!("/sfn/user-keys?id={id}"), keys),
            ("/api/admin/tokens".to_owned(), tokens),
            ("/sfn/tokens".to_owned(), tokens),
            (of("history"), reads_all),
            (format!("/sfn/user-history?id={id}"), reads_all),
        ] {
            let answer = app.get_as(&helper, &path).await;
            let status = if may { 200 } else { 403 };
            assert_eq!(answer.status, status, "{permission}: {path}");
        }
        let overview = app.get_as(&helper, "/api/admin/overview").await.json();
        assert_eq!(
            overview["changes"] != Value::Array(Vec::new()),
            reads_all,
            "{overview}"
        );
        let page = app.get_as(&helper, "/users/ada").await;
        assert_eq!(page.status, 200);
        assert_eq!(page.body.contains("href=\"/users/ada/history\""), reads_all);
    }
    // The export of one's own account has all parts.
    let own = app.get_as(&ada, "/api/user/export").await.json();
    for part in ["sessions", "apiKeys", "tokens"] {
        assert!(
            own[part].as_array().is_some_and(|part| !part.is_empty()),
            "{part}"
        );
    }
    // A token has the scopes that it was created with, whatever its owner can do.
    let narrow = token(&app.services, "root", &["users:read"]).await;
    let file = app
        .send(Ask::get(&of("export")).bearer(&narrow))
        .await
        .json();
    assert!(
        file.get("sessions").is_none() && file.get("tokens").is_none(),
        "{file}"
    );
    let wide = app.get_as(&root, &of("export")).await.json();
    assert!(wide["sessions"].is_array(), "{wide}");
}
