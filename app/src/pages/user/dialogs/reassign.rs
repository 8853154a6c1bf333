//! Transfer of a user's data to another user.

use domain::{permission::Permission, users::action::UserAction};
use leptos::prelude::*;

use super::super::{data::Data, with_user};
use crate::{
    api::{user::UserView, user_actions::ReassignData},
    components::{
        dialog::{DialogRoute, FormDialog},
        form,
        user_field::UserField,
        user_form::{About, deleted_notice, route},
    },
    context::PageContext,
    format::{count, grouped},
    text,
};

/// Path suffix of the tab behind the dialog.
const TAB: &str = "/data";

/// Renders the dialog that transfers all personas and conversations.
#[component]
pub fn Reassign() -> impl IntoView {
    view! {
        <Data />
        {with_user(|user_view| view! { <ReassignForm user_view=user_view /> })}
    }
}

#[component]
fn ReassignForm(user_view: UserView) -> impl IntoView {
    let route = route(&user_view, "reassign");
    let route = DialogRoute {
        back: format!("{}{TAB}", route.back),
        ..route
    };
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<ReassignData>(&route.path);
    let first = i64::from(user_view.user.summary.persona_count);
    // Number of personas from the server, if it denied the last attempt because the number had changed.
    let personas = Memo::new(move |known: Option<&i64>| {
        let counts = form_state
            .problem
            .with(|problem| problem.as_ref()?.details.counts.as_ref()?.get());
        let changed = counts.map(|counts| counts.personas);
        changed.or(known.copied()).unwrap_or(first)
    });
    let conversations = user_view.user.conversation_count;
    let unreadable = conversations > 0 && !context.may(Permission::ConversationsRead);
    let unreadable = unreadable.then(|| text::conversations::transfer_denied().to_owned());
    let action = move || {
        let number = u64::try_from(personas.get()).unwrap_or_default();
        if conversations > 0 {
            text::conversations::transfer(grouped(number), count(conversations))
        } else {
            text::user::transfer_personas(number)
        }
    };
    view! {
        <FormDialog
            title=text::user::transfer_data(&user_view.user.summary.username)
            route=route
            form_state=form_state
            denied=user_view
                .denied_actions
                .reason(UserAction::Edit)
                .or(deleted_notice(&user_view.user))
                .or(unreadable)
            action=Signal::derive(action)
        >
            <p>{text::user::transfer_meaning()}</p>
            <input type="hidden" name="personas" value=move || personas.get().to_string() />
            <UserField
                name="to"
                label=text::user::new_owner
                value=context.typed("to")
                error=form_state.error("to")
                first=true
            />
            <About user_view=user_view tab=TAB />
        </FormDialog>
    }
}
