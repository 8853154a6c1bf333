//! Members of a group, and the users that a request adds to it or removes from it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    list::{
        Cursor, Limits, ListError, UnfilteredParams, UnfilteredQuery, given, page_params, searched,
    },
    users::{Status, UserId},
};

/// Maximum number of users that one request adds or removes.
pub const MEMBERS_AT_ONCE: usize = 10_000;
/// Name of the order of the members, stored in its cursors.
pub const MEMBERS_ORDER: &str = "members";

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GroupMemberResponse)]
pub struct GroupMember {
    /// The id of the user.
    #[schema(value_type = Uuid)]
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Status of the account.
    pub status: Status,
    /// Whether the member manages the group.
    pub is_manager: bool,
    /// Whether managers of the group can create password links for the member, as far as their own permissions and clients allow.
    pub password_links: bool,
    /// Username of the user who added the member; `None` for the operator and after that account is purged.
    pub added_by: Option<String>,
    /// Time at which the user was added.
    #[serde(with = "time::serde::rfc3339")]
    pub added_at: OffsetDateTime,
}

impl GroupMember {
    /// Returns the cursor at the member.
    #[must_use]
    pub fn cursor(&self, number: u64) -> Cursor {
        Cursor::at(MEMBERS_ORDER, self.added_at, self.id.0, number)
    }
}

/// Parameters of the list of members as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MemberListParams {
    /// Part of the username, the name or the email address.
    pub q: Option<String>,
    /// Maximum number of rows in the page.
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

page_params!(MemberListParams {
    q,
    limit,
    after,
    before
});

impl MemberListParams {
    /// Parses the search, the page size and the position. The search has no control characters.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits) -> Result<(Option<String>, UnfilteredQuery), ListError> {
        let page = UnfilteredParams {
            limit: self.limit.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        };
        Ok((
            given(&self.q).map(searched),
            page.parse(limits, MEMBERS_ORDER)?,
        ))
    }
}

/// Users that a request adds or removes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MemberSelection {
    /// Users by their ids.
    Ids(Vec<Uuid>),
    /// Users by their usernames or email addresses.
    Names(Vec<String>),
}

/// Result of adding or removing members.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GroupMembersChangeResponse)]
pub struct MembersOutcome {
    /// Number of users who were added or removed.
    pub changed: u64,
    /// Number of users who were members already, or were none.
    pub unchanged: u64,
    /// Names and ids that no user has.
    pub unknown: Vec<String>,
    /// Usernames of users who were skipped, because they have a permission that the actor lacks or manage the group.
    pub skipped: Vec<String>,
}

/// Returns the names and email addresses in a pasted list, each once: separated by lines, commas, semicolons or tabs, also in the form
/// `Ada Lovelace <ada@example.org>`.
#[must_use]
pub fn parse_pasted(text: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    text.split(['\n', '\r', ',', ';', '\t'])
        .map(|entry| {
            let address = entry
                .split_once('<')
                .and_then(|(_, rest)| rest.split_once('>'));
            address.map_or(entry, |(address, _)| address).trim()
        })
        .filter(|name| !name.is_empty() && seen.insert(name.to_lowercase()))
        .map(str::to_owned)
        .collect()
}
