//! Changes of roles, groups and resources: an id that was shown with another name changes nothing.

use domain::{
    clients::{ClientDraft, ClientEdit},
    groups::{GroupEdit, MemberSelection},
    invitations::InvitationDraft,
    limits::{AllowedModelsDraft, BalanceChange, Metric, NewLimitChange},
    resources::{GrantDraft, GrantLevel, GrantTarget, ResourceEdit},
    roles::RoleEdit,
};
use serde_json::json;
use service::{
    Error,
    access::{GroupsWrite, operator},
    clients::{self, ClientRef},
    groups::{
        self, GroupActor, GroupsChange,
        member::{self, MemberChange},
        members,
    },
    guard::TargetRef,
    limits,
    resources::{self, grants},
    roles,
};
use sqlx::PgPool;
use testing::{groups::group, resources::resource, roles::role};
use uuid::Uuid;

use super::ENTRIES;
use crate::support::{
    callers::caller,
    services,
    users::{add, count},
};

/// Functions that the test calls.
pub(super) const OF_ACCESS: [&str; 20] = [
    "groups/delete::delete",
    "groups/invite::invite",
    "groups/members::add",
    "groups/members::remove",
    "groups/members::set_managers",
    "groups/of_user::set_of_user",
    "groups/reset::create_reset_link",
    "groups::edit",
    "limits/changes::change",
    "limits/models::set_models",
    "limits/shared::change_shared",
    "limits/subjects::check_user",
    "limits::delete",
    "limits::find",
    "resources/grants::add",
    "resources/grants::revoke",
    "resources::delete",
    "resources::edit",
    "roles::clone",
    "roles::edit",
];

fn is_mismatch<T>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::TargetMismatch(_)))
}

