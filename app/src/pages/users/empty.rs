//! Empty state of the user list.

use domain::{filter::Filter, list::Total, users::list::ListParams};
use leptos::prelude::*;

use crate::{
    components::{
        icon::{Glyph, Icon},
        state::ListState,
    },
    format::total,
    links::users as links,
    text,
};

/// Renders the empty state: no users match the search, or there are no users.
#[component]
pub(super) fn NoUsers(
    params: ListParams,
    /// Number of deleted users that match the search.
    #[prop(optional_no_strip)]
    deleted: Option<Total>,
) -> impl IntoView {
    if links::current_filter(&params).is_empty() {
        let [before, after] = text::users::none_around();
        return view! {
            <ListState icon=Icon::Users title=text::users::none()>
                <p class="state-text">
                    {before} <code>"rollcall demo --users 1000"</code> {after}
                </p>
                <div class="state-actions">
                    <a class="button" href="/users">
                        <Glyph icon=Icon::Reload />
                        {text::users::first_page()}
                    </a>
                </div>
            </ListState>
        }
        .into_any();
    }
    let cleared = links::searched(&params, &Filter::default());
    let deleted = deleted.map(|deleted| {
        let matches = text::users::deleted_match(deleted.count, total(deleted));
        view! {
            <p class="state-text">
                {matches}
                <a href=links::toggled_deleted(&params) data-noscroll>
                    {text::users::deleted_show()}
                </a>
            </p>
        }
    });
    let [before, after] = text::users::no_match_around();
    view! {
        <ListState icon=Icon::Search title=text::users::no_match()>
            {deleted}
            <p class="state-text">
                {before} <code>{params.q}</code> {after}
            </p>
            <div class="state-actions">
                <a class="button button-primary" href=cleared>
                    {text::users::clear_filters()}
                </a>
            </div>
        </ListState>
    }
    .into_any()
}
