//! URLs of the screen of usage.

use domain::{
    usage::{UsageParams, UsageScreenParams, UsageSpan},
    users::detail::UserRef,
};

use super::with_selected;
use crate::api::usage::USAGE;

/// Returns the URL of the screen for the parameters.
pub(crate) fn href(params: &UsageScreenParams) -> String {
    with_selected(USAGE, params.pairs().into_iter(), &[])
}

/// Returns the URL of the same filter for a range that ends today.
pub(crate) fn within(params: &UsageScreenParams, span: UsageSpan) -> String {
    let range = (span != UsageSpan::ThirtyDays).then(|| span.as_str().to_owned());
    href(&UsageScreenParams {
        range,
        from: None,
        to: None,
        ..params.clone()
    })
}

/// Returns the URL of the same filter for a user.
pub(crate) fn of_user(params: &UsageScreenParams, username: &str) -> String {
    href(&UsageScreenParams {
        user: Some(UserRef::naming(username)),
        ..params.clone()
    })
}

/// Returns the URL of the same filter for a group.
pub(crate) fn of_group(params: &UsageScreenParams, name: &str) -> String {
    href(&UsageScreenParams {
        group: Some(name.to_owned()),
        ..params.clone()
    })
}

/// Returns the URL of the same filter for a model.
pub(crate) fn of_model(params: &UsageScreenParams, name: &str) -> String {
    href(&UsageScreenParams {
        model: Some(name.to_owned()),
        ..params.clone()
    })
}

/// Returns the URL of the export of the matching events.
pub(crate) fn file(params: &UsageParams, format: &'static str) -> String {
    let pairs = std::iter::once(("format", format)).chain(params.pairs());
    with_selected("/api/admin/usage/export", pairs, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_other_filters() {
        let params = UsageScreenParams {
            from: Some("2026-11-01".into()),
            model: Some("gpt 5".into()),
            ..UsageScreenParams::default()
        };
        assert_eq!(
            of_user(&params, "112"),
            "/usage?from=2026-11-01&user=username%3A112&model=gpt+5"
        );
        assert_eq!(
            of_group(&params, "Team"),
            "/usage?from=2026-11-01&group=Team&model=gpt+5"
        );
        assert_eq!(of_model(&params, "x"), "/usage?from=2026-11-01&model=x");
        assert_eq!(
            within(&params, UsageSpan::Week),
            "/usage?range=7d&model=gpt+5"
        );
        assert_eq!(within(&params, UsageSpan::ThirtyDays), "/usage?model=gpt+5");
        let export = UsageParams {
            from: Some("2026-11-01".into()),
            to: Some("2026-11-30".into()),
            ..UsageParams::default()
        };
        assert_eq!(
            file(&export, "csv"),
            "/api/admin/usage/export?format=csv&from=2026-11-01&to=2026-11-30"
        );
    }
}
