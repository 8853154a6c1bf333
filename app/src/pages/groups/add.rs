//! Dialog that adds users to a group: by their names, or by a search.

use domain::permission::Permission;
use leptos::prelude::*;

use super::page::{route, with_group};
use crate::{
    api::groups::{GroupView, members::AddGroupMembers},
    components::{
        dialog::FormDialog,
        field::{Field, FieldSpec},
        form,
        text_area::TextArea,
    },
    context::PageContext,
    text,
};

const NAMES: FieldSpec = FieldSpec {
    name: "names",
    label: text::groups::names,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::groups::names_hint),
    optional: true,
    // The server limits the number of names.
    max: 0,
};

const SEARCH: FieldSpec = FieldSpec {
    name: "search",
    label: text::groups::matching,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::groups::matching_hint),
    optional: true,
    max: 500,
};

/// Renders the dialog.
#[component]
pub fn AddMembers() -> impl IntoView {
    with_group(|group| view! { <AddForm group=group /> })
}

#[component]
fn AddForm(group: GroupView) -> impl IntoView {
    let route = route(&group, "add");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<AddGroupMembers>(&route.path);
    let can_search = context.may(Permission::UsersRead);
    let search = context.typed("search");
    view! {
        <FormDialog
            title=text::groups::add_title(&group.name)
            route=route
            form_state=form_state
            denied=None
            action=Signal::stored(text::groups::add().to_owned())
            right=Permission::GroupsWrite
            own=group.is_managed
        >
            <TextArea
                spec=NAMES
                value=context.typed("names")
                rows=8
                error=form_state.error("names")
                first=true
            />
            {can_search
                .then(|| view! { <Field spec=SEARCH value=search error=form_state.error("search") /> })}
            <label class="check">
                <input
                    type="checkbox"
                    name="skip"
                    value="true"
                    checked=context.typed("skip") == "true"
                />
                <span>
                    {text::groups::skip()} <span class="check-note">{text::groups::skip_note()}</span>
                </span>
            </label>
            <input type="hidden" name="id" value=group.id.to_string() />
            <input type="hidden" name="shown" value=group.name />
        </FormDialog>
    }
}
