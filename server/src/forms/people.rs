//! Forms that a server function takes too: what the browser sends without scripts goes to the same function.

use app::{
    api::{
        bulk::DoToSeveral,
        confirm::Confirm,
        done::Done,
        error::ApiError,
        flash::UNDO,
        invitations::{Invite, RenewInvitation},
        keys::{AddKey, DoToKey, EditKey},
        people::{
            CreateResetLink, CreateUser, DeleteUser, DoToUser, EditUser, ReassignData, SuspendUser,
        },
        registrations::{DecideRegistrations, Register},
        sessions::RevokeSessions,
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
use domain::{
    flash::{Flash, FlashEvent},
    problem::Code,
};
use leptos::{
    prelude::{Owner, provide_context},
    reactive::computed::ScopedFuture,
    server_fn::{
        ServerFn,
        codec::{FromReq, PostUrl},
    },
};
use serde::de::DeserializeOwned;
use service::{access::Actor, flash};
use tower_sessions::Session;

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
        .route("/users/{user}/sign-out", post(send::<Confirm>))
        .route("/users/{user}/revoke-links", post(send::<Confirm>))
        .route("/users/{user}/sessions/{id}/revoke", post(send::<Confirm>))
        .route("/users/{user}/keys/{id}/revoke", post(send::<Confirm>))
        .route(
            "/users/{user}/keys/tokens/{id}/revoke",
            post(send::<Confirm>),
        )
        .route("/keys", post(send::<DoToKey>))
        .route("/keys/new", post(send::<AddKey>))
        .route("/keys/{id}/edit", post(send::<EditKey>))
        .route("/keys/{id}/delete", post(send::<Confirm>))
        .route("/sessions/revoke", post(send::<RevokeSessions>))
        .route("/sessions/{id}/revoke", post(send::<Confirm>))
        .route("/tokens/{id}/revoke", post(send::<Confirm>))
        .route("/settings/jobs/{id}/retry", post(send::<Confirm>))
        .route("/register", post(send::<Register>))
        .route("/registrations/approve", post(send::<DecideRegistrations>))
        .route("/registrations/reject", post(send::<DecideRegistrations>))
        .route("/registrations/invitations/new", post(send::<Invite>))
        .route(
            "/registrations/invitations/{id}/resend",
            post(send::<RenewInvitation>),
        )
        .route(
            "/registrations/invitations/{id}/revoke",
            post(send::<Confirm>),
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
    let body = match undone(&state, &parts, &body).await {
        Ok(None) => body,
        Ok(Some(form)) => form,
        Err(response) => return *response,
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

/// The form that undoes a change, where the body names the change and nothing else. The form is taken from what the server
/// noted for the session: neither an address nor a page can say what is undone.
async fn undone(
    state: &AppState,
    parts: &Parts,
    body: &[u8],
) -> Result<Option<Bytes>, Box<Response>> {
    let mut fields = form_urlencoded::parse(body);
    let (Some((name, id)), None) = (fields.next(), fields.next()) else {
        return Ok(None);
    };
    if name != UNDO {
        return Ok(None);
    }
    let Some(Some(actor)) = parts.extensions.get::<Option<Actor>>() else {
        return Ok(None);
    };
    let asked = |problem| {
        let request = Request::from_parts(parts.clone(), Body::empty());
        Box::new(Asked::from(&request).refuse(problem))
    };
    let id = id.parse().unwrap_or_default();
    let undo = flash::take_undo(&state.services, actor, id).await;
    let undo = undo.map_err(|error| asked(error.into_problem()))?;
    let path = parts.uri.path();
    if let Some(undo) = undo.filter(|undo| undo.path == path) {
        return Ok(Some(undo.form.into()));
    }
    let page = path.split("/bulk/").next().unwrap_or("/");
    if let Some(session) = parts.extensions.get::<Session>() {
        let expired = Flash::of(FlashEvent::UndoExpired, [""; 0]);
        flash::set(&state.services, session, page, &expired, None).await;
    }
    Err(Box::new(Redirect::to(page).into_response()))
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
