//! Deletion of roles, groups and features on which many rows depend.

use std::time::Duration;

use domain::{
    error::Conflict,
    features::FeatureDraft,
    groups::{GroupEdit, MemberSelection},
    invitations::InvitationDraft,
    jobs::{Job, JobKind, JobState, ROWS_AT_ONCE, list::JobParams},
    list::Limits,
    resources::{GrantDraft, GrantLevel, GrantTarget},
    roles::RoleEdit,
    users::{create::UserDraft, edit::UserEdit},
};
use service::{
    Error, Services,
    access::{GroupsWrite, operator},
    deletions, features,
    groups::{self, GroupActor, members},
    jobs, resources, roles, users,
};
use sqlx::PgPool;
use testing::{crowd::crowd, groups::group, roles::role};
use uuid::Uuid;

use crate::support::{
    killed::killed_after,
    services,
    users::{add, count},
};

const HELPERS: &str = "select count(*) from roles where name = 'helper'";
const ROLE_ENTRIES: &str = "select count(*) from audit_events where action = 'role.deleted'";

/// Creates a role that 11,000 users have.
async fn helper(pool: &PgPool) -> Uuid {
    crowd(11_000, "user-", "User ").insert(pool).await;
    let id = role("helper")
        .permissions(&["users:read"])
        .rank(5)
        .insert(pool)
        .await;
    sqlx::query(
        "insert into user_roles (user_id, role_id, granted_at) select id, $1, now() from users",
    )
    .bind(id)
    .execute(pool)
    .await
    .unwrap();
    id
}

/// Creates a group with 7,000 members.
async fn editors(pool: &PgPool) -> Uuid {
    crowd(7_000, "user-", "User ").insert(pool).await;
    let id = group("Editors").features(&["chat.call"]).insert(pool).await;
    sqlx::query(
        "insert into group_members (group_id, user_id, added_at) select $1, id, now() from users",
    )
    .bind(id)
    .execute(pool)
    .await
    .unwrap();
    id
}

/// Returns the only job.
async fn job(services: &Services) -> Job {
    let query = JobParams::default().parse(Limits::API).unwrap();
    let listed = jobs::list(services, &operator(), &query).await.unwrap();
    let mut rows = listed.page.rows;
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// Runs the only job, interrupted repeatedly.
async fn run_with_kills(services: &Services) {
    // The future is dropped repeatedly: as after a crash, only committed work remains.
    let mut kills = 0;
    while killed_after(4 * (kills + 1), deletions::run(services))
        .await
        .is_none()
    {
        kills += 1;
    }
    assert!(kills > 0, "the deletion ended before it was interrupted");
    // The transaction that was dropped last can hold its locks a little longer: its job is skipped until then.
    let rest = async {
        while job(services).await.state != JobState::Done {
            deletions::run(services).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), rest)
        .await
        .unwrap();
}

/// Asserts the numbers of rows that queries count.
async fn assert_counts(pool: &PgPool, expected: &[(&'static str, i64)]) {
    for &(query, expected) in expected {
        assert_eq!(count(pool, query).await, expected, "{query}");
    }
}

fn is_denied<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Conflict(Conflict::BeingDeleted)))
}

#[testing::test]
async fn role_of_many_users_is_deleted_by_a_job(pool: PgPool) {
    let services = services(&pool);
    let id = helper(&pool).await;
    let preview = roles::preview_deletion(&services, &operator(), id)
        .await
        .unwrap();
    assert_eq!(preview.users, 11_000);
    assert!(preview.is_job());
    let other = roles::delete(&services, &operator(), id, Some(7)).await;
    assert!(matches!(other, Err(Error::Conflict(_))), "{other:?}");
    let deleted = roles::delete(&services, &operator(), id, Some(11_000)).await;
    let queued = job(&services).await;
    assert_eq!(deleted.unwrap(), Some(queued.id));
    assert_eq!(
        (queued.kind, queued.state, queued.done, queued.total),
        (JobKind::DeleteRole, JobState::Queued, 0, Some(11_000))
    );
    assert_eq!(queued.object.as_deref(), Some("helper"));
    let listed = roles::list_being_deleted(&services, &operator()).await;
    assert_eq!(listed.unwrap(), [id.to_string()]);
    assert_eq!(queued.target, None);
    let idle = "select count(*) from roles where name = 'helper' and permissions = '{}'";
    assert_eq!(count(&pool, idle).await, 1);

    deletions::run(&services).await.unwrap();
    let done = job(&services).await;
    assert_eq!(
        (done.state, done.done, done.total),
        (JobState::Done, 11_000, Some(11_000))
    );
    let more_roles = "select count(*) from user_stats where cardinality(role_ids) > 1";
    assert_counts(&pool, &[(HELPERS, 0), (more_roles, 0), (ROLE_ENTRIES, 1)]).await;
    assert_eq!(db::doctor::recount(&pool).await.unwrap().wrong_stats, 0);
}

