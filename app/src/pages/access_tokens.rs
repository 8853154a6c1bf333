//! Page with the access tokens of all users.

use domain::{
    access_tokens::{AccessToken, TokenState, list::TokenParams},
    list::{Limits, Listed, PageParams},
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use time::OffsetDateTime;

use crate::{
    api::{
        access_tokens::{ALL, list_tokens},
        error::ApiError,
        listed::check_params,
        user::path_of,
    },
    components::{
        confirm_link::ConfirmLink,
        icon::Icon,
        meaning,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_query},
        records::{Record, Records},
        state::{ListErrorNotice, ListState, LoadingNotice, Meaning},
        token_row,
    },
    context::PageContext,
    labels::security,
    links::tokens,
    text,
};

/// Renders the page "Access tokens". Its whole state is in the URL.
#[component]
pub fn AccessTokens() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| TokenParams::from_pairs(|name| query.read().get(name)));
    let request = checked(move || params.get(), TokenParams::NAMES, NONE);
    let list = Resource::new(
        move || request.get(),
        |request| async move { list_tokens(check_params(request)?).await?.checked() },
    );
    view! {
        <header class="page-head">
            <h1>{text::tokens::title()}</h1>
        </header>
        <p class="pane-actions muted">{text::tokens::hint()}</p>
        {move || filters(&params.read())}
        <Transition>
            {move || Suspend::new(async move {
                let now = list.await.ok().map(|list| list.now);
                let query = params.get_untracked().parse(Limits::PANEL).ok();
                let meaning = now.zip(query).map(|(now, query)| meaning::of_tokens(&query, now));
                view! { <Meaning parts=meaning.unwrap_or_default() /> }
            })}
        </Transition>
        <section class="list" aria-label=text::tokens::title()>
            <Transition fallback=LoadingNotice>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => shown(&params.get_untracked(), list),
                        Err(ApiError(problem)) => {
                            view! {
                                <ListErrorNotice
                                    title=text::tokens::load_failed()
                                    problem=problem
                                    again=tokens::href(&params.get_untracked())
                                    all=ALL.to_owned()
                                    label=text::tokens::show_all()
                                />
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </section>
        <Outlet />
    }
}

/// Returns whether the viewer can revoke the tokens of other users.
fn may_write() -> bool {
    PageContext::current().may(Permission::TokensWrite)
}

/// Renders the filter form. It leads to the filtered list, with scripts or without.
fn filters(params: &TokenParams) -> impl IntoView + use<> {
    let user = params.user.clone().unwrap_or_default();
    let chosen = params.state.clone().unwrap_or_default();
    let states = TokenState::ALL.iter().map(|state| {
        let word = state.as_str();
        view! {
            <option value=word selected=chosen == word>
                {security::token_state(*state)}
            </option>
        }
    });
    view! {
        <form
            class="list-filters"
            method="get"
            action=ALL
            role="search"
            aria-label=text::tokens::filter()
        >
            <label class="filter-field">
                {text::tokens::user()}
                <input
                    class="input"
                    name="user"
                    value=user
                    dir="auto"
                    placeholder=text::tokens::username()
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="100"
                />
            </label>
            <label class="filter-field">
                {text::tokens::state()} <select class="input" name="state">
                    <option value="">{text::tokens::all_states()}</option>
                    {states.collect_view()}
                </select>
            </label>
            <div class="actions">
                <button class="button">{text::common::filter()}</button>
                <a class="button" href=ALL data-noscroll>
                    {text::common::filter_clear()}
                </a>
            </div>
        </form>
    }
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
    let rows = page.rows.into_iter().map(|token| cells(token, now));
    const COLUMNS: &[text::Label] = &[
        text::tokens::token,
        text::tokens::user,
        text::tokens::scopes,
        text::tokens::state,
        text::tokens::last_used,
        text::tokens::created,
        text::tokens::expires,
        text::common::actions,
    ];
    view! {
        <Records caption=text::tokens::title() columns=COLUMNS rows=rows.collect() />
        <Pager pages=pages />
    }
    .into_any()
}

fn cells(token: AccessToken, now: OffsetDateTime) -> Record {
    let (id, is_over) = (token.id, token.state.is_over());
    let user = token.user.clone();
    let label = text::tokens::revoke_of(&token.name, &user.username);
    let button = (may_write() && !is_over).then(|| {
        view! {
            <ConfirmLink
                href=format!("{ALL}/{id}/revoke")
                label=text::tokens::revoke()
                about=label
            />
        }
    });
    let user_cell = view! {
        <a href=path_of(user.id, &user.username)>
            <bdi>{user.display_name}</bdi>
        </a>
        <p class="muted">{user.username}</p>
    };
    let mut cells = token_row::cells(token, now);
    cells.insert(1, user_cell.into_any());
    cells.push(button.into_any());
    (id.to_string(), cells)
}
