//! Links, temporary passwords, invitations and tokens that are used after they were created: they are valid only while
//! their creator has the permission, and no user can choose a password that another one knows.

use std::{sync::Arc, time::Duration};

use domain::{
    access::Principal,
    access_tokens::TokenDraft,
    account::OwnEdit,
    audit::Via,
    credentials::SignInDraft,
    invitations::InvitationDraft,
    permission::{Permission, Permissions},
    users::{
        UserId, create::UserDraft, deletion::Deletion, detail::UserRef, edit::UserEdit,
        suspension::SuspensionDraft,
    },
};
use service::{
    Error, Services,
    access::{Authorized, Caller, Credential, Origin, UsersWrite, operator},
    access_tokens, account, auth, invitations, reset, setup, users,
};
use sqlx::PgPool;
use testing::roles::role;
use uuid::Uuid;

const TEMPORARY: &str = "handed over on paper";
const OWN: &str = "correct horse";

fn token_of(url: &str) -> String {
    url.rsplit('/').next().unwrap().to_owned()
}

async fn sign_in(services: &Services, username: &str, password: &str) -> Result<(), Error> {
    let draft = SignInDraft {
        username: username.into(),
        password: password.into(),
        remember: false,
    };
    let session = browser(&services.pool, None);
    let signed_in = auth::sign_in(services, &session, draft, Origin::default()).await;
    signed_in.map(drop)
}

/// Signs in with a temporary password. Returns the token of the link that it leads to.
async fn must_change(services: &Services, username: &str, password: &str) -> String {
    match sign_in(services, username, password).await {
        Err(Error::PasswordChangeRequired(link)) => token_of(&link.url),
        other => panic!("{other:?}"),
    }
}

async fn choose(services: &Services, token: &str, password: &str) -> Result<(), Error> {
    reset::choose_password(services, token, chosen(password), Origin::default()).await
}

async fn set_temporary(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    user: Uuid,
    password: &str,
) {
    let edit = UserEdit {
        password: Some(password.into()),
        ..UserEdit::default()
    };
    users::edit(services, authorized, user, edit).await.unwrap();
}

fn is_known(done: Result<(), Error>) -> bool {
    match done {
        Err(Error::Invalid(errors)) => errors
            .iter()
            .any(|error| error.field == "password" && error.message.contains("knows it")),
        _ => false,
    }
}

#[testing::test]
async fn password_set_by_an_admin_cannot_be_reused(pool: PgPool) {
    let services = services(&pool);
    let authorized = operator();
    let draft = UserDraft {
        username: "ada".into(),
        display_name: "Ada".into(),
        password: Some("given at first".into()),
        ..UserDraft::default()
    };
    let created = users::create(&services, &authorized, draft).await.unwrap();
    let ada = created.user.summary.id.0;
    // The initial password of the account, by the link that it leads to.
    let token = must_change(&services, "ada", "given at first").await;
    assert!(is_known(choose(&services, &token, "given at first").await));
    // Two temporary passwords in a row: neither is accepted.
    set_temporary(&services, &authorized, ada, TEMPORARY).await;
    let token = must_change(&services, "ada", TEMPORARY).await;
    for known in [TEMPORARY, "given at first"] {
        assert!(is_known(choose(&services, &token, known).await), "{known}");
    }
    // By a link that an administrator created.
    let link = reset::create_link(&services, &authorized, ada)
        .await
        .unwrap();
    let token = token_of(&link.url);
    assert!(is_known(choose(&services, &token, TEMPORARY).await));
    choose(&services, &token, OWN).await.unwrap();
    // Later, by a change of the own password.
    let own = Own::sign_in(&services, "ada", OWN).await;
    for known in [TEMPORARY, "given at first"] {
        let edit = OwnEdit {
            password: Some(known.into()),
            current_password: Some(OWN.into()),
            ..OwnEdit::default()
        };
        let edited = account::edit(&services, &own.caller, &own.session, edit).await;
        assert!(is_known(edited.map(drop)), "{known}");
    }
    // The user's own password is accepted again: a denial would confirm a guess to the holder of a link.
    let link = reset::create_link(&services, &authorized, ada)
        .await
        .unwrap();
    choose(&services, &token_of(&link.url), OWN).await.unwrap();
    sign_in(&services, "ada", OWN).await.unwrap();
}

