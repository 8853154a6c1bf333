//! Parameters of the session list: filter, order, page size and position. They live in the URL.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::IntoParams;

use super::{Session, filter::SessionFilter};
use crate::{
    filter::{Age, Days, FilterErrorKind, When},
    list::{
        Cursor, Limits, ListError, Page, PageParams, Position, given, page_params, parse_limit,
        position, shorten,
    },
    users::{Unknown, UserId, detail::UserRef, string_enum},
};

string_enum! {
    /// Sort order of the active sessions.
    SessionSort {
        /// Latest sign-in first.
        Newest = "-created",
        /// Earliest sign-in first.
        Oldest = "created",
        /// Latest request first.
        SeenLast = "-seen",
        /// Earliest last request first.
        SeenFirst = "seen",
    }
}

/// The only sort order of ended sessions: the latest end first.
const ENDED: &str = "-ended";

impl SessionSort {
    /// Returns whether the order is descending.
    #[must_use]
    pub const fn descends(self) -> bool {
        matches!(self, Self::Newest | Self::SeenLast)
    }

    /// Returns whether the order is by the last request, and not by the sign-in.
    #[must_use]
    pub const fn is_by_seen(self) -> bool {
        matches!(self, Self::SeenLast | Self::SeenFirst)
    }

    /// Returns the order after a click on a column's header: descending by that column, or reversed if it is sorted that way already.
    #[must_use]
    pub const fn clicked(self, by_seen: bool) -> Self {
        match (by_seen, self) {
            (false, Self::Newest) => Self::Oldest,
            (false, _) => Self::Newest,
            (true, Self::SeenLast) => Self::SeenFirst,
            (true, _) => Self::SeenLast,
        }
    }
}

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct SessionParams {
    /// Owner: a username, a number or an id. Digits alone are tried as a username first; `username:112` and `number:112` are explicit.
    pub user: Option<String>,
    /// IP address of the client.
    pub address: Option<String>,
    /// Part of the device's words, such as `Firefox`.
    pub device: Option<String>,
    /// Time of the sign-in, such as `before-7d` for longer ago than a week, or `after-7d`; or a date, which is a day in the caller's time
    /// zone.
    pub created: Option<String>,
    /// Time of the last request, in the same forms.
    pub seen: Option<String>,
    /// Sort order: `created`, `-created`, `seen` or `-seen`.
    pub sort: Option<String>,
    /// Maximum number of sessions in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
    /// `true` for ended sessions.
    #[param(value_type = Option<bool>)]
    pub ended: Option<String>,
}

/// Parsed list parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionsQuery {
    /// Conditions on the sessions.
    pub filter: SessionFilter,
    /// Sort order of active sessions.
    pub sort: SessionSort,
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
    /// Whether ended sessions are listed, instead of active ones.
    pub ended: bool,
}

/// A page of sessions, with the number of all and the resolved filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPage {
    /// The sessions, and the position of the page in the list.
    pub sessions: Page<Session>,
    /// The user that the filter's reference resolves to; `None` without one, or if no user matches, in which case the page is empty.
    pub user: Option<UserId>,
    /// First instants of the filter's days in the caller's time zone.
    pub days: Days,
    /// Number of active sessions, regardless of the filter.
    pub live: u64,
    /// Time of the database at the query.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

page_params!(SessionParams {
    user,
    address,
    device,
    created,
    seen,
    sort,
    limit,
    after,
    before,
    ended
});

