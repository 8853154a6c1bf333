//! Page with the access tokens of all users.

use domain::{
    access_tokens::{AccessToken, TokenKind, TokenState, list::TokenParams},
    list::{Limits, Listed, PageParams},
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        access_tokens::{ALL, ListTokens},
        listed::check_params,
        read::ReadRequest,
        user::path_of,
    },
    components::{
        filters::{Entry, FilterField, FilterForm},
        icon::Icon,
        list::{
            ListScreen,
            column::{Column, visible},
        },
        loaded::Loaded,
        loading::Loading,
        meaning,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_query},
        state::{ListErrorNotice, ListState, Meaning},
        tab::with,
        token_row::{self, ListedToken},
    },
    context::PageContext,
    labels::security,
    links::tokens,
    text,
};

/// Columns in their order.
static COLUMNS: [Column<ListedToken>; 8] = [
    token_row::TOKEN,
    Column {
        class: "",
        label: text::tokens::user,
        sort: None,
        cell: |cell, row| {
            let user = row.token.user.clone();
            let href = path_of(user.id, &user.username);
            cell.labelled(view! {
                <a href=href>
                    <bdi>{user.display_name}</bdi>
                </a>
                <p class="muted">{user.username}</p>
            })
        },
    },
    token_row::SCOPES,
    token_row::STATE,
    token_row::LAST_USED,
    token_row::CREATED,
    token_row::EXPIRES,
    token_row::ACTIONS,
];

/// Renders the page "Access tokens". Its whole state is in the URL.
#[component]
pub fn AccessTokens() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| TokenParams::from_pairs(|name| query.read().get(name)));
    let loading = Loading::new();
    let request = checked(move || params.get(), TokenParams::NAMES, NONE);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(ListTokens { params })
    });
    let meaning = with(list, move |list| {
        let query = params.get_untracked().parse(Limits::PANEL).ok();
        let parts = query.map(|query| meaning::of_tokens(&query, list.now));
        view! { <Meaning parts=parts.unwrap_or_default() /> }
    });
    let above = view! {
        <p class="pane-actions muted">{text::tokens::hint()}</p>
        <Filters params=params />
        {meaning}
    };
    let screen = ListScreen {
        title: text::tokens::title(),
        header: "page-head",
        beside: ().into_any(),
        above: above.into_any(),
        label: text::tokens::title(),
        loading,
        skeleton: skeleton.into(),
    };
    let screen = screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(list) => shown(&params, list),
            Err(problem) => view! {
                <ListErrorNotice
                    title=text::tokens::load_failed()
                    problem=problem
                    again=tokens::href(&params)
                    all=ALL.to_owned()
                    label=text::tokens::show_all()
                />
            }
            .into_any(),
        }
    });
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns whether the viewer can revoke the tokens of other users.
fn may_write() -> bool {
    PageContext::current().may(Permission::TokensWrite)
}

/// Renders the filter form.
#[component]
fn Filters(
    /// State of the list, from the URL.
    params: Memo<TokenParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| fields(&params.read()));
    let cleared = Signal::stored(ALL.to_owned());
    view! { <FilterForm label=text::tokens::filter() path=ALL fields=fields cleared=cleared /> }
}

fn fields(params: &TokenParams) -> Vec<FilterField> {
    let states = TokenState::ALL.iter();
    let states = states.map(|state| (state.as_str(), security::token_state(*state)));
    let states = std::iter::once(("", text::tokens::all_states())).chain(states);
    let kinds = TokenKind::ALL.iter();
    let kinds = kinds.map(|kind| (kind.as_str(), security::token_kind(*kind)));
    let kinds = std::iter::once(("", text::virtual_keys::kind_all())).chain(kinds);
    vec![
        FilterField::new(
            "user",
            &params.user,
            Entry::Typed(text::tokens::user(), text::tokens::username(), None),
        ),
        FilterField::new(
            "state",
            &params.state,
            Entry::Chosen(text::tokens::state(), states.collect()),
        ),
        FilterField::new(
            "kind",
            &params.kind,
            Entry::Chosen(text::virtual_keys::kind(), kinds.collect()),
        ),
    ]
}

/// Returns the columns that the viewer sees.
fn columns() -> &'static [Column<ListedToken>] {
    visible(&COLUMNS, may_write())
}

/// Renders placeholder rows while the list is loading.
fn skeleton() -> AnyView {
    token_row::skeleton(text::tokens::title(), columns())
}

/// Renders the rows, or the empty state.
fn shown(params: &TokenParams, list: Listed<AccessToken>) -> AnyView {
    let Listed { page, now } = list;
    if page.rows.is_empty() {
        let title = if params.pairs().is_empty() {
            text::tokens::none()
        } else {
            text::tokens::none_match()
        };
        return view! {
            <ListState icon=Icon::Shield title=title />
        }
        .into_any();
    }
    let pages = Pages::of(params, &page, tokens::href);
    let may_write = may_write();
    let rows = page.rows.into_iter().map(|token| {
        let revoke = (may_write && !token.state.is_over()).then(|| {
            let about = text::tokens::revoke_of(&token.name, &token.user.username);
            (format!("{ALL}/{}/revoke", token.id), about)
        });
        ListedToken {
            token,
            now,
            revoke,
            change: None,
        }
    });
    let table = token_row::table(text::tokens::title(), columns(), rows);
    view! {
        {table}
        <Pager pages=pages />
    }
    .into_any()
}
