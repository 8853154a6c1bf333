//! Takes over the page that the server drew.

use js_sys::Promise;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;

/// Hydrates the page, once the part that it is of has been loaded. Called by the script in its head.
#[wasm_bindgen]
pub fn hydrate() -> Promise {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        show_banner();
    }));
    let path = web_sys::window().and_then(|window| window.location().pathname().ok());
    future_to_promise(async move {
        if app::parts::preload(&path.unwrap_or_default()).await.is_ok() {
            leptos::mount::hydrate_body(app::App);
        }
        Ok(JsValue::UNDEFINED)
    })
}

/// After a panic the page is dead: says so, and how to go on.
fn show_banner() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let element = |name: &str, text: &str| {
        let element = document.create_element(name).ok()?;
        element.set_text_content(Some(text));
        Some(element)
    };
    let (Some(banner), Some(words), Some(link), Some(body)) = (
        element("aside", ""),
        element(
            "p",
            "This page has stopped working. What you saved is safe.",
        ),
        element("a", "Reload the page"),
        document.body(),
    ) else {
        return;
    };
    // Nothing can be done about a page that does not even take a banner.
    drop(banner.set_attribute("class", "banner tone-danger"));
    drop(banner.set_attribute("role", "alert"));
    drop(link.set_attribute("class", "button"));
    drop(link.set_attribute("href", ""));
    // The router is dead with the page: it must leave this link to the browser.
    drop(link.set_attribute("rel", "external"));
    drop(banner.append_child(&words));
    drop(banner.append_child(&link));
    drop(body.append_child(&banner));
}
