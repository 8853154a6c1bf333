//! Provider API keys as a table, with their actions: of the system or of the signed-in user.

use domain::keys::{ApiKey, DISABLED};
use leptos::prelude::*;

use super::may_write;
use crate::{
    api::{
        error::ApiError,
        keys::{KeyListing, KeyOperation, Owner, SetKeyActive, list_keys},
        listed::check_params,
    },
    components::{
        api_keys::{COLUMNS, WITH_ACTIONS, cells},
        form::{self, FormState, PageUser},
        icon::{Glyph, Icon},
        notice::ProblemNotice,
        parameters::{NONE, checked},
        records::Records,
        state::{ListErrorNotice, ListState, LoadingNotice},
    },
    context::PageContext,
};

/// Keys of a page, shared with the dialogs above it.
#[derive(Clone, Copy)]
pub(super) struct KeysPage {
    /// Owner of the keys.
    pub(super) owner: Owner,
    /// The loaded keys.
    pub(super) list: Resource<Result<KeyListing, ApiError>>,
    /// Form of the buttons that need no dialog.
    doing: FormState,
}

impl KeysPage {
    /// Loads the keys of an owner and provides them as context.
    pub(super) fn provide(owner: Owner) -> Self {
        let request = checked(|| (), &[], NONE);
        let list = Resource::new(
            move || request.get(),
            move |request| async move {
                check_params(request)?;
                list_keys(owner).await
            },
        );
        let shown = Self {
            owner,
            list,
            doing: form::send::<SetKeyActive>(owner.page()),
        };
        provide_context(shown);
        shown
    }

    /// Renders the table, or the error, followed by the other content of the page.
    pub(super) fn draw(self, below: fn(KeyListing) -> AnyView) -> AnyView {
        let list = self.list;
        let problem = move || {
            self.doing.problem.get().map(|problem| {
                view! {
                    <div class="pane-actions">
                        <ProblemNotice problem=problem autofocus=true />
                    </div>
                }
            })
        };
        view! {
            {is_off().then(Off)}
            {problem}
            <section class="list">
                <Transition fallback=LoadingNotice>
                    {move || Suspend::new(async move {
                        match list.await {
                            Ok(listed) => {
                                let below = below(listed.clone());
                                view! { {rows(self, listed)} {below} }.into_any()
                            }
                            Err(ApiError(problem)) => {
                                view! {
                                    <ListErrorNotice
                                        title="The API keys could not be loaded"
                                        problem=problem
                                        again=String::new()
                                        all=self.owner.page().to_owned()
                                        label="Show all API keys"
                                    />
                                }
                                    .into_any()
                            }
                        }
                    })}
                </Transition>
            </section>
        }
        .into_any()
    }

    /// Returns whether the viewer can change these keys.
    fn is_writable(self) -> bool {
        self.owner == Owner::Own || may_write()
    }
}

/// Returns whether the server cannot store API keys.
pub(super) fn is_off() -> bool {
    !expect_context::<PageContext>().site.api_keys
}

#[component]
fn Off() -> impl IntoView {
    view! {
        <div class="pane-actions">
            <p class="notice tone-warning">
                <Glyph icon=Icon::Alert />
                {DISABLED}
            </p>
        </div>
    }
}

/// Renders the link that adds a key, if the viewer can add one.
#[component]
pub(super) fn AddLink(owner: Owner) -> impl IntoView {
    let may = !is_off() && (owner == Owner::Own || may_write());
    may.then(|| {
        view! {
            <a class="button button-primary" href=format!("{}/new", owner.page()) data-noscroll>
                "Add API key"
            </a>
        }
    })
}

fn rows(shown: KeysPage, listed: KeyListing) -> AnyView {
    if listed.list.keys.is_empty() {
        return view! { <ListState icon=Icon::Key title="No API keys yet" /> }.into_any();
    }
    let (now, writable) = (listed.now, shown.is_writable());
    let keys = listed.list.keys.into_iter().map(|key| {
        let (toggle, links) = writable
            .then(|| (toggle(shown, &key), links(shown, &key)))
            .unzip();
        let id = key.id.to_string();
        let mut cells = cells(key, now, toggle);
        cells.extend(links);
        (id, cells)
    });
    let columns = if writable { WITH_ACTIONS } else { COLUMNS };
    view! { <Records caption="API keys" columns=columns rows=keys.collect() /> }.into_any()
}

/// Renders the button that enables or disables a key.
fn toggle(shown: KeysPage, key: &ApiKey) -> AnyView {
    let (operation, label) = if key.is_active {
        (KeyOperation::Disable, "Disable")
    } else {
        (KeyOperation::Enable, "Enable")
    };
    view! {
        <form
            method="post"
            action=shown.owner.page()
            on:submit=move |event| shown.doing.submit.run(event)
        >
            <PageUser />
            <input type="hidden" name="owner" value=shown.owner.as_str() />
            <input type="hidden" name="id" value=key.id.to_string() />
            <input type="hidden" name="shown" value=key.key_name.clone() />
            <input type="hidden" name="operation" value=operation.as_str() />
            <button
                class="button"
                aria-label=format!("{label} {}", key.key_name)
                aria-disabled=move || shown.doing.busy()
            >
                {label}
            </button>
        </form>
    }
    .into_any()
}

/// Renders the links to the dialogs of a key.
fn links(shown: KeysPage, key: &ApiKey) -> AnyView {
    let link = |word: &str, label: &'static str| {
        view! {
            <a
                class="button"
                href=format!("{}/{}/{word}", shown.owner.page(), key.id)
                data-noscroll
                aria-label=format!("{label} {}", key.key_name)
            >
                {label}
            </a>
        }
    };
    view! { <div class="chips">{link("edit", "Edit")} {link("delete", "Delete")}</div> }.into_any()
}
