//! Deletion of groups: what members lose with one, and what the audit log says of the group and of its members.

use domain::{
    audit::list::AuditParams,
    groups::{GRANTS_CHECKED, GroupDeletion, MEMBERS_CHECKED, MemberSelection},
    list::Limits,
    resources::{GrantDraft, GrantLevel, GrantTarget},
};
use serde_json::{Value, json};
use service::{
    Services,
    access::{GroupsWrite, operator},
    audit,
    groups::{self, GroupActor, members},
    limits, resources, users,
};
use sqlx::PgPool;
use testing::{
    crowd::crowd,
    groups::group,
    resources::{client, grant, resource},
};
use uuid::Uuid;

use crate::support::{services, users::add};

/// Adds two features without a default, and one that all users have.
async fn add_features(pool: &PgPool) {
    sqlx::raw_sql(
        "insert into features (key, label, default_value, created_at, updated_at) values
            ('lab.call', 'Call', false, now(), now()), ('lab.tts', 'Speech', false, now(), now()),
            ('lab.controls', 'Controls', true, now(), now())",
    )
    .execute(pool)
    .await
    .unwrap();
}

async fn preview(services: &Services, id: Uuid) -> GroupDeletion {
    groups::preview_deletion(services, &operator(), id)
        .await
        .unwrap()
}

async fn limit(services: &Services, subject: Value) {
    let draft =
        json!({ "subject": subject, "metric": "requests", "amount": 20, "period": "calendar:day" });
    let draft = serde_json::from_value(draft).unwrap();
    limits::put(services, &operator(), draft).await.unwrap();
}

#[testing::test]
async fn preview_counts_only_what_members_lose(pool: PgPool) {
    let services = services(&pool);
    add_features(&pool).await;
    let ada = add(&pool, "ada", &[]).await;
    let bob = add(&pool, "bob", &[]).await;
    let root = add(&pool, "root", &["admin"]).await;
    let own = group("Own")
        .features(&["lab.call", "lab.tts", "lab.controls"])
        .members(&[ada, bob, root])
        .insert(&pool)
        .await;
    let other = group("Other")
        .features(&["lab.tts"])
        .members(&[ada, bob])
        .insert(&pool)
        .await;
    let seven = client(&pool, "Seven").await;
    let everyone = (None, None);
    for (name, level, also) in [
        ("lost", "read", None),
        ("for-everyone", "read", Some((everyone, "read"))),
        ("only-read", "write", Some((everyone, "read"))),
        ("of-other", "read", Some(((None, Some(other)), "write"))),
        ("of-bob", "read", Some(((Some(bob), None), "read"))),
    ] {
        let owner = (name == "of-bob").then_some(ada);
        let id = resource("brand", name).owner(owner).insert(&pool).await;
        grant(&pool, id, (None, Some(own)), level).await;
        if let Some((subject, level)) = also {
            grant(&pool, id, subject, level).await;
        }
    }
    let unseen = resource("brand", "unseen").client(seven).insert(&pool);
    grant(&pool, unseen.await, (None, Some(own)), "read").await;
    limit(&services, json!({ "group": own })).await;

    let expected = GroupDeletion {
        members: 3,
        features: 1,
        resources: 2,
        grants: 6,
        limits: 1,
    };
    assert_eq!(preview(&services, own).await, expected);

    // One member without the other group loses its feature and its resource, too.
    add(&pool, "eve", &[]).await;
    let actor = GroupActor::from(&operator::<GroupsWrite>());
    let eve = MemberSelection::Names(vec!["eve".to_owned()]);
    members::add(&services, &actor, own, eve, false)
        .await
        .unwrap();
    let expected = GroupDeletion {
        members: 4,
        features: 2,
        resources: 4,
        ..expected
    };
    assert_eq!(preview(&services, own).await, expected);
}

#[testing::test]
async fn large_group_is_checked_in_part(pool: PgPool) {
    let services = services(&pool);
    add_features(&pool).await;
    crowd(1_200, "user-", "User ").insert(&pool).await;
    let own = group("Own").features(&["lab.call"]).insert(&pool).await;
    sqlx::query(
        "insert into group_members (group_id, user_id, added_at)
        select $1, id, now() from users where username like 'user-%'",
    )
    .bind(own)
    .execute(&pool)
    .await
    .unwrap();
    sqlx::query(
        "with stored as (
            insert into resources (id, kind, external_id, name, created_at, updated_at)
            select uuid_v7(now()), 'brand', n::text, n::text, now(), now() from generate_series(1, 250) n
            returning id
        )
        insert into resource_grants (resource_id, group_id, level, granted_at) select id, $1, 'read', now() from stored",
    )
    .bind(own)
    .execute(&pool)
    .await
    .unwrap();
    let counted = preview(&services, own).await;
    assert_eq!((counted.members, counted.grants), (1_200, 250));
    assert_eq!((counted.features, counted.resources), (1, GRANTS_CHECKED));
    assert!(counted.members > MEMBERS_CHECKED && counted.is_features_minimum());
    assert!(counted.is_resources_minimum());
}

