//! Targets of changes: an id that was shown with another name is denied.

mod access;

use std::{collections::BTreeSet, fs, path::Path};

use domain::{
    access_tokens::{KeyDraft, RotationDraft, VirtualKeyEdit},
    invitations::InvitationDraft,
    keys::KeyEdit,
    registrations::{Decision, DecisionDraft, DecisionRequest},
    users::{
        action::BulkAction,
        bulk::{BulkRequest, Selected},
        deletion::Deletion,
        edit::UserEdit,
        suspension::SuspensionDraft,
    },
};
use service::{
    Error, Services,
    access::{Caller, operator},
    access_tokens, account,
    guard::TargetRef,
    identifiers, invitations, jobs, keys, registrations, reset, sessions, users,
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    furniture::furnish,
    key_ring::{NEW, OLD, draft, with_keys},
    own::{Own, set_password},
    services,
    users::{add, count},
};

const PASSWORD: &str = "correct horse";

/// Lists the public functions whose signature contains all of the given words, with their source file.
fn functions(words: &[&str]) -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = vec![source.clone()];
    let mut found = BTreeSet::new();
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(fs::read_dir(path).unwrap().map(|file| file.unwrap().path()));
            continue;
        }
        let file = path.strip_prefix(&source).unwrap().with_extension("");
        let text = fs::read_to_string(&path).unwrap();
        for function in text.split("\npub async fn ").skip(1) {
            let (signature, _) = function.split_once('{').unwrap();
            // Without the result.
            let signature = signature.split("->").next().unwrap();
            if words.iter().all(|word| signature.contains(word)) {
                let name = signature.split('(').next().unwrap();
                found.insert(format!("{}::{name}", file.display()));
            }
        }
    }
    found
}

/// Names that a page shows: a username, and the name of an object.
#[derive(Debug, Clone, Copy)]
struct SeenTarget {
    username: &'static str,
    name: Option<&'static str>,
}

impl SeenTarget {
    /// Returns a reference to an object of Ada. It has the actual name of the object unless another one was shown.
    fn of_ada(self, id: Uuid, name: &str) -> TargetRef {
        let target = TargetRef::of_user(id, self.username);
        target.with_name(self.name.unwrap_or(name))
    }
}

/// Users that the changes concern, and Ada as an actor.
struct Things {
    ada: Uuid,
    bob: Uuid,
    caller: Caller,
}

async fn id(services: &Services, sql: &'static str) -> Uuid {
    sqlx::query_scalar(sql)
        .fetch_one(&services.pool)
        .await
        .unwrap()
}

