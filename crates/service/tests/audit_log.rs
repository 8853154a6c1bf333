//! Audit events: every change writes one for each affected object, in the same transaction.

mod access;
mod limits;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::{
    access_tokens::{RotationDraft, TokenDraft, VirtualKeyEdit},
    account::OwnEdit,
    action::Action,
    audit::list::AuditParams,
    invitations::{INVITATIONS_ORDER, InvitationDraft},
    jobs::list::JobParams,
    keys::KeyEdit,
    list::{Limits, UnfilteredParams},
    owned::{AnnotationDraft, OntologyDraft, PersonaDraft},
    permission::Permission,
    registrations::{Decision, DecisionDraft, DecisionRequest},
    sessions::revoke::RevokeRequest,
    users::{
        Status,
        action::BulkAction,
        bulk::{BulkRequest, Selected},
        create::UserDraft,
        deletion::Deletion,
        detail::UserRef,
        edit::UserEdit,
        suspension::SuspensionDraft,
    },
};
use serde_json::{Map, Value};
use service::{
    Error, Services,
    access::operator,
    access_tokens, account,
    audit::{self, Format},
    dialects, identifiers, invitations, jobs, keys,
    owned::{Writer, annotations, extensions, ontology, personas},
    registrations, reset, sessions,
    settings::{self, Settings},
    users,
};
use sqlx::PgPool;
use uuid::Uuid;

use access::ACCESS;
use limits::{LIMITS, METERED};

use crate::support::{
    furniture::furnish,
    key_ring::{NEW, OLD, draft, with_keys},
    own::{Own, set_password},
    services,
    users::{add, count},
};

const PASSWORD: &str = "correct horse";

/// Functions, each with the actions that it writes to the audit log.
type Table = &'static [(&'static str, &'static [Action])];

/// Functions that require a permission to write or to resolve a secret, in an order in which each has something to change.
const AUTHORIZED: Table = &[
    ("users::create::create", &[Action::UserCreated]),
    ("users::unnamed::create_unnamed", &[Action::UserCreated]),
    ("users::edit::edit", &[Action::UserUpdated]),
    ("identifiers::set", &[Action::UserUpdated]),
    ("sessions::revoke::revoke_one", &[Action::SessionRevoked]),
    ("sessions::revoke::revoke_many", &[Action::SessionsRevoked]),
    ("users::suspend::suspend", &[Action::UserSuspended]),
    ("users::suspend::unsuspend", &[Action::UserUnsuspended]),
    ("users::sessions::revoke_all", &[Action::SessionsRevoked]),
    ("reset::create_link", &[Action::ResetLinkCreated]),
    (
        "reset::invite::create_invitation",
        &[Action::ResetLinkCreated],
    ),
    ("reset::revoke_links", &[Action::ResetLinkRevoked]),
    (
        "users::delete::reassign",
        &[Action::DataTransferredOut, Action::DataTransferredIn],
    ),
    ("users::delete::delete", &[Action::UserDeleted]),
    ("users::delete::restore", &[Action::UserRestored]),
    ("users::bulk::bulk", &[Action::SessionsRevoked]),
    ("users::recover::recover_admin", &[Action::AdminRecovered]),
    ("invitations::create", &[Action::InvitationCreated]),
    ("invitations::resend", &[Action::InvitationResent]),
    ("invitations::revoke", &[Action::InvitationRevoked]),
    ("access_tokens::create", &[Action::TokenCreated]),
    ("access_tokens::revoke", &[Action::TokenRevoked]),
    ("access_tokens::keys::create_key", &[Action::KeyCreated]),
    ("access_tokens::keys::rotate", &[Action::KeyRotated]),
    (
        "access_tokens::keys::end_previous",
        &[Action::KeyPreviousEnded],
    ),
    ("access_tokens::key_edit::edit_key", &[Action::KeyUpdated]),
    ("access_tokens::keys::block", &[Action::KeyBlocked]),
    ("access_tokens::keys::unblock", &[Action::KeyUnblocked]),
    (
        "registrations::decide::approve",
        &[Action::RegistrationApproved],
    ),
    (
        "registrations::decide::reopen",
        &[Action::RegistrationReopened],
    ),
    (
        "registrations::decide::decide",
        &[Action::RegistrationApproved],
    ),
    (
        "registrations::decide::reject",
        &[Action::RegistrationRejected],
    ),
    (
        "registrations::decide::restore",
        &[Action::RegistrationRestored],
    ),
    ("keys::system::create_system", &[Action::ApiKeyCreated]),
    ("keys::system::edit_system", &[Action::ApiKeyUpdated]),
    ("keys::rotate::rotate", &[Action::ApiKeysReencrypted]),
    ("keys::user::revoke_key", &[Action::ApiKeyRevoked]),
    ("keys::resolve::resolve", &[Action::ApiKeyResolved]),
    ("keys::system::delete_system", &[Action::ApiKeyDeleted]),
    ("jobs::retry", &[Action::PurgeRetried]),
];

