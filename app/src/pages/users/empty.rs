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
        return view! {
            <ListState icon=Icon::Users title="No users">
                <p class="state-text">
                    "Users appear here with their data and last activity. To add demo users, run "
                    <code>"rollcall demo --users 1000"</code> "."
                </p>
                <div class="state-actions">
                    <a class="button" href="/users">
                        <Glyph icon=Icon::Reload />
                        "Go to the first page"
                    </a>
                </div>
            </ListState>
        }
        .into_any();
    }
    let cleared = links::searched(&params, &Filter::default());
    let deleted = deleted.map(|deleted| {
        let users = match deleted.count {
            1 => "deleted user matches",
            _ => "deleted users match",
        };
        let matches = format!("{} {users}. ", total(deleted));
        view! {
            <p class="state-text">
                {matches}
                <a href=links::toggled_deleted(&params) data-noscroll>
                    "Show"
                </a>
            </p>
        }
    });
    view! {
        <ListState icon=Icon::Search title="No users match">
            {deleted}
            <p class="state-text">
                "No results for " <code>{params.q}</code> ". Try fewer filters."
            </p>
            <div class="state-actions">
                <a class="button button-primary" href=cleared>
                    "Clear filters"
                </a>
            </div>
        </ListState>
    }
    .into_any()
}
