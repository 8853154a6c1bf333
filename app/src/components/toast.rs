//! Flash messages after a change, shown once.

use std::time::Duration;

use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

use super::{
    form::PageUser,
    icon::{Glyph, Icon},
    time::Exactly,
};
use crate::{
    api::form_success::{Ending, FlashMessage, UNDO, UndoForm},
    context::PageContext,
    hydrated::Hydrated,
    text,
};

/// Time until a message disappears.
const LIFE: Duration = Duration::from_secs(6);
/// Time until a message with an undo button disappears.
const LIFE_WITH_UNDO: Duration = Duration::from_secs(12);
/// Time until a message with names to correct disappears.
const LIFE_PARTIAL: Duration = Duration::from_secs(60);

/// Renders the flash messages of the page. They disappear after a while, but not while the pointer or the focus is on them.
/// Without scripts they stay until the next page.
#[component]
pub fn Toasts() -> impl IntoView {
    let flashes = expect_context::<PageContext>().flashes;
    (!flashes.is_empty()).then(|| view! { <FlashToasts flashes=flashes /> })
}

#[component]
fn FlashToasts(flashes: Vec<FlashMessage>) -> impl IntoView {
    let can_undo = flashes.iter().any(|flash| flash.undo.is_some());
    let life = match flashes.iter().any(|flash| flash.is_partial) {
        true => LIFE_PARTIAL,
        false if can_undo => LIFE_WITH_UNDO,
        false => LIFE,
    };
    let gone = RwSignal::new(false);
    let element = NodeRef::<html::Section>::new();
    let here = use_location();
    let (pathname, search) = (here.pathname, here.search);
    let page = pathname.get_untracked();
    Effect::new(move |_| {
        // The message concerns the change before this page, so the next page does not show it.
        if pathname.get() != page {
            gone.set(true);
        }
        if gone.get() {
            return;
        }
        // Checks when the timer fires, because `mouseenter` events before hydration are lost.
        let look = move || {
            let is_held = element
                .get_untracked()
                .is_some_and(|toasts| toasts.matches(":hover, :focus-within").unwrap_or_default());
            if !is_held {
                gone.set(true);
            }
        };
        if let Ok(timer) = set_interval(look, life) {
            on_cleanup(move || timer.clear());
        }
    });
    Effect::new(move |_| {
        // The browser may restore the page from its back/forward cache.
        let left = window_event_listener_untyped("pagehide", move |_| gone.set(true));
        on_cleanup(move || left.remove());
    });
    let dismiss = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        gone.set(true);
        let main = document().get_element_by_id("main");
        if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
            drop(main.focus());
        }
    };
    let address = move || format!("{}?{}", pathname.get(), search.get());
    let said = flashes.iter().map(|message| message.sentence.clone());
    let said = said.collect::<Vec<_>>().join(". ");
    view! {
        // Live regions are announced only when they change on an open page, so this one is empty until hydration.
        <p class="visually-hidden" aria-live="polite">
            {move || (Hydrated::now() && !gone.get()).then(|| said.clone())}
        </p>
        <section node_ref=element class="toasts" aria-label=text::common::notifications() hidden=move || gone.get()>
            {flashes
                .into_iter()
                .map(|message| {
                    let FlashMessage { sentence, ending, names, is_partial, undo } = message;
                    let (tone, icon) = match is_partial {
                        true => ("toast tone-warning", Icon::Alert),
                        false => ("toast tone-success", Icon::Check),
                    };
                    view! {
                        <div class=tone>
                            <Glyph icon=icon />
                            <div class="toast-text">
                                <p>{shown(sentence, ending)}</p>
                                {names.map(|names| view! { <p class="muted">{names}</p> })}
                            </div>
                            {undo.map(|undo| view! { <Undo undo=undo /> })}
                            // Without scripts the link loads the page again, without the message.
                            <a class="icon-button" href=address rel="external" aria-label=text::common::dismiss() on:click=dismiss>
                                <Glyph icon=Icon::X />
                            </a>
                        </div>
                    }
                })
                .collect_view()}
        </section>
    }
}

/// Renders the sentence of a message, with the end of a suspension in it.
fn shown(sentence: String, ending: Option<Ending>) -> AnyView {
    match ending {
        Some(Ending { at, around }) => {
            let [before, after] = around;
            view! { {before} <Exactly at=at /> {after} }.into_any()
        }
        None => sentence.into_any(),
    }
}

#[component]
fn Undo(undo: UndoForm) -> impl IntoView {
    let (sent, set_sent) = signal(false);
    let once = move |event: leptos::ev::SubmitEvent| {
        if sent.get_untracked() {
            event.prevent_default();
        }
        set_sent.set(true);
    };
    view! {
        <form method="post" action=undo.action on:submit=once>
            <input type="hidden" name=UNDO value=undo.id.to_string() />
            <PageUser />
            <button class="button" aria-disabled=move || sent.get().then_some("true")>
                {text::common::undo()}
            </button>
        </form>
    }
}