/// Functions that require the permission to read the audit log. Only the export is audited.
const AUDITORS: Table = &[
    ("audit::list", &[]),
    ("jobs::list", &[]),
    ("jobs::find", &[]),
    ("settings::describe", &[]),
    ("dialects::list", &[]),
    ("users::detail::history", &[]),
    ("audit::verify::verify", &[]),
    ("audit::export::export", &[Action::AuditExported]),
];

/// Functions for the caller's own account, in an order in which each has something to change.
const OWN: Table = &[
    ("account::get", &[]),
    ("account::time_zones", &[]),
    ("account::sessions::sessions", &[]),
    ("account::delete::deletion_denied", &[]),
    ("account::delete::preview", &[]),
    ("account::export", &[Action::DataExported]),
    ("account::edit::edit", &[Action::UserUpdated]),
    ("account::edit::edit_renewing", &[Action::UserUpdated]),
    ("account::edit::edit_by_token", &[Action::UserUpdated]),
    ("account::keys::keys", &[]),
    ("account::keys::create_key", &[Action::ApiKeyCreated]),
    ("account::keys::edit_key", &[Action::ApiKeyUpdated]),
    ("account::keys::delete_key", &[Action::ApiKeyDeleted]),
    (
        "account::sessions::revoke_session",
        &[Action::OwnSessionRevoked],
    ),
    ("account::tokens::tokens", &[]),
    ("account::tokens::create_token", &[Action::TokenCreated]),
    ("account::tokens::revoke_token", &[Action::TokenRevoked]),
    ("account::tokens::create_virtual_key", &[Action::KeyCreated]),
    (
        "account::sessions::revoke_other_sessions",
        &[Action::SessionsRevoked],
    ),
    ("account::delete::delete", &[Action::UserDeleted]),
];

/// Functions that change owned data, in the order in which the test calls them.
const OWNED: Table = &[
    ("owned::personas::create", &[Action::PersonaCreated]),
    ("owned::personas::edit", &[Action::PersonaUpdated]),
    ("owned::ontology::delete", &[Action::OntologyDeleted]),
    (
        "owned::ontology::set",
        &[Action::OntologyCreated, Action::OntologyUpdated],
    ),
    ("owned::annotations::create", &[Action::AnnotationCreated]),
    ("owned::annotations::edit", &[Action::AnnotationUpdated]),
    ("owned::annotations::delete", &[Action::AnnotationDeleted]),
    ("owned::personas::delete", &[Action::PersonaDeleted]),
    ("owned::extensions::replace", &[Action::UserUpdated]),
    ("owned::extensions::merge", &[Action::UserUpdated]),
    ("owned::extensions::merge_into", &[Action::UserUpdated]),
];

/// Other test files, below the folder of the package, with the actions whose entries they expect: bulk actions of several
/// users, changes without a signed-in caller, and jobs.
const ELSEWHERE: Table = &[
    ("../db/tests/session_store.rs", &[Action::SessionStarted]),
    ("tests/sessions.rs", &[Action::SessionsRevokedInBulk]),
    (
        "tests/user_actions.rs",
        &[
            Action::UsersSuspended,
            Action::UsersUnsuspended,
            Action::UsersSignedOut,
            Action::UsersDeleted,
            Action::UsersRestored,
        ],
    ),
    ("tests/deletion.rs", &[Action::UserPurged]),
    (
        "tests/conversations.rs",
        &[
            Action::ConversationViewed,
            Action::ConversationExported,
            Action::ConversationsExported,
        ],
    ),
    (
        "tests/conversation_search.rs",
        &[Action::ConversationsSearched],
    ),
    (
        "tests/credentials.rs",
        &[Action::PasswordSet, Action::TemporaryPasswordUsed],
    ),
    (
        "tests/account.rs",
        &[Action::EmailConfirmed, Action::EmailConflict],
    ),
    (
        "tests/registrations.rs",
        &[
            Action::UserRegistered,
            Action::RegistrationsApproved,
            Action::RegistrationsRejected,
        ],
    ),
    (
        "tests/registrations_undo.rs",
        &[Action::RegistrationsReopened, Action::RegistrationsRestored],
    ),
    ("tests/invitations.rs", &[Action::InvitationAccepted]),
    ("tests/usage.rs", &[Action::UsageExported]),
    ("tests/demo.rs", &[Action::DemoLoaded]),
    ("tests/resources.rs", &[Action::ResourceExported]),
    ("tests/virtual_keys.rs", &[Action::KeyRevoked]),
    (
        "../../server/tests/api/exports.rs",
        &[
            Action::RoleExported,
            Action::GroupExported,
            Action::ClientExported,
        ],
    ),
];

