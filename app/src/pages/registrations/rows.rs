//! Columns and rows of the list of registrations, and the decisions about them.

use ::time::OffsetDateTime;
use domain::{
    registrations::{Decision, Registration, list::RegistrationParams},
    users::{bulk::Selected, list::SortKey},
};
use leptos::prelude::*;

use crate::{
    api::registrations::PENDING_LIST,
    components::{
        form::{FormState, PageUser},
        identifier::Identifier,
        list::{
            column::{Column, cells, visible},
            data_table,
            row_link::{RowLink, name_link},
        },
        rows::KeyedRow,
        selection::{BulkLinks, SelectCell, Selection},
        time::{Ago, Upcoming},
    },
    links::registrations as links,
    text,
};

/// Selection of the list and form of its buttons, for viewers who can decide registrations.
#[derive(Clone, Copy)]
pub(super) struct Deciding {
    /// Selection of the list.
    pub(super) selection: Selection,
    /// Form of the buttons that need no dialog.
    pub(super) form: FormState,
}

/// Row of the list.
pub(super) struct ListedRegistration {
    /// Registration of the row.
    pub(super) registration: Registration,
    /// Server time of the response.
    pub(super) now: OffsetDateTime,
    /// Parameters of the list, to return to.
    pub(super) params: RegistrationParams,
    /// Selection and form, if the viewer can decide registrations.
    pub(super) deciding: Option<Deciding>,
}

type RegistrationColumn = Column<ListedRegistration, SortKey>;

const NAME: RegistrationColumn = Column {
    class: "",
    label: text::registrations::name,
    sort: Some(SortKey::Name),
    cell: |cell, row| {
        let href = format!("/users/{}", row.registration.id);
        let name = row.registration.display_name.clone();
        cell.header(name_link(href, name))
    },
};

const USERNAME: RegistrationColumn = Column {
    class: "cell-username",
    label: text::registrations::username,
    sort: Some(SortKey::Username),
    cell: |cell, row| {
        let username = row.registration.username.clone();
        cell.labelled(view! { <Identifier text=username /> })
    },
};

const EMAIL: RegistrationColumn = Column {
    class: "cell-address",
    label: text::registrations::email,
    sort: Some(SortKey::Email),
    cell: |cell, row| {
        let email = match row.registration.email.clone() {
            Some(address) => view! { <Identifier text=address /> }.into_any(),
            None => "—".into_any(),
        };
        let conflict = row.registration.email_of.clone().map(|of| {
            view! { <span class="badge tone-warning">{text::registrations::email_of(of)}</span> }
        });
        cell.labelled(view! { {email} " " {conflict} })
    },
};

const REGISTERED: RegistrationColumn = Column {
    class: "",
    label: text::registrations::registered,
    sort: Some(SortKey::Created),
    cell: |cell, row| cell.labelled(view! { <Ago at=row.registration.created_at now=row.now /> }),
};

const IP_ADDRESS: RegistrationColumn = Column {
    class: "",
    label: text::registrations::ip_address,
    sort: None,
    cell: |cell, row| {
        let from = row.registration.from;
        cell.labelled(from.map_or_else(|| "—".to_owned(), |ip| ip.to_string()))
    },
};

const ACTIONS: RegistrationColumn = Column {
    class: "cell-decide",
    label: text::common::actions,
    sort: None,
    cell: |cell, row| cell.plain(decisions(row)),
};

/// Columns of pending registrations in their order.
static PENDING: [RegistrationColumn; 6] = [NAME, USERNAME, EMAIL, REGISTERED, IP_ADDRESS, ACTIONS];

/// Columns of rejected registrations in their order.
static REJECTED: [RegistrationColumn; 7] = [
    NAME,
    USERNAME,
    EMAIL,
    REGISTERED,
    Column {
        class: "",
        label: text::registrations::rejected_at,
        sort: None,
        cell: |cell, row| {
            let (at, now) = (row.registration.rejected_at, row.now);
            cell.labelled(at.map(|at| view! { <Ago at=at now=now /> }))
        },
    },
    Column {
        class: "",
        label: text::registrations::purged_at,
        sort: None,
        cell: |cell, row| {
            let (at, now) = (row.registration.purge_after, row.now);
            cell.labelled(at.map(|at| view! { <Upcoming at=at now=now /> }))
        },
    },
    ACTIONS.with_class("cell-edit"),
];

