//! A person's initials in a colour of their own.

use domain::users::UserId;
use leptos::prelude::*;

use crate::format::initials;

/// Colours in the style sheet: `hue-0` to `hue-11`.
const HUES: u128 = 12;

/// Initials in a colour that the id decides.
#[component]
pub fn Avatar(
    /// Whose.
    id: UserId,
    /// Their name.
    name: String,
    /// Further class for another size.
    #[prop(optional)]
    size: &'static str,
) -> impl IntoView {
    let class = format!("avatar {size} hue-{}", id.0.as_u128() % HUES);
    view! {
        <span class=class aria-hidden="true">
            {initials(&name)}
        </span>
    }
}
