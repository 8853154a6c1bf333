//! Deleted users that can still be restored, the latest deletion first. This is their only order.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{
    UserSummary,
    detail::UserDetail,
    list::{ListParams, ListQuery},
    page::UserPage,
};
use crate::{
    filter::Filter,
    list::{Cursor, Limits, ListError, Position, given, parse_limit, shorten},
};

/// A deleted user that can still be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedUser {
    /// The user as lists show one.
    #[serde(flatten)]
    pub user: UserSummary,
    /// Time of the deletion.
    #[serde(with = "time::serde::rfc3339")]
    pub deleted_at: OffsetDateTime,
    /// Time after which the user is purged permanently.
    #[serde(with = "time::serde::rfc3339::option")]
    pub purge_after: Option<OffsetDateTime>,
}

/// What a restored user had at the deletion and was deleted meanwhile, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LostAccessResponse)]
pub struct LostAccess {
    /// Groups that the user was a member of.
    pub groups: Vec<String>,
    /// Roles of the user.
    pub roles: Vec<String>,
    /// Resources that the user was granted access to.
    pub resources: Vec<String>,
}

impl LostAccess {
    /// Lists all names: groups, roles, then resources.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let groups = self.groups.iter().chain(&self.roles);
        groups.chain(&self.resources).map(String::as_str)
    }
}

/// A user that was just restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoredUser {
    /// The user after the restoration.
    #[serde(flatten)]
    pub user: UserDetail,
    /// What did not come back, as far as the caller can read it; `None` if everything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<LostAccess>,
}

/// A page of deleted users.
pub type DeletedPage = UserPage<DeletedUser>;

/// Parsed parameters of the list of deleted users.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeletedQuery {
    /// Search over the users.
    pub filter: Filter,
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

/// Parsed parameters of the user list, for existing or for deleted users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListRequest {
    /// Lists existing users.
    List(ListQuery),
    /// Lists deleted users.
    Deleted(DeletedQuery),
}

impl ListParams {
    /// Parses the parameters, for existing or for deleted users.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn ask(&self, limits: Limits) -> Result<ListRequest, ListError> {
        if self.is_of_deleted()? {
            self.parse_of_deleted(limits).map(ListRequest::Deleted)
        } else {
            self.parse(limits).map(ListRequest::List)
        }
    }

    /// Returns whether deleted users are requested.
    ///
    /// # Errors
    /// An error if the value is neither `true` nor `false`.
    pub fn is_of_deleted(&self) -> Result<bool, ListError> {
        match given(&self.deleted) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(ListError::Deleted(shorten(other))),
        }
    }

    fn parse_of_deleted(&self, limits: Limits) -> Result<DeletedQuery, ListError> {
        if given(&self.sort).is_some() {
            return Err(ListError::SortedDeleted);
        }
        Ok(DeletedQuery {
            filter: self.filter()?,
            limit: parse_limit(given(&self.limit), limits)?,
            position: self.position(Cursor::decode_of_deleted)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(deleted: &str) -> ListParams {
        ListParams {
            deleted: Some(deleted.into()),
            ..ListParams::default()
        }
    }

    #[test]
    fn deleted_users_are_requested_by_parameter() {
        for (deleted, expected) in [
            ("true", Ok(true)),
            ("false", Ok(false)),
            (" ", Ok(false)),
            ("yes", Err(ListError::Deleted("yes".into()))),
        ] {
            assert_eq!(of(deleted).is_of_deleted(), expected, "{deleted:?}");
        }
        assert_eq!(ListParams::default().is_of_deleted(), Ok(false));
    }

    #[test]
    fn deleted_users_have_one_order() {
        let sorted = ListParams {
            sort: Some("name".into()),
            ..of("true")
        };
        assert_eq!(sorted.ask(Limits::API), Err(ListError::SortedDeleted));
        let searched = ListParams {
            q: Some("role:admin".into()),
            limit: Some("7".into()),
            ..of("true")
        };
        let Ok(ListRequest::Deleted(query)) = searched.ask(Limits::API) else {
            panic!("it lists deleted users")
        };
        assert_eq!(
            (query.limit, query.filter.to_string().as_str()),
            (7, "role:admin")
        );
        assert!(matches!(of("").ask(Limits::API), Ok(ListRequest::List(_))));
    }
}
