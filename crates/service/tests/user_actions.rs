//! Creation, changes and suspension of users, and the policy on them.

use domain::{
    audit::{AuditEntry, list::AuditParams},
    credentials::SignInDraft,
    list::Limits,
    policy::Denied,
    users::{
        Status,
        action::{BulkAction, UserAction},
        bulk::{BulkOutcome, BulkRequest, Selected},
        create::UserDraft,
        deletion::Deletion,
        detail::UserRef,
        edit::UserEdit,
        suspension::SuspensionDraft,
    },
};
use service::{
    Error, Services,
    access::{Authorized, Origin, UsersWrite, operator},
    audit, auth,
    guard::TargetRef,
    reset, users,
};
use sqlx::PgPool;
use testing::roles::role;
use time::macros::datetime;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    browser,
    callers::{admin, caller},
    chosen,
    furniture::furnish,
    services,
    users::{add, count},
};

async fn sign_in(services: &Services, username: &str, password: &str) -> Result<(), Error> {
    let draft = SignInDraft {
        username: username.into(),
        password: password.into(),
        remember: false,
    };
    let session = browser::browser(&services.pool, None);
    auth::sign_in(services, &session, draft, Origin::default())
        .await
        .map(drop)
}

fn draft(username: &str) -> UserDraft {
    UserDraft {
        username: username.into(),
        display_name: "A User".into(),
        ..UserDraft::default()
    }
}

fn reason(text: &str) -> SuspensionDraft {
    SuspensionDraft {
        reason: text.into(),
        ..SuspensionDraft::default()
    }
}

/// Turns temporary passwords into permanent ones.
async fn confirm_passwords(pool: &PgPool) {
    sqlx::raw_sql("update users set must_change_password = false")
        .execute(pool)
        .await
        .unwrap();
}

#[testing::test]
async fn temporary_password_only_leads_to_choosing_another(pool: PgPool) {
    let services = services(&pool);
    let new = UserDraft {
        password: Some("secret".into()),
        ..draft("ada")
    };
    let created = users::create(&services, &operator(), new).await.unwrap();
    assert!(created.link.is_none() && created.user.must_change_password);
    assert_eq!(created.user.summary.roles, ["user"]);
    let Err(Error::PasswordChangeRequired(link)) = sign_in(&services, "ADA", "secret").await else {
        panic!("signed in with a temporary password");
    };
    assert_eq!(count(&pool, "select count(*) from sessions").await, 0);
    let token = link.url.rsplit('/').next().unwrap();
    let own = "correct horse";
    reset::choose_password(&services, token, chosen(own), Origin::default())
        .await
        .unwrap();
    assert!(matches!(
        sign_in(&services, "ada", "secret").await,
        Err(Error::Unauthenticated(_))
    ));
    sign_in(&services, "ada", own).await.unwrap();
}

#[testing::test]
async fn temporary_password_ends_earlier_links(pool: PgPool) {
    let services = services(&pool);
    let created = users::create(&services, &operator(), draft("ada"))
        .await
        .unwrap();
    let edit = UserEdit {
        password: Some("secret".into()),
        ..UserEdit::default()
    };
    users::edit(&services, &operator(), created.user.summary.id.0, edit)
        .await
        .unwrap();
    let link = created.link.unwrap();
    let token = link.url.rsplit('/').next().unwrap();
    let own = "correct horse";
    let followed = reset::choose_password(&services, token, chosen(own), Origin::default()).await;
    assert!(matches!(followed, Err(Error::NotFound(_))));
}

#[testing::test]
async fn concurrently_revoked_permissions_are_gone(pool: PgPool) {
    let services = services(&pool);
    let (root, mole) = (
        add(&pool, "root", &["admin"]).await,
        add(&pool, "mole", &["admin"]).await,
    );
    // The permission was granted when the request began; it is revoked while the request runs.
    let authorized: Authorized<UsersWrite> = admin(mole);
    users::suspend(&services, &admin(root), mole, reason("caught"))
        .await
        .unwrap();
    let accomplice = UserDraft {
        roles: vec!["admin".into()],
        ..draft("accomplice")
    };
    let created = users::create(&services, &authorized, accomplice).await;
    assert!(matches!(created, Err(Error::Forbidden(_))));
    let deleted = users::delete(&services, &authorized, root, &Deletion::default()).await;
    assert!(matches!(deleted, Err(Error::Forbidden(_))));
    assert_eq!(count(&pool, "select count(*) from users").await, 2);
}