/// Credential that is created now and used later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deferred {
    /// Link of a new account, created by helpdesk.
    NewUserLink,
    /// Reset link, created by helpdesk.
    ResetLink,
    /// Reset link, created by the operator.
    OperatorLink,
    /// Temporary password, set by helpdesk.
    Temporary,
    /// Temporary password, set by the operator.
    OperatorTemporary,
    /// Link to which a temporary password of helpdesk has led.
    MustChangeLink,
    /// Invitation, created by helpdesk.
    Invitation,
    /// Access token of the user.
    Token,
    /// Setup link for the first administrator.
    SetupLink,
}

/// Event between the creation and the use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Nothing,
    CreatorLosesRight,
    CreatorSuspended,
    CreatorDeleted,
    TargetGainsRole,
    TargetSuspended,
    TargetDeleted,
}

use Event::{
    CreatorDeleted, CreatorLosesRight, CreatorSuspended, Nothing, TargetDeleted, TargetGainsRole,
    TargetSuspended,
};

use crate::support::{
    browser::browser,
    chosen,
    own::{Own, set_password},
    own_account::form,
    services,
    users::{add, count},
};

const EVENTS: [Event; 7] = [
    Nothing,
    CreatorLosesRight,
    CreatorSuspended,
    CreatorDeleted,
    TargetGainsRole,
    TargetSuspended,
    TargetDeleted,
];

/// Credential with the users that it concerns.
struct Case {
    helpdesk: Uuid,
    target: Uuid,
    username: String,
    /// Token or password.
    secret: String,
}

fn authorized<R: service::access::RequiredPermission>(id: Uuid) -> Authorized<R> {
    let caller = Caller {
        principal: Principal {
            id: UserId(id),
            username: "helpdesk".to_owned(),
            display_name: "Helpdesk".to_owned(),
            email: None,
            roles: Vec::new(),
            is_admin: false,
            permissions: Permissions::all(),
            time_zone: None,
        },
        credential: Credential::Session(Uuid::nil()),
        via: Via::Ui,
        origin: Origin::default(),
    };
    caller.require().unwrap()
}

/// Creates a credential and the users that it concerns.
async fn hand_out(services: &Services, deferred: Deferred, case: usize) -> Case {
    let pool = &services.pool;
    let username = format!("user{case}");
    let helpdesk = add(pool, &format!("helpdesk{case}"), &["user", "helpdesk"]).await;
    let by_helpdesk: Authorized<UsersWrite> = authorized(helpdesk);
    if deferred == Deferred::NewUserLink {
        let draft = UserDraft {
            username: username.clone(),
            display_name: "User".into(),
            ..UserDraft::default()
        };
        let created = users::create(services, &by_helpdesk, draft).await.unwrap();
        return Case {
            helpdesk,
            target: created.user.summary.id.0,
            username,
            secret: token_of(&created.link.unwrap().url),
        };
    }
    let target = add(pool, &username, &["user"]).await;
    let secret = match deferred {
        Deferred::ResetLink => {
            let link = reset::create_link(services, &by_helpdesk, target).await;
            token_of(&link.unwrap().url)
        }
        Deferred::OperatorLink => {
            let link = reset::create_link(services, &operator(), target).await;
            token_of(&link.unwrap().url)
        }
        Deferred::Temporary => {
            set_temporary(services, &by_helpdesk, target, TEMPORARY).await;
            TEMPORARY.to_owned()
        }
        Deferred::OperatorTemporary => {
            set_temporary(services, &operator(), target, TEMPORARY).await;
            TEMPORARY.to_owned()
        }
        Deferred::MustChangeLink => {
            set_temporary(services, &by_helpdesk, target, TEMPORARY).await;
            must_change(services, &username, TEMPORARY).await
        }
        Deferred::Invitation => {
            let draft = InvitationDraft::default();
            let created = invitations::create(services, &authorized(helpdesk), draft).await;
            token_of(&created.unwrap().link.url)
        }
        Deferred::Token => {
            let draft = TokenDraft {
                name: "nightly".into(),
                scopes: vec!["account".into()],
                days: Some(1),
                current_password: String::new(),
            };
            let created = access_tokens::create(services, &operator(), target, &draft).await;
            created.unwrap().issued.token
        }
        Deferred::SetupLink => {
            let token = setup::create_link(services).await.unwrap();
            secrecy::ExposeSecret::expose_secret(&token).to_owned()
        }
        Deferred::NewUserLink => unreachable!(),
    };
    Case {
        helpdesk,
        target,
        username,
        secret,
    }
}

