//! Page context: the data of the request that a page was rendered for. The server provides it and embeds it in the page, so
//! that hydration renders the same.

use std::{collections::BTreeMap, sync::Arc};

use domain::{access::Principal, permission::Permission, problem::Problem};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::form_success::{FlashMessage, FormSuccess},
    labels::RoleLabels,
    preferences::Preferences,
};

/// Data of the request that the page was rendered for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PageContext {
    /// The signed-in user, if there is one.
    pub principal: Option<Principal>,
    /// Display preferences from the cookie.
    pub preferences: Preferences,
    /// Outcome of the form whose submission led to this page.
    pub outcome: Option<FormOutcome>,
    /// Settings of the operator that pages depend on.
    pub site: Site,
    /// Number of pending registrations, if the user can see them.
    pub pending_registrations: Option<u64>,
    /// `true` for a user who manages groups without the permission to see all of them.
    pub manages_groups: bool,
    /// Labels of roles by their names, for roles that have one.
    pub role_labels: BTreeMap<String, String>,
    /// Flash messages to show on this page only.
    pub flashes: Vec<FlashMessage>,
    /// Path of the page, if it was the response to a form at another path. The browser then replaces the URL.
    pub address: Option<String>,
    /// The id of the request, which its log lines carry: a page about an error has it even if the page itself found the error.
    pub request_id: Option<String>,
}

/// Settings of the operator that pages depend on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// `true` if visitors can register accounts.
    pub registration: bool,
    /// `true` if registrations need approval.
    pub approval: bool,
    /// Minimum number of characters of a password that a user chooses.
    pub password_min: usize,
    /// `true` if a password that an administrator sets is permanent, not temporary.
    pub lasting_passwords: bool,
    /// `true` if provider API keys can be stored.
    pub api_keys: bool,
    /// `true` if words of the messages of conversations can be searched.
    pub conversation_search: bool,
    /// Maximum lifetime of an access token, in days; 0 for unlimited.
    pub token_max_days: u16,
    /// `true` if the pseudo-language can be selected, on development servers.
    pub pseudo_language: bool,
}

/// Outcome of a form that was submitted without scripts. A denied form is rendered again with the problem and the typed
/// values, never with passwords. An accepted form may have a link or a token to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormOutcome {
    /// Path of the form's page.
    pub path: String,
    /// Reason why the form was denied.
    pub problem: Option<Problem>,
    /// Result of an accepted form.
    pub done: Option<FormSuccess>,
    /// Typed values by field name.
    pub values: BTreeMap<String, String>,
}

impl PageContext {
    /// Returns the context of the current page.
    #[must_use]
    pub fn current() -> Self {
        use_context::<Self>().unwrap_or_default()
    }

    /// Provides the context to the views of a page, and to the labels of roles.
    pub fn provide(self) {
        provide_context(RoleLabels(self.role_labels.clone()));
        provide_context(self);
    }

    /// Returns whether the signed-in user has a permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        let principal = self.principal.as_ref();
        principal.is_some_and(|principal| principal.permissions.include(permission))
    }

    /// Returns whether the signed-in user can see groups: by the permission, or as a manager.
    #[must_use]
    pub fn may_see_groups(&self) -> bool {
        self.manages_groups || self.may(Permission::GroupsRead)
    }

    /// Returns the context for the form at a path, without the outcome of any other form.
    #[must_use]
    pub fn of_form(mut self, path: &str) -> Self {
        self.outcome = self.outcome.filter(|outcome| outcome.path == path);
        self
    }

    /// Returns the typed value of a field of the denied form; empty if there is none.
    #[must_use]
    pub fn typed(&self, field: &str) -> String {
        let values = self.outcome.as_ref().map(|outcome| &outcome.values);
        values
            .and_then(|values| values.get(field))
            .cloned()
            .unwrap_or_default()
    }
}

/// Time zone in which times are displayed; `None` for the zone of the device.
#[derive(Debug, Clone, Default)]
pub struct Zone(pub Option<Arc<str>>);
