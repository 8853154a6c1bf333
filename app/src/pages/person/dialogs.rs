//! What can be done to a person, each a dialog over the first tab.

pub mod create;
pub mod delete;
pub mod edit;
pub mod profile;
pub mod reassign;
pub mod reset;
pub mod suspend;

pub use create::Create;
pub use delete::Delete;
pub use edit::Edit;
pub use reassign::Reassign;
pub use reset::Reset;
pub use suspend::Suspend as SuspendPerson;

use domain::users::detail::UserDetail;
use leptos::prelude::*;

use super::path;
use crate::{
    api::person::Person,
    components::{dialog::Place, field::FieldSpec},
    context::PageContext,
};

pub(in crate::pages) const DISPLAY_NAME: FieldSpec = FieldSpec {
    name: "display_name",
    label: "Display name",
    kind: "text",
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 100,
};

pub(in crate::pages) const EMAIL: FieldSpec = FieldSpec {
    name: "email",
    label: "Email",
    kind: "email",
    autocomplete: "off",
    hint: None,
    optional: true,
    max: 254,
};

const PASSWORD: FieldSpec = FieldSpec {
    name: "password",
    label: "Temporary password",
    kind: "password",
    autocomplete: "new-password",
    hint: Some("At least 6 characters. They have to change it when they sign in."),
    optional: false,
    max: 256,
};

/// The field for a password that an administrator sets, as long as it lasts on this server.
fn admin_password(context: &PageContext) -> FieldSpec {
    if context.site.lasting_passwords {
        FieldSpec {
            label: "Password",
            hint: Some("At least 6 characters. They sign in with it: let them choose another one."),
            ..PASSWORD
        }
    } else {
        PASSWORD
    }
}

/// Where a dialog about a person is.
fn place(person: &Person, word: &str) -> Place {
    let back = path(&person.user.summary);
    Place {
        path: format!("{back}/{word}"),
        back,
    }
}

/// Why somebody in the bin is not changed.
fn in_bin(user: &UserDetail) -> Option<String> {
    let deleted = user.deleted_at.is_some();
    deleted.then(|| "This account is deleted. Restore it first.".to_owned())
}

/// What was typed into a form that comes back, or what stands in it at first.
pub(in crate::pages) fn typed_or(
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

/// Whether a box was ticked in a form that comes back, or is at first.
fn ticked(context: &PageContext, field: &str, first: bool) -> bool {
    if context.outcome.is_some() {
        !context.typed(field).is_empty()
    } else {
        first
    }
}

/// The roles that were ticked in a form that comes back, or are at first.
pub(in crate::pages) fn ticked_roles(context: &PageContext, first: Vec<String>) -> Vec<String> {
    if context.outcome.is_some() {
        let typed = context.typed("roles[]");
        typed.split(',').map(str::to_owned).collect()
    } else {
        first
    }
}

/// Whom a form is about, and where it leads back to.
#[component]
fn About(
    /// Whom.
    person: Person,
    /// The end of the address of the tab that it leads back to, if that is not the first one.
    #[prop(optional)]
    tab: &'static str,
) -> impl IntoView {
    let page = format!("{}{tab}", path(&person.user.summary));
    view! {
        <input type="hidden" name="page" value=page />
        <input type="hidden" name="id" value=person.user.summary.id.to_string() />
        <input type="hidden" name="username" value=person.user.summary.username />
    }
}
