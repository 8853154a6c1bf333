//! A link to hand over: it is shown once.

use domain::users::detail::IssuedLink;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::time::Exactly;
use crate::routes::Hydrated;

/// A link to hand over.
#[component]
pub fn Link(
    /// The link.
    link: IssuedLink,
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
    view! {
        <div class="dialog-body">
            <p id="link-hint">"Hand this link over in person or by a message. It is shown only here, and whoever has it can use it."</p>
            <div class="field">
                <label class="field-label" for="link">
                    "Link to hand over"
                </label>
                <input
                    node_ref=field
                    class="input"
                    id="link"
                    readonly
                    value=link.url
                    aria-describedby="link-hint link-end"
                    autofocus
                />
                <p class="field-note" id="link-end">
                    "Works until "
                    <Exactly at=link.expires_at />
                </p>
            </div>
        </div>
        <footer class="dialog-foot">
            <Show when=Hydrated::now>
                <button class="button" type="button" on:click=copy>
                    {move || if copied.get() { "Copied" } else { "Copy" }}
                </button>
            </Show>
            <a class="button button-primary" href=next rel="external">
                "Done"
            </a>
        </footer>
    }
}
