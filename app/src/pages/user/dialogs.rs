//! Dialogs that change a user, above the first tab.

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
pub use suspend::Suspend as SuspendUser;

use domain::users::detail::UserDetail;
use leptos::prelude::*;

use super::path;
use crate::{
    api::user::UserView,
    components::{dialog::DialogRoute, field::FieldSpec},
    context::PageContext,
};

const PASSWORD: FieldSpec = FieldSpec {
    name: "password",
    label: "Temporary password",
    kind: "password",
    autocomplete: "new-password",
    hint: Some("At least 6 characters. Must be changed at next sign-in."),
    optional: false,
    max: 256,
};

/// Returns the field for a password that an administrator sets, which is permanent or temporary depending on the server.
fn admin_password(context: &PageContext) -> FieldSpec {
    if context.site.lasting_passwords {
        FieldSpec {
            label: "Password",
            hint: Some("At least 6 characters. Valid until the user changes it."),
            ..PASSWORD
        }
    } else {
        PASSWORD
    }
}

/// Returns the path of a user's dialog and of the page behind it.
fn route(user_view: &UserView, word: &str) -> DialogRoute {
    let back = path(&user_view.user.summary);
    DialogRoute {
        path: format!("{back}/{word}"),
        back,
    }
}

/// Returns the reason for denial if the user is deleted.
fn deleted_notice(user: &UserDetail) -> Option<String> {
    let deleted = user.deleted_at.is_some();
    deleted.then(|| "This user is deleted. Restore the user first.".to_owned())
}

/// Renders the hidden fields that identify the user and the page to return to.
#[component]
fn About(
    /// The user that the form concerns.
    user_view: UserView,
    /// Path suffix of the tab to return to; empty for the first one.
    #[prop(optional)]
    tab: &'static str,
) -> impl IntoView {
    let page = format!("{}{tab}", path(&user_view.user.summary));
    view! {
        <input type="hidden" name="page" value=page />
        <input type="hidden" name="id" value=user_view.user.summary.id.to_string() />
        <input type="hidden" name="username" value=user_view.user.summary.username />
    }
}
