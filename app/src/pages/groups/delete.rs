//! Dialog that deletes a group. It shows the numbers of users and resources that lose access.

use domain::{groups::GroupDeletion, permission::Permission};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::page::{OpenedGroup, route};
use crate::{
    api::{
        error::ApiError,
        groups::{DeleteGroup as Form, GroupView, PreviewGroupDeletion},
        read::ReadRequest,
    },
    components::{
        deletion::{Uncounted, in_background},
        description_list::DescriptionItem,
        dialog::{DialogRoute, FormDialog},
        form,
        loaded::{Loaded, both, transition},
    },
    format::grouped,
    text,
};

/// Renders the dialog.
#[component]
pub fn DeleteGroup() -> impl IntoView {
    let group = OpenedGroup::current().group;
    let counted = Loaded::after(
        group,
        || Ok(()),
        |(), group| ReadRequest::of(PreviewGroupDeletion { id: group.id }),
    );
    // While the members are counted, the group may not be loaded either, so the path is taken from the URL.
    let here = use_location().pathname.get_untracked();
    let counting = DialogRoute {
        back: here.trim_end_matches("/delete").to_owned(),
        path: here,
    };
    let title = text::groups::delete();
    let fallback = move || view! { <Uncounted route=counting problem=None title=title /> };
    let dialog = move || {
        let (group, preview) = both(group, counted)?;
        // If loading the group fails, the header of the page shows the error.
        let group = group.ok()?;
        Some(match preview {
            Ok(preview) => view! { <DeleteForm group=group preview=preview /> }.into_any(),
            Err(ApiError(problem)) => {
                let route = route(&group, "delete");
                view! { <Uncounted route=route problem=Some(problem) title=title /> }.into_any()
            }
        })
    };
    transition(fallback.into(), Box::new(dialog))
}

#[component]
fn DeleteForm(group: GroupView, preview: GroupDeletion) -> impl IntoView {
    let route = route(&group, "delete");
    let form_state = form::send::<Form>(&route.path);
    let action = match preview.members {
        0 => text::groups::delete_button().to_owned(),
        members => text::groups::delete_button_with(members),
    };
    let numbers = [
        (text::groups::losing_members(), "members", preview.members),
        (
            text::groups::losing_features(),
            "features",
            preview.features,
        ),
        (
            text::groups::losing_resources(),
            "resources",
            preview.resources,
        ),
    ];
    view! {
        <FormDialog
            title=text::groups::delete_title(&group.name)
            route=route
            form_state=form_state
            denied=None
            action=Signal::stored(action)
            right=Permission::GroupsWrite
            danger=true
        >
            <p>{text::groups::delete_effect()}</p>
            <dl class="details">
                {numbers
                    .map(|(label, _, number)| view! { <DescriptionItem label=label>{grouped(number)}</DescriptionItem> })
                    .into_iter()
                    .collect_view()}
            </dl>
            {in_background(preview.is_job())}
            {numbers
                .map(|(_, name, number)| view! { <input type="hidden" name=name value=number.to_string() /> })
                .into_iter()
                .collect_view()}
            <input type="hidden" name="id" value=group.id.to_string() />
            <input type="hidden" name="shown" value=group.name />
        </FormDialog>
    }
}
