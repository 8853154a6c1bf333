//! `GET /user/list`, its other name `GET /user/get_users`, and `GET /user/filter/ui`.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};
use service::{
    Services,
    access::{Authorized, GroupsRead, Identity, UsersRead},
    directory::{self, DirectoryOrder, DirectoryQuery},
    limits,
};
use uuid::Uuid;

use super::row;
use crate::{
    Authenticated, DialectError,
    litellm::{NAME, callers::require_or, errors::custom, query::Query, roles, teams},
};

const DENIED: &str = "Only proxy admins and organization admins can list users.";
/// Filters by what no user has here.
const UNKNOWN: [&str; 2] = ["sso_user_ids", "organization_ids"];
/// Columns to sort by, with the orders here.
const COLUMNS: [(&str, DirectoryOrder); 11] = [
    ("user_id", DirectoryOrder::Identifier),
    ("user_email", DirectoryOrder::Email),
    ("created_at", DirectoryOrder::Created),
    ("spend", DirectoryOrder::Spend),
    ("user_alias", DirectoryOrder::Name),
    ("user_role", DirectoryOrder::Created),
    ("max_budget", DirectoryOrder::Budget),
    ("updated_at", DirectoryOrder::Updated),
    ("sso_user_id", DirectoryOrder::Identifier),
    ("status", DirectoryOrder::Status),
    ("key_count", DirectoryOrder::Keys),
];

/// Lists users in pages.
pub(in crate::litellm) async fn list(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let reader: Authorized<UsersRead> = require_or(&identity, DENIED)?;
    let page = query.page("page_size", 25, 100)?;
    let (order, descending) = order(&query)?;
    let (with, without) = match query.text("role") {
        Some(role) => roles::filter(role)?,
        None => (Vec::new(), Vec::new()),
    };
    let asked = DirectoryQuery {
        namespace: NAME.to_owned(),
        identifiers: identifiers(&query),
        email: query.owned("user_email"),
        text: query.owned("search"),
        roles: with,
        without_roles: without,
        group: team(&services, &identity, &query).await?,
        order,
        descending,
        limit: page.size,
        offset: page.offset(),
        ..DirectoryQuery::default()
    };
    let (mut users, total) = directory::list(&services, &reader, &asked).await?;
    limits::add_resets(&services, &identity, &mut users).await?;
    let rows: Vec<Value> = users.iter().map(|user| Value::Object(row(user))).collect();
    Ok(Json(json!({
        "users": rows,
        "total": total,
        "page": page.number,
        "page_size": page.size,
        "total_pages": page.count(total),
    })))
}

/// Returns the identifiers of the filter: none, if it also asks for what no user has.
fn identifiers(query: &Query) -> Option<Vec<String>> {
    if UNKNOWN.iter().any(|name| query.list(name).is_some()) {
        return Some(Vec::new());
    }
    query.list("user_ids")
}

/// Returns the group of the filter. An unknown one has no members.
async fn team(
    services: &Services,
    identity: &Identity,
    query: &Query,
) -> Result<Option<Uuid>, DialectError> {
    let Some(team) = query.text("team") else {
        return Ok(None);
    };
    let reader: Authorized<GroupsRead> = require_or(identity, DENIED)?;
    match teams::find_id(services, &reader, team).await {
        Ok(id) => Ok(Some(id)),
        Err(DialectError::Custom(StatusCode::NOT_FOUND, _)) => Ok(Some(Uuid::nil())),
        Err(error) => Err(error),
    }
}

/// Returns the order, and whether it is reversed: without a column the newest users come first.
fn order(query: &Query) -> Result<(DirectoryOrder, bool), DialectError> {
    let descending = match query.text("sort_order").map(str::to_lowercase).as_deref() {
        Some("asc") => false,
        Some("desc") => true,
        Some(_) => {
            let text = "Invalid sort order. Must be 'asc' or 'desc'";
            return Err(custom(StatusCode::BAD_REQUEST, text));
        }
        None => query.text("sort_by").is_none(),
    };
    let Some(column) = query.text("sort_by") else {
        return Ok((DirectoryOrder::Created, descending));
    };
    let found = COLUMNS.iter().find(|(name, _)| *name == column);
    let (_, order) = found.ok_or_else(|| {
        let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        let text = format!("Invalid sort column. Must be one of: {}", names.join(", "));
        custom(StatusCode::BAD_REQUEST, text)
    })?;
    Ok((*order, descending))
}

/// Lists ids and addresses of users, as the search of a form does.
pub(in crate::litellm) async fn filter(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let reader: Authorized<UsersRead> = require_or(&identity, DENIED)?;
    let page = query.page("page_size", 50, 100)?;
    let asked = DirectoryQuery {
        namespace: NAME.to_owned(),
        email: query.owned("user_email"),
        text: query.owned("user_id"),
        descending: true,
        limit: page.size,
        offset: page.offset(),
        ..DirectoryQuery::default()
    };
    let (users, _) = directory::list(&services, &reader, &asked).await?;
    let rows: Vec<Value> = users
        .iter()
        .map(|user| json!({ "user_id": user.identifier, "user_email": user.email }))
        .collect();
    Ok(Json(Value::Array(rows)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_the_contract() {
        let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names.join(","),
            "user_id,user_email,created_at,spend,user_alias,user_role,max_budget,updated_at,sso_user_id,status,key_count"
        );
    }
}
