//! Page with the access tokens of all users.

use domain::{
    access_tokens::{AccessToken, TokenKind, TokenState, list::TokenParams},
    list::{Limits, Listed, PageParams, Total},
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        access_tokens::{ALL, ListTokens},
        read::ReadRequest,
        user::path_of,
    },
    components::{
        filters::{Entry, FilterField},
        icon::Icon,
        list::{
            column::{Column, cells, visible},
            data_table::{self, DataTable},
            row_link::name_link,
            url_list::{ListTexts, UrlList, paged},
        },
        meaning,
        state::{ListState, Meaning},
        tab::with,
        token_row::{self, ListedToken},
    },
    context::PageContext,
    labels::security,
    text,
};

static TEXTS: ListTexts = ListTexts {
    title: text::tokens::title,
    label: text::tokens::title,
    load_failed: text::tokens::load_failed,
    show_all: text::tokens::show_all,
};

/// Columns in their order.
static COLUMNS: [Column<ListedToken>; 8] = [
    token_row::TOKEN,
    Column::new(text::tokens::user, |cell, row| {
        let user = row.token.user.clone();
        let href = path_of(user.id, &user.username);
        cell.labelled(view! {
            {name_link(href, user.display_name)}
            <p class="muted">{user.username}</p>
        })
    }),
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
    let list = UrlList::load(ALL, &TEXTS, |params| ReadRequest::of(ListTokens { params }));
    let params = list.params;
    let meaning = with(list.loaded, move |list| {
        let query = params.get_untracked().parse(Limits::PANEL).ok();
        let parts = query.map(|query| meaning::of_tokens(&query, list.now));
        view! { <Meaning parts=parts.unwrap_or_default() /> }
    });
    let above = view! {
        <p class="pane-actions muted">{text::tokens::hint()}</p>
        {list.filter_form(text::tokens::filter(), fields)}
        {meaning}
    };
    let screen = list.render(().into_any(), above.into_any(), |_| table(), shown);
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns whether the viewer can revoke the tokens of other users.
fn may_write() -> bool {
    PageContext::current().may(Permission::TokensWrite)
}

/// Returns the fields of the filter form.
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

/// Returns the table of the list without its rows.
fn table() -> DataTable {
    DataTable::records(text::tokens::title(), columns())
}

/// Renders the rows, or the empty state.
fn shown(params: &TokenParams, list: Listed<AccessToken>) -> AnyView {
    let Listed { page, now } = list;
    let (may_write, columns) = (may_write(), columns());
    let row = |token: AccessToken| {
        let revoke = (may_write && !token.state.is_over()).then(|| {
            let about = text::tokens::revoke_of(&token.name, &token.user.username);
            (format!("{ALL}/{}/revoke", token.id), about)
        });
        let end_previous = may_write
            .then(|| token_row::end_previous(ALL, &token))
            .flatten();
        let listed = ListedToken {
            token,
            end_previous,
            now,
            revoke,
            change: None,
        };
        data_table::row(listed.token.id, cells(columns, &listed))
    };
    paged(ALL, params, page, table(), row, empty)
}

/// Renders the empty state: of a filter, or of a list without tokens.
fn empty(params: &TokenParams, _: Total) -> AnyView {
    let title = if params.pairs().is_empty() {
        text::tokens::none()
    } else {
        text::tokens::none_match()
    };
    view! { <ListState icon=Icon::Shield title=title /> }.into_any()
}
