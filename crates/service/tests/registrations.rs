//! Registrations, and decisions on pending ones.

use std::sync::Arc;

use domain::{
    credentials::{AccountDraft, SignInDraft, TRAP},
    list::{Limits, Page, PageParams, Total},
    message::Message,
    policy::Denied,
    registrations::{
        Decision, DecisionDraft, DecisionRequest, Registration,
        list::{DEFAULT_SORT, RegistrationParams},
    },
    users::{
        UserBrief,
        bulk::{BulkOutcome, Selected},
        detail::UserRef,
        edit::UserEdit,
    },
};
use serde_json::Value;
use service::{
    Error, Services,
    access::{Authorized, Origin, RegistrationsWrite, operator},
    auth, registrations, sessions,
    settings::Settings,
    users,
};
use sqlx::PgPool;
use testing::{crowd::crowd, roles};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    browser,
    callers::{admin, caller},
    chosen,
    own_account::{PASSWORD, form},
    services,
    users::{add, count},
};

/// Number of pending registrations.
const PENDING: &str =
    "select coalesce(sum(value), 0)::bigint from user_totals where name = 'status:pending'";

/// Returns a page of the registrations.
pub(crate) async fn listed(services: &Services, params: RegistrationParams) -> Page<Registration> {
    let query = params.parse(Limits::PANEL).unwrap();
    let listed = registrations::list(services, &operator(), &query).await;
    listed.unwrap().page
}

/// Returns services with registration enabled.
pub(crate) fn open(pool: &PgPool, approval: bool) -> Services {
    Services {
        settings: Arc::new(Settings {
            allow_registration: true,
            registration_approval: approval,
            ..Settings::default()
        }),
        ..services(pool)
    }
}

pub(crate) async fn register(services: &Services, draft: AccountDraft) -> Result<UserBrief, Error> {
    registrations::register(services, draft, "", Origin::default()).await
}

pub(crate) async fn sign_in(services: &Services, username: &str) -> Result<UserBrief, Error> {
    let draft = SignInDraft {
        username: username.into(),
        password: PASSWORD.into(),
        remember: false,
    };
    let session = browser::browser(&services.pool, None);
    auth::sign_in(services, &session, draft, Origin::default()).await
}

pub(crate) async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

#[testing::test]
async fn registration_is_off_by_default(pool: PgPool) {
    let denied = register(&services(&pool), form("ada", "")).await;
    let Err(Error::Forbidden(reason)) = denied else {
        panic!("{denied:?}")
    };
    assert_eq!(reason.message(), "Registration is disabled");
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
}

#[testing::test]
async fn registration_awaits_approval_and_creates_a_plain_user(pool: PgPool) {
    for (approval, username) in [(true, "ada"), (false, "bob")] {
        let services = open(&pool, approval);
        let user = register(&services, form(username, "")).await.unwrap();
        assert!(!user.is_admin);
        let roles: Vec<String> =
            sqlx::query_scalar("select r.name from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = $1")
                .bind(user.id.0)
                .fetch_all(&pool)
                .await
                .unwrap();
        assert_eq!(roles, ["user"]);
        assert_eq!(sign_in(&services, username).await.is_ok(), !approval);
    }
    let audited = "select count(*) from audit_events
        where action = 'user.registered' and via = 'self' and actor_id = target_id";
    assert_eq!(count(&pool, audited).await, 2);
    let message = sign_in(&services(&pool), "ada").await.unwrap_err();
    assert!(
        message.to_string().contains("pending approval"),
        "{message}"
    );
    assert_eq!(
        count(
            &pool,
            "select count(*) from users where created_via = 'registration'"
        )
        .await,
        2
    );
}

#[testing::test]
async fn every_error_is_reported_at_once_without_cost(pool: PgPool) {
    let services = open(&pool, true);
    let draft = AccountDraft {
        username: "ab".into(),
        display_name: String::new(),
        email: "invalid".into(),
        password: "short".into(),
        password_again: "shore".into(),
    };
    for _ in 0..30 {
        let Err(Error::Invalid(errors)) = register(&services, draft.clone()).await else {
            panic!("an invalid form must be denied without counting as an attempt");
        };
        assert_eq!(errors.iter().count(), 5);
    }
}

