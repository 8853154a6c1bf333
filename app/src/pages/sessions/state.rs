//! Error and loading states of the session list.

use domain::{problem::Problem, sessions::list::SessionParams};
use leptos::prelude::*;

use super::table::{LIVE, head};
use crate::{
    components::{
        meaning,
        state::{ListErrorNotice, Readings},
    },
    links::sessions as links,
    text,
};

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
    let readings = readings.map(|both| {
        both.map(|(params, parameter, when)| {
            let words = meaning::of_session_reading(parameter, when);
            (links::href(&params), when.to_string(), words)
        })
    });
    let ended = links::is_of_ended(&params);
    view! {
        <ListErrorNotice
            title=text::sessions::load_failed()
            problem=problem
            again=links::href(&params)
            all=links::cleared(&params)
            label=if ended { text::sessions::show_ended() } else { text::sessions::show_all() }
        >
            <Readings readings=readings />
        </ListErrorNotice>
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
