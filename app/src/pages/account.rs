//! One's own account.

use domain::access::Principal;
use leptos::prelude::*;

use crate::{
    components::{
        avatar::Avatar,
        badge::RoleBadge,
        card::CardPage,
        facts::Fact,
        icon::{Glyph, Icon},
        time::Exactly,
    },
    context::PageContext,
    format::day,
};

/// Who one is signed in as.
#[component]
pub fn Account() -> impl IntoView {
    let principal = expect_context::<PageContext>().principal;
    view! {
        <CardPage title="My account">
            {principal.map(|principal| view! { <AccountCard principal=principal /> })}
        </CardPage>
    }
}

#[component]
fn AccountCard(principal: Principal) -> impl IntoView {
    let panel = principal.may_open_panel();
    let last_sign_in = principal
        .last_login_at
        .map(|at| view! { <Exactly at=at /> });
    view! {
        <div class="card card-account">
            <header class="account-head">
                <Avatar id=principal.id name=principal.display_name.clone() size="avatar-56" />
                <div>
                    <h1 class="card-title">
                        <bdi>{principal.display_name}</bdi>
                    </h1>
                    <p class="account-user">{principal.username}</p>
                </div>
            </header>
            <dl class="facts">
                <Fact label="Email">{principal.email.unwrap_or_else(|| "—".to_owned())}</Fact>
                <Fact label="Roles">
                    <RoleBadge roles=principal.roles />
                </Fact>
                <Fact label="Member since">{day(principal.created_at)}</Fact>
                <Fact label="Last sign-in">{last_sign_in}</Fact>
            </dl>
            <footer class="card-foot">
                {if panel {
                    view! { <a class="button" href="/users">"Admin Panel"</a> }.into_any()
                } else {
                    view! { <p>"To change these, ask an administrator."</p> }.into_any()
                }}
                <form method="post" action="/logout">
                    <button class="button">
                        <Glyph icon=Icon::SignOut />
                        "Sign out"
                    </button>
                </form>
            </footer>
        </div>
    }
}