/// Source files that commit transactions without an entry, for the reasons in their code.
const NOT_AUDITED: [&str; 16] = [
    "audit/seal.rs",
    "conversations.rs",
    "conversations/store.rs",
    "deletions.rs",
    "features.rs",
    "known_device.rs",
    "limits/consume.rs",
    "limits/bulk.rs",
    "limits/bulk_reset.rs",
    "limits/changes.rs",
    "limits/shared.rs",
    "registrations/decide.rs",
    "resources.rs",
    "resources/grants.rs",
    "users/bulk.rs",
    "users/purge.rs",
];

/// Reads the source files in some files and folders of the package, each with its path.
fn sources(names: &[&str]) -> Vec<(PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths: Vec<_> = names.iter().map(|name| source.join(name)).collect();
    let mut found = Vec::new();
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(fs::read_dir(path).unwrap().map(|file| file.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(&source).unwrap().to_owned(), text));
        }
    }
    found
}

/// Lists the public functions in some source files whose signature contains `what`, each with the path of its module.
fn taking(what: &str, names: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in sources(names) {
        let module = path.with_extension("");
        let module: Vec<_> = module.iter().map(|name| name.to_str().unwrap()).collect();
        for function in text.split("pub async fn ").skip(1) {
            let (signature, _) = function.split_once('{').unwrap();
            if signature.contains(what) {
                let name = signature.split(['(', '<']).next().unwrap();
                found.insert(format!("{}::{name}", module.join("::")));
            }
        }
    }
    found
}

/// Lists the functions that require a permission to write or to resolve a secret. Each of them must write an audit event.
fn mutating() -> BTreeSet<String> {
    Permission::ALL
        .into_iter()
        .filter(|permission| !permission.reads())
        // Uses are events of the ledger: see `METERED`.
        .filter(|permission| *permission != Permission::LimitsConsume)
        .flat_map(|permission| taking(&format!("Authorized<{permission:?}>"), &[""]))
        .collect()
}

