//! Pages that belong to one value of a URL parameter.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::rows::KeyedRow;

/// Renders a page for a URL parameter, and a new page for each other value of it. Within a route, the router changes only
/// the parameters: without this, the rows and the typed text of one user would stay on the page of another.
pub fn keyed_by(
    param: &'static str,
    draw: impl Fn(String) -> AnyView + Send + 'static,
) -> impl IntoView {
    let params = use_params_map();
    let value = Memo::new(move |_| params.read().get(param).unwrap_or_default());
    move || {
        let value = value.get();
        KeyedRow::new(&value, untrack(|| draw(value.clone())))
    }
}
