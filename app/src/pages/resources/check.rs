//! Question whether a user can reach a resource, with the reasons of the answer.

use domain::access_check::{AccessBlock, AccessPath, AccessThrough};
use leptos::prelude::*;
use uuid::Uuid;

use super::grants::level_label;
use crate::{
    api::{
        read::ReadRequest,
        resources::{CheckResource, ReachAnswer, path},
    },
    components::{loaded::Loaded, parameters::use_query, state::LoadErrorNotice},
    text,
};

/// Renders the question whether a user can reach the resource, and the answer.
#[component]
pub fn Check(
    /// The id of the resource.
    id: Uuid,
) -> impl IntoView {
    let query = use_query();
    let typed = move || query.read().get("user").unwrap_or_default();
    let answer = Loaded::new(move || ReadRequest::of(CheckResource { id, user: typed() }));
    let answer = answer.draw(ViewFnOnce::default(), |answer| match answer {
        Ok(answer) => answer.map(answered).into_any(),
        Err(problem) => view! {
            <LoadErrorNotice title=text::resources::check_failed() problem=problem />
        }
        .into_any(),
    });
    view! {
        <header class="page-head">
            <h2>{text::resources::check()}</h2>
        </header>
        <form class="list-filters" method="get" action=path(id) role="search" aria-label=text::resources::check()>
            <label class="filter-field">
                {text::resources::username()}
                <input
                    class="input"
                    name="user"
                    value=typed
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="100"
                />
            </label>
            <div class="actions">
                <button class="button">{text::resources::check_button()}</button>
            </div>
        </form>
        <div class="pane-actions" role="status">
            {answer}
        </div>
    }
}

/// Renders the answer with the ways.
fn answered(answer: ReachAnswer) -> AnyView {
    let Some(name) = answer.username else {
        return view! { <p>{text::resources::check_unknown()}</p> }.into_any();
    };
    let says = if answer.allowed {
        text::resources::check_yes(name)
    } else {
        text::resources::check_no(name)
    };
    let ways: Vec<AnyView> = answer.paths.into_iter().map(way).collect();
    view! {
        <p>
            <strong>{says}</strong>
        </p>
        <ul>{ways}</ul>
    }
    .into_any()
}

/// Renders a way in which a user reaches the resource, or the reason why it leads nowhere.
fn way(path: AccessPath) -> AnyView {
    let through = match path.through {
        AccessThrough::Owner => text::resources::through_owner().to_owned(),
        AccessThrough::User => text::resources::through_user().to_owned(),
        AccessThrough::Group { name, .. } => text::resources::through_named_group(name),
        AccessThrough::Everyone => text::resources::through_everyone().to_owned(),
        AccessThrough::Admin => text::resources::through_admin().to_owned(),
    };
    let blocked = path.blocked_by.map(|block| {
        let reason = match block {
            AccessBlock::User => text::resources::blocked_user(),
            AccessBlock::Client => text::resources::blocked_client(),
            AccessBlock::Resource => text::resources::blocked_resource(),
        };
        view! { <span class="muted">" — " {reason}</span> }
    });
    view! {
        <li>
            <bdi>{through}</bdi>
            ", "
            {level_label(path.level)}
            {blocked}
        </li>
    }
    .into_any()
}