#[testing::test]
async fn concurrent_registration_takes_a_name_once(pool: PgPool) {
    let services = open(&pool, true);
    let mut tries = JoinSet::new();
    // Half as many as one network can have in the hashing queue: each form enters it twice.
    for n in 0..4 {
        let services = services.clone();
        let name = if n % 2 == 0 { "ada" } else { "ADA" };
        tries.spawn(async move { register(&services, form(name, "")).await });
    }
    let done = tries.join_all().await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    assert!(done.into_iter().filter_map(Result::err).all(|error| {
        matches!(&error, Error::Taken(_)) && error.to_string() == "Username already exists"
    }));
}

#[testing::test]
async fn filled_honeypot_is_denied_and_the_next_try_succeeds(pool: PgPool) {
    let services = open(&pool, true);
    let trapped = |name| {
        let services = services.clone();
        async move {
            registrations::register(
                &services,
                form(name, "a@example.org"),
                "http://x",
                Origin::default(),
            )
            .await
        }
    };
    let Err(Error::Invalid(errors)) = trapped("ada").await else {
        panic!("no account was created, so the response must not claim one")
    };
    let message = errors.get(TRAP).unwrap();
    assert!(message.starts_with("No account was created"), "{message}");
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
    assert_eq!(count(&pool, "select count(*) from audit_events").await, 0);
    register(&services, form("ada", "")).await.unwrap();
    // The hidden field is checked before the username is looked up.
    assert!(matches!(trapped("ada").await, Err(Error::Invalid(_))));
}

#[testing::test]
async fn registrations_per_address_are_limited(pool: PgPool) {
    let services = open(&pool, true);
    let from = |ip: &str| Origin {
        ip: Some(ip.parse().unwrap()),
        ..Origin::default()
    };
    for n in 0..10 {
        let draft = form(&format!("user{n}"), "");
        registrations::register(&services, draft, "", from("192.0.2.1"))
            .await
            .unwrap();
    }
    // A username that is taken counts too: otherwise a client could try a list of usernames.
    let denied = registrations::register(&services, form("user0", ""), "", from("192.0.2.1")).await;
    let Err(Error::TooMany(delay)) = denied else {
        panic!("{denied:?}")
    };
    assert!(!delay.is_zero());
    registrations::register(&services, form("elsewhere", ""), "", from("192.0.2.2"))
        .await
        .unwrap();
}

#[testing::test]
async fn forms_whose_passwords_are_estimated_count(pool: PgPool) {
    let services = open(&pool, true);
    let register = async |username: &str, password: &str| {
        let origin = Origin {
            ip: Some("192.0.2.1".parse().unwrap()),
            ..Origin::default()
        };
        let draft = AccountDraft {
            password: password.to_owned(),
            password_again: password.to_owned(),
            ..form(username, "")
        };
        registrations::register(&services, draft, "", origin).await
    };
    let (strong, guessable) = ("tangerine otter 41", "lovelylovelylovely");
    let typing_errors = [
        ("x", strong),
        ("x", guessable),
        ("ada", "short"),
        ("ada", "football2024"),
    ];
    for (username, password) in typing_errors.repeat(10) {
        let denied = register(username, password).await;
        assert!(matches!(denied, Err(Error::Invalid(_))), "{denied:?}");
    }
    for _ in 0..10 {
        let denied = register("ada", guessable).await;
        assert!(matches!(denied, Err(Error::Invalid(_))), "{denied:?}");
    }
    let denied = register("ada", strong).await;
    assert!(matches!(denied, Err(Error::TooMany(_))), "{denied:?}");
    let denied = register("x", strong).await;
    assert!(matches!(denied, Err(Error::Invalid(_))), "{denied:?}");
}