#[testing::test]
async fn role_that_is_being_deleted_cannot_be_assigned_or_changed(pool: PgPool) {
    let services = services(&pool);
    let id = helper(&pool).await;
    let holder: Uuid = sqlx::query_scalar("select id from users where username = 'user-1'")
        .fetch_one(&pool)
        .await
        .unwrap();
    let ada = add(&pool, "ada", &["user"]).await;
    let rank = async || db::roles::edit::find_rank(&pool, holder).await.unwrap();
    assert_eq!(rank().await, Some(5));
    roles::delete(&services, &operator(), id, None)
        .await
        .unwrap();
    assert_ne!(rank().await, Some(5));
    let assign = async |user: Uuid, roles: &[&str]| {
        let edit = UserEdit {
            roles: Some(roles.iter().map(ToString::to_string).collect()),
            ..UserEdit::default()
        };
        users::edit(&services, &operator(), user, edit).await
    };
    let denied = assign(ada, &["user", "helper"]).await.err();
    assert!(
        matches!(&denied, Some(Error::Invalid(errors)) if errors.get("roles").is_some()),
        "{denied:?}"
    );
    // As the acceptance of an earlier invitation does.
    let mut connection = pool.acquire().await.unwrap();
    db::roles::grant(&mut connection, ada, &["helper".to_owned()], None)
        .await
        .unwrap();
    let of_ada = "select count(*) from user_roles ur join users u on u.id = ur.user_id where u.username = 'ada'";
    assert_eq!(count(&pool, of_ada).await, 1);
    // A user who has it can keep it until then.
    assign(holder, &["user", "helper"]).await.unwrap();
    let edit = RoleEdit {
        description: Some("Other".to_owned()),
        ..RoleEdit::default()
    };
    let edited = roles::edit(&services, &operator(), id, edit).await;
    assert!(is_denied(&edited), "{edited:?}");
    let again = roles::delete(&services, &operator(), id, None).await;
    assert!(is_denied(&again), "{again:?}");
    let retried = jobs::retry(&services, &operator(), job(&services).await.id).await;
    assert!(
        matches!(retried, Err(Error::Conflict(Conflict::JobNotFailed))),
        "{retried:?}"
    );
    deletions::run_of(&services, &id.to_string()).await.unwrap();
    // The name is free then: the operator creates another role by assigning it.
    let assigned = assign(ada, &["user", "helper"]).await.unwrap();
    assert!(!assigned.summary.role_ids.contains(&id), "{assigned:?}");
}

#[testing::test]
async fn role_of_few_users_is_deleted_at_once(pool: PgPool) {
    let services = services(&pool);
    let id = role("helper").insert(&pool).await;
    add(&pool, "ada", &["helper"]).await;
    let deleted = roles::delete(&services, &operator(), id, None).await;
    assert_eq!(deleted.unwrap(), None);
    assert_counts(&pool, &[("select count(*) from jobs", 0), (HELPERS, 0)]).await;
}

#[testing::test]
async fn killed_deletion_of_a_role_resumes(pool: PgPool) {
    let services = services(&pool);
    let id = helper(&pool).await;
    roles::delete(&services, &operator(), id, None)
        .await
        .unwrap();
    run_with_kills(&services).await;
    assert_eq!(job(&services).await.done, 11_000);
    let left = "select (select count(*) from roles where name = 'helper') + (select count(*) from user_roles ur
        where not exists (select from roles r where r.id = ur.role_id))";
    assert_counts(&pool, &[(left, 0), (ROLE_ENTRIES, 1)]).await;
    assert_eq!(db::doctor::recount(&pool).await.unwrap().wrong_stats, 0);
}

#[testing::test]
async fn failed_deletion_can_be_requested_again(pool: PgPool) {
    let services = services(&pool);
    let id = helper(&pool).await;
    roles::delete(&services, &operator(), id, None)
        .await
        .unwrap();
    sqlx::raw_sql(
        "create function hold() returns trigger language plpgsql as $$
            begin raise exception 'no' using errcode = 'check_violation', constraint = 'letters_check'; end
        $$;
        create trigger hold before delete on roles for each row execute function hold()",
    )
    .execute(&pool)
    .await
    .unwrap();
    deletions::run(&services).await.unwrap();
    let failed = job(&services).await;
    assert_eq!(failed.state, JobState::Failed);
    assert!(failed.error.unwrap().contains("letters_check"));
    let retried = jobs::retry(&services, &operator(), failed.id).await;
    assert!(
        matches!(retried, Err(Error::Conflict(Conflict::JobDeleteAgain))),
        "{retried:?}"
    );
    assert_eq!(failed.done, ROWS_AT_ONCE * 2);
    sqlx::raw_sql("drop trigger hold on roles")
        .execute(&pool)
        .await
        .unwrap();
    let rest = roles::delete(&services, &operator(), id, None).await;
    assert_eq!(rest.unwrap(), None);
    assert_counts(&pool, &[(HELPERS, 0)]).await;
}

