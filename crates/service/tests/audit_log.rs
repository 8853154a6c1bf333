//! Audit events: every change writes one for each affected object, in the same transaction.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use domain::{
    access_tokens::TokenDraft,
    account::OwnEdit,
    audit::{ACTIONS, list::AuditParams},
    invitations::InvitationDraft,
    jobs::list::JobParams,
    keys::KeyEdit,
    list::Limits,
    owned::{AnnotationDraft, OntologyDraft, PersonaDraft},
    registrations::{Decision, DecisionRequest},
    sessions::revoke::RevokeRequest,
    users::{
        bulk::{BulkAction, BulkRequest, Selected},
        create::UserDraft,
        deletion::Deletion,
        detail::UserRef,
        edit::UserEdit,
        suspension::SuspensionDraft,
    },
};
use service::{
    Error, Services,
    access::operator,
    access_tokens, account,
    audit::{self, Format},
    invitations, jobs, keys,
    owned::{Writer, annotations, ontology, personas},
    registrations, reset, sessions,
    settings::{self, Settings},
    users,
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

/// Lists the public functions in some source files whose signature contains `what`. Names that are ambiguous are followed
/// by the kind of object.
fn taking(what: &str, sources: &[&str]) -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths: Vec<_> = sources.iter().map(|name| source.join(name)).collect();
    let mut found = BTreeSet::new();
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(fs::read_dir(path).unwrap().map(|file| file.unwrap().path()));
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for function in text.split("pub async fn ").skip(1) {
            let (signature, _) = function.split_once('{').unwrap();
            if signature.contains(what) {
                let name = signature.split('(').next().unwrap();
                found.insert(match path.file_stem().unwrap().to_str().unwrap() {
                    "invitations" => format!("{name} invitation"),
                    "personas" => format!("{name} persona"),
                    "ontology" => format!("{name} ontology"),
                    "annotations" => format!("{name} annotation"),
                    "access_tokens" => format!("{name} token"),
                    "jobs" => format!("{name} job"),
                    "settings" => format!("{name} settings"),
                    _ => name.to_owned(),
                });
            }
        }
    }
    found
}

/// Lists the functions that require a permission to write or to resolve a secret. Each of them must write an audit event.
fn mutating() -> BTreeSet<String> {
    let mut found = taking("Write>", &["."]);
    found.extend(taking("Resolve>", &["."]));
    found
}

/// Lists the functions that require the permission to read the audit log. Of these, only the export is audited.
fn functions_that_audit() -> BTreeSet<String> {
    taking("Authorized<AuditRead>", &["."])
}

/// Lists the quoted texts in the sources that have the form of an action: two words with a dot between them.
fn actions_in_sources() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = vec![crates.join("service/src"), crates.join("db/src")];
    let mut found = BTreeSet::new();
    let letters =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(fs::read_dir(path).unwrap().map(|file| file.unwrap().path()));
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for word in text.split(['"', '\'']) {
            // Names of locks, files and hosts, and columns with the alias of a table, have the same form.
            let others = ["txt", "example", "test", "com", "net", "org"];
            if let Some((kind, action)) = word.split_once('.')
                && letters(kind)
                && letters(action)
                && kind.len() > 1
                && kind != "rollcall"
                && !others.contains(&action)
            {
                found.insert(word.to_owned());
            }
        }
    }
    found
}

/// Lists the functions for the caller's own account.
fn own_functions() -> BTreeSet<String> {
    taking("&Caller", &["account.rs", "account"])
}

