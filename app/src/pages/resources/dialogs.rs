//! Dialogs above the page of a resource: granting access, transfer and deletion.

use domain::{
    permission::Permission,
    problem::Problem,
    resources::{GrantLevel, OpenedResource, Resource, ResourceDeletion},
    stored::StoredObject,
};
use leptos::prelude::*;

use super::{grants::level_label, page::Opened};
use crate::{
    api::{
        read::ReadRequest,
        resources::{
            PreviewResourceDeletion, SubjectKind,
            changes::{DeleteResource as DeleteForm, TransferResource as TransferForm},
            grants::GrantAccess as GrantForm,
            path,
        },
    },
    components::{
        deletion::Uncounted,
        description_list::DescriptionItem,
        dialog::{DialogRoute, FormDialog},
        field::FieldSpec,
        form,
        loaded::Loaded,
        name_field::NameField,
        name_search,
        object_form::ObjectConflict,
        tab::with,
        typed::typed_or,
        user_field::UserField,
    },
    context::PageContext,
    format::grouped,
    text,
};

pub(super) const NAME: FieldSpec = FieldSpec {
    name: "name",
    label: text::resources::name,
    kind: "text",
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 200,
};

const SUBJECT: FieldSpec = FieldSpec {
    name: "subject",
    label: text::resources::subject,
    hint: Some(text::resources::subject_hint),
    optional: true,
    ..NAME
};

/// Returns the path of a dialog and of the page behind it.
pub(super) fn route(opened: &OpenedResource, end: &str) -> DialogRoute {
    let back = path(opened.listed.resource.id);
    DialogRoute {
        path: format!("{back}/{end}"),
        back,
    }
}

/// Renders the hidden fields that identify the resource.
fn about(resource: &Resource) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="id" value=resource.id.to_string() />
        <input type="hidden" name="shown" value=resource.name.clone() />
    }
}

/// Returns the name of a resource that another user has saved.
pub(super) fn stored_name(object: &StoredObject) -> Option<String> {
    match object {
        StoredObject::Resource(resource) => Some(resource.name.clone()),
        _ => None,
    }
}

/// Renders the dialog that grants access.
#[component]
pub fn GrantAccess() -> impl IntoView {
    with(Opened::current().resource, |opened| {
        let route = route(&opened, "grant");
        let context = expect_context::<PageContext>().of_form(&route.path);
        let form_state = form::send::<GrantForm>(&route.path);
        let kind = SubjectKind::of(&context.typed("kind")).unwrap_or(SubjectKind::User);
        let chosen = RwSignal::new(kind);
        let (users, groups) = (name_search::users(), name_search::groups());
        let search = Signal::derive(move || match chosen.get() {
            SubjectKind::User => users,
            SubjectKind::Group => groups,
            SubjectKind::Everyone => None,
        });
        let level = typed_or(&context, "level", || GrantLevel::Read.as_str().to_owned());
        let kinds = SubjectKind::ALL.map(|one| (one.as_str(), kind_label(one)));
        let levels = GrantLevel::ALL.iter();
        let levels = levels.map(|one| (one.as_str(), level_label(*one)));
        view! {
            <FormDialog
                title=text::resources::grant_title(&opened.listed.resource.name)
                route=route
                form_state=form_state
                denied=None
                action=Signal::stored(text::resources::grant().to_owned())
                right=Permission::ResourcesWrite
            >
                <div on:change=move |event| {
                    let kind = SubjectKind::of(&event_target_value(&event));
                    chosen.set(kind.unwrap_or(SubjectKind::User));
                }>{choice("kind", text::resources::grant_to(), kinds.into(), kind.as_str())}</div>
                <NameField
                    spec=SUBJECT
                    value=context.typed("subject")
                    error=form_state.error("subject")
                    search=search
                    first=true
                />
                {choice("level", text::resources::level(), levels.collect(), &level)}
                {about(&opened.listed.resource)}
            </FormDialog>
        }
    })
}

/// Returns the label of a kind of subject.
fn kind_label(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::User => text::resources::kind_user(),
        SubjectKind::Group => text::resources::kind_group(),
        SubjectKind::Everyone => text::resources::everyone(),
    }
}