async fn suspend(services: &Services, user: Uuid) {
    let draft = SuspensionDraft {
        reason: "left".into(),
        ..SuspensionDraft::default()
    };
    users::suspend(services, &operator(), user, draft)
        .await
        .unwrap();
}

async fn set_roles(services: &Services, user: Uuid, roles: &[&str]) {
    let edit = UserEdit {
        roles: Some(roles.iter().map(ToString::to_string).collect()),
        ..UserEdit::default()
    };
    users::edit(services, &operator(), user, edit)
        .await
        .unwrap();
}

async fn happen(services: &Services, event: Event, case: &Case) {
    let gone = Deletion::default();
    match event {
        Nothing => {}
        CreatorLosesRight => set_roles(services, case.helpdesk, &["user"]).await,
        CreatorSuspended => suspend(services, case.helpdesk).await,
        CreatorDeleted => users::delete(services, &operator(), case.helpdesk, &gone)
            .await
            .unwrap(),
        TargetGainsRole => set_roles(services, case.target, &["user", "admin"]).await,
        TargetSuspended => suspend(services, case.target).await,
        TargetDeleted => users::delete(services, &operator(), case.target, &gone)
            .await
            .unwrap(),
    }
}

/// Returns whether the credential is still accepted. Uses it up.
async fn works(services: &Services, deferred: Deferred, case: &Case) -> bool {
    let origin = Origin::default;
    match deferred {
        Deferred::NewUserLink
        | Deferred::ResetLink
        | Deferred::OperatorLink
        | Deferred::MustChangeLink => {
            let opened = reset::open_link(services, &case.secret, &origin()).await;
            let chosen = choose(services, &case.secret, OWN).await;
            assert_eq!(opened.is_ok(), chosen.is_ok(), "{opened:?} {chosen:?}");
            chosen.is_ok()
        }
        Deferred::Temporary | Deferred::OperatorTemporary => {
            let signed_in = sign_in(services, &case.username, &case.secret).await;
            assert!(signed_in.is_err(), "a temporary password started a session");
            matches!(signed_in, Err(Error::PasswordChangeRequired(_)))
        }
        Deferred::Invitation => {
            let user = form(&format!("new-{}", case.username), "");
            let created = invitations::accept(services, &case.secret, user, origin()).await;
            created.is_ok()
        }
        Deferred::Token => {
            match access_tokens::find_caller(services, &case.secret, &origin()).await {
                Ok(caller) => {
                    let rights = caller.principal.permissions;
                    assert!(!rights.include(Permission::UsersRead), "permission gained");
                    true
                }
                Err(_) => false,
            }
        }
        Deferred::SetupLink => setup::open_link(services, &case.secret).await.is_ok(),
    }
}

async fn add_helpdesk_role(pool: &PgPool) {
    role("helpdesk")
        .permissions(&["users:read", "users:write", "registrations:write"])
        .insert(pool)
        .await;
}

