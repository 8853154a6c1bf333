//! Tab with the resources that the members of a group reach through grants to it.

use ::time::OffsetDateTime;
use domain::{
    groups::GroupResource,
    list::{Listed, PageParams, UnfilteredParams},
    permission::Permission,
    resources::GrantLevel,
};
use leptos::prelude::*;

use super::{
    members::{failed, list_of_tab},
    page::OpenedGroup,
};
use crate::{
    api::{
        groups::{
            GroupView,
            resources::{ListGroupResources, RunGrantOperation},
        },
        listed::check_params,
        read::ReadRequest,
        resources::grants::GrantOperation,
    },
    components::{
        form::{self, FormState, PageUser},
        icon::Icon,
        list::{
            column::{Column, cells, visible},
            data_table::{self, DataTable},
            row_link::name_link,
        },
        loaded::{Loaded, both},
        loading::Loading,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_list_params},
        state::ListState,
        time::Ago,
    },
    context::PageContext,
    links::over,
    text,
};

/// Row of the list.
struct ListedResource {
    resource: GroupResource,
    /// Server time of the response.
    now: OffsetDateTime,
    /// The group.
    group: GroupView,
    /// Form of the buttons.
    doing: FormState,
}

/// Columns in their order.
static COLUMNS: [Column<ListedResource>; 6] = [
    Column {
        class: "",
        label: text::groups::resource,
        sort: None,
        cell: |cell, row| {
            let href = format!("/resources/{}", row.resource.id);
            let name = row.resource.name.clone();
            let inactive = (!row.resource.active).then(|| {
                view! { <span class="badge tone-warning">{text::groups::inactive()}</span> }
            });
            cell.header(view! {
                {name_link(href, name)}
                " "
                {inactive}
            })
        },
    },
    Column {
        class: "",
        label: text::groups::kind,
        sort: None,
        cell: |cell, row| cell.labelled(row.resource.kind.clone()),
    },
    Column {
        class: "",
        label: text::groups::level,
        sort: None,
        cell: |cell, row| cell.labelled(level(row.resource.level)),
    },
    Column {
        class: "",
        label: text::groups::granted,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.resource.granted_at now=row.now /> }),
    },
    Column {
        class: "",
        label: text::groups::granted_by,
        sort: None,
        cell: |cell, row| {
            let by = row.resource.granted_by.clone();
            cell.labelled(by.unwrap_or_else(|| "—".to_owned()))
        },
    },
    Column {
        class: "",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| cell.plain(revoke(row)),
    },
];

/// Returns the label of a level of access.
fn level(level: GrantLevel) -> &'static str {
    match level {
        GrantLevel::Read => text::groups::level_read(),
        GrantLevel::Write => text::groups::level_write(),
    }
}

/// Renders the tab. The whole state of the list is in the URL.
#[component]
pub fn GroupResources() -> impl IntoView {
    let opened = OpenedGroup::current();
    let params = use_list_params::<UnfilteredParams>();
    let loading = Loading::new();
    let request = checked(move || params.get(), UnfilteredParams::NAMES, NONE);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        let group = opened.id.get_value();
        ReadRequest::of(ListGroupResources { group, params })
    });
    let path = format!("{}/resources", opened.path());
    let doing = form::send::<RunGrantOperation>(&path);
    let drawn = move || {
        let (group, list) = both(opened.group, list)?;
        let params = params.get_untracked();
        Some(match (group, list) {
            // The header of the page shows the error.
            (Err(_), _) => ().into_any(),
            (Ok(group), Ok(list)) => shown(group, &params, list, doing),
            (Ok(_), Err(error)) => failed(&path, &params, error.0),
        })
    };
    list_of_tab(text::groups::resources(), (loading, doing), Box::new(drawn))
}

/// Renders the rows, or the empty state.
fn shown(
    group: GroupView,
    params: &UnfilteredParams,
    list: Listed<GroupResource>,
    doing: FormState,
) -> AnyView {
    let Listed { page, now } = list;
    if page.rows.is_empty() {
        return view! {
            <ListState icon=Icon::Record title=text::groups::no_resources()>
                <p class="state-text">{text::groups::no_resources_hint()}</p>
            </ListState>
        }
        .into_any();
    }
    let path = format!("{}/resources", OpenedGroup::current().path());
    let pages = Pages::of(params, &page, |params| over(&path, params));
    let may_write = expect_context::<PageContext>().may(Permission::ResourcesWrite);
    let columns = visible(&COLUMNS, may_write);
    let rows = page.rows.into_iter().map(|resource| {
        let listed = ListedResource {
            resource,
            now,
            group: group.clone(),
            doing,
        };
        data_table::row(listed.resource.id, cells(columns, &listed))
    });
    let rows = rows.collect();
    let table = DataTable::records(text::groups::resources(), columns).with_rows(rows);
    view! {
        {table}
        <Pager pages=pages />
    }
    .into_any()
}

/// Renders the button that revokes the access to a resource.
fn revoke(row: &ListedResource) -> AnyView {
    let doing = row.doing;
    let resource = &row.resource;
    let path = format!("{}/resources", OpenedGroup::current().path());
    let about = text::groups::revoke_of(&resource.name);
    view! {
        <form method="post" action=path on:submit=move |event| doing.submit.run(event)>
            <PageUser />
            <input type="hidden" name="group" value=row.group.id.to_string() />
            <input type="hidden" name="id" value=resource.id.to_string() />
            <input type="hidden" name="shown" value=resource.name.clone() />
            <input type="hidden" name="shown_group" value=row.group.name.clone() />
            <input type="hidden" name="level" value=resource.level.as_str() />
            <input type="hidden" name="operation" value=GrantOperation::Revoke.as_str() />
            <button class="button" aria-label=about aria-disabled=move || doing.busy()>
                {text::groups::revoke()}
            </button>
        </form>
    }
    .into_any()
}
