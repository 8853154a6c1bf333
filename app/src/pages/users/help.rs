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
    text,
};

/// Examples of the search syntax: search and description.
const EXAMPLES: [(&str, text::Label); 13] = [
    ("amina", text::users::help_word),
    ("\"de Vasconcelos\"", text::users::help_phrase),
    ("role:admin", text::users::help_role),
    ("group:editors", text::users::help_group),
    ("status:suspended", text::users::help_status),
    ("created:>2026-01-01", text::users::help_created),
    ("inactive:90d", text::users::help_inactive),
    ("last-login:before-90d", text::users::help_last_login),
    ("personas:>10", text::users::help_count),
    ("has:api-keys", text::users::help_has),
    ("spend:>5", text::usage::help_spend),
    ("over:budget", text::usage::help_over),
    ("-role:admin (anna OR hanna)", text::users::help_not),
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
                aria-label=text::users::search_help()
                title=text::users::search_help()
            >
                <Glyph icon=Icon::Help />
            </summary>
            // `tabindex` lets the panel take the focus of a click on its text. Otherwise the click would count as leaving
            // the help and close it.
            <div class="search-help-panel" tabindex="-1">
                <p>{text::users::help_intro()}</p>
                <dl>
                    {EXAMPLES
                        .map(|(example, meaning)| {
                            let href = links::href(
                                &ListParams { q: Some(example.to_owned()), ..ListParams::default() },
                            );
                            view! {
                                <div>
                                    <dt>
                                        <a href=href on:click=move |_| close()>
                                            <code>{example}</code>
                                        </a>
                                    </dt>
                                    <dd>{meaning()}</dd>
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
