//! Audit entries by and about a user.

use domain::audit::AuditEntry;
use leptos::prelude::*;

use super::OpenedUser;
use crate::{
    api::{listed::check_params, read::ReadRequest, user::ListHistory},
    components::{
        changes::{differences, entry_label},
        icon::Icon,
        loaded::Loaded,
        parameters::{NONE, checked, use_query},
        records::Records,
        tab::{More, tab},
        time::Ago,
    },
    labels::audit::actor_and_source,
    text,
};

/// Renders the entries, newest first.
#[component]
pub fn History() -> impl IntoView {
    let user_view = OpenedUser::current().user_view;
    let query = use_query();
    let request = checked(move || query.read().get("before"), &["before"], NONE);
    let list = Loaded::after(
        user_view,
        move || check_params(request.get()),
        |before, user_view| {
            let id = user_view.user.summary.id.0;
            ReadRequest::of(ListHistory { id, before })
        },
    );
    tab(list, (Icon::Info, text::user::no_activity()), |part| {
        let now = part.now;
        let next = part
            .items
            .last()
            .filter(|_| part.more)
            .map(|last| format!("?before={}", last.id));
        let rows = part.items.into_iter().map(|entry| {
            let cells = vec![
                entry_label(&entry).into_any(),
                view! { <Changed entry=entry.clone() /> }.into_any(),
                actor_and_source(&entry).into_any(),
                view! { <Ago at=entry.at now=now /> }.into_any(),
            ];
            (entry.id.to_string(), cells)
        });
        const COLUMNS: &[text::Label] = &[
            text::user::action,
            text::user::changes,
            text::user::actor,
            text::user::time,
        ];
        view! {
            <Records caption=text::user::history() columns=COLUMNS rows=rows.collect() />
            <More href=next />
        }
        .into_any()
    })
}

/// Renders the old and new value of each field, and the reason.
#[component]
fn Changed(entry: AuditEntry) -> impl IntoView {
    let fields = differences(entry.changes)
        .into_iter()
        .map(|(name, change)| {
            view! {
                <li>
                    <span class="muted">{name} ": "</span>
                    {change}
                </li>
            }
        });
    view! {
        <ul>
            {fields.collect_view()}
            {entry.reason.map(|reason| view! { <li>{text::user::quoted(reason)}</li> })}
        </ul>
    }
}
