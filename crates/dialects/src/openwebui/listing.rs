//! Pages of users by their number, and users by their ids.

use std::collections::HashMap;

use domain::{
    error::Entity,
    filter::Filter,
    list::{Cursor, Position},
    users::{
        UserSummary,
        detail::{UserDetail, UserRef},
        list::{ListQuery, Sort, SortKey},
    },
};
use serde_json::Value;
use service::{
    Error, Services,
    access::{Authorized, GroupsRead, Identity, UsersRead},
    users::{self, linked, linked::Linked},
};
use uuid::Uuid;

use super::{namespace, types};
use crate::DialectError;

/// Number of users on a page.
pub(super) const PAGE: u16 = 30;
/// Number of users that are read at once.
const AT_ONCE: u16 = 1_000;
/// Maximum number of users in a list without pages.
const MOST: usize = 10_000;
/// Maximum number of users before a page. Those are read, too: a list has no position by number.
const SKIPPED_MAX: u64 = 100_000;

/// Proofs of the permissions to read users and groups.
#[derive(Debug)]
pub(super) struct Reader {
    users: Authorized<UsersRead>,
    groups: Authorized<GroupsRead>,
}

impl Reader {
    /// Checks the permissions of an identity.
    pub(super) fn of(identity: &Identity) -> Result<Self, Error> {
        Ok(Self {
            users: identity.require()?,
            groups: identity.require()?,
        })
    }

    /// Lists users after `skip` others: none after the last one, and none after [`SKIPPED_MAX`]. Returns the number of all that match,
    /// too.
    pub(super) async fn page(
        &self,
        services: &Services,
        (filter, sort): (Filter, Sort),
        skip: u64,
        take: u16,
    ) -> Result<(Vec<UserSummary>, u64), DialectError> {
        let mut query = at_start(filter, sort);
        let (mut left, mut total) = (skip, None);
        loop {
            query.limit = match u16::try_from(left.min(u64::from(AT_ONCE))) {
                Ok(0) | Err(_) => take,
                Ok(some) => some,
            };
            let (users, counted, has_more) = self.read(services, &mut query).await?;
            let total = *total.get_or_insert(counted);
            if left == 0 {
                return Ok((users, total));
            }
            if !has_more || skip >= total.min(SKIPPED_MAX) {
                return Ok((Vec::new(), total));
            }
            left -= u64::from(query.limit);
        }
    }

    /// Lists users as objects, the newest first, at most [`MOST`]. Returns the number of all, too.
    pub(super) async fn all(&self, services: &Services) -> Result<(Vec<Value>, u64), DialectError> {
        let mut query = at_start(Filter::default(), Sort::default());
        let (mut shown, mut total) = (Vec::new(), None);
        loop {
            let (mut users, counted, has_more) = self.read(services, &mut query).await?;
            let total = *total.get_or_insert(counted);
            shown.extend(self.show(services, &mut users).await?);
            if !has_more || shown.len() >= MOST {
                return Ok((shown, total));
            }
        }
    }

    /// Reads the users of a query, and moves its position after them. Returns the number of all that match, and whether there are more.
    async fn read(
        &self,
        services: &Services,
        query: &mut ListQuery,
    ) -> Result<(Vec<UserSummary>, u64, bool), DialectError> {
        let page = users::list(services, &self.users, query).await?.users;
        let next = page.page_info.after.as_deref();
        let next = next.and_then(|text| Cursor::decode(text, query.sort));
        let has_more = next.is_some();
        if let Some(cursor) = next {
            query.position = Position::After(cursor);
        }
        Ok((page.rows, page.page_info.total.count, has_more))
    }

    /// Returns the groups and the stored data of users by their ids, and gives pending users the email address that they have entered.
    pub(super) async fn complete(
        &self,
        services: &Services,
        users: &mut [UserSummary],
    ) -> Result<HashMap<Uuid, Linked>, DialectError> {
        let ids: Vec<Uuid> = users.iter().map(|user| user.id.0).collect();
        let proofs = (&self.users, &self.groups);
        let linked = linked::list_linked(services, proofs, &ids, &namespace()?).await?;
        for user in users {
            let entered = linked.get(&user.id.0);
            let entered = entered.and_then(|linked| linked.entered_email.clone());
            user.email = user.email.take().or(entered);
        }
        Ok(linked)
    }

    /// Returns a user who is not deleted, with the groups and the stored data.
    pub(super) async fn find(
        &self,
        services: &Services,
        id: Uuid,
    ) -> Result<(UserDetail, Linked), DialectError> {
        let mut user = users::get(services, &self.users, &UserRef::Id(id)).await?;
        if user.deleted_at.is_some() {
            return Err(Error::NotFound(Entity::User).into());
        }
        let mut found = self
            .complete(services, std::slice::from_mut(&mut user.summary))
            .await?;
        Ok((user, found.remove(&id).unwrap_or_default()))
    }

