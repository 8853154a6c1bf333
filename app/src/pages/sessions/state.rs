//! Empty, error and loading states of the session list.

use domain::{problem::Problem, sessions::list::SessionParams};
use leptos::prelude::*;

use super::table::{LIVE, head};
use crate::{
    components::{
        icon::Icon,
        state::{ListFailure, ListState, Readings},
    },
    links::sessions as links,
};

/// Renders the empty state: no sessions match the filter, or there are no sessions.
#[component]
pub fn Nothing(
    /// State of the list, from the URL.
    params: SessionParams,
) -> impl IntoView {
    let filtered = params.filter().is_ok_and(|filter| !filter.is_empty());
    let title = if filtered {
        "No sessions match"
    } else {
        "No sessions here"
    };
    let text = if filtered {
        "Remove a filter, or start again."
    } else if links::is_of_ended(&params) {
        "Sessions that ended in the last 30 days are listed with when, why and by whom."
    } else {
        "Whoever is signed in is listed with device, address and when they were last seen."
    };
    view! {
        <ListState icon=Icon::Monitor title=title>
            <p class="state-text">{text}</p>
            <div class="state-actions">
                <a class="button button-primary" href=links::cleared(&params)>
                    {if filtered { "Clear filters" } else { "Go to the first page" }}
                </a>
            </div>
        </ListState>
    }
}

/// Renders the error of loading the list.
#[component]
pub fn Failed(
    /// State of the list, from the URL.
    params: Memo<SessionParams>,
    /// Problem that the server has returned.
    problem: Problem,
) -> impl IntoView {
    let params = params.get_untracked();
    let readings = params.readings();
    let readings = readings
        .map(|both| both.map(|(params, written, words)| (links::href(&params), written, words)));
    let ended = links::is_of_ended(&params);
    view! {
        <ListFailure
            title="The sessions could not be loaded"
            problem=problem
            again=links::href(&params)
            all=links::cleared(&params)
            label=if ended { "Show all ended sessions" } else { "Show all sessions" }
        >
            <Readings readings=readings />
        </ListFailure>
    }
}

/// Renders placeholder rows of the final height while the list is loading.
#[component]
pub fn Skeleton() -> impl IntoView {
    let row = || {
        view! {
            <tr class="skeleton-row" aria-hidden="true">
                {LIVE
                    .map(|(class, ..)| {
                        view! {
                            <td class=class>
                                <span class="skeleton"></span>
                            </td>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </tr>
        }
    };
    view! {
        <table class="table users-table sessions-table">
            {head(&SessionParams::default(), false, false)}
            <tbody>{std::iter::repeat_with(row).take(20).collect_view()}</tbody>
        </table>
    }
}
