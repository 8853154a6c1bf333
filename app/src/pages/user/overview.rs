//! First tab of a user's page: account data and statistics.

use domain::{
    text::capitalized,
    users::{CreatedVia, suspension::Suspension},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{path, reset_links::ResetLinks, with_user};
use crate::{
    api::user::UserView,
    components::{
        badge::RoleBadges,
        description_list::DescriptionItem,
        time::{Ago, Exactly},
    },
    format::count,
    labels::audit::changes::any_value_label,
    text,
};

/// Renders the first tab, and the confirmation dialogs above it.
#[component]
pub fn OverviewTab() -> impl IntoView {
    view! {
        <Overview />
        <Outlet />
    }
}

/// Renders account data, statistics, suspension and reset links.
#[component]
pub fn Overview() -> impl IntoView {
    with_user(|user_view| {
        view! {
            <div class="panes">
                <Account user_view=user_view.clone() />
                <Statistics user_view=user_view.clone() />
                {user_view.user.suspension.clone().map(|suspension| view! { <Suspended suspension=suspension /> })}
                <ResetLinks user_view=user_view />
            </div>
        }
    })
}

#[component]
fn Account(user_view: UserView) -> impl IntoView {
    let (user, now) = (user_view.user, user_view.now);
    let ago = move |at: Option<::time::OffsetDateTime>| match at {
        Some(at) => view! { <Ago at=at now=now /> }.into_any(),
        None => text::user::never().into_any(),
    };
    let deleted = user.deleted_at.map(|at| {
        view! {
            <DescriptionItem label=text::actions::deleted()>
                <Exactly at=at />
            </DescriptionItem>
            <DescriptionItem label=text::user::purge_after()>{user.purge_after.map(|at| view! { <Exactly at=at /> })}</DescriptionItem>
        }
    });
    let via = created_via(user.created_via);
    let [before_created, after_created] = match user.created_by {
        Some(name) => text::user::created_by_around(name, via),
        None => text::user::created_via_around(via),
    };
    let profile = user.profile.into_iter().map(|(name, value)| {
        let name = capitalized(&domain::audit::spaced(&name));
        view! { <DescriptionItem label=name>{any_value_label(&value)}</DescriptionItem> }
    });
    let clients: Vec<String> = user_view
        .clients
        .into_iter()
        .map(|client| client.label)
        .collect();
    let clients = (!clients.is_empty()).then(|| {
        let names = clients.join(", ");
        view! { <DescriptionItem label=text::access::clients()>{names}</DescriptionItem> }
    });
    let (has_password, changed) = (user.has_password, user.password_changed_at);
    view! {
        <section>
            <h2>{text::user::details()}</h2>
            <dl class="details">
                {deleted} <DescriptionItem label=text::user::username()>{user.summary.username}</DescriptionItem>
                <DescriptionItem label=text::actions::email()>{user.summary.email.unwrap_or_else(|| "—".to_owned())}</DescriptionItem>
                {user
                    .unverified_email
                    .map(|email| {
                        let of = user.unverified_email_of.map(text::user::unverified_email_used);
                        view! { <DescriptionItem label=text::user::unverified_email()>{email} {of}</DescriptionItem> }
                    })}
                <DescriptionItem label=text::actions::roles()>
                    <span class="chips">
                        <RoleBadges roles=user.summary.roles />
                    </span>
                </DescriptionItem>
                {clients} <DescriptionItem label=text::user::created()>
                    {before_created} <Exactly at=user.summary.created_at /> {after_created}
                </DescriptionItem>
                <DescriptionItem label=text::user::last_sign_in()>{ago(user.summary.last_login_at)}</DescriptionItem>
                <DescriptionItem label=text::user::last_active()>{ago(user.summary.last_active_at)}</DescriptionItem>
                <DescriptionItem label=text::user::password()>
                    {match changed.filter(|_| has_password) {
                        Some(at) => {
                            let [before, after] = text::user::password_changed_around();
                            view! { {before} <Ago at=at now=now /> {after} }.into_any()
                        }
                        None if has_password => text::user::password_set().into_any(),
                        None => text::user::password_not_set().into_any(),
                    }}
                </DescriptionItem>
                {profile.collect_view()}
            </dl>
        </section>
    }
}

/// Returns the label of the way in which an account was created.
fn created_via(via: CreatedVia) -> &'static str {
    match via {
        CreatedVia::Admin => text::user::via_admin(),
        CreatedVia::Registration => text::user::via_registration(),
        CreatedVia::Invitation => text::user::via_invitation(),
        CreatedVia::Cli => text::user::via_cli(),
        CreatedVia::Import => text::user::via_import(),
        CreatedVia::Setup => text::user::via_setup(),
    }
}

/// Renders the counts of the owned data, each with a link to the data.
#[component]
fn Statistics(user_view: UserView) -> impl IntoView {
    let page = path(&user_view.user.summary);
    let user = user_view.user.summary;
    let counts = [
        (text::actions::personas(), "data", user.persona_count.into()),
        (
            text::actions::ontologies(),
            "data",
            user.ontology_count.into(),
        ),
        (
            text::actions::annotations(),
            "data",
            user.annotation_count.into(),
        ),
        (
            text::actions::conversations(),
            "data",
            user_view.user.conversation_count,
        ),
        (
            text::actions::sessions(),
            "sessions",
            user.session_count.into(),
        ),
        (text::actions::api_keys(), "keys", user.api_key_count.into()),
        (
            text::actions::access_tokens(),
            "keys",
            user_view.user.token_count,
        ),
        (
            text::virtual_keys::title(),
            "keys",
            user_view.user.virtual_key_count,
        ),
    ];
    view! {
        <section>
            <h2>{text::user::statistics()}</h2>
            <dl class="details">
                {counts
                    .map(|(label, tab, number)| {
                        let link = view! { <a href=format!("{page}/{tab}")>{count(number)}</a> };
                        view! { <DescriptionItem label=label>{link}</DescriptionItem> }
                    })
                    .into_iter()
                    .collect_view()}
            </dl>
        </section>
    }
}

#[component]
fn Suspended(suspension: Suspension) -> impl IntoView {
    let reason_note = if suspension.show_reason {
        text::user::reason_shown_yes()
    } else {
        text::user::reason_shown_no()
    };
    view! {
        <section>
            <h2>{text::user::suspension()}</h2>
            <dl class="details">
                <DescriptionItem label=text::actions::reason()>{suspension.reason.unwrap_or_else(|| "—".to_owned())}</DescriptionItem>
                <DescriptionItem label=text::actions::until()>
                    {match suspension.until {
                        Some(until) => view! { <Exactly at=until /> }.into_any(),
                        None => text::user::indefinitely().into_any(),
                    }}
                </DescriptionItem>
                <DescriptionItem label=text::user::suspended_by()>{suspension.by.unwrap_or_else(|| "—".to_owned())}</DescriptionItem>
                <DescriptionItem label=text::user::reason_shown()>{reason_note}</DescriptionItem>
            </dl>
        </section>
    }
}
