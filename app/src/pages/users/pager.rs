//! Which part of the list of users is shown.

use domain::users::{
    list::{Limits, ListParams, PANEL_LIMITS},
    page::UserPage,
};

use super::links;
use crate::components::pager::Pages;

/// Where a page of a state of the list is among the others.
pub(super) fn pages<T>(params: &ListParams, page: &UserPage<T>) -> Pages {
    let at = |after, before| {
        links::href(&ListParams {
            after,
            before,
            ..params.clone()
        })
    };
    let size = params.limit.as_deref().and_then(|limit| limit.parse().ok());
    Pages {
        first: page.first,
        shown: page.users.len(),
        total: page.total,
        before: page.before.clone().map(|before| at(None, Some(before))),
        after: page.after.clone().map(|after| at(Some(after), None)),
        size: size.unwrap_or(Limits::PANEL.default),
        sizes: PANEL_LIMITS
            .map(|limit| (limit, links::sized(params, limit)))
            .into(),
    }
}