#[testing::test]
async fn new_user_chooses_a_password_by_the_link(pool: PgPool) {
    let services = services(&pool);
    let created = users::create(&services, &operator(), draft("ada"))
        .await
        .unwrap();
    let link = created.link.unwrap();
    let token = link
        .url
        .strip_prefix("http://127.0.0.1:3000/reset/")
        .unwrap();
    let choose = |password: &'static str| {
        reset::choose_password(&services, token, chosen(password), Origin::default())
    };
    for denial in ["short", "password", "ada"] {
        assert!(
            matches!(choose(denial).await, Err(Error::Invalid(_))),
            "{denial}"
        );
    }
    choose("correct horse").await.unwrap();
    assert!(matches!(
        choose("another horse").await,
        Err(Error::NotFound(_))
    ));
    sign_in(&services, "ada", "correct horse").await.unwrap();
}

#[testing::test]
async fn one_of_a_hundred_uses_of_a_link_succeeds(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    furnish(&pool, ada).await;
    let older = reset::create_link(&services, &operator(), ada)
        .await
        .unwrap();
    let link = reset::create_link(&services, &operator(), ada)
        .await
        .unwrap();
    let token = link.url.rsplit('/').next().unwrap().to_owned();
    let mut uses = JoinSet::new();
    for _ in 0..100 {
        let (services, token) = (services.clone(), token.clone());
        uses.spawn(async move {
            let password = "correct horse";
            reset::choose_password(&services, &token, chosen(password), Origin::default()).await
        });
    }
    let done = uses.join_all().await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    assert!(
        done.iter()
            .all(|done| matches!(done, Ok(()) | Err(Error::NotFound(_) | Error::TooMany(_)))),
        "{done:?}"
    );
    assert_eq!(
        count(
            &pool,
            "select count(*) from sessions where ended_reason = 'password_reset'"
        )
        .await,
        2
    );
    let dead = older.url.rsplit('/').next().unwrap();
    assert!(matches!(
        reset::open_link(&services, dead, &Origin::default()).await,
        Err(Error::NotFound(_))
    ));
}

#[testing::test]
async fn concurrent_creation_takes_a_name_or_email_once(pool: PgPool) {
    let services = services(&pool);
    let mut creations = JoinSet::new();
    for n in 0..20 {
        let services = services.clone();
        creations.spawn(async move {
            let new = UserDraft {
                username: if n % 2 == 0 { "ada" } else { "ADA" }.into(),
                ..draft("ada")
            };
            users::create(&services, &operator(), new).await
        });
    }
    let done = creations.join_all().await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    assert!(done.into_iter().filter_map(Result::err).all(|error| {
        matches!(&error, Error::Taken(_)) && error.to_string() == "Username already exists"
    }));
    for (username, email) in [("bob", "a@example.org"), ("eve", "A@Example.org")] {
        let new = UserDraft {
            email: email.into(),
            ..draft(username)
        };
        let created = users::create(&services, &operator(), new).await;
        assert_eq!(created.is_ok(), username == "bob", "{username}");
    }
}

#[testing::test]
async fn username_of_another_address_is_taken(pool: PgPool) {
    let services = services(&pool);
    let create = |username: &str, email: &str| {
        let new = UserDraft {
            email: email.into(),
            ..draft(username)
        };
        let services = services.clone();
        async move { users::create(&services, &operator(), new).await }
    };
    create("vera@example.org", "vera@example.org")
        .await
        .unwrap();
    create("wim", "wim@example.org").await.unwrap();
    for (username, email, text) in [
        (
            "Wim@example.org",
            "eve@example.org",
            "Username already exists",
        ),
        ("eve", "Vera@example.org", "Email"),
    ] {
        let denied = create(username, email).await.err().unwrap();
        assert!(matches!(denied, Error::Taken(_)), "{denied:?}");
        assert!(denied.to_string().starts_with(text), "{denied}");
    }
    assert_eq!(count(&pool, "select count(*) from users").await, 2);
}

