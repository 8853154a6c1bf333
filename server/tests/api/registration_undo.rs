//! The queue of registrations: search and order, decisions in one step, and their undo, by the API and by forms.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, add_user, app, id_of, session};

const LIST: &str = "/api/admin/registrations";

/// Returns an app with pending users and a session of an admin.
async fn prepare(pool: &PgPool) -> (App, String) {
    add_user(pool, "boss", &["admin"]).await;
    for username in ["ada", "bob", "zoe"] {
        add_user(pool, username, &["user"]).await;
    }
    let app = app(pool);
    app.run(
        "update users set status = 'pending' where username <> 'boss';
        update users set display_name = 'Zoë Müller' where username = 'zoe'",
    )
    .await;
    (app, session(pool, "boss").await)
}

async fn decide(app: &App, boss: &str, username: &str, decision: &str, body: &Value) -> Answer {
    let path = format!("{LIST}/{}/{decision}", id_of(&app.pool, username).await);
    app.send(Ask::post(&path).json(body).by(boss)).await
}

/// Returns the usernames of a list.
async fn names(app: &App, boss: &str, query: &str) -> Vec<String> {
    let list = app.get_as(boss, &format!("{LIST}?{query}")).await;
    assert_eq!(list.status, 200, "{query}: {}", list.body);
    let list = list.json();
    let rows = list.as_array().unwrap().iter();
    rows.map(|row| row["username"].as_str().unwrap().to_owned())
        .collect()
}

#[testing::test]
async fn api_searches_and_sorts_registrations(pool: PgPool) {
    let (app, boss) = prepare(&pool).await;
    for (query, expected) in [
        ("", &["ada", "bob", "zoe"][..]),
        ("sort=-created", &["zoe", "bob", "ada"]),
        ("sort=-username&limit=2", &["zoe", "bob"]),
        ("q=muller", &["zoe"]),
        ("q=bob%40example", &["bob"]),
        ("q=boss", &[]),
        ("state=rejected", &[]),
    ] {
        assert_eq!(names(&app, &boss, query).await, expected, "{query}");
    }
    for query in [
        "sort=last-login",
        "state=approved",
        "q=a%00b",
        "q=%E2%80%AE",
    ] {
        let denied = app.get_as(&boss, &format!("{LIST}?{query}")).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{query}");
        let parameter = query.split('=').next().unwrap();
        assert_eq!(denied.json()["details"]["parameter"], parameter);
    }
}

#[testing::test]
async fn api_undoes_decisions(pool: PgPool) {
    let (app, boss) = prepare(&pool).await;
    let roles = json!({ "roles": ["auditor"] });
    let approved = decide(&app, &boss, "ada", "approve", &roles).await;
    assert_eq!(approved.status, 200, "{}", approved.body);
    assert_eq!(approved.json()["roles"], json!(["auditor"]));
    let reopened = decide(&app, &boss, "ada", "reopen", &json!({})).await;
    assert_eq!(reopened.json()["status"], "pending");
    assert_eq!(reopened.json()["roles"], json!(["user"]));
    let unknown = decide(&app, &boss, "ada", "approve", &json!({ "roles": ["x"] })).await;
    assert_eq!(unknown.outline(), "400 VALIDATION_ERROR");

    let note = json!({ "note": "spam" });
    let rejected = decide(&app, &boss, "bob", "reject", &note).await;
    assert_eq!(rejected.json(), json!({ "success": true }));
    assert_eq!(names(&app, &boss, "").await, ["ada", "zoe"]);
    assert_eq!(names(&app, &boss, "state=rejected").await, ["bob"]);
    let list = app.get_as(&boss, &format!("{LIST}?state=rejected")).await;
    let row = &list.json()[0];
    assert!(row["rejectedAt"].is_string() && row["purgeAfter"].is_string());
    let restored = decide(&app, &boss, "bob", "restore", &json!({})).await;
    assert_eq!(restored.json()["status"], "pending");
    let again = decide(&app, &boss, "bob", "restore", &json!({})).await;
    assert_eq!(again.outline(), "409 CONFLICT");
    assert_eq!(again.message(), "This registration is still pending.");

    decide(&app, &boss, "zoe", "approve", &json!({})).await;
    app.run("update users set last_login_at = now() where username = 'zoe'")
        .await;
    let used = decide(&app, &boss, "zoe", "reopen", &json!({})).await;
    assert_eq!(used.outline(), "409 CONFLICT");
    assert!(used.message().contains("already used"), "{}", used.body);
}

/// Returns the hidden fields of the form of a page with this action and, if it is not empty, this name in its row.
fn form_of(page: &Answer, action: &str, name: &str) -> Vec<(String, String)> {
    let start = format!(" action=\"{action}\"");
    let forms = page.body.split("<form").skip(1);
    let forms = forms.filter_map(|rest| rest.split("</form>").next());
    let mut forms = forms.filter(|form| form.contains(&start));
    let form = forms
        .find(|form| form.contains(name))
        .unwrap_or_else(|| panic!("{action}: {}", page.body));
    let value = |tag: &str, attribute: &str| {
        let rest = tag.split(&format!(" {attribute}=\"")).nth(1)?;
        Some(rest.split('"').next()?.replace("&amp;", "&"))
    };
    let inputs = form.split("<input").skip(1);
    inputs
        .filter_map(|tag| Some((value(tag, "name")?, value(tag, "value")?)))
        .collect()
}