/// Tries one kind of credential after each event. `working` are the events after which it is still valid.
async fn try_all(pool: &PgPool, deferred: Deferred, working: &[Event]) {
    let services = services(pool);
    add_helpdesk_role(pool).await;
    for (number, event) in EVENTS.into_iter().enumerate() {
        // Invalid links count against an address; the counters are reset for each case.
        sqlx::raw_sql("delete from login_attempts")
            .execute(pool)
            .await
            .unwrap();
        let case = hand_out(&services, deferred, number).await;
        happen(&services, event, &case).await;
        let found = works(&services, deferred, &case).await;
        assert_eq!(found, working.contains(&event), "{deferred:?} {event:?}");
        if deferred == Deferred::SetupLink {
            sqlx::raw_sql("delete from user_roles")
                .execute(pool)
                .await
                .unwrap();
        }
    }
}

/// Events of the creator. They do not invalidate what has no creator.
const CREATOR_EVENTS: [Event; 4] = [Nothing, CreatorLosesRight, CreatorSuspended, CreatorDeleted];

#[testing::test]
async fn new_user_link_is_valid_while_its_creator_can_create_it(pool: PgPool) {
    try_all(&pool, Deferred::NewUserLink, &[Nothing]).await;
}

#[testing::test]
async fn reset_link_is_valid_while_its_creator_can_create_it(pool: PgPool) {
    try_all(&pool, Deferred::ResetLink, &[Nothing]).await;
}

#[testing::test]
async fn operator_link_ends_with_a_new_role(pool: PgPool) {
    try_all(&pool, Deferred::OperatorLink, &CREATOR_EVENTS).await;
}

#[testing::test]
async fn temporary_password_is_valid_while_its_setter_can_set_it(pool: PgPool) {
    try_all(&pool, Deferred::Temporary, &[Nothing]).await;
}

#[testing::test]
async fn temporary_password_of_the_operator_works_for_every_role(pool: PgPool) {
    let mut working = CREATOR_EVENTS.to_vec();
    working.push(TargetGainsRole);
    try_all(&pool, Deferred::OperatorTemporary, &working).await;
}

#[testing::test]
async fn temporary_password_link_is_valid_while_its_setter_can_set_it(pool: PgPool) {
    try_all(&pool, Deferred::MustChangeLink, &[Nothing]).await;
}

#[testing::test]
async fn invitation_is_valid_while_its_creator_can_invite(pool: PgPool) {
    let working = [Nothing, TargetGainsRole, TargetSuspended, TargetDeleted];
    try_all(&pool, Deferred::Invitation, &working).await;
}

#[testing::test]
async fn access_token_never_gains_a_permission(pool: PgPool) {
    let mut working = CREATOR_EVENTS.to_vec();
    working.push(TargetGainsRole);
    try_all(&pool, Deferred::Token, &working).await;
}

#[testing::test]
async fn setup_link_ends_with_the_first_administrator(pool: PgPool) {
    let mut working = CREATOR_EVENTS.to_vec();
    working.extend([TargetSuspended, TargetDeleted]);
    try_all(&pool, Deferred::SetupLink, &working).await;
}

/// Returns whether the newest reset link of a user is shown as valid.
async fn is_shown_to_work(services: &Services, user: Uuid) -> bool {
    let links = users::reset_links(services, &operator(), user).await;
    links.unwrap()[0].is_backed
}

