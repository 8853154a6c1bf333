//! APIs of other systems: where the server offers them, how their clients use them, and when one last did.

use domain::dialects::{DialectAddress, DialectState};
use leptos::prelude::*;

use super::page;
use crate::{
    api::{
        listed::check_params,
        read::ReadRequest,
        settings::{DIALECTS, ListDialects},
    },
    components::{
        copy::CopyButton,
        icon::Icon,
        identifier::Identifier,
        list::{
            column::{Column, cells},
            data_table::{self, DataTable},
        },
        loaded::Loaded,
        parameters::{NONE, checked},
        state::{ListErrorNotice, ListState, LoadingNotice},
        time::Exactly,
    },
    hydrated::Hydrated,
    text,
};

/// Renders the page "Dialects".
#[component]
pub fn Dialects() -> impl IntoView {
    let request = checked(|| (), &[], NONE);
    let list = Loaded::new(move || {
        check_params(request.get())?;
        ReadRequest::of(ListDialects {})
    });
    let list = list.draw(LoadingNotice, |dialects| match dialects {
        Ok(dialects) => shown(&dialects),
        Err(problem) => view! {
            <ListErrorNotice
                title=text::dialects::load_failed()
                problem=problem
                again=String::new()
                all=DIALECTS.to_owned()
                label=text::dialects::show_all()
            />
        }
        .into_any(),
    });
    page(
        super::DIALECTS,
        text::dialects::note(),
        text::dialects::title(),
        list,
    )
}

/// Columns in their order.
static COLUMNS: [Column<DialectState>; 6] = [
    Column {
        class: "",
        label: text::dialects::system,
        sort: None,
        cell: |cell, row| cell.header(row.system.clone()),
    },
    Column {
        class: "cell-state",
        label: text::dialects::state,
        sort: None,
        cell: |cell, row| {
            let (tone, state) = if row.addresses.is_empty() {
                ("badge", text::dialects::off())
            } else {
                ("badge tone-success", text::dialects::on())
            };
            cell.labelled(view! { <span class=tone>{state}</span> })
        },
    },
    Column {
        class: "cell-address",
        label: text::dialects::address,
        sort: None,
        cell: |cell, row| match &row.addresses[..] {
            [] => cell.labelled(text::dialects::off_hint(&row.name, &row.setting)),
            addresses => {
                let addresses: Vec<AnyView> = addresses.iter().map(address).collect();
                cell.labelled(addresses)
            }
        },
    },
    Column {
        class: "cell-line",
        label: text::dialects::client,
        sort: None,
        cell: |cell, row| {
            let lines: Vec<AnyView> = row.addresses.iter().map(line).collect();
            cell.labelled(lines)
        },
    },
    Column {
        class: "",
        label: text::dialects::last_used,
        sort: None,
        cell: |cell, row| match row.last_used_at {
            Some(at) => cell.labelled(view! { <Exactly at=at /> }),
            None => cell.labelled(text::dialects::never()),
        },
    },
    Column {
        class: "",
        label: text::dialects::differences,
        sort: None,
        cell: |cell, row| {
            let file = row.documentation.clone();
            cell.labelled(view! {
                <a href=format!("/{file}") rel="external">
                    <code>
                        <Identifier text=file.clone() />
                    </code>
                </a>
            })
        },
    },
];

/// Renders a place where the server offers a dialect, with the setting that it comes from.
fn address(at: &DialectAddress) -> AnyView {
    let (url, setting) = (at.url.clone(), at.setting.clone());
    view! {
        <p>
            <code>{url}</code>
        </p>
        <p class="muted">{setting}</p>
    }
    .into_any()
}

/// Renders the line with which a client uses a place, and with scripts a button that copies it.
fn line(at: &DialectAddress) -> AnyView {
    let line = at.client_line.clone();
    let at = StoredValue::new(at.clone());
    let copy = move || {
        let DialectAddress {
            url, client_line, ..
        } = at.get_value();
        let about = text::dialects::copy_line(url);
        view! {
            <CopyButton
                class="button"
                label=text::common::copy()
                about=about
                text=client_line
            />
        }
    };
    view! {
        <div class="chips">
            <code>{line}</code>
            <Show when=Hydrated::now>{copy()}</Show>
        </div>
    }
    .into_any()
}

/// Renders the dialects, or that the version has none.
fn shown(dialects: &[DialectState]) -> AnyView {
    if dialects.is_empty() {
        let title = text::dialects::none();
        return view! { <ListState icon=Icon::Sliders title=title /> }.into_any();
    }
    let rows = dialects
        .iter()
        .map(|dialect| data_table::row(&dialect.name, cells(&COLUMNS, dialect)));
    DataTable::records(text::dialects::title(), &COLUMNS).with_rows(rows.collect())
}
