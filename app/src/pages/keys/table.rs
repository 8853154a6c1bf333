//! Provider API keys as a table, with their actions: of the system or of the signed-in user.

use domain::keys::{ApiKey, SWITCHED_OFF};
use leptos::prelude::*;

use super::may_write;
use crate::{
    api::{
        error::ApiError,
        keys::{DoToKey, KeyDeed, Listed, Owner, list_keys},
        listed::asked,
    },
    components::{
        api_keys::{COLUMNS, WITH_ACTIONS, cells},
        form::{self, Sending},
        icon::{Glyph, Icon},
        notice::ProblemNotice,
        page_user::PageUser,
        parameters::{NONE, checked},
        records::Records,
        state::{ListFailure, ListState, Waiting},
    },
    context::PageContext,
};

/// Keys of a page, shared with the dialogs above it.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// Owner of the keys.
    pub(super) owner: Owner,
    /// The loaded keys.
    pub(super) list: Resource<Result<Listed, ApiError>>,
    /// Form of the buttons that need no dialog.
    doing: Sending,
}

impl Shown {
    /// Loads the keys of an owner and provides them as context.
    pub(super) fn provide(owner: Owner) -> Self {
        let request = checked(|| (), &[], NONE);
        let list = Resource::new(
            move || request.get(),
            move |request| async move {
                asked(request)?;
                list_keys(owner).await
            },
        );
        let shown = Self {
            owner,
            list,
            doing: form::send::<DoToKey>(owner.page()),
        };
        provide_context(shown);
        shown
    }

    /// Renders the table, or the error, followed by the other content of the page.
    pub(super) fn draw(self, below: fn(Listed) -> AnyView) -> AnyView {
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
                <Transition fallback=Waiting>
                    {move || Suspend::new(async move {
                        match list.await {
                            Ok(listed) => {
                                let below = below(listed.clone());
                                view! { {rows(self, listed)} {below} }.into_any()
                            }
                            Err(ApiError(problem)) => {
                                view! {
                                    <ListFailure
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
                {SWITCHED_OFF}
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

fn rows(shown: Shown, listed: Listed) -> AnyView {
    if listed.list.keys.is_empty() {
        return view! { <ListState icon=Icon::Key title="No API keys yet" /> }.into_any();
    }
    let (now, writable) = (listed.now, shown.is_writable());
    let keys = listed.list.keys.into_iter().map(|key| {
        let (switch, links) = writable
            .then(|| (switch(shown, &key), links(shown, &key)))
            .unzip();
        let id = key.id.to_string();
        let mut cells = cells(key, now, switch);
        cells.extend(links);
        (id, cells)
    });
    let columns = if writable { WITH_ACTIONS } else { COLUMNS };
    view! { <Records caption="API keys" columns=columns rows=keys.collect() /> }.into_any()
}

/// Renders the button that enables or disables a key.
fn switch(shown: Shown, key: &ApiKey) -> AnyView {
    let (deed, label) = if key.is_active {
        (KeyDeed::Off, "Disable")
    } else {
        (KeyDeed::On, "Enable")
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
            <input type="hidden" name="deed" value=deed.as_str() />
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
fn links(shown: Shown, key: &ApiKey) -> AnyView {
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
