//! What stands in the place of the table of sessions.

use domain::{problem::Problem, sessions::list::SessionParams};
use leptos::prelude::*;

use super::{
    links,
    table::{LIVE, head},
};
use crate::components::{
    icon::Icon,
    state::{ListFailure, ListState, Readings},
};

/// None match, or there is none at all.
#[component]
pub fn Nothing(
    /// The state of the list that is shown.
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

/// The list could not be loaded.
#[component]
pub fn Failed(
    /// The state of the list, from the address.
    params: Memo<SessionParams>,
    /// Why.
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

/// The list before its first rows have come: as high as they will be.
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
