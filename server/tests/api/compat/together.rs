//! Two dialects on one database.

use axum::http::Method;
use dialects::Dialects;
use serde_json::json;
use server::router::Site;
use service::{access::MasterKey, settings::Settings};
use sqlx::PgPool;

use super::{
    litellm::{MASTER, ask},
    meeting::meet,
};
use crate::support::{Ask, add_user, id_of, session_token, with_site};

#[testing::test]
async fn concurrent_renames_by_two_dialects_follow_one_another(pool: PgPool) {
    let site = Site {
        dialects: Dialects::builtin().select("litellm,openwebui").unwrap(),
        ..Site::default()
    };
    let settings = Settings {
        litellm_master_key: MasterKey::parse(MASTER),
        ..Settings::default()
    };
    let app = with_site(&pool, &site, settings);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let (bob, ada) = (id_of(&pool, "bob").await, session_token(&pool, "ada").await);
    let alias = json!({ "user_id": bob, "user_alias": "Bob by LiteLLM" });
    let alias = ask(Method::POST, "/user/update", MASTER).json(&alias);
    let of_bob = format!("/compat/openwebui/api/v1/users/{bob}");
    let name = json!({ "name": "Bob by Open WebUI" });
    let name = Ask::post(&format!("{of_bob}/update"))
        .bearer(&ada)
        .json(&name);
    let lock = "select from users where username = 'bob' for update";
    let both = (app.send(alias), app.send(name));
    let (alias, name) = meet(&pool, lock, both).await;
    assert_eq!(alias.status, 200, "{}", alias.body);
    assert_eq!(name.status, 200, "{}", name.body);

    let changes: Vec<(String, String)> = sqlx::query_as(
        "select changes->'displayName'->>0, changes->'displayName'->>1 from audit_events
        where action = 'user.updated' order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let [(before, between), (same, after)] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!((before.as_str(), between), ("Bob", same));
    assert_ne!(between, after);
    // Both show the last one.
    let path = format!("/user/info?user_id={bob}");
    let info = app.send(ask(Method::GET, &path, MASTER)).await.json();
    assert_eq!(info["user_info"]["user_alias"], *after);
    let user = app.send(Ask::get(&of_bob).bearer(&ada)).await.json();
    assert_eq!(user["name"], *after);
}