#[testing::test]
async fn stale_edit_is_a_conflict(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let rename = |name: &str| UserEdit {
        display_name: Some(name.into()),
        version: Some(1),
        ..UserEdit::default()
    };
    users::edit(&services, &operator(), ada, rename("First"))
        .await
        .unwrap();
    let stale = users::edit(&services, &operator(), ada, rename("Second")).await;
    let Err(Error::Stale(current)) = stale else {
        panic!("{stale:?}")
    };
    assert_eq!(
        (
            current.summary.display_name.as_str(),
            current.summary.version
        ),
        ("First", 2)
    );
    let user = users::get(&services, &operator(), &UserRef::Name("ada".into()))
        .await
        .unwrap();
    assert_eq!(user.summary.display_name, "First");
}

#[testing::test]
async fn suspension_is_disclosed_only_with_the_right_password(pool: PgPool) {
    let services = services(&pool);
    let new = UserDraft {
        password: Some("secret".into()),
        ..draft("ada")
    };
    let ada = users::create(&services, &operator(), new)
        .await
        .unwrap()
        .user
        .summary
        .id
        .0;
    confirm_passwords(&pool).await;
    sign_in(&services, "ada", "secret").await.unwrap();
    for (visible, expected) in [
        (
            false,
            "Your account is suspended. Contact your administrator.",
        ),
        (
            true,
            "Your account is suspended: spam. Contact your administrator.",
        ),
    ] {
        let suspension = SuspensionDraft {
            show_reason: visible,
            ..reason("spam")
        };
        users::suspend(&services, &operator(), ada, suspension)
            .await
            .unwrap();
        let denial = sign_in(&services, "ada", "secret").await.unwrap_err();
        assert_eq!(denial.to_string(), expected);
        let wrong = sign_in(&services, "ada", "wrong").await.unwrap_err();
        assert!(
            matches!(&wrong, Error::Unauthenticated(reason) if reason.message() == "Invalid credentials"),
            "{wrong:?}"
        );
    }
    assert_eq!(
        count(
            &pool,
            "select count(*) from sessions where ended_reason = 'suspended'"
        )
        .await,
        1
    );
    users::unsuspend(&services, &operator(), ada).await.unwrap();
    sign_in(&services, "ada", "secret").await.unwrap();
}

#[testing::test]
async fn stale_suspension_is_a_conflict(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let shown = users::get(&services, &operator(), &UserRef::Id(ada)).await;
    let version = shown.unwrap().summary.version;
    let target = TargetRef::of_user(ada, "ada").at_version(version);
    let first = users::suspend(&services, &operator(), target.clone(), reason("first")).await;
    assert_eq!(first.unwrap().summary.version, version + 1);
    let second = users::suspend(&services, &operator(), target, reason("second")).await;
    let Err(Error::Stale(current)) = second else {
        panic!("{second:?}");
    };
    assert_eq!(
        current.suspension.and_then(|it| it.reason).as_deref(),
        Some("first")
    );
    let suspended = "select count(*) from audit_events where action = 'user.suspended'";
    assert_eq!(count(&pool, suspended).await, 1);
}

/// Returns the error of each action on a user, other than an edit.
async fn errors_of_actions(
    services: &Services,
    target: TargetRef,
    receiver: Uuid,
) -> Vec<(&'static str, Option<Error>)> {
    let deletion = Deletion {
        permanent: true,
        ..Deletion::default()
    };
    let by = &operator();
    let to = || target.clone();
    vec![
        (
            "suspend",
            users::suspend(services, by, to(), reason("spam"))
                .await
                .err(),
        ),
        (
            "unsuspend",
            users::unsuspend(services, by, to()).await.err(),
        ),
        ("restore", users::restore(services, by, to()).await.err()),
        (
            "revoke sessions",
            users::revoke_sessions(services, by, to()).await.err(),
        ),
        (
            "create link",
            reset::create_link(services, by, to()).await.err(),
        ),
        (
            "revoke links",
            reset::revoke_links(services, by, to(), None).await.err(),
        ),
        (
            "reassign",
            users::reassign(services, by, to(), receiver, None)
                .await
                .err(),
        ),
        (
            "delete",
            users::delete(services, by, to(), &deletion).await.err(),
        ),
    ]
}

