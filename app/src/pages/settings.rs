//! Page "Settings": settings with source and description, and the tabs of dialects and of background jobs.

pub mod dialects;
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
        list::{
            column::{Column, cells},
            data_table::{self, DataTable},
        },
        loaded::Loaded,
        parameters::{NONE, checked},
        state::{ListErrorNotice, LoadingNotice},
        tabs::Tabs,
    },
    labels::settings::{meaning, source, weakness},
    text,
};

/// Tabs: path segment and name.
const TABS: &[(&str, text::Label)] = &[
    ("", text::settings::configuration),
    (DIALECTS, text::dialects::title),
    (JOBS, text::frame::screen_jobs),
];
/// Path segment of the dialects tab.
const DIALECTS: &str = "dialects";
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
    page(
        "",
        text::settings::note(),
        text::frame::screen_settings(),
        installation,
    )
}

/// Renders a tab with its introduction, and its list with an accessible label.
fn page(tab: &'static str, note: &'static str, label: &'static str, list: AnyView) -> AnyView {
    view! {
        <header class="page-head">
            <h1>{text::frame::screen_settings()}</h1>
        </header>
        {tabs(tab)}
        <p class="pane-actions muted">{note}</p>
        <section class="list" aria-label=label>
            {list}
        </section>
    }
    .into_any()
}

/// Columns in their order.
static COLUMNS: [Column<Described>; 4] = [
    Column {
        class: "",
        label: text::settings::setting,
        sort: None,
        cell: |cell, row| {
            let name = row.name.clone();
            cell.header(view! { <code>{name}</code> })
        },
    },
    Column {
        class: "",
        label: text::settings::value,
        sort: None,
        cell: |cell, row| match row.value.clone() {
            Some(value) => cell.labelled(view! { <code>{value}</code> }),
            None => cell.labelled(text::settings::not_set()),
        },
    },
    Column {
        class: "",
        label: text::settings::source,
        sort: None,
        cell: |cell, row| cell.labelled(source(&row.source).into_owned()),
    },
    Column {
        class: "",
        label: text::settings::description,
        sort: None,
        cell: |cell, row| cell.labelled(description(row)),
    },
];

fn shown(installation: Installation) -> AnyView {
    let Installation {
        rollcall,
        postgres,
        schema,
        settings,
    } = installation;
    let rows = settings
        .iter()
        .map(|setting| data_table::row(&setting.name, cells(&COLUMNS, setting)));
    view! {
        <dl class="details versions">
            <DescriptionItem label="Rollcall">{rollcall}</DescriptionItem>
            <DescriptionItem label="PostgreSQL">{postgres}</DescriptionItem>
            <DescriptionItem label=text::settings::schema()>{schema}</DescriptionItem>
        </dl>
        {DataTable::records(text::frame::screen_settings(), &COLUMNS).with_rows(rows.collect())}
    }
    .into_any()
}

/// Renders the effect of a setting, and the reason why its value is weak.
fn description(setting: &Described) -> AnyView {
    // The server explains a setting in English.
    let meaning = meaning(&setting.name)
        .unwrap_or(&setting.meaning)
        .to_owned();
    let weakness = setting
        .weakness
        .as_deref()
        .map(|why| weakness(&setting.name).unwrap_or(why).to_owned());
    view! {
        {meaning}
        {weakness.map(|why| view! { <p class="tone-warning field-note">{why}</p> })}
    }
    .into_any()
}