#[testing::test]
async fn group_with_many_members_is_deleted_by_a_job(pool: PgPool) {
    let services = services(&pool);
    let id = editors(&pool).await;
    let shared = testing::resources::resource("models", "gpt")
        .insert(&pool)
        .await;
    testing::resources::grant(&pool, shared, (None, Some(id)), "read").await;
    let deleted = groups::delete(&services, &operator(), id, None).await;
    let queued = job(&services).await;
    assert_eq!(deleted.unwrap(), Some(queued.id));
    assert_eq!(queued.total, Some(7_001));
    let idle = "select count(*) from groups where name = 'Editors' and features = '{}'";
    assert_eq!(count(&pool, idle).await, 1);
    let edit = GroupEdit {
        description: Some("Other".to_owned()),
        ..GroupEdit::default()
    };
    let edited = groups::edit(&services, &operator(), id, edit).await;
    assert!(is_denied(&edited), "{edited:?}");
    let actor = GroupActor::from(&operator::<GroupsWrite>());
    let selection = MemberSelection::Names(vec!["user-1".to_owned()]);
    let added = members::add(&services, &actor, id, selection, false).await;
    assert!(is_denied(&added), "{added:?}");
    let grant = GrantDraft {
        subject: GrantTarget::Group(id),
        level: GrantLevel::Write,
    };
    let granted = resources::grants::add(&services, &operator(), shared, vec![grant]).await;
    assert!(is_denied(&granted), "{granted:?}");
    let draft = UserDraft {
        username: "ada".to_owned(),
        display_name: "Ada".to_owned(),
        groups: vec!["Editors".to_owned()],
        ..UserDraft::default()
    };
    let created = users::create(&services, &operator(), draft).await;
    assert!(is_denied(&created), "{:?}", created.err());
    let invited = groups::invite(&services, &actor, id, InvitationDraft::default()).await;
    assert!(is_denied(&invited), "{:?}", invited.err());

    run_with_kills(&services).await;
    let done = job(&services).await;
    assert_eq!((done.kind, done.done), (JobKind::DeleteGroup, 7_001));
    assert_eq!(done.object.as_deref(), Some("Editors"));
    let left = "select (select count(*) from groups) + (select count(*) from group_members)
        + (select count(*) from group_totals) + (select count(*) from resource_grants)";
    let entries = "select count(*) from audit_events where action = 'group.deleted'";
    assert_counts(&pool, &[(left, 0), (entries, 1)]).await;
}

#[testing::test]
async fn feature_of_many_groups_is_deleted_by_a_job(pool: PgPool) {
    const KEY: &str = "chat.call";
    let services = services(&pool);
    let draft = || FeatureDraft {
        default_value: true,
        ..FeatureDraft::default()
    };
    features::put(&services, &operator(), KEY, None, draft())
        .await
        .unwrap();
    sqlx::query(
        "insert into groups (id, name, features, created_at, updated_at)
        select uuid_v7(now()), 'Group ' || n, jsonb_build_object($1::text, true), now(), now() from generate_series(1, 6000) n",
    )
    .bind(KEY)
    .execute(&pool)
    .await
    .unwrap();
    let other = features::delete(&services, &operator(), KEY, None, Some(7)).await;
    assert!(matches!(other, Err(Error::Conflict(_))), "{other:?}");
    assert_eq!(count(&pool, "select count(*) from jobs").await, 0);
    let deleted = features::delete(&services, &operator(), KEY, None, Some(6_000)).await;
    assert_eq!(deleted.unwrap(), Some(job(&services).await.id));
    let listed = features::list_being_deleted(&services, &operator()).await;
    assert_eq!(listed.unwrap(), [KEY]);
    let idle = "select count(*) from features where not default_value";
    assert_eq!(count(&pool, idle).await, 1);
    let changed = features::put(&services, &operator(), KEY, None, draft()).await;
    assert!(is_denied(&changed), "{changed:?}");
    let again = features::delete(&services, &operator(), KEY, None, None).await;
    assert!(is_denied(&again), "{again:?}");
    deletions::run(&services).await.unwrap();
    let done = job(&services).await;
    assert_eq!(
        (done.kind, done.state, done.done),
        (JobKind::DeleteFeature, JobState::Done, 6_000)
    );
    assert_eq!(done.object.as_deref(), Some(KEY));
    let left = "select (select count(*) from features) + (select count(*) from groups where features <> '{}')";
    let entries = "select count(*) from audit_events where action = 'feature.deleted'";
    assert_counts(&pool, &[(left, 0), (entries, 1)]).await;
}
