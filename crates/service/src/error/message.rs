//! Messages of errors.

use domain::{
    fields::FieldErrors,
    limits::{Amount, LimitReached, ModelDenied, SubjectKind},
    message::Message,
    messages,
    users::suspension::Suspension,
};
use time::{OffsetDateTime, UtcOffset};

use super::{
    CompletedRequest, Error,
    limit::{permitted, quantity, wait},
    seconds,
};

impl Error {
    /// Returns the message for the user.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Unauthenticated(reason) => reason.message(),
            Self::Forbidden(reason) => reason.message(),
            Self::NotFound(entity) => entity.message(),
            Self::Conflict(conflict) => conflict.message(),
            Self::TooManyAtOnce(limit) => limit.message(),
            Self::TokenNotAllowed => messages::token_not_allowed(),
            Self::OutOfScope(scope) => messages::out_of_scope(scope.as_str()),
            Self::Denied(denied) => denied.message(),
            Self::Suspended(suspension) => suspended(suspension),
            Self::PasswordChangeRequired(_) => messages::password_change_required(),
            Self::CurrentPasswordRequired => messages::enter_current_password(),
            Self::CurrentPasswordWrong => messages::current_password_wrong(),
            Self::OwnedDataFull(megabytes) => messages::owned_data_full(*megabytes),
            Self::InProgress => messages::request_running(),
            Self::AlreadyCompleted(completed) => done(completed),
            Self::Stale(_) => messages::user_changed(),
            Self::Outdated(_) => messages::object_changed(),
            Self::LimitExists(_) => messages::limit_exists(),
            Self::CountsChanged(_) => messages::owned_data_changed(),
            Self::SelectionChanged(_) => messages::users_changed(),
            Self::TargetMismatch(name) => target_mismatch(name),
            Self::RevocationChanged(_) => messages::session_count_changed(),
            Self::Taken(errors) => first(errors),
            Self::Invalid(_) => messages::check_fields(),
            Self::List(error) => error.message(),
            Self::TooMany(delay) => messages::too_many_attempts(seconds(*delay)),
            Self::LimitReached(reached) => limit_reached(reached),
            Self::ModelDenied(denied) => model_denied(denied),
            Self::KeysOff => messages::api_keys_disabled(),
            Self::Unavailable(_) => messages::unavailable(),
            Self::Internal(_) => messages::internal(),
        }
    }
}

fn first(errors: &FieldErrors) -> Message {
    let first = errors.iter().next();
    first.map_or_else(Message::default, |error| error.message.clone())
}

/// Returns the message about the name that a page showed. It comes from the client, so it is truncated: no real name is longer.
fn target_mismatch(name: &str) -> Message {
    let name: String = name.chars().take(100).collect();
    match name.as_str() {
        "" => messages::target_mismatch_unnamed(),
        name => messages::target_mismatch(name),
    }
}

/// Returns the message for a use that a limit denies.
fn limit_reached(reached: &LimitReached) -> Message {
    let limit = permitted(&reached.limit);
    let retry_after = reached.retry_after.map(wait);
    let left = reached.limit.left.filter(|left| {
        let left = left.units();
        left > 0 && left < reached.asked.units()
    });
    let Some(left) = left else {
        return match retry_after {
            Some(duration) => messages::limit_reached_for(limit, duration),
            None => messages::limit_reached(limit),
        };
    };
    let of_metric = |amount: Amount| quantity(reached.limit.metric, amount);
    let (left, asked) = (of_metric(left), of_metric(reached.asked));
    match retry_after {
        Some(duration) => messages::limit_exceeded_for(limit, left, asked, duration),
        None => messages::limit_exceeded(limit, left, asked),
    }
}

/// Returns the message for a use of a model that the user or the key cannot use.
fn model_denied(denied: &ModelDenied) -> Message {
    let of_user = denied.by == SubjectKind::User;
    match (&denied.model, of_user) {
        (Some(model), true) => messages::model_denied_user(model.as_str()),
        (Some(model), false) => messages::model_denied_key(model.as_str()),
        (None, true) => messages::models_denied_user(),
        (None, false) => messages::models_denied_key(),
    }
}

/// Returns the message for a suspended user whose password was correct.
fn suspended(suspension: &Suspension) -> Message {
    let until = suspension.until.map(|until| {
        let (day, time) = day_and_time(until);
        format!("{day} {time} UTC")
    });
    let reason = suspension
        .reason
        .as_ref()
        .filter(|_| suspension.show_reason)
        .map(|reason| reason.trim_end_matches('.'));
    match (until, reason) {
        (None, None) => messages::suspended(),
        (Some(until), None) => messages::suspended_until(until),
        (None, Some(reason)) => messages::suspended_because(reason),
        (Some(until), Some(reason)) => messages::suspended_until_because(until, reason),
    }
}

/// Returns the message for a request that was done before.
fn done(done: &CompletedRequest) -> Message {
    let (day, time) = day_and_time(done.at);
    if done.is_shown_once {
        messages::request_completed_secret(day, time)
    } else {
        messages::request_completed(day, time)
    }
}

/// Returns the day and the time of day in UTC.
fn day_and_time(timestamp: OffsetDateTime) -> (String, String) {
    let timestamp = timestamp.to_offset(UtcOffset::UTC);
    let (hour, minute) = (timestamp.hour(), timestamp.minute());
    (
        timestamp.date().to_string(),
        format!("{hour:02}:{minute:02}"),
    )
}
