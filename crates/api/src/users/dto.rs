//! Users in the bodies of requests and responses. The command line sends and prints the same.

use axum::Json;
use domain::{
    money::Money,
    object::{distinct, present},
    users::{
        UserId, UserSummary,
        create::UserDraft,
        deleted::{DeletedUser, LostAccess, RestoredUser},
        detail::{IssuedLink, UserDetail},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use service::access::{Authorized, UsersRead};
use utoipa::ToSchema;

use crate::response::{Stored, Versioned, Written};

/// A user in FOVEA's format: its `_count`, and the same counts flat, as its pages read them.
#[derive(Serialize, ToSchema)]
pub struct UserListResponse<T = UserSummary> {
    #[serde(flatten)]
    user: T,
    #[serde(rename = "_count")]
    count: UserCounts,
    /// Costs in this month, in dollars; absent without `usage:read`, and for deleted users.
    #[serde(skip_serializing_if = "Option::is_none")]
    spend: Option<Money>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserCounts {
    personas: i32,
    sessions: i32,
    api_keys: i32,
}

impl UserCounts {
    fn of(user: &UserSummary) -> Self {
        Self {
            personas: user.persona_count,
            sessions: user.session_count,
            api_keys: user.api_key_count,
        }
    }
}

impl UserListResponse {
    /// Returns the same response with the costs of the user in this month.
    #[must_use]
    pub(crate) fn with_spend(self, spend: Money) -> Self {
        Self {
            spend: Some(spend),
            ..self
        }
    }
}

impl From<UserSummary> for UserListResponse {
    fn from(user: UserSummary) -> Self {
        let count = UserCounts::of(&user);
        Self {
            user,
            count,
            spend: None,
        }
    }
}

impl From<DeletedUser> for UserListResponse<DeletedUser> {
    fn from(deleted: DeletedUser) -> Self {
        let count = UserCounts::of(&deleted.user);
        Self {
            user: deleted,
            count,
            spend: None,
        }
    }
}

/// A user in FOVEA's format, with its `_count`.
#[derive(Serialize, ToSchema)]
pub struct UserResponse {
    #[serde(flatten)]
    user: UserDetail,
    #[serde(rename = "_count")]
    count: UserCounts,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<IssuedLink>,
    /// What a restored user had and was deleted meanwhile, if there is any.
    #[serde(skip_serializing_if = "Option::is_none")]
    lost: Option<LostAccess>,
}

impl UserResponse {
    /// Creates the response with a user, and with the link that was created for it, if any.
    #[must_use]
    pub fn new(user: UserDetail, link: Option<IssuedLink>) -> Self {
        let count = UserCounts::of(&user.summary);
        Self {
            user,
            count,
            link,
            lost: None,
        }
    }
}

impl From<RestoredUser> for UserResponse {
    fn from(restored: RestoredUser) -> Self {
        Self {
            lost: restored.lost,
            ..Self::new(restored.user, None)
        }
    }
}

/// Response to a change of a user for a caller without the permission to read users.
#[derive(Serialize)]
pub(crate) struct UserVersionResponse {
    id: UserId,
    version: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<IssuedLink>,
}

impl Stored for UserResponse {
    type Written = UserVersionResponse;

    fn written(self) -> UserVersionResponse {
        UserVersionResponse {
            id: self.user.summary.id,
            version: self.user.summary.version,
            link: self.link,
        }
    }

    fn has_secret(&self) -> bool {
        self.link.is_some()
    }
}

/// Returns the response with a user, for a caller with the permission to read the user.
pub(crate) fn show(user: UserDetail) -> Versioned<Json<UserResponse>> {
    Versioned {
        version: user.summary.version,
        body: Json(UserResponse::new(user, None)),
    }
}

/// Returns the response to a change: the user, or only the id and the version for an actor without `users:read`. A link in it
/// is not shown again.
pub(crate) fn show_to<R>(
    actor: &Authorized<R>,
    user: UserDetail,
    link: Option<IssuedLink>,
) -> Versioned<Written<UserResponse>> {
    let can_read = actor.includes::<UsersRead>();
    Versioned {
        version: user.summary.version,
        body: Written::new(UserResponse::new(user, link), can_read),
    }
}

/// Body that creates a user: FOVEA's fields, and more that Rollcall has.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserCreateRequest {
    #[schema(min_length = 3, max_length = 50)]
    pub(crate) username: String,
    #[schema(min_length = 1)]
    pub(crate) display_name: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub(crate) password: Option<String>,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub(crate) is_admin: Option<bool>,
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    #[serde(default, deserialize_with = "distinct")]
    pub(crate) notification_preferences: Map<String, Value>,
    #[serde(default)]
    pub(crate) client_list: Vec<i32>,
    /// Names or ids of the groups that the user joins; needs `groups:write`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) groups: Vec<String>,
}

/// Converts a draft to the body that is sent to a server.
impl From<UserDraft> for UserCreateRequest {
    fn from(draft: UserDraft) -> Self {
        Self {
            username: draft.username,
            display_name: draft.display_name,
            email: Some(draft.email),
            password: draft.password,
            is_admin: draft.is_admin,
            roles: draft.roles,
            notification_preferences: draft.notification_preferences,
            client_list: draft.client_list,
            groups: draft.groups,
        }
    }
}
