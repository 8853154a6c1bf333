//! Operations of users on their own accounts, and those for which a session alone is not enough.

use std::sync::Arc;

use domain::{
    account::OwnEdit,
    credentials::SignInDraft,
    problem::Code,
    users::detail::{UserDetail, UserRef},
};
use service::{
    Error, Services,
    access::{Origin, operator},
    account, auth, reset,
    settings::Settings,
    users,
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    browser::browser,
    furniture::furnish,
    own::{Own, set_password},
    services,
    users::{add, count},
};

const PASSWORD: &str = "correct horse ";
const CHOSEN: &str = "copper lantern under rain ";

/// Creates Ada and signs her in.
async fn ada(pool: &PgPool) -> (Services, Own) {
    let services = services(pool);
    add(pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    (services, own)
}

async fn edit(services: &Services, own: &Own, edit: OwnEdit) -> Result<UserDetail, Error> {
    account::edit(services, &own.caller, &own.session, edit).await
}

fn with_password(password: &str, current: Option<&str>) -> OwnEdit {
    OwnEdit {
        password: Some(password.to_owned()),
        current_password: current.map(str::to_owned),
        ..OwnEdit::default()
    }
}

fn named(name: &str) -> OwnEdit {
    OwnEdit {
        display_name: Some(name.to_owned()),
        ..OwnEdit::default()
    }
}

/// Builds a change of the email address; None removes it.
fn reached_at(email: Option<&str>, current: Option<&str>) -> OwnEdit {
    OwnEdit {
        email: Some(email.map(str::to_owned)),
        current_password: current.map(str::to_owned),
        ..OwnEdit::default()
    }
}

async fn entries(pool: &PgPool) -> Vec<(String, String, String, String)> {
    sqlx::query_as(
        "select action, via, actor_label, changes::text from audit_events
        where action <> 'session.started' order by id",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

async fn reasons(pool: &PgPool) -> Vec<Option<String>> {
    sqlx::query_scalar("select ended_reason from sessions order by created_at")
        .fetch_all(pool)
        .await
        .unwrap()
}

#[testing::test]
async fn only_given_fields_change(pool: PgPool) {
    let (services, own) = ada(&pool).await;
    let zone = OwnEdit {
        time_zone: Some(Some("Asia/Tokyo".into())),
        notification_preferences: Some(serde_json::from_str(r#"{"email":true}"#).unwrap()),
        ..named(" Ada L. ")
    };
    let after = edit(&services, &own, zone).await.unwrap();
    assert_eq!(after.summary.display_name, "Ada L.");
    assert_eq!(after.settings["timeZone"], "Asia/Tokyo");
    assert_eq!(after.notification_preferences["email"], true);
    let seen = Own::find(&services, &own.session).await.unwrap().principal;
    assert_eq!(seen.time_zone.as_deref(), Some("Asia/Tokyo"));
    // The same value again is no change, and is not audited.
    edit(&services, &own, named("Ada L.")).await.unwrap();
    let none = OwnEdit {
        time_zone: Some(None),
        ..OwnEdit::default()
    };
    let after = edit(&services, &own, none).await.unwrap();
    assert!(after.settings.is_empty());
    assert_eq!(after.summary.display_name, "Ada L.");
    let entries = entries(&pool).await;
    let (action, via, label, changes) = &entries[0];
    assert_eq!(
        (action.as_str(), via.as_str(), label.as_str()),
        ("user.updated", "self", "ada")
    );
    assert!(
        changes.contains(r#""timeZone": [null, "Asia/Tokyo"]"#) && changes.contains("Ada L."),
        "{changes}"
    );
    assert_eq!(entries.len(), 2);
}

#[testing::test]
async fn time_zones_are_read_once(pool: PgPool) {
    let (services, own) = ada(&pool).await;
    let read = account::time_zones(&services, &own.caller).await.unwrap();
    pool.close().await;
    let again = account::time_zones(&services, &own.caller).await;
    assert_eq!(again.unwrap(), read);
}

#[testing::test]
async fn offsets_of_a_zone_are_read_once(pool: PgPool) {
    let (services, _) = ada(&pool).await;
    let zones = &services.time_zones;
    let read = zones.offsets(&pool, "Europe/Berlin").await.unwrap();
    pool.close().await;
    assert_eq!(zones.offsets(&pool, "Europe/Berlin").await.unwrap(), read);
    assert!(zones.offsets(&pool, "Europe/Paris").await.is_err());
}

#[testing::test]
async fn time_zone_must_exist(pool: PgPool) {
    let (services, own) = ada(&pool).await;
    let zones = account::time_zones(&services, &own.caller).await.unwrap();
    assert!(zones.len() > 300, "{}", zones.len());
    for (zone, exists) in [
        ("Europe/Berlin", true),
        ("UTC", true),
        ("Europe/Atlantis", false),
    ] {
        assert_eq!(zones.iter().any(|name| name == zone), exists, "{zone}");
        let wanted = OwnEdit {
            time_zone: Some(Some(zone.into())),
            ..OwnEdit::default()
        };
        let edited = edit(&services, &own, wanted).await;
        assert_eq!(edited.is_ok(), exists, "{zone}");
    }
}

#[testing::test]
async fn session_alone_cannot_change_email_or_password(pool: PgPool) {
    let (services, own) = ada(&pool).await;
    let wrong = Some("correct horse");
    for (wanted, code) in [
        (with_password(CHOSEN, None), Code::CurrentPasswordRequired),
        (
            with_password(CHOSEN, Some("")),
            Code::CurrentPasswordRequired,
        ),
        (with_password(CHOSEN, wrong), Code::CurrentPasswordWrong),
        (
            reached_at(Some("eve@example.org"), None),
            Code::CurrentPasswordRequired,
        ),
        (
            reached_at(Some("eve@example.org"), wrong),
            Code::CurrentPasswordWrong,
        ),
    ] {
        let problem = edit(&services, &own, wanted)
            .await
            .unwrap_err()
            .into_problem();
        assert_eq!(problem.error, code);
        assert!(problem.details.fields.get("current_password").is_some());
    }
    assert_eq!(entries(&pool).await, []);
    let right = Some(PASSWORD);
    edit(&services, &own, reached_at(Some("ada@example.org"), right))
        .await
        .unwrap();
    // The same address is no change, and requires no password.
    let same = Own::sign_in(&services, "ada", PASSWORD).await;
    edit(&services, &same, reached_at(Some("ada@example.org"), None))
        .await
        .unwrap();
    // Removing the address requires the password too.
    let removed = edit(&services, &same, reached_at(None, None)).await;
    assert!(matches!(removed, Err(Error::CurrentPasswordRequired)));
    // The actor was read before there was an address: the stored address counts, not the actor's.
    let stale = edit(&services, &own, reached_at(None, None)).await;
    assert!(matches!(stale, Err(Error::CurrentPasswordRequired)));
    let actions: Vec<_> = entries(&pool)
        .await
        .into_iter()
        .map(|(action, ..)| action)
        .collect();
    assert_eq!(actions, ["user.updated", "user.email_settled"]);
}

#[testing::test]
async fn taken_email_is_audited_but_not_disclosed(pool: PgPool) {
    let (services, mut own) = ada(&pool).await;
    add(&pool, "bob", &["user"]).await;
    sqlx::query("update users set email = username || '@example.org'")
        .execute(&pool)
        .await
        .unwrap();
    for (wanted, stored, of, finding) in [
        (
            "new@example.org",
            "new@example.org",
            None,
            "user.email_settled",
        ),
        (
            "BOB@example.org",
            "new@example.org",
            Some("bob"),
            "user.email_contested",
        ),
        // Back to the address that the account still has.
        (
            "new@example.org",
            "new@example.org",
            None,
            "user.email_settled",
        ),
    ] {
        own = Own::sign_in(&services, "ada", PASSWORD).await;
        let before = account::get(&services, &own.caller).await.unwrap();
        let after = edit(&services, &own, reached_at(Some(wanted), Some(PASSWORD)))
            .await
            .unwrap();
        assert_eq!(after.summary.email.as_deref(), Some(wanted));
        assert_eq!(
            (&after.unverified_email, &after.unverified_email_of),
            (&None, &None)
        );
        assert_eq!(
            after.summary.version,
            before.summary.version + 2,
            "{wanted}"
        );
        let ada = UserRef::Id(own.caller.principal.id.0);
        let known = users::get(&services, &operator(), &ada).await.unwrap();
        assert_eq!(known.summary.email.as_deref(), Some(stored));
        assert_eq!(known.unverified_email.as_deref(), of.map(|_| wanted));
        assert_eq!(known.unverified_email_of.as_deref(), of);
        let found = entries(&pool).await.pop().unwrap();
        assert_eq!((found.0.as_str(), found.1.as_str()), (finding, "job"));
        // The session has the address that the user entered.
        let again = Own::sign_in(&services, "ada", PASSWORD).await;
        assert_eq!(again.caller.principal.email.as_deref(), Some(wanted));
    }
    // Removing the address removes the unverified one too.
    edit(
        &services,
        &own,
        reached_at(Some("bob@example.org"), Some(PASSWORD)),
    )
    .await
    .unwrap();
    let none = edit(&services, &own, reached_at(None, Some(PASSWORD)))
        .await
        .unwrap();
    assert_eq!(none.summary.email, None);
    let left = "select count(*) from users where username = 'ada' and coalesce(email, unverified_email) is not null";
    assert_eq!(count(&pool, left).await, 0);
}

#[testing::test]
async fn new_password_ends_other_sessions_and_renews_this_one(pool: PgPool) {
    let (services, elsewhere) = ada(&pool).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    sqlx::query(
        "update sessions set idle_expires_at = last_seen_at + interval '30 days',
            expires_at = created_at + interval '30 days' where id = $1",
    )
    .bind(own.caller.session().unwrap())
    .execute(&pool)
    .await
    .unwrap();
    let link = reset::create_link(&services, &operator(), own.caller.principal.id.0)
        .await
        .unwrap();
    let token = link.url.rsplit('/').next().unwrap();
    let before = own.session.id();
    edit(&services, &own, with_password(CHOSEN, Some(PASSWORD)))
        .await
        .unwrap();
    assert_ne!(own.session.id(), before);
    let old = browser(&pool, before);
    assert!(
        Own::find(&services, &old).await.is_none(),
        "the old cookie is no longer valid"
    );
    assert!(Own::find(&services, &elsewhere.session).await.is_none());
    let now = Own::find(&services, &own.session).await.unwrap();
    assert_ne!(now.session().unwrap(), own.caller.session().unwrap());
    assert_eq!(
        reasons(&pool).await,
        [Some("password_reset".into()), Some("replaced".into()), None]
    );
    let lifetimes: (i32, i32) = sqlx::query_as(
        "select extract(day from idle_expires_at - last_seen_at)::int, extract(day from expires_at - created_at)::int
        from sessions where ended_at is null",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        lifetimes,
        (30, 30),
        "the new session has the lifetimes of the old one"
    );
    let used = reset::open_link(&services, token, &Origin::default()).await;
    assert!(
        matches!(used, Err(Error::NotFound(_))),
        "earlier links are revoked"
    );
    for (password, works) in [(PASSWORD, false), (CHOSEN.trim(), false), (CHOSEN, true)] {
        let draft = SignInDraft {
            username: "ada".into(),
            password: password.into(),
            remember: false,
        };
        let session = browser(&pool, None);
        let signed_in = auth::sign_in(&services, &session, draft, Origin::default()).await;
        assert_eq!(signed_in.is_ok(), works, "{password:?}");
    }
    let [(created, ..), (action, _, _, changes)] = &entries(&pool).await[..] else {
        panic!("expected one event for the link and one for the password")
    };
    assert_eq!(
        (created.as_str(), action.as_str()),
        ("user.reset_link_created", "user.updated")
    );
    assert_eq!(
        changes,
        r#"{"password": [null, "set by the user"], "otherSessions": [1, 0]}"#
    );
}

#[testing::test]
async fn wrong_current_passwords_throttle_the_session(pool: PgPool) {
    let (services, own) = ada(&pool).await;
    let elsewhere = Own::sign_in(&services, "ada", PASSWORD).await;
    for _ in 0..5 {
        let guess = edit(&services, &own, with_password(CHOSEN, Some("guess"))).await;
        assert!(matches!(guess, Err(Error::CurrentPasswordWrong)));
    }
    sqlx::query(
        "update login_attempts set blocked_until = now() + interval '30 seconds' where blocked_until > last_failed_at",
    )
    .execute(&pool)
    .await
    .unwrap();
    let right = edit(&services, &own, with_password(CHOSEN, Some(PASSWORD))).await;
    assert!(matches!(right, Err(Error::TooMany(_))), "{right:?}");
    // Neither sign-in nor another session of the user is throttled.
    Own::sign_in(&services, "ADA", PASSWORD).await;
    edit(&services, &elsewhere, with_password(CHOSEN, Some(PASSWORD)))
        .await
        .unwrap();
}

#[testing::test]
async fn password_change_works_while_others_fail_to_sign_in(pool: PgPool) {
    let (services, own) = ada(&pool).await;
    sqlx::query(
        "insert into login_attempts (scope, subject, failures, last_failed_at, blocked_until, created_at)
        select scope, sha256('ada'), 1000, now(), now() + interval '1 minute', now()
        from unnest(array['account', 'account_address', 'address']) scope
        on conflict (scope, subject) do update set blocked_until = excluded.blocked_until",
    )
    .execute(&pool)
    .await
    .unwrap();
    let draft = SignInDraft {
        username: "ada".into(),
        password: PASSWORD.into(),
        remember: false,
    };
    let session = browser(&pool, None);
    let unknown = auth::sign_in(&services, &session, draft, Origin::default()).await;
    assert!(matches!(unknown, Err(Error::TooMany(_))));
    edit(&services, &own, with_password(CHOSEN, Some(PASSWORD)))
        .await
        .unwrap();
}

#[testing::test]
async fn second_browser_is_shown_the_conflict(pool: PgPool) {
    let (services, own) = ada(&pool).await;
    let on = |version, name| OwnEdit {
        version: Some(version),
        ..named(name)
    };
    edit(&services, &own, on(1, "First")).await.unwrap();
    let second = edit(&services, &own, on(1, "Second")).await;
    let Err(Error::Stale(current)) = second else {
        panic!("{second:?}")
    };
    assert_eq!(
        (
            current.summary.display_name.as_str(),
            current.summary.version
        ),
        ("First", 2)
    );
    edit(&services, &own, on(2, "Second")).await.unwrap();
}

/// Runs a future while the account is locked, and executes `by` once the future waits for the lock.
async fn overtaken<T>(
    pool: &PgPool,
    by: &'static str,
    begun: impl Future<Output = T> + Send + 'static,
) -> T
where
    T: Send + 'static,
{
    let mut first = pool.begin().await.unwrap();
    sqlx::query("select 1 from users where username = 'ada' for update")
        .execute(&mut *first)
        .await
        .unwrap();
    let begun = tokio::spawn(begun);
    while count(
        pool,
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    .await
        == 0
    {
        tokio::task::yield_now().await;
    }
    sqlx::raw_sql(by).execute(&mut *first).await.unwrap();
    first.commit().await.unwrap();
    begun.await.unwrap()
}

#[testing::test]
async fn change_fails_after_its_session_ended(pool: PgPool) {
    let (services, own) = ada(&pool).await;
    for (by, password) in [
        ("update users set password_hash = 'another'", true),
        (
            "update sessions set ended_at = now(), ended_reason = 'revoked'",
            false,
        ),
        (
            "update sessions set ended_at = null, ended_reason = null; update users set status = 'suspended'",
            false,
        ),
        (
            "update users set status = 'active', deleted_at = now()",
            false,
        ),
    ] {
        set_password(&services, PASSWORD).await;
        let (services, caller, session) =
            (services.clone(), own.caller.clone(), own.session.clone());
        let begun = Box::pin(async move {
            let wanted = reached_at(Some("eve@example.org"), Some(PASSWORD));
            account::edit(&services, &caller, &session, wanted).await
        });
        let edited = overtaken(&pool, by, begun).await;
        match edited {
            Err(Error::CurrentPasswordWrong) if password => {}
            Err(Error::Unauthenticated(_)) if !password => {}
            other => panic!("{by}: {other:?}"),
        }
    }
    assert_eq!(entries(&pool).await, []);
}

#[testing::test]
async fn own_sessions_are_revoked_one_by_one_or_all_others(pool: PgPool) {
    let (services, first) = ada(&pool).await;
    add(&pool, "bob", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let bob = Own::sign_in(&services, "bob", PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    let third = Own::sign_in(&services, "ada", PASSWORD).await;
    let shown = account::sessions(&services, &own.caller).await.unwrap();
    let ids: Vec<Uuid> = shown.iter().map(|shown| shown.session.id).collect();
    let mine = [&third, &own, &first].map(|own| own.caller.session().unwrap());
    assert_eq!(ids, mine, "latest first, and only the user's own");
    let current: Vec<bool> = shown.iter().map(|shown| shown.is_current).collect();
    assert_eq!(current, [false, true, false]);
    assert_eq!(shown[0].session.device, "Unknown device");
    let id = shown[0].session.id.to_string();
    assert_eq!(shown[0].token, format!("...{}", &id[28..]));

    let end = async |id| account::revoke_session(&services, &own.caller, id).await;
    let others = end(bob.caller.session().unwrap()).await;
    assert!(
        matches!(others, Err(Error::Forbidden(reason)) if reason.message() == "Cannot revoke another user's session")
    );
    assert!(matches!(end(Uuid::nil()).await, Err(Error::NotFound(_))));
    end(first.caller.session().unwrap()).await.unwrap();
    assert!(Own::find(&services, &first.session).await.is_none());
    let again = end(first.caller.session().unwrap()).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "already ended");

    assert_eq!(
        account::revoke_other_sessions(&services, &own.caller)
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        account::revoke_other_sessions(&services, &own.caller)
            .await
            .unwrap(),
        0
    );
    assert!(Own::find(&services, &third.session).await.is_none());
    assert!(Own::find(&services, &own.session).await.is_some());
    assert!(Own::find(&services, &bob.session).await.is_some());
    // An ended session cannot revoke others.
    let gone = account::revoke_other_sessions(&services, &third.caller).await;
    assert!(matches!(gone, Err(Error::Unauthenticated(_))));
    let actions: Vec<String> = entries(&pool)
        .await
        .into_iter()
        .map(|entry| entry.0)
        .collect();
    assert_eq!(actions, ["user.session_ended", "user.sessions_ended"]);
    end(own.caller.session().unwrap()).await.unwrap();
    assert!(Own::find(&services, &own.session).await.is_none());
}

#[testing::test]
async fn account_deletion_by_its_owner_must_be_allowed(pool: PgPool) {
    let (mut services, own) = ada(&pool).await;
    let id = own.caller.principal.id.0;
    furnish(&pool, id).await;
    let delete = async |services: &Services, password, counts| {
        account::delete(services, &own.caller, password, None, counts).await
    };
    let preview = account::preview(&services, &own.caller).await.unwrap();
    assert!(
        preview
            .denied
            .is_some_and(|why| why.contains("administrator"))
    );
    let denied = delete(&services, PASSWORD, None).await;
    assert!(matches!(denied, Err(Error::Forbidden(_))));

    services.settings = Arc::new(Settings {
        allow_account_deletion: true,
        ..Settings::default()
    });
    let preview = account::preview(&services, &own.caller).await.unwrap();
    assert_eq!((preview.denied, preview.counts.personas), (None, 2));
    for (password, code) in [
        ("", Code::CurrentPasswordRequired),
        ("correct horse", Code::CurrentPasswordWrong),
    ] {
        let denied = delete(&services, password, Some(preview.counts)).await;
        assert_eq!(denied.unwrap_err().code(), code);
    }
    let fewer = domain::users::deletion::OwnedCounts {
        personas: 1,
        ..preview.counts
    };
    let changed = delete(&services, PASSWORD, Some(fewer)).await;
    assert!(matches!(changed, Err(Error::CountsChanged(_))));
    assert_eq!(entries(&pool).await, []);

    delete(&services, PASSWORD, Some(preview.counts))
        .await
        .unwrap();
    assert!(Own::find(&services, &own.session).await.is_none());
    let entry = &entries(&pool).await[0];
    assert_eq!(
        (entry.0.as_str(), entry.1.as_str()),
        ("user.deleted", "self")
    );
    let deleted = "select count(*) from users where deleted_by = id and purge_after > now()";
    assert_eq!(count(&pool, deleted).await, 1);
    users::restore(&services, &operator(), id).await.unwrap();
    Own::sign_in(&services, "ada", PASSWORD).await;
}

#[testing::test]
async fn one_admin_remains_when_all_delete_their_accounts(pool: PgPool) {
    let mut services = services(&pool);
    services.settings = Arc::new(Settings {
        allow_account_deletion: true,
        ..Settings::default()
    });
    let names: Vec<String> = (0..8).map(|number| format!("admin-{number}")).collect();
    for name in &names {
        add(&pool, name, &["admin"]).await;
    }
    set_password(&services, PASSWORD).await;
    let mut leaving = tokio::task::JoinSet::new();
    for name in names {
        let own = Own::sign_in(&services, &name, PASSWORD).await;
        let services = services.clone();
        leaving.spawn(async move {
            account::delete(&services, &own.caller, PASSWORD, None, None).await
        });
    }
    let outcomes = leaving.join_all().await;
    let denied: Vec<String> = outcomes
        .into_iter()
        .filter_map(|left| Some(left.err()?.to_string()))
        .collect();
    assert_eq!(
        denied,
        ["This is the last active administrator. Add another one first."]
    );
    assert_eq!(count(&pool, "select count(*) from active_admins").await, 1);
}

#[testing::test]
async fn export_contains_everything(pool: PgPool) {
    let (services, own) = ada(&pool).await;
    furnish(&pool, own.caller.principal.id.0).await;
    let mut export = account::export(&services, &own.caller).await.unwrap();
    let mut text = String::new();
    while let Some(piece) = export.pieces.recv().await {
        text.push_str(&piece.unwrap());
    }
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["user"]["username"], "ada");
    assert_eq!(file["personas"].as_array().unwrap().len(), 2);
    assert_eq!(file["sessions"].as_array().unwrap().len(), 3);
    assert!(!text.contains("argon2"));
    let entry = &entries(&pool).await[0];
    assert_eq!(
        (entry.0.as_str(), entry.1.as_str()),
        ("user.exported", "self")
    );
}

#[testing::test]
async fn unverified_email_is_shown_to_its_owner(pool: PgPool) {
    let (services, _) = ada(&pool).await;
    add(&pool, "bob", &["user"]).await;
    sqlx::raw_sql(
        "update users set email = 'known@example.org' where username = 'bob';
        update users set unverified_email = 'known@example.org', unverified_email_resolved_at = now() where username = 'ada'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    let as_seen = |user: &UserDetail| {
        let claimed = (
            user.unverified_email.clone(),
            user.unverified_email_of.clone(),
        );
        assert_eq!(claimed, (None, None));
        user.summary.email.clone()
    };
    let known = Some("known@example.org".to_owned());
    let seen = account::get(&services, &own.caller).await.unwrap();
    assert_eq!(as_seen(&seen), known);

    // A form sends back the values that it shows.
    let unchanged = OwnEdit {
        display_name: Some("Ada Lovelace".to_owned()),
        ..reached_at(known.as_deref(), None)
    };
    let after = edit(&services, &own, unchanged).await.unwrap();
    assert_eq!(as_seen(&after), known);
    let owners = "select count(*) from users where email = 'known@example.org'";
    assert_eq!(count(&pool, owners).await, 1);
}
