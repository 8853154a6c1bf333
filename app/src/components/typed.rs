//! Values of a form that is rendered again.

use crate::context::PageContext;

/// Returns the typed value if the form is rendered again, otherwise the initial value.
pub(crate) fn typed_or(
    context: &PageContext,
    field: &str,
    first: impl FnOnce() -> String,
) -> String {
    if context.outcome.is_some() {
        context.typed(field)
    } else {
        first()
    }
}

/// Returns whether a checkbox was checked if the form is rendered again, otherwise its initial state.
pub(crate) fn ticked(context: &PageContext, field: &str, first: bool) -> bool {
    if context.outcome.is_some() {
        !context.typed(field).is_empty()
    } else {
        first
    }
}

/// Returns the checked roles if the form is rendered again, otherwise the initial ones.
pub(crate) fn ticked_roles(context: &PageContext, first: Vec<String>) -> Vec<String> {
    ticked_values(context, "roles[]", first)
}

/// Returns the checked values of a field if the form is rendered again, otherwise the initial ones.
pub(crate) fn ticked_values(context: &PageContext, field: &str, first: Vec<String>) -> Vec<String> {
    if context.outcome.is_some() {
        let typed = context.typed(field);
        typed.split(',').map(str::to_owned).collect()
    } else {
        first
    }
}
