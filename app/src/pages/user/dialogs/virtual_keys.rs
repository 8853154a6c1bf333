//! Dialogs of virtual keys: creation and rotation. Each shows the secret once.

use domain::{
    access_tokens::{AccessToken, OVERLAP_HOURS, OVERLAP_HOURS_MAX},
    fields::FieldErrors,
    messages,
    permission::Permission,
    users::{UserId, action::UserAction},
};
use leptos::prelude::*;
use uuid::Uuid;

use super::super::{OpenedUser, with_user};
use crate::{
    api::{
        read::ReadRequest,
        user::{UserView, path, path_of},
        user_access::{PickerItem, UserGroups},
        virtual_keys::{CreateVirtualKey, FindVirtualKey, RotateVirtualKey, draft},
    },
    components::{
        dialog::{DialogRoute, FormDialog},
        field_group::field_group,
        form,
        key_fields::{KeyFields, group_field, metadata_field},
        loaded::Loaded,
        rows::keyed_by,
        tab::with,
        typed::typed_or,
        user_form::{About, deleted_notice},
    },
    context::PageContext,
    text,
};

/// Returns the reason why the viewer can neither create nor rotate a key of a user: it would be one of the viewer's own.
fn denied_to_self(context: &PageContext, owner: UserId) -> Option<String> {
    let viewer = context.principal.as_ref();
    viewer
        .is_some_and(|viewer| viewer.id == owner)
        .then(|| text::message::of(&messages::own_key_elsewhere()))
}

/// Renders the dialog that creates a virtual key.
#[component]
pub fn NewKey() -> impl IntoView {
    if !PageContext::current().may(Permission::GroupsRead) {
        let form =
            |user_view: UserView| view! { <NewForm user_view=user_view groups=Vec::new() /> };
        return with_user(form).into_any();
    }
    let opened = OpenedUser::current();
    let user_view = opened.user_view;
    let groups = opened.load(|| Ok(()), |(), id| ReadRequest::of(UserGroups { id }));
    groups.draw(ViewFnOnce::default(), move |groups| {
        // A key can be created without a group.
        let groups = groups.unwrap_or_default();
        let user_view = user_view.get_untracked().and_then(Result::ok);
        user_view
            .map(|user_view| view! { <NewForm user_view=user_view groups=groups /> })
            .into_any()
    })
}

#[component]
fn NewForm(user_view: UserView, groups: Vec<PickerItem>) -> impl IntoView {
    let back = format!("{}/keys", path(&user_view.user.summary));
    let route = DialogRoute {
        path: format!("{back}/tokens/new"),
        back,
    };
    let context = PageContext::current();
    let longest = context.site.token_max_days;
    let own = denied_to_self(&context, user_view.user.summary.id);
    let context = context.of_form(&route.path);
    let check = move |form: CreateVirtualKey| -> FieldErrors {
        draft(form, longest).err().unwrap_or_default()
    };
    let form_state = form::send_checked::<CreateVirtualKey>(&route.path, check);
    let denied = user_view.denied_actions.reason(UserAction::Edit);
    let group = (!groups.is_empty()).then(|| group_field(&context, groups, form_state));
    let metadata = metadata_field(context.typed("metadata"), form_state);
    view! {
        <FormDialog
            title=text::virtual_keys::new_for(&user_view.user.summary.username)
            route=route
            form_state=form_state
            denied=own.or(denied).or(deleted_notice(&user_view.user))
            action=Signal::stored(text::virtual_keys::create().to_owned())
            right=Permission::TokensWrite
        >
            <KeyFields context=context form_state=form_state />
            {group}
            {metadata}
            <About user_view=user_view tab="/keys" />
        </FormDialog>
    }
}

/// Renders the dialog that rotates a virtual key.
#[component]
pub fn RotateKey() -> impl IntoView {
    keyed_by("id", |id| view! { <RotationOf id=id /> }.into_any())
}

/// Renders the dialog for the key with an id.
#[component]
fn RotationOf(
    /// Id of the key, from the URL.
    id: String,
) -> impl IntoView {
    // No key has the nil id.
    let id = id.parse().unwrap_or(Uuid::nil());
    let key = Loaded::new(move || ReadRequest::of(FindVirtualKey { id }));
    with(key, |key| view! { <RotationForm key=key /> })
}

/// Hours of the overlap to choose from.
const HOURS: [u16; 3] = [0, OVERLAP_HOURS, OVERLAP_HOURS_MAX];

#[component]
fn RotationForm(key: AccessToken) -> impl IntoView {
    let back = format!("{}/keys", path_of(key.user.id, &key.user.username));
    let route = DialogRoute {
        path: format!("{back}/tokens/{}/rotate", key.id),
        back: back.clone(),
    };
    let context = PageContext::current();
    let own = denied_to_self(&context, key.user.id);
    let context = context.of_form(&route.path);
    let form_state = form::send::<RotateVirtualKey>(&route.path);
    let chosen = typed_or(&context, "overlap_hours", || OVERLAP_HOURS.to_string());
    let over = key.state.is_over() || key.key.is_none();
    let choices = HOURS.map(|hours| {
        let label = match hours {
            0 => text::virtual_keys::overlap_none().to_owned(),
            hours => text::virtual_keys::overlap_hours(hours.into()),
        };
        let checked = hours.to_string() == chosen;
        view! {
            <label class="check">
                <input type="radio" name="overlap_hours" value=hours.to_string() checked=checked />
                <span>{label}</span>
            </label>
        }
    });
    let choices = choices.into_iter().collect_view().into_any();
    view! {
        <FormDialog
            title=text::virtual_keys::rotate_title(&key.name)
            route=route
            form_state=form_state
            denied=own.or(over.then(|| text::virtual_keys::over().to_owned()))
            action=Signal::stored(text::virtual_keys::rotate().to_owned())
            right=Permission::TokensWrite
        >
            <p>{text::virtual_keys::rotate_effect()}</p>
            {field_group(
                "overlap_hours",
                text::virtual_keys::overlap().into_any(),
                choices,
                form_state.error("overlap_hours"),
            )}
            <input type="hidden" name="page" value=back />
            <input type="hidden" name="id" value=key.id.to_string() />
            <input type="hidden" name="username" value=key.user.username />
            <input type="hidden" name="shown" value=key.name />
        </FormDialog>
    }
}