#[testing::test]
async fn deleted_group_can_be_created_again_from_the_audit_log(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let mona = add(&pool, "mona", &[]).await;
    let own = group("Own")
        .members(&[ada])
        .managers(&[mona])
        .insert(&pool)
        .await;
    let brand = resource("brand", "Nord").insert(&pool).await;
    grant(&pool, brand, (None, Some(own)), "write").await;
    limit(&services, json!({ "group": own })).await;
    groups::delete(&services, &operator(), own, None)
        .await
        .unwrap();

    let whole: (i64, Value) =
        sqlx::query_as("select id, changes from audit_events where action = 'group.deleted'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(
        whole.1["limits"],
        json!([["requests: 20 / calendar:day"], null])
    );
    assert_eq!(
        (&whole.1["members"], &whole.1["resources"]),
        (&json!([2, 0]), &json!([1, 0]))
    );
    assert_eq!(whole.1["entries"], json!([null, 4]));
    let parts: Vec<(String, String, Uuid, Value)> = sqlx::query_as(
        "select action, target_label, target_id, changes from audit_events where parent_id = $1 order by id",
    )
    .bind(whole.0)
    .fetch_all(&pool)
    .await
    .unwrap();
    let part = |action: &str, label: &str, id: Uuid, changes: Value| {
        (action.to_owned(), label.to_owned(), id, changes)
    };
    let expected = [
        part(
            "user.group_left",
            "mona",
            mona,
            json!({ "group": ["Own", null], "manager": [true, null] }),
        ),
        part(
            "user.group_left",
            "ada",
            ada,
            json!({ "group": ["Own", null] }),
        ),
        part(
            "resource.access_revoked",
            "Nord",
            brand,
            json!({ "grants": [["group Own write"], null] }),
        ),
        part(
            "limit.deleted",
            "group Own: requests",
            own,
            json!({ "amount": ["20", null], "period": ["calendar:day", null] }),
        ),
    ];
    assert_eq!(parts, expected);
}

#[testing::test]
async fn history_of_a_user_has_groups_grants_and_limits(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let bob = add(&pool, "bob", &[]).await;
    let own = group("Own").insert(&pool).await;
    let brand = resource("brand", "Nord").insert(&pool).await;
    let actor = GroupActor::from(&operator::<GroupsWrite>());
    let selected = || MemberSelection::Ids(vec![ada, bob]);
    limit(&services, json!({ "user": ada })).await;
    members::add(&services, &actor, own, selected(), false)
        .await
        .unwrap();
    members::set_managers(&services, &operator(), own, selected(), true)
        .await
        .unwrap();
    members::remove(&services, &actor, own, selected(), false)
        .await
        .unwrap();
    let subject = GrantTarget::User(ada);
    let level = GrantLevel::Read;
    let granted = vec![GrantDraft { subject, level }];
    resources::grants::add(&services, &operator(), brand, granted)
        .await
        .unwrap();
    resources::grants::revoke(&services, &operator(), brand, vec![subject])
        .await
        .unwrap();

    let expected = [
        "user.access_revoked",
        "user.access_granted",
        "user.group_left",
        "user.group_manager_set",
        "user.group_joined",
        "limit.stored",
    ];
    let (history, _) = users::history(&services, &operator(), ada, None)
        .await
        .unwrap();
    let actions: Vec<&str> = history.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, expected);
    let params = AuditParams {
        target: Some("ada".to_owned()),
        ..AuditParams::default()
    };
    let query = params.parse(Limits::PANEL).unwrap();
    let listed = audit::list(&services, &operator(), &query).await.unwrap();
    let entries = listed.page.rows;
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, expected);
    assert!(entries.iter().all(|entry| entry.target.contains("ada")));
    // The list without a target has the changes themselves, and the grants in words.
    let query = AuditParams::default().parse(Limits::PANEL).unwrap();
    let listed = audit::list(&services, &operator(), &query).await.unwrap();
    let whole = listed.page.rows;
    assert_eq!(whole.len(), 6);
    assert!(whole.iter().all(|entry| entry.parent_id.is_none()));
    assert_eq!(whole[1].changes["grants"].1, json!(["user ada read"]));
}
