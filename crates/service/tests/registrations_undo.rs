//! Approvals that are undone, and the undo of several decisions.

use domain::{
    error::{Conflict, Entity},
    message::Message,
    policy::Denied,
    registrations::{
        Decision, DecisionDraft, DecisionRequest,
        list::{RegistrationParams, RegistrationState},
    },
    users::{
        Status,
        bulk::Selected,
        detail::{UserDetail, UserRef},
        edit::UserEdit,
    },
};
use service::{Error, Services, access::operator, registrations, users};
use sqlx::PgPool;
use testing::roles;
use uuid::Uuid;

use crate::{
    registrations::{listed, open, pending, register, run, sign_in},
    support::{callers::admin, own_account::form, users::add},
};

async fn find(services: &Services, id: Uuid) -> UserDetail {
    users::get(services, &operator(), &UserRef::Id(id))
        .await
        .unwrap()
}

/// Lists the usernames of the registrations in a state.
pub(crate) async fn in_state(services: &Services, state: RegistrationState) -> Vec<String> {
    let params = RegistrationParams {
        state: Some(state.as_str().to_owned()),
        ..RegistrationParams::default()
    };
    let rows = listed(services, params).await.rows;
    rows.into_iter().map(|row| row.username).collect()
}

/// Returns the conflict that a decision has failed with.
pub(crate) fn conflict<T: std::fmt::Debug>(result: Result<T, Error>) -> Conflict {
    match result {
        Err(Error::Conflict(conflict)) => conflict,
        other => panic!("{other:?}"),
    }
}

#[testing::test]
async fn approval_is_undone_until_the_account_is_used(pool: PgPool) {
    let services = open(&pool, true);
    let draft = form("ada", "ada@example.org");
    let ada = register(&services, draft).await.unwrap().id.0;
    registrations::approve(&services, &operator(), ada, "")
        .await
        .unwrap();
    // The resolution of the email address is no use of the account.
    registrations::resolve_unverified_emails(&services)
        .await
        .unwrap();
    assert!(find(&services, ada).await.summary.email.is_some());
    let reopened = registrations::reopen(&services, &operator(), ada, "too early")
        .await
        .unwrap();
    assert_eq!(reopened.summary.status, Status::Pending);
    assert_eq!(reopened.summary.email, None);
    assert_eq!(
        reopened.unverified_email.as_deref(),
        Some("ada@example.org")
    );
    assert!(sign_in(&services, "ada").await.is_err());
    let again = registrations::reopen(&services, &operator(), ada, "").await;
    assert_eq!(conflict(again), Conflict::RegistrationPending);

    registrations::approve(&services, &operator(), ada, "")
        .await
        .unwrap();
    sign_in(&services, "ada").await.unwrap();
    let used = registrations::reopen(&services, &operator(), ada, "").await;
    assert_eq!(conflict(used), Conflict::RegistrationUsed);
    assert_eq!(find(&services, ada).await.summary.status, Status::Active);
}

#[testing::test]
async fn changed_account_is_not_reopened(pool: PgPool) {
    let services = open(&pool, true);
    let users = pending(&services, &["ada", "bob"]).await;
    let (ada, bob) = (users[0].id, users[1].id);
    for id in [ada, bob] {
        registrations::approve(&services, &operator(), id, "")
            .await
            .unwrap();
    }
    let edit = UserEdit {
        display_name: Some("Other".into()),
        ..UserEdit::default()
    };
    users::edit(&services, &operator(), ada, edit)
        .await
        .unwrap();
    let changed = registrations::reopen(&services, &operator(), ada, "").await;
    assert_eq!(conflict(changed), Conflict::RegistrationChanged);
    run(
        &pool,
        "update users set password_changed_at = now() where username = 'bob'",
    )
    .await;
    let used = registrations::reopen(&services, &operator(), bob, "").await;
    assert_eq!(conflict(used), Conflict::RegistrationUsed);
    // An account that was never approved is no registration.
    let eve = add(&pool, "eve", &["user"]).await;
    let other = registrations::reopen(&services, &operator(), eve, "").await;
    assert!(
        matches!(other, Err(Error::NotFound(Entity::Registration))),
        "{other:?}"
    );
}

