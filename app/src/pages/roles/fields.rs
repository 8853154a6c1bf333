//! Fields of the form of a role.

use domain::{
    access::BuiltinRole,
    messages,
    roles::{DEFAULT_RANK, Role},
    stored::StoredObject,
};
use leptos::prelude::*;

use super::choice::{PERMISSIONS, PermissionChoice};
use crate::{
    api::{first_values::list_text, roles::on_one_line},
    components::{
        field::{Field, FieldSpec},
        form::FormState,
        object_form::{ObjectConflict, SavedValue},
        text_area::TextArea,
        typed::{ticked_values, typed_or},
    },
    context::PageContext,
    text,
};

const NAME: FieldSpec = FieldSpec {
    name: "name",
    label: text::roles::name,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::roles::name_hint),
    optional: false,
    max: 50,
};

const LABEL: FieldSpec = FieldSpec {
    name: "label",
    label: text::roles::label,
    hint: Some(text::roles::label_hint),
    optional: true,
    max: 100,
    ..NAME
};

const DESCRIPTION: FieldSpec = FieldSpec {
    name: "description",
    label: text::roles::description,
    hint: None,
    optional: true,
    max: 500,
    ..NAME
};

const RANK: FieldSpec = FieldSpec {
    name: "rank",
    label: text::roles::rank,
    hint: Some(text::roles::rank_hint),
    max: 4,
    ..NAME
};

/// Values of the fields.
pub(super) struct Values {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) description: String,
    pub(super) rank: String,
    pub(super) permissions: Vec<String>,
}

impl Values {
    /// Returns the values of a new role.
    pub(super) fn of_new() -> Self {
        Self {
            name: String::new(),
            label: String::new(),
            description: String::new(),
            rank: DEFAULT_RANK.to_string(),
            permissions: Vec::new(),
        }
    }

    /// Returns the values of a stored role.
    pub(super) fn of(role: &Role) -> Self {
        Self {
            name: role.name.clone(),
            label: role.label.clone().unwrap_or_default(),
            description: on_one_line(&role.description),
            rank: role.rank.to_string(),
            permissions: role.permissions.clone(),
        }
    }

    /// Returns the values of a copy, which needs a name of its own.
    pub(super) fn of_copy(role: &Role) -> Self {
        Self {
            name: String::new(),
            label: String::new(),
            ..Self::of(role)
        }
    }

    /// Returns the values by field.
    pub(super) fn first(&self) -> [(&'static str, String); 5] {
        [
            ("name", self.name.clone()),
            ("label", self.label.clone()),
            ("description", self.description.clone()),
            ("permissions", list_text(self.permissions.clone())),
            ("rank", self.rank.clone()),
        ]
    }

    /// Returns the typed values if the form is rendered again.
    pub(super) fn typed(self, context: &PageContext) -> Self {
        Self {
            name: typed_or(context, "name", || self.name),
            label: typed_or(context, "label", || self.label),
            description: typed_or(context, "description", || self.description),
            rank: typed_or(context, "rank", || self.rank),
            permissions: ticked_values(context, PERMISSIONS, self.permissions),
        }
    }
}

/// Returns a value of a saved role.
fn saved(object: &StoredObject, value: fn(Values) -> String) -> Option<String> {
    match object {
        StoredObject::Role(role) => Some(value(Values::of(role))),
        _ => None,
    }
}

/// Returns the name of a saved role.
pub(super) fn saved_name(object: &StoredObject) -> Option<String> {
    saved(object, |values| values.name)
}

/// Renders the fields with their values. `conflict` is that of the form of a stored role.
pub(super) fn fields(
    values: Values,
    builtin: Option<BuiltinRole>,
    form_state: FormState,
    conflict: Option<ObjectConflict>,
) -> AnyView {
    let Values {
        name,
        label,
        description,
        rank,
        permissions,
    } = values;
    view! {
        <Field spec=NAME value=name.clone() error=form_state.error("name") first=true />
        <SavedValue conflict=conflict mine=name pick=saved_name />
        <Field spec=LABEL value=label.clone() error=form_state.error("label") />
        <SavedValue conflict=conflict mine=label pick=|object| saved(object, |values| values.label) />
        <TextArea
            spec=DESCRIPTION
            value=description.clone()
            rows=3
            error=form_state.error("description")
        />
        <SavedValue
            conflict=conflict
            mine=description
            pick=|object| saved(object, |values| values.description)
        />
        {rank_field(rank.clone(), builtin, form_state)}
        <SavedValue conflict=conflict mine=rank pick=|object| saved(object, |values| values.rank) />
        <PermissionChoice
            chosen=permissions.clone()
            builtin=builtin
            error=form_state.error("permissions")
        />
        <SavedValue
            conflict=conflict
            mine=listed(permissions)
            pick=|object| saved(object, |values| listed(values.permissions))
        />
    }
    .into_any()
}

/// Lists permissions by name, sorted.
fn listed(mut permissions: Vec<String>) -> String {
    permissions.retain(|name| !name.is_empty());
    permissions.sort();
    permissions.join(", ")
}

/// Renders the field for the rank. That of a built-in role is sent unchanged, since a change of it is denied.
fn rank_field(rank: String, builtin: Option<BuiltinRole>, form_state: FormState) -> AnyView {
    match builtin {
        Some(_) => {
            let stays = text::message::of(&messages::role_builtin_rank());
            view! {
                <p class="field-note">{text::roles::rank_of(&rank)} " · " {stays}</p>
                <input type="hidden" name="rank" value=rank />
            }
            .into_any()
        }
        None => view! { <Field spec=RANK value=rank error=form_state.error("rank") /> }.into_any(),
    }
}
