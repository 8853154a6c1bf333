//! Initials of a user on a coloured background.

use domain::users::UserId;
use leptos::prelude::*;

use crate::format::initials;

/// Number of colours in the style sheet: `hue-0` to `hue-11`.
const HUES: u128 = 12;

/// Renders initials in a colour that is derived from the user id.
#[component]
pub fn Avatar(
    /// Id of the user, which selects the colour.
    id: UserId,
    /// Display name of the user, for the initials.
    name: String,
    /// Additional class for another size.
    #[prop(optional)]
    size: &'static str,
) -> impl IntoView {
    let hue = id.0.as_u128() % HUES;
    let class = match size {
        "" => format!("avatar hue-{hue}"),
        size => format!("avatar {size} hue-{hue}"),
    };
    // Drawn by the style sheet, so that neither screen readers nor copied texts have the initials; short, because a list has
    // many.
    view! { <i class=class data-i=initials(&name)></i> }
}
