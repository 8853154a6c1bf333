//! Dialogs about the users that are selected in the list and named in the URL.

use domain::users::bulk::BulkOutcome;
use leptos::prelude::*;

use crate::{
    api::{
        bulk::{SELECTED, list_of},
        error::ApiError,
        read::ReadRequest,
    },
    components::{list::bulk_dialog::BulkSelection, loaded::Loaded, parameters::use_query},
    links::users as links,
};

/// Renders the dialog of an action at a path: its form, or the reason if it would change none of the users. `preview` returns the
/// request for the users that the action changes and skips.
pub(super) fn dialog(
    path: &str,
    title: &'static str,
    preview: fn(String) -> Result<ReadRequest<BulkOutcome>, ApiError>,
    form: fn(BulkSelection, BulkOutcome) -> AnyView,
) -> AnyView {
    let (keys, list) = use_query().with_untracked(|query| {
        let keys = query.get_all(SELECTED);
        let list = links::over("/users", &super::params(query), &keys);
        (keys, list)
    });
    let selection = BulkSelection::new(path.to_owned(), &keys, list, list_of);
    let users = selection.users.clone();
    let preview = Loaded::new(move || preview(users.clone()));
    selection.dialog(title, preview, form)
}