impl SessionParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits) -> Result<SessionsQuery, ListError> {
        let ended = self.is_of_ended()?;
        let sort = match given(&self.sort) {
            Some(text) if ended => return Err(ListError::SessionSort(shorten(text))),
            Some(text) => text
                .parse()
                .map_err(|_| ListError::SessionSort(shorten(text)))?,
            None => SessionSort::Newest,
        };
        let order = order(sort, ended);
        Ok(SessionsQuery {
            filter: self.filter()?,
            sort,
            limit: parse_limit(given(&self.limit), limits)?,
            position: position(&self.after, &self.before, |text| {
                Cursor::decode_at(text, order)
            })?,
            ended,
        })
    }

    /// Parses the conditions only.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn filter(&self) -> Result<SessionFilter, ListError> {
        let address = |text: &str| {
            text.trim()
                .parse()
                .map_err(|_| ListError::Address(shorten(text)))
        };
        Ok(SessionFilter {
            user: given(&self.user).map(|text| UserRef::parse(text.trim())),
            address: given(&self.address).map(address).transpose()?,
            device: given(&self.device).map(str::to_owned),
            created: when("created", &self.created)?,
            seen: when("seen", &self.seen)?,
        })
    }

    /// Returns the two readings of the first ambiguous age: the parameters with the age resolved, the name of its parameter, and the condition
    /// on it; the earlier time comes first. `None` if no age is ambiguous.
    #[must_use]
    pub fn readings(&self) -> Option<[(Self, &'static str, When); 2]> {
        let Err(ListError::AmbiguousAge { parameter, age, .. }) = self.filter() else {
            return None;
        };
        let readings = When::readings(Age::read(&age)?);
        Some(readings.map(|when| {
            let mut params = self.at_start();
            let field = match parameter {
                "created" => &mut params.created,
                _ => &mut params.seen,
            };
            *field = Some(when.to_string());
            (params, parameter, when)
        }))
    }

    /// Returns whether ended sessions are requested.
    ///
    /// # Errors
    /// An error if the value is neither `true` nor `false`.
    pub fn is_of_ended(&self) -> Result<bool, ListError> {
        match given(&self.ended) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(ListError::Ended(shorten(other))),
        }
    }

    /// Returns only the conditions, without order, page size and position.
    #[must_use]
    pub fn only_filter(&self) -> Self {
        Self {
            sort: None,
            limit: None,
            ended: None,
            ..self.at_start()
        }
    }
}

/// Parses a condition on a time. `parameter` is its name, for errors.
fn when(parameter: &'static str, value: &Option<String>) -> Result<Option<When>, ListError> {
    let read = |text: &str| {
        When::read(text.trim()).map_err(|kind| match kind {
            FilterErrorKind::AmbiguousAge { age, .. } => ListError::AmbiguousAge {
                parameter,
                typed: shorten(text),
                age,
            },
            _ => ListError::Age {
                parameter,
                typed: shorten(text),
            },
        })
    };
    given(value).map(read).transpose()
}

/// Returns the name of an order in its cursors, which is unique among all lists.
const fn order(sort: SessionSort, ended: bool) -> &'static str {
    match (ended, sort) {
        (true, _) => ENDED,
        (false, SessionSort::Newest) => "sessions -created",
        (false, SessionSort::Oldest) => "sessions created",
        (false, SessionSort::SeenLast) => "sessions -seen",
        (false, SessionSort::SeenFirst) => "sessions seen",
    }
}

impl SessionsQuery {
    /// Returns the cursor at a row in this order.
    #[must_use]
    pub fn cursor(&self, session: &Session, number: u64) -> Cursor {
        let at = match &session.end {
            Some(end) if self.ended => end.at,
            _ if self.sort.is_by_seen() => session.last_seen_at,
            _ => session.created_at,
        };
        Cursor::at(order(self.sort, self.ended), at, session.id, number)
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};
    use uuid::Uuid;

    use super::*;
    use crate::sessions::SessionUser;

    const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

    fn session() -> Session {
        Session {
            id: Uuid::from_u128(1),
            user: SessionUser {
                id: UserId(Uuid::from_u128(2)),
                username: "ada".into(),
                display_name: "Ada".into(),
            },
            device: "Firefox on Linux".into(),
            user_agent: None,
            ip_address: Some([192, 0, 2, 1].into()),
            created_at: NOW - Duration::days(2),
            last_seen_at: NOW - Duration::hours(2),
            idle_expires_at: NOW + Duration::days(2),
            expires_at: NOW + Duration::days(7),
            end: None,
        }
    }

