//! Help on the search syntax.

use domain::users::list::ListParams;
use leptos::{
    ev::{FocusEvent, KeyboardEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;

use crate::{
    components::icon::{Glyph, Icon},
    links::users as links,
};

/// Examples of the search syntax: search and description.
const EXAMPLES: [(&str, &str); 10] = [
    ("amina", "Username, display name or email contains the word"),
    (
        "\"de Vasconcelos\"",
        "Quoted words are searched as a phrase",
    ),
    ("role:admin", "Has the role: admin, auditor, user"),
    (
        "status:suspended",
        "Has the status: active, suspended, pending",
    ),
    (
        "created:>2026-01-01",
        "Created after a date; also <, >= and <=, a month or a year",
    ),
    ("inactive:90d", "Not active for 90 days, or never"),
    (
        "last-login:before-90d",
        "Last sign-in more than 90 days ago, or never; after-90d: within 90 days",
    ),
    (
        "personas:>10",
        "Number of personas; also sessions, api-keys, annotations",
    ),
    (
        "has:api-keys",
        "Has at least one; also email, sessions, personas",
    ),
    (
        "-role:admin (anna OR hanna)",
        "Not an admin, and one of two names",
    ),
];

/// Renders the help behind a question mark icon. Its summary opens and closes it without scripts; with scripts it also
/// closes after use, on Escape, and when the focus leaves it.
#[component]
pub fn SearchHelp() -> impl IntoView {
    let help = NodeRef::<html::Details>::new();
    let summary = NodeRef::<html::Summary>::new();
    let close = move || {
        if let Some(help) = help.get_untracked() {
            help.set_open(false);
        }
    };
    let leave = move |event: FocusEvent| {
        let target = event.related_target();
        let target = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if help
            .get_untracked()
            .is_some_and(|help| !help.contains(target.as_ref()))
        {
            close();
        }
    };
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(summary) = summary.get_untracked()
        {
            drop(summary.focus());
            close();
        }
    };
    view! {
        <details node_ref=help class="search-help" on:keydown=escape on:focusout=leave>
            <summary
                node_ref=summary
                class="icon-button"
                aria-label="Search help"
                title="Search help"
            >
                <Glyph icon=Icon::Help />
            </summary>
            // `tabindex` lets the panel take the focus of a click on its text. Otherwise the click would count as leaving
            // the help and close it.
            <div class="search-help-panel" tabindex="-1">
                <p>"Combine words and filters; all must match."</p>
                <dl>
                    {EXAMPLES
                        .map(|(example, meaning)| {
                            let href = links::href(
                                &ListParams { q: Some(example.to_owned()), ..ListParams::default() },
                            );
                            view! {
                                <div>
                                    <dt>
                                        <a href=href data-noscroll on:click=move |_| close()>
                                            <code>{example}</code>
                                        </a>
                                    </dt>
                                    <dd>{meaning}</dd>
                                </div>
                            }
                        })
                        .into_iter()
                        .collect_view()}
                </dl>
            </div>
        </details>
    }
}
