//! Page "Settings": settings with source and description, and the tab of background jobs.

pub mod jobs;

use domain::settings::{Described, Installation};
use leptos::prelude::*;

use crate::{
    api::{
        listed::check_params,
        read::ReadRequest,
        settings::{GetSettings, SETTINGS},
    },
    components::{
        description_list::DescriptionItem,
        loaded::Loaded,
        parameters::{NONE, checked},
        records::{Record, Records},
        state::{ListErrorNotice, LoadingNotice},
        tabs::Tabs,
    },
    labels::settings::{meaning, source, weakness},
    text,
};

/// Tabs: path segment and name.
const TABS: &[(&str, text::Label)] = &[
    ("", text::settings::configuration),
    (JOBS, text::frame::screen_jobs),
];
/// Path segment of the jobs tab.
const JOBS: &str = "jobs";

/// Renders the tabs of the page.
fn tabs(tab: &'static str) -> impl IntoView {
    let tabs: Vec<_> = TABS.iter().map(|(end, name)| (*end, name())).collect();
    let label = text::frame::screen_settings();
    view! { <Tabs page=SETTINGS label=label tabs=tabs current=Memo::new(move |_| tab) /> }
}

/// Renders the settings.
#[component]
pub fn Settings() -> impl IntoView {
    let request = checked(|| (), &[], NONE);
    let installation = Loaded::new(move || {
        check_params(request.get())?;
        ReadRequest::of(GetSettings {})
    });
    let installation = installation.draw(LoadingNotice, |installation| match installation {
        Ok(installation) => shown(installation),
        Err(problem) => view! {
            <ListErrorNotice
                title=text::settings::load_failed()
                problem=problem
                again=String::new()
                all=SETTINGS.to_owned()
                label=text::settings::show_all()
            />
        }
        .into_any(),
    });
    view! {
        <header class="page-head">
            <h1>{text::frame::screen_settings()}</h1>
        </header>
        {tabs("")}
        <p class="pane-actions muted">
            {text::settings::note()}
        </p>
        <section class="list" aria-label=text::frame::screen_settings()>
            {installation}
        </section>
    }
}

fn shown(installation: Installation) -> AnyView {
    const COLUMNS: &[text::Label] = &[
        text::settings::setting,
        text::settings::value,
        text::settings::source,
        text::settings::description,
    ];
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
            <DescriptionItem label=text::settings::schema()>{schema}</DescriptionItem>
        </dl>
        <Records caption=text::frame::screen_settings() columns=COLUMNS rows=settings.into_iter().map(cells).collect() />
    }
    .into_any()
}

fn cells(setting: Described) -> Record {
    let value = match setting.value {
        Some(value) => view! { <code>{value}</code> }.into_any(),
        None => text::settings::not_set().into_any(),
    };
    let id = setting.name.clone();
    // The server explains a setting in English.
    let meaning = meaning(&id);
    let weakness = setting
        .weakness
        .map(|why| weakness(&id).map_or(why, str::to_owned));
    let cells = vec![
        view! { <code>{setting.name}</code> }.into_any(),
        value,
        source(&setting.source).into_owned().into_any(),
        view! {
            {meaning.map_or(setting.meaning, str::to_owned)}
            {weakness.map(|why| view! { <p class="tone-warning field-note">{why}</p> })}
        }
        .into_any(),
    ];
    (id, cells)
}