/// Lists the functions of a table.
fn functions(table: Table) -> BTreeSet<String> {
    table.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// Returns the id of the latest audit event.
async fn last_entry(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select coalesce(max(id), 0) from audit_events")
        .fetch_one(pool)
        .await
        .unwrap()
}

/// Lists the audit events after an id: action, source and actor.
async fn entries_after(pool: &PgPool, before: i64) -> Vec<(String, String, String)> {
    sqlx::query_as("select action, via, actor_label from audit_events where id > $1 order by id")
        .bind(before)
        .fetch_all(pool)
        .await
        .unwrap()
}

/// Returns the id of the only invitation.
async fn invitation(services: &Services) -> Uuid {
    let query = UnfilteredParams::default().parse(Limits::PANEL, INVITATIONS_ORDER);
    let listed = invitations::list(services, &operator(), &query.unwrap()).await;
    listed.unwrap().page.rows[0].id
}

/// Returns the id of the latest key of a user, or of the system.
async fn key_of(pool: &PgPool, user: Option<Uuid>) -> Uuid {
    let sql = "select id from api_keys where user_id is not distinct from $1 order by created_at desc, id desc";
    let found = sqlx::query_scalar(sql).bind(user).fetch_one(pool).await;
    found.unwrap()
}

/// Builds an edit that renames a key.
fn renamed() -> KeyEdit {
    KeyEdit {
        key_name: Some("Other".into()),
        ..KeyEdit::default()
    }
}

/// Builds the draft of an access token.
fn token_draft() -> TokenDraft {
    TokenDraft {
        name: "nightly".into(),
        scopes: vec!["account".into()],
        days: Some(1),
        current_password: PASSWORD.into(),
    }
}

/// Returns the id of a user's only access token.
async fn token_of(services: &Services, user: Uuid) -> Uuid {
    sqlx::query_scalar("select id from access_tokens where user_id = $1")
        .bind(user)
        .fetch_one(&services.pool)
        .await
        .unwrap()
}

/// Returns the id of the only virtual key of a user.
async fn virtual_key_of(services: &Services, user: Uuid) -> Uuid {
    sqlx::query_scalar("select id from access_tokens where user_id = $1 and kind = 'key'")
        .bind(user)
        .fetch_one(&services.pool)
        .await
        .unwrap()
}

/// Queues the purge of an account and marks the job as failed. Returns the id of the job.
async fn failed_removal(services: &Services, user: Uuid) -> Uuid {
    sqlx::query("update users set deleted_at = now(), purge_after = now() where id = $1")
        .bind(user)
        .execute(&services.pool)
        .await
        .unwrap();
    db::purge::queue_due(&services.pool, 1).await.unwrap();
    sqlx::query_scalar(
        "update jobs set state = 'failed', error = 'x', finished_at = now() where params ->> 'user_id' = $1 returning id",
    )
    .bind(user.to_string())
    .fetch_one(&services.pool)
    .await
    .unwrap()
}

/// Returns the current state of a user as a selection of a bulk action.
async fn seen(services: &Services, id: Uuid) -> Selected {
    let user = users::get(services, &operator(), &UserRef::Id(id))
        .await
        .unwrap();
    Selected {
        id,
        version: user.summary.version,
        username: Some(user.summary.username),
    }
}

async fn call(services: &Services, function: &str, ada: Uuid, bob: Uuid) -> Result<(), Error> {
    let suspension = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    match function {
        "users::create::create" => {
            let draft = UserDraft {
                username: "new".into(),
                display_name: "New".into(),
                ..UserDraft::default()
            };
            users::create(services, &operator(), draft).await.map(drop)
        }
        "users::unnamed::create_unnamed" => {
            let draft = UserDraft {
                display_name: "Unnamed".into(),
                email: "unnamed@example.org".into(),
                ..UserDraft::default()
            };
            let created =
                users::create_unnamed(services, &operator(), draft, Status::Active, None).await;
            created.map(drop)
        }
        "users::edit::edit" => {
            let edit = UserEdit {
                display_name: Some("Other".into()),
                ..UserEdit::default()
            };
            users::edit(services, &operator(), ada, edit)
                .await
                .map(drop)
        }
        "identifiers::set" => {
            let (namespace, identifier) = ("litellm".parse().unwrap(), "u-1".parse().unwrap());
            identifiers::set(services, &operator(), ada, &namespace, &identifier).await
        }
        "users::suspend::suspend" => users::suspend(services, &operator(), ada, suspension)
            .await
            .map(drop),
        "users::suspend::unsuspend" => users::unsuspend(services, &operator(), ada).await.map(drop),
        "users::sessions::revoke_all" => users::revoke_sessions(services, &operator(), ada)
            .await
            .map(drop),
        "sessions::revoke::revoke_one" => {
            let of_ada = "select id from sessions where user_id = $1 and ended_at is null limit 1";
            let session: Uuid = sqlx::query_scalar(of_ada)
                .bind(ada)
                .fetch_one(&services.pool)
                .await
                .unwrap();
            sessions::revoke_one(services, &operator(), session).await
        }
        "sessions::revoke::revoke_many" => {
            let request = RevokeRequest {
                expected: Some(1),
                ..RevokeRequest::default()
            };
            sessions::revoke_many(services, &operator(), request)
                .await
                .map(drop)
        }
        "reset::create_link" => reset::create_link(services, &operator(), ada)
            .await
            .map(drop),
        "reset::invite::create_invitation" => reset::create_invitation(services, &operator(), ada)
            .await
            .map(drop),
        "reset::revoke_links" => reset::revoke_links(services, &operator(), ada, None).await,
        "users::delete::reassign" => users::reassign(services, &operator(), ada, bob, None)
            .await
            .map(drop),
        "users::delete::delete" => {
            users::delete(services, &operator(), ada, &Deletion::default()).await
        }
        "users::recover::recover_admin" => {
            let bob = UserRef::Id(bob);
            let recovered = users::recover_admin(services, &operator(), &bob).await;
            recovered.map(drop)
        }
        "users::delete::restore" => users::restore(services, &operator(), ada).await.map(drop),
        "users::bulk::bulk" => {
            let request = BulkRequest {
                action: BulkAction::RevokeSessions {},
                users: vec![Selected {
                    id: bob,
                    version: 1,
                    username: None,
                }],
                expected: Some(1),
            };
            users::bulk(services, &operator(), request).await.map(drop)
        }
        "registrations::decide::approve" => registrations::approve(services, &operator(), bob, "")
            .await
            .map(drop),
        "registrations::decide::decide" => {
            let request = DecisionRequest {
                decision: Decision::Approve,
                users: vec![seen(services, bob).await],
                draft: DecisionDraft::default(),
                expected: Some(1),
            };
            let decided = registrations::decide(services, &operator(), request).await;
            decided.map(drop)
        }
        "registrations::decide::reject" => {
            registrations::reject(services, &operator(), bob, "").await
        }
        "registrations::decide::reopen" => registrations::reopen(services, &operator(), bob, "")
            .await
            .map(drop),
        "registrations::decide::restore" => registrations::restore(services, &operator(), bob, "")
            .await
            .map(drop),
        "invitations::create" => {
            let draft = InvitationDraft::default();
            invitations::create(services, &operator(), draft)
                .await
                .map(drop)
        }
        "invitations::resend" => {
            let id = invitation(services).await;
            invitations::resend(services, &operator(), id)
                .await
                .map(drop)
        }
        "invitations::revoke" => {
            let id = invitation(services).await;
            invitations::revoke(services, &operator(), id).await
        }
        "keys::system::create_system" => {
            keys::create_system(services, &operator(), draft("openai", "sk-system"))
                .await
                .map(drop)
        }
        "keys::system::edit_system" => {
            let id = key_of(&services.pool, None).await;
            let edited = keys::edit_system(services, &operator(), id, renamed()).await;
            edited.map(drop)
        }
        "keys::rotate::rotate" => keys::rotate(services, &operator()).await.map(drop),
        "keys::user::revoke_key" => {
            let id = key_of(&services.pool, Some(ada)).await;
            keys::revoke_key(services, &operator(), ada, id).await
        }
        "keys::resolve::resolve" => keys::resolve(services, &operator(), "OPENAI", Some(ada))
            .await
            .map(drop),
        "keys::system::delete_system" => {
            let id = key_of(&services.pool, None).await;
            keys::delete_system(services, &operator(), id)
                .await
                .map(drop)
        }
        "access_tokens::create" => {
            access_tokens::create(services, &operator(), bob, &token_draft())
                .await
                .map(drop)
        }
        "access_tokens::revoke" => {
            let id = token_of(services, bob).await;
            access_tokens::revoke(services, &operator(), id)
                .await
                .map(drop)
        }
        "access_tokens::keys::create_key" => {
            let draft = serde_json::from_value(serde_json::json!({ "name": "lab" })).unwrap();
            access_tokens::create_key(services, &operator(), bob, &draft)
                .await
                .map(drop)
        }
        "access_tokens::keys::rotate" => {
            let id = virtual_key_of(services, bob).await;
            let draft = RotationDraft { overlap_hours: 1 };
            access_tokens::rotate(services, &operator(), id, &draft)
                .await
                .map(drop)
        }
        "access_tokens::keys::end_previous" => {
            let id = virtual_key_of(services, bob).await;
            access_tokens::end_previous(services, &operator(), id).await
        }
        "access_tokens::key_edit::edit_key" => {
            let id = virtual_key_of(services, bob).await;
            let edit = VirtualKeyEdit {
                name: Some("other".to_owned()),
                ..VirtualKeyEdit::default()
            };
            access_tokens::edit_key(services, &operator(), id, &edit)
                .await
                .map(drop)
        }
        "access_tokens::keys::block" => {
            let id = virtual_key_of(services, bob).await;
            access_tokens::block(services, &operator(), id).await
        }
        "access_tokens::keys::unblock" => {
            let id = virtual_key_of(services, bob).await;
            access_tokens::unblock(services, &operator(), id).await
        }
        "jobs::retry" => {
            let id = failed_removal(services, bob).await;
            jobs::retry(services, &operator(), id).await.map(drop)
        }
        other => panic!("{other} changes something: add it here with its audit event"),
    }
}

#[testing::test]
async fn every_change_is_audited(pool: PgPool) {
    let services = with_keys(&pool, &[NEW, OLD]);
    let old = with_keys(&pool, &[OLD]);
    keys::create_system(&old, &operator(), draft("GOOGLE", "sk-of-before"))
        .await
        .unwrap();
    let (ada, bob) = (
        add(&pool, "ada", &["user"]).await,
        add(&pool, "bob", &["user"]).await,
    );
    furnish(&pool, ada).await;
    let tables = [AUTHORIZED, ACCESS, LIMITS];
    let tested = tables.into_iter().flat_map(functions);
    assert_eq!(mutating(), tested.collect());
    let metered = METERED.iter().map(ToString::to_string);
    assert_eq!(
        taking("Authorized<LimitsConsume>", &[""]),
        metered.collect()
    );
    for (function, actions) in AUTHORIZED {
        let before = last_entry(&pool).await;
        let prepare = match *function {
            // Bob is the only administrator by now.
            "registrations::decide::reopen" => Some("delete from user_roles where user_id = $1"),
            "registrations::decide::restore" => None,
            name if name.starts_with("registrations::") => {
                Some("update users set status = 'pending' where id = $1")
            }
            _ => None,
        };
        if let Some(sql) = prepare {
            sqlx::query(sql).bind(bob).execute(&pool).await.unwrap();
        }
        call(&services, function, ada, bob).await.unwrap();
        let entries = entries_after(&pool, before).await;
        let said: Vec<_> = actions
            .iter()
            .map(|action| {
                let (via, label) = ("cli", "command line");
                (action.as_str().to_owned(), via.to_owned(), label.to_owned())
            })
            .collect();
        assert_eq!(entries, said, "{function}");
    }
}

#[testing::test]
async fn export_of_the_audit_log_is_audited(pool: PgPool) {
    let services = services(&pool);
    let user = add(&pool, "ada", &["user"]).await;
    assert_eq!(taking("Authorized<AuditRead>", &[""]), functions(AUDITORS));
    for (function, written) in AUDITORS {
        let before = last_entry(&pool).await;
        let all = AuditParams::default();
        match *function {
            "audit::list" => {
                let query = all.parse(Limits::API).unwrap();
                audit::list(&services, &operator(), &query).await.map(drop)
            }
            "jobs::list" => {
                let query = JobParams::default().parse(Limits::API).unwrap();
                jobs::list(&services, &operator(), &query).await.map(drop)
            }
            "jobs::find" => match jobs::find(&services, &operator(), user).await {
                Err(Error::NotFound(_)) => Ok(()),
                found => found.map(drop),
            },
            "settings::describe" => settings::describe(&services, &operator()).await.map(drop),
            "dialects::list" => dialects::list(&services, &operator()).await.map(drop),
            "users::detail::history" => users::history(&services, &operator(), user, None)
                .await
                .map(drop),
            "audit::verify::verify" => audit::verify(&services, &operator(), None).await.map(drop),
            _ => audit::export(&services, &operator(), &all, Format::Csv)
                .await
                .map(drop),
        }
        .unwrap();
        let entries = entries_after(&pool, before).await;
        let actions: Vec<&str> = entries.iter().map(|(action, ..)| action.as_str()).collect();
        let written: Vec<_> = written.iter().map(|action| action.as_str()).collect();
        assert_eq!(actions, written, "{function}");
    }
}

#[test]
fn every_action_is_written_by_a_tested_function() {
    let here: BTreeSet<Action> = [AUTHORIZED, ACCESS, LIMITS, AUDITORS, OWN, OWNED]
        .into_iter()
        .flatten()
        .flat_map(|(_, actions)| actions.iter().copied())
        .collect();
    let mut tested = here.clone();
    for (file, actions) in ELSEWHERE {
        let test = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = fs::read_to_string(test).unwrap();
        for action in *actions {
            let name = action.as_str();
            let is_quoted = ['"', '\'']
                .iter()
                .any(|q| text.contains(&format!("{q}{name}{q}")));
            assert!(is_quoted, "{file} does not expect {name}");
            assert!(!here.contains(action), "{name} is tested here too");
            tested.insert(*action);
        }
    }
    let missing: Vec<_> = Action::ALL
        .iter()
        .filter(|action| !tested.contains(*action))
        .collect();
    assert!(missing.is_empty(), "no test writes {missing:?}");
}

#[test]
fn transactions_are_committed_with_the_proof_of_an_entry() {
    let mut not_audited = BTreeSet::new();
    for (path, text) in sources(&[""]) {
        assert!(!text.contains(".commit()"), "{}", path.display());
        if text.contains("Audited::not_needed(") {
            not_audited.insert(path.to_str().unwrap().to_owned());
        }
    }
    assert_eq!(not_audited, BTreeSet::from(NOT_AUDITED.map(str::to_owned)));
}

async fn call_own(
    services: &Services,
    function: &str,
    own: &Own,
    other: &Own,
) -> Result<(), Error> {
    let caller = &own.caller;
    match function {
        "account::get" => account::get(services, caller).await.map(drop),
        "account::time_zones" => account::time_zones(services, caller).await.map(drop),
        "account::sessions::sessions" => account::sessions(services, caller).await.map(drop),
        "account::delete::deletion_denied" => {
            account::deletion_denied(services, caller).await.map(drop)
        }
        "account::delete::preview" => account::preview(services, caller).await.map(drop),
        "account::export" => account::export(services, caller).await.map(drop),
        "account::edit::edit" => {
            let edit = OwnEdit {
                display_name: Some("Myself".into()),
                ..OwnEdit::default()
            };
            let edited = account::edit(services, caller, &own.session, edit).await;
            edited.map(drop)
        }
        "account::edit::edit_renewing" => {
            let edit = OwnEdit {
                display_name: Some("Renewing".into()),
                ..OwnEdit::default()
            };
            let edited = account::edit_renewing(services, caller, edit).await;
            edited.map(drop)
        }
        "account::edit::edit_by_token" => {
            let edit = OwnEdit {
                display_name: Some("Me".into()),
                ..OwnEdit::default()
            };
            let edited = account::edit_by_token(services, caller, edit).await;
            edited.map(drop)
        }
        "account::keys::keys" => account::keys(services, caller).await.map(drop),
        "account::keys::create_key" => {
            let created = account::create_key(services, caller, draft("OPENAI", "sk-own")).await;
            created.map(drop)
        }
        "account::keys::edit_key" => {
            let id = key_of(&services.pool, Some(caller.principal.id.0)).await;
            let edited = account::edit_key(services, caller, id, renamed()).await;
            edited.map(drop)
        }
        "account::keys::delete_key" => {
            let id = key_of(&services.pool, Some(caller.principal.id.0)).await;
            account::delete_key(services, caller, id).await.map(drop)
        }
        "account::sessions::revoke_session" => {
            account::revoke_session(services, caller, other.caller.session().unwrap()).await
        }
        "account::tokens::tokens" => account::tokens(services, caller).await.map(drop),
        "account::tokens::create_token" => account::create_token(services, caller, &token_draft())
            .await
            .map(drop),
        "account::tokens::revoke_token" => {
            let id = token_of(services, caller.principal.id.0).await;
            account::revoke_token(services, caller, id).await.map(drop)
        }
        "account::tokens::create_virtual_key" => {
            let draft = serde_json::json!({ "name": "lab", "currentPassword": PASSWORD });
            let draft = serde_json::from_value(draft).unwrap();
            account::create_virtual_key(services, caller, &draft)
                .await
                .map(drop)
        }
        "account::sessions::revoke_other_sessions" => {
            account::revoke_other_sessions(services, caller)
                .await
                .map(drop)
        }
        "account::delete::delete" => account::delete(services, caller, PASSWORD, None, None).await,
        other => panic!("{other} is new: add it here, with an event if it changes something"),
    }
}

#[testing::test]
async fn every_change_of_ones_own_account_is_audited(pool: PgPool) {
    let mut services = services(&pool);
    services.settings = Arc::new(Settings {
        allow_account_deletion: true,
        ..Settings::clone(&with_keys(&pool, &[NEW]).settings)
    });
    add(&pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let sign_in = async || Own::sign_in(&services, "ada", PASSWORD).await;
    let (own_session, other, _third) = (sign_in().await, sign_in().await, sign_in().await);
    assert_eq!(
        taking("&Caller", &["account.rs", "account"]),
        functions(OWN)
    );
    for (function, actions) in OWN {
        let before = last_entry(&pool).await;
        call_own(&services, function, &own_session, &other)
            .await
            .unwrap();
        let entry = |action: &Action| {
            let (via, label) = ("self", "ada");
            (action.as_str().to_owned(), via.to_owned(), label.to_owned())
        };
        let said: Vec<_> = actions.iter().map(entry).collect();
        assert_eq!(entries_after(&pool, before).await, said, "{function}");
    }
}

#[testing::test]
async fn every_change_of_owned_data_is_audited(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    let writer = Writer::own(own.caller).unwrap();
    let persona = PersonaDraft {
        name: Some("Analyst".into()),
        role: Some("Analyst".into()),
        information_need: Some("Boats".into()),
        ..PersonaDraft::default()
    };
    let mark = AnnotationDraft {
        video_id: Some("v1".into()),
        label: Some("A boat".into()),
        ..AnnotationDraft::default()
    };
    assert_eq!(taking("&Writer", &["owned"]), functions(OWNED));
    let expected = OWNED.iter().flat_map(|(_, actions)| actions.iter());
    let mut expected = expected.copied();
    let mut said = async |action: Action| {
        assert_eq!(expected.next(), Some(action));
        let last = "select action, via, actor_label from audit_events order by id desc limit 1";
        let last: (String, String, String) = sqlx::query_as(last).fetch_one(&pool).await.unwrap();
        let (via, label) = ("self".to_owned(), "ada".to_owned());
        assert_eq!(last, (action.as_str().to_owned(), via, label));
    };
    let created = personas::create(&services, &writer, None, persona)
        .await
        .unwrap();
    said(Action::PersonaCreated).await;
    let hide = PersonaDraft {
        hidden: Some(true),
        ..PersonaDraft::default()
    };
    personas::edit(&services, &writer, created.id, hide)
        .await
        .unwrap();
    said(Action::PersonaUpdated).await;
    ontology::delete(&services, &writer, created.id)
        .await
        .unwrap();
    said(Action::OntologyDeleted).await;
    ontology::set(&services, &writer, created.id, OntologyDraft::default())
        .await
        .unwrap();
    said(Action::OntologyCreated).await;
    let rename = OntologyDraft {
        name: Some("Boats".into()),
        ..OntologyDraft::default()
    };
    ontology::set(&services, &writer, created.id, rename)
        .await
        .unwrap();
    said(Action::OntologyUpdated).await;
    let marked = annotations::create(&services, &writer, created.id, mark)
        .await
        .unwrap();
    said(Action::AnnotationCreated).await;
    let relabel = AnnotationDraft {
        label: Some("Two boats".into()),
        ..AnnotationDraft::default()
    };
    annotations::edit(&services, &writer, marked.id, relabel)
        .await
        .unwrap();
    said(Action::AnnotationUpdated).await;
    annotations::delete(&services, &writer, marked.id)
        .await
        .unwrap();
    said(Action::AnnotationDeleted).await;
    personas::delete(&services, &writer, created.id)
        .await
        .unwrap();
    said(Action::PersonaDeleted).await;
    let namespace = "litellm".parse().unwrap();
    for text in ["a", "b", "c"] {
        let data = Map::from_iter([(text.to_owned(), Value::Null)]);
        let written = match text {
            "a" => extensions::replace(&services, &writer, None, &namespace, data).await,
            "b" => extensions::merge(&services, &writer, None, &namespace, data).await,
            _ => extensions::merge_into(&services, &writer, None, &namespace, text, data).await,
        };
        written.unwrap();
        said(Action::UserUpdated).await;
    }
    assert_eq!(expected.next(), None);
}

#[testing::test]
async fn denied_action_is_not_audited(pool: PgPool) {
    let services = services(&pool);
    let last = add(&pool, "last", &["admin"]).await;
    let denied = users::delete(&services, &operator(), last, &Deletion::default()).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let taken = UserDraft {
        username: "LAST".into(),
        display_name: "x".into(),
        ..UserDraft::default()
    };
    assert!(matches!(
        users::create(&services, &operator(), taken).await,
        Err(Error::Taken(_))
    ));
    assert_eq!(count(&pool, "select count(*) from audit_events").await, 0);
}

#[testing::test]
async fn no_secret_is_audited(pool: PgPool) {
    let services = services(&pool);
    let draft = UserDraft {
        username: "ada".into(),
        display_name: "Ada".into(),
        password: Some("open sesame".into()),
        ..UserDraft::default()
    };
    let ada = users::create(&services, &operator(), draft)
        .await
        .unwrap()
        .user
        .summary
        .id
        .0;
    let edit = UserEdit {
        password: Some("close sesame".into()),
        ..UserEdit::default()
    };
    users::edit(&services, &operator(), ada, edit)
        .await
        .unwrap();
    let link = reset::create_link(&services, &operator(), ada)
        .await
        .unwrap();
    let token = link.url.rsplit('/').next().unwrap();
    let created = access_tokens::create(&services, &operator(), ada, &token_draft())
        .await
        .unwrap();
    let access = created.issued.token.as_str();
    let texts: Vec<String> = sqlx::query_scalar("select row_to_json(e)::text from audit_events e")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(texts.len(), 4);
    for text in texts {
        assert!(
            !text.contains("sesame")
                && !text.contains(token)
                && !text.contains(access)
                && !text.contains("argon2"),
            "{text}"
        );
    }
    let (history, more) = users::history(&services, &operator(), ada, None)
        .await
        .unwrap();
    let actions: Vec<&str> = history.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "user.token_created",
            "user.reset_link_created",
            "user.updated",
            "user.created"
        ]
    );
    assert!(!more);
}
