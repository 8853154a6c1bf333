//! A link to hand over, or an access token to take: it is shown once.

use ::time::OffsetDateTime;
use leptos::{ev::MouseEvent, html, prelude::*};
use wasm_bindgen::JsCast;

use super::time::Exactly;
use crate::{api::done::Done, hydrated::Hydrated, pages::form};

/// What is told of a link.
const LINK: [&str; 2] = [
    "Link to hand over",
    "Hand this link over in person or by a message. It is shown only here, and whoever has it can use it.",
];
/// What is told of a token.
const TOKEN: [&str; 2] = [
    "Access token",
    "Copy it to where it is needed. It is shown only here, and whoever has it can act for you.",
];

/// What a form has made, to be copied.
#[component]
pub fn Link(
    /// What became of the form.
    done: Done,
) -> impl IntoView {
    let Done { next, link, token } = done;
    let link = link.map(|link| (LINK, link.url, Some(link.expires_at)));
    let made = link.or(token.map(|made| (TOKEN, made.token, made.expires_at)));
    made.map(|([label, hint], text, end)| view! { <Once label=label hint=hint text=text end=end next=next /> })
}

#[component]
fn Once(
    /// What it is called.
    label: &'static str,
    /// What to do with it.
    hint: &'static str,
    /// What is copied.
    text: String,
    /// When it ceases to work, if ever.
    end: Option<OffsetDateTime>,
    /// The page after it.
    next: String,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let (copied, set_copied) = signal(false);
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // In the next frame: a dialog that becomes modal takes the focus.
            request_animation_frame(move || {
                drop(field.focus());
                field.select();
            });
        }
    });
    let copy = move |_| {
        if let Some(field) = field.get_untracked() {
            field.select();
            // Not the clipboard of newer pages: that is closed to a panel without https.
            let document = document().dyn_into::<web_sys::HtmlDocument>();
            let copied = document.is_ok_and(|page| page.exec_command("copy").unwrap_or_default());
            set_copied.set(copied);
        }
    };
    let address = next.clone();
    let leave = move |event: MouseEvent| {
        // With a key it opens elsewhere, and the dialog stays.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            form::go_on(&next);
        }
    };
    view! {
        <div class="dialog-body">
            <p id="link-hint">{hint}</p>
            <div class="field">
                <label class="field-label" for="link">
                    {label}
                </label>
                <input
                    node_ref=field
                    class="input"
                    id="link"
                    readonly
                    value=text
                    aria-describedby="link-hint link-end"
                    autofocus
                />
                <p class="field-note" id="link-end">
                    {match end {
                        Some(end) => view! { "Works until " <Exactly at=end /> }.into_any(),
                        None => "Works until it is revoked".into_any(),
                    }}
                </p>
            </div>
        </div>
        <footer class="dialog-foot">
            <Show when=Hydrated::now>
                <button class="button" type="button" on:click=copy>
                    {move || if copied.get() { "Copied" } else { "Copy" }}
                </button>
            </Show>
            <a class="button button-primary" href=address rel="external" on:click=leave>
                "Done"
            </a>
        </footer>
    }
}
