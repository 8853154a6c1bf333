//! Answer to a question, with links to the places where each reason can be changed.

use domain::{
    access_check::{AccessAnswer, AccessBlock, AccessPath, AccessReasons, AccessThrough},
    resources::GrantLevel,
};
use leptos::prelude::*;

use super::features::{answer, reasons};
use crate::{
    api::user_access::{AccessReply, FoundResource},
    components::time::Exactly,
    text,
};

/// Renders the reply to a question on a page.
pub(super) fn of_reply(reply: AccessReply, page: &str) -> AnyView {
    match reply {
        AccessReply::Nothing => ().into_any(),
        AccessReply::NotFound(typed) => {
            view! { <p class="notice tone-warning">{text::access::resource_not_found(typed)}</p> }
                .into_any()
        }
        AccessReply::Several(resources) => several(resources, page),
        AccessReply::Feature {
            key,
            answer: AccessAnswer { allowed, because },
        } => {
            let because = match because {
                AccessReasons::Feature(because) if !because.is_empty() => reasons(because),
                _ => text::access::not_granted().into_any(),
            };
            view! {
                <p>{answer(allowed)} " " <code>{key}</code> ": " {because}</p>
            }
            .into_any()
        }
        AccessReply::Resource {
            resource,
            level,
            answer,
        } => of_resource(&resource, level, answer, page),
    }
}

/// Renders the resources that a name can mean, with links that ask about one of them.
fn several(resources: Vec<FoundResource>, page: &str) -> AnyView {
    let links = resources.into_iter().map(|resource| {
        let href = format!("{page}?resource={}", resource.id);
        view! {
            <li>
                <a class="link" href=href>
                    <bdi>{resource.name}</bdi>
                </a>
                " "
                <code>{resource.kind}</code>
            </li>
        }
    });
    view! {
        <p>{text::access::several_resources()}</p>
        <ul>{links.collect_view()}</ul>
    }
    .into_any()
}

fn of_resource(
    resource: &FoundResource,
    level: GrantLevel,
    AccessAnswer { allowed, because }: AccessAnswer,
    page: &str,
) -> AnyView {
    let paths = match because {
        AccessReasons::Resource(paths) => paths,
        AccessReasons::Feature(_) => Vec::new(),
    };
    let nothing = paths
        .is_empty()
        .then(|| view! { <p>{text::access::no_way()}</p> });
    let ways: Vec<AnyView> = paths
        .into_iter()
        .map(|path| way(path, resource, level, page))
        .collect();
    let href = format!("/resources/{}", resource.id);
    let client = resource.client.as_ref().map(|client| {
        view! { <span class="muted">{text::access::of_client(&client.label)}</span> }
    });
    view! {
        <p>
            {answer(allowed)} " " {level_label(level)} ": " <a class="link" href=href>
                <bdi>{resource.name.clone()}</bdi>
            </a> " " <code>{resource.kind.clone()}</code> " " {client}
        </p>
        {nothing}
        <ul>{ways}</ul>
    }
    .into_any()
}

fn level_label(level: GrantLevel) -> &'static str {
    match level {
        GrantLevel::Read => text::access::read(),
        GrantLevel::Write => text::access::write(),
    }
}

/// Renders a way to a resource: its kind, the grant, and the reason why it leads nowhere.
fn way(path: AccessPath, resource: &FoundResource, asked: GrantLevel, page: &str) -> AnyView {
    let is_too_low = !path.level.includes(asked);
    let level = level_label(path.level);
    let granted = path
        .granted_at
        .map(|at| match &path.granted_by {
            Some(name) => (at, text::access::granted_by_around(name)),
            None => (at, text::access::granted_around().map(str::to_owned)),
        })
        .map(|(at, [before, after])| view! { {before} <Exactly at=at /> {after} });
    let blocked = path.blocked_by.map(|block| blocked(block, resource, page));
    let too_low = (path.blocked_by.is_none() && is_too_low).then(text::access::but_read_only);
    view! {
        <li>
            {through(path.through, resource)} " (" {level} ")" {granted} {blocked} {too_low}
        </li>
    }
    .into_any()
}

fn through(through: AccessThrough, resource: &FoundResource) -> AnyView {
    let resource = format!("/resources/{}", resource.id);
    let (href, label) = match through {
        AccessThrough::Group { id, name } => {
            let [before, after] = text::access::through_group_around();
            return view! {
                {before}
                <a class="link" href=format!("/groups/{id}")>
                    <bdi>{name}</bdi>
                </a>
                {after}
            }
            .into_any();
        }
        AccessThrough::Owner => (resource, text::access::as_owner()),
        AccessThrough::User => (resource, text::access::through_user()),
        AccessThrough::Everyone => (resource, text::access::through_everyone()),
        AccessThrough::Admin => ("/roles".to_owned(), text::access::as_admin()),
    };
    view! {
        <a class="link" href=href>
            {label}
        </a>
    }
    .into_any()
}

/// Renders why a way leads nowhere, with a link to the page on which that can be changed.
fn blocked(block: AccessBlock, resource: &FoundResource, page: &str) -> AnyView {
    let user = page.strip_suffix("/access").unwrap_or(page);
    let (href, label) = match block {
        AccessBlock::User => (
            user.to_owned(),
            text::access::but_inactive_user().to_owned(),
        ),
        AccessBlock::Resource => (
            format!("/resources/{}", resource.id),
            text::access::but_inactive_resource().to_owned(),
        ),
        AccessBlock::Client => {
            let client = resource.client.as_ref();
            let client = client.map_or("", |client| client.label.as_str());
            (format!("{user}/edit"), text::access::but_client(client))
        }
    };
    view! {
        ", "
        <a class="link" href=href>
            {label}
        </a>
    }
    .into_any()
}
