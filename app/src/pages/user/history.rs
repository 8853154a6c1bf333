//! Audit entries by and about a user.

use leptos::prelude::*;

use super::OpenedUser;
use crate::{
    api::{listed::check_params, read::ReadRequest, user::ListHistory},
    components::{
        history,
        icon::Icon,
        parameters::{NONE, checked, use_query},
        tab::{More, tab},
    },
    text,
};

/// Renders the entries, newest first.
#[component]
pub fn History() -> impl IntoView {
    let query = use_query();
    let request = checked(move || query.read().get("before"), &["before"], NONE);
    let list = OpenedUser::current().load(
        move || check_params(request.get()),
        |before, id| ReadRequest::of(ListHistory { id, before }),
    );
    tab(list, (Icon::Info, text::user::no_activity()), |part| {
        let next = part
            .items
            .last()
            .filter(|_| part.more)
            .map(|last| format!("?before={}", last.id));
        view! {
            {history::table(text::user::history(), part.items, part.now)}
            <More href=next />
        }
        .into_any()
    })
}
