//! Data that a user owns.

use leptos::prelude::*;

use super::{OpenedUser, may_write, path, with_user};
use crate::{
    api::{listed::check_params, read::ReadRequest, user::ListPersonas},
    components::{
        icon::Icon,
        loaded::Loaded,
        parameters::{NONE, checked, use_query},
        records::Records,
        tab::{More, tab},
        time::Ago,
    },
    format::count,
    text,
};

/// Renders the personas with the counts of their ontologies and annotations.
#[component]
pub fn Data() -> impl IntoView {
    let user_view = OpenedUser::current().user_view;
    let query = use_query();
    let request = checked(move || query.read().get("after"), &["after"], NONE);
    let list = Loaded::after(
        user_view,
        move || check_params(request.get()),
        |after, user_view| {
            let id = user_view.user.summary.id.0;
            ReadRequest::of(ListPersonas { id, after })
        },
    );
    let transfer_link = with_user(|user_view| {
        let owns = user_view.user.summary.persona_count > 0 && user_view.user.deleted_at.is_none();
        (owns && may_write()).then(|| {
            view! {
                <div class="pane-actions">
                    <a class="button" href=format!("{}/reassign", path(&user_view.user.summary))>
                        {text::user::transfer_dialog()}
                    </a>
                </div>
            }
        })
    });
    let personas = tab(list, (Icon::Users, text::user::no_personas()), |part| {
        let now = part.now;
        let next = part
            .items
            .last()
            .filter(|_| part.more)
            .map(|last| format!("?after={}", last.id));
        let rows = part.items.into_iter().map(|persona| {
            let hidden = persona.hidden.then(text::user::persona_hidden);
            let id = persona.id.to_string();
            let cells = vec![
                view! { <bdi>{persona.name}</bdi> {hidden} }.into_any(),
                persona.role.into_any(),
                count(persona.ontologies).into_any(),
                count(persona.annotations).into_any(),
                view! { <Ago at=persona.created_at now=now /> }.into_any(),
            ];
            (id, cells)
        });
        const COLUMNS: &[text::Label] = &[
            text::user::persona,
            text::user::persona_role,
            text::actions::ontologies,
            text::actions::annotations,
            text::user::created,
        ];
        view! {
            <Records caption=text::actions::personas() columns=COLUMNS rows=rows.collect() />
            <More href=next />
        }
        .into_any()
    });
    view! {
        {transfer_link}
        {personas}
    }
}
