//! Filters of lists in words, in the language of the page: one sentence without its full stop for each condition.

mod search;
mod when;

use domain::{
    access_tokens::{
        TokenState,
        list::{EXPIRING, TokensQuery},
    },
    audit::list::AuditFilter,
    conversations::ConversationFilter,
    filter::{Field, When},
    jobs::list::JobsQuery,
    sessions::filter::SessionFilter,
    users::detail::UserRef,
};
use time::{OffsetDateTime, UtcOffset};

use crate::{
    format::dollars,
    labels::{
        audit,
        conversations::feedback_filter,
        security::{token_kind, token_state},
        settings::job_state,
    },
    text,
};

pub(crate) use search::of_search;

/// Returns the conditions on a session at the time `now`.
pub(crate) fn of_sessions(filter: &SessionFilter, now: OffsetDateTime) -> Vec<String> {
    let device = filter.device.as_deref().map(str::trim);
    let when = |when: Option<When>| when.map(|when| when::describe(when, now));
    [
        filter.user.as_ref().map(user),
        filter.address.map(text::filters::session_address),
        device.map(text::filters::session_device),
        when(filter.created).map(text::filters::session_created),
        when(filter.seen).map(text::filters::session_seen),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the conditions on an audit log entry at the time `now`.
pub(crate) fn of_audit(filter: &AuditFilter, now: OffsetDateTime) -> Vec<String> {
    let action = filter.action.as_deref().map(audit::stored_action);
    let when = filter.when.map(|when| when::describe(when, now));
    [
        filter.actor.as_deref().map(text::filters::audit_actor),
        filter.target.as_deref().map(text::filters::audit_target),
        action.map(text::filters::audit_action),
        filter
            .via
            .map(audit::source)
            .map(text::filters::audit_source),
        when.map(text::filters::audit_logged),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the conditions on a conversation at the time `now`.
pub(crate) fn of_conversations(filter: &ConversationFilter, now: OffsetDateTime) -> Vec<String> {
    let owner = filter.user.as_deref().map(UserRef::parse);
    let feedback = filter.feedback.map(feedback_filter);
    let when = filter.when.map(|when| when::describe(when, now));
    let external_id = filter.external_id.as_deref();
    let words = filter.words.as_deref();
    [
        words.map(text::conversations::words_are),
        filter
            .branch
            .as_deref()
            .map(text::conversations::branch_contains),
        owner.as_ref().map(user),
        feedback.map(str::to_owned),
        when.map(text::conversations::modified_when),
        cost(filter),
        external_id.map(text::conversations::external_id_is),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the condition on the cost of a conversation.
fn cost(filter: &ConversationFilter) -> Option<String> {
    let (min, max) = (filter.min_cost.map(dollars), filter.max_cost.map(dollars));
    match (min, max) {
        (Some(min), Some(max)) => Some(text::conversations::cost_between(min, max)),
        (Some(min), None) => Some(text::conversations::cost_min(min)),
        (None, Some(max)) => Some(text::conversations::cost_max(max)),
        (None, None) => None,
    }
}

/// Returns the conditions on an access token at the time `now`.
pub(crate) fn of_tokens(query: &TokensQuery, now: OffsetDateTime) -> Vec<String> {
    let state = query.state.map(|state| match state {
        TokenState::Expiring => {
            let end = when::day((now + EXPIRING).to_offset(UtcOffset::UTC).date());
            text::filters::state_until(
                EXPIRING.whole_days().unsigned_abs(),
                token_state(state),
                end,
            )
        }
        state => text::filters::state(token_state(state)),
    });
    let kind = query.kind.map(token_kind).map(text::virtual_keys::kind_is);
    query
        .user
        .as_ref()
        .map(user)
        .into_iter()
        .chain(state)
        .chain(kind)
        .collect()
}

/// Returns the conditions on a job.
pub(crate) fn of_jobs(query: &JobsQuery) -> Vec<String> {
    let state = query.state.iter();
    state
        .map(|state| text::filters::state(job_state(*state)))
        .collect()
}

/// Returns the words for one of the two conditions that an ambiguous age in a search can stand for.
pub(crate) fn of_reading(field: Field, when: When) -> String {
    let words = when::reading(when);
    if field.takes_never() && when.includes_never() {
        text::filters::or_never(words)
    } else {
        words
    }
}

/// Returns the words for one of the two conditions that an ambiguous age of sessions can stand for.
pub(crate) fn of_session_reading(parameter: &str, when: When) -> String {
    let words = when::reading(when);
    match parameter {
        "created" => text::filters::reading_created(words),
        _ => text::filters::reading_seen(words),
    }
}

/// Returns the condition on the owner of a session or an access token.
fn user(user: &UserRef) -> String {
    text::filters::session_user(match user {
        UserRef::Number(number) => text::filters::user_number(number),
        UserRef::Digits { text: name, number } => text::filters::user_digits(name, number),
        UserRef::Name(name) => name.clone(),
        UserRef::Id(id) => id.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use domain::{
        access_tokens::list::TokenParams,
        audit::list::AuditParams,
        conversations::ConversationParams,
        jobs::list::JobParams,
        list::{Limits, PageParams},
        sessions::list::SessionParams,
    };
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 10:07 UTC);

    /// Returns parameters with one of them given.
    fn params<P: PageParams>(name: &str, value: &str) -> P {
        P::from_pairs(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn conditions_on_sessions_are_described() {
        for (name, value, meaning) in [
            ("user", "ada", "User is ada"),
            ("user", "1001", "User is 1001 or No. 1001"),
            ("user", "number:1001", "User is No. 1001"),
            ("address", "192.0.2.1", "IP address is 192.0.2.1"),
            ("device", " Firefox ", "Device contains “Firefox”"),
            ("created", ">2026-01-01", "Signed in after 1 Jan 2026"),
            (
                "seen",
                "before-7d",
                "Last seen before 21 Nov 2026 (7 days ago)",
            ),
        ] {
            let filter = params::<SessionParams>(name, value).filter().unwrap();
            assert_eq!(of_sessions(&filter, NOW), [meaning]);
        }
        assert_eq!(of_sessions(&SessionFilter::default(), NOW), [""; 0]);
    }

    #[test]
    fn conditions_on_audit_log_entries_are_described() {
        for (name, value, meaning) in [
            ("actor", "ada", "Actor is ada"),
            ("target", "openai", "Target is openai"),
            ("action", "user.created", "Action is User created"),
            ("via", "cli", "Source is CLI"),
            ("from", "7d", "Logged since 21 Nov 2026 (7 days ago)"),
            ("to", "2026-11", "Logged until Nov 2026"),
        ] {
            let filter = params::<AuditParams>(name, value).filter().unwrap();
            assert_eq!(of_audit(&filter, NOW), [meaning]);
        }
    }

    #[test]
    fn conditions_on_conversations_are_described() {
        for (name, value, meaning) in [
            ("branch", "physics", "Branch contains “physics”"),
            ("user", "number:1001", "User is No. 1001"),
            ("feedback", "true", "With feedback"),
            ("feedback", "dislikes", "With dislikes"),
            (
                "from",
                "7d",
                "Latest message since 21 Nov 2026 (7 days ago)",
            ),
            ("min_cost", "0.5", "Cost is $0.50 or more"),
            ("max_cost", "1200", "Cost is $1,200.00 or less"),
            ("q", "light wave", "A message has the words “light wave”"),
            ("external_id", "chat-1", "External ID is chat-1"),
        ] {
            let filter = params::<ConversationParams>(name, value).filter().unwrap();
            assert_eq!(of_conversations(&filter, NOW), [meaning]);
        }
        let range = ConversationParams {
            min_cost: Some("0.1".to_owned()),
            max_cost: Some("2".to_owned()),
            ..ConversationParams::default()
        };
        let filter = range.filter().unwrap();
        assert_eq!(of_conversations(&filter, NOW), ["Cost is $0.10 to $2.00"]);
    }

    #[test]
    fn conditions_on_access_tokens_are_described() {
        for (name, value, meaning) in [
            ("user", "ada", "User is ada"),
            ("state", "live", "State is “Active”"),
            ("kind", "key", "Kind is “Virtual key”"),
            (
                "state",
                "expiring",
                "State is “Expires soon”: until 5 Dec 2026 (in 7 days)",
            ),
        ] {
            let query = params::<TokenParams>(name, value).parse(Limits::PANEL);
            assert_eq!(of_tokens(&query.unwrap(), NOW), [meaning]);
        }
        assert_eq!(of_tokens(&TokensQuery::newest(50), NOW), [""; 0]);
    }

    #[test]
    fn conditions_on_jobs_are_described() {
        let meaning = |state| {
            let query = params::<JobParams>("state", state).parse(Limits::PANEL);
            of_jobs(&query.unwrap())
        };
        assert_eq!(meaning("running"), ["State is “Running”"]);
        assert_eq!(meaning(""), [""; 0]);
    }

    #[test]
    fn both_readings_of_an_ambiguous_age_are_described() {
        for (input, before, after) in [
            (
                "login:<90d",
                "more than 90 days ago, or never",
                "within the last 90 days",
            ),
            (
                "created:>1w",
                "more than 1 week ago",
                "within the last 1 week",
            ),
        ] {
            let error = domain::filter::Filter::parse(input).unwrap_err();
            let readings = error.readings(input).unwrap();
            let words = readings.map(|(_, field, when)| of_reading(field, when));
            assert_eq!(words, [before, after]);
        }
        let sessions = params::<SessionParams>("seen", ">7D").readings().unwrap();
        assert_eq!(
            sessions.map(|(_, parameter, when)| of_session_reading(parameter, when)),
            [
                "last seen more than 7 days ago",
                "last seen within the last 7 days"
            ]
        );
    }
}
