//! Dialog that deletes a group. It shows what its members lose, and the limits that end.

use domain::{groups::GroupDeletion, limits::Limit, permission::Permission};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::page::{OpenedGroup, route};
use crate::{
    api::{
        error::ApiError,
        groups::{DeleteGroup as Form, GroupDeletionView, GroupView, PreviewGroupDeletion},
        read::ReadRequest,
    },
    components::{
        deletion::{CONFIRM, Uncounted, in_background},
        description_list::DescriptionItem,
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        loaded::{Loaded, both, transition},
    },
    context::PageContext,
    format::grouped,
    labels::limits as labels,
    text,
};

/// Field for the name of the group as confirmation.
const CONFIRM_NAME: FieldSpec = FieldSpec {
    label: text::groups::confirm_name,
    max: 200,
    ..CONFIRM
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
fn DeleteForm(group: GroupView, preview: GroupDeletionView) -> impl IntoView {
    let GroupDeletionView { effect, limits } = preview;
    let route = route(&group, "delete");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<Form>(&route.path);
    let action = match effect.members {
        0 => text::groups::delete_button().to_owned(),
        members => text::groups::delete_button_with(members),
    };
    let counts = [
        ("members", effect.members),
        ("features", effect.features),
        ("resources", effect.resources),
        ("grants", effect.grants),
        ("limits", effect.limits),
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
                {losses(effect, &limits)
                    .map(|(label, number)| view! { <DescriptionItem label=label>{number}</DescriptionItem> })
                    .into_iter()
                    .collect_view()}
            </dl>
            {effect
                .is_resources_minimum()
                .then(|| view! { <p class="muted">{text::groups::losing_minimum()}</p> })}
            {in_background(effect.is_job())}
            {counts
                .map(|(name, number)| view! { <input type="hidden" name=name value=number.to_string() /> })
                .into_iter()
                .collect_view()}
            <input type="hidden" name="id" value=group.id.to_string() />
            <input type="hidden" name="shown" value=group.name />
            <Field
                spec=CONFIRM_NAME
                value=context.typed("confirm")
                error=form_state.error("confirm")
            />
        </FormDialog>
    }
}

/// Returns what is lost, with labels.
fn losses(effect: GroupDeletion, limits: &[Limit]) -> [(&'static str, String); 4] {
    let counted = |number: u64, is_minimum: bool| match is_minimum {
        true => text::groups::at_least(grouped(number)),
        false => grouped(number),
    };
    let features = counted(effect.features, effect.is_features_minimum());
    let resources = counted(effect.resources, effect.is_resources_minimum());
    [
        (text::groups::losing_members(), grouped(effect.members)),
        (text::groups::losing_features(), features),
        (text::groups::losing_resources(), resources),
        (text::groups::ending_limits(), ending(effect.limits, limits)),
    ]
}

/// Returns the number of limits that end, with their names as far as the viewer can read them.
fn ending(number: u64, limits: &[Limit]) -> String {
    let names: Vec<String> = limits.iter().map(limit_name).collect();
    match names.as_slice() {
        [] => grouped(number),
        names => format!("{} ({})", grouped(number), names.join("; ")),
    }
}

/// Returns the quantity, amount and period of a limit.
fn limit_name(limit: &Limit) -> String {
    let metric = labels::metric_of(limit.metric, limit.model.as_deref());
    let shared = limit.shared.then(|| text::limits::shared().to_owned());
    let words = [
        Some(labels::amount(limit.amount)),
        limit.period.map(labels::period),
        shared,
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    format!("{metric}: {}", words.join(", "))
}