    fn params(name: &str, value: &str) -> SessionParams {
        SessionParams::from_pairs(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn default_is_the_newest_fifty() {
        let query = SessionParams::default().parse(Limits::PANEL).unwrap();
        assert!(query.filter.is_empty() && !query.ended);
        assert_eq!((query.sort, query.limit), (SessionSort::Newest, 50));
    }

    #[test]
    fn filter_matches_sessions() {
        let ada = Some(UserId(Uuid::from_u128(2)));
        for (name, value, matches) in [
            ("user", "ada", true),
            ("address", "192.0.2.1", true),
            ("address", " 192.0.2.2", false),
            ("address", "2001:db8::1", false),
            ("device", "Firefox on Linux", true),
            ("device", "firefox", true),
            ("device", "Firefox on Windows", false),
            ("created", "after-3d", true),
            ("created", "before-3d", false),
            ("created", "2026-11-19", true),
            ("seen", "before-1h", true),
            ("seen", "after-1h", false),
            ("sort", "seen", true),
        ] {
            let filter = params(name, value).filter().unwrap();
            assert_eq!(
                filter.matches(&session(), ada, NOW),
                matches,
                "{name}={value}"
            );
        }
        let unknown = params("user", "unknown-user").filter().unwrap();
        assert!(!unknown.matches(&session(), None, NOW));
    }

    #[test]
    fn invalid_parameters_are_named() {
        for (name, value, says) in [
            ("address", "localhost", "\"localhost\" is not an IP address"),
            ("created", "yesterday", "\"yesterday\" is not a time"),
            ("seen", "never", "\"never\" is not a time"),
            ("seen", ">7d", "before-7d for more than 7d ago, or after-7d"),
            ("sort", "user", "Cannot sort sessions by \"user\""),
            ("limit", "0", "is not a number from 1 to 100"),
            ("ended", "yes", "`ended` is \"yes\""),
            ("after", "x", "does not exist"),
        ] {
            let error = params(name, value)
                .parse(Limits::PANEL)
                .unwrap_err()
                .to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn ambiguous_age_has_two_readings() {
        let asked = SessionParams {
            user: Some("ada".into()),
            seen: Some(">7D".into()),
            after: Some("cursor".into()),
            ..SessionParams::default()
        };
        let [before, after] = asked.readings().unwrap();
        assert_eq!(before.0.pairs(), [("user", "ada"), ("seen", "before-7d")]);
        assert_eq!(after.0.pairs(), [("user", "ada"), ("seen", "after-7d")]);
        assert_eq!(
            (before.1, before.2.to_string()),
            ("seen", "before-7d".to_owned())
        );
        assert_eq!(
            (after.1, after.2.to_string()),
            ("seen", "after-7d".to_owned())
        );
        assert_eq!(SessionParams::default().readings(), None);
    }

    #[test]
    fn cursor_belongs_to_its_sort() {
        let mut cursors = Vec::new();
        for ended in ["", "true"] {
            for sort in SessionSort::ALL {
                let asked = SessionParams {
                    sort: (ended.is_empty()).then(|| sort.as_str().to_owned()),
                    ended: Some(ended.to_owned()),
                    ..SessionParams::default()
                };
                let query = asked.parse(Limits::PANEL).unwrap();
                let cursor = query.cursor(&session(), 50).encode();
                cursors.push((asked, cursor));
            }
        }
        for (asked, _) in &cursors {
            for (of, cursor) in &cursors {
                let params = SessionParams {
                    after: Some(cursor.clone()),
                    ..asked.clone()
                };
                assert_eq!(params.parse(Limits::PANEL).is_ok(), asked == of);
            }
        }
    }

    #[test]
    fn second_click_reverses_the_sort() {
        let sort = SessionSort::Newest;
        assert_eq!(sort.clicked(false), SessionSort::Oldest);
        assert_eq!(sort.clicked(true), SessionSort::SeenLast);
        assert_eq!(SessionSort::SeenLast.clicked(true), SessionSort::SeenFirst);
    }
}
