//! Invitations with their states.

use ::time::OffsetDateTime;
use domain::{
    invitations::{Invitation, InvitationState},
    list::Listed,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{Head, may_write};
use crate::{
    api::{
        error::ApiError,
        invitations::{INVITATIONS, list_invitations},
        listed::check_params,
    },
    components::{
        badge::RoleBadge,
        icon::Icon,
        parameters::{NONE, checked, use_query},
        records::{Record, Records},
        tab::{More, tab},
        time::{Ago, Ends},
    },
    links::with_selected,
    text,
};

/// Invitations of the page, shared with the dialogs above it.
pub(super) type InvitationsResource = Resource<Result<Listed<Invitation>, ApiError>>;

/// Returns the URL of a dialog above a page of the list. `after` is the cursor of that page.
pub(super) fn over(path: &str, after: Option<&str>) -> String {
    with_selected(path, after.map(|after| ("after", after)).into_iter(), &[])
}

/// Renders the list of invitations.
#[component]
pub fn Invitations() -> impl IntoView {
    let query = use_query();
    let request = checked(move || query.read().get("after"), &["after"], NONE);
    let list: InvitationsResource = Resource::new(
        move || request.get(),
        |request| async move { list_invitations(check_params(request)?).await },
    );
    provide_context(list);
    let empty = (Icon::User, text::registrations::none_invited());
    let invitations = tab(list, empty, |Listed { page, now }| {
        let next = page.page_info.after.map(|after| format!("?after={after}"));
        let after = use_query().read_untracked().get("after");
        let rows = page
            .rows
            .into_iter()
            .map(|invitation| row(invitation, now, after.as_deref()));
        const COLUMNS: &[text::Label] = &[
            text::registrations::label,
            text::registrations::roles,
            text::registrations::state,
            text::registrations::uses,
            text::registrations::created,
            text::registrations::expires,
            text::common::actions,
        ];
        view! {
            <Records
                caption=text::registrations::invitations()
                columns=COLUMNS
                rows=rows.collect()
            />
            <More href=next />
        }
        .into_any()
    });
    view! {
        <Head tab=INVITATIONS />
        {invitations}
        <Outlet />
    }
}

/// Returns the CSS class and the label of a state, and an explanation where the label is not enough.
fn state_label(state: InvitationState) -> (&'static str, &'static str, Option<&'static str>) {
    match state {
        InvitationState::Open => (
            "badge tone-success",
            text::registrations::state_open(),
            None,
        ),
        InvitationState::Used => ("badge", text::registrations::state_used(), None),
        InvitationState::Revoked => (
            "badge tone-danger",
            text::registrations::state_revoked(),
            None,
        ),
        InvitationState::Expired => (
            "badge tone-warning",
            text::registrations::state_expired(),
            None,
        ),
        InvitationState::Unbacked => (
            "badge tone-warning",
            text::registrations::state_unbacked(),
            Some(text::registrations::state_unbacked_hint()),
        ),
    }
}

/// Lists the users of an invitation: the latest by name, the others as a number.
fn used_by(invitation: &Invitation) -> String {
    let mut names = invitation.used_by.clone();
    let named = i32::try_from(names.len()).unwrap_or(i32::MAX);
    let others = invitation.uses.saturating_sub(named);
    if others > 0 {
        names.push(text::registrations::more(others));
    }
    names.join(", ")
}

fn row(invitation: Invitation, now: OffsetDateTime, after: Option<&str>) -> Record {
    let (tone, word, why) = state_label(invitation.state);
    let is_over = matches!(
        invitation.state,
        InvitationState::Used | InvitationState::Revoked
    );
    let by = used_by(&invitation);
    let note = invitation.note;
    let note = note.unwrap_or_else(|| text::registrations::anyone().to_owned());
    let links = (may_write() && !is_over).then(|| {
        let link = |word: &str, label: &'static str, about: String| {
            let href = over(&format!("{INVITATIONS}/{}/{word}", invitation.id), after);
            view! {
                <a class="button" href=href data-noscroll aria-label=about>
                    {label}
                </a>
            }
        };
        let renewal = text::registrations::new_link_for(&note);
        let revocation = text::registrations::revoke_for(&note);
        view! {
            <div class="chips">
                {link("resend", text::registrations::new_link(), renewal)}
                {link("revoke", text::registrations::revoke(), revocation)}
            </div>
        }
    });
    let by = (!by.is_empty()).then(|| view! { <p class="muted">{by}</p> });
    let opened = match invitation.opened_at {
        Some(at) => {
            let [before, after] = text::registrations::opened_around();
            view! { {before} <Ago at=at now=now /> {after} }.into_any()
        }
        None => text::registrations::not_opened().into_any(),
    };
    let creator = invitation.created_by.unwrap_or_else(|| "—".to_owned());
    let id = invitation.id.to_string();
    let cells = vec![
        view! { <bdi>{note.clone()}</bdi> }.into_any(),
        view! { <RoleBadge roles=invitation.roles /> }.into_any(),
        view! {
            <span class=tone>{word}</span>
            <p class="muted">{why.map_or(opened, IntoAny::into_any)}</p>
        }
        .into_any(),
        view! { {text::registrations::used_of(invitation.uses, invitation.max_uses)} {by} }
            .into_any(),
        view! {
            <Ago at=invitation.created_at now=now />
            <p class="muted">{text::registrations::created_by(creator)}</p>
        }
        .into_any(),
        view! { <Ends at=invitation.expires_at now=now /> }.into_any(),
        links.into_any(),
    ];
    (id, cells)
}
