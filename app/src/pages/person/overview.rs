//! First tab of a user's page: account data and statistics.

use domain::{
    audit::words_of,
    users::{CreatedVia, suspension::Suspension},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{path, reset_links::ResetLinks, with_person};
use crate::{
    api::person::Person,
    components::{
        badge::RoleBadges,
        facts::Fact,
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
    with_person(|person| {
        view! {
            <div class="panes">
                <Account person=person.clone() />
                <Statistics person=person.clone() />
                {person.user.suspension.clone().map(|suspension| view! { <Suspended suspension=suspension /> })}
                <ResetLinks person=person />
            </div>
        }
    })
}

#[component]
fn Account(person: Person) -> impl IntoView {
    let (user, now) = (person.user, person.now);
    let ago = move |at: Option<::time::OffsetDateTime>| match at {
        Some(at) => view! { <Ago at=at now=now /> }.into_any(),
        None => "Never".into_any(),
    };
    let deleted = user.deleted_at.map(|at| {
        view! {
            <Fact label="Deleted">
                <Exactly at=at />
            </Fact>
            <Fact label="Permanent deletion">{user.purge_after.map(|at| view! { <Exactly at=at /> })}</Fact>
        }
    });
    let by = user.created_by.map(|by| format!(" by {by}"));
    let via = match user.created_via {
        CreatedVia::Cli => "CLI",
        CreatedVia::Setup => "setup link",
        via => via.as_str(),
    };
    let facts = user.profile.into_iter().map(|(name, value)| {
        let name = capitalised(&domain::audit::spaced(&name));
        view! { <Fact label=name>{words_of(&value)}</Fact> }
    });
    let (has_password, changed) = (user.has_password, user.password_changed_at);
    view! {
        <section>
            <h2>"Details"</h2>
            <dl class="facts">
                {deleted} <Fact label="Username">{user.summary.username}</Fact>
                <Fact label="Email">{user.summary.email.unwrap_or_else(|| "—".to_owned())}</Fact>
                {user
                    .claimed_email
                    .map(|email| {
                        let of = user.claimed_email_of.map(|of| format!(" (already used by {of})"));
                        view! { <Fact label="Unverified email">{email} {of}</Fact> }
                    })}
                <Fact label="Roles">
                    <span class="chips">
                        <RoleBadges roles=user.summary.roles />
                    </span>
                </Fact>
                <Fact label="Created">
                    <Exactly at=user.summary.created_at />
                    {by}
                    {format!(" ({via})")}
                </Fact>
                <Fact label="Last sign-in">{ago(user.summary.last_login_at)}</Fact>
                <Fact label="Last active">{ago(user.summary.last_active_at)}</Fact>
                <Fact label="Password">
                    {match changed.filter(|_| has_password) {
                        Some(at) => view! { "Changed " <Ago at=at now=now /> }.into_any(),
                        None if has_password => "Set".into_any(),
                        None => "Not set".into_any(),
                    }}
                </Fact>
                {facts.collect_view()}
            </dl>
        </section>
    }
}

/// Renders the counts of the owned data, each with a link to the data.
#[component]
fn Statistics(person: Person) -> impl IntoView {
    let page = path(&person.user.summary);
    let user = person.user.summary;
    let counts = [
        ("Personas", "data", user.persona_count.into()),
        ("Ontologies", "data", user.ontology_count.into()),
        ("Annotations", "data", user.annotation_count.into()),
        ("Sessions", "sessions", user.session_count.into()),
        ("API keys", "keys", user.api_key_count.into()),
        ("Access tokens", "keys", person.user.token_count),
    ];
    view! {
        <section>
            <h2>"Statistics"</h2>
            <dl class="facts">
                {counts
                    .map(|(label, tab, number)| {
                        let link = view! { <a href=format!("{page}/{tab}")>{count(number)}</a> };
                        view! { <Fact label=label>{link}</Fact> }
                    })
                    .into_iter()
                    .collect_view()}
            </dl>
        </section>
    }
}

#[component]
fn Suspended(suspension: Suspension) -> impl IntoView {
    let told = if suspension.tell_reason {
        "Yes, at sign-in"
    } else {
        "No"
    };
    view! {
        <section>
            <h2>"Suspension"</h2>
            <dl class="facts">
                <Fact label="Reason">{suspension.reason.unwrap_or_else(|| "—".to_owned())}</Fact>
                <Fact label="Until">
                    {match suspension.until {
                        Some(until) => view! { <Exactly at=until /> }.into_any(),
                        None => "Indefinitely".into_any(),
                    }}
                </Fact>
                <Fact label="Suspended by">{suspension.by.unwrap_or_else(|| "—".to_owned())}</Fact>
                <Fact label="Reason shown to user">{told}</Fact>
            </dl>
        </section>
    }
}