/// Lists the functions that change owned data.
fn of_what_is_owned() -> BTreeSet<String> {
    taking("&Writer", &["owned"])
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
    let (all, _) = invitations::list(services, &operator(), None)
        .await
        .unwrap();
    all[0].id
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
        "create" => {
            let draft = UserDraft {
                username: "new".into(),
                display_name: "New".into(),
                ..UserDraft::default()
            };
            users::create(services, &operator(), draft).await.map(drop)
        }
        "edit" => {
            let edit = UserEdit {
                display_name: Some("Other".into()),
                ..UserEdit::default()
            };
            users::edit(services, &operator(), ada, edit)
                .await
                .map(drop)
        }
        "suspend" => users::suspend(services, &operator(), ada, suspension)
            .await
            .map(drop),
        "unsuspend" => users::unsuspend(services, &operator(), ada).await.map(drop),
        "revoke_all" => users::revoke_sessions(services, &operator(), ada)
            .await
            .map(drop),
        "revoke_one" => {
            let of_ada = "select id from sessions where user_id = $1 and ended_at is null limit 1";
            let session: Uuid = sqlx::query_scalar(of_ada)
                .bind(ada)
                .fetch_one(&services.pool)
                .await
                .unwrap();
            sessions::revoke_one(services, &operator(), session).await
        }
        "revoke_many" => {
            let request = RevokeRequest {
                expected: Some(1),
                ..RevokeRequest::default()
            };
            sessions::revoke_many(services, &operator(), request)
                .await
                .map(drop)
        }
        "create_link" => reset::create_link(services, &operator(), ada)
            .await
            .map(drop),
        "revoke_links" => reset::revoke_links(services, &operator(), ada, None).await,
        "reassign" => users::reassign(services, &operator(), ada, bob, None)
            .await
            .map(drop),
        "delete" => users::delete(services, &operator(), ada, &Deletion::default()).await,
        "recover_admin" => {
            let bob = UserRef::Id(bob);
            let recovered = users::recover_admin(services, &operator(), &bob).await;
            recovered.map(drop)
        }
        "restore" => users::restore(services, &operator(), ada).await.map(drop),
        "bulk" => {
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
        "approve" => registrations::approve(services, &operator(), bob, "")
            .await
            .map(drop),
        "decide" => {
            let request = DecisionRequest {
                decision: Decision::Approve,
                users: vec![seen(services, bob).await],
                note: String::new(),
                expected: Some(1),
            };
            let decided = registrations::decide(services, &operator(), request).await;
            decided.map(drop)
        }
        "reject" => registrations::reject(services, &operator(), bob, "").await,
        "create invitation" => {
            let draft = InvitationDraft::default();
            invitations::create(services, &operator(), draft)
                .await
                .map(drop)
        }
        "resend invitation" => {
            let id = invitation(services).await;
            invitations::resend(services, &operator(), id)
                .await
                .map(drop)
        }
        "revoke invitation" => {
            let id = invitation(services).await;
            invitations::revoke(services, &operator(), id).await
        }
        "create_system" => keys::create_system(services, &operator(), draft("openai", "sk-system"))
            .await
            .map(drop),
        "edit_system" => {
            let id = key_of(&services.pool, None).await;
            let edited = keys::edit_system(services, &operator(), id, renamed()).await;
            edited.map(drop)
        }
        "rotate" => keys::rotate(services, &operator()).await.map(drop),
        "revoke_key" => {
            let id = key_of(&services.pool, Some(ada)).await;
            keys::revoke_key(services, &operator(), ada, id).await
        }
        "resolve" => keys::resolve(services, &operator(), "OPENAI", Some(ada))
            .await
            .map(drop),
        "delete_system" => {
            let id = key_of(&services.pool, None).await;
            keys::delete_system(services, &operator(), id)
                .await
                .map(drop)
        }
        "create token" => access_tokens::create(services, &operator(), bob, &token_draft())
            .await
            .map(drop),
        "revoke token" => {
            let id = token_of(services, bob).await;
            access_tokens::revoke(services, &operator(), id).await
        }
        "retry job" => {
            let id = failed_removal(services, bob).await;
            jobs::retry(services, &operator(), id).await.map(drop)
        }
        other => panic!("{other} changes something: add it here with its audit event"),
    }
}

