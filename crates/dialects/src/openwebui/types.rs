//! Users and groups as Open WebUI shows them.

use domain::{groups::Group, users::UserSummary};
use serde_json::{Map, Value, json};
use service::{Services, users::linked::Linked};
use uuid::Uuid;

use super::{permissions, profile::Profile, roles::Role};

/// Seconds for which a user counts as active after a request.
const ACTIVE_SECONDS: i64 = 180;
/// Members that are stored as they are.
const STORED: [&str; 7] = [
    "profile_banner_image_url",
    "bio",
    "gender",
    "date_of_birth",
    "presence_state",
    "info",
    "variables",
];
/// Member with the settings.
const SETTINGS: &str = "settings";
/// Parts of the settings with credentials of their user at other services. Only the user's own settings have them.
const CREDENTIALS: [&str; 2] = ["directConnections", "toolServers"];

/// Returns the seconds since 1970.
pub(super) fn now(services: &Services) -> i64 {
    (services.clock)().unix_timestamp()
}

/// Returns whether a user was active lately.
pub(super) fn is_active(user: &UserSummary, now: i64) -> bool {
    let last = user.last_active_at.map(|at| at.unix_timestamp());
    Role::of(user) != Role::Pending && last.is_some_and(|last| now - last < ACTIVE_SECONDS)
}

/// Returns what the responses to sign-ins and to changes of the own profile have of a user.
pub(super) fn brief(user: &UserSummary, data: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(user.id.0.to_string()));
    members.insert("email".to_owned(), json!(email(user)));
    members.insert("name".to_owned(), json!(user.display_name));
    members.insert("role".to_owned(), json!(Role::of(user).as_str()));
    let image = Profile(data).image();
    members.insert("profile_image_url".to_owned(), json!(image));
    members
}

/// Returns a user with all members. `time_zone` is known of the own account only.
pub(super) fn whole(
    user: &UserSummary,
    data: Option<&Map<String, Value>>,
    time_zone: Option<&Value>,
    now: i64,
) -> Map<String, Value> {
    let profile = Profile(data);
    let mut members = brief(user, data);
    members.insert("username".to_owned(), json!(user.username));
    for name in STORED {
        members.insert(name.to_owned(), profile.get(name));
    }
    let settings = without_credentials(profile.get(SETTINGS));
    members.insert(SETTINGS.to_owned(), settings);
    members.extend(profile.status(now));
    let time_zone = time_zone.cloned().unwrap_or_default();
    members.insert("timezone".to_owned(), time_zone);
    members.insert("oauth".to_owned(), Value::Null);
    members.insert("scim".to_owned(), Value::Null);
    let created = user.created_at.unix_timestamp();
    let active = user.last_active_at.map(|at| at.unix_timestamp());
    // The clients expect a number.
    members.insert(
        "last_active_at".to_owned(),
        json!(active.unwrap_or(created)),
    );
    let updated = user.updated_at.unix_timestamp();
    members.insert("updated_at".to_owned(), json!(updated));
    members.insert("created_at".to_owned(), json!(created));
    members
}

fn without_credentials(mut settings: Value) -> Value {
    if let Some(ui) = settings.get_mut("ui").and_then(Value::as_object_mut) {
        for name in CREDENTIALS {
            ui.remove(name);
        }
    }
    settings
}

/// Returns a user as the lists of all users and of members have one.
pub(super) fn info(user: &UserSummary, linked: Option<&Linked>, now: i64) -> Map<String, Value> {
    let data = linked.map(|linked| &linked.data);
    let mut members = brief(user, data);
    members.insert("bio".to_owned(), Profile(data).get("bio"));
    members.insert("groups".to_owned(), groups_of(linked));
    members.insert("is_active".to_owned(), json!(is_active(user, now)));
    members.extend(Profile(data).status(now));
    members
}

/// Returns the groups of a user as objects with their id and name.
pub(super) fn groups_of(linked: Option<&Linked>) -> Value {
    let groups = linked.map(|linked| linked.groups.as_slice());
    let groups = groups.unwrap_or_default().iter();
    groups.map(|(id, name)| item(*id, name)).collect()
}

/// Returns an object with an id and a name.
pub(super) fn item(id: Uuid, name: &str) -> Value {
    json!({ "id": id.to_string(), "name": name })
}

/// Returns a group with all members.
pub(super) fn group(group: &Group) -> Map<String, Value> {
    let mut members = group_info(group);
    let permissions = permissions::of_group(&group.features);
    members.insert("permissions".to_owned(), permissions);
    for (name, object) in [("data", &group.data), ("meta", &group.meta)] {
        let value = if object.is_empty() {
            Value::Null
        } else {
            Value::Object(object.clone())
        };
        members.insert(name.to_owned(), value);
    }
    members
}

/// Returns groups with all members.
pub(super) fn groups<'a>(groups: impl IntoIterator<Item = &'a Group>) -> Value {
    let groups = groups.into_iter();
    groups.map(group).map(Value::Object).collect()
}

/// Returns a group without its permissions and data.
pub(super) fn group_info(group: &Group) -> Map<String, Value> {
    let owner = group.created_by.map(|id| id.to_string());
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(group.id.to_string()));
    members.insert("user_id".to_owned(), json!(owner.unwrap_or_default()));
    members.insert("name".to_owned(), json!(group.name));
    members.insert("description".to_owned(), json!(group.description));
    members.insert("member_count".to_owned(), json!(group.members));
    for (name, at) in [
        ("created_at", group.created_at),
        ("updated_at", group.updated_at),
    ] {
        members.insert(name.to_owned(), json!(at.unix_timestamp()));
    }
    members
}

/// Returns the email address of a user; the clients expect a text.
pub(super) fn email(user: &UserSummary) -> &str {
    user.email.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_shown_without_credentials() {
        let ui = json!({ "theme": "dark", "directConnections": { "key": "x" }, "toolServers": [] });
        let shown = without_credentials(json!({ "ui": ui, "extra": 1 }));
        assert_eq!(shown, json!({ "ui": { "theme": "dark" }, "extra": 1 }));
        for other in [Value::Null, json!({}), json!({ "ui": null })] {
            assert_eq!(without_credentials(other.clone()), other);
        }
    }
}