/// Returns the columns that the viewer sees.
pub(super) fn columns(is_of_rejected: bool, can_decide: bool) -> &'static [RegistrationColumn] {
    if is_of_rejected {
        visible(&REJECTED, can_decide)
    } else {
        visible(&PENDING, can_decide)
    }
}

/// Returns the decisions about the selected registrations.
pub(super) fn bulk_links(is_of_rejected: bool) -> BulkLinks {
    let link = |decision: Decision, label| {
        let path = format!("{PENDING_LIST}/{}", decision.as_str());
        (path, label)
    };
    if is_of_rejected {
        [link(Decision::Restore, text::registrations::restore())].into()
    } else {
        [
            link(Decision::Approve, text::registrations::approve()),
            link(Decision::Reject, text::registrations::reject()),
        ]
        .into()
    }
}

/// Renders one registration, with a checkbox for viewers who can decide it.
pub(super) fn row(listed: &ListedRegistration) -> KeyedRow {
    let registration = &listed.registration;
    let is_of_rejected = registration.rejected_at.is_some();
    let select = listed.deciding.map(|deciding| {
        let user = selected(registration);
        view! { <SelectCell selection=deciding.selection user=user /> }.into_any()
    });
    let columns = columns(is_of_rejected, listed.deciding.is_some());
    let cells = select.into_iter().chain(cells(columns, listed)).collect();
    data_table::row(registration.id, cells)
}

/// Returns the user of a registration as the list shows it now.
pub(super) fn selected(registration: &Registration) -> Selected {
    Selected {
        id: registration.id.0,
        version: registration.version,
        username: Some(registration.username.clone()),
    }
}

/// Renders the buttons and links that decide the registration.
fn decisions(row: &ListedRegistration) -> Option<AnyView> {
    let deciding = row.deciding?;
    let Registration {
        username,
        rejected_at,
        ..
    } = &row.registration;
    if rejected_at.is_some() {
        let about = text::registrations::restore_of(username);
        let label = (text::registrations::restore(), about);
        return Some(button(row, deciding.form, Decision::Restore, label).into_any());
    }
    let key = [selected(&row.registration).to_string()];
    let link = |decision: Decision, label: &'static str, about: String| {
        let href = links::decide(decision, &row.params, &key);
        RowLink { href, label, about }.render()
    };
    let approval = (
        text::registrations::approve(),
        text::registrations::approve_of(username),
    );
    let approval_as = text::registrations::approve_as_of(username);
    let rejection = text::registrations::reject_of(username);
    Some(
        view! {
            <div class="chips">
                {button(row, deciding.form, Decision::Approve, approval)}
                {link(Decision::Approve, text::registrations::approve_as(), approval_as)}
                {link(Decision::Reject, text::registrations::reject(), rejection)}
            </div>
        }
        .into_any(),
    )
}

/// Renders the button of a decision that needs no dialog: its label, and its accessible name.
fn button(
    row: &ListedRegistration,
    form: FormState,
    decision: Decision,
    (label, about): (&'static str, String),
) -> impl IntoView + use<> {
    let Registration {
        id,
        username,
        version,
        ..
    } = row.registration.clone();
    let list = links::href(&row.params);
    view! {
        <form method="post" action=PENDING_LIST on:submit=move |event| form.submit.run(event)>
            <PageUser />
            <input type="hidden" name="page" value=list />
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="username" value=username />
            <input type="hidden" name="version" value=version.to_string() />
            <input type="hidden" name="operation" value=decision.as_str() />
            <button class="button" aria-label=about aria-disabled=move || form.busy()>
                {label}
            </button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn registrations_are_sorted_by_their_columns() {
        for columns in [&PENDING[..], &REJECTED[..]] {
            let orders: BTreeSet<SortKey> =
                columns.iter().filter_map(|column| column.sort).collect();
            let known: BTreeSet<SortKey> = SortKey::OF_REGISTRATIONS.iter().copied().collect();
            assert_eq!(orders, known);
        }
    }

    #[test]
    fn each_list_offers_its_decisions() {
        let paths = |is_of_rejected| -> Vec<String> {
            let links = bulk_links(is_of_rejected);
            links.iter().map(|(path, _)| path.clone()).collect()
        };
        assert_eq!(
            paths(false),
            ["/registrations/approve", "/registrations/reject"]
        );
        assert_eq!(paths(true), ["/registrations/restore"]);
    }
}
