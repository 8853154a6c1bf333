//! Forms of limits as browsers without scripts send them.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, add_user, app, html::value, id_of, session};

/// Submits a form to a path as Ada.
async fn post(app: &App, ada: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    app.send(Ask::post(path).form(fields).by(ada)).await
}

/// Returns the amounts of all limits, the first created first.
async fn amounts(pool: &PgPool) -> Vec<Option<i64>> {
    let amounts = sqlx::query_scalar("select amount from limits order by id");
    amounts.fetch_all(pool).await.unwrap()
}

/// Fields of a default limit of requests in a state.
fn default_limit<'a>(state: &'a str, amount: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("shown", ""),
        ("kind", "default"),
        ("metric", "requests"),
        ("period", "calendar:day"),
        ("state", state),
        ("amount", amount),
    ]
}

#[testing::test]
async fn three_states_are_stored_as_they_are(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let ada = session(&pool, "ada").await;
    let none: &[Option<i64>] = &[];
    for (state, amount, status, expected) in [
        ("number", "", 422, none),
        ("", "5", 422, none),
        ("inherit", "5", 303, none),
        ("number", "0", 303, &[Some(0)]),
        ("unlimited", "7", 303, &[None]),
        ("number", "7", 303, &[Some(7)]),
    ] {
        let form = default_limit(state, amount);
        let answer = post(&app, &ada, "/limits/new", &form).await;
        assert_eq!(answer.status, status, "{state} {amount}: {}", answer.body);
        assert_eq!(amounts(&pool).await, expected, "{state} {amount}");
    }
}

#[testing::test]
async fn denied_form_has_the_typed_values_and_says_what_they_permit(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let ada = session(&pool, "ada").await;
    let mut form = default_limit("number", "12");
    form.push(("time_zone", "Mars/Olympus"));
    let denied = post(&app, &ada, "/limits/new", &form).await;
    assert_eq!(denied.status, 422);
    for text in [
        "At most 12 requests a day, from midnight, Mars/Olympus.",
        "value=\"12\"",
        "value=\"Mars/Olympus\"",
    ] {
        assert!(denied.body.contains(text), "{text}: {}", denied.body);
    }
}

#[testing::test]
async fn every_invalid_field_of_a_new_limit_is_reported_at_once(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let ada = session(&pool, "ada").await;
    for subject in ["", "unknown"] {
        let mut form = default_limit("number", "x");
        form.retain(|(name, _)| *name != "kind");
        form.extend([
            ("kind", "user"),
            ("subject", subject),
            ("time_zone", "Mars/Olympus"),
            ("warn_at", "0"),
        ]);
        let denied = post(&app, &ada, "/limits/new", &form).await;
        assert_eq!(denied.status, 422, "{}", denied.body);
        let of_subject = if subject.is_empty() {
            "Enter a value."
        } else {
            "This user, group, role, access token or virtual key does not exist."
        };
        for text in [
            of_subject,
            "Enter a whole number",
            "Unknown time zone.",
            "Enter a number from 1 to 100.",
        ] {
            assert!(denied.body.contains(text), "{text}: {}", denied.body);
        }
    }
}

#[testing::test]
async fn new_limit_names_the_one_that_exists_already(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let ada = session(&pool, "ada").await;
    let form = |amount| {
        let mut form = default_limit("number", amount);
        form.push(("version", "0"));
        form
    };
    let stored = post(&app, &ada, "/limits/new", &form("5")).await;
    assert_eq!(stored.status, 303, "{}", stored.body);
    let denied = post(&app, &ada, "/limits/new", &form("9")).await;
    assert_eq!(denied.status, 409, "{}", denied.body);
    assert_eq!(amounts(&pool).await, [Some(5)]);
    let id: String = sqlx::query_scalar("select id::text from limits")
        .fetch_one(&pool)
        .await
        .unwrap();
    for text in [
        "This limit already exists.",
        "At most 5 requests a day",
        &format!("/limits/{id}/edit"),
        "value=\"9\"",
    ] {
        assert!(denied.body.contains(text), "{text}: {}", denied.body);
    }
    for text in ["Changed in the meantime", "Overwrite with mine"] {
        assert!(!denied.body.contains(text), "{text}");
    }
}

