//! First tab of a user's page: account data and statistics.

use domain::{
    audit::value_label,
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
    format::{capitalised, count},
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
        None => "Never".into_any(),
    };
    let deleted = user.deleted_at.map(|at| {
        view! {
            <DescriptionItem label="Deleted">
                <Exactly at=at />
            </DescriptionItem>
            <DescriptionItem label="Permanent deletion">{user.purge_after.map(|at| view! { <Exactly at=at /> })}</DescriptionItem>
        }
    });
    let by = user.created_by.map(|by| format!(" by {by}"));
    let via = match user.created_via {
        CreatedVia::Cli => "CLI",
        CreatedVia::Setup => "setup link",
        via => via.as_str(),
    };
    let profile = user.profile.into_iter().map(|(name, value)| {
        let name = capitalised(&domain::audit::spaced(&name));
        view! { <DescriptionItem label=name>{value_label(&value)}</DescriptionItem> }
    });
    let (has_password, changed) = (user.has_password, user.password_changed_at);
    view! {
        <section>
            <h2>"Details"</h2>
            <dl class="details">
                {deleted} <DescriptionItem label="Username">{user.summary.username}</DescriptionItem>
                <DescriptionItem label="Email">{user.summary.email.unwrap_or_else(|| "—".to_owned())}</DescriptionItem>
                {user
                    .unverified_email
                    .map(|email| {
                        let of = user.unverified_email_of.map(|of| format!(" (already used by {of})"));
                        view! { <DescriptionItem label="Unverified email">{email} {of}</DescriptionItem> }
                    })}
                <DescriptionItem label="Roles">
                    <span class="chips">
                        <RoleBadges roles=user.summary.roles />
                    </span>
                </DescriptionItem>
                <DescriptionItem label="Created">
                    <Exactly at=user.summary.created_at />
                    {by}
                    {format!(" ({via})")}
                </DescriptionItem>
                <DescriptionItem label="Last sign-in">{ago(user.summary.last_login_at)}</DescriptionItem>
                <DescriptionItem label="Last active">{ago(user.summary.last_active_at)}</DescriptionItem>
                <DescriptionItem label="Password">
                    {match changed.filter(|_| has_password) {
                        Some(at) => view! { "Changed " <Ago at=at now=now /> }.into_any(),
                        None if has_password => "Set".into_any(),
                        None => "Not set".into_any(),
                    }}
                </DescriptionItem>
                {profile.collect_view()}
            </dl>
        </section>
    }
}

/// Renders the counts of the owned data, each with a link to the data.
#[component]
fn Statistics(user_view: UserView) -> impl IntoView {
    let page = path(&user_view.user.summary);
    let user = user_view.user.summary;
    let counts = [
        ("Personas", "data", user.persona_count.into()),
        ("Ontologies", "data", user.ontology_count.into()),
        ("Annotations", "data", user.annotation_count.into()),
        ("Sessions", "sessions", user.session_count.into()),
        ("API keys", "keys", user.api_key_count.into()),
        ("Access tokens", "keys", user_view.user.token_count),
    ];
    view! {
        <section>
            <h2>"Statistics"</h2>
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
        "Yes, at sign-in"
    } else {
        "No"
    };
    view! {
        <section>
            <h2>"Suspension"</h2>
            <dl class="details">
                <DescriptionItem label="Reason">{suspension.reason.unwrap_or_else(|| "—".to_owned())}</DescriptionItem>
                <DescriptionItem label="Until">
                    {match suspension.until {
                        Some(until) => view! { <Exactly at=until /> }.into_any(),
                        None => "Indefinitely".into_any(),
                    }}
                </DescriptionItem>
                <DescriptionItem label="Suspended by">{suspension.by.unwrap_or_else(|| "—".to_owned())}</DescriptionItem>
                <DescriptionItem label="Reason shown to user">{reason_note}</DescriptionItem>
            </dl>
        </section>
    }
}
