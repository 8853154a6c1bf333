//! Invitations: creation, uses, and expiry.

use domain::{
    error::Conflict,
    invitations::{INVITATIONS_ORDER, Invitation, InvitationDraft, InvitationState},
    list::{Limits, Total, UnfilteredParams},
    policy::Denied,
    users::{UserBrief, detail::UserRef},
};
use service::{
    Error, Services,
    access::{Authorized, GroupsWrite, Origin, RegistrationsWrite, operator},
    groups::{self, GroupActor},
    invitations, registrations, reset, users,
};
use sqlx::PgPool;
use testing::{groups::group, roles::role};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    chosen,
    own_account::form,
    services,
    users::{add, count},
};

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

fn token_of(url: &str) -> String {
    url.rsplit('/').next().unwrap().to_owned()
}

/// Creates an invitation. Returns its id and its token.
async fn invite(
    services: &Services,
    by: &Authorized<RegistrationsWrite>,
    draft: InvitationDraft,
) -> (Uuid, String) {
    let created = invitations::create(services, by, draft).await.unwrap();
    (created.id, token_of(&created.link.url))
}

async fn accept(services: &Services, token: &str, username: &str) -> Result<UserBrief, Error> {
    invitations::accept(services, token, form(username, ""), Origin::default()).await
}

async fn works(services: &Services, token: &str) -> bool {
    let opened = invitations::open(services, token, &Origin::default()).await;
    assert!(
        matches!(opened, Ok(_) | Err(Error::NotFound(_))),
        "{opened:?}"
    );
    opened.is_ok()
}

async fn only(services: &Services) -> Invitation {
    let query = UnfilteredParams::default().parse(Limits::PANEL, INVITATIONS_ORDER);
    let listed = invitations::list(services, &operator(), &query.unwrap()).await;
    let mut all = listed.unwrap().page;
    let more = all.page_info.after.is_some();
    assert!(!more && all.rows.len() == 1, "{all:?}");
    assert_eq!(all.page_info.total, Total::exact(1));
    all.rows.remove(0)
}

#[testing::test]
async fn invited_account_is_usable_and_names_its_inviter(pool: PgPool) {
    let services = services(&pool);
    let boss = add(&pool, "boss", &["admin"]).await;
    let draft = InvitationDraft {
        roles: vec!["auditor".into(), "user".into()],
        note: " for Ada ".into(),
        ..InvitationDraft::default()
    };
    let (_, token) = invite(&services, &admin(boss), draft).await;
    assert_eq!(only(&services).await.opened_at, None);
    assert!(works(&services, &token).await && works(&services, &token).await);
    let opened = only(&services).await;
    assert_eq!((opened.uses, opened.note.as_deref()), (0, Some("for Ada")));
    assert!(opened.opened_at.is_some(), "opening does not use it up");

    let user = accept(&services, &token, "ada").await.unwrap();
    assert!(!user.is_admin);
    let ada = users::get(&services, &operator(), &UserRef::parse("ada"))
        .await
        .unwrap();
    assert_eq!(ada.summary.roles, ["auditor", "user"]);
    assert_eq!(ada.summary.status.as_str(), "active");
    assert_eq!(ada.created_via.as_str(), "invitation");
    assert_eq!(ada.created_by.as_deref(), Some("boss"));
    let used = only(&services).await;
    assert_eq!(used.state, InvitationState::Used);
    assert_eq!((used.uses, used.used_by), (1, vec!["ada".to_owned()]));
    assert!(!works(&services, &token).await);
    assert!(matches!(
        accept(&services, &token, "bob").await,
        Err(Error::NotFound(_))
    ));
    let audited = "select count(*) from audit_events
        where action = 'user.invitation_accepted' and via = 'self' and actor_id = target_id";
    assert_eq!(count(&pool, audited).await, 1);
    let sessions = count(&pool, "select count(*) from sessions").await;
    assert_eq!(sessions, 0, "accepting an invitation starts no session");
}

