//! Page "Registrations": pending and rejected registrations, and invitations.

pub mod change;
pub mod decide;
pub mod invitations;
pub mod invite;
pub mod queue;
pub mod rows;

use domain::{list::PageParams, permission::Permission, problem::Problem};
use leptos::prelude::*;

use crate::{
    api::{invitations::INVITATIONS, registrations::PENDING_LIST},
    components::{
        list::{ListScreen, row_link::new_link},
        loading::Loading,
        parameters::Query,
        state::ListErrorNotice,
    },
    context::{PageContext, Site},
    format::grouped,
    links::registrations::REJECTED_LIST,
    text,
};

/// Tabs: URL and name.
const TABS: [(&str, text::Label); 3] = [
    (PENDING_LIST, text::registrations::pending),
    (REJECTED_LIST, text::registrations::rejected),
    (INVITATIONS, text::registrations::invitations),
];

/// Returns whether the viewer can decide registrations and create invitations.
fn may_write() -> bool {
    expect_context::<PageContext>().may(Permission::RegistrationsWrite)
}

/// Returns the list parameters of a URL.
fn params<P: PageParams>(query: &Query) -> P {
    P::from_pairs(|name| query.get(name))
}

/// Returns the screen of a tab: the header with the registration settings, the tabs, and the tools of the list.
fn screen(
    tab: Signal<&'static str>,
    label: &'static str,
    loading: Loading,
    skeleton: ViewFn,
    tools: AnyView,
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
                new_link(
                    Signal::stored(format!("{INVITATIONS}/new")),
                    text::registrations::invite(),
                )
            })}
    };
    let above = view! {
        <p class="pane-actions muted">{registration_status(context.site)}</p>
        <nav class="tabs" aria-label=text::registrations::title()>
            {TABS
                .map(|(href, name)| {
                    view! {
                        <a href=href aria-current=move || (tab.get() == href).then_some("page") data-noscroll>
                            {name()}
                        </a>
                    }
                })
                .into_iter()
                .collect_view()}
        </nav>
        {tools}
    };
    ListScreen {
        title: text::registrations::title(),
        header: "page-head",
        beside: beside.into_any(),
        above: above.into_any(),
        label,
        loading,
        skeleton,
    }
}

/// Renders the error of loading the list of a tab. `again` is the URL of the page.
fn failed(tab: &'static str, again: String, problem: Problem) -> AnyView {
    view! {
        <ListErrorNotice
            title=text::actions::list_failed()
            problem=problem
            again=again
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