#[testing::test]
async fn part_of_a_limit_that_was_not_changed_stays_as_another_user_has_saved_it(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let ada = session(&pool, "ada").await;
    post(&app, &ada, "/limits/new", &default_limit("number", "5")).await;
    let id: String = sqlx::query_scalar(
        "update limits set warn_at = 80, version = version + 1 returning id::text",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let mut form = default_limit("number", "9");
    form.retain(|(name, _)| *name != "shown");
    form.extend([
        ("id", id.as_str()),
        ("shown", "all users: requests"),
        ("version", "2"),
        ("first", "amount=number+5&warn_at="),
    ]);
    let saved = post(&app, &ada, &format!("/limits/{id}/edit"), &form).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let stored: (Option<i64>, Option<i16>) = sqlx::query_as("select amount, warn_at from limits")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(stored, (Some(9), Some(80)));
}

#[testing::test]
async fn parts_of_a_limit_that_another_user_has_stored_first_stay(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    add_user(&pool, "uma", &["user"]).await;
    let (ada, uma) = (session(&pool, "ada").await, id_of(&pool, "uma").await);
    let path = "/users/uma/limits/requests/set";
    let first = value(&app.get_as(&ada, path).await, "first").unwrap();
    let theirs = json!({
        "subject": { "user": uma }, "metric": "requests", "amount": 5, "period": "calendar:day", "warnAt": 80,
    });
    let put = Ask::new(Method::PUT, "/api/admin/limits").json(&theirs);
    assert_eq!(app.send(put.by(&ada)).await.status, 200);
    let send = async |state: &str, version: &str| {
        let form = [
            ("page", "/users/uma/limits"),
            ("shown", "uma"),
            ("kind", "user"),
            ("subject", &uma),
            ("metric", "requests"),
            ("period", "calendar:month"),
            ("time_zone", "UTC"),
            ("state", state),
            ("amount", "9"),
            ("version", version),
            ("first", &first),
        ];
        post(&app, &ada, path, &form).await
    };
    for state in ["inherit", "number"] {
        let denied = send(state, "0").await;
        assert_eq!(denied.status, 409, "{state}: {}", denied.body);
    }
    let saved = send("number", "1").await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let stored: (Option<i64>, String, Option<i16>) =
        sqlx::query_as("select amount, period, warn_at from limits")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(stored, (Some(9), "calendar:day".to_owned(), Some(80)));
}

#[testing::test]
async fn limit_that_another_user_has_changed_is_not_overwritten(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let ada = session(&pool, "ada").await;
    post(&app, &ada, "/limits/new", &default_limit("number", "5")).await;
    let id: String = sqlx::query_scalar("select id::text from limits")
        .fetch_one(&pool)
        .await
        .unwrap();
    let path = format!("/limits/{id}/edit");
    for (shown, version, status) in [
        ("all users: tokens", "1", 409),
        ("all users: requests", "7", 409),
        ("all users: requests", "1", 303),
    ] {
        let mut form = default_limit("number", "9");
        form.retain(|(name, _)| *name != "shown");
        form.extend([("id", id.as_str()), ("shown", shown), ("version", version)]);
        let answer = post(&app, &ada, &path, &form).await;
        assert_eq!(answer.status, status, "{shown} {version}: {}", answer.body);
        let expected = if status == 303 { 9 } else { 5 };
        assert_eq!(amounts(&pool).await, [Some(expected)], "{shown} {version}");
    }
    // A limit that is inherited is deleted.
    let inherit = [
        ("id", id.as_str()),
        ("shown", "all users: requests"),
        ("version", "2"),
        ("state", "inherit"),
    ];
    let deleted = post(&app, &ada, &path, &inherit).await;
    assert_eq!(deleted.status, 303, "{}", deleted.body);
    assert!(amounts(&pool).await.is_empty());
}

#[testing::test]
async fn limit_of_a_user_is_that_of_the_shown_one(pool: PgPool) {
    let app = app(&pool);
    for (name, roles) in [("ada", &["admin", "user"][..]), ("uma", &["user"])] {
        add_user(&pool, name, roles).await;
    }
    let ada = session(&pool, "ada").await;
    let uma = id_of(&pool, "uma").await;
    for (shown, status) in [("una", 409), ("uma", 303)] {
        let form = [
            ("page", "/users/uma/limits"),
            ("shown", shown),
            ("kind", "user"),
            ("subject", &uma),
            ("metric", "rpm"),
            ("state", "number"),
            ("amount", "3"),
            ("version", "0"),
        ];
        let answer = post(&app, &ada, "/users/uma/limits/rpm/set", &form).await;
        assert_eq!(answer.status, status, "{shown}: {}", answer.body);
    }
    let tab = app.get_as(&ada, "/users/uma/limits").await;
    for text in ["Saved the limit of uma", "Own limit"] {
        assert!(tab.body.contains(text), "{text}: {}", tab.body);
    }
    let own = app
        .get_as(&session(&pool, "uma").await, "/account/usage")
        .await;
    assert!(own.body.contains("Requests per minute"), "{}", own.body);
}

#[testing::test]
async fn pages_of_limits_say_what_is_left_of_each_metric(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    add_user(&pool, "uma", &["user"]).await;
    let (ada, uma) = (session(&pool, "ada").await, session(&pool, "uma").await);
    let member = testing::users::id_of(&pool, "uma").await;
    let studio = testing::groups::group("Studio").members(&[member]);
    let studio = studio.insert(&pool).await;
    for limit in [
        json!({ "subject": { "user": member }, "metric": "requests", "amount": null, "period": "calendar:month" }),
        json!({
            "subject": { "group": studio }, "metric": "cost", "amount": "2.5", "period": "calendar:month",
            "shared": true,
        }),
    ] {
        let put = Ask::new(Method::PUT, "/api/admin/limits").json(&limit);
        assert_eq!(app.send(put.by(&ada)).await.status, 200, "{limit}");
    }
    for (by, path) in [(&ada, "/users/uma/limits"), (&uma, "/account/usage")] {
        let page = app.get_as(by, path).await;
        for text in ["Amounts left", "Group Studio, shared", "Not counted"] {
            assert!(page.body.contains(text), "{path} {text}: {}", page.body);
        }
        let months = page.body.matches("Calendar month").count();
        assert_eq!(months, 1, "only of the limit with a number: {}", page.body);
    }
    let list = app.get_as(&ada, "/limits").await;
    assert!(
        list.body.contains("$0.00 used, $2.50 left"),
        "{}",
        list.body
    );
    let id: String = sqlx::query_scalar("select id::text from limits where group_id is not null")
        .fetch_one(&pool)
        .await
        .unwrap();
    let fields = [
        ("page", "/limits"),
        ("id", id.as_str()),
        ("shown", "group Studio, shared: cost"),
        ("name", "Studio"),
        ("operation", "top-up"),
        ("metric", "cost"),
        ("amount", "0.5"),
        ("reason", "Exam"),
    ];
    let done = post(&app, &ada, &format!("/limits/{id}/top-up"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let list = app.get_as(&ada, "/limits").await;
    for text in ["$2.50 + $0.50 top-ups", "$0.00 used, $3.00 left"] {
        assert!(list.body.contains(text), "{text}: {}", list.body);
    }
}

#[testing::test]
async fn tab_of_limits_names_the_allowed_models(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    add_user(&pool, "uma", &["user"]).await;
    let (ada, uma) = (session(&pool, "ada").await, id_of(&pool, "uma").await);
    let path = format!("/api/admin/users/{uma}/allowed-models");
    for (models, shown) in [
        (json!(null), ""),
        (json!(["gpt", "<b>"]), "Allowed models: gpt, &lt;b&gt;"),
        (json!([]), "Allowed models: none. Every use is denied."),
    ] {
        let put = Ask::new(Method::PUT, &path).json(&json!({ "allowedModels": models }));
        assert_eq!(app.send(put.by(&ada)).await.status, 200, "{models}");
        let tab = app.get_as(&ada, "/users/uma/limits").await;
        let is_named = tab.body.contains("Allowed models");
        assert_eq!(is_named, !shown.is_empty(), "{models}: {}", tab.body);
        assert!(tab.body.contains(shown), "{models}: {}", tab.body);
    }
}

#[testing::test]
async fn limits_of_selected_users_are_set_without_scripts(pool: PgPool) {
    let app = app(&pool);
    for (name, roles) in [
        ("ada", &["admin", "user"][..]),
        ("bob", &["user"]),
        ("uma", &["user"]),
    ] {
        add_user(&pool, name, roles).await;
    }
    let ada = session(&pool, "ada").await;
    let [bob, uma] = [id_of(&pool, "bob").await, id_of(&pool, "uma").await];
    let dialog = format!("/users/bulk/limit?u={bob}:1:bob&u={uma}:1:uma&sort=name");
    let dialog = app.get_as(&ada, &dialog).await;
    assert_eq!(dialog.status, 200, "{}", dialog.body);
    for text in ["Set limit of 2 users", ">bob<", ">uma<"] {
        assert!(dialog.body.contains(text), "{text}: {}", dialog.body);
    }
    let none: &[Option<i64>] = &[];
    let selected = format!("{bob}:1:bob {uma}:1:uma");
    for (state, amount, expected, status, stored) in [
        ("", "5", "2", 422, none),
        ("number", "", "2", 422, none),
        ("number", "5", "1", 409, none),
        ("number", "5", "2", 303, &[Some(5), Some(5)]),
        ("unlimited", "", "2", 303, &[None, None]),
        ("inherit", "", "2", 303, none),
    ] {
        let form = [
            ("selected", selected.as_str()),
            ("expected", expected),
            ("back", "/users?sort=name"),
            ("metric", "requests"),
            ("period", "calendar:day"),
            ("state", state),
            ("amount", amount),
        ];
        let answer = post(&app, &ada, "/users/bulk/limit", &form).await;
        assert_eq!(answer.status, status, "{state} {amount}: {}", answer.body);
        assert_eq!(amounts(&pool).await, stored, "{state} {amount}");
    }
    let list = app.get_as(&ada, "/users?sort=name").await;
    for text in ["Deleted the limits of 2 users", "/users/bulk/limit"] {
        assert!(list.body.contains(text), "{text}");
    }
}

#[testing::test]
async fn usage_of_selected_users_is_reset_without_scripts(pool: PgPool) {
    let app = app(&pool);
    for (name, roles) in [
        ("ada", &["admin", "user"][..]),
        ("bob", &["user"]),
        ("uma", &["user"]),
    ] {
        add_user(&pool, name, roles).await;
    }
    let ada = session(&pool, "ada").await;
    let [bob, uma] = [id_of(&pool, "bob").await, id_of(&pool, "uma").await];
    let query = format!("u={bob}:1:bob&u={uma}:1:uma&sort=name");
    let dialog = format!("/users/bulk/reset-usage?{query}");
    let none = app.get_as(&ada, &dialog).await;
    assert!(none.body.contains("No limit to reset."), "{}", none.body);
    let limit = "insert into limits (id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
        values (uuid_v7(now()), 'requests', 10, '1d', 86400, now(), now(), now())";
    app.run(limit).await;
    let dialog = app.get_as(&ada, &dialog).await;
    assert_eq!(dialog.status, 200, "{}", dialog.body);
    for text in ["Reset usage of 2 users", ">bob<", ">uma<"] {
        assert!(dialog.body.contains(text), "{text}: {}", dialog.body);
    }
    let selected = format!("{bob}:1:bob {uma}:1:uma");
    for (metric, reason, expected, status, resets) in [
        ("", " ", "2", 422, 0),
        ("euros", "Exam", "2", 422, 0),
        ("cost", "Exam", "2", 409, 0),
        ("", "Exam", "1", 409, 0),
        ("", "Exam", "2", 303, 2),
        ("requests", "Exam", "2", 303, 4),
    ] {
        let form = [
            ("selected", selected.as_str()),
            ("expected", expected),
            ("back", "/users?sort=name"),
            ("metric", metric),
            ("reason", reason),
        ];
        let answer = post(&app, &ada, "/users/bulk/reset-usage", &form).await;
        assert_eq!(answer.status, status, "{metric} {reason}: {}", answer.body);
        let stored = "select count(*) from usage_events where kind = 'reset'";
        assert_eq!(app.count(stored).await, resets, "{metric} {reason}");
    }
    let list = app.get_as(&ada, "/users?sort=name").await;
    for text in ["Reset what 2 users have used", "/users/bulk/reset-usage"] {
        assert!(list.body.contains(text), "{text}");
    }
}
