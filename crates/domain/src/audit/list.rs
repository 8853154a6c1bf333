//! Parameters of the audit log's list: filter, page size and position. They live in the URL.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::{AuditEntry, Via};
use crate::{
    action::is_action_name,
    filter::{Dated, MAX_TEXT_CHARS, When},
    list::{
        Cursor, Limits, ListError, PageParams, Position, given, page_params, parse_limit, period,
        position, shorten,
    },
};

/// Name of the only sort order (latest first), stored in its cursors.
const ORDER: &str = "audit -at";

/// Conditions on audit log entries; all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Actor: a username, a number or an id. Digits alone are tried as a username first; `username:112` and `number:112` are explicit.
    pub actor: Option<String>,
    /// Target: a user in the same forms, or the name or id of something else.
    pub target: Option<String>,
    /// Action, such as `user.created`.
    pub action: Option<String>,
    /// Source of the change.
    pub via: Option<Via>,
    /// Range of times.
    pub when: Option<When>,
    /// The id of the bulk action whose entries are listed.
    pub parent: Option<i64>,
}

impl Dated for AuditFilter {
    fn for_each_when(&mut self, visit: &mut dyn FnMut(&mut When)) {
        self.when.iter_mut().for_each(visit);
    }
}

impl AuditFilter {
    /// Returns whether a bulk action is shown as its one entry, without those beneath it. They are listed if the filter names a target, an
    /// action or a bulk action.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        self.target.is_none() && self.action.is_none() && self.parent.is_none()
    }

    /// Returns whether every entry matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct AuditParams {
    /// Actor: a username, number or id. Digits alone are a username first; `username:112` and `number:112` are explicit.
    pub actor: Option<String>,
    /// Target: a user in the same forms, or the name or id of another resource.
    pub target: Option<String>,
    /// Action, such as `user.created`.
    pub action: Option<String>,
    /// Source of the change: `ui`, `api`, `cli`, `job` or `self`.
    pub via: Option<String>,
    /// Start of the period: a year, month or day, or an age such as `7d`.
    pub from: Option<String>,
    /// End of the period. The whole year, month or day is included.
    pub to: Option<String>,
    /// Id of a bulk action: returns the entries that belong to it.
    pub parent: Option<String>,
    /// Maximum number of entries in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

/// Parsed list parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditQuery {
    /// Conditions on the entries.
    pub filter: AuditFilter,
    /// Maximum number of entries in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

page_params!(AuditParams {
    actor,
    target,
    action,
    via,
    from,
    to,
    parent,
    limit,
    after,
    before
});

impl AuditParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits) -> Result<AuditQuery, ListError> {
        Ok(AuditQuery {
            filter: self.filter()?,
            limit: parse_limit(given(&self.limit), limits)?,
            position: position(&self.after, &self.before, decode)?,
        })
    }

    /// Parses the conditions only.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn filter(&self) -> Result<AuditFilter, ListError> {
        let action = |text: &str| {
            let text = text.trim();
            is_action_name(text)
                .then(|| text.to_owned())
                .ok_or_else(|| ListError::Action(shorten(text)))
        };
        let via = |text: &str| {
            let via = text.trim().parse();
            via.map_err(|_| ListError::Via(shorten(text)))
        };
        let parent = |text: &str| {
            let id = text.trim().parse::<i64>().ok().filter(|id| *id > 0);
            id.ok_or_else(|| ListError::Entry(shorten(text)))
        };
        Ok(AuditFilter {
            actor: name("actor", &self.actor)?,
            target: name("target", &self.target)?,
            action: given(&self.action).map(action).transpose()?,
            via: given(&self.via).map(via).transpose()?,
            when: period(&self.from, &self.to)?,
            parent: given(&self.parent).map(parent).transpose()?,
        })
    }

    /// Returns only the conditions, without page size and position.
    #[must_use]
    pub fn only_filter(&self) -> Self {
        Self {
            limit: None,
            ..self.at_start()
        }
    }
}

/// Parses a name to search for. `parameter` is its name, for errors. A NUL is rejected here because PostgreSQL accepts none in a text.
fn name(parameter: &'static str, value: &Option<String>) -> Result<Option<String>, ListError> {
    let name = |text: &str| {
        let text = text.trim();
        if text.chars().count() > MAX_TEXT_CHARS || text.contains('\0') {
            let typed = shorten(text);
            return Err(ListError::Name { parameter, typed });
        }
        Ok(text.to_owned())
    };
    given(value).map(name).transpose()
}