#[testing::test]
async fn outdated_version_stops_every_action(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (
        add(&pool, "ada", &["user"]).await,
        add(&pool, "bob", &["user"]).await,
    );
    let before = count(&pool, "select count(*) from audit_events").await;
    let target = TargetRef::from(ada).at_version(999);
    for (action, error) in errors_of_actions(&services, target, bob).await {
        let Some(Error::Stale(current)) = error else {
            panic!("{action}: {error:?}");
        };
        assert_eq!(current.summary.username, "ada", "{action}");
    }
    let after = count(&pool, "select count(*) from audit_events").await;
    assert_eq!(after, before);
    let unchanged = "select count(*) from users where version = 1 and deleted_at is null";
    assert_eq!(count(&pool, unchanged).await, 2);
}

/// Checks that a deleted user is reported as deleted, and not as changed.
#[testing::test]
async fn deleted_user_is_not_reported_as_changed(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let target = TargetRef::from(ada).at_version(1);
    let deletion = Deletion::default();
    users::delete(&services, &operator(), target.clone(), &deletion)
        .await
        .unwrap();
    let again = users::delete(&services, &operator(), target.clone(), &deletion).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    let suspended = users::suspend(&services, &operator(), target.clone(), reason("x")).await;
    assert!(
        matches!(suspended, Err(Error::Conflict(_))),
        "{suspended:?}"
    );
    let restored = users::restore(&services, &operator(), target).await;
    assert!(matches!(restored, Err(Error::Stale(_))), "{restored:?}");
}

#[testing::test]
async fn suspension_expires(pool: PgPool) {
    let services = services(&pool);
    let new = UserDraft {
        password: Some("secret".into()),
        ..draft("ada")
    };
    let ada = users::create(&services, &operator(), new)
        .await
        .unwrap()
        .user
        .summary
        .id
        .0;
    let bob = add(&pool, "bob", &[]).await;
    let until = Some(datetime!(2026-11-21 12:01 UTC));
    for id in [ada, bob] {
        let suspension = SuspensionDraft {
            until,
            ..reason("an hour")
        };
        users::suspend(&services, &operator(), id, suspension)
            .await
            .unwrap();
    }
    confirm_passwords(&pool).await;
    // The suspension ends by the clock of the database.
    sqlx::raw_sql("update users set suspended_until = now() - interval '1 second'")
        .execute(&pool)
        .await
        .unwrap();
    let mut later = services.clone();
    later.clock = || datetime!(2100-01-01 0:00 UTC);
    sign_in(&later, "ada", "secret").await.unwrap();
    users::clear_expired_suspensions(&later).await.unwrap();
    assert_eq!(
        count(&pool, "select count(*) from users where status = 'active'").await,
        2
    );
    assert_eq!(
        count(
            &pool,
            "select count(*) from audit_events where action = 'user.unsuspended' and via = 'job'"
        )
        .await,
        2
    );
}