#[testing::test]
async fn invitation_cannot_exceed_the_permissions_of_its_creator(pool: PgPool) {
    let services = services(&pool);
    role("host")
        .permissions(&["registrations:read", "registrations:write"])
        .insert(&pool)
        .await;
    role("reader")
        .permissions(&["registrations:read"])
        .insert(&pool)
        .await;
    let boss = add(&pool, "boss", &["admin"]).await;
    let host = add(&pool, "host", &["host"]).await;
    for (id, assigned) in [(boss, &["*"][..]), (host, &["registrations:write"])] {
        for (role, of_host) in [
            ("admin", false),
            ("auditor", false),
            ("reader", true),
            ("user", true),
        ] {
            let assigned = caller(id, assigned).require().unwrap();
            let draft = InvitationDraft {
                roles: vec![role.into()],
                ..InvitationDraft::default()
            };
            let created = invitations::create(&services, &assigned, draft).await;
            if id == boss || of_host {
                created.unwrap();
            } else {
                assert!(
                    matches!(created, Err(Error::Denied(Denied::Grant))),
                    "{role}"
                );
            }
        }
    }
    let unknown = InvitationDraft {
        roles: vec!["nonsense".into()],
        ..InvitationDraft::default()
    };
    let denied = invitations::create(&services, &admin(boss), unknown).await;
    assert!(matches!(denied, Err(Error::Invalid(_))));
    // The roles are revoked after the request was authorized.
    run(&pool, "delete from user_roles").await;
    for id in [boss, host] {
        let denied = invitations::create(&services, &admin(id), InvitationDraft::default()).await;
        assert!(matches!(denied, Err(Error::Forbidden(_))));
    }
}

#[testing::test]
async fn concurrent_uses_are_limited_to_max_uses(pool: PgPool) {
    let services = services(&pool);
    let boss = add(&pool, "boss", &["admin"]).await;
    let draft = InvitationDraft {
        max_uses: 7,
        ..InvitationDraft::default()
    };
    let (_, token) = invite(&services, &admin(boss), draft).await;
    let mut uses = JoinSet::new();
    for n in 0..100 {
        let (services, token) = (services.clone(), token.clone());
        // One network each: the hashing queue limits the waiting jobs of a network.
        let origin = Origin {
            ip: Some(format!("192.0.2.{n}").parse().unwrap()),
            ..Origin::default()
        };
        uses.spawn(async move {
            let draft = form(&format!("user{n}"), "");
            invitations::accept(&services, &token, draft, origin).await
        });
    }
    let done = uses.join_all().await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 7);
    assert!(
        done.iter()
            .all(|done| matches!(done, Ok(_) | Err(Error::NotFound(_)))),
        "{done:?}"
    );
    let created = "select count(*) from users where created_via = 'invitation'";
    assert_eq!(count(&pool, created).await, 7);
    assert_eq!(count(&pool, "select count(*) from link_uses").await, 7);
    assert_eq!(only(&services).await.uses, 7);
}

#[testing::test]
async fn denied_use_is_not_counted(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "ada", &["user"]).await;
    let (_, token) = invite(&services, &operator(), InvitationDraft::default()).await;
    let taken = accept(&services, &token, "Ada").await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    let invalid = accept(&services, &token, "x").await;
    assert!(matches!(invalid, Err(Error::Invalid(_))), "{invalid:?}");
    assert_eq!(only(&services).await.uses, 0);
    accept(&services, &token, "bob").await.unwrap();
    // The purge of the account does not change the number of uses.
    let bob = users::get(&services, &operator(), &UserRef::parse("bob"))
        .await
        .unwrap();
    let deletion = domain::users::deletion::Deletion {
        permanent: true,
        ..Default::default()
    };
    users::delete(&services, &operator(), bob.summary.id.0, &deletion)
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    let left = only(&services).await;
    assert_eq!((left.uses, left.used_by.len()), (1, 0));
    assert!(!works(&services, &token).await);
}

