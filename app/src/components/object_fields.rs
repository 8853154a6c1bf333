//! Text fields in the forms of an object: of the form that creates one, and of the form that edits it, where each has the
//! value that another user has saved meanwhile.

use leptos::prelude::*;

use super::{
    field::{Field, FieldSpec},
    form::FormState,
    object_form::{ObjectConflict, Pick, SavedValue, UseTheirs},
    text_area::TextArea,
    typed::typed_or,
};
use crate::{context::PageContext, text};

/// Text field in the forms of an object.
#[derive(Clone, Copy)]
pub(crate) struct ObjectField {
    spec: FieldSpec,
    /// Number of visible lines.
    lines: u8,
    /// Returns the value in a saved object.
    saved: Pick,
}

impl ObjectField {
    /// Returns a required field with one line, of at most `max` characters. `saved` returns its value in the object that another
    /// user has saved.
    pub(crate) const fn new(name: &'static str, label: text::Label, max: u16, saved: Pick) -> Self {
        let spec = FieldSpec {
            name,
            label,
            kind: "text",
            autocomplete: "off",
            hint: None,
            optional: false,
            max,
        };
        Self {
            spec,
            lines: 1,
            saved,
        }
    }

    /// Returns the field as one that can be empty, with an explanation if there is one.
    pub(crate) const fn optional(self, hint: Option<text::Label>) -> Self {
        let spec = FieldSpec {
            hint,
            optional: true,
            ..self.spec
        };
        Self { spec, ..self }
    }

    /// Returns the field with a number of visible lines.
    pub(crate) const fn with_lines(self, lines: u8) -> Self {
        Self { lines, ..self }
    }

    /// Renders the field with a value. The first field of a form gets the focus.
    fn render(self, form_state: FormState, value: String, first: bool) -> AnyView {
        let Self { spec, lines, .. } = self;
        let error = form_state.error(spec.name);
        match lines {
            1 => view! { <Field spec=spec value=value error=error first=first /> }.into_any(),
            lines => {
                view! { <TextArea spec=spec value=value rows=lines error=error first=first /> }
                    .into_any()
            }
        }
    }
}

/// Renders the fields of the form at a path that creates an object.
pub(crate) fn new_fields(path: &str, form_state: FormState, fields: &[ObjectField]) -> AnyView {
    let context = expect_context::<PageContext>().of_form(path);
    let fields: Vec<AnyView> = fields
        .iter()
        .enumerate()
        .map(|(index, field)| field.render(form_state, context.typed(field.spec.name), index == 0))
        .collect();
    view! { {fields} }.into_any()
}

/// Renders the fields of the form at a path that edits an object: each with its stored value and the one that another user has
/// saved since, and the hidden ones apart from the id. The first field names the object.
pub(crate) fn edit_fields(
    path: &str,
    form_state: FormState,
    conflict: ObjectConflict,
    version: i32,
    fields: Vec<(ObjectField, String)>,
) -> AnyView {
    let context = expect_context::<PageContext>().of_form(path);
    let version = conflict.version(&context, version);
    let shown = fields
        .first()
        .map(|(field, value)| conflict.value(field.saved, value.clone()));
    let first: Vec<(&str, String)> = fields
        .iter()
        .map(|(field, value)| (field.spec.name, value.clone()))
        .collect();
    let first = conflict.first(&context, &first);
    let fields: Vec<AnyView> = fields
        .into_iter()
        .enumerate()
        .map(|(index, (field, value))| {
            let mine = typed_or(&context, field.spec.name, || value);
            let input = field.render(form_state, mine.clone(), index == 0);
            view! {
                {input}
                <SavedValue conflict=Some(conflict) mine=mine pick=field.saved />
            }
            .into_any()
        })
        .collect();
    view! {
        <UseTheirs conflict=conflict path=path.to_owned() />
        {first}
        {fields}
        <input type="hidden" name="version" value=version />
        <input type="hidden" name="shown" value=shown />
    }
    .into_any()
}