/// Calls a function for Ada or for an object of hers, with the names that were shown.
async fn call(
    services: &Services,
    function: &str,
    things: &Things,
    shown: SeenTarget,
) -> Result<(), Error> {
    let by = operator();
    let Things { ada, bob, caller } = things;
    let user = TargetRef::of_user(*ada, shown.username);
    let thing = |id, name| shown.of_ada(id, name);
    match function {
        "users/edit::edit" => {
            let edit = UserEdit {
                display_name: Some("Other".into()),
                ..UserEdit::default()
            };
            users::edit(services, &operator(), user, edit)
                .await
                .map(drop)
        }
        "identifiers::set" => {
            let (namespace, identifier) = ("litellm".parse().unwrap(), "u-1".parse().unwrap());
            identifiers::set(services, &operator(), user, &namespace, &identifier).await
        }
        "users/suspend::suspend" => {
            let draft = SuspensionDraft {
                reason: "test".into(),
                ..SuspensionDraft::default()
            };
            users::suspend(services, &operator(), user, draft)
                .await
                .map(drop)
        }
        "users/suspend::unsuspend" => users::unsuspend(services, &operator(), user)
            .await
            .map(drop),
        "users/sessions::revoke_all" => users::revoke_sessions(services, &operator(), user)
            .await
            .map(drop),
        "users/delete::reassign" => users::reassign(services, &operator(), user, *bob, None)
            .await
            .map(drop),
        "users/delete::delete" => {
            users::delete(services, &operator(), user, &Deletion::default()).await
        }
        "users/delete::restore" => users::restore(services, &operator(), user).await.map(drop),
        "reset::create_link" => reset::create_link(services, &operator(), user)
            .await
            .map(drop),
        "reset/invite::create_invitation" => {
            let created = reset::create_invitation(services, &operator(), user).await;
            created.map(drop)
        }
        "reset::revoke_links" => reset::revoke_links(services, &operator(), user, None).await,
        "sessions/revoke::revoke_one" => {
            let session = id(
                services,
                "select id from live_sessions where device is null limit 1",
            )
            .await;
            sessions::revoke_one(services, &operator(), thing(session, "Unknown device")).await
        }
        "access_tokens::revoke" => {
            let token = id(
                services,
                "select id from access_tokens where revoked_at is null",
            )
            .await;
            access_tokens::revoke(services, &operator(), thing(token, "t"))
                .await
                .map(drop)
        }
        "access_tokens/keys::create_key" => {
            access_tokens::create_key(services, &operator(), user, &key_draft())
                .await
                .map(drop)
        }
        "access_tokens/keys::rotate" => {
            let key = id(services, KEY).await;
            let draft = RotationDraft { overlap_hours: 1 };
            access_tokens::rotate(services, &operator(), thing(key, "lab"), &draft)
                .await
                .map(drop)
        }
        "access_tokens/keys::end_previous" => {
            let key = id(services, KEY).await;
            access_tokens::end_previous(services, &operator(), thing(key, "lab")).await
        }
        "access_tokens/key_edit::edit_key" => {
            let key = id(services, KEY).await;
            let edit = VirtualKeyEdit {
                days: Some(Some(30)),
                ..VirtualKeyEdit::default()
            };
            access_tokens::edit_key(services, &operator(), thing(key, "lab"), &edit)
                .await
                .map(drop)
        }
        "access_tokens/keys::block" => {
            let key = id(services, KEY).await;
            access_tokens::block(services, &operator(), thing(key, "lab")).await
        }
        "access_tokens/keys::unblock" => {
            let key = id(services, KEY).await;
            access_tokens::unblock(services, &operator(), thing(key, "lab")).await
        }
        "keys/user::revoke_key" => {
            let key = id(
                services,
                "select id from api_keys where user_id is not null",
            )
            .await;
            keys::revoke_key(services, &operator(), user, thing(key, "mine")).await
        }
        "keys/system::edit_system" => {
            let key = id(services, "select id from api_keys where user_id is null").await;
            keys::edit_system(services, &operator(), thing(key, "Work"), renamed())
                .await
                .map(drop)
        }
        "keys/system::delete_system" => {
            let key = id(services, "select id from api_keys where user_id is null").await;
            keys::delete_system(services, &operator(), thing(key, "Other"))
                .await
                .map(drop)
        }
        "invitations::resend" | "invitations::revoke" => {
            let invitation = id(
                services,
                "select id from one_time_links where kind = 'invitation'",
            )
            .await;
            let invitation = thing(invitation, "For the lab");
            if function == "invitations::resend" {
                invitations::resend(services, &by, invitation)
                    .await
                    .map(drop)
            } else {
                invitations::revoke(services, &by, invitation).await
            }
        }
        "account/keys::edit_key" => {
            let key = id(
                services,
                "select id from api_keys where user_id is not null",
            )
            .await;
            account::edit_key(services, caller, thing(key, "mine"), renamed())
                .await
                .map(drop)
        }
        "account/keys::delete_key" => {
            let key = id(
                services,
                "select id from api_keys where user_id is not null",
            )
            .await;
            account::delete_key(services, caller, thing(key, "Other"))
                .await
                .map(drop)
        }
        "account/tokens::revoke_token" => {
            let token = id(
                services,
                "select id from access_tokens where revoked_at is null",
            )
            .await;
            account::revoke_token(services, caller, thing(token, "t"))
                .await
                .map(drop)
        }
        "account/sessions::revoke_session" => {
            let session = id(
                services,
                "select id from live_sessions where device is null limit 1",
            )
            .await;
            account::revoke_session(services, caller, thing(session, "Unknown device")).await
        }
        "jobs::retry" => {
            let job = id(services, "select id from jobs").await;
            jobs::retry(services, &operator(), thing(job, ""))
                .await
                .map(drop)
        }
        "registrations/decide::approve" => registrations::approve(services, &operator(), user, "")
            .await
            .map(drop),
        "registrations/decide::reject" => {
            registrations::reject(services, &operator(), user, "").await
        }
        "registrations/decide::reopen" => registrations::reopen(services, &operator(), user, "")
            .await
            .map(drop),
        "registrations/decide::restore" => registrations::restore(services, &operator(), user, "")
            .await
            .map(drop),
        other => panic!("{other} changes what a page has shown: add it here"),
    }
}

/// Finds the virtual key.
const KEY: &str = "select id from access_tokens where kind = 'key'";

fn key_draft() -> KeyDraft {
    serde_json::from_value(serde_json::json!({ "name": "lab" })).unwrap()
}

fn renamed() -> KeyEdit {
    KeyEdit {
        key_name: Some("Other".into()),
        ..KeyEdit::default()
    }
}

