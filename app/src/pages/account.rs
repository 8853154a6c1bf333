//! Account pages of the signed-in user: the name above, and one of the tabs below.

pub mod data;
pub mod delete;
pub mod deleted;
pub mod new_key;
pub mod new_token;
pub mod password;
pub mod preferences;
pub mod profile;
pub mod sessions;
pub mod tokens;
pub mod usage;

use domain::access::Principal;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};

use crate::{
    api::{
        account::{self, FindAccount},
        read::ReadRequest,
    },
    components::{
        avatar::Avatar,
        badge::RoleBadges,
        brand::Brand,
        field::FieldSpec,
        form::{FormState, PageUser},
        icon::{Glyph, Icon},
        loaded::Loaded,
        notice::ProblemNotice,
        tab::with,
        tabs::Tabs,
    },
    context::PageContext,
    text,
};

/// Tabs: path segment and name.
const PARTS: &[(&str, text::Label)] = &[
    ("", text::account::profile),
    ("password", text::account::password),
    ("sessions", text::account::sessions),
    ("keys", text::account::keys),
    ("tokens", text::account::tokens),
    ("usage", text::usage::title),
    ("preferences", text::account::preferences),
    ("data", text::account::data),
];

/// Field for the current password, which confirms the identity of the user.
const CURRENT_PASSWORD: FieldSpec = FieldSpec {
    name: "current_password",
    label: text::account::current_password,
    kind: "password",
    autocomplete: "current-password",
    hint: None,
    optional: false,
    max: 256,
};

/// Resource with the account of the signed-in user, shared by all account pages.
#[derive(Clone, Copy)]
struct AccountContext(Loaded<account::Account>);

/// Renders the account pages.
#[component]
pub fn Account() -> impl IntoView {
    let account = Loaded::new(|| ReadRequest::of(FindAccount {}));
    provide_context(AccountContext(account));
    let problem = account.draw(ViewFnOnce::default(), |account| {
        let problem = account.err();
        problem
            .map(|problem| view! { <ProblemNotice problem=problem /> })
            .into_any()
    });
    let principal = expect_context::<PageContext>().principal;
    let here = use_location().pathname;
    let current = Memo::new(move |_| {
        let here = here.get();
        let part = here.split('/').nth(2).unwrap_or_default();
        // The deletion dialog is above the last tab.
        let part = if part == "delete" { "data" } else { part };
        let known = PARTS.iter().find(|(end, _)| *end == part);
        known.map_or("", |(end, _)| end)
    });
    let tabs: Vec<_> = PARTS.iter().map(|(end, name)| (*end, name())).collect();
    view! {
        <div class="plain">
            <main class="plain-main plain-wide" id="main">
                <Brand />
                <div class="card card-parts">
                    {principal.map(|principal| view! { <Head principal=principal /> })}
                    <Tabs page="/account" label=text::frame::my_account() tabs=tabs current=current />
                    {problem}
                    <Outlet />
                </div>
            </main>
        </div>
    }
}

/// Renders the name and the roles of the user, and the links out.
#[component]
fn Head(principal: Principal) -> impl IntoView {
    let panel = principal.may_open_panel();
    let manages_groups = PageContext::current().manages_groups;
    view! {
        <header class="account-head">
            <Avatar id=principal.id name=principal.display_name.clone() size="avatar-56" />
            <div class="user-text">
                <h1 class="card-title">
                    <bdi>{principal.display_name}</bdi>
                </h1>
                <p class="chips">
                    <span class="account-user">{principal.username}</span>
                    <RoleBadges roles=principal.roles />
                </p>
            </div>
            <div class="actions">
                {panel
                    .then(|| {
                        view! {
                            <a class="button" href="/users">
                                {text::frame::admin_panel()}
                            </a>
                        }
                    })}
                {manages_groups
                    .then(|| {
                        view! {
                            <a class="button" href="/groups">
                                {text::groups::title()}
                            </a>
                        }
                    })}
                <form method="post" action="/logout">
                    <button class="button">
                        <Glyph icon=Icon::SignOut />
                        {text::frame::sign_out()}
                    </button>
                </form>
            </div>
        </header>
    }
}

/// Renders with the loaded account. If loading fails, the page shows the error above the tab.
fn with_account<V: IntoView + 'static>(
    draw: impl Fn(account::Account) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView {
    with(expect_context::<AccountContext>().0, draw)
}

/// Renders a tab that is a form.
#[component]
fn FormPart(
    /// Heading of the tab.
    title: &'static str,
    /// Path that the form posts to.
    path: &'static str,
    /// State of the form.
    form_state: FormState,
    /// Label of the submit button.
    #[prop(into)]
    action: Signal<String>,
    /// Fields of the form.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="form">
            <h2>{title}</h2>
            {move || form_state.problem.get().map(|problem| view! { <ProblemNotice problem=problem autofocus=true /> })}
            <form
                class="form"
                method="post"
                action=path
                novalidate
                aria-busy=move || form_state.pending.get().to_string()
                on:submit=move |event| form_state.submit.run(event)
                on:input=move |event| form_state.typed.run(event)
            >
                <PageUser />
                {children()}
                <div class="actions">
                    <button class="button button-primary" aria-disabled=move || form_state.busy()>
                        {action}
                    </button>
                </div>
            </form>
        </section>
    }
}
