//! Teams, which are groups.

use axum::http::Method;
use domain::limits::LimitDraft;
use serde_json::{Value, json};
use service::{access::operator, limits};
use sqlx::PgPool;
use testing::roles::role;
use uuid::Uuid;

use super::{ask, assert_own, done, get, post, with_litellm};
use crate::support::{add_user, id_of, token};

#[testing::test]
async fn team_is_created_filled_changed_and_deleted(pool: PgPool) {
    let app = with_litellm(&pool);
    for id in ["a", "b"] {
        let body = json!({ "user_id": id, "user_email": format!("{id}@example.org"), "auto_create_key": false });
        done(&app, "/user/new", &body).await;
    }
    let wanted = json!({
        "team_id": "t-1", "team_alias": "Lab", "max_budget": 9, "metadata": { "x": 1 },
        "members_with_roles": [{ "role": "admin", "user_id": "a" }],
    });
    let team = done(&app, "/team/new", &wanted).await;
    assert_eq!(
        (&team["team_id"], &team["team_alias"]),
        (&json!("t-1"), &json!("Lab"))
    );
    assert_eq!(team["max_budget"], 9.0);
    assert_eq!(team["metadata"], json!({ "x": 1 }));
    let member = |id: &str, role: &str| json!({ "role": role, "user_id": id, "user_email": format!("{id}@example.org") });
    assert_eq!(team["members_with_roles"], json!([member("a", "admin")]));
    let add =
        json!({ "team_id": "t-1", "member": { "role": "user", "user_email": "b@example.org" } });
    let added = done(&app, "/team/member_add", &add).await;
    let members = added["members_with_roles"].as_array().unwrap();
    assert!(members.contains(&member("b", "user")), "{members:?}");
    let user = get(&app, "/user/info?user_id=b").await.json();
    assert_eq!(user["user_info"]["teams"], json!(["t-1"]));
    assert_eq!(user["teams"][0]["team_alias"], "Lab");
    let by_team = get(&app, "/user/list?team=t-1").await.json();
    assert_eq!(by_team["total"], 2);
    let change = json!({ "team_id": "t-1", "team_alias": "Office", "budget_duration": "1mo" });
    let changed = done(&app, "/team/update", &change).await;
    assert_eq!(changed["data"]["team_alias"], "Office");
    assert_eq!(
        (
            &changed["data"]["max_budget"],
            &changed["data"]["budget_duration"]
        ),
        (&json!(9.0), &json!("1mo"))
    );
    assert_eq!(changed["data"]["metadata"], json!({ "x": 1 }));
    let remove = json!({ "team_id": "t-1", "user_id": "b" });
    done(&app, "/team/member_delete", &remove).await;
    let again = post(&app, "/team/member_delete", &remove).await;
    assert_own(&again, 400, "User b is not a member of the team");
    let list = get(&app, "/team/list").await.json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    let partly = json!({ "team_ids": ["t-1", "none"] });
    assert_own(
        &post(&app, "/team/delete", &partly).await,
        404,
        "Team not found, passed team_id=none",
    );
    let deleted = done(&app, "/team/delete", &json!({ "team_ids": ["t-1"] })).await;
    assert_eq!(deleted[0]["team_id"], "t-1");
    assert_eq!(
        get(&app, "/team/list").await.json(),
        Value::Array(Vec::new())
    );
}

#[testing::test]
async fn team_is_found_by_its_id_and_name(pool: PgPool) {
    let app = with_litellm(&pool);
    let team = done(&app, "/team/new", &json!({ "team_alias": "Lab" })).await;
    let id = team["team_id"].as_str().unwrap();
    for named in [id, "Lab", "lab"] {
        let info = get(&app, &format!("/team/info?team_id={named}"))
            .await
            .json();
        assert_eq!(info["team_info"]["team_id"], id);
    }
    let body = json!({ "user_id": "u-1", "teams": [id], "auto_create_key": false });
    let user = done(&app, "/user/new", &body).await;
    assert_eq!(user["teams"], json!([id]));
    let body = json!({ "user_id": "u-2", "team_id": "lab", "auto_create_key": false });
    let user = done(&app, "/user/new", &body).await;
    assert_eq!(
        (&user["teams"], &user["team_id"]),
        (&json!([id]), &json!(id))
    );
    let taken = post(&app, "/team/new", &json!({ "team_alias": "Lab" })).await;
    assert_own(&taken, 409, "");
    let missing = get(&app, "/team/info?team_id=none").await;
    assert_own(&missing, 404, "Team not found, passed team_id=none");
}

#[testing::test]
async fn members_are_added_all_or_none(pool: PgPool) {
    let app = with_litellm(&pool);
    role("librarian")
        .permissions(&["users:read", "groups:read", "groups:write"])
        .insert(&pool)
        .await;
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    add_user(&pool, "lena", &["librarian"]).await;
    let lena = token(
        &app.services,
        "lena",
        &["users:read", "groups:read", "groups:write"],
    )
    .await;
    done(&app, "/team/new", &json!({ "team_id": "t-1" })).await;
    let members = json!([
        { "role": "user", "user_id": id_of(&pool, "bob").await },
        { "role": "user", "user_id": id_of(&pool, "ada").await },
    ]);
    let body = json!({ "team_id": "t-1", "member": members });
    let add = ask(Method::POST, "/team/member_add", &lena).json(&body);
    assert_own(
        &app.send(add).await,
        403,
        "Not allowed to add users with more permissions: ada",
    );
    let info = get(&app, "/team/info?team_id=t-1").await.json();
    assert_eq!(info["team_info"]["members_with_roles"], json!([]));
}

#[testing::test]
async fn limit_of_each_member_is_not_the_budget_of_the_team(pool: PgPool) {
    let app = with_litellm(&pool);
    done(&app, "/team/new", &json!({ "team_id": "t-1" })).await;
    let group: Uuid = sqlx::query_scalar("select id from groups")
        .fetch_one(&pool)
        .await
        .unwrap();
    let draft: LimitDraft = serde_json::from_value(json!({
        "subject": { "group": group }, "metric": "cost", "amount": "5", "period": "1w",
    }))
    .unwrap();
    limits::put(&app.services, &operator(), draft)
        .await
        .unwrap();
    let info = get(&app, "/team/info?team_id=t-1").await.json();
    assert_eq!(info["team_info"]["max_budget"], Value::Null);
    let period = json!({ "team_id": "t-1", "budget_duration": "30d" });
    assert_eq!(post(&app, "/team/update", &period).await.status, 422);
    let amount = json!({ "team_id": "t-1", "max_budget": 9 });
    let changed = done(&app, "/team/update", &amount).await;
    assert_eq!(changed["data"]["max_budget"], 9.0);
    let amounts: Vec<(bool, i64)> =
        sqlx::query_as("select shared, amount from limits order by shared")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(amounts, [(false, 5_000_000_000), (true, 9_000_000_000)]);
}
