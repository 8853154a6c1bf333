//! Menu that the URL names. Without scripts the page shows it open. With scripts it is a popover, and the URL names it only
//! until it closes or shows another user: otherwise the next rendering at this URL would open it again.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::{MenuUser, PARAMETER, RowMenu, element, is_open};
use crate::{api::users::row::UserRow, components::parameters::Query};

impl RowMenu {
    /// Returns the user of the page that the URL names, whose menu a page without scripts shows.
    pub(in crate::pages::users) fn named(self, rows: &[UserRow]) -> Option<MenuUser> {
        let name = self.query.with_untracked(|query| query.get(PARAMETER))?;
        let row = rows.iter().find(|row| row.username == name)?;
        Some(row.into())
    }

    /// Turns the menu that the URL names into one that a button opens.
    pub(super) fn release_name(self) {
        if self.is_named.get_untracked() {
            self.is_named.set(false);
        }
    }

    /// Updates the state after the browser has opened or closed the menu.
    pub(super) fn update(self) {
        let is_open = element().is_some_and(|menu| is_open(&menu));
        self.is_open.set(is_open);
        if !is_open {
            self.release_name();
        }
    }

    /// Replaces the URL by that of the list when the menu that it names becomes one that a button opens.
    pub(super) fn release_url(self, list: String) {
        let navigate = use_navigate();
        // The URL of the router, because that of a page is the previous one while the router loads another page.
        let search = use_location().search;
        Effect::new(move |before: Option<()>| {
            let is_in_url =
                || search.with_untracked(|search| Query::parse(search).get(PARAMETER).is_some());
            if !self.is_named.get() && before.is_some() && is_in_url() {
                let options = NavigateOptions {
                    replace: true,
                    scroll: false,
                    ..NavigateOptions::default()
                };
                navigate(&list, options);
            }
        });
    }
}

/// Opens the menu from the server as a popover, which Escape and a click beside it close.
pub(super) fn open() {
    Effect::new(|_| {
        if let Some(menu) = element() {
            drop(
                menu.set_popover(Some("auto"))
                    .and_then(|()| menu.show_popover()),
            );
        }
    });
}