#[testing::test]
async fn link_of_a_suspended_creator_is_valid_again_after_unsuspension(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    add(&pool, "second", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    let link = reset::create_link(&services, &authorized(root), ada)
        .await
        .unwrap();
    let token = token_of(&link.url);
    suspend(&services, root).await;
    let dead = choose(&services, &token, OWN).await;
    assert!(matches!(dead, Err(Error::NotFound(_))), "{dead:?}");
    assert!(!is_shown_to_work(&services, ada).await);
    users::unsuspend(&services, &operator(), root)
        .await
        .unwrap();
    assert!(is_shown_to_work(&services, ada).await);
    set_password(&services, "of before").await;
    choose(&services, &token, OWN).await.unwrap();
    let used = "select count(*) from one_time_links where used_at is not null";
    assert_eq!(count(&pool, used).await, 1);
    let ada = users::get(&services, &operator(), &UserRef::Id(ada)).await;
    assert!(!ada.unwrap().must_change_password);
}

#[testing::test]
async fn link_of_a_suspended_user_works_again_after_unsuspension(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    let link = reset::create_link(&services, &operator(), ada)
        .await
        .unwrap();
    let token = token_of(&link.url);
    suspend(&services, ada).await;
    let origin = Origin {
        ip: Some("192.0.2.1".parse().unwrap()),
        ..Origin::default()
    };
    // A valid link is no guess, however often it is opened.
    for _ in 0..3 {
        let opened = reset::open_link(&services, &token, &origin).await;
        let message = opened.unwrap_err().to_string();
        assert_eq!(message, "This account is suspended. Ask an administrator.");
    }
    let chosen = choose(&services, &token, OWN).await;
    assert!(matches!(chosen, Err(Error::Forbidden(_))), "{chosen:?}");
    assert_eq!(count(&pool, "select count(*) from login_attempts").await, 0);
    // Without a valid token the suspension is not disclosed.
    let guessed = reset::open_link(&services, "guess", &origin).await;
    assert!(matches!(guessed, Err(Error::NotFound(_))), "{guessed:?}");
    users::unsuspend(&services, &operator(), ada).await.unwrap();
    choose(&services, &token, OWN).await.unwrap();
}

/// Waits until `expected` transactions wait for a lock.
async fn wait_for_waiters(pool: &PgPool, expected: i64) {
    let waiters = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..2_000 {
        if count(pool, waiters).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{expected} transactions never waited at the same time");
}

/// Uses a link and triggers an event concurrently: both wait for the lock of the same account, in the given order.
async fn meet(
    services: &Services,
    case: &Arc<Case>,
    event: Event,
    is_used_first: bool,
) -> Result<(), Error> {
    let account = match event {
        CreatorLosesRight | CreatorSuspended | CreatorDeleted => case.helpdesk,
        Nothing | TargetGainsRole | TargetSuspended | TargetDeleted => case.target,
    };
    let mut held = services.pool.begin().await.unwrap();
    sqlx::query("select from users where id = $1 for update")
        .bind(account)
        .execute(&mut *held)
        .await
        .unwrap();
    let begin_use = || {
        let (services, case) = (services.clone(), Arc::clone(case));
        tokio::spawn(async move { choose(&services, &case.secret, OWN).await })
    };
    let begin_event = || {
        let (services, case) = (services.clone(), Arc::clone(case));
        tokio::spawn(async move { happen(&services, event, &case).await })
    };
    let (used, happened) = if is_used_first {
        let used = begin_use();
        wait_for_waiters(&services.pool, 1).await;
        (used, begin_event())
    } else {
        let happened = begin_event();
        wait_for_waiters(&services.pool, 1).await;
        (begin_use(), happened)
    };
    wait_for_waiters(&services.pool, 2).await;
    held.rollback().await.unwrap();
    happened.await.unwrap();
    used.await.unwrap()
}

#[testing::test]
async fn link_and_concurrent_change_see_each_other(pool: PgPool) {
    let services = services(&pool);
    add_helpdesk_role(&pool).await;
    let events = [
        CreatorLosesRight,
        CreatorSuspended,
        TargetGainsRole,
        TargetSuspended,
    ];
    // Each combination once.
    for number in 0..16 {
        let event = events[number % 4];
        let is_used_first = number / 4 % 2 == 0;
        let deferred = if number / 8 % 2 == 0 {
            Deferred::ResetLink
        } else {
            Deferred::MustChangeLink
        };
        let case = Arc::new(hand_out(&services, deferred, number).await);
        let label = format!("{deferred:?} {event:?}, used first: {is_used_first}");
        let used = meet(&services, &case, event, is_used_first).await;
        let is_denied = match event {
            TargetSuspended => matches!(used, Err(Error::Forbidden(_))),
            _ => matches!(used, Err(Error::NotFound(_))),
        };
        assert_eq!(used.is_ok(), is_used_first, "{label}: {used:?}");
        assert_eq!(is_denied, !is_used_first, "{label}: {used:?}");
        let chosen: bool = sqlx::query_scalar(
            "select exists (select from audit_events where action = 'user.password_chosen' and target_id = $1)",
        )
        .bind(case.target)
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(chosen, is_used_first, "{label}");
    }
}

#[testing::test]
async fn replaced_temporary_password_does_not_work(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    set_temporary(&services, &operator(), ada, TEMPORARY).await;
    // Both wait for the account: first the new temporary password, then the sign-in with the old one.
    let mut held = pool.begin().await.unwrap();
    sqlx::query("select from users where id = $1 for update")
        .bind(ada)
        .execute(&mut *held)
        .await
        .unwrap();
    let replaced = tokio::spawn({
        let services = services.clone();
        async move { set_temporary(&services, &operator(), ada, "handed over again").await }
    });
    wait_for_waiters(&pool, 1).await;
    let signed_in = tokio::spawn({
        let services = services.clone();
        async move { sign_in(&services, "ada", TEMPORARY).await }
    });
    wait_for_waiters(&pool, 2).await;
    held.rollback().await.unwrap();
    replaced.await.unwrap();
    let signed_in = signed_in.await.unwrap();
    let is_denied = matches!(signed_in, Err(Error::Unauthenticated(_)));
    assert!(is_denied, "{signed_in:?}");
    let links = "select count(*) from one_time_links where revoked_at is null";
    assert_eq!(count(&pool, links).await, 0);
}

#[testing::test]
async fn temporary_password_does_not_work_after_a_concurrent_change(pool: PgPool) {
    let services = services(&pool);
    add_helpdesk_role(&pool).await;
    for number in 0..24 {
        let event = [CreatorLosesRight, TargetGainsRole][number % 2];
        let case = hand_out(&services, Deferred::Temporary, number).await;
        let delay = Duration::from_millis(10 * u64::try_from(number / 2).unwrap());
        let happens = async {
            tokio::time::sleep(delay).await;
            happen(&services, event, &case).await;
        };
        let signing_in = sign_in(&services, &case.username, &case.secret);
        let (signed_in, ()) = tokio::join!(signing_in, happens);
        let label = format!("{event:?} after {delay:?}");
        match signed_in {
            Ok(()) => panic!("{label}: a temporary password started a session"),
            Err(Error::PasswordChangeRequired(link)) => {
                let chosen = choose(&services, &token_of(&link.url), OWN).await;
                assert!(
                    matches!(chosen, Err(Error::NotFound(_))),
                    "{label}: {chosen:?}"
                );
            }
            Err(_) => {}
        }
    }
}

#[testing::test]
async fn sign_in_with_a_temporary_password_is_no_link_of_an_administrator(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    set_temporary(&services, &operator(), ada, TEMPORARY).await;
    let token = must_change(&services, "ada", TEMPORARY).await;
    choose(&services, &token, OWN).await.unwrap();
    let operator = operator();
    let link = reset::create_link(&services, &operator, ada);
    let token = token_of(&link.await.unwrap().url);
    choose(&services, &token, "staple battery horse")
        .await
        .unwrap();
    let entries: Vec<(String, Option<String>)> = sqlx::query_as(
        "select action, changes -> 'password' ->> 1 from audit_events where target_id = $1 order by id",
    )
    .bind(ada)
    .fetch_all(&pool)
    .await
    .unwrap();
    let entries: Vec<(&str, Option<&str>)> = entries
        .iter()
        .map(|(action, password)| (action.as_str(), password.as_deref()))
        .collect();
    assert_eq!(
        entries,
        [
            ("user.updated", Some("temporary")),
            ("user.temporary_password_used", None),
            ("user.password_chosen", Some("set by the user")),
            ("user.reset_link_created", None),
            ("user.password_chosen", Some("set with a link")),
        ]
    );
}