/// Checks the policy for each action, actor and target.
#[testing::test]
async fn policy_applies_to_every_action(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let other = add(&pool, "other", &["admin"]).await;
    let auditor = add(&pool, "auditor", &["auditor"]).await;
    role("helpdesk")
        .permissions(&["users:read", "users:write"])
        .insert(&pool)
        .await;
    let helper = add(&pool, "helper", &["helpdesk"]).await;
    let helpdesk: Authorized<UsersWrite> = caller(helper, &["users:read", "users:write"])
        .require()
        .unwrap();
    assert!(matches!(
        caller(auditor, &["*:read"]).require::<UsersWrite>(),
        Err(Error::Forbidden(reason)) if reason.message() == "Admin access required"
    ));
    for (who, authorized, target, denied) in [
        (
            "helpdesk to admin",
            &helpdesk,
            other,
            Some(Denied::MoreRights),
        ),
        (
            "helpdesk to auditor",
            &helpdesk,
            auditor,
            Some(Denied::MoreRights),
        ),
        ("admin to self", &admin(root), root, None),
        ("admin to admin", &admin(root), other, None),
    ] {
        let edit = UserEdit {
            display_name: Some("Other".into()),
            ..UserEdit::default()
        };
        let done = users::edit(&services, authorized, target, edit).await;
        assert_eq!(denial(done), denied, "edit: {who}");
        let done = reset::create_link(&services, authorized, target).await;
        // A change of one's own password requires the current one, so the policy denies a reset link.
        let own = (who == "admin to self").then_some(Denied::OnSelf(UserAction::Reset));
        assert_eq!(denial(done), denied.or(own), "reset: {who}");
        let done = users::revoke_sessions(&services, authorized, target).await;
        assert_eq!(denial(done), denied, "sessions: {who}");
    }
    for (who, authorized, target, suspend, delete, demote) in [
        (
            "helpdesk to admin",
            &helpdesk,
            other,
            Denied::MoreRights,
            Denied::MoreRights,
            Denied::MoreRights,
        ),
        (
            "admin to self",
            &admin(root),
            root,
            Denied::OnSelf(UserAction::Suspend),
            Denied::OnSelf(UserAction::Delete),
            Denied::OnSelf(UserAction::SetRoles),
        ),
    ] {
        let done = users::suspend(&services, authorized, target, reason("x")).await;
        assert_eq!(denial(done), Some(suspend), "suspend: {who}");
        let done = users::delete(&services, authorized, target, &Deletion::default()).await;
        assert_eq!(denial(done), Some(delete), "delete: {who}");
        let edit = UserEdit {
            is_admin: Some(false),
            ..UserEdit::default()
        };
        let done = users::edit(&services, authorized, target, edit).await;
        assert_eq!(denial(done), Some(demote), "demote: {who}");
    }
    let promote = UserEdit {
        is_admin: Some(true),
        ..UserEdit::default()
    };
    let done = users::edit(&services, &helpdesk, helper, promote).await;
    assert_eq!(denial(done), Some(Denied::Grant));
    let admin_draft = UserDraft {
        roles: vec!["admin".into()],
        ..draft("mole")
    };
    let done = users::create(&services, &helpdesk, admin_draft).await;
    assert_eq!(denial(done), Some(Denied::Grant));
    let unknown = UserDraft {
        roles: vec!["nonsense".into()],
        ..draft("mole")
    };
    let done = users::create(&services, &admin(root), unknown).await;
    assert!(matches!(done, Err(Error::Invalid(_))));
    assert_eq!(count(&pool, "select count(*) from users").await, 4);
}

fn denial<T>(done: Result<T, Error>) -> Option<Denied> {
    match done {
        Ok(_) => None,
        Err(Error::Denied(denied)) => Some(denied),
        Err(error) => panic!("{error:?}"),
    }
}

#[testing::test]
async fn bulk_action_matches_its_preview_or_does_nothing(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let selected = |ids: &[Uuid]| -> Vec<Selected> {
        ids.iter()
            .map(|id| Selected {
                id: *id,
                version: 1,
                username: None,
            })
            .collect()
    };
    let request = |expected| BulkRequest {
        action: BulkAction::Suspend(reason("cleaning up")),
        users: selected(&[root, ada, bob, Uuid::nil()]),
        expected,
    };
    let preview = users::bulk(&services, &admin(root), request(None))
        .await
        .unwrap();
    assert_eq!(preview.changed, 2);
    let skipped: Vec<(&str, &str)> = preview
        .items
        .iter()
        .filter_map(|item| Some((item.username.as_str(), item.skipped.as_deref()?)))
        .collect();
    assert_eq!(
        skipped,
        [
            ("root", "Cannot suspend yourself"),
            ("", "No longer exists.")
        ]
    );
    assert_eq!(count(&pool, "select count(*) from audit_events").await, 0);
    // One of the users is changed between the preview and the action.
    let edit = UserEdit {
        display_name: Some("New".into()),
        ..UserEdit::default()
    };
    users::edit(&services, &operator(), bob, edit)
        .await
        .unwrap();
    let changed = users::bulk(&services, &admin(root), request(Some(2))).await;
    assert!(
        matches!(&changed, Err(Error::SelectionChanged(now)) if now.changed == 1),
        "{changed:?}"
    );
    let ada_now = users::get(&services, &operator(), &UserRef::Id(ada))
        .await
        .unwrap();
    assert_eq!(ada_now.summary.status, Status::Active);
    let done = users::bulk(&services, &admin(root), request(Some(1)))
        .await
        .unwrap();
    assert_eq!(done.changed, 1);
    let ada_now = users::get(&services, &operator(), &UserRef::Id(ada))
        .await
        .unwrap();
    assert_eq!(ada_now.summary.status, Status::Suspended);
}

/// Lists the audit events as the page shows them at first.
async fn listed(services: &Services) -> Vec<AuditEntry> {
    let query = AuditParams::default().parse(Limits::PANEL).unwrap();
    let authorized = operator();
    let page = audit::list(services, &authorized, &query).await;
    page.unwrap().page.rows
}

