//! Forms that a server function takes too: what the browser sends without scripts goes to the same function.

use app::{
    api::{
        access_tokens::RevokeToken,
        bulk::DoToSeveral,
        done::Done,
        error::ApiError,
        invitations::{DoToInvitation, Invite},
        keys::{AddKey, DoToKey, EditKey, RevokeKey},
        people::{
            CreateResetLink, CreateUser, DeleteUser, DoToUser, EditUser, ReassignData, SuspendUser,
        },
        registrations::{DecideRegistrations, Register},
        sessions::{RevokeSession, RevokeSessions},
        settings::RetryJob,
    },
    context::FormOutcome,
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use domain::problem::Code;
use leptos::{
    prelude::{Owner, provide_context},
    reactive::computed::ScopedFuture,
    server_fn::{
        ServerFn,
        codec::{FromReq, PostUrl},
    },
};
use serde::de::DeserializeOwned;

use super::{Fields, draw, refuse};
use crate::{
    error_page::Asked,
    middleware::{guard::to_sign_in, refusal::too_large},
    router::{AppState, provide},
};

/// The forms of the screens about people, each at the address of its page.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/users/new", post(send::<CreateUser>))
        .route("/users/bulk/{action}", post(send::<DoToSeveral>))
        .route("/users/{user}", post(send::<DoToUser>))
        .route("/users/{user}/edit", post(send::<EditUser>))
        .route("/users/{user}/suspend", post(send::<SuspendUser>))
        .route("/users/{user}/delete", post(send::<DeleteUser>))
        .route("/users/{user}/reset", post(send::<CreateResetLink>))
        .route("/users/{user}/reassign", post(send::<ReassignData>))
        .route("/users/{user}/sessions", post(send::<RevokeSession>))
        .route("/users/{user}/keys", post(send::<RevokeKey>))
        .route("/keys", post(send::<DoToKey>))
        .route("/keys/new", post(send::<AddKey>))
        .route("/keys/{id}/edit", post(send::<EditKey>))
        .route("/keys/{id}/delete", post(send::<DoToKey>))
        .route("/sessions", post(send::<RevokeSession>))
        .route("/sessions/revoke", post(send::<RevokeSessions>))
        .route("/tokens", post(send::<RevokeToken>))
        .route("/settings/jobs", post(send::<RetryJob>))
        .route("/register", post(send::<Register>))
        .route("/registrations/approve", post(send::<DecideRegistrations>))
        .route("/registrations/reject", post(send::<DecideRegistrations>))
        .route("/registrations/invitations/new", post(send::<Invite>))
        .route(
            "/registrations/invitations/{id}/{deed}",
            post(send::<DoToInvitation>),
        )
}

/// `POST` to the address of a page, whose form a server function takes.
pub(crate) async fn send<F>(State(state): State<AppState>, request: Request) -> Response
where
    F: ServerFn<Output = Done, Error = ApiError> + DeserializeOwned + 'static,
{
    let (parts, body) = request.into_parts();
    let page = Request::from_parts(parts.clone(), Body::empty());
    let whole = Request::from_parts(parts.clone(), body);
    let Ok(body) = Bytes::from_request(whole, &()).await else {
        return Asked::from(&page).refuse(too_large());
    };
    let values = typed(&body);
    match run::<F>(&state, parts, body).await {
        Ok(done) if !done.shows() => Redirect::to(&done.next).into_response(),
        Ok(done) => {
            let outcome = FormOutcome {
                done: Some(done),
                ..FormOutcome::default()
            };
            draw(&state, page, outcome).await
        }
        Err(ApiError(problem)) if problem.error == Code::Unauthorized => to_sign_in(&page),
        Err(ApiError(problem)) => refuse(&state, page, values, problem).await,
    }
}

/// Calls the function amid what it needs of the request.
async fn run<F>(state: &AppState, mut parts: Parts, body: Bytes) -> Result<Done, ApiError>
where
    F: ServerFn<Output = Done, Error = ApiError> + DeserializeOwned + 'static,
{
    parts.headers.remove(header::CONTENT_LENGTH);
    let services = state.services.clone();
    let call = Owner::new().with(|| {
        ScopedFuture::new(async move {
            provide_context(parts.clone());
            provide(&services);
            let request = Request::from_parts(parts, Body::from(body));
            let form = <F as FromReq<PostUrl, _, ApiError>>::from_req(request).await?;
            form.run_body().await
        })
    });
    call.await
}

/// What was typed, by field; of a field that is there several times all values, with a comma between.
fn typed(body: &[u8]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in form_urlencoded::parse(body) {
        fields
            .entry(name.into_owned())
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_a_field_is_kept() {
        let fields = typed(b"roles%5B%5D=admin&roles%5B%5D=user&name=a+b");
        assert_eq!(
            fields.get("roles[]").map(String::as_str),
            Some("admin,user")
        );
        assert_eq!(fields.get("name").map(String::as_str), Some("a b"));
    }
}
