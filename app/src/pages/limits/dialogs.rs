//! Dialogs that create, edit and delete a limit.

use domain::{
    limits::{Limit, LimitListParams, SubjectKind},
    permission::Permission,
};
use leptos::prelude::*;

use super::route;
use crate::{
    api::{
        limits::{DeleteLimit, FindLimit, FindLimitSubject, SaveLimit, form::of_limit},
        read::ReadRequest,
    },
    components::{
        deletion::once_loaded,
        description_list::DescriptionItem,
        dialog::FormDialog,
        form,
        limit_form::{LimitDialog, new_limit, of_limit as sentence_of},
        loaded::{Loaded, transition},
        parameters::use_list_params,
        rows::keyed_by,
    },
    labels::limits as labels,
    links::over,
    text,
};

/// Renders the dialog that creates a limit, for the subject in the filter of the list.
#[component]
pub fn New() -> impl IntoView {
    let params = use_list_params::<LimitListParams>().get_untracked();
    let requested = params.clone();
    let name: Loaded<Option<String>> = Loaded::new(move || {
        let params = requested.clone();
        ReadRequest::of(FindLimitSubject { params })
    });
    let dialog = move || {
        // An unknown subject is that of an invalid filter, which the list reports.
        let name = name.get()?.unwrap_or_default();
        let kind = params.subject().ok().flatten();
        let subject = name.or_else(|| params.id().map(str::to_owned));
        let route = route("new");
        let values = SaveLimit {
            page: route.back.clone(),
            ..new_limit(
                kind.unwrap_or(SubjectKind::Default),
                subject.unwrap_or_default(),
            )
        };
        let dialog = LimitDialog {
            url: over(&route.path, &params),
            route,
            title: text::limits::new().to_owned(),
            values,
            is_new: true,
            note: None,
        };
        Some(dialog.render())
    };
    transition(ViewFnOnce::default(), Box::new(dialog))
}

/// Renders the dialog that edits a limit.
#[component]
pub fn Edit() -> impl IntoView {
    keyed_by("id", |id| with_limit(id, "edit", |limit| edit(&limit)))
}

/// Renders the dialog that deletes a limit.
#[component]
pub fn Delete() -> impl IntoView {
    keyed_by("id", |id| with_limit(id, "delete", |limit| delete(&limit)))
}

/// Renders a dialog of a limit once that is loaded, or the error of loading.
fn with_limit(id: String, end: &'static str, draw: fn(Limit) -> AnyView) -> AnyView {
    let route = route(&format!("{id}/{end}"));
    let limit = Loaded::new(move || ReadRequest::of(FindLimit { id: id.clone() }));
    let title = text::limits::title();
    once_loaded(limit, route, title, ViewFnOnce::default(), draw)
}

/// Renders the form that edits a limit.
fn edit(limit: &Limit) -> AnyView {
    let route = route(&format!("{}/edit", limit.id));
    let values = SaveLimit {
        page: route.back.clone(),
        ..of_limit(limit)
    };
    let dialog = LimitDialog {
        url: over(
            &route.path,
            &use_list_params::<LimitListParams>().get_untracked(),
        ),
        route,
        title: text::limits::edit_of(labels::name(limit)),
        values,
        is_new: false,
        note: None,
    };
    dialog.render()
}

/// Renders the form that deletes a limit, with what applies until then and what decides afterwards.
fn delete(limit: &Limit) -> AnyView {
    let route = route(&format!("{}/delete", limit.id));
    let form_state = form::send::<DeleteLimit>(&route.path);
    let title = text::limits::delete_of(labels::name(limit));
    let permitted = sentence_of(limit);
    let (id, version) = (limit.id.to_string(), limit.version.to_string());
    let (shown, name) = (limit.label(), limit.subject_name.clone());
    view! {
        <FormDialog
            route=route
            title=title
            form_state=form_state
            denied=None
            action=Signal::stored(text::limits::delete_action().to_owned())
            right=Permission::LimitsWrite
            danger=true
        >
            <dl class="details">
                <DescriptionItem label=text::limits::until_now()>{permitted}</DescriptionItem>
            </dl>
            <p class="notice tone-danger">{text::limits::delete_meaning()}</p>
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="version" value=version />
            <input type="hidden" name="shown" value=shown />
            <input type="hidden" name="name" value=name.unwrap_or_default() />
        </FormDialog>
    }
    .into_any()
}
