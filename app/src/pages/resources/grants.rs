//! Ways in which users reach a resource, with the button that revokes a grant.

use ::time::OffsetDateTime;
use domain::resources::{Grant, GrantLevel, GrantSubject, ListedResource, OpenedResource};
use leptos::prelude::*;

use super::{
    may_write,
    rows::{everyone, owner},
};
use crate::{
    api::resources::{SubjectKind, grants::GrantOperation, path},
    components::{
        form::{FormState, PageUser},
        identifier::user_link,
        list::{
            column::{Column, cells, visible},
            data_table::{self, DataTable},
        },
        time::Ago,
    },
    text,
};

/// Way in which users reach the resource.
enum Way {
    /// The user who owns it.
    Owner,
    /// A grant.
    Grant(Grant),
    /// The administrators.
    Admins,
}

/// Row of the table.
struct Row {
    way: Way,
    /// The resource, with the name of its owner.
    listed: ListedResource,
    /// Server time of the response.
    now: OffsetDateTime,
    /// Form of the buttons.
    doing: FormState,
}

/// Columns in their order.
static COLUMNS: [Column<Row>; 5] = [
    Column {
        class: "",
        label: text::resources::who,
        sort: None,
        cell: |cell, row| cell.header(who(row)),
    },
    Column {
        class: "",
        label: text::resources::through,
        sort: None,
        cell: |cell, row| cell.labelled(through(&row.way)),
    },
    Column {
        class: "",
        label: text::resources::level,
        sort: None,
        cell: |cell, row| {
            let level = match &row.way {
                Way::Grant(grant) => grant.level,
                Way::Owner | Way::Admins => GrantLevel::Write,
            };
            cell.labelled(level_label(level))
        },
    },
    Column {
        class: "",
        label: text::resources::granted,
        sort: None,
        cell: |cell, row| match &row.way {
            Way::Grant(grant) => {
                let by = grant.granted_by.clone();
                let by =
                    by.map(|by| view! { <p class="muted">{text::resources::granted_by(by)}</p> });
                cell.labelled(view! {
                    <Ago at=grant.granted_at now=row.now />
                    {by}
                })
            }
            Way::Owner | Way::Admins => cell.labelled("—"),
        },
    },
    Column {
        class: "",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| match &row.way {
            Way::Grant(grant) => cell.plain(revoke(row, grant)),
            Way::Owner | Way::Admins => cell.plain(()),
        },
    },
];

/// Renders the table.
pub(super) fn table(opened: OpenedResource, doing: FormState) -> AnyView {
    let OpenedResource {
        listed,
        grants,
        now,
    } = opened;
    let columns = visible(&COLUMNS, may_write());
    let owner = listed.owner.is_some().then_some(Way::Owner);
    let ways = owner.into_iter().chain(grants.into_iter().map(Way::Grant));
    let rows = ways.chain([Way::Admins]).map(|way| {
        let id = key(&way);
        let row = Row {
            way,
            listed: listed.clone(),
            now,
            doing,
        };
        data_table::row(id, cells(columns, &row))
    });
    let rows = rows.collect();
    DataTable::records(text::resources::reach(), columns).with_rows(rows)
}

/// Returns the id of a row.
fn key(way: &Way) -> String {
    match way {
        Way::Owner => "owner".to_owned(),
        Way::Admins => "admins".to_owned(),
        Way::Grant(grant) => match &grant.subject {
            GrantSubject::User { id, .. } | GrantSubject::Group { id, .. } => id.to_string(),
            GrantSubject::Everyone => "everyone".to_owned(),
        },
    }
}

/// Renders the users of a way.
fn who(row: &Row) -> AnyView {
    match &row.way {
        Way::Owner => owner(&row.listed),
        Way::Admins => text::resources::admins().into_any(),
        Way::Grant(grant) => match grant.subject.clone() {
            GrantSubject::User { id, username } => user_link(id, username),
            GrantSubject::Group { name, members, .. } => view! {
                <bdi>{name}</bdi>
                <p class="muted">{text::resources::members(members)}</p>
            }
            .into_any(),
            GrantSubject::Everyone => everyone(&row.listed).into_any(),
        },
    }
}

/// Returns the kind of a way.
fn through(way: &Way) -> &'static str {
    match way {
        Way::Owner => text::resources::through_owner(),
        Way::Admins => text::resources::through_admin(),
        Way::Grant(grant) => match grant.subject {
            GrantSubject::User { .. } => text::resources::through_user(),
            GrantSubject::Group { .. } => text::resources::through_group(),
            GrantSubject::Everyone => text::resources::through_everyone(),
        },
    }
}

/// Returns the label of a level of access.
pub(super) fn level_label(level: GrantLevel) -> &'static str {
    match level {
        GrantLevel::Read => text::resources::level_read(),
        GrantLevel::Write => text::resources::level_write(),
    }
}

/// Renders the button that revokes a grant.
fn revoke(row: &Row, grant: &Grant) -> AnyView {
    let (doing, resource) = (row.doing, &row.listed.resource);
    let (kind, id, name) = match grant.subject.clone() {
        GrantSubject::User { id, username } => (SubjectKind::User, Some(id), username),
        GrantSubject::Group { id, name, .. } => (SubjectKind::Group, Some(id), name),
        GrantSubject::Everyone => (
            SubjectKind::Everyone,
            None,
            text::resources::everyone().to_owned(),
        ),
    };
    let subject =
        id.map(|id| view! { <input type="hidden" name="subject" value=id.to_string() /> });
    view! {
        <form
            method="post"
            action=path(resource.id)
            on:submit=move |event| doing.submit.run(event)
        >
            <PageUser />
            <input type="hidden" name="id" value=resource.id.to_string() />
            <input type="hidden" name="shown" value=resource.name.clone() />
            <input type="hidden" name="kind" value=kind.as_str() />
            {subject}
            <input type="hidden" name="level" value=grant.level.as_str() />
            <input type="hidden" name="operation" value=GrantOperation::Revoke.as_str() />
            <button
                class="button"
                aria-label=text::resources::revoke_of(name)
                aria-disabled=move || doing.busy()
            >
                {text::resources::revoke()}
            </button>
        </form>
    }
    .into_any()
}
