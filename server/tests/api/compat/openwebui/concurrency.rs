//! Changes that meet: none of them is lost.

use serde_json::json;
use sqlx::PgPool;

use super::OpenWebUi;
use crate::compat::meeting::meet;

/// Locks the account of Bob, whose data is changed.
const BOB: &str = "select from users where username = 'bob' for update";
/// Locks the settings of all users.
const SETTINGS: &str = "select from host_settings for update";

#[testing::test]
async fn concurrent_changes_of_own_data_are_all_stored(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for name in ["info", "settings"] {
        let path = format!("/users/user/{name}");
        let update = format!("{path}/update");
        let bodies = (json!({ "a": 1 }), json!({ "b": 2 }));
        let both = (
            served.post(&served.bob, &update, &bodies.0),
            served.post(&served.bob, &update, &bodies.1),
        );
        let (one, other) = meet(&pool, BOB, both).await;
        one.ok();
        other.ok();
        let stored = served.get(&served.bob, &path).await.ok();
        assert_eq!(stored, json!({ "a": 1, "b": 2 }), "{name}");
    }
}

#[testing::test]
async fn concurrent_changes_of_the_configuration_are_all_stored(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for (name, [first, second]) in [
        ("config", ["ENABLE_NOTES", "ENABLE_FOLDERS"]),
        (
            "config/oauth",
            ["ENABLE_OAUTH_SIGNUP", "OAUTH_AUTO_REDIRECT"],
        ),
    ] {
        let path = format!("/auths/admin/{name}");
        // Now there is a row to lock.
        let before = json!({ first: true });
        served.post(&served.ada, &path, &before).await.ok();
        let bodies = (json!({ first: false }), json!({ second: false }));
        let both = (
            served.post(&served.ada, &path, &bodies.0),
            served.post(&served.ada, &path, &bodies.1),
        );
        let (one, other) = meet(&pool, SETTINGS, both).await;
        one.ok();
        other.ok();
        let stored = served.get(&served.ada, &path).await.ok();
        for member in [first, second] {
            assert_eq!(stored[member], false, "{name} {member}");
        }
    }
}
