//! Deletion of a user. The dialog shows the counts of the data and requires the username.

use domain::users::deletion::DeletionPreview;
use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;

use super::super::{OpenedUser, overview::Overview};
use crate::{
    api::{
        error::ApiError,
        read::ReadRequest,
        user::{PreviewDeletion, UserView, path},
        user_actions::DeleteUser,
    },
    components::{
        deletion::{CONFIRM, Uncounted},
        dialog::{DialogRoute, FormDialog},
        field::Field,
        form,
        loaded::{both, transition},
        owned::Counts,
        time::Exactly,
        typed::ticked,
        user_form::{About, route},
    },
    context::PageContext,
    text,
};

/// Renders the dialog that deletes a user.
#[component]
pub fn Delete() -> impl IntoView {
    let opened = OpenedUser::current();
    let user_view = opened.user_view;
    let counted = opened.load(|| Ok(()), |(), id| ReadRequest::of(PreviewDeletion { id }));
    // While the data is counted, the user may not be loaded either, so the path is taken from the URL.
    let here = use_location().pathname.get_untracked();
    let counting = DialogRoute {
        back: here.trim_end_matches("/delete").to_owned(),
        path: here,
    };
    let fallback = move || view! { <Uncounted route=counting problem=None /> };
    let dialog = move || {
        let (user_view, preview) = both(user_view, counted)?;
        // If loading the user fails, the header of the page shows the error.
        let user_view = user_view.ok()?;
        Some(match preview {
            Ok(preview) => view! { <DeleteForm user_view=user_view preview=preview /> }.into_any(),
            Err(ApiError(problem)) => {
                view! { <Uncounted route=route(&user_view, "delete") problem=Some(problem) /> }
                    .into_any()
            }
        })
    };
    view! {
        <Overview />
        {transition(fallback.into(), Box::new(dialog))}
    }
}

#[component]
fn DeleteForm(user_view: UserView, preview: DeletionPreview) -> impl IntoView {
    let route = route(&user_view, "delete");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<DeleteUser>(&route.path);
    let (name, id) = (
        user_view.user.summary.username.clone(),
        user_view.user.summary.id,
    );
    let deleted_notice = user_view.user.deleted_at.is_some();
    let counts = Counts::of(form_state, preview.counts);
    let restorable = preview.restorable_until.filter(|_| !deleted_notice);
    let (is_permanent, set_permanent) =
        signal(restorable.is_none() || ticked(&context, "permanent", false));
    let action = move || match (is_permanent.get(), counts.total()) {
        (false, 0) => text::user::delete_button().to_owned(),
        (false, items) => text::user::delete_button_with(items),
        (true, 0) => text::user::purge_button().to_owned(),
        (true, items) => text::user::purge_button_with(items),
    };
    // The checkbox can be checked before hydration.
    let now_box = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = now_box.get() {
            set_permanent.set(input.checked());
        }
    });
    let data = (preview.counts.personas > 0 && !deleted_notice).then(|| {
        let transfer_link = format!("{}/reassign", path(&user_view.user.summary));
        view! {
            <a class="button" href=transfer_link>
                {text::user::transfer()}
            </a>
        }
    });
    let resources = (preview.resources > 0 && !deleted_notice)
        .then(|| view! { <p>{text::user::resources_stay(preview.resources)}</p> });
    let [before, after] = text::user::restorable_around();
    let fate = match restorable {
        Some(until) => view! {
            <p>{before} <Exactly at=until /> {after}</p>
            <label class="check">
                <input
                    node_ref=now_box
                    type="checkbox"
                    name="permanent"
                    value="true"
                    checked=ticked(&context, "permanent", false)
                    on:change=move |event| set_permanent.set(event_target_checked(&event))
                />
                <span>
                    {text::user::delete_now()}
                    <span class="check-note">{text::user::delete_now_note()}</span>
                </span>
            </label>
        }
        .into_any(),
        None => view! {
            <p class="notice tone-danger">{text::user::delete_meaning()}</p>
            <input type="hidden" name="permanent" value="true" />
        }
        .into_any(),
    };
    view! {
        <FormDialog
            title=text::actions::delete_user(name)
            route=route
            form_state=form_state
            denied=preview.denied.map(String::from)
            action=Signal::derive(action)
            danger=true
        >
            {counts.table()}
            {resources}
            <div class="actions">
                <a
                    class="button"
                    href=format!("/api/admin/users/{id}/export")
                    rel="external"
                    download
                    autofocus
                >
                    {text::user::export_data()}
                </a>
                {data}
            </div>
            {fate}
            <Field spec=CONFIRM value=context.typed("confirm") error=form_state.error("confirm") />
            <About user_view=user_view />
        </FormDialog>
    }
}
