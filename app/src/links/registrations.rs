//! URLs of the list of registrations.

use domain::{
    list::PageParams,
    registrations::{
        Decision,
        list::{DEFAULT_SORT, RegistrationParams, RegistrationState},
    },
    users::list::{Sort, SortKey},
};

use super::with_selected;
use crate::api::registrations::PENDING_LIST;

/// URL of the rejected registrations.
pub(crate) const REJECTED_LIST: &str = "/registrations?state=rejected";

/// Returns the URL of the list for the parameters.
pub(crate) fn href(params: &RegistrationParams) -> String {
    with_selected(PENDING_LIST, params.pairs().into_iter(), &[])
}

/// Returns the URL of the dialog of a decision above the list.
pub(crate) fn decide(
    decision: Decision,
    params: &RegistrationParams,
    selected: &[String],
) -> String {
    let path = format!("{PENDING_LIST}/{}", decision.as_str());
    with_selected(&path, params.pairs().into_iter(), selected)
}

/// Returns the URL of the first page of the list after a click on a column heading.
pub(crate) fn sorted(params: &RegistrationParams, key: SortKey) -> String {
    href(&params.sorted(current_sort(params).clicked(key)))
}

/// Returns the order of the list; the default order if the URL has none or an unknown one.
pub(crate) fn current_sort(params: &RegistrationParams) -> Sort {
    params.sort().unwrap_or(DEFAULT_SORT)
}

/// Returns the URL of the tab that the list is in, without a search.
pub(crate) fn tab(params: &RegistrationParams) -> &'static str {
    if is_of_rejected(params) {
        REJECTED_LIST
    } else {
        PENDING_LIST
    }
}

/// Returns whether the list shows rejected registrations.
pub(crate) fn is_of_rejected(params: &RegistrationParams) -> bool {
    params.state() == Ok(RegistrationState::Rejected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_search_and_drop_the_cursor() {
        let params = RegistrationParams {
            q: Some("a & b".into()),
            state: Some("rejected".into()),
            after: Some("cursor".into()),
            ..RegistrationParams::default()
        };
        let search = "/registrations?q=a+%26+b&state=rejected";
        assert_eq!(
            sorted(&params, SortKey::Name),
            format!("{search}&sort=name")
        );
        assert_eq!(
            sorted(&params, SortKey::Created),
            format!("{search}&sort=-created")
        );
        assert_eq!(tab(&params), REJECTED_LIST);
        assert_eq!(tab(&RegistrationParams::default()), PENDING_LIST);
        assert_eq!(
            decide(
                Decision::Reject,
                &RegistrationParams::default(),
                &["1".into()]
            ),
            "/registrations/reject?u=1"
        );
    }
}