    /// Lists users by their ids, as objects. The data of few of them is in memory at once.
    pub(super) async fn by_ids(
        &self,
        services: &Services,
        ids: &[Uuid],
    ) -> Result<Vec<Value>, DialectError> {
        let mut shown = Vec::new();
        for ids in ids.chunks(usize::from(AT_ONCE)) {
            let mut users = linked::list_by_ids(services, &self.users, ids).await?;
            shown.extend(self.show(services, &mut users).await?);
        }
        Ok(shown)
    }

    /// Returns users as objects.
    async fn show(
        &self,
        services: &Services,
        users: &mut [UserSummary],
    ) -> Result<Vec<Value>, DialectError> {
        let linked = self.complete(services, users).await?;
        let now = types::now(services);
        let shown = users.iter().map(|user| {
            let linked = linked.get(&user.id.0);
            Value::Object(types::info(user, linked, now))
        });
        Ok(shown.collect())
    }

    /// Returns the proof of the permission to read groups.
    pub(super) fn groups(&self) -> &Authorized<GroupsRead> {
        &self.groups
    }
}

/// Returns the query of the first users in an order.
fn at_start(filter: Filter, sort: Sort) -> ListQuery {
    ListQuery {
        filter,
        sort,
        limit: AT_ONCE,
        position: Position::First,
    }
}

/// Parses the id of a user. A text in another form is that of no user.
pub(super) fn user_id(text: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(text).map_err(|_| Error::NotFound(Entity::User))
}

/// Parses the id of a group. A text in another form is that of no group.
pub(super) fn group_id(text: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(text).map_err(|_| Error::NotFound(Entity::Group))
}

/// Returns the filter that finds a part of the name or of the email address. None for a text that no user has.
pub(super) fn search(text: Option<&str>) -> Option<Filter> {
    let text = text.map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Some(Filter::default());
    }
    let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
    Filter::parse(&format!("name:\"{quoted}\" OR email:\"{quoted}\"")).ok()
}

/// Returns the order with a name. An unknown one is the newest first.
pub(super) fn order(by: Option<&str>, direction: Option<&str>) -> Sort {
    let key = match by {
        Some("name") => SortKey::Name,
        Some("email") => SortKey::Email,
        Some("created_at") => SortKey::Created,
        Some("last_active_at") => SortKey::LastActive,
        Some("role") => SortKey::Role,
        _ => return Sort::default(),
    };
    Sort {
        key,
        descending: direction != Some("asc"),
    }
}

/// Returns the number of users before a page. Numbers below 1 are the first page.
pub(super) fn skipped(page: Option<&str>) -> Result<u64, DialectError> {
    let text = page.map_or("1", str::trim);
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let reason = "page: expected an integer".to_owned();
        return Err(DialectError::Malformed(reason));
    }
    if digits.len() < text.len() {
        return Ok(0);
    }
    // A page after the last one is empty, however large its number is.
    let page: u64 = digits.parse().unwrap_or(u64::MAX);
    Ok(page.saturating_sub(1).saturating_mul(u64::from(PAGE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_numbers() {
        for (page, before) in [
            (None, Some(0)),
            (Some("1"), Some(0)),
            (Some("3"), Some(60)),
            (Some("0"), Some(0)),
            (Some("-7"), Some(0)),
            (Some("99999999999999999999999999"), Some(u64::MAX)),
            (Some(""), None),
            (Some("-"), None),
            (Some("1.5"), None),
            (Some("x"), None),
        ] {
            assert_eq!(skipped(page).ok(), before, "{page:?}");
        }
    }

    #[test]
    fn search_is_about_a_part_of_the_text() {
        assert!(search(None).is_some_and(|filter| filter.is_empty()));
        assert!(search(Some("  ")).is_some_and(|filter| filter.is_empty()));
        for text in [
            "ada",
            "role:admin",
            "a \"b\" \\",
            "-x OR (y",
            "ada+x@b/c%41",
        ] {
            let filter = search(Some(text));
            let terms = filter.map(|filter| filter.top_level_terms().len());
            assert_eq!(terms, Some(1), "{text:?}");
        }
        let long = "x".repeat(101);
        for text in ["a\0b", long.as_str()] {
            assert_eq!(search(Some(text)), None, "{text:?}");
        }
    }

    #[test]
    fn unknown_orders_are_the_newest_first() {
        let text = |by, direction| order(by, direction).to_string();
        assert_eq!(text(Some("name"), Some("asc")), "name");
        assert_eq!(text(Some("last_active_at"), None), "-last-active");
        assert_eq!(text(Some("group_id:1"), Some("asc")), "-created");
        assert_eq!(text(None, None), "-created");
    }
}
