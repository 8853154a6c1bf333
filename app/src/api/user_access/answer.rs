//! Search for the object of a question, and the answer of the service.

use domain::{
    access_check::{AccessAnswer, AccessObject, AccessQuestion, AccessReasons},
    clients::Client,
    filter::{Filter, Text},
    groups::GROUPS_ORDER,
    list::{Limits, SearchParams, SearchQuery, UnfilteredParams, searched_text},
    resources::{GrantLevel, RESOURCES_ORDER, Resource},
    text::name_key,
    users::list::{ListQuery, Sort, SortKey},
};
use service::{
    Error, Services,
    access::{AccessRead, Authorized, Caller, ClientsRead, GroupsRead, ResourcesRead, UsersRead},
    resources::ResourceFilter,
};
use uuid::Uuid;

use super::{AccessReply, FoundResource, PICKED_MAX, PickerItem, PickerPage};
use crate::text;

/// Number of resources with the same name that a reply lists.
const SEVERAL: u16 = 20;

/// Returns the query of a picker.
pub(super) fn search(q: String, limit: u16) -> Result<SearchQuery, Error> {
    let params = SearchParams {
        q: Some(q),
        ..SearchParams::default()
    };
    // The first page has no cursor, so the order of the list does not matter.
    let query = params.parse(Limits::PANEL, GROUPS_ORDER)?;
    Ok(SearchQuery {
        limit: limit.clamp(1, PICKED_MAX),
        ..query
    })
}

/// Returns the first users by username whose names, addresses or numbers have a part. A text that no user can have finds none.
pub(super) async fn users(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    part: &str,
    limit: u16,
) -> Result<PickerPage, Error> {
    let text = Text::new(part.trim()).ok();
    let filter = text.and_then(|text| Filter::parse(&text.to_string()).ok());
    let Some(filter) = filter else {
        return Ok(PickerPage::default());
    };
    let query = ListQuery {
        filter,
        sort: Sort {
            key: SortKey::Username,
            descending: false,
        },
        limit: limit.clamp(1, PICKED_MAX),
        ..ListQuery::default()
    };
    let page = service::users::list(services, authorized, &query)
        .await?
        .users;
    let more = page.page_info.after.is_some();
    let items = page.rows.into_iter().map(|user| PickerItem {
        label: text::access::named_user(&user.display_name, &user.username),
        key: user.username,
    });
    Ok(PickerPage {
        items: items.collect(),
        more,
    })
}

/// Returns the first groups of a user by name, and the number of all.
pub(super) async fn groups(
    services: &Services,
    authorized: &Authorized<GroupsRead>,
    user: Uuid,
) -> Result<(Vec<PickerItem>, u64), Error> {
    let query = search(String::new(), PICKED_MAX)?;
    let listed = service::groups::list_of(services, authorized, user, &query).await?;
    let groups = listed.page.rows.into_iter().map(|group| PickerItem {
        key: group.id.to_string(),
        label: group.name,
    });
    Ok((groups.collect(), listed.page.page_info.total.count))
}

/// Answers the question whether a user has a feature.
pub(super) async fn about_feature(
    services: &Services,
    caller: &Caller,
    user: Uuid,
    key: &str,
) -> Result<AccessReply, Error> {
    let authorized = caller.require()?;
    let object = AccessObject::Feature(key.to_owned());
    let answer = check(services, &authorized, AccessQuestion { user, object }).await?;
    Ok(AccessReply::Feature {
        key: key.to_owned(),
        answer,
    })
}

/// Answers the question whether a user reaches a resource, which is given by its kind, and its id or name.
pub(super) async fn about_resource(
    services: &Services,
    caller: &Caller,
    (user, level): (Uuid, GrantLevel),
    [kind, typed]: &[Option<String>; 2],
) -> Result<AccessReply, Error> {
    let kind = searched_text(kind);
    let Some(typed) = searched_text(typed) else {
        return Ok(AccessReply::Nothing);
    };
    let mut found = find(services, &caller.require()?, kind.as_deref(), &typed).await?;
    let resource = match (found.pop(), found.is_empty()) {
        (None, _) => return Ok(AccessReply::NotFound(typed)),
        (Some(resource), true) => resource,
        (Some(last), false) => {
            found.push(last);
            let found = found.into_iter().map(|resource| shown(resource, None));
            return Ok(AccessReply::Several(found.collect()));
        }
    };
    let object = AccessObject::Resource {
        id: resource.id,
        level,
    };
    let authorized = caller.require()?;
    let answer = check(services, &authorized, AccessQuestion { user, object }).await?;
    let client = match (resource.client_id, caller.require::<ClientsRead>()) {
        (Some(id), Ok(authorized)) => service::clients::list_named(services, &authorized, &[id])
            .await?
            .pop(),
        _ => None,
    };
    Ok(AccessReply::Resource {
        resource: shown(resource, client.as_ref()),
        level,
        answer,
    })
}

async fn check(
    services: &Services,
    authorized: &Authorized<AccessRead>,
    question: AccessQuestion,
) -> Result<AccessAnswer, Error> {
    let mut answers = service::access_check::check(services, authorized, &[question]).await?;
    Ok(answers.pop().unwrap_or(AccessAnswer {
        allowed: false,
        because: AccessReasons::Resource(Vec::new()),
    }))
}

fn shown(resource: Resource, client: Option<&Client>) -> FoundResource {
    let name = client.map(|client| client.name.as_str());
    FoundResource {
        id: resource.id,
        kind: resource.kind,
        name: resource.name,
        client: resource.client_id.map(|id| PickerItem::of_client(id, name)),
    }
}

/// Finds the resources with an id, an id in the host application, or a name; if none has exactly this name, those with a part of it.
async fn find(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    kind: Option<&str>,
    typed: &str,
) -> Result<Vec<Resource>, Error> {
    if let Ok(id) = typed.parse() {
        match service::resources::find(services, authorized, id).await {
            Ok(resource) => return Ok(vec![resource]),
            // The id in the host application can have the same form.
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let query = UnfilteredParams {
        limit: Some(SEVERAL.to_string()),
        ..UnfilteredParams::default()
    };
    let query = query.parse(Limits::PANEL, RESOURCES_ORDER)?;
    let by_id = ResourceFilter {
        kind,
        external_id: Some(typed),
        ..ResourceFilter::default()
    };
    let listed = service::resources::list(services, authorized, &query, by_id).await?;
    if !listed.page.rows.is_empty() {
        return Ok(listed.page.rows);
    }
    let by_name = ResourceFilter {
        kind,
        text: Some(typed),
        ..ResourceFilter::default()
    };
    let listed = service::resources::list(services, authorized, &query, by_name).await?;
    let key = name_key(typed);
    let (same, others): (Vec<_>, Vec<_>) = listed
        .page
        .rows
        .into_iter()
        .partition(|resource| name_key(&resource.name) == key);
    Ok(if same.is_empty() { others } else { same })
}
