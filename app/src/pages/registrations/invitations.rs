//! Invitations with their states.

use ::time::OffsetDateTime;
use domain::{
    invitations::{Invitation, InvitationState},
    list::{Listed, PageParams, UnfilteredParams},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{failed, may_write, params, screen};
use crate::{
    api::{
        invitations::{INVITATIONS, ListInvitations},
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        badge::RoleBadge,
        icon::Icon,
        list::{
            column::{Column, cells, visible},
            data_table::{self, DataTable},
            row_link::{RowLink, row_links},
            url_list::paged,
        },
        loaded::Loaded,
        loading::Loading,
        parameters::{NONE, checked, use_query},
        state::ListState,
        time::{Ago, Ends},
    },
    links::over,
    text,
};

/// Invitations of the page, shared with the dialogs above it.
pub(super) type LoadedInvitations = Loaded<Listed<Invitation>>;

/// Row of the list.
struct ListedInvitation {
    invitation: Invitation,
    /// Server time of the response.
    now: OffsetDateTime,
    /// Parameters of the list, which the dialogs above it retain.
    params: UnfilteredParams,
}

/// Columns in their order.
static COLUMNS: [Column<ListedInvitation>; 7] = [
    Column::new(text::registrations::label, |cell, row| {
        cell.header(view! { <bdi>{note(&row.invitation)}</bdi> })
    }),
    Column::new(text::registrations::roles, |cell, row| {
        cell.labelled(view! { <RoleBadge roles=row.invitation.roles.clone() /> })
    }),
    Column::new(text::registrations::state, |cell, row| {
        cell.labelled(state(&row.invitation, row.now))
    }),
    Column::new(text::registrations::uses, |cell, row| {
        let Invitation { uses, max_uses, .. } = row.invitation;
        let by = used_by(&row.invitation);
        let by = (!by.is_empty()).then(|| view! { <p class="muted">{by}</p> });
        cell.labelled(view! { {text::registrations::used_of(uses, max_uses)} {by} })
    }),
    Column::new(text::registrations::created, |cell, row| {
        let creator = row.invitation.created_by.clone();
        let creator = creator.unwrap_or_else(|| "—".to_owned());
        cell.labelled(view! {
            <Ago at=row.invitation.created_at now=row.now />
            <p class="muted">{text::registrations::created_by(creator)}</p>
        })
    }),
    Column::new(text::registrations::expires, |cell, row| {
        cell.labelled(view! { <Ends at=row.invitation.expires_at now=row.now /> })
    }),
    Column::new(text::common::actions, |cell, row: &ListedInvitation| {
        cell.plain(links(&row.invitation, &row.params))
    })
    .with_class("cell-edit"),
];

/// Renders the list of invitations. Its whole state is in the URL.
#[component]
pub fn Invitations() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| params::<UnfilteredParams>(&query.read()));
    let loading = Loading::new();
    let request = checked(move || params.get(), UnfilteredParams::NAMES, NONE);
    let list = Loaded::counted(loading, move || {
        let UnfilteredParams {
            limit,
            after,
            before,
        } = check_params(request.get())?;
        ReadRequest::of(ListInvitations {
            after,
            before,
            limit,
        })
    });
    provide_context(list);
    let label = text::registrations::invitations();
    let tab = Signal::stored(INVITATIONS);
    let skeleton = (|| table().skeleton()).into();
    let screen = screen(tab, label, loading, skeleton, ().into_any());
    let screen = screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(listed) => shown(&params, listed),
            Err(problem) => failed(INVITATIONS, over(INVITATIONS, &params), problem),
        }
    });
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns the columns that the viewer sees.
fn columns() -> &'static [Column<ListedInvitation>] {
    visible(&COLUMNS, may_write())
}

/// Returns the table of the list without its rows.
fn table() -> DataTable {
    DataTable::records(text::registrations::invitations(), columns())
}

/// Renders the rows, or the empty state.
fn shown(params: &UnfilteredParams, listed: Listed<Invitation>) -> AnyView {
    let Listed { page, now } = listed;
    let row = |invitation| {
        let listed = ListedInvitation {
            invitation,
            now,
            params: params.clone(),
        };
        data_table::row(listed.invitation.id, cells(columns(), &listed))
    };
    paged(INVITATIONS, params, page, table(), row, |_, _| {
        let title = text::registrations::none_invited();
        view! { <ListState icon=Icon::User title=title /> }.into_any()
    })
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

/// Returns the label of an invitation.
fn note(invitation: &Invitation) -> String {
    let note = invitation.note.clone();
    note.unwrap_or_else(|| text::registrations::anyone().to_owned())
}

/// Renders the state, and when the link was opened or why it does not work.
fn state(invitation: &Invitation, now: OffsetDateTime) -> impl IntoView + use<> {
    let (tone, word, why) = state_label(invitation.state);
    let opened = match invitation.opened_at {
        Some(at) => {
            let [before, after] = text::registrations::opened_around();
            view! { {before} <Ago at=at now=now /> {after} }.into_any()
        }
        None => text::registrations::not_opened().into_any(),
    };
    view! {
        <span class=tone>{word}</span>
        <p class="muted">{why.map_or(opened, IntoAny::into_any)}</p>
    }
}

/// Renders the links to the dialogs of an invitation, if the viewer can change it.
fn links(invitation: &Invitation, params: &UnfilteredParams) -> Option<AnyView> {
    let is_over = matches!(
        invitation.state,
        InvitationState::Used | InvitationState::Revoked
    );
    (may_write() && !is_over).then(|| {
        let href = |word: &str| over(&format!("{INVITATIONS}/{}/{word}", invitation.id), params);
        let note = note(invitation);
        row_links(vec![
            RowLink {
                href: href("resend"),
                label: text::registrations::new_link(),
                about: text::registrations::new_link_for(&note),
            },
            RowLink {
                href: href("revoke"),
                label: text::registrations::revoke(),
                about: text::registrations::revoke_for(&note),
            },
        ])
    })
}
