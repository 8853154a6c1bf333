//! Page "Registrations": pending registrations, and invitations.

pub mod change;
pub mod decide;
pub mod invitations;
pub mod invite;
pub mod pending;

use domain::{
    list::{PageParams, UnfilteredParams},
    permission::Permission,
    problem::Problem,
};
use leptos::prelude::*;

use crate::{
    api::{invitations::INVITATIONS, registrations::PENDING_LIST},
    components::{list::ListScreen, loading::Loading, parameters::Query, state::ListErrorNotice},
    context::{PageContext, Site},
    format::grouped,
    links::with_selected,
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

/// Returns the list parameters of a URL.
fn params(query: &Query) -> UnfilteredParams {
    UnfilteredParams::from_pairs(|name| query.get(name))
}

/// Returns the URL of a tab or of a dialog above it, at a page of the list.
fn over(path: &str, params: &UnfilteredParams) -> String {
    with_selected(path, params.pairs().into_iter(), &[])
}

/// Returns the screen of a tab: the header with the registration settings, and the tabs.
fn screen(
    tab: &'static str,
    label: &'static str,
    loading: Loading,
    skeleton: fn() -> AnyView,
) -> ListScreen {
    let context = expect_context::<PageContext>();
    let beside = view! {
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
    };
    let above = view! {
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
    };
    ListScreen {
        title: text::registrations::title(),
        header: "page-head",
        beside: beside.into_any(),
        above: above.into_any(),
        label,
        loading,
        skeleton: skeleton.into(),
    }
}

/// Renders the error of loading the list of a tab.
fn failed(tab: &'static str, params: &UnfilteredParams, problem: Problem) -> AnyView {
    view! {
        <ListErrorNotice
            title=text::actions::list_failed()
            problem=problem
            again=over(tab, params)
            all=tab.to_owned()
            label=text::actions::first_page()
        />
    }
    .into_any()
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