#[testing::test]
async fn invitation_ends_with_its_creator(pool: PgPool) {
    let services = services(&pool);
    role("chief").permissions(&["*"]).insert(&pool).await;
    let boss = add(&pool, "boss", &["chief"]).await;
    let draft = InvitationDraft {
        roles: vec!["auditor".into()],
        max_uses: 100,
        ..InvitationDraft::default()
    };
    let (id, token) = invite(&services, &admin(boss), draft).await;
    for (n, (fall, rise)) in [
        (
            "update users set status = 'suspended' where username = 'boss'",
            "update users set status = 'active' where username = 'boss'",
        ),
        (
            "update users set deleted_at = now() where username = 'boss'",
            "update users set deleted_at = null where username = 'boss'",
        ),
        (
            "delete from user_roles where user_id = (select id from users where username = 'boss')",
            "insert into user_roles (user_id, role_id, granted_at)
            select u.id, r.id, now() from users u, roles r where u.username = 'boss' and r.name = 'chief'",
        ),
        (
            "update roles set permissions = '{registrations:write}' where name = 'chief'",
            "update roles set permissions = '{*}' where name = 'chief'",
        ),
        (
            "update roles set permissions = '{*:read,users:write}' where name = 'chief'",
            "update roles set permissions = '{*}' where name = 'chief'",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        run(&pool, fall).await;
        assert_eq!(only(&services).await.state, InvitationState::Unbacked, "{fall}");
        assert!(!works(&services, &token).await, "{fall}");
        let denied = accept(&services, &token, "unknown").await;
        assert!(matches!(denied, Err(Error::NotFound(_))), "{fall}");
        run(&pool, rise).await;
        assert_eq!(only(&services).await.state, InvitationState::Open, "{fall}");
        accept(&services, &token, &format!("user{n}")).await.unwrap();
    }
    // Another administrator becomes the creator by sending it again.
    let other = add(&pool, "other", &["admin"]).await;
    users::delete(
        &services,
        &operator(),
        boss,
        &domain::users::deletion::Deletion {
            permanent: true,
            ..Default::default()
        },
    )
    .await
    .unwrap();
    users::purge::run(&services).await.unwrap();
    assert_eq!(only(&services).await.state, InvitationState::Unbacked);
    assert!(!works(&services, &token).await);
    let link = invitations::resend(&services, &admin(other), id)
        .await
        .unwrap();
    assert!(!works(&services, &token).await, "earlier links are revoked");
    accept(&services, &token_of(&link.url), "last")
        .await
        .unwrap();
    assert_eq!(only(&services).await.created_by.as_deref(), Some("other"));
}

#[testing::test]
async fn concurrently_revoked_permission_assigns_nothing(pool: PgPool) {
    let services = services(&pool);
    let boss = add(&pool, "boss", &["admin"]).await;
    add(&pool, "other", &["admin"]).await;
    let (_, token) = invite(&services, &admin(boss), InvitationDraft::default()).await;
    // A transaction that suspends the creator holds the lock of the account.
    let mut holder = pool.begin().await.unwrap();
    sqlx::query("update users set status = 'suspended' where id = $1")
        .bind(boss)
        .execute(&mut *holder)
        .await
        .unwrap();
    let acceptance = tokio::spawn({
        let (services, token) = (services.clone(), token.clone());
        async move { accept(&services, &token, "ada").await }
    });
    // Wait until the acceptance blocks on the lock of the creator's account.
    let waits = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    while count(&pool, waits).await == 0 {
        assert!(!acceptance.is_finished());
        tokio::task::yield_now().await;
    }
    holder.commit().await.unwrap();
    let denied = acceptance.await.unwrap();
    assert!(matches!(denied, Err(Error::NotFound(_))), "{denied:?}");
    assert_eq!(only(&services).await.uses, 0);
}

#[testing::test]
async fn dead_and_foreign_links_are_rejected(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let (id, token) = invite(&services, &operator(), InvitationDraft::default()).await;
    let reset_link = reset::create_link(&services, &operator(), ada)
        .await
        .unwrap();
    assert!(!works(&services, &token_of(&reset_link.url)).await);
    let crossed = accept(&services, &token_of(&reset_link.url), "bob").await;
    assert!(matches!(crossed, Err(Error::NotFound(_))));
    let crossed = reset::open_link(&services, &token, &Origin::default()).await;
    assert!(matches!(crossed, Err(Error::NotFound(_))));
    let password = "correct horse";
    let crossed =
        reset::choose_password(&services, &token, chosen(password), Origin::default()).await;
    assert!(matches!(crossed, Err(Error::NotFound(_))));
    assert!(works(&services, &token).await, "the token is not used up");

    run(
        &pool,
        "update one_time_links set expires_at = now() where kind = 'invitation'",
    )
    .await;
    assert!(!works(&services, &token).await);
    assert_eq!(only(&services).await.state, InvitationState::Expired);
    let link = invitations::resend(&services, &operator(), id)
        .await
        .unwrap();
    let token = token_of(&link.url);
    assert!(works(&services, &token).await, "the new link is valid");
    invitations::revoke(&services, &operator(), id)
        .await
        .unwrap();
    assert!(!works(&services, &token).await);
    assert_eq!(only(&services).await.state, InvitationState::Revoked);
    for again in [
        invitations::revoke(&services, &operator(), id).await,
        invitations::resend(&services, &operator(), id)
            .await
            .map(drop),
    ] {
        assert!(matches!(again, Err(Error::Conflict(_))));
    }
    for id in [Uuid::nil(), ada] {
        let nothing = invitations::revoke(&services, &operator(), id).await;
        assert!(matches!(nothing, Err(Error::NotFound(_))));
    }
}

#[testing::test]
async fn guessing_is_throttled(pool: PgPool) {
    let services = services(&pool);
    let origin = Origin {
        ip: Some("192.0.2.1".parse().unwrap()),
        ..Origin::default()
    };
    for n in 0..100 {
        let guess = invitations::open(&services, &format!("guess{n}"), &origin).await;
        assert!(matches!(guess, Err(Error::NotFound(_))), "{n}");
    }
    let guess = invitations::open(&services, "one more", &origin).await;
    assert!(matches!(guess, Err(Error::TooMany(_))), "{guess:?}");
    // A valid invitation is not throttled at the same address.
    let (_, token) = invite(&services, &operator(), InvitationDraft::default()).await;
    let opened = invitations::open(&services, &token, &origin).await;
    assert!(opened.is_ok(), "{opened:?}");
    let created = invitations::accept(&services, &token, form("ada", ""), origin).await;
    assert!(created.is_ok(), "{created:?}");
}

#[testing::test]
async fn username_probing_is_throttled(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "eve", &["user"]).await;
    let draft = InvitationDraft {
        max_uses: 50,
        ..InvitationDraft::default()
    };
    let (_, token) = invite(&services, &operator(), draft).await;
    let from = |ip: &str| Origin {
        ip: Some(ip.parse().unwrap()),
        ..Origin::default()
    };
    let accept = async |username: &str, ip: &str| {
        let created = form(username, "");
        invitations::accept(&services, &token, created, from(ip)).await
    };
    // Usernames that are free do not count as attempts.
    for n in 0..3 {
        accept(&format!("user{n}"), "2001:db8::1").await.unwrap();
    }
    for n in 0..20 {
        let taken = accept("eve", &format!("2001:db8::{n:x}")).await;
        assert!(matches!(taken, Err(Error::Taken(_))), "{n}: {taken:?}");
    }
    let one_more = accept("eve", "2001:db8::1").await;
    assert!(matches!(one_more, Err(Error::TooMany(_))), "{one_more:?}");
    // Other invitations and networks are not throttled.
    accept("other", "2001:db8:0:1::1").await.unwrap();
    // Attempts from many networks share the counter of the invitation.
    run(
        &pool,
        "update login_attempts set failures = 99 where scope = 'invitation'",
    )
    .await;
    let taken = accept("eve", "2001:db8:0:2::1").await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    let one_more = accept("eve", "2001:db8:0:3::1").await;
    assert!(matches!(one_more, Err(Error::TooMany(_))), "{one_more:?}");
}