/// Returns the account as its user sees it, after the sign-in and with a later request.
async fn own_view(services: &Services, username: &str) -> (UserBrief, Value) {
    let draft = SignInDraft {
        username: username.into(),
        password: PASSWORD.into(),
        remember: false,
    };
    let session = browser::browser(&services.pool, None);
    let brief = auth::sign_in(services, &session, draft, Origin::default())
        .await
        .unwrap();
    let again = browser::browser(&services.pool, session.id());
    let caller =
        sessions::find_caller(services, &again, domain::audit::Via::Ui, &Origin::default())
            .await
            .unwrap()
            .unwrap();
    (brief, serde_json::to_value(caller.principal).unwrap())
}

/// Clears the fields that differ between any two users.
fn levelled(mut value: Value) -> Value {
    for field in ["id", "createdAt", "lastLoginAt", "username"] {
        value[field] = Value::Null;
    }
    value
}

#[testing::test]
async fn registration_does_not_disclose_known_emails(pool: PgPool) {
    let services = open(&pool, false);
    let eve = add(&pool, "eve", &["user"]).await;
    run(&pool, "update users set email = 'Known@example.org'").await;
    // Both addresses have the same length, so that nothing else differs.
    let mut views = Vec::new();
    for (username, email) in [
        ("known", "known@example.org"),
        ("fresh", "fresh@example.org"),
    ] {
        let brief = register(&services, form(username, email)).await.unwrap();
        assert_eq!(brief.email.as_deref(), Some(email));
        let mut seen = vec![serde_json::to_value(&brief).unwrap()];
        for resolved in [false, true] {
            if resolved {
                registrations::resolve_unverified_emails(&services)
                    .await
                    .unwrap();
            }
            let (brief, principal) = own_view(&services, username).await;
            seen.extend([serde_json::to_value(brief).unwrap(), principal]);
        }
        // A later choice of a password must not disclose it either.
        let id = brief.id.0;
        let link = service::reset::create_link(&services, &operator(), id)
            .await
            .unwrap();
        let token = link.url.rsplit('/').next().unwrap();
        let denied =
            service::reset::choose_password(&services, token, chosen(email), Origin::default())
                .await;
        seen.push(serde_json::json!({ "denied": format!("{:?}", denied.unwrap_err()) }));
        let updated: String =
            sqlx::query_scalar("select (updated_at = created_at)::text from users where id = $1")
                .bind(id)
                .fetch_one(&pool)
                .await
                .unwrap();
        seen.push(serde_json::json!({ "unchanged": updated }));
        let seen: Vec<String> = seen
            .into_iter()
            .map(|value| levelled(value).to_string().replace(username, "user"))
            .collect();
        views.push(seen);
    }
    assert_eq!(views[0], views[1]);
    // Administrators see which account has the address.
    let known = users::get(&services, &operator(), &UserRef::parse("known"))
        .await
        .unwrap();
    assert_eq!(known.summary.email, None);
    assert_eq!(known.unverified_email_of.as_deref(), Some("eve"));
    let fresh = users::get(&services, &operator(), &UserRef::parse("fresh"))
        .await
        .unwrap();
    assert_eq!(fresh.summary.email.as_deref(), Some("fresh@example.org"));
    assert_eq!(fresh.unverified_email, None);
    let eve = users::get(&services, &operator(), &UserRef::Id(eve))
        .await
        .unwrap();
    assert_eq!(eve.summary.email.as_deref(), Some("Known@example.org"));
}

#[testing::test]
async fn usernames_of_others_stay_unverified_as_addresses(pool: PgPool) {
    let services = open(&pool, false);
    add(&pool, "vera@example.org", &["user"]).await;
    let eve = register(&services, form("eve", "Vera@example.org")).await;
    let eve = eve.unwrap().id;
    registrations::resolve_unverified_emails(&services)
        .await
        .unwrap();
    let eve = users::get(&services, &operator(), &UserRef::Id(eve.0))
        .await
        .unwrap();
    assert_eq!(eve.summary.email, None);
    assert_eq!(eve.unverified_email.as_deref(), Some("Vera@example.org"));
}

