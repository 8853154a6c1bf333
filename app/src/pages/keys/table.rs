//! Provider API keys as a table, with their actions: of the system or of the signed-in user.

use std::rc::Rc;

use domain::keys::ApiKey;
use leptos::prelude::*;

use super::may_write;
use crate::{
    api::{
        keys::{KeyListing, KeyOperation, ListKeys, Owner, SetKeyActive},
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        api_keys::{self, KeyControls},
        form::{self, FormState, PageUser},
        icon::{Glyph, Icon},
        list::row_link::{RowLink, row_links},
        loaded::Loaded,
        notice::ProblemNotice,
        parameters::{NONE, checked},
        state::{ListErrorNotice, ListState, LoadingNotice},
    },
    context::PageContext,
    text,
};

/// Keys of a page, shared with the dialogs above it.
#[derive(Clone, Copy)]
pub(super) struct KeysPage {
    /// Owner of the keys.
    pub(super) owner: Owner,
    /// The loaded keys.
    pub(super) list: Loaded<KeyListing>,
    /// Form of the buttons that need no dialog.
    doing: FormState,
}

impl KeysPage {
    /// Loads the keys of an owner and provides them as context.
    pub(super) fn provide(owner: Owner) -> Self {
        let request = checked(|| (), &[], NONE);
        let list = Loaded::new(move || {
            check_params(request.get())?;
            ReadRequest::of(ListKeys { owner })
        });
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
        let list = self.list.draw(LoadingNotice, move |list| match list {
            Ok(listed) => {
                let below = below(listed.clone());
                view! { {rows(self, listed)} {below} }.into_any()
            }
            Err(problem) => view! {
                <ListErrorNotice
                    title=text::keys::load_failed()
                    problem=problem
                    again=String::new()
                    all=self.owner.page().to_owned()
                    label=text::keys::show_all()
                />
            }
            .into_any(),
        });
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
                {list}
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
                {text::keys::off()}
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
                {text::keys::add()}
            </a>
        }
    })
}

fn rows(shown: KeysPage, listed: KeyListing) -> AnyView {
    if listed.list.keys.is_empty() {
        return view! { <ListState icon=Icon::Key title=text::keys::none() /> }.into_any();
    }
    let (keys, now) = (listed.list.keys, listed.now);
    let controls = |draw: fn(KeysPage, &ApiKey) -> AnyView| -> Option<KeyControls> {
        let is_writable = shown.is_writable();
        is_writable.then(|| -> KeyControls { Rc::new(move |key: &ApiKey| draw(shown, key)) })
    };
    api_keys::table(
        text::keys::title(),
        keys,
        now,
        controls(toggle),
        controls(links),
    )
}

/// Renders the button that enables or disables a key.
fn toggle(shown: KeysPage, key: &ApiKey) -> AnyView {
    let name = &key.key_name;
    let (operation, label, about) = if key.is_active {
        let about = text::keys::disable_of(name);
        (KeyOperation::Disable, text::keys::disable(), about)
    } else {
        let about = text::keys::enable_of(name);
        (KeyOperation::Enable, text::keys::enable(), about)
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
                aria-label=about
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
    let href = |word: &str| format!("{}/{}/{word}", shown.owner.page(), key.id);
    row_links(vec![
        RowLink {
            href: href("edit"),
            label: text::keys::edit(),
            about: text::keys::edit_of(&key.key_name),
        },
        RowLink {
            href: href("delete"),
            label: text::keys::delete(),
            about: text::keys::delete_of(&key.key_name),
        },
    ])
}