async fn submit(app: &App, boss: &str, action: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    app.send(Ask::post(action).form(&fields).by(boss)).await
}

#[testing::test]
async fn list_approves_at_once_with_undo(pool: PgPool) {
    let (app, boss) = prepare(&pool).await;
    let page = app
        .get_as(&boss, "/registrations?q=example&sort=-name")
        .await;
    assert_eq!(page.status, 200);
    let approve = form_of(&page, "/registrations", "value=\"ada\"");
    let done = submit(&app, &boss, "/registrations", &approve).await;
    assert_eq!(
        done.outline(),
        "303 to /registrations?q=example&sort=-name",
        "the list keeps its search and order"
    );
    let status = "select count(*) from users where username = 'ada' and status = 'pending'";
    assert_eq!(app.count(status).await, 0);
    let page = app.get_as(&boss, done.header("location")).await;
    assert!(page.body.contains("Approved ada"), "{}", page.body);
    let undo = form_of(&page, "/registrations/reopen", "");
    let undone = submit(&app, &boss, "/registrations/reopen", &undo).await;
    assert_eq!(undone.status, 303, "{}", undone.body);
    assert_eq!(app.count(status).await, 1);
    let page = app.get_as(&boss, undone.header("location")).await;
    assert!(page.body.contains("ada is pending again"), "{}", page.body);

    // The button of an old page: the registration has another version now.
    let old = submit(&app, &boss, "/registrations", &approve).await;
    assert_eq!(old.status, 409);
    assert!(old.body.contains("id=\"error-summary\""), "{}", old.body);
    assert_eq!(app.count(status).await, 1);
}

#[testing::test]
async fn undo_of_a_used_account_says_why_not(pool: PgPool) {
    let (app, boss) = prepare(&pool).await;
    let page = app.get_as(&boss, "/registrations").await;
    let approve = form_of(&page, "/registrations", "value=\"ada\"");
    let done = submit(&app, &boss, "/registrations", &approve).await;
    let page = app.get_as(&boss, done.header("location")).await;
    let undo = form_of(&page, "/registrations/reopen", "");
    app.run("update users set last_login_at = now() where username = 'ada'")
        .await;
    let denied = submit(&app, &boss, "/registrations/reopen", &undo).await;
    assert_eq!(denied.status, 409);
    assert!(denied.body.contains("already used"), "{}", denied.body);
    let active = "select count(*) from users where username = 'ada' and status = 'active'";
    assert_eq!(app.count(active).await, 1);
}

#[testing::test]
async fn rejection_is_undone_from_the_message_and_from_the_list(pool: PgPool) {
    let (app, boss) = prepare(&pool).await;
    let reject = async || {
        let bob = id_of(&pool, "bob").await;
        let version = app
            .count("select version::bigint from users where username = 'bob'")
            .await;
        let boss_id = id_of(&pool, "boss").await;
        let selected = format!("{bob}:{version}:bob");
        let fields = [
            ("as", boss_id.as_str()),
            ("decision", "reject"),
            ("selected", &selected),
            ("expected", "1"),
            ("back", "/registrations"),
        ];
        let form = Ask::post("/registrations/reject").form(&fields);
        app.send(form.by(&boss)).await
    };
    let pending = "select count(*) from users
        where username = 'bob' and status = 'pending' and deleted_at is null";
    let done = reject().await;
    assert_eq!(done.outline(), "303 to /registrations");
    assert_eq!(app.count(pending).await, 0);
    let page = app.get_as(&boss, "/registrations").await;
    let undo = form_of(&page, "/registrations/restore", "");
    let undone = submit(&app, &boss, "/registrations/restore", &undo).await;
    assert_eq!(undone.status, 303, "{}", undone.body);
    assert_eq!(app.count(pending).await, 1);

    assert_eq!(reject().await.status, 303);
    let page = app.get_as(&boss, "/registrations?state=rejected").await;
    let restore = form_of(&page, "/registrations", "value=\"bob\"");
    let restored = submit(&app, &boss, "/registrations", &restore).await;
    assert_eq!(
        restored.outline(),
        "303 to /registrations?state=rejected",
        "{}",
        restored.body
    );
    assert_eq!(app.count(pending).await, 1);
}

#[testing::test]
async fn emails_break_between_their_parts(pool: PgPool) {
    let (app, boss) = prepare(&pool).await;
    let page = app.get_as(&boss, "/registrations").await;
    let body = page.body.replace("<!>", "");
    assert!(body.contains("ada@<wbr>example.<wbr>org"), "{body}");
}
