//! Error state of the session list.

use domain::{problem::Problem, sessions::list::SessionParams};
use leptos::prelude::*;

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