/// Wrong names that are tried: of the user, of the object, or of each.
const USERNAME: &[SeenTarget] = &[SeenTarget {
    username: "bob",
    name: None,
}];
const NAME: &[SeenTarget] = &[SeenTarget {
    username: "ada",
    name: Some("Another"),
}];
const BOTH: &[SeenTarget] = &[USERNAME[0], NAME[0]];

#[testing::test]
async fn id_shown_with_another_name_is_denied(pool: PgPool) {
    let services = with_keys(&pool, &[NEW, OLD]);
    let (ada, bob) = (
        add(&pool, "ada", &["user"]).await,
        add(&pool, "bob", &["user"]).await,
    );
    set_password(&services, PASSWORD).await;
    keys::create_system(&services, &operator(), draft("OPENAI", "sk-1234567890"))
        .await
        .unwrap();
    let invitation = InvitationDraft {
        note: "For the lab".into(),
        ..InvitationDraft::default()
    };
    invitations::create(&services, &operator(), invitation)
        .await
        .unwrap();
    furnish(&pool, ada).await;
    let Own { caller, session } = Own::sign_in(&services, "ada", PASSWORD).await;
    assert!(session.id().is_some());
    let things = Things { ada, bob, caller };
    // In an order in which each function has something to change.
    let expected = [
        ("account/sessions::revoke_session", NAME),
        ("sessions/revoke::revoke_one", BOTH),
        ("account/keys::edit_key", NAME),
        ("account/keys::delete_key", NAME),
        ("account/tokens::revoke_token", NAME),
        ("keys/user::revoke_key", BOTH),
        ("access_tokens::revoke", BOTH),
        ("access_tokens/keys::create_key", USERNAME),
        ("access_tokens/keys::rotate", BOTH),
        ("access_tokens/keys::end_previous", BOTH),
        ("access_tokens/key_edit::edit_key", BOTH),
        ("access_tokens/keys::block", BOTH),
        ("access_tokens/keys::unblock", BOTH),
        ("keys/system::edit_system", NAME),
        ("keys/system::delete_system", NAME),
        ("invitations::resend", NAME),
        ("invitations::revoke", NAME),
        ("users/edit::edit", USERNAME),
        ("identifiers::set", USERNAME),
        ("users/sessions::revoke_all", USERNAME),
        ("reset::create_link", USERNAME),
        ("reset/invite::create_invitation", USERNAME),
        ("reset::revoke_links", USERNAME),
        ("users/delete::reassign", USERNAME),
        ("users/suspend::suspend", USERNAME),
        ("users/suspend::unsuspend", USERNAME),
        ("users/delete::delete", USERNAME),
        ("users/delete::restore", USERNAME),
        ("registrations/decide::approve", USERNAME),
        ("registrations/decide::reopen", USERNAME),
        ("jobs::retry", USERNAME),
        ("registrations/decide::reject", USERNAME),
        ("registrations/decide::restore", USERNAME),
    ];
    let tested: BTreeSet<String> = expected
        .iter()
        .map(|(name, _)| *name)
        .chain(access::OF_ACCESS)
        .chain(["roles/delete::delete"])
        .map(str::to_owned)
        .collect();
    assert_eq!(functions(&["Into<TargetRef>"]), tested);
    for (function, wrong) in expected {
        match function {
            // Ada's own key and token are deleted by now.
            "keys/user::revoke_key" => furnish(&pool, ada).await,
            "jobs::retry" => fail_removal(&pool, ada).await,
            "registrations/decide::approve" | "registrations/decide::reject" => {
                make_pending(&pool).await;
            }
            "registrations/decide::reopen" => forget_use(&pool).await,
            _ => {}
        }
        for shown in wrong {
            let before = count(&pool, ENTRIES).await;
            let denied = call(&services, function, &things, *shown).await;
            let is_shown = matches!(denied, Err(Error::TargetMismatch(_)));
            assert!(is_shown, "{function} {shown:?}: {denied:?}");
            assert_eq!(count(&pool, ENTRIES).await, before, "{function} {shown:?}");
        }
        let right = SeenTarget {
            username: "ada",
            name: None,
        };
        let before = count(&pool, ENTRIES).await;
        let done = call(&services, function, &things, right).await;
        assert!(done.is_ok(), "{function}: {done:?}");
        assert!(count(&pool, ENTRIES).await > before, "{function}");
    }
}

const ENTRIES: &str = "select count(*) from audit_events";

/// Queues the purge of a user and marks the job as failed.
async fn fail_removal(pool: &PgPool, user: Uuid) {
    let due = "update users set deleted_at = now(), purge_after = now() where id = $1";
    sqlx::query(due).bind(user).execute(pool).await.unwrap();
    db::purge::queue_due(pool, 1).await.unwrap();
    sqlx::raw_sql("update jobs set state = 'failed', error = 'x', finished_at = now()")
        .execute(pool)
        .await
        .unwrap();
}