#[sqlx::test(migrations = "../../migrations")]
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
    // In an order in which each function has something to change.
    let expected = [
        ("create", &["user.created"][..]),
        ("edit", &["user.updated"]),
        ("revoke_one", &["user.session_revoked"]),
        ("revoke_many", &["user.sessions_ended"]),
        ("suspend", &["user.suspended"]),
        ("unsuspend", &["user.unsuspended"]),
        ("revoke_all", &["user.sessions_ended"]),
        ("create_link", &["user.reset_link_created"]),
        ("revoke_links", &["user.reset_link_revoked"]),
        ("reassign", &["user.data_given", "user.data_received"]),
        ("delete", &["user.deleted"]),
        ("restore", &["user.restored"]),
        ("bulk", &["user.sessions_ended"]),
        ("recover_admin", &["user.admin_recovered"]),
        ("create invitation", &["invitation.created"]),
        ("resend invitation", &["invitation.resent"]),
        ("revoke invitation", &["invitation.revoked"]),
        ("create token", &["user.token_created"]),
        ("revoke token", &["user.token_revoked"]),
        ("approve", &["user.approved"]),
        ("decide", &["user.approved"]),
        ("reject", &["user.rejected"]),
        ("create_system", &["api_key.created"]),
        ("edit_system", &["api_key.updated"]),
        ("rotate", &["api_key.reencrypted"]),
        ("revoke_key", &["api_key.revoked"]),
        ("resolve", &["api_key.resolved"]),
        ("delete_system", &["api_key.deleted"]),
        ("retry job", &["user.purge_retried"]),
    ];
    let tested: BTreeSet<String> = expected
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(mutating(), tested);
    for (function, actions) in expected {
        let before = last_entry(&pool).await;
        if ["approve", "decide", "reject"].contains(&function) {
            sqlx::query("update users set status = 'pending' where id = $1")
                .bind(bob)
                .execute(&pool)
                .await
                .unwrap();
        }
        call(&services, function, ada, bob).await.unwrap();
        let entries = entries_after(&pool, before).await;
        let said: Vec<_> = actions
            .iter()
            .map(|action| {
                let (via, label) = ("cli", "command line");
                ((*action).to_owned(), via.to_owned(), label.to_owned())
            })
            .collect();
        assert_eq!(entries, said, "{function}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn export_of_the_audit_log_is_audited(pool: PgPool) {
    let services = services(&pool);
    let user = add(&pool, "ada", &["user"]).await;
    let expected = [
        ("list", None),
        ("list job", None),
        ("find job", None),
        ("describe settings", None),
        ("history", None),
        ("verify", None),
        ("export", Some("audit.exported")),
    ];
    let tested: BTreeSet<String> = expected
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(functions_that_audit(), tested);
    for (function, action) in expected {
        let before = last_entry(&pool).await;
        let all = AuditParams::default();
        match function {
            "list" => {
                let query = all.parse(Limits::API).unwrap();
                audit::list(&services, &operator(), &query).await.map(drop)
            }
            "list job" => {
                let query = JobParams::default().parse(Limits::API).unwrap();
                jobs::list(&services, &operator(), &query).await.map(drop)
            }
            "find job" => match jobs::find(&services, &operator(), user).await {
                Err(Error::NotFound(_)) => Ok(()),
                found => found.map(drop),
            },
            "describe settings" => settings::describe(&services, &operator()).await.map(drop),
            "history" => users::history(&services, &operator(), user, None)
                .await
                .map(drop),
            "verify" => audit::verify(&services, &operator(), None).await.map(drop),
            _ => audit::export(&services, &operator(), &all, Format::Csv)
                .await
                .map(drop),
        }
        .unwrap();
        let entries = entries_after(&pool, before).await;
        let actions: Vec<&str> = entries.iter().map(|(action, ..)| action.as_str()).collect();
        assert_eq!(actions, action.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn panel_has_a_label_for_every_action() {
    let known: BTreeSet<String> = ACTIONS
        .iter()
        .map(|(action, _)| (*action).to_owned())
        .collect();
    let created = actions_in_sources();
    assert!(created.len() > 20, "{created:?}");
    let without: Vec<_> = created.difference(&known).collect();
    assert!(
        without.is_empty(),
        "add words for {without:?} to domain/audit/actions.rs"
    );
}

async fn call_own(
    services: &Services,
    function: &str,
    own: &Own,
    other: &Own,
) -> Result<(), Error> {
    let caller = &own.caller;
    match function {
        "get" => account::get(services, caller).await.map(drop),
        "time_zones" => account::time_zones(services, caller).await.map(drop),
        "sessions" => account::sessions(services, caller).await.map(drop),
        "deletion_denied" => account::deletion_denied(services, caller).await.map(drop),
        "preview" => account::preview(services, caller).await.map(drop),
        "export" => account::export(services, caller).await.map(drop),
        "edit" => {
            let edit = OwnEdit {
                display_name: Some("Myself".into()),
                ..OwnEdit::default()
            };
            let edited = account::edit(services, caller, &own.session, edit).await;
            edited.map(drop)
        }
        "keys" => account::keys(services, caller).await.map(drop),
        "create_key" => {
            let created = account::create_key(services, caller, draft("OPENAI", "sk-own")).await;
            created.map(drop)
        }
        "edit_key" => {
            let id = key_of(&services.pool, Some(caller.principal.id.0)).await;
            let edited = account::edit_key(services, caller, id, renamed()).await;
            edited.map(drop)
        }
        "delete_key" => {
            let id = key_of(&services.pool, Some(caller.principal.id.0)).await;
            account::delete_key(services, caller, id).await.map(drop)
        }
        "revoke_session" => {
            account::revoke_session(services, caller, other.caller.session().unwrap()).await
        }
        "tokens" => account::tokens(services, caller).await.map(drop),
        "create_token" => account::create_token(services, caller, &token_draft())
            .await
            .map(drop),
        "revoke_token" => {
            let id = token_of(services, caller.principal.id.0).await;
            account::revoke_token(services, caller, id).await
        }
        "revoke_other_sessions" => account::revoke_other_sessions(services, caller)
            .await
            .map(drop),
        "delete" => account::delete(services, caller, PASSWORD, None, None).await,
        other => panic!("{other} is new: add it here, with an event if it changes something"),
    }
}

#[sqlx::test(migrations = "../../migrations")]
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
    let expected = [
        ("get", None),
        ("time_zones", None),
        ("sessions", None),
        ("deletion_denied", None),
        ("preview", None),
        ("export", Some("user.exported")),
        ("edit", Some("user.updated")),
        ("keys", None),
        ("create_key", Some("api_key.created")),
        ("edit_key", Some("api_key.updated")),
        ("delete_key", Some("api_key.deleted")),
        ("revoke_session", Some("user.session_ended")),
        ("tokens", None),
        ("create_token", Some("user.token_created")),
        ("revoke_token", Some("user.token_revoked")),
        ("revoke_other_sessions", Some("user.sessions_ended")),
        ("delete", Some("user.deleted")),
    ];
    let tested: BTreeSet<String> = expected
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(own_functions(), tested);
    for (function, action) in expected {
        let before = last_entry(&pool).await;
        call_own(&services, function, &own_session, &other)
            .await
            .unwrap();
        let entry = |action: &str| (action.to_owned(), "self".to_owned(), "ada".to_owned());
        let said: Vec<_> = action.map(entry).into_iter().collect();
        assert_eq!(entries_after(&pool, before).await, said, "{function}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
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
    let mut tested = BTreeSet::new();
    let mut said = async |function: &str, action: &str| {
        tested.insert(function.to_owned());
        let last = "select action, via, actor_label from audit_events order by id desc limit 1";
        let last: (String, String, String) = sqlx::query_as(last).fetch_one(&pool).await.unwrap();
        assert_eq!(
            last,
            (action.to_owned(), "self".to_owned(), "ada".to_owned())
        );
    };
    let created = personas::create(&services, &writer, None, persona)
        .await
        .unwrap();
    said("create persona", "persona.created").await;
    let hide = PersonaDraft {
        hidden: Some(true),
        ..PersonaDraft::default()
    };
    personas::edit(&services, &writer, created.id, hide)
        .await
        .unwrap();
    said("edit persona", "persona.updated").await;
    ontology::delete(&services, &writer, created.id)
        .await
        .unwrap();
    said("delete ontology", "ontology.deleted").await;
    ontology::set(&services, &writer, created.id, OntologyDraft::default())
        .await
        .unwrap();
    said("set ontology", "ontology.created").await;
    let marked = annotations::create(&services, &writer, created.id, mark)
        .await
        .unwrap();
    said("create annotation", "annotation.created").await;
    let relabel = AnnotationDraft {
        label: Some("Two boats".into()),
        ..AnnotationDraft::default()
    };
    annotations::edit(&services, &writer, marked.id, relabel)
        .await
        .unwrap();
    said("edit annotation", "annotation.updated").await;
    annotations::delete(&services, &writer, marked.id)
        .await
        .unwrap();
    said("delete annotation", "annotation.deleted").await;
    personas::delete(&services, &writer, created.id)
        .await
        .unwrap();
    said("delete persona", "persona.deleted").await;
    assert_eq!(of_what_is_owned(), tested);
}

#[sqlx::test(migrations = "../../migrations")]
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

#[sqlx::test(migrations = "../../migrations")]
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
