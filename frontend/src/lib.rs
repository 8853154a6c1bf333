//! Entry points of the app in the browser. `take-over.js` calls them in this order: set the language, load, then hydrate or
//! render.

use std::{mem, panic, sync::Arc};

use hydration_context::{HydrateSharedContext, SharedContext};
use leptos::{mount, reactive::owner::Owner, task};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Event;

/// Sets the language of the page and its texts, which the server has sent as JSON; empty for English. Returns whether they are
/// valid.
#[wasm_bindgen]
pub fn speak(language: &str, texts: &str) -> bool {
    app::text::page::set(language, texts)
}

/// Loads the module that the page belongs to. Returns whether it could be loaded.
#[wasm_bindgen]
pub async fn load() -> bool {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok());
    app::screens::preload(&path.unwrap_or_default())
        .await
        .is_ok()
}

/// Hydrates the page.
///
/// # Panics
/// If the page does not have the nodes that the app renders.
#[wasm_bindgen]
pub fn hydrate() {
    panic::set_hook(Box::new(console_error_panic_hook::hook));
    mount::hydrate_body(app::App);
    announce_panics();
}

/// Renders the page into an empty body, with the data that the server sent for hydration.
#[wasm_bindgen]
pub async fn render() {
    announce_panics();
    let data = Arc::new(HydrateSharedContext::new());
    let owner = Owner::new_root(Some(Arc::<HydrateSharedContext>::clone(&data)));
    owner.with(|| mount::mount_to_body(app::App));
    // The router renders the page in a task of its own, which reads the data too.
    task::tick().await;
    data.hydration_complete();
    // The app has to live as long as the page, so its owner is never dropped.
    mem::forget(owner);
}

/// Dispatches the event `rollcall-panic` after a panic: the app has stopped, and the page has to report it.
fn announce_panics() {
    panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        if let (Some(window), Ok(event)) = (web_sys::window(), Event::new("rollcall-panic")) {
            drop(window.dispatch_event(&event));
        }
    }));
}
