//! Page of a conversation: its properties, and its messages as a chat, in pages.

use domain::{
    conversations::OpenedConversation,
    list::{PageParams, UnfilteredParams},
    problem::{Code, Problem},
};
use leptos::prelude::*;
use uuid::Uuid;

use super::{
    files,
    message::message,
    table::{feedback, user},
};
use crate::{
    api::{
        conversations::{CONVERSATIONS, OpenConversation, path},
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        description_list::DescriptionItem,
        frame::show_name,
        icon::Icon,
        loaded::Loaded,
        loading::Loading,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_list_params},
        rows::{KeyedRow, keyed_by},
        state::{ListErrorNotice, ListState, LoadingNotice},
        time::Ago,
    },
    format::dollars,
    links::{conversations as links, with_selected},
    text,
};

/// Renders the page of a conversation. The URL of another conversation renders a new page.
#[component]
pub fn Reader() -> impl IntoView {
    keyed_by("id", |id| view! { <ReaderOf id=id /> }.into_any())
}

#[component]
fn ReaderOf(
    /// Id of the conversation, from the URL.
    id: String,
) -> impl IntoView {
    // No conversation has the nil id, so that another text is an unknown conversation.
    let id: Uuid = id.parse().unwrap_or_default();
    let params = use_list_params::<UnfilteredParams>();
    let loading = Loading::new();
    let request = checked(move || params.get(), UnfilteredParams::NAMES, NONE);
    let opened = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(OpenConversation { id, params })
    });
    opened.draw(LoadingNotice, move |opened| match opened {
        Ok(opened) => shown(&params.get_untracked(), opened, loading),
        Err(problem) => failed(id, problem),
    })
}

/// Returns the URL of a page of the messages of a conversation.
fn href(id: Uuid, params: &UnfilteredParams) -> String {
    with_selected(&path(id), params.pairs().into_iter(), &[])
}

/// Renders the header, the properties and the messages.
fn shown(params: &UnfilteredParams, opened: OpenedConversation, loading: Loading) -> AnyView {
    let OpenedConversation {
        conversation,
        messages,
        now,
    } = opened;
    let id = conversation.id;
    show_name(id, &conversation.name);
    let pages = Pages::of(params, &messages, |params| href(id, params));
    let is_empty = messages.rows.is_empty();
    let rows = messages.rows.into_iter();
    let rows: Vec<KeyedRow> = rows.map(|one| message(one, now)).collect();
    let list = if is_empty {
        view! { <ListState icon=Icon::Chat title=text::conversations::no_messages() /> }.into_any()
    } else {
        view! {
            <ol class="messages">{rows}</ol>
            <Pager pages=pages from_top=true />
        }
        .into_any()
    };
    let external_id = conversation.external_id.clone().map(|id| {
        view! {
            <DescriptionItem label=text::conversations::external_id()>
                <code>{id}</code>
            </DescriptionItem>
        }
    });
    let tokens = [
        text::conversations::input(conversation.tokens_in.unsigned_abs()),
        text::conversations::output(conversation.tokens_out.unsigned_abs()),
    ];
    let (owner, likes) = (user(&conversation), feedback(&conversation));
    view! {
        <header class="page-head">
            <h1>
                <bdi>{conversation.name}</bdi>
            </h1>
            {files(&|format| links::file_of(id, format))}
        </header>
        <div class="pane-actions">
            <dl class="details">
                <DescriptionItem label=text::conversations::user()>{owner}</DescriptionItem>
                <DescriptionItem label=text::conversations::branch()>
                    <bdi>{conversation.branch}</bdi>
                </DescriptionItem>
                {external_id}
                <DescriptionItem label=text::conversations::started()>
                    <Ago at=conversation.started_at now=now />
                </DescriptionItem>
                <DescriptionItem label=text::conversations::modified()>
                    <Ago at=conversation.modified_at now=now />
                </DescriptionItem>
                <DescriptionItem label=text::conversations::tokens()>
                    {tokens.join(", ")}
                </DescriptionItem>
                <DescriptionItem label=text::conversations::cost()>
                    {dollars(conversation.cost)}
                </DescriptionItem>
                <DescriptionItem label=text::conversations::feedback()>{likes}</DescriptionItem>
            </dl>
        </div>
        <section
            class="list"
            aria-label=text::conversations::messages(conversation.messages.unsigned_abs().into())
            aria-busy=move || loading.is_busy().to_string()
        >
            {list}
        </section>
    }
    .into_any()
}

/// Renders the error of loading the conversation.
fn failed(id: Uuid, problem: Problem) -> AnyView {
    let state = if problem.error == Code::NotFound {
        view! {
            <ListState icon=Icon::Alert title=text::conversations::missing() failure=true>
                <div class="state-actions">
                    <a class="button button-primary" href=CONVERSATIONS>
                        {text::conversations::show_all()}
                    </a>
                </div>
            </ListState>
        }
        .into_any()
    } else {
        view! {
            <ListErrorNotice
                title=text::conversations::one_failed()
                problem=problem
                again=String::new()
                all=path(id)
                label=text::conversations::first_messages()
            />
        }
        .into_any()
    };
    view! {
        <h1 class="visually-hidden">{text::conversations::one()}</h1>
        {state}
    }
    .into_any()
}
