//! Resets of what several users have used.

use domain::users::bulk::BulkOutcome;
#[cfg(feature = "ssr")]
use domain::{
    fields::FieldErrors,
    flash::{Flash, FlashEvent, LimitChange},
    limits::{LimitBulkResetRequest, Metric},
    messages,
    users::bulk::Selected,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{UsageWrite, UsersRead},
};

#[cfg(feature = "ssr")]
use crate::api::{bulk::read, site, ssr};
use crate::api::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};

/// Previews a reset of all limits of several users without changing anything: the users who have one, and the reason for each that would
/// be skipped. `selected` holds `id:version:username` of each user, separated by spaces.
#[server(endpoint = "preview-usage-reset", protocol = Get)]
pub async fn preview_usage_reset(selected: String) -> Result<BulkOutcome, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        caller.require::<UsersRead>()?;
        let authorized = caller.require_with_read::<UsageWrite>()?;
        // The preview reads the balances of many users in the transaction of a change, although it is a `GET`.
        site::require(&services.settings)?;
        // The reason is not typed yet when the preview loads.
        let request = LimitBulkResetRequest {
            users: read::selected(&selected)?,
            metric: None,
            reason: "preview".to_owned(),
            expected: None,
        };
        let mut outcome = service::limits::reset_many(&services, &authorized, request).await?;
        outcome.translate(crate::text::message::translated);
        Ok(outcome)
    })
    .await
}

/// Sets to zero what each of several users has used of the limits of a metric, or of all if it is empty, if the number of these users
/// equals `expected`. `back` is the page to return to.
#[server(endpoint = "reset-usage", protocol = Post)]
pub async fn reset_usage(
    selected: String,
    expected: usize,
    #[server(default)] back: String,
    #[server(default)] metric: String,
    #[server(default)] reason: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        caller.require::<UsersRead>()?;
        let authorized = caller.require_with_read::<UsageWrite>()?;
        let page = read::after(&back);
        let users = read::selected(&selected)?;
        let request = request(users, expected, &metric, reason).map_err(Error::Invalid)?;
        let outcome = service::limits::reset_many(&services, &authorized, request).await?;
        if outcome.changed == 0 {
            return Ok(FormSuccess::to(page));
        }
        let event = FlashEvent::Limit(LimitChange::Reset);
        let flash = Flash::of(event, read::changed_names(&outcome));
        Ok(FormSuccess::flash(&page, flash, None).await)
    })
    .await
}

/// Converts the form to the request for the selected users.
#[cfg(feature = "ssr")]
fn request(
    users: Vec<Selected>,
    expected: usize,
    metric: &str,
    reason: String,
) -> Result<LimitBulkResetRequest, FieldErrors> {
    let mut errors = FieldErrors::default();
    let metric = match metric {
        "" => None,
        metric => {
            let metric = metric.parse::<Metric>();
            errors.take("metric", metric.map_err(|_| messages::enter_value()))
        }
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(LimitBulkResetRequest {
        users,
        metric,
        reason,
        expected: Some(expected),
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn no_metric_means_all() {
        let metric = |metric| request(Vec::new(), 1, metric, "Exam".to_owned()).map(|it| it.metric);
        assert_eq!(metric(""), Ok(None));
        assert_eq!(metric("cost"), Ok(Some(Metric::Cost)));
        assert!(metric("euros").is_err());
    }
}