/// Renders a group of radio buttons.
fn choice(
    name: &'static str,
    label: &'static str,
    options: Vec<(&'static str, &'static str)>,
    chosen: &str,
) -> AnyView {
    let options = options.into_iter().map(|(word, label)| {
        let checked = word == chosen;
        view! {
            <label class="check">
                <input type="radio" name=name value=word checked=checked />
                <span>{label}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field" id=name tabindex="-1">
            <legend class="field-label">{label}</legend>
            {options.collect_view()}
        </fieldset>
    }
    .into_any()
}

/// Renders the dialog that transfers the resource to another owner.
#[component]
pub fn TransferResource() -> impl IntoView {
    with(Opened::current().resource, |opened| {
        let route = route(&opened, "transfer");
        let context = expect_context::<PageContext>().of_form(&route.path);
        let form_state = form::send::<TransferForm>(&route.path);
        let conflict = ObjectConflict::of(form_state);
        let version = conflict.version(&context, opened.listed.resource.version);
        let resource = opened.listed.resource;
        let title = text::resources::transfer_title(&resource.name);
        let shown = conflict.value(stored_name, resource.name);
        let owner = opened.listed.owner;
        let owner = owner.unwrap_or_else(|| text::resources::no_owner().to_owned());
        view! {
            <FormDialog
                title=title
                route=route
                form_state=form_state
                denied=None
                action=Signal::stored(text::resources::transfer_button().to_owned())
                right=Permission::ResourcesWrite
            >
                <dl class="details">
                    <DescriptionItem label=text::resources::present_owner()>
                        <bdi>{owner}</bdi>
                    </DescriptionItem>
                </dl>
                <p>{text::resources::transfer_text()}</p>
                <input type="hidden" name="version" value=version />
                <UserField
                    name="owner"
                    label=text::resources::new_owner
                    value=context.typed("owner")
                    error=form_state.error("owner")
                    first=true
                />
                <input type="hidden" name="id" value=resource.id.to_string() />
                <input type="hidden" name="shown" value=shown />
            </FormDialog>
        }
    })
}

/// Renders the dialog that deletes the resource, with the numbers of users and groups that lose access.
#[component]
pub fn DeleteResource() -> impl IntoView {
    with(Opened::current().resource, |opened| {
        let id = opened.listed.resource.id;
        let counted = Loaded::new(move || ReadRequest::of(PreviewResourceDeletion { id }));
        let counting = route(&opened, "delete");
        let fallback = move || view! { <Uncounted route=counting problem=None /> };
        counted.draw(fallback, move |preview| deletion(&opened, preview))
    })
}

fn deletion(opened: &OpenedResource, preview: Result<ResourceDeletion, Problem>) -> AnyView {
    let route = route(opened, "delete");
    let preview = match preview {
        Ok(preview) => preview,
        Err(problem) => {
            return view! { <Uncounted route=route problem=Some(problem) /> }.into_any();
        }
    };
    let form_state = form::send::<DeleteForm>(&route.path);
    let resource = opened.listed.resource.clone();
    let title = text::resources::delete_title(&resource.name);
    let ResourceDeletion {
        users,
        groups,
        members,
        everyone,
    } = preview;
    let counts = format!("{users},{groups},{members},{everyone}");
    let loses = everyone.then(|| view! { <p>{text::resources::delete_everyone()}</p> });
    view! {
        <FormDialog
            title=title.clone()
            route=route
            form_state=form_state
            denied=None
            action=Signal::stored(title)
            right=Permission::ResourcesWrite
            danger=true
        >
            <p>{text::resources::delete_text()}</p>
            <dl class="details">
                <DescriptionItem label=text::resources::delete_users()>{grouped(users)}</DescriptionItem>
                <DescriptionItem label=text::resources::delete_groups()>{grouped(groups)}</DescriptionItem>
                <DescriptionItem label=text::resources::delete_members()>{grouped(members)}</DescriptionItem>
            </dl>
            {loses}
            <input type="hidden" name="version" value=resource.version.to_string() />
            <input type="hidden" name="counts" value=counts />
            {about(&resource)}
        </FormDialog>
    }
    .into_any()
}
