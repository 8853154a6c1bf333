//! Menu of a row at the pointer, instead of the context menu of the browser.

use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use super::{PARAMETER, element, hide};

/// Distance of the menu from the edges of the window, and of the pointer from those of the menu, in pixels.
const EDGE: f64 = 2.0;
/// CSS class of a menu at the pointer, not beside a button.
const AT_POINTER: &str = "row-menu-at-pointer";

/// Opens the menu of the row that was clicked with the secondary button, at the pointer. The browser opens its own with
/// Shift, for a link and after a long touch, which selects text.
pub(in crate::pages::users) fn open_at(event: &MouseEvent) {
    if event.shift_key() || is_touch(event) {
        return;
    }
    let target = event.target();
    let target = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if target
        .as_ref()
        .is_some_and(|target| is_on_link(event, target))
    {
        return;
    }
    let row = target.and_then(|target| target.closest("tr").ok().flatten());
    let button = row.and_then(|row| {
        row.query_selector(&format!("button[name={PARAMETER}]"))
            .ok()?
    });
    // Viewers who cannot change users have no such button.
    let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok())
    else {
        return;
    };
    event.prevent_default();
    // The click of the button closes an open menu of the same row.
    hide();
    // When the menu closes, the focus returns to the button.
    drop(button.focus());
    button.click();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    // At once, because the browser closes a menu that is not below the pointer when the button is released; and again with
    // its final size, when the new content is rendered.
    place(x, y);
    drop(request_animation_frame(move || place(x, y)));
}

fn is_touch(event: &MouseEvent) -> bool {
    let event = event.dyn_ref::<web_sys::PointerEvent>();
    event.is_some_and(|event| event.pointer_type() == "touch")
}

/// Returns whether the pointer is on the text of a link. The link of a user covers the whole row, but its box does not.
fn is_on_link(event: &MouseEvent, target: &web_sys::Element) -> bool {
    let Some(link) = target.closest("a[href]").ok().flatten() else {
        return false;
    };
    let bounds = link.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    let (x, y) = (x - bounds.x(), y - bounds.y());
    (0.0..=bounds.width()).contains(&x) && (0.0..=bounds.height()).contains(&y)
}

/// Moves the open menu to a point of the window, or as near as its size allows.
fn place(x: f64, y: f64) {
    let Some(menu) = element() else {
        return;
    };
    let fit = |at: f64, inner: Result<JsValue, JsValue>, size: i32| {
        let inner = inner.ok().and_then(|inner| inner.as_f64());
        let last = inner.map_or(at, |inner| inner - f64::from(size) - EDGE);
        format!("{}px", (at - EDGE).min(last).max(EDGE))
    };
    let left = fit(x, window().inner_width(), menu.offset_width());
    let top = fit(y, window().inner_height(), menu.offset_height());
    let style = menu.style();
    drop(style.set_property("--left", &left));
    drop(style.set_property("--top", &top));
    drop(menu.class_list().add_1(AT_POINTER));
}

/// Returns the menu to its place beside the button that opens it.
pub(super) fn release() {
    if let Some(menu) = element() {
        drop(menu.class_list().remove_1(AT_POINTER));
    }
}
