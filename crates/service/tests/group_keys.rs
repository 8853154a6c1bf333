//! Virtual keys for a group: they work while their owner is a member.

use domain::{
    access_tokens::{AccessToken, IssuedKey, KeyDraft, TokenState, list::TokensQuery},
    error::{Conflict, Forbidden},
    groups::MemberSelection,
    limits::LimitsAnswer,
    usage::UseDraft,
};
use serde_json::json;
use service::{
    Error, Services,
    access::{Caller, GroupsWrite, Origin, operator},
    access_tokens,
    groups::{self, GroupActor, members},
    limits,
};
use sqlx::PgPool;
use testing::{crowd::crowd, groups::group};
use uuid::Uuid;

use crate::support::{
    services,
    users::{add, count},
};

/// Creates a key of a user for a group.
async fn create(services: &Services, user: Uuid, group: Uuid) -> IssuedKey {
    let draft = json!({ "name": "lab", "group": group });
    let draft: KeyDraft = serde_json::from_value(draft).unwrap();
    access_tokens::create_key(services, &operator(), user, &draft)
        .await
        .unwrap()
}

async fn find(services: &Services, key: &IssuedKey) -> Result<Caller, Error> {
    access_tokens::find_caller(services, &key.token, &Origin::default()).await
}

/// Asks for a use with a key as a host application.
async fn consume(services: &Services, user: Uuid, key: &IssuedKey) -> Result<LimitsAnswer, Error> {
    let used = json!({ "user": user, "token": key.id });
    let used: UseDraft = serde_json::from_value(used).unwrap();
    limits::consume(services, &operator(), &used).await
}

/// Returns the only token of the list.
async fn listed(services: &Services) -> AccessToken {
    let listed = access_tokens::list(services, &operator(), &TokensQuery::newest(10)).await;
    let mut rows = listed.unwrap().page.rows;
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

#[testing::test]
async fn key_of_a_group_works_for_members_only(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let team = group("Team").members(&[ada]).insert(&pool).await;
    let key = create(&services, ada, team).await;
    let actor = GroupActor::from(&operator::<GroupsWrite>());
    let selected = || MemberSelection::Ids(vec![ada]);
    let left = |token: &AccessToken| token.key.as_ref().unwrap().owner_left_group;
    assert!(find(&services, &key).await.is_ok());
    let before = listed(&services).await;
    assert_eq!((before.state, left(&before)), (TokenState::Live, false));

    members::remove(&services, &actor, team, selected(), false)
        .await
        .unwrap();
    let denied = find(&services, &key).await.err();
    assert!(
        matches!(denied, Some(Error::Forbidden(Forbidden::KeyOwnerLeftGroup))),
        "{denied:?}"
    );
    let denied = consume(&services, ada, &key).await;
    assert!(
        matches!(denied, Err(Error::Conflict(Conflict::KeyOwnerLeftGroup))),
        "{denied:?}"
    );
    let after = listed(&services).await;
    assert_eq!((after.state, left(&after)), (TokenState::Blocked, true));

    members::add(&services, &actor, team, selected(), false)
        .await
        .unwrap();
    assert!(find(&services, &key).await.is_ok());
    consume(&services, ada, &key).await.unwrap();
}

/// Checks that a key is revoked, and that the entry about the deletion of its group counts it.
async fn assert_revoked(services: &Services, user: Uuid, key: &IssuedKey) {
    let denied = find(services, key).await.err();
    assert!(
        matches!(denied, Some(Error::Unauthenticated(_))),
        "{denied:?}"
    );
    let denied = consume(services, user, key).await;
    assert!(
        matches!(denied, Err(Error::Conflict(Conflict::TokenRevoked))),
        "{denied:?}"
    );
    assert_eq!(listed(services).await.state, TokenState::Revoked);
    let entries = "select count(*) from audit_events where action = 'group.deleted' and changes -> 'keys' = '[1, 0]'";
    assert_eq!(count(&services.pool, entries).await, 1);
}

#[testing::test]
async fn deletion_of_a_group_revokes_its_keys(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let team = group("Team").members(&[ada]).insert(&pool).await;
    let key = create(&services, ada, team).await;
    groups::delete(&services, &operator(), team, None)
        .await
        .unwrap();
    assert_revoked(&services, ada, &key).await;
}

#[testing::test]
async fn keys_of_a_large_group_are_revoked_before_the_job(pool: PgPool) {
    let services = services(&pool);
    crowd(5_001, "user-", "User ").insert(&pool).await;
    let team = group("Team").insert(&pool).await;
    sqlx::query(
        "insert into group_members (group_id, user_id, added_at) select $1, id, now() from users",
    )
    .bind(team)
    .execute(&pool)
    .await
    .unwrap();
    let user: Uuid = sqlx::query_scalar("select id from users where username = 'user-1'")
        .fetch_one(&pool)
        .await
        .unwrap();
    let key = create(&services, user, team).await;
    let job = groups::delete(&services, &operator(), team, None).await;
    assert!(job.unwrap().is_some());
    assert_revoked(&services, user, &key).await;
}
