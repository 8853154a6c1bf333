//! Data that a user owns.

use ::time::OffsetDateTime;
use domain::{permission::Permission, users::detail::OwnedPersona};
use leptos::prelude::*;

use super::{OpenedUser, may_write, path, with_user};
use crate::{
    api::{
        listed::check_params,
        read::ReadRequest,
        user::{ListPersonas, UserView},
    },
    components::{
        description_list::DescriptionItem,
        icon::Icon,
        list::{
            column::{Column, cells},
            data_table::{self, DataTable},
        },
        parameters::{NONE, checked, use_query},
        tab::{More, tab},
        time::Ago,
    },
    context::PageContext,
    format::count,
    links::conversations,
    text,
};

/// Row of the list.
struct ListedPersona {
    persona: OwnedPersona,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns in their order.
static COLUMNS: [Column<ListedPersona>; 5] = [
    Column {
        class: "",
        label: text::user::persona,
        sort: None,
        cell: |cell, row| {
            let name = row.persona.name.clone();
            let hidden = row.persona.hidden.then(text::user::persona_hidden);
            cell.header(view! { <bdi>{name}</bdi> {hidden} })
        },
    },
    Column {
        class: "",
        label: text::user::persona_role,
        sort: None,
        cell: |cell, row| cell.labelled(row.persona.role.clone()),
    },
    Column {
        class: "",
        label: text::actions::ontologies,
        sort: None,
        cell: |cell, row| cell.labelled(count(row.persona.ontologies)),
    },
    Column {
        class: "",
        label: text::actions::annotations,
        sort: None,
        cell: |cell, row| cell.labelled(count(row.persona.annotations)),
    },
    Column {
        class: "",
        label: text::user::created,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.persona.created_at now=row.now /> }),
    },
];

/// Renders the number of conversations, and the personas with the counts of their ontologies and annotations.
#[component]
pub fn Data() -> impl IntoView {
    let query = use_query();
    let request = checked(move || query.read().get("after"), &["after"], NONE);
    let list = OpenedUser::current().load(
        move || check_params(request.get()),
        |after, id| ReadRequest::of(ListPersonas { id, after }),
    );
    let transfer_link = with_user(|user_view| {
        let user = &user_view.user;
        let has_data = user.summary.persona_count > 0 || user.conversation_count > 0;
        let owns = has_data && user.deleted_at.is_none();
        (owns && may_write()).then(|| {
            view! {
                <div class="pane-actions">
                    <a class="button" href=format!("{}/reassign", path(&user_view.user.summary))>
                        {text::user::transfer_dialog()}
                    </a>
                </div>
            }
        })
    });
    let personas = tab(list, (Icon::Users, text::user::no_personas()), |part| {
        let now = part.now;
        let next = part
            .items
            .last()
            .filter(|_| part.more)
            .map(|last| format!("?after={}", last.id));
        let rows = part.items.into_iter().map(|persona| {
            let listed = ListedPersona { persona, now };
            data_table::row(listed.persona.id, cells(&COLUMNS, &listed))
        });
        let rows = rows.collect();
        view! {
            {DataTable::records(text::actions::personas(), &COLUMNS).with_rows(rows)}
            <More href=next />
        }
        .into_any()
    });
    view! {
        {transfer_link}
        {with_user(|user_view| conversations_of(&user_view))}
        {personas}
    }
}

/// Renders the number of conversations, with a link to them for viewers who can read them.
fn conversations_of(user_view: &UserView) -> AnyView {
    let user = &user_view.user;
    let number = count(user.conversation_count);
    let may_read = PageContext::current().may(Permission::ConversationsRead);
    let number = if may_read && user.conversation_count > 0 {
        let href = conversations::of_user(&user.summary.username);
        view! { <a href=href>{number}</a> }.into_any()
    } else {
        number.into_any()
    };
    view! {
        <div class="pane-actions">
            <dl class="details">
                <DescriptionItem label=text::actions::conversations()>{number}</DescriptionItem>
            </dl>
        </div>
    }
    .into_any()
}
