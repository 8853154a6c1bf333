//! One-time display of a created link, access token or virtual key.

use ::time::OffsetDateTime;
use domain::access_tokens::TokenKind;
use leptos::{ev::MouseEvent, html, prelude::*};

use super::{copy::copy_selection, form, time::Exactly};
use crate::{api::form_success::FormSuccess, hydrated::Hydrated, text};

/// Label and hint of a link.
const LINK: [text::Label; 2] = [text::common::link, text::common::link_hint];
/// Label and hint of an access token.
const TOKEN: [text::Label; 2] = [text::common::token, text::common::token_hint];
/// Label and hint of a virtual key.
const KEY: [text::Label; 2] = [text::virtual_keys::key, text::virtual_keys::secret_hint];

/// Renders the link or the token that a form has created, with a button to copy it.
#[component]
pub fn Link(
    /// Result of the form.
    done: FormSuccess,
) -> impl IntoView {
    let FormSuccess { next, link, token } = done;
    let link = link.and_then(|link| link.get());
    let link = link.map(|link| (LINK, link.url, Some(link.expires_at)));
    let token = token.and_then(|token| token.get());
    let token = token.map(|created| {
        let labels = match TokenKind::of(&created.token) {
            TokenKind::Token => TOKEN,
            TokenKind::Key => KEY,
        };
        (labels, created.token, created.expires_at)
    });
    let created = link.or(token);
    created.map(|([label, hint], text, end)| view! { <Once label=label() hint=hint() text=text end=end next=next /> })
}

#[component]
fn Once(
    /// Label of the field.
    label: &'static str,
    /// Help text above the field.
    hint: &'static str,
    /// Text of the link or token.
    text: String,
    /// Time of expiry; `None` if it is valid until it is revoked.
    end: Option<OffsetDateTime>,
    /// Path of the next page.
    next: String,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let (copied, set_copied) = signal(false);
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // In the next frame, because a dialog that becomes modal takes the focus.
            drop(request_animation_frame(move || {
                drop(field.focus());
                field.select();
            }));
        }
    });
    let copy = move |_| {
        if let Some(field) = field.get_untracked() {
            field.select();
            set_copied.set(copy_selection());
        }
    };
    let address = next.clone();
    let leave = move |event: MouseEvent| {
        // With a modifier key the link opens in another tab or window, and the dialog stays open.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            form::replace_page(&next);
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
                    // Until it was copied, the dialog stays open: frontend/unsaved.js.
                    data-once=move || (!copied.get()).then_some("")
                    autofocus
                />
                <p class="field-note" id="link-end">
                    {match end {
                        Some(end) => {
                            let [before, after] = text::common::expires_around();
                            view! { {before} <Exactly at=end /> {after} }.into_any()
                        }
                        None => text::common::expires_never().into_any(),
                    }}
                </p>
            </div>
        </div>
        <footer class="dialog-foot">
            <Show when=Hydrated::now>
                <button class="button" type="button" on:click=copy>
                    {move || if copied.get() { text::common::copied() } else { text::common::copy() }}
                </button>
            </Show>
            <a class="button button-primary" href=address rel="external" on:click=leave>
                {text::common::done()}
            </a>
        </footer>
    }
}
