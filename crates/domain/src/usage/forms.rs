//! Uses as programs report them.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    UsageAmounts,
    amounts::{AmountsDraft, check_id},
};
use crate::{
    fields::FieldErrors,
    limits::{Decimal, DecimalSchema, Metric, check_model},
    messages,
    object::present,
};

/// Maximum number of events in one request.
pub const EVENTS_AT_ONCE: usize = 1_000;
/// Number of days for which an event can be reported afterwards.
pub const EVENT_DAYS: i32 = 31;
/// Time for which the clock of a program can be ahead.
const FUTURE_MAX: Duration = Duration::HOUR;
/// Number of seconds after which a lease ends, unless the reservation sets another one.
const LEASE_SECONDS: i32 = 300;
/// Maximum number of seconds of a lease.
const LEASE_SECONDS_MAX: i32 = 86_400;

/// Declares a use with further fields.
macro_rules! use_drafts {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name {
            /// The id of the user.
            pub user: Uuid,
            /// The id of an access token of the user, whose limits count too.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            pub token: Option<Uuid>,
            /// Name of the model.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            pub model: Option<String>,
            /// Number of requests; 1 if it is left out.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(value_type = DecimalSchema, required = false)]
            pub requests: Option<Decimal>,
            /// Number of tokens, instead of `tokensIn` and `tokensOut`.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(value_type = DecimalSchema, required = false)]
            pub tokens: Option<Decimal>,
            /// Number of tokens sent to the model.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(value_type = DecimalSchema, required = false)]
            pub tokens_in: Option<Decimal>,
            /// Number of tokens received from the model.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(value_type = DecimalSchema, required = false)]
            pub tokens_out: Option<Decimal>,
            /// Cost in dollars, with at most 9 decimal places. Send a text for more than 15 digits.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(value_type = DecimalSchema, required = false)]
            pub cost: Option<Decimal>,
            /// The id of the event, unique for the user: an event that is sent twice counts once.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            pub event_id: Option<String>,
            /// The id of the conversation in the host application.
            #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            pub conversation_id: Option<String>,
            $($(#[$field_meta])* pub $field: $kind,)*
        }

        impl $name {
            /// Checks the fields of the use, and adds their errors.
            fn check_use(&self, errors: &mut FieldErrors) -> Use {
                let amounts = AmountsDraft {
                    requests: self.requests.as_ref(),
                    tokens: self.tokens.as_ref(),
                    tokens_in: self.tokens_in.as_ref(),
                    tokens_out: self.tokens_out.as_ref(),
                    cost: self.cost.as_ref(),
                };
                Use {
                    user: self.user,
                    token: self.token,
                    model: check_model(self.model.as_deref(), errors),
                    amounts: amounts.check(errors),
                    left_out: amounts.left_out(),
                    event_id: check_id("event_id", self.event_id.as_deref(), errors),
                    conversation_id: check_id(
                        "conversation_id",
                        self.conversation_id.as_deref(),
                        errors,
                    ),
                }
            }
        }
    };
}

use_drafts! {
    /// A use that is asked for, not yet checked.
    #[schema(as = LimitConsumeRequest)]
    UseDraft {}
}

use_drafts! {
    /// A use whose amounts are known later, not yet checked.
    #[schema(as = LimitReserveRequest)]
    ReserveDraft {
        /// Number of seconds after which the lease ends by itself; 300 if it is left out, 86,400 at most.
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1, maximum = 86400, nullable = false)]
        seconds: Option<i32>,
    }
}

use_drafts! {
    /// A use that has happened, not yet checked.
    #[schema(as = UsageEventRequest)]
    UsageEventDraft {
        /// Time of the use, within the last 31 days; now if it is left out.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        at: Option<OffsetDateTime>,
    }
}

/// A checked use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The id of the user.
    pub user: Uuid,
    /// The id of an access token of the user.
    pub token: Option<Uuid>,
    /// Name of the model.
    pub model: Option<String>,
    /// Used amounts.
    pub amounts: UsageAmounts,
    /// Metrics whose amount was left out.
    pub left_out: Vec<Metric>,
    /// The id of the event, unique for the user.
    pub event_id: Option<String>,
    /// The id of the conversation in the host application.
    pub conversation_id: Option<String>,
}

/// A checked use with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageEvent {
    /// The use.
    pub used: Use,
    /// Time of the use.
    pub at: OffsetDateTime,
}

impl UseDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(&self) -> Result<Use, FieldErrors> {
        let mut errors = FieldErrors::default();
        let used = self.check_use(&mut errors);
        if errors.is_empty() {
            Ok(used)
        } else {
            Err(errors)
        }
    }
}