#[testing::test]
async fn approval_assigns_roles_and_its_undo_revokes_them(pool: PgPool) {
    let services = open(&pool, true);
    let helper = add(&pool, "helper", &["auditor"]).await;
    run(
        &pool,
        "update roles set permissions = '{registrations:write}' where name = 'auditor'",
    )
    .await;
    let ada = register(&services, form("ada", "")).await.unwrap().id.0;
    let with_roles = |roles: &[&str]| DecisionDraft {
        roles: roles.iter().map(ToString::to_string).collect(),
        note: String::new(),
    };
    let denied =
        registrations::approve(&services, &admin(helper), ada, with_roles(&["admin"])).await;
    assert!(
        matches!(denied, Err(Error::Denied(Denied::Grant))),
        "{denied:?}"
    );
    // The operator would create a missing role.
    let boss = add(&pool, "boss", &["admin"]).await;
    for roles in [&["nonsense"][..], &["two words"]] {
        let unknown = registrations::approve(&services, &admin(boss), ada, with_roles(roles)).await;
        assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");
    }
    let roles = with_roles(&["auditor", "user"]);
    let approved = registrations::approve(&services, &admin(helper), ada, roles)
        .await
        .unwrap();
    assert_eq!(approved.summary.roles, ["auditor", "user"]);
    let reopened = registrations::reopen(&services, &admin(helper), ada, "")
        .await
        .unwrap();
    assert_eq!(reopened.summary.roles, ["user"]);
    let approved = registrations::approve(&services, &operator(), ada, "")
        .await
        .unwrap();
    assert_eq!(approved.summary.roles, ["user"]);
}

#[testing::test]
async fn last_admin_is_not_reopened(pool: PgPool) {
    let services = open(&pool, true);
    let ada = register(&services, form("ada", "")).await.unwrap().id.0;
    roles::assign(&pool, ada, &["admin"]).await;
    registrations::approve(&services, &operator(), ada, "")
        .await
        .unwrap();
    let denied = registrations::reopen(&services, &operator(), ada, "").await;
    assert!(
        matches!(denied, Err(Error::Denied(Denied::LastAdmin))),
        "{denied:?}"
    );
    add(&pool, "boss", &["admin"]).await;
    registrations::reopen(&services, &operator(), ada, "")
        .await
        .unwrap();
}

#[testing::test]
async fn undo_of_several_is_complete_or_names_why_not(pool: PgPool) {
    let services = open(&pool, true);
    let shown = pending(&services, &["ada", "bob"]).await;
    let request = |decision, users: &[Selected], expected| DecisionRequest {
        decision,
        users: users.to_vec(),
        draft: DecisionDraft::default(),
        expected,
    };
    let at = |version| -> Vec<Selected> {
        let users = shown.iter().cloned();
        users.map(|user| Selected { version, ..user }).collect()
    };
    for (round, (decision, reverse, action)) in [
        (
            Decision::Reject,
            Decision::Restore,
            "registrations.restored",
        ),
        (
            Decision::Approve,
            Decision::Reopen,
            "registrations.reopened",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let version = i32::try_from(round).unwrap() * 2 + 1;
        for (decision, version) in [(decision, version), (reverse, version + 1)] {
            let request = request(decision, &at(version), Some(2));
            registrations::decide(&services, &operator(), request)
                .await
                .unwrap();
        }
        let entries: i64 =
            sqlx::query_scalar("select count(*) from audit_events where action = $1")
                .bind(action)
                .fetch_one(&pool)
                .await
                .unwrap();
        assert_eq!(entries, 1, "{action}");
    }
    let approve = request(Decision::Approve, &at(5), Some(2));
    registrations::decide(&services, &operator(), approve)
        .await
        .unwrap();
    sign_in(&services, "bob").await.unwrap();
    let reopen = request(Decision::Reopen, &at(6), Some(2));
    let denied = registrations::decide(&services, &operator(), reopen).await;
    let Err(Error::SelectionChanged(outcome)) = denied else {
        panic!("{denied:?}")
    };
    let skipped: Vec<Option<Message>> =
        outcome.items.into_iter().map(|item| item.skipped).collect();
    let used = Conflict::RegistrationUsed.message();
    assert_eq!(skipped, [None, Some(used)]);
    assert!(
        in_state(&services, RegistrationState::Pending)
            .await
            .is_empty()
    );
}
