//! Forms with the longest valid input, and with the values that they showed first.

use axum::http::Method;
use domain::json::JsonLimits;
use serde_json::{Map, Value, json};
use sqlx::PgPool;
use testing::groups::group;

use crate::{
    long_bodies::{FEATURES, OF_OTHERS, many_features},
    support::{
        App, Ask, add_user, app,
        html::{elements, value},
        id_of, session,
    },
};

/// Returns the number of bytes of a form as a browser encodes it.
fn length(fields: &[(&str, &str)]) -> usize {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).finish().len()
}

/// Returns the version of an object.
async fn version(app: &App, ada: &str, object: &str) -> String {
    let stored = app.get_as(ada, object).await;
    stored.json()["version"].to_string()
}

/// Sends a form to its server function and to its page: with an old version, which is denied, and with the current one.
async fn save(
    app: &App,
    ada: &str,
    (function, page, object): (&str, &str, &str),
    fields: &[(&str, &str)],
) {
    assert!(length(fields) > OF_OTHERS, "{}", length(fields));
    let send = async |path: &str, version: &str| {
        let version = [("version", version)];
        let form: Vec<_> = fields.iter().copied().chain(version).collect();
        app.send(Ask::post(path).form(&form).by(ada)).await
    };
    for (path, status) in [(function, 200), (page, 303)] {
        let stale = send(path, "1").await;
        assert_eq!(stale.status, 409, "{path}: {:.500}", stale.body);
        let current = version(app, ada, object).await;
        let saved = send(path, &current).await;
        assert_eq!(saved.status, status, "{path}: {:.500}", saved.body);
    }
}

/// Returns a profile with as many fields as possible, and with a text that makes it as long as possible.
fn largest_profile() -> Map<String, Value> {
    let JsonLimits { bytes, values } = JsonLimits::PROFILE;
    let fields = (0..values).map(|number| (format!("{number:03}"), json!(1)));
    let mut profile: Map<String, Value> = fields.collect();
    // The quotation marks of the text are one byte more than the number.
    let left = bytes - Value::Object(profile.clone()).to_string().len() - 1;
    profile.insert("000".to_owned(), "ж".repeat(left / 2).into());
    assert_eq!(Value::Object(profile.clone()).to_string().len(), bytes);
    profile
}

#[testing::test]
async fn user_with_the_largest_profile_is_edited(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let (ada, bob) = (session(&pool, "ada").await, id_of(&pool, "bob").await);
    let (page, object) = ("/users/bob/edit", format!("/api/admin/users/{bob}"));
    let store = async |profile: &Map<String, Value>| {
        let change = Ask::new(Method::PATCH, &object).json(&json!({ "profile": profile }));
        let stored = app.send(change.by(&ada)).await;
        assert_eq!(stored.status, 200, "{:.500}", stored.body);
    };
    let mut profile = largest_profile();
    store(&profile).await;

    let shown = app.get_as(&ada, page).await;
    let first = value(&shown, "first").unwrap();
    let inputs = elements(&shown.body);
    let rows = inputs.iter().filter_map(|input| {
        let name = input.attribute("name")?;
        let text = input.attribute("value").unwrap_or_default();
        name.starts_with("profile[").then_some((name, text))
    });
    let mut fields = vec![
        ("page", "/users/bob"),
        ("id", bob.as_str()),
        ("username", "bob"),
        ("display_name", "Mine"),
        ("email", "bob@example.org"),
        ("set_profile", "true"),
        ("first", first.as_str()),
    ];
    fields.extend(rows);

    profile.insert("999".to_owned(), json!(2));
    store(&profile).await;
    save(&app, &ada, ("/sfn/edit-user", page, &object), &fields).await;
    let user = app.get_as(&ada, &object).await.json();
    assert_eq!(user["displayName"], "Mine");
    assert!(
        user["profile"] == Value::Object(profile),
        "it was not changed"
    );
}

#[testing::test]
async fn group_with_many_features_is_edited(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let ada = session(&pool, "ada").await;
    let keys = many_features(&pool).await;
    let [theirs, mine] = [&keys[FEATURES - 1], &keys[FEATURES - 2]];
    let known: Vec<&str> = keys[..FEATURES - 2].iter().map(String::as_str).collect();
    let id = group("Editors").features(&known).insert(&pool).await;
    let id = id.to_string();
    let (page, object) = (
        format!("/groups/{id}/features"),
        format!("/api/admin/groups/{id}"),
    );

    let first = value(&app.get_as(&ada, &page).await, "first").unwrap();
    sqlx::query(
        "update groups set features = features || jsonb_build_object($1::text, true), version = version + 1",
    )
    .bind(theirs)
    .execute(&pool)
    .await
    .unwrap();
    let mut fields = vec![
        ("id", id.as_str()),
        ("shown", "Editors"),
        ("first", first.as_str()),
        ("features[]", mine.as_str()),
    ];
    fields.extend(known.iter().skip(1).map(|key| ("features[]", *key)));
    let addresses = ("/sfn/save-group-features", page.as_str(), object.as_str());
    save(&app, &ada, addresses, &fields).await;
    let stored = app.get_as(&ada, &object).await.json();
    assert!(
        stored["features"] == json!(keys[1..]),
        "one removed, two added"
    );
}