impl ReserveDraft {
    /// Checks every field. Returns the use, and the number of seconds of the lease.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(&self) -> Result<(Use, i32), FieldErrors> {
        let mut errors = FieldErrors::default();
        let used = self.check_use(&mut errors);
        let seconds = self.seconds.unwrap_or(LEASE_SECONDS);
        if !(1..=LEASE_SECONDS_MAX).contains(&seconds) {
            errors.add("seconds", messages::number_range(LEASE_SECONDS_MAX));
        }
        if errors.is_empty() {
            Ok((used, seconds))
        } else {
            Err(errors)
        }
    }
}

impl UsageEventDraft {
    /// Checks every field at a time. A use of a program whose clock is ahead counts at this time, and not in a later period.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(&self, now: OffsetDateTime) -> Result<UsageEvent, FieldErrors> {
        let mut errors = FieldErrors::default();
        let used = self.check_use(&mut errors);
        let at = self.at.unwrap_or(now);
        if at - now > FUTURE_MAX {
            errors.add("at", messages::usage_time_ahead(FUTURE_MAX.whole_minutes()));
        } else if now - at > Duration::days(i64::from(EVENT_DAYS)) {
            errors.add("at", messages::usage_time(i64::from(EVENT_DAYS)));
        }
        if errors.is_empty() {
            Ok(UsageEvent {
                used,
                at: at.min(now),
            })
        } else {
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::*;
    use crate::limits::COUNT_MAX;

    fn used(changes: Value) -> Result<Use, Vec<String>> {
        let mut json = json!({ "user": Uuid::nil() });
        for (name, value) in changes.as_object().unwrap() {
            json[name] = value.clone();
        }
        let draft: UseDraft = serde_json::from_value(json).unwrap();
        draft
            .check()
            .map_err(|errors| errors.iter().map(|error| error.field.clone()).collect())
    }

    #[test]
    fn a_use_is_one_request() {
        let amounts = used(json!({})).unwrap().amounts;
        assert_eq!((amounts.requests, amounts.cost), (1, 0));
        let amounts = used(json!({ "requests": 0, "tokensIn": 2, "tokensOut": 3, "cost": "0.1" }));
        let amounts = amounts.unwrap().amounts;
        assert_eq!(amounts.of(Metric::Tokens), 5);
        assert_eq!(amounts.of(Metric::Cost), 100_000_000);
        assert_eq!(amounts.of(Metric::Parallel), 1);
    }

    #[test]
    fn zero_is_an_amount() {
        let left_out = |json: Value| used(json).unwrap().left_out;
        let all = [Metric::Tokens, Metric::Tpm, Metric::Cost];
        assert_eq!(left_out(json!({})), all);
        assert_eq!(left_out(json!({ "cost": 0 })), all[..2]);
        for tokens in ["tokens", "tokensIn", "tokensOut"] {
            assert_eq!(left_out(json!({ tokens: 0 })), all[2..], "{tokens}");
        }
    }

    #[test]
    fn amounts_out_of_range_are_rejected() {
        for (changes, field) in [
            (json!({ "requests": -1 }), "requests"),
            (json!({ "requests": 1.5 }), "requests"),
            (json!({ "tokens": 1e300 }), "tokens"),
            (json!({ "tokens": 1, "tokensIn": 1 }), "tokens"),
            (json!({ "cost": "NaN" }), "cost"),
            (json!({ "cost": "1e400" }), "cost"),
            (json!({ "cost": "0.12345678901234567890" }), "cost"),
            (json!({ "cost": "1000000.000000001" }), "cost"),
            (json!({ "eventId": "" }), "event_id"),
            (json!({ "eventId": "x".repeat(201) }), "event_id"),
        ] {
            assert_eq!(used(changes.clone()).unwrap_err(), [field], "{changes}");
        }
        assert_eq!(
            used(json!({ "cost": "1000000" })).unwrap().amounts.cost,
            COUNT_MAX
        );
    }

    #[test]
    fn times_are_near() {
        let now = datetime!(2026-11-21 12:00 UTC);
        let old = "Use a time within the last 31 days.";
        let ahead = "The time is too far in the future. Use one that is at most 60 minutes ahead.";
        for (at, expected) in [
            ("2026-11-21T12:59:59Z", Ok(now)),
            ("2026-11-21T13:00:01Z", Err(ahead)),
            ("2026-10-22T12:00:00Z", Ok(datetime!(2026-10-22 12:00 UTC))),
            ("2026-10-20T12:00:00Z", Err(old)),
            ("1970-01-01T00:00:00Z", Err(old)),
            ("9999-12-31T23:59:59Z", Err(ahead)),
        ] {
            let json = json!({ "user": Uuid::nil(), "at": at });
            let draft: UsageEventDraft = serde_json::from_value(json).unwrap();
            let checked = draft.check(now).map(|event| event.at);
            let checked = checked.map_err(|errors| errors.sentences());
            assert_eq!(checked, expected.map_err(str::to_owned), "{at}");
        }
    }
}