/// Returns the cursor at an entry. The entry's number is stored in the cursor's UUID, which has room for it.
#[must_use]
pub fn cursor(entry: &AuditEntry, number: u64) -> Cursor {
    let id = Uuid::from_u128(u128::try_from(entry.id).unwrap_or_default());
    Cursor::at(ORDER, entry.at, id, number)
}

/// Returns the id of the entry that a cursor points to; `None` if the cursor's UUID is too large for one.
#[must_use]
pub fn entry_id(cursor: &Cursor) -> Option<i64> {
    i64::try_from(cursor.id.as_u128()).ok()
}

fn decode(text: &str) -> Option<Cursor> {
    Cursor::decode_at(text, ORDER).filter(|cursor| entry_id(cursor).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{OffsetDateTime, macros::datetime};

    use super::*;
    use crate::filter::Bounds;

    const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

    #[test]
    fn users_and_bulk_actions_are_recognised_by_the_target() {
        for (action, kind, of_user, is_batch) in [
            ("user.suspended", "user", true, false),
            ("users.suspended", "users", false, true),
            ("users.moved", "users", false, true),
            ("api_key.updated", "api_key", false, false),
            ("planet.moved", "planet", false, false),
        ] {
            let entry = AuditEntry {
                action: action.into(),
                target_kind: kind.into(),
                target_id: Some(Uuid::nil()),
                ..entry(7, NOW)
            };
            assert_eq!(entry.target_user().is_some(), of_user, "{action}");
            assert_eq!(entry.is_batch(), is_batch, "{action}");
            assert_eq!(entry.has_parts(), is_batch, "{action}");
        }
    }

    #[test]
    fn change_that_counts_its_entries_has_parts() {
        let entries = (serde_json::Value::Null, serde_json::Value::from(3));
        let entry = AuditEntry {
            changes: crate::audit::Changes::from([("entries".to_owned(), entries)]),
            ..entry(7, NOW)
        };
        assert!(entry.has_parts() && !entry.is_batch());
    }

    fn params(pairs: &[(&str, &str)]) -> AuditParams {
        AuditParams::from_pairs(|asked| {
            let found = pairs.iter().find(|(name, _)| *name == asked);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn entry(id: i64, at: OffsetDateTime) -> AuditEntry {
        AuditEntry {
            id,
            at,
            actor_id: None,
            actor: "ada".into(),
            token: None,
            via: "ui".into(),
            action: "user.created".into(),
            target_kind: "user".into(),
            target_id: None,
            target: "bob".into(),
            changes: crate::audit::Changes::default(),
            reason: None,
            ip: None,
            request_id: None,
            parent_id: None,
        }
    }

    #[test]
    fn default_is_the_latest_fifty() {
        let query = params(&[("actor", " "), ("from", "")])
            .parse(Limits::PANEL)
            .unwrap();
        assert!(query.filter.is_empty());
        assert_eq!((query.limit, query.position), (50, Position::First));
    }

    #[test]
    fn parameters_are_parsed() {
        let filter = params(&[
            ("actor", " Ada "),
            ("target", "42"),
            ("action", "user.created"),
            ("via", "self"),
        ]);
        assert_eq!(
            filter.filter().unwrap(),
            AuditFilter {
                actor: Some("Ada".into()),
                target: Some("42".into()),
                action: Some("user.created".into()),
                via: Some(Via::Personal),
                when: None,
                parent: None,
            }
        );
    }

    #[test]
    fn bulk_action_is_one_entry_unless_expanded() {
        for (pairs, folded) in [
            (&[][..], true),
            (&[("actor", "ada"), ("via", "ui"), ("from", "7d")], true),
            (&[("target", "bob")], false),
            (&[("action", "user.suspended")], false),
            (&[("parent", "7")], false),
        ] {
            assert_eq!(params(pairs).filter().unwrap().is_folded(), folded);
        }
    }

    #[test]
    fn time_range_spans_whole_periods() {
        let day = |day| {
            Some(
                time::Date::from_calendar_date(2026, time::Month::November, day)
                    .unwrap()
                    .midnight()
                    .assume_utc(),
            )
        };
        for (from, to, start, end) in [
            ("2026-11-20", "", day(20), None),
            ("", "2026-11-20", None, day(21)),
            ("2026-11-20", "2026-11-20", day(20), day(21)),
            (
                "2026-11-01",
                "2026-11",
                day(1),
                Some(datetime!(2026-12-01 0:00 UTC)),
            ),
            ("7d", " ", Some(datetime!(2026-11-14 12:00 UTC)), None),
            ("", "12h", None, day(21)),
        ] {
            let filter = params(&[("from", from), ("to", to)]).filter().unwrap();
            let bounds = filter.when.and_then(|when| when.bounds(NOW));
            let expected = Bounds {
                from: start,
                until: end,
            };
            assert_eq!(bounds, Some(expected), "{from} to {to}");
        }
    }

    #[test]
    fn invalid_parameters_are_named() {
        let long = "x".repeat(101);
        for (pairs, says) in [
            (&[("action", "created")][..], "\"created\" is not an action"),
            (&[("via", "fax")], "\"fax\" is not a source"),
            (&[("via", "personal")], "\"personal\" is not a source"),
            (&[("from", "yesterday")], "\"yesterday\" is not a date"),
            (&[("to", ">7d")], "\">7d\" is not a date"),
            (&[("from", "2026..2027")], "is not a date"),
            (&[("from", "*")], "\"*\" is not a date"),
            (&[("to", "2026-02-30")], "is not a date"),
            (
                &[("from", "2026-11-02"), ("to", "2026-11-01")],
                "is after the end",
            ),
            (&[("actor", &long)], "is too long"),
            (&[("target", "a\0b")], "is too long"),
            (
                &[("parent", "users")],
                "\"users\" is not an audit log entry",
            ),
            (&[("parent", "-1")], "\"-1\" is not an audit log entry"),
            (&[("limit", "1001")], "from 1 to 1000"),
            (&[("after", "x")], "does not exist"),
            (&[("after", "x"), ("before", "y")], "not both"),
        ] {
            let error = params(pairs).parse(Limits::API).unwrap_err().to_string();
            assert!(error.contains(says), "{pairs:?}: {error}");
        }
    }

    #[test]
    fn cursor_belongs_to_this_list() {
        let of_sessions = Cursor::at("sessions -created", NOW, Uuid::from_u128(1), 1);
        let of_nothing = Cursor::at(ORDER, NOW, Uuid::from_u128(u128::MAX), 1);
        for cursor in [of_sessions, of_nothing] {
            let params = params(&[("after", &cursor.encode())]);
            assert_eq!(params.parse(Limits::API), Err(ListError::Cursor("after")));
        }
    }

    proptest! {
        #[test]
        fn cursor_round_trips(
            id in 1..i64::MAX, micros in 0..4_000_000_000_000_000_i64, number in 1..u64::MAX,
        ) {
            let at = crate::list::time_of_micros(micros).unwrap();
            let created = cursor(&entry(id, at), number);
            let read = params(&[("before", &created.encode())]).parse(Limits::API).unwrap();
            prop_assert_eq!(&read.position, &Position::Before(created.clone()));
            prop_assert_eq!((entry_id(&created), created.time(), created.number), (Some(id), Some(at), number));
        }

        #[test]
        fn cursor_order_is_entry_order(
            one in (1..1_000_i64, 0..1_000_i64), other in (1..1_000_i64, 0..1_000_i64),
        ) {
            let page_info = |(id, micros)| {
                let at = crate::list::time_of_micros(micros).unwrap();
                let created = cursor(&entry(id, at), 1);
                (created.time(), entry_id(&created))
            };
            let key = |(id, micros): (i64, i64)| (micros, id);
            prop_assert_eq!(page_info(one).cmp(&page_info(other)), key(one).cmp(&key(other)));
        }

        #[test]
        fn any_parameters_are_parsed_or_rejected(
            pairs in prop::collection::vec(
                ("actor|target|action|via|from|to|parent|limit|after|before", ".{0,40}"), 0..5,
            ),
        ) {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let asked = params(&pairs);
            if let Ok(query) = asked.parse(Limits::API) {
                let again = AuditParams::from_pairs(|name| {
                    let found = asked.pairs().into_iter().find(|(key, _)| *key == name);
                    found.map(|(_, value)| value.to_owned())
                });
                prop_assert_eq!(again.parse(Limits::API), Ok(query));
            }
        }
    }
}