#[testing::test]
async fn bulk_action_is_one_entry_and_in_each_history(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let mut ids = Vec::new();
    for index in 0..100 {
        ids.push(add(&pool, &format!("user{index}"), &["user"]).await);
    }
    let actions = [
        (
            BulkAction::RevokeSessions {},
            "users.signed_out",
            "user.sessions_ended",
        ),
        (
            BulkAction::Suspend(reason("audit")),
            "users.suspended",
            "user.suspended",
        ),
        (
            BulkAction::Unsuspend {},
            "users.unsuspended",
            "user.unsuspended",
        ),
        (BulkAction::Delete {}, "users.deleted", "user.deleted"),
        (BulkAction::Restore {}, "users.restored", "user.restored"),
    ];
    for (number, (action, of_all, of_each)) in actions.into_iter().enumerate() {
        let mut users = Vec::new();
        for id in &ids {
            let user = users::get(&services, &operator(), &UserRef::Id(*id)).await;
            let version = user.unwrap().summary.version;
            users.push(Selected {
                id: *id,
                version,
                username: None,
            });
        }
        let request = BulkRequest {
            action,
            users,
            expected: Some(100),
        };
        users::bulk(&services, &admin(root), request).await.unwrap();
        let entries = listed(&services).await;
        assert_eq!(entries.len(), number + 1, "{of_all}");
        let whole = &entries[0];
        assert_eq!(
            (whole.action.as_str(), whole.target.as_str()),
            (of_all, "100 users")
        );
        assert_eq!(whole.changes["users"].1.as_i64(), Some(100));
        let (history, _) = users::history(&services, &operator(), ids[50], None)
            .await
            .unwrap();
        assert_eq!(history[0].action, of_each);
        assert_eq!(history[0].parent_id, Some(whole.id));
        let parts: i64 =
            sqlx::query_scalar("select count(*) from audit_events where parent_id = $1")
                .bind(whole.id)
                .fetch_one(&pool)
                .await
                .unwrap();
        assert_eq!(parts, 100, "{of_all}");
    }
    // An action on a single user is one event without a parent.
    let request = BulkRequest {
        action: BulkAction::RevokeSessions {},
        users: vec![Selected {
            id: ids[0],
            version: users::get(&services, &operator(), &UserRef::Id(ids[0]))
                .await
                .unwrap()
                .summary
                .version,
            username: None,
        }],
        expected: Some(1),
    };
    users::bulk(&services, &admin(root), request).await.unwrap();
    let entries = listed(&services).await;
    assert_eq!(
        (entries.len(), entries[0].action.as_str()),
        (6, "user.sessions_ended")
    );
    let longest = "select max(octet_length(row_to_json(e)::text))::bigint from audit_events e";
    assert!(count(&pool, longest).await < 4096);
}

#[testing::test]
async fn bulk_delete_and_restore_are_symmetric(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let run = async |action, users: &[(Uuid, i32)], expected| {
        let users = users.iter().map(|&(id, version)| Selected {
            id,
            version,
            username: None,
        });
        let request = BulkRequest {
            action,
            users: users.collect(),
            expected,
        };
        users::bulk(&services, &admin(root), request).await.unwrap()
    };
    let named = |outcome: &BulkOutcome| -> Vec<String> {
        let names = outcome.items.iter().map(|item| item.username.clone());
        names.collect()
    };
    // In the order of the request, without duplicates.
    let twice = [(bob, 1), (ada, 1), (bob, 1)];
    let deleted = run(BulkAction::Delete {}, &twice, Some(2)).await;
    assert_eq!(named(&deleted), ["bob", "ada"]);
    assert!(deleted.restorable_until.is_some());
    let mixed = [(bob, 2), (root, 1), (ada, 1)];
    let preview = run(BulkAction::Restore {}, &mixed, None).await;
    let skipped = preview.items.iter().map(|item| item.skipped.as_deref());
    assert_eq!(
        skipped.collect::<Vec<_>>(),
        [None, Some("Not deleted."), Some("Changed by someone else.")]
    );
    let restored = run(BulkAction::Restore {}, &[(bob, 2), (ada, 2)], Some(2)).await;
    assert_eq!(restored.changed, 2);
    assert_eq!(
        count(&pool, "select count(*) from users where deleted_at is null").await,
        3
    );
}