#[testing::test]
async fn id_of_access_shown_with_another_name_is_denied(pool: PgPool) {
    let services = services(&pool);
    let (ada, mona) = (add(&pool, "ada", &[]).await, add(&pool, "mona", &[]).await);
    let editors = group("Editors")
        .members(&[ada])
        .managers(&[mona])
        .insert(&pool)
        .await;
    let desk = role("desk").insert(&pool).await;
    let model: Uuid = sqlx::query_scalar(
        "insert into resources (id, kind, external_id, name, created_at, updated_at)
        values (uuid_v7(now()), 'models', 'm-1', 'Model', now(), now()) returning id",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let other = |id: Uuid| TargetRef::named(id, "another name");
    let writer = GroupActor::from(&operator::<GroupsWrite>());
    let selection = || MemberSelection::Ids(vec![ada]);
    let subject = GrantTarget::User(ada);
    let grant = GrantDraft {
        subject,
        level: GrantLevel::Read,
    };
    let draft = json!({ "subject": "default", "metric": "requests", "amount": 1, "period": "1d" });
    let draft = serde_json::from_value(draft).unwrap();
    let limit = limits::put(&services, &operator(), draft).await.unwrap();
    let another = TargetRef::of_user(ada, "another");
    let another_user = another.clone();
    let models = AllowedModelsDraft {
        allowed_models: Some(Vec::new()),
    };
    let reset = NewLimitChange {
        metric: Metric::Requests,
        model: None,
        change: BalanceChange::Reset,
        reason: "test".to_owned(),
    };
    let before = count(&pool, ENTRIES).await;
    let denied = [
        is_mismatch(groups::delete(&services, &operator(), other(editors), None).await),
        is_mismatch(
            groups::invite(
                &services,
                &writer,
                other(editors),
                InvitationDraft::default(),
            )
            .await,
        ),
        is_mismatch(members::add(&services, &writer, other(editors), selection(), true).await),
        is_mismatch(members::remove(&services, &writer, other(editors), selection(), true).await),
        is_mismatch(
            members::set_managers(&services, &operator(), other(editors), selection(), true).await,
        ),
        is_mismatch(
            groups::set_of_user(
                &services,
                &operator(),
                TargetRef::of_user(ada, "another"),
                GroupsChange::default(),
            )
            .await,
        ),
        is_mismatch(
            groups::create_reset_link(
                &services,
                &caller(mona, &[]),
                editors,
                TargetRef::of_user(ada, "another"),
            )
            .await,
        ),
        is_mismatch(
            groups::edit(&services, &operator(), other(editors), GroupEdit::default()).await,
        ),
        is_mismatch(limits::change(&services, &operator(), another.clone(), reset.clone()).await),
        is_mismatch(limits::set_models(&services, &operator(), another, &models).await),
        is_mismatch(limits::change_shared(&services, &operator(), other(limit.id), &reset).await),
        is_mismatch(limits::check_user(&services, &operator(), another_user).await),
        is_mismatch(limits::delete(&services, &operator(), other(limit.id)).await),
        is_mismatch(limits::find(&services, &operator(), other(limit.id)).await),
        is_mismatch(grants::add(&services, &operator(), other(model), vec![grant]).await),
        is_mismatch(grants::revoke(&services, &operator(), other(model), vec![subject]).await),
        is_mismatch(resources::delete(&services, &operator(), other(model), None).await),
        is_mismatch(
            resources::edit(
                &services,
                &operator(),
                other(model),
                ResourceEdit::default(),
            )
            .await,
        ),
        is_mismatch(roles::clone(&services, &operator(), other(desk), "copy".to_owned()).await),
        is_mismatch(roles::edit(&services, &operator(), other(desk), RoleEdit::default()).await),
    ];
    let accepted: Vec<_> = OF_ACCESS
        .iter()
        .zip(denied)
        .filter(|(_, denied)| !denied)
        .collect();
    assert!(accepted.is_empty(), "{accepted:?}");
    assert_eq!(count(&pool, ENTRIES).await, before);
}

#[testing::test]
async fn role_shown_with_another_name_is_not_deleted(pool: PgPool) {
    let services = services(&pool);
    let desk = role("desk").insert(&pool).await;
    let shown = TargetRef::named(desk, "another name");
    assert!(is_mismatch(
        roles::delete(&services, &operator(), shown, None).await
    ));
    assert_eq!(
        count(&pool, "select count(*) from roles where name = 'desk'").await,
        1
    );
}

#[testing::test]
async fn client_shown_with_another_name_is_not_changed(pool: PgPool) {
    let services = services(&pool);
    let draft = ClientDraft {
        name: "ACME".to_owned(),
        ..ClientDraft::default()
    };
    let id = clients::create(&services, &operator(), draft).await;
    let id = id.unwrap().id;
    let edit = || ClientEdit {
        name: Some("Other".to_owned()),
        ..ClientEdit::default()
    };
    let other = || ClientRef::shown(id, "another name", 1);
    let edited = clients::edit(&services, &operator(), other(), edit()).await;
    assert!(is_mismatch(edited));
    let deleted = clients::delete(&services, &operator(), other(), None).await;
    assert!(is_mismatch(deleted));
    // A client that was renamed since is outdated, so that the form shows its new name.
    let shown = ClientRef::shown(id, "ACME", 1);
    let edited = clients::edit(&services, &operator(), shown.clone(), edit()).await;
    assert_eq!(edited.unwrap().version, 2);
    let outdated = clients::edit(&services, &operator(), shown.clone(), edit()).await;
    assert!(matches!(outdated, Err(Error::Outdated(_))), "{outdated:?}");
    let outdated = clients::delete(&services, &operator(), shown, None).await;
    assert!(matches!(outdated, Err(Error::Outdated(_))), "{outdated:?}");
}

#[testing::test]
async fn grant_of_a_group_needs_both_names(pool: PgPool) {
    let services = services(&pool);
    let editors = group("Editors").insert(&pool).await;
    let model = resource("models", "m-1").insert(&pool).await;
    let name = sqlx::query_scalar("select name from resources").fetch_one(&pool);
    let name: String = name.await.unwrap();
    let set = async |model_name: &str, group_name: &str, level| {
        let model = TargetRef::named(model, model_name);
        let shown = (model, TargetRef::named(editors, group_name));
        grants::set_of_group(&services, &operator(), shown, level).await
    };
    let read = Some(GrantLevel::Read);
    assert!(is_mismatch(set(&name, "Readers", read).await));
    assert!(is_mismatch(set("another name", "Editors", read).await));
    assert!(set(&name, "Editors", read).await.unwrap());
    assert!(!set(&name, "Editors", read).await.unwrap());
    assert!(is_mismatch(set(&name, "Readers", None).await));
    assert!(set(&name, "Editors", None).await.unwrap());
}

#[testing::test]
async fn removed_manager_is_restored_at_once(pool: PgPool) {
    let services = services(&pool);
    let mona = add(&pool, "mona", &[]).await;
    let editors = group("Editors").managers(&[mona]).insert(&pool).await;
    let writer = GroupActor::from(&operator::<GroupsWrite>());
    let own = || TargetRef::named(editors, "Editors");
    let user = || TargetRef::of_user(mona, "mona");
    let removed = member::remove(&services, &writer, own(), user()).await;
    assert_eq!(removed.unwrap(), MemberChange::Both);
    let restore =
        async |group, user| member::add_as_manager(&services, &operator(), group, user).await;
    let renamed = TargetRef::named(editors, "another name");
    assert!(is_mismatch(restore(renamed, user()).await));
    let another = TargetRef::of_user(mona, "another");
    assert!(is_mismatch(restore(own(), another).await));
    let members = "select count(*) from group_members";
    assert_eq!(count(&pool, members).await, 0);
    assert_eq!(restore(own(), user()).await.unwrap(), MemberChange::Both);
    assert_eq!(restore(own(), user()).await.unwrap(), MemberChange::None);
    let managers = "select count(*) from group_members where is_manager";
    assert_eq!(count(&pool, managers).await, 1);
    let entries = "select count(*) from audit_events where action in ('group.members_added', 'group.managers_changed')";
    assert_eq!(count(&pool, entries).await, 2);
    member::set_manager(&services, &operator(), own(), user(), false)
        .await
        .unwrap();
    assert_eq!(restore(own(), user()).await.unwrap(), MemberChange::Manager);
}
