//! Page of a user: the header, and below it a tab, or the first tab under a dialog.

pub mod data;
pub mod dialogs;
pub mod head;
pub mod history;
pub mod keys;
pub mod overview;
pub mod reset_links;
pub mod sessions;
pub mod tokens;

pub use data::Data;
pub use history::History;
pub use keys::Keys;
pub use sessions::Sessions;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        error::ApiError,
        user::{UserView, find_user, path},
        user_actions::reversible::RunUserOperation,
    },
    components::{
        form::{self, FormState},
        rows::keyed_by,
        state::LoadingNotice,
        tab::{Failed, with},
    },
    context::PageContext,
};
use head::Head;

/// User of the page, shared by its tabs and dialogs.
#[derive(Clone, Copy)]
struct OpenedUser {
    user_view: Resource<Result<UserView, ApiError>>,
    /// Form of the buttons that need no dialog.
    doing: FormState,
}

impl OpenedUser {
    fn current() -> Self {
        expect_context()
    }
}

/// Renders the page of a user. The URL of another user renders a new page.
#[component]
pub fn UserPage() -> impl IntoView {
    keyed_by("user", |user| view! { <PageOf user=user /> }.into_any())
}

#[component]
fn PageOf(
    /// Username, number or id, from the URL.
    user: String,
) -> impl IntoView {
    let user_view = Resource::new(|| (), move |()| find_user(user.clone()));
    // Without scripts the form posts to the URL of the page, and its outcome is stored for that path. Further path segments
    // belong to a tab or a dialog.
    let address = leptos_router::hooks::use_location()
        .pathname
        .get_untracked();
    let path = address.split('/').take(3).collect::<Vec<_>>().join("/");
    let doing = form::send::<RunUserOperation>(&path);
    provide_context(OpenedUser { user_view, doing });
    view! {
        <Transition fallback=LoadingNotice>
            {move || Suspend::new(async move {
                match user_view.await {
                    Ok(user_view) => view! { <Head user_view=user_view /> }.into_any(),
                    Err(ApiError(problem)) => view! { <Failed problem=problem /> }.into_any(),
                }
            })}
        </Transition>
        <Outlet />
    }
}

/// Renders with the loaded user. If loading fails, the header shows the error.
fn with_user<V: IntoView + 'static>(
    draw: impl Fn(UserView) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView {
    with(OpenedUser::current().user_view, draw)
}

/// Returns whether the viewer can change users.
fn may_write() -> bool {
    let context = use_context::<PageContext>().unwrap_or_default();
    context
        .principal
        .is_some_and(|principal| principal.may_write_users())
}
