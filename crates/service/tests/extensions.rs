//! Extensions: data of users in other systems.

use domain::{
    error::Entity,
    identifiers::{Identifier, Namespace},
    json::{DEPTH_MAX, JsonError, JsonLimits},
    users::deletion::Deletion,
};
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::operator,
    identifiers,
    owned::{Reader, Writer, extensions},
    users,
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    callers::caller,
    services,
    users::{add, count},
};

fn namespace() -> Namespace {
    "litellm".parse().unwrap()
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

/// Replaces the data of a user as the operator.
async fn replace(services: &Services, user: Uuid, data: Value) -> Result<(), Error> {
    let writer = Writer::all(operator());
    let replaced =
        extensions::replace(services, &writer, Some(user), &namespace(), object(data)).await;
    replaced.map(drop)
}

async fn get(services: &Services, user: Uuid) -> Value {
    let reader = Reader::all(&operator());
    let data = extensions::get(services, &reader, user, &namespace()).await;
    Value::Object(data.unwrap())
}

/// Returns an object whose text has this many bytes.
fn of_bytes(bytes: usize) -> Value {
    json!({ "d": "x".repeat(bytes - r#"{"d":""}"#.len()) })
}

fn nested(depth: usize) -> Value {
    (1..depth).fold(json!({}), |inner, _| json!({ "d": inner }))
}

#[testing::test]
async fn data_is_replaced_and_merged(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    assert_eq!(get(&services, ada).await, json!({}));
    replace(&services, ada, json!({ "a": 1, "b": { "c": [null] } }))
        .await
        .unwrap();
    let writer = Writer::all(operator());
    let members = object(json!({ "b": { "d": 2 }, "e": null }));
    let merged = extensions::merge(&services, &writer, Some(ada), &namespace(), members.clone())
        .await
        .unwrap();
    let expected = json!({ "a": 1, "b": { "d": 2 }, "e": null });
    assert_eq!(Value::Object(merged), expected);
    assert_eq!(get(&services, ada).await, expected);
    // The same data again changes nothing, and is not audited.
    extensions::merge(&services, &writer, Some(ada), &namespace(), members)
        .await
        .unwrap();
    let entries = "select count(*) from audit_events where action = 'user.updated'";
    assert_eq!(count(&pool, entries).await, 2);
    let other: Namespace = "openwebui".parse().unwrap();
    let reader = Reader::all(&operator());
    let of_other = extensions::get(&services, &reader, ada, &other).await;
    assert!(of_other.unwrap().is_empty());
}

#[testing::test]
async fn concurrent_merges_lose_nothing(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let writer = Writer::all(operator());
    let namespace = namespace();
    let merge = async |key: &str| {
        let members = object(json!({ key: 1 }));
        let merged = extensions::merge(&services, &writer, Some(ada), &namespace, members).await;
        merged.map(drop)
    };
    let (first, second, third) = tokio::join!(merge("a"), merge("b"), merge("c"));
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(get(&services, ada).await, json!({ "a": 1, "b": 1, "c": 1 }));
}

#[testing::test]
async fn members_are_added_to_an_object_in_the_data(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let writer = Writer::all(operator());
    let namespace = namespace();
    let add = async |members: Value| {
        let members = object(members);
        extensions::merge_into(&services, &writer, Some(ada), &namespace, "info", members).await
    };
    let before = json!({ "other": 1, "info": [] });
    replace(&services, ada, before).await.unwrap();
    for (members, info) in [
        (json!({ "a": 1 }), json!({ "a": 1 })),
        (
            json!({ "b": { "c": 2 } }),
            json!({ "a": 1, "b": { "c": 2 } }),
        ),
        (json!({ "b": {} }), json!({ "a": 1, "b": {} })),
    ] {
        let stored = Value::Object(add(members).await.unwrap());
        assert_eq!(stored, json!({ "other": 1, "info": info }));
        assert_eq!(get(&services, ada).await, stored);
    }
    let (first, second) = tokio::join!(add(json!({ "d": 1 })), add(json!({ "e": 1 })));
    assert!(first.is_ok() && second.is_ok());
    let info = json!({ "a": 1, "b": {}, "d": 1, "e": 1 });
    assert_eq!(get(&services, ada).await["info"], info);
}

#[testing::test]
async fn data_is_limited_before_it_is_stored(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let bytes = JsonLimits::EXTENSION.bytes;
    assert_eq!(bytes, 64 * 1024);
    let values = JsonLimits::EXTENSION.values;
    for accepted in [
        of_bytes(bytes),
        nested(DEPTH_MAX),
        json!({ "n": [1.5, -7, "\u{1}"] }),
    ] {
        replace(&services, ada, accepted.clone()).await.unwrap();
        assert_eq!(get(&services, ada).await, accepted);
    }
    let stored = json!({ "a": "x" });
    replace(&services, ada, stored.clone()).await.unwrap();
    for (data, error) in [
        (of_bytes(bytes + 1), JsonError::Bytes(bytes)),
        (nested(DEPTH_MAX + 1), JsonError::Depth),
        (json!({ "a": "\0" }), JsonError::Nul),
        (json!({ "\0": 1 }), JsonError::Nul),
        (json!({ "a": 1e300 }), JsonError::Number),
        (json!({ "a": vec![0; values] }), JsonError::Values(values)),
    ] {
        let denied = replace(&services, ada, data).await;
        let Err(Error::Invalid(fields)) = &denied else {
            panic!("{error}: {denied:?}");
        };
        assert_eq!(fields.get("extension"), Some(&*error.to_string()));
    }
    // What is stored counts too.
    let writer = Writer::all(operator());
    let more = object(of_bytes(bytes));
    let merged = extensions::merge(&services, &writer, Some(ada), &namespace(), more).await;
    assert!(matches!(merged, Err(Error::Invalid(_))), "{merged:?}");
    assert_eq!(get(&services, ada).await, stored);
}

#[testing::test]
async fn densest_data_fits_the_table(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    // PostgreSQL adds the most spaces to short values, and writes out exponents.
    let members = (0..4_000).map(|n| (format!("{n}"), json!(1)));
    let short = Value::Object(members.collect());
    for data in [short, json!({ "n": vec![1e-38; 1_000] })] {
        replace(&services, ada, data).await.unwrap();
    }
}

#[testing::test]
async fn user_reads_and_writes_only_the_own_data(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    replace(&services, bob, json!({ "theme": "dark" }))
        .await
        .unwrap();
    let reader = Reader::own(&caller(ada, &[])).unwrap();
    assert!(
        extensions::get(&services, &reader, ada, &namespace())
            .await
            .unwrap()
            .is_empty()
    );
    for user in [bob, Uuid::nil()] {
        let hidden = extensions::get(&services, &reader, user, &namespace()).await;
        assert!(matches!(hidden, Err(Error::NotFound(Entity::User))));
    }
    let all = Reader::all(&operator());
    let unknown = extensions::get(&services, &all, Uuid::nil(), &namespace()).await;
    assert!(matches!(unknown, Err(Error::NotFound(Entity::User))));
    let unknown = replace(&services, Uuid::nil(), json!({})).await;
    assert!(matches!(unknown, Err(Error::NotFound(Entity::User))));
}

#[testing::test]
async fn export_and_purge_include_data_in_other_systems(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    for (user, value) in [(ada, "a-1"), (bob, "b-1")] {
        let identifier: Identifier = value.parse().unwrap();
        identifiers::set(&services, &operator(), user, &namespace(), &identifier)
            .await
            .unwrap();
        replace(&services, user, json!({ "alias": value }))
            .await
            .unwrap();
    }
    let mut export = users::export(&services, &operator(), ada).await.unwrap();
    let mut text = String::new();
    while let Some(piece) = export.pieces.recv().await {
        text.push_str(&piece.unwrap());
    }
    let file: Value = serde_json::from_str(&text).unwrap();
    for (kind, field, value) in [
        ("identifiers", "value", json!("a-1")),
        ("extensions", "data", json!({ "alias": "a-1" })),
    ] {
        let rows = file[kind].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{kind}");
        assert_eq!(rows[0]["namespace"], "litellm");
        assert_eq!(rows[0][field], value);
    }
    let permanent = Deletion {
        permanent: true,
        ..Deletion::default()
    };
    users::delete(&services, &operator(), ada, &permanent)
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    for left in [
        "select count(*) from user_identifiers",
        "select count(*) from user_extensions",
    ] {
        assert_eq!(count(&pool, left).await, 1, "{left}");
    }
}
