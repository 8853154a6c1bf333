//! Audit events of changes of roles, groups, features, clients, resources and conversations.

use domain::{
    action::Action,
    clients::{ClientDraft, ClientEdit},
    conversations::{
        ConversationDraft, ConversationMessageDraft, FeedbackDraft, FeedbackRating, MessageRole,
    },
    features::{FeatureDraft, FeatureSet},
    groups::{GroupDraft, GroupEdit, MemberSelection},
    money::Money,
    resources::{GrantDraft, GrantLevel, GrantTarget, ResourceDraft, ResourceEdit},
    roles::{RoleDraft, RoleEdit},
};
use serde_json::{Map, Value};
use service::{
    Error, Services,
    access::operator,
    clients, conversations, features,
    groups::{self, GroupsChange},
    guard::TargetRef,
    host_settings, resources, roles,
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{Table, entries_after, last_entry};
use crate::support::{services, users::add};

/// Functions that require a permission to write, in an order in which each has something to change.
pub(super) const ACCESS: Table = &[
    ("roles::create", &[Action::RoleCreated]),
    ("roles::clone", &[Action::RoleCreated]),
    ("roles::edit", &[Action::RoleUpdated]),
    ("roles::delete::delete", &[Action::RoleDeleted]),
    ("features::add_set", &[Action::FeatureSetAdded]),
    ("host_settings::merge_into", &[Action::FeatureUpdated]),
    (
        "features::put",
        &[Action::FeatureCreated, Action::FeatureUpdated],
    ),
    ("features::delete", &[Action::FeatureDeleted]),
    ("clients::create", &[Action::ClientCreated]),
    ("clients::edit", &[Action::ClientUpdated]),
    ("clients::delete", &[Action::ClientDeleted]),
    ("groups::create", &[Action::GroupCreated]),
    ("groups::edit", &[Action::GroupUpdated]),
    (
        "groups::member::set_manager",
        &[Action::GroupManagersChanged, Action::GroupManagerSet],
    ),
    (
        "groups::members::set_managers",
        &[Action::GroupManagersChanged, Action::GroupManagerSet],
    ),
    (
        "groups::of_user::set_of_user",
        &[Action::GroupMembersRemoved, Action::GroupLeft],
    ),
    (
        "groups::member::add_as_manager",
        &[
            Action::GroupMembersAdded,
            Action::GroupJoined,
            Action::GroupManagersChanged,
            Action::GroupManagerSet,
        ],
    ),
    ("resources::store", &[Action::ResourceStored]),
    ("resources::edit", &[Action::ResourceUpdated]),
    (
        "resources::transfer::transfer",
        &[Action::ResourceTransferred],
    ),
    (
        "resources::grants::add",
        &[Action::ResourceAccessGranted, Action::AccessGranted],
    ),
    (
        "resources::grants::set_of_group",
        &[Action::ResourceAccessGranted],
    ),
    (
        "resources::grants::revoke",
        &[Action::ResourceAccessRevoked, Action::AccessRevoked],
    ),
    ("resources::delete", &[Action::ResourceDeleted]),
    ("resources::create::create", &[Action::ResourceStored]),
    (
        "groups::delete::delete",
        &[Action::GroupDeleted, Action::GroupLeft],
    ),
    (
        "conversations::store::create",
        &[Action::ConversationCreated],
    ),
    // Messages and feedback are the content of a conversation.
    ("conversations::store::append", &[]),
    ("conversations::store::set_feedback", &[]),
];

/// Returns the id of the only row of a table with this name.
async fn named(services: &Services, sql: &'static str) -> Uuid {
    let found = sqlx::query_scalar(sql).fetch_one(&services.pool).await;
    found.unwrap()
}

async fn role(services: &Services) -> Uuid {
    named(services, "select id from roles where name = 'desk'").await
}

async fn group(services: &Services) -> Uuid {
    named(services, "select id from groups").await
}

/// Adds a user to the group.
async fn group_of(services: &Services, user: Uuid) -> Uuid {
    let id = group(services).await;
    sqlx::query(
        "insert into group_members (group_id, user_id, added_at) values ($1, $2, now())
        on conflict do nothing",
    )
    .bind(id)
    .bind(user)
    .execute(&services.pool)
    .await
    .unwrap();
    id
}

async fn resource(services: &Services) -> Uuid {
    named(services, "select id from resources").await
}

async fn client(services: &Services) -> i32 {
    let found = sqlx::query_scalar("select id from clients").fetch_one(&services.pool);
    found.await.unwrap()
}

async fn call_roles(services: &Services, function: &str) -> Result<(), Error> {
    let name = "desk".to_owned();
    match function {
        "roles::create" => {
            let draft = RoleDraft {
                name,
                ..RoleDraft::default()
            };
            roles::create(services, &operator(), draft).await.map(drop)
        }
        "roles::clone" => {
            let id = role(services).await;
            let cloned = roles::clone(services, &operator(), id, "desk-2".to_owned()).await;
            cloned.map(drop)
        }
        "roles::edit" => {
            let edit = RoleEdit {
                rank: Some(60),
                ..RoleEdit::default()
            };
            let id = role(services).await;
            roles::edit(services, &operator(), id, edit).await.map(drop)
        }
        "roles::delete::delete" => {
            let id = role(services).await;
            roles::delete(services, &operator(), id, None)
                .await
                .map(drop)
        }
        other => panic!("{other} is new: add it here"),
    }
}

async fn call_catalogue(services: &Services, function: &str) -> Result<(), Error> {
    let name = "ACME".to_owned();
    match function {
        "features::add_set" => features::add_set(services, &operator(), FeatureSet::OpenWebui)
            .await
            .map(drop),
        "host_settings::merge_into" => {
            let members = Map::from_iter([("color".to_owned(), Value::from("red"))]);
            let namespace = "openwebui".parse().unwrap();
            host_settings::merge_into(services, &operator(), &namespace, "config", members)
                .await
                .map(drop)
        }
        "features::put" => {
            for default_value in [false, true] {
                let draft = FeatureDraft {
                    default_value,
                    ..FeatureDraft::default()
                };
                features::put(services, &operator(), "lab.use", None, draft).await?;
            }
            Ok(())
        }
        "features::delete" => features::delete(services, &operator(), "lab.use", None, None)
            .await
            .map(drop),
        "clients::create" => {
            let draft = ClientDraft {
                name,
                ..ClientDraft::default()
            };
            clients::create(services, &operator(), draft)
                .await
                .map(drop)
        }
        "clients::edit" => {
            let edit = ClientEdit {
                logo_url: Some(Some("https://example.org/logo.svg".to_owned())),
                ..ClientEdit::default()
            };
            let target = (client(services).await, None);
            clients::edit(services, &operator(), target, edit)
                .await
                .map(drop)
        }
        _ => {
            let target = (client(services).await, None);
            clients::delete(services, &operator(), target, None)
                .await
                .map(drop)
        }
    }
}

async fn call_groups(services: &Services, function: &str, user: Uuid) -> Result<(), Error> {
    match function {
        "groups::create" => {
            let draft = GroupDraft {
                name: "Editors".to_owned(),
                ..GroupDraft::default()
            };
            groups::create(services, &operator(), draft).await.map(drop)
        }
        "groups::edit" => {
            let edit = GroupEdit {
                description: Some("They edit.".to_owned()),
                ..GroupEdit::default()
            };
            let id = group(services).await;
            groups::edit(services, &operator(), id, edit)
                .await
                .map(drop)
        }
        "groups::member::set_manager" => {
            let id = group_of(services, user).await;
            let (group, user) = (TargetRef::from(id), TargetRef::from(user));
            groups::member::set_manager(services, &operator(), group, user, true)
                .await
                .map(drop)
        }
        "groups::member::add_as_manager" => {
            let (group, user) = (
                TargetRef::from(group(services).await),
                TargetRef::from(user),
            );
            groups::member::add_as_manager(services, &operator(), group, user)
                .await
                .map(drop)
        }
        "groups::members::set_managers" => {
            let id = group_of(services, user).await;
            let selection = MemberSelection::Ids(vec![user]);
            // The function before has made the member a manager.
            groups::members::set_managers(services, &operator(), id, selection, false)
                .await
                .map(drop)
        }
        "groups::of_user::set_of_user" => {
            let change = GroupsChange {
                shown: vec![group(services).await],
                ..GroupsChange::default()
            };
            groups::set_of_user(services, &operator(), user, change)
                .await
                .map(drop)
        }
        _ => {
            let id = group(services).await;
            groups::delete(services, &operator(), id, None)
                .await
                .map(drop)
        }
    }
}

async fn call_resources(
    services: &Services,
    function: &str,
    [ada, bob]: [Uuid; 2],
) -> Result<(), Error> {
    let subject = GrantTarget::User(bob);
    let draft = ResourceDraft {
        kind: "brand".to_owned(),
        external_id: "a".to_owned(),
        name: "A".to_owned(),
        owner_id: Some(ada),
        ..ResourceDraft::default()
    };
    if function == "resources::store" {
        let stored = resources::store(services, &operator(), vec![draft]).await;
        return stored.map(drop);
    }
    if function == "resources::create::create" {
        let created = resources::create(services, &operator(), draft).await;
        return created.map(drop);
    }
    let id = resource(services).await;
    match function {
        "resources::edit" => {
            let edit = ResourceEdit {
                active: Some(false),
                ..ResourceEdit::default()
            };
            let edited = resources::edit(services, &operator(), id, edit).await;
            edited.map(drop)
        }
        "resources::transfer::transfer" => {
            let moved = resources::transfer(services, &operator(), (ada, bob), None).await;
            moved.map(drop)
        }
        "resources::grants::add" => {
            let level = GrantLevel::Read;
            let grants = vec![GrantDraft { subject, level }];
            let added = resources::grants::add(services, &operator(), id, grants).await;
            added.map(drop)
        }
        "resources::grants::set_of_group" => {
            let shown = (id.into(), group(services).await.into());
            let level = Some(GrantLevel::Read);
            resources::grants::set_of_group(services, &operator(), shown, level)
                .await
                .map(drop)
        }
        "resources::grants::revoke" => {
            let subjects = vec![subject];
            let revoked = resources::grants::revoke(services, &operator(), id, subjects).await;
            revoked.map(drop)
        }
        _ => {
            let deleted = resources::delete(services, &operator(), id, None).await;
            deleted.map(drop)
        }
    }
}

async fn call_conversations(services: &Services, function: &str, ada: Uuid) -> Result<(), Error> {
    let message = ConversationMessageDraft {
        role: MessageRole::User,
        content: "Hello".to_owned(),
        tokens: 1,
        cost: Money::default(),
        at: None,
    };
    if function == "conversations::store::create" {
        let draft = ConversationDraft {
            user_id: ada,
            branch: "physics".to_owned(),
            name: "Light".to_owned(),
            external_id: None,
            started_at: None,
            messages: vec![message],
        };
        let created = conversations::create(services, &operator(), draft).await;
        return created.map(drop);
    }
    let id = named(services, "select id from conversations").await;
    if function == "conversations::store::append" {
        let appended = conversations::append(services, &operator(), id, vec![message]).await;
        return appended.map(drop);
    }
    let feedback = FeedbackDraft {
        seq: 2,
        rating: FeedbackRating::Like,
        comment: String::new(),
    };
    conversations::set_feedback(services, &operator(), id, feedback).await
}

#[testing::test]
async fn every_change_of_access_is_audited(pool: PgPool) {
    let services = services(&pool);
    let users = [add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await];
    for (function, actions) in ACCESS {
        let before = last_entry(&pool).await;
        let area = function.split("::").next().unwrap();
        let called = match area {
            "roles" => call_roles(&services, function).await,
            "groups" => call_groups(&services, function, users[0]).await,
            "resources" => call_resources(&services, function, users).await,
            "conversations" => call_conversations(&services, function, users[0]).await,
            _ => call_catalogue(&services, function).await,
        };
        called.unwrap();
        let expected: Vec<_> = actions
            .iter()
            .map(|action| {
                let (via, label) = ("cli", "command line");
                (action.as_str().to_owned(), via.to_owned(), label.to_owned())
            })
            .collect();
        assert_eq!(entries_after(&pool, before).await, expected, "{function}");
    }
}