/// Makes every account one that its user has never used.
async fn forget_use(pool: &PgPool) {
    sqlx::raw_sql("update users set last_login_at = null, last_active_at = null")
        .execute(pool)
        .await
        .unwrap();
}

/// Makes every user pending, including those whose purge is queued.
async fn make_pending(pool: &PgPool) {
    sqlx::raw_sql(
        "delete from jobs;
        update users set status = 'pending', deleted_at = null, purge_after = null",
    )
    .execute(pool)
    .await
    .unwrap();
}

#[test]
fn functions_of_pages_take_a_target_reference() {
    // Exceptions: functions that only the API and the command line call with an id; the receiver of a transfer, whose name
    // is typed; a reset link, which has no name besides its user's; and an undo, whose id the server stored for this
    // session.
    let by_id_alone = [
        "access_tokens::create",
        "conversations/own::find_own",
        "conversations/own::list_own_messages",
        "conversations/store::append",
        "conversations/store::set_feedback",
        "flash::take_undo",
        // These read for a page.
        "groups/overview::open",
        "groups/reset::list_resettable",
        // The member is a reference, and only managers of the group call it.
        "groups/reset::create_reset_link",
        "reset::revoke_links",
        "resources/transfer::transfer",
        "users/delete::reassign",
    ];
    let mut found = functions(&["Write>", "Uuid"]);
    found.extend(functions(&["&Caller", "Uuid"]));
    let known: BTreeSet<String> = by_id_alone.map(str::to_owned).into();
    assert_eq!(found, known, "all others must take a TargetRef");
}

/// Ids of the reset links of a user that still work.
async fn working_links(pool: &PgPool) -> Vec<Uuid> {
    sqlx::query_scalar("select id from one_time_links where revoked_at is null")
        .fetch_all(pool)
        .await
        .unwrap()
}

#[testing::test]
async fn a_reset_link_created_after_the_one_shown_is_not_revoked(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let mut created = Vec::new();
    for _ in 0..2 {
        reset::create_link(&services, &operator(), ada)
            .await
            .unwrap();
        let working = working_links(&pool).await;
        assert_eq!(working.len(), 1);
        created.extend(working);
    }
    let before = count(&pool, ENTRIES).await;
    let denied = reset::revoke_links(&services, &operator(), ada, Some(created[0])).await;
    assert!(matches!(denied, Err(Error::Conflict(_))), "{denied:?}");
    assert_eq!(working_links(&pool).await, created[1..]);
    assert_eq!(count(&pool, ENTRIES).await, before);
    reset::revoke_links(&services, &operator(), ada, Some(created[1]))
        .await
        .unwrap();
    assert!(working_links(&pool).await.is_empty());
}

#[testing::test]
async fn bulk_action_is_denied_when_one_name_differs(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let of = |id, username: &str| Selected {
        id,
        version: 1,
        username: Some(username.to_owned()),
    };
    let (right, swapped) = (
        [of(ada, "ada"), of(bob, "bob")],
        [of(ada, "ada"), of(bob, "ada")],
    );
    let users = async |users: &[Selected; 2], expected| {
        let request = BulkRequest {
            action: BulkAction::RevokeSessions {},
            users: users.to_vec(),
            expected,
        };
        users::bulk(&services, &operator(), request).await
    };
    let pending = async |users: &[Selected; 2], expected| {
        let request = DecisionRequest {
            decision: Decision::Reject,
            users: users.to_vec(),
            draft: DecisionDraft::default(),
            expected,
        };
        registrations::decide(&services, &operator(), request).await
    };
    for expected in [None, Some(1), Some(2)] {
        let denied = users(&swapped, expected).await;
        assert!(matches!(denied, Err(Error::TargetMismatch(shown)) if shown == "ada"));
    }
    assert_eq!(count(&pool, ENTRIES).await, 0);
    assert_eq!(users(&right, Some(2)).await.unwrap().changed, 2);
    sqlx::raw_sql("update users set status = 'pending', version = 1")
        .execute(&pool)
        .await
        .unwrap();
    for expected in [None, Some(1), Some(2)] {
        let denied = pending(&swapped, expected).await;
        assert!(matches!(denied, Err(Error::TargetMismatch(shown)) if shown == "ada"));
    }
    let version = count(&pool, "select max(version)::bigint from users").await;
    let now = right.map(|user| Selected {
        version: i32::try_from(version).unwrap(),
        ..user
    });
    assert_eq!(pending(&now, Some(2)).await.unwrap().changed, 2);
}
