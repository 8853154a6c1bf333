//! List of users.

pub mod actions;
pub mod bulk;
pub mod deleted;
pub mod empty;
pub mod filters;
pub mod help;
pub mod menu;
mod metering;
pub mod reset_usage;
pub mod rows;
pub mod search;
mod selected;
pub mod set_limit;
pub mod table;

use domain::{filter::Dated, list::PageParams, permission::Permission, users::list::ListParams};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{bulk::SELECTED, listed::check_params, read::ReadRequest, users::ListUsers},
    components::{
        choice::{Segmented, Value},
        icon::Icon,
        list::{
            ListScreen,
            chooser::{ColumnMenu, items},
        },
        loaded::Loaded,
        loading::Loading,
        meaning,
        parameters::{Query, checked, use_query},
        selection::Selection,
        state::Meaning,
        tab::with,
    },
    context::PageContext,
    format::grouped,
    links::users as links,
    text,
};
use filters::{ActiveFilters, QuickFilters};
use menu::RowMenu;
use metering::shows_metering;
use rows::{available, shows_access};
use search::{Failed, SearchBox};
use table::{UserTable, skeleton};

const DENSITIES: &[Value] = &[
    Value {
        word: "comfortable",
        label: text::users::rows_comfortable,
        icon: Icon::RowsRoomy,
    },
    Value {
        word: "compact",
        label: text::users::rows_compact,
        icon: Icon::RowsTight,
    },
];

/// Renders the page "Users". Its whole state is in the URL.
#[component]
pub fn Users() -> impl IntoView {
    let query = use_query();
    let context = expect_context::<PageContext>();
    let may_write = context.may(Permission::UsersWrite);
    if may_write || context.may(Permission::LimitsWrite) {
        let selected = query.with_untracked(|query| query.get_all(SELECTED));
        provide_context(Selection::new(&selected));
    }
    if may_write {
        let menu = RowMenu::new(query);
        menu.close_on_navigation();
        provide_context(menu);
    }
    let params = Memo::new(move |_| params(&query.read()));
    if let Some(selection) = Selection::current() {
        selection.clear_with(Memo::new(move |_| listed(&params.read())));
    }
    let loading = Loading::new();
    let request = checked(move || params.get(), ListParams::NAMES, menu::PARAMETERS);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        let access = shows_access();
        let metering = shows_metering(links::current_sort(&params).key);
        ReadRequest::of(ListUsers {
            params,
            access,
            metering,
        })
    });
    let total = with(list, |list| {
        view! { <p class="page-total">{grouped(list.page.totals().users)}</p> }
    });
    let meaning = with(list, move |list| {
        let filter = links::current_filter(&params.get_untracked());
        let parts = meaning::of_search(&filter, list.now);
        let names_dates = !filter.days().is_empty();
        view! { <Meaning parts=parts names_dates=names_dates /> }
    });
    let filters = list.draw(
        move || view! { <QuickFilters params=params totals=None /> },
        move |list| {
            let totals = list.ok().map(|list| list.page.totals());
            view! { <QuickFilters params=params totals=totals /> }.into_any()
        },
    );
    let above = view! {
        <div class="toolbar">
            <SearchBox params=params  />
            {filters}
            <div class="toolbar-end">
                {may_write
                    .then(|| {
                        let href = move || links::over("/users/new", &params.read(), &[]);
                        // The URL of the dialog retains the state of the list.
                        view! {
                            <a class="button button-primary" href=href data-noscroll>
                                {text::users::create()}
                            </a>
                        }
                    })}
                <Segmented name="density" label=text::users::row_height() values=DENSITIES />
                {move || {
                    let is_of_deleted = links::is_of_deleted(&params.read());
                    let (columns, names) = available();
                    (!is_of_deleted).then(|| view! { <ColumnMenu items=items(&columns, &names) /> })
                }}
            </div>
        </div>
        <ActiveFilters params=params />
        {meaning}
    };
    let screen = ListScreen {
        title: text::users::title(),
        header: "page-head",
        beside: total.into_any(),
        above: above.into_any(),
        label: text::users::title(),
        loading,
        skeleton: (move || skeleton(params)).into(),
    };
    let screen = screen.render(list, move |result| match result {
        Ok(list) => view! { <UserTable params=params list=list /> }.into_any(),
        Err(problem) => view! { <Failed params=params problem=problem /> }.into_any(),
    });
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns the search, and whether the list shows deleted users, independent of page and order.
fn listed(params: &ListParams) -> (String, bool) {
    let search = params.q.as_deref().unwrap_or_default().trim();
    (search.to_owned(), links::is_of_deleted(params))
}

/// Parses the query of the URL.
fn params(query: &Query) -> ListParams {
    ListParams::from_pairs(|name| query.get(name))
}