#[testing::test]
async fn invited_user_does_not_learn_whether_an_email_is_taken(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "eve", &["user"]).await;
    run(&pool, "update users set email = 'known@example.org'").await;
    let draft = InvitationDraft {
        max_uses: 2,
        ..InvitationDraft::default()
    };
    let (_, token) = invite(&services, &operator(), draft).await;
    for (username, email) in [("ada", "known@example.org"), ("bob", "fresh@example.org")] {
        let created = form(username, email);
        let user = invitations::accept(&services, &token, created, Origin::default())
            .await
            .unwrap();
        assert_eq!(user.email.as_deref(), Some(email));
    }
    registrations::resolve_unverified_emails(&services)
        .await
        .unwrap();
    let addresses: Vec<(String, Option<String>, Option<String>)> = sqlx::query_as(
        "select username, email, unverified_email from users where created_via = 'invitation' order by username",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let (known, fresh) = (
        "known@example.org".to_owned(),
        "fresh@example.org".to_owned(),
    );
    assert_eq!(
        addresses,
        [
            ("ada".to_owned(), None, Some(known)),
            ("bob".to_owned(), Some(fresh), None)
        ]
    );
}

#[testing::test]
async fn invitation_into_a_deleted_group_has_no_effect(pool: PgPool) {
    let services = services(&pool);
    let team = group("Team").insert(&pool).await;
    let actor = GroupActor::from(&operator::<GroupsWrite>());
    let created = groups::invite(&services, &actor, team, InvitationDraft::default()).await;
    let created = created.unwrap();
    let token = token_of(&created.link.url);
    assert!(works(&services, &token).await);
    assert_eq!(only(&services).await.state, InvitationState::Open);
    groups::delete(&services, &operator(), team, None)
        .await
        .unwrap();
    assert!(!works(&services, &token).await);
    assert_eq!(only(&services).await.state, InvitationState::Unbacked);
    let resent = invitations::resend(&services, &operator(), created.id).await;
    assert!(
        matches!(
            resent,
            Err(Error::Conflict(Conflict::InvitationNotResendable))
        ),
        "{resent:?}"
    );
    invitations::revoke(&services, &operator(), created.id)
        .await
        .unwrap();
    assert_eq!(only(&services).await.state, InvitationState::Revoked);
}

/// Checks that no user is created as a member of a group from which a job removes all members.
#[testing::test]
async fn invitation_into_a_group_that_is_being_deleted_has_no_effect(pool: PgPool) {
    let services = services(&pool);
    let team = group("Team").insert(&pool).await;
    let actor = GroupActor::from(&operator::<GroupsWrite>());
    let created = groups::invite(&services, &actor, team, InvitationDraft::default()).await;
    let created = created.unwrap();
    let token = token_of(&created.link.url);
    // As the deletion of a group with many members does.
    let mut connection = pool.acquire().await.unwrap();
    let object = db::deletions::Object::Group(team);
    db::deletions::queue(&mut connection, &object, "Team", 9_000)
        .await
        .unwrap();
    assert!(!works(&services, &token).await);
    assert_eq!(only(&services).await.state, InvitationState::Unbacked);
    let accepted = accept(&services, &token, "ada").await;
    assert!(matches!(accepted, Err(Error::NotFound(_))), "{accepted:?}");
    let resent = invitations::resend(&services, &operator(), created.id).await;
    assert!(matches!(resent, Err(Error::Conflict(_))), "{resent:?}");
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
}
