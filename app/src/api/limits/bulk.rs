//! Limits of several users at once.

#[cfg(feature = "ssr")]
use domain::{
    fields::FieldErrors,
    flash::{Flash, FlashEvent, LimitChange},
    limits::{LimitBulkRequest, LimitSubject, Metric, UserLimitDraft},
    messages,
    users::bulk::Selected,
};
use domain::{limits::SubjectKind, users::bulk::BulkOutcome};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{LimitsWrite, UsersRead},
};
use uuid::Uuid;

use super::SaveLimit;
#[cfg(feature = "ssr")]
use super::form::draft;
#[cfg(feature = "ssr")]
use crate::api::{bulk::read, site, ssr};
use crate::api::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};

/// Previews a change of the limits of several users without changing anything: the users who would get the limit, and the reason for each
/// that would be skipped. `selected` holds `id:version:username` of each user, separated by spaces.
#[server(endpoint = "preview-user-limits", protocol = Get)]
pub async fn preview_user_limits(selected: String) -> Result<BulkOutcome, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        caller.require::<UsersRead>()?;
        let authorized = caller.require_with_read::<LimitsWrite>()?;
        // The preview locks the users as the change does, although it is a `GET`.
        site::require(&services.settings)?;
        // The limit is not typed yet when the preview loads; it does not decide which users can have it.
        let request = LimitBulkRequest {
            users: read::selected(&selected)?,
            metric: Metric::Requests,
            model: None,
            limit: None,
            expected: None,
        };
        let mut outcome = service::limits::put_many(&services, &authorized, request).await?;
        outcome.translate(crate::text::message::translated);
        Ok(outcome)
    })
    .await
}

/// Sets a limit of each of several users, or deletes those of the users' own, if their number equals `expected`. `back` is the page to
/// return to.
#[server(endpoint = "set-user-limits", protocol = Post)]
pub async fn set_user_limits(
    selected: String,
    expected: usize,
    #[server(default)] back: String,
    #[server(default)] metric: String,
    #[server(default)] model: String,
    #[server(default)] state: String,
    #[server(default)] amount: String,
    #[server(default)] period: String,
    #[server(default)] every: String,
    #[server(default)] time_zone: String,
    #[server(default)] soft_amount: String,
    #[server(default)] warn_at: String,
) -> Result<FormSuccess, ApiError> {
    let form = SetUserLimits {
        selected,
        expected,
        back,
        metric,
        model,
        state,
        amount,
        period,
        every,
        time_zone,
        soft_amount,
        warn_at,
    };
    ssr::call_as_caller(async |services, caller| {
        caller.require::<UsersRead>()?;
        let authorized = caller.require_with_read::<LimitsWrite>()?;
        let page = read::after(&form.back);
        let users = read::selected(&form.selected)?;
        let request = request(form, users).map_err(Error::Invalid)?;
        let change = match request.limit {
            Some(_) => LimitChange::Saved,
            None => LimitChange::Deleted,
        };
        let outcome = service::limits::put_many(&services, &authorized, request).await?;
        if outcome.changed == 0 {
            return Ok(FormSuccess::to(page));
        }
        let flash = Flash::of(FlashEvent::Limit(change), read::changed_names(&outcome));
        Ok(FormSuccess::flash(&page, flash, None).await)
    })
    .await
}

/// Returns the fields of the limit that each of the users gets.
#[must_use]
pub fn values(form: SetUserLimits) -> SaveLimit {
    SaveLimit {
        shown: String::new(),
        id: String::new(),
        version: String::new(),
        page: String::new(),
        kind: SubjectKind::User.as_str().to_owned(),
        subject: Uuid::nil().to_string(),
        shared: false,
        metric: form.metric,
        model: form.model,
        state: form.state,
        amount: form.amount,
        period: form.period,
        every: form.every,
        time_zone: form.time_zone,
        soft_amount: form.soft_amount,
        warn_at: form.warn_at,
        first: String::new(),
    }
}

/// Converts the form to the request for the selected users.
#[cfg(feature = "ssr")]
fn request(form: SetUserLimits, users: Vec<Selected>) -> Result<LimitBulkRequest, FieldErrors> {
    let mut errors = FieldErrors::default();
    let metric = form.metric.parse::<Metric>();
    let metric = errors.take("metric", metric.map_err(|_| messages::enter_value()));
    let model = Some(form.model.clone()).filter(|model| !model.trim().is_empty());
    let expected = Some(form.expected);
    let limit = draft(values(form), LimitSubject::Default)?.map(|draft| UserLimitDraft {
        amount: draft.amount,
        soft_amount: draft.soft_amount,
        warn_at: draft.warn_at,
        period: draft.period,
        time_zone: draft.time_zone,
    });
    Ok(LimitBulkRequest {
        users,
        metric: metric.ok_or(errors)?,
        model,
        limit,
        expected,
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn form(state: &str, amount: &str) -> SetUserLimits {
        SetUserLimits {
            selected: String::new(),
            expected: 2,
            back: String::new(),
            metric: "cost".to_owned(),
            model: " ".to_owned(),
            state: state.to_owned(),
            amount: amount.to_owned(),
            period: "calendar:month".to_owned(),
            every: String::new(),
            time_zone: String::new(),
            soft_amount: String::new(),
            warn_at: String::new(),
        }
    }

    #[test]
    fn three_states_are_distinct() {
        let limit = |state, amount| request(form(state, amount), Vec::new()).unwrap().limit;
        assert_eq!(limit("inherit", "5"), None);
        assert_eq!(
            limit("unlimited", "5").map(|limit| limit.amount),
            Some(None)
        );
        let number = limit("number", "0").unwrap();
        assert!(number.amount.is_some());
        assert_eq!(number.period.as_deref(), Some("calendar:month"));
        assert!(request(form("", "5"), Vec::new()).is_err());
    }

    #[test]
    fn metric_is_required() {
        let without = SetUserLimits {
            metric: String::new(),
            ..form("inherit", "")
        };
        let errors = request(without, Vec::new()).unwrap_err();
        assert!(errors.get("metric").is_some());
    }

    #[test]
    fn blank_model_means_all_models() {
        assert_eq!(
            request(form("number", "1"), Vec::new()).unwrap().model,
            None
        );
    }
}