#[testing::test]
async fn address_as_username_is_denied_alike(pool: PgPool) {
    let services = open(&pool, false);
    add(&pool, "vera", &["user"]).await;
    sqlx::raw_sql("update users set email = 'vera@example.org'")
        .execute(&pool)
        .await
        .unwrap();
    let mut answers = Vec::new();
    for name in ["vera@example.org", "free@example.org"] {
        let denied = register(&services, form(name, name)).await.unwrap_err();
        assert!(matches!(denied, Error::Invalid(_)), "{denied:?}");
        answers.push(denied.to_string());
    }
    assert_eq!(answers[0], answers[1]);
}

#[testing::test]
async fn first_unverified_email_is_confirmed_once(pool: PgPool) {
    let services = open(&pool, true);
    let mut ids = Vec::new();
    for username in ["ada", "bob"] {
        ids.push(
            register(&services, form(username, "one@example.org"))
                .await
                .unwrap()
                .id
                .0,
        );
    }
    registrations::resolve_unverified_emails(&services)
        .await
        .unwrap();
    assert_eq!(
        count(&pool, "select count(*) from users where email is not null").await,
        0,
        "the address of a pending user must stay free for others"
    );
    for id in &ids {
        registrations::approve(&services, &operator(), *id, "")
            .await
            .unwrap();
    }
    let mut jobs = JoinSet::new();
    for _ in 0..8 {
        let services = services.clone();
        jobs.spawn(async move { registrations::resolve_unverified_emails(&services).await });
    }
    assert!(jobs.join_all().await.iter().all(Result::is_ok));
    registrations::resolve_unverified_emails(&services)
        .await
        .unwrap();
    assert_eq!(
        count(
            &pool,
            "select count(*) from users where email = 'one@example.org'"
        )
        .await,
        1
    );
    assert_eq!(
        count(
            &pool,
            "select count(*) from audit_events where action = 'user.email_settled'"
        )
        .await,
        1
    );
    let loser: Uuid = sqlx::query_scalar("select id from users where unverified_email is not null")
        .fetch_one(&pool)
        .await
        .unwrap();
    for (edit, left) in [
        (
            UserEdit {
                display_name: Some("Other".into()),
                email: Some(Some(String::new())),
                ..UserEdit::default()
            },
            true,
        ),
        (
            UserEdit {
                email: Some(Some("two@example.org".into())),
                ..UserEdit::default()
            },
            false,
        ),
    ] {
        let user = users::edit(&services, &operator(), loser, edit)
            .await
            .unwrap();
        assert_eq!(user.unverified_email.is_some(), left);
    }
}

