//! Page "Settings": settings with source and description, and the tab of background jobs.

pub mod jobs;

use domain::settings::{Described, Installation};
use leptos::prelude::*;

use crate::{
    api::{
        error::ApiError,
        listed::check_params,
        settings::{SETTINGS, get_settings},
    },
    components::{
        description_list::DescriptionItem,
        parameters::{NONE, checked},
        records::{Record, Records},
        state::{ListErrorNotice, LoadingNotice},
        tabs::Tabs,
    },
    format::capitalised,
};

/// Tabs: path segment and name.
const TABS: &[(&str, &str)] = &[("", "Configuration"), (JOBS, "Jobs")];
/// Path segment of the jobs tab.
const JOBS: &str = "jobs";

/// Renders the header of the page.
fn head(tab: &'static str) -> impl IntoView {
    view! {
        <header class="page-head">
            <h1>"Settings"</h1>
        </header>
        <Tabs page=SETTINGS label="Settings" tabs=TABS current=Memo::new(move |_| tab) />
    }
}

/// Renders the settings.
#[component]
pub fn Settings() -> impl IntoView {
    let request = checked(|| (), &[], NONE);
    let installation = Resource::new(
        move || request.get(),
        |request| async move {
            check_params(request)?;
            get_settings().await
        },
    );
    view! {
        {head("")}
        <p class="pane-actions muted">
            "Read-only. Values come from environment variables or .env and apply after a restart. \
             If you run several servers, these are the values of the one that answered."
        </p>
        <section class="list" aria-label="Settings">
            <Transition fallback=LoadingNotice>
                {move || Suspend::new(async move {
                    match installation.await {
                        Ok(installation) => shown(installation),
                        Err(ApiError(problem)) => {
                            view! {
                                <ListErrorNotice
                                    title="The settings could not be loaded"
                                    problem=problem
                                    again=String::new()
                                    all=SETTINGS.to_owned()
                                    label="Show all settings"
                                />
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </section>
    }
}

fn shown(installation: Installation) -> AnyView {
    const COLUMNS: &[&str] = &["Setting", "Value", "Source", "Description"];
    let Installation {
        rollcall,
        postgres,
        schema,
        settings,
    } = installation;
    view! {
        <dl class="details versions">
            <DescriptionItem label="Rollcall">{rollcall}</DescriptionItem>
            <DescriptionItem label="PostgreSQL">{postgres}</DescriptionItem>
            <DescriptionItem label="Schema">{schema}</DescriptionItem>
        </dl>
        <Records caption="Settings" columns=COLUMNS rows=settings.into_iter().map(cells).collect() />
    }
    .into_any()
}

fn cells(setting: Described) -> Record {
    let value = match setting.value {
        Some(value) => view! { <code>{value}</code> }.into_any(),
        None => "Not set".into_any(),
    };
    let id = setting.name.clone();
    let cells = vec![
        view! { <code>{setting.name}</code> }.into_any(),
        value,
        capitalised(&setting.source).into_any(),
        view! {
            {setting.meaning}
            {setting.weakness.map(|why| view! { <p class="tone-warning field-note">{why}</p> })}
        }
        .into_any(),
    ];
    (id, cells)
}
