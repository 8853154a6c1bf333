//! Clients: administrators see all, other users those in their lists.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{Tracker, UNKNOWN};

const NONE_AUTHORIZED: &str = "No authorized clients found";

#[testing::test]
async fn client_is_created_changed_and_deleted(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    let logo = "https://example.org/logo.png";
    let body = json!({ "name": "ACME", "logo": logo });
    let created = tracker.post(&ada, "/clients/", body).await;
    assert_eq!(created.status, 200, "{}", created.body);
    let id = created.body["id"].as_i64().unwrap();
    assert_eq!(
        created.body,
        json!({ "id": id, "name": "ACME", "logo": logo })
    );
    let path = format!("/clients/{id}");
    assert_eq!(tracker.get(&ada, &path).await.body, created.body);
    let renamed = tracker.put(&ada, &path, json!({ "name": "Ajax" })).await;
    assert_eq!(
        renamed.body,
        json!({ "id": id, "name": "Ajax", "logo": logo })
    );
    let patch = Tracker::ask(Method::PATCH, &path).bearer(&ada);
    let bare = tracker.send(patch.json(&json!({ "logo": null }))).await;
    let expected = json!({ "id": id, "name": "Ajax", "logo": null });
    assert_eq!(bare.body, expected);
    let again = tracker.post(&ada, "/clients", json!({ "name": "ajax" }));
    assert_eq!(again.await.status, 400);
    let invalid = json!({ "name": "", "logo": "javascript:alert(1)" });
    let invalid = tracker.post(&ada, "/clients/", invalid).await;
    invalid.assert_invalid(&[json!(["body", "name"]), json!(["body", "logo"])]);

    let deleted = tracker.delete(&ada, &path).await;
    assert_eq!((deleted.status, &deleted.body), (200, &expected));
    for path in [path, format!("/clients/{UNKNOWN}")] {
        for reply in [
            tracker.get(&ada, &path).await,
            tracker.delete(&ada, &path).await,
            tracker.put(&ada, &path, json!({ "name": "X" })).await,
        ] {
            reply.assert_denied(404, "Client not found");
        }
    }
    let entries = "select count(*) from audit_events where action like 'client.%' and actor_label = 'ada' and via = 'api'";
    assert_eq!(tracker.app.count(entries).await, 4);
}

#[testing::test]
async fn users_see_the_clients_in_their_lists(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let ada = tracker.ada().await;
    let bob = tracker.sign_in("bob@example.org").await.access;
    let mut ids = Vec::new();
    for name in ["Zeta", "Alpha", "Mid"] {
        let created = tracker
            .post(&ada, "/clients/", json!({ "name": name }))
            .await;
        ids.push(created.body["id"].as_i64().unwrap());
    }
    let names = async |token: &str, path: &str| -> Value {
        let listed = tracker.get(token, path).await;
        assert_eq!(listed.status, 200, "{path}: {}", listed.body);
        let clients = listed.body.as_array().unwrap().iter();
        clients.map(|client| client["name"].clone()).collect()
    };
    assert_eq!(
        names(&ada, "/clients/").await,
        json!(["Zeta", "Alpha", "Mid"])
    );
    assert_eq!(
        names(&ada, "/clients/?skip=1&limit=1").await,
        json!(["Alpha"])
    );
    let none = tracker.get(&bob, "/clients/").await;
    none.assert_denied(404, NONE_AUTHORIZED);

    let path = format!("/users/{}", tracker.number("bob").await);
    let own = json!({ "client_list": [ids[2], ids[0], 12345] });
    assert_eq!(tracker.put(&ada, &path, own).await.status, 200);
    assert_eq!(names(&bob, "/clients/").await, json!(["Zeta", "Mid"]));
    assert_eq!(names(&bob, "/clients/?skip=1").await, json!(["Mid"]));
    assert_eq!(names(&bob, "/clients/?skip=2").await, json!([]));
    let own = tracker.get(&bob, &format!("/clients/{}", ids[0])).await;
    assert_eq!(own.body["name"], "Zeta");
    let foreign = tracker.get(&bob, &format!("/clients/{}", ids[1])).await;
    foreign.assert_denied(404, "Client not found");
    let path = format!("/clients/{}", ids[0]);
    for denied in [
        tracker.put(&bob, &path, json!({ "name": "X" })).await,
        tracker.delete(&bob, &path).await,
        tracker
            .post(&bob, "/clients/", json!({ "name": "X" }))
            .await,
    ] {
        denied.assert_denied(403, "The user doesn't have enough privileges");
    }
}
