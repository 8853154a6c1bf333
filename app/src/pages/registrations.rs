//! Page "Registrations": pending registrations, and invitations.

pub mod change;
pub mod decide;
pub mod invitations;
pub mod invite;
pub mod pending;

use domain::permission::Permission;
use leptos::prelude::*;

use crate::{
    api::{invitations::INVITATIONS, registrations::PENDING_LIST},
    context::{PageContext, Site},
    format::grouped,
    text,
};

/// Tabs: path and name.
const TABS: [(&str, text::Label); 2] = [
    (PENDING_LIST, text::registrations::pending),
    (INVITATIONS, text::registrations::invitations),
];

/// Returns whether the viewer can decide registrations and create invitations.
fn may_write() -> bool {
    expect_context::<PageContext>().may(Permission::RegistrationsWrite)
}

/// Renders the header: the registration settings, and the tabs.
#[component]
fn Head(
    /// Path of the current tab.
    tab: &'static str,
) -> impl IntoView {
    let context = expect_context::<PageContext>();
    view! {
        <header class="page-head">
            <h1>{text::registrations::title()}</h1>
            {context
                .pending_registrations
                .map(|waiting| {
                    view! { <p class="page-total">{text::registrations::total(grouped(waiting))}</p> }
                })}
            {may_write()
                .then(|| {
                    view! {
                        <div class="toolbar-end">
                            <a class="button button-primary" href=format!("{INVITATIONS}/new") data-noscroll>
                                {text::registrations::invite()}
                            </a>
                        </div>
                    }
                })}
        </header>
        <p class="pane-actions muted">{registration_status(context.site)}</p>
        <nav class="tabs" aria-label=text::registrations::title()>
            {TABS
                .map(|(href, name)| {
                    view! {
                        <a href=href aria-current=(href == tab).then_some("page") data-noscroll>
                            {name()}
                        </a>
                    }
                })
                .into_iter()
                .collect_view()}
        </nav>
    }
}

/// Describes whether registration is enabled, and the settings that control it.
fn registration_status(site: Site) -> String {
    let (registration, approval) = (site.registration, site.approval);
    match (registration, approval) {
        (false, _) => text::registrations::closed(registration, approval),
        (true, true) => text::registrations::open_with_approval(registration, approval),
        (true, false) => text::registrations::open(registration, approval),
    }
}
