//! Bulk actions on users.

use axum::extract::State;
use domain::{
    fields::field_path,
    message::Message,
    users::{
        UserId,
        bulk::{BulkOutcome, BulkRequest},
    },
};
use serde::Serialize;
use service::{Error, Services, access::UsersWrite};
use time::OffsetDateTime;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::Allowed,
    response::{Stored, Written},
    state::ApiState,
};

/// Returns the route of bulk actions.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(bulk_update_users))
}

/// Result of a bulk action for a caller without the permission to read users.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BulkCountResponse {
    changed: usize,
    items: Vec<BulkItemResponse>,
    #[serde(
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    restorable_until: Option<OffsetDateTime>,
}

/// Result for one of the users, without the username.
#[derive(Serialize)]
struct BulkItemResponse {
    id: UserId,
    skipped: Option<Message>,
}

impl Stored for BulkOutcome {
    type Written = BulkCountResponse;

    fn written(self) -> BulkCountResponse {
        let items = self.items.into_iter().map(|item| BulkItemResponse {
            id: item.id,
            skipped: item.skipped,
        });
        BulkCountResponse {
            changed: self.changed,
            items: items.collect(),
            restorable_until: self.restorable_until,
        }
    }
}

/// Change several users at once
///
/// Without `expected` nothing is changed: the response is a preview. Without `users:read` the response has no usernames.
#[utoipa::path(
    post,
    path = "/api/admin/users/bulk",
    tag = "Users",
    request_body = BulkRequest,
    responses((status = OK, body = BulkOutcome)),
    security(("token" = ["users:write"]))
)]
async fn bulk_update_users(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    Body(request): Body<BulkRequest>,
) -> Result<Written<BulkOutcome>, ApiError> {
    let outcome = service::users::bulk(&services, &authorized, request).await;
    let outcome = outcome.map_err(with_paths)?;
    Ok(Written::new(outcome, authorized.can_read()))
}

/// Names the fields of the action by their paths in the body.
fn with_paths(error: Error) -> Error {
    match error {
        Error::Invalid(errors) => Error::Invalid(errors.renamed(|field| {
            if field == "users" {
                field.to_owned()
            } else {
                field_path(["action", field])
            }
        })),
        other => other,
    }
}