#[testing::test]
async fn approval_or_rejection_resolves_a_registration(pool: PgPool) {
    let services = open(&pool, true);
    let origin = Origin {
        ip: Some("192.0.2.7".parse().unwrap()),
        ..Origin::default()
    };
    for username in ["ada", "bob", "eve"] {
        let draft = form(username, "");
        registrations::register(&services, draft, "", origin.clone())
            .await
            .unwrap();
    }
    let first = listed(&services, RegistrationParams::default()).await;
    let waiting = first.rows;
    let names: Vec<&str> = waiting.iter().map(|user| user.username.as_str()).collect();
    let more = first.page_info.after.is_some();
    assert_eq!((names, more), (vec!["ada", "bob", "eve"], false));
    assert_eq!(first.page_info.total, Total::exact(3));
    assert_eq!(waiting[0].from, origin.ip.map(Into::into));
    assert_eq!(count(&pool, PENDING).await, 3);
    let after = Some(waiting[0].cursor(DEFAULT_SORT, 1).encode());
    let after = listed(&services, RegistrationParams::default().at(after, None)).await;
    assert_eq!(after.rows, waiting[1..]);

    registrations::approve(&services, &operator(), waiting[0].id.0, " known here ")
        .await
        .unwrap();
    sign_in(&services, "ada").await.unwrap();
    registrations::reject(&services, &operator(), waiting[1].id.0, "spam")
        .await
        .unwrap();
    assert!(matches!(
        sign_in(&services, "bob").await,
        Err(Error::Unauthenticated(_))
    ));
    assert_eq!(count(&pool, PENDING).await, 1);
    register(&services, form("bob", "")).await.unwrap();
    let stored = "select count(*) from users where registered_from is not null";
    assert_eq!(
        count(&pool, stored).await,
        1,
        "the client address is deleted with the approval, or with the rejected account"
    );
    let notes: Vec<(String, String)> = sqlx::query_as(
        "select action, reason from audit_events where reason is not null order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let noted = [("user.approved", "known here"), ("user.rejected", "spam")];
    assert_eq!(
        notes,
        noted.map(|(action, reason)| (action.to_owned(), reason.to_owned()))
    );

    for id in [waiting[0].id.0, waiting[1].id.0] {
        let again = [
            registrations::approve(&services, &operator(), id, "")
                .await
                .map(drop),
            registrations::reject(&services, &operator(), id, "").await,
        ];
        for again in again {
            assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        }
    }
    let unknown = registrations::approve(&services, &operator(), Uuid::nil(), "").await;
    assert!(matches!(unknown, Err(Error::NotFound(_))));
}

#[testing::test]
async fn one_of_many_concurrent_decisions_applies(pool: PgPool) {
    let services = open(&pool, true);
    let ada = register(&services, form("ada", "")).await.unwrap().id.0;
    let mut decisions = JoinSet::new();
    for n in 0..20 {
        let services = services.clone();
        decisions.spawn(async move {
            if n % 2 == 0 {
                registrations::approve(&services, &operator(), ada, "")
                    .await
                    .map(drop)
            } else {
                registrations::reject(&services, &operator(), ada, "").await
            }
        });
    }
    let done = decisions.join_all().await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    assert!(
        done.iter()
            .all(|done| matches!(done, Ok(()) | Err(Error::Conflict(_))))
    );
}

#[testing::test]
async fn bulk_decision_matches_its_preview_or_does_nothing(pool: PgPool) {
    let services = open(&pool, true);
    let mut users = Vec::new();
    for username in ["ada", "bob", "eve"] {
        let id = register(&services, form(username, "")).await.unwrap().id.0;
        users.push(Selected {
            id,
            version: 1,
            username: None,
        });
    }
    let request = |expected| DecisionRequest {
        decision: Decision::Approve,
        users: [users.clone(), users.clone()].concat(),
        draft: "together".into(),
        expected,
    };
    let skipped = |outcome: &BulkOutcome| -> Vec<Option<Message>> {
        outcome
            .items
            .iter()
            .map(|item| item.skipped.clone())
            .collect()
    };
    let preview = registrations::decide(&services, &operator(), request(None))
        .await
        .unwrap();
    assert_eq!((preview.changed, skipped(&preview)), (3, vec![None; 3]));
    assert_eq!(count(&pool, PENDING).await, 3, "a preview changes nothing");
    registrations::reject(&services, &operator(), users[0].id, "")
        .await
        .unwrap();
    run(&pool, "update users set version = 2 where username = 'bob'").await;
    let changed = registrations::decide(&services, &operator(), request(Some(3))).await;
    let Err(Error::SelectionChanged(outcome)) = changed else {
        panic!("{changed:?}")
    };
    let why = ["Already decided.", "Changed by someone else."];
    assert_eq!(
        skipped(&outcome),
        [
            Some(Message::verbatim(why[0])),
            Some(Message::verbatim(why[1])),
            None
        ]
    );
    assert_eq!(count(&pool, PENDING).await, 2);
    registrations::decide(&services, &operator(), request(Some(1)))
        .await
        .unwrap();
    assert_eq!(count(&pool, PENDING).await, 1);
}

/// Users who have registered, as a page shows them.
pub(crate) async fn pending(services: &Services, usernames: &[&str]) -> Vec<Selected> {
    let mut users = Vec::new();
    for username in usernames {
        let id = register(services, form(username, "")).await.unwrap().id.0;
        users.push(Selected {
            id,
            version: 1,
            username: Some((*username).to_owned()),
        });
    }
    users
}

#[testing::test]
async fn bulk_decision_is_one_entry_with_entries_per_user(pool: PgPool) {
    let services = open(&pool, true);
    for (decision, usernames, of_all, of_one) in [
        (
            Decision::Approve,
            ["ada", "bob"],
            "registrations.approved",
            "user.approved",
        ),
        (
            Decision::Reject,
            ["eve", "mia"],
            "registrations.rejected",
            "user.rejected",
        ),
    ] {
        let request = DecisionRequest {
            decision,
            users: pending(&services, &usernames).await,
            draft: "together".into(),
            expected: Some(2),
        };
        registrations::decide(&services, &operator(), request)
            .await
            .unwrap();
        let entries: Vec<(i64, String, String, Value)> = sqlx::query_as(
            "select id, target_label, reason, changes from audit_events where action = $1",
        )
        .bind(of_all)
        .fetch_all(&pool)
        .await
        .unwrap();
        let [(id, label, reason, changes)] = &entries[..] else {
            panic!("{of_all}: {entries:?}")
        };
        assert_eq!((&**label, &**reason), ("2 registrations", "together"));
        assert_eq!(*changes, serde_json::json!({ "users": [null, 2] }));
        let beneath: Vec<String> = sqlx::query_scalar(
            "select target_label from audit_events where action = $1 and parent_id = $2 order by id",
        )
        .bind(of_one)
        .bind(id)
        .fetch_all(&pool)
        .await
        .unwrap();
        assert_eq!(beneath, usernames);
    }
}

#[testing::test]
async fn a_decision_about_one_and_a_preview_are_no_entry_of_several(pool: PgPool) {
    let services = open(&pool, true);
    let mut users = pending(&services, &["ada", "bob"]).await;
    let request = |users: &[Selected], expected| DecisionRequest {
        decision: Decision::Approve,
        users: users.to_vec(),
        draft: DecisionDraft::default(),
        expected,
    };
    registrations::decide(&services, &operator(), request(&users, None))
        .await
        .unwrap();
    users.truncate(1);
    registrations::decide(&services, &operator(), request(&users, Some(1)))
        .await
        .unwrap();
    let of_several = "select count(*) from audit_events where action like 'registrations.%'";
    assert_eq!(count(&pool, of_several).await, 0);
    let alone =
        "select count(*) from audit_events where action = 'user.approved' and parent_id is null";
    assert_eq!(count(&pool, alone).await, 1);
}

#[testing::test]
async fn decisions_require_permission(pool: PgPool) {
    let services = open(&pool, true);
    let helper = add(&pool, "helper", &["auditor"]).await;
    let boss = add(&pool, "boss", &["admin"]).await;
    let ada = register(&services, form("ada", "")).await.unwrap().id.0;
    assert!(
        caller(helper, &["*:read"])
            .require::<RegistrationsWrite>()
            .is_err()
    );
    // The role is revoked after the request was authorized.
    let stale: Authorized<RegistrationsWrite> = admin(helper);
    let denied = registrations::approve(&services, &stale, ada, "").await;
    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
    // A pending user can have been assigned more permissions than the actor has.
    run(
        &pool,
        "update roles set permissions = '{registrations:write}' where name = 'auditor'",
    )
    .await;
    roles::assign(&pool, ada, &["admin"]).await;
    let denied = registrations::approve(&services, &stale, ada, "").await;
    assert!(
        matches!(denied, Err(Error::Denied(Denied::MoreRights))),
        "{denied:?}"
    );
    registrations::approve(&services, &admin(boss), ada, "")
        .await
        .unwrap();
}

#[testing::test]
async fn list_is_paginated(pool: PgPool) {
    let services = services(&pool);
    crowd(120, "user", "User ")
        .status("pending")
        .created_via("registration")
        .insert(&pool)
        .await;
    let mut seen = Vec::new();
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = listed(&services, RegistrationParams::default().at(after, None)).await;
        seen.extend(page.rows.iter().map(|user| user.id.0));
        pages.push(page.rows.len());
        after = page.page_info.after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pages, [50, 50, 20]);
    assert!(seen.is_sorted() && seen.windows(2).all(|two| two[0] != two[1]));
}
