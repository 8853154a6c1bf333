//! Undoing what was just done to several people.

use domain::users::list::ListParams;
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

use super::{bulk, links, selection::Selection};
use crate::{
    api::bulk::{BulkDeed, UNDO},
    components::toast::just_done,
};

/// Lifts the suspensions of those who were just suspended, or takes those who were just deleted out of the bin. The
/// address says who that is. Its form is one of a dialog: whoever cannot be undone is named there.
#[component]
pub fn Undo(
    /// The state of the list, from the address.
    params: Memo<ListParams>,
) -> impl IntoView {
    let may_write = Selection::current().is_some();
    let (query, done) = (use_query_map(), just_done());
    move || {
        let deed = match done.get().as_deref() {
            Some("suspended") => BulkDeed::Lift,
            Some("deleted") => BulkDeed::Restore,
            _ => return None,
        };
        let people = query.read().get(UNDO).filter(|people| !people.is_empty())?;
        let list = links::href(&params.read());
        may_write.then(|| view! { <UndoForm deed=deed people=people list=list /> })
    }
}

#[component]
fn UndoForm(deed: BulkDeed, people: String, list: String) -> impl IntoView {
    let (sent, set_sent) = signal(false);
    let once = move |event: SubmitEvent| {
        if sent.get_untracked() {
            event.prevent_default();
        }
        set_sent.set(true);
    };
    let count = people.split_whitespace().count();
    view! {
        <form method="post" action=bulk::path(deed) on:submit=once>
            <input type="hidden" name="deed" value=deed.as_str() />
            <input type="hidden" name="selected" value=people />
            <input type="hidden" name="expected" value=count.to_string() />
            <input type="hidden" name="back" value=list />
            <button class="button" aria-disabled=move || sent.get().then_some("true")>
                "Undo"
            </button>
        </form>
    }
}
