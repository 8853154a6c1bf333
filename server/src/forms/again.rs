//! Forms that are submitted after the session has expired. The sign-in page carries the form along, and after sign-in the page of
//! the form is rendered with the input. Signing in does not execute the form: the user submits it again.

use app::{
    Access, access,
    api::{
        auth::{AGAIN, AGAIN_FIELDS, SESSION_ENDED},
        done::going_on,
        flash::UNDO,
        wire::AS,
    },
    context::{FormOutcome, PageContext},
};
use axum::{extract::Request, http::Uri, response::Response};
use domain::{
    access::local_path,
    audit::Via,
    problem::{Code, Problem},
};
use service::{access::Actor, sessions};
use tower_sessions::Session;

use super::{
    Fields, SECRET_FIELDS, draw, is_form, origin, refuse,
    send::{list_of_undo, typed, undo_expired},
};
use crate::{
    middleware::{guard::to_sign_in, identity},
    state::AppState,
};

/// Maximum number of bytes of the fields that are carried along, as the browser encodes them: well below the limit of a body.
const FIELDS_MAX: usize = 48 * 1024;
/// Maximum number of bytes of the form's address.
const ADDRESS_MAX: usize = 2 * 1024;

/// Answers with the sign-in page, which carries the form along. A form that is too long for that is dropped.
pub(super) async fn ask_to_sign_in(state: &AppState, mut page: Request, body: &[u8]) -> Response {
    let address = page.uri().path_and_query();
    let address = address.map_or("/", |address| address.as_str()).to_owned();
    let next = match typed(body).contains_key(UNDO) {
        true => list_of_undo(page.uri().path()),
        false => &address,
    };
    let sign_in = going_on("/login", next).parse();
    let (Some(fields), Ok(sign_in)) = (carried(&address, body), sign_in) else {
        return to_sign_in(&page);
    };
    let problem = Problem {
        request_id: origin(&page).request_id.map(|id| id.to_string()),
        ..Problem::new(Code::Unauthorized, SESSION_ENDED)
    };
    let values = Fields::from([
        (AGAIN.to_owned(), address),
        (AGAIN_FIELDS.to_owned(), fields),
    ]);
    move_to(&mut page, sign_in);
    refuse(state, page, values, problem).await
}

/// Returns the fields of a form without the secret ones; None if they are too long.
fn carried(address: &str, body: &[u8]) -> Option<String> {
    let fields = form_urlencoded::parse(body);
    let fields = fields.filter(|(name, _)| !SECRET_FIELDS.contains(&name.as_ref()));
    let fields = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let sent: usize = form_urlencoded::byte_serialize(fields.as_bytes())
        .map(str::len)
        .sum();
    (address.len() <= ADDRESS_MAX && sent <= FIELDS_MAX).then_some(fields)
}

/// Renders the page of the form that the sign-in page has carried along, with the input. Returns None if there is no such form,
/// if another user has signed in than the one who filled it in, or if that user can no longer open the page.
pub(super) async fn draw_form(
    state: &AppState,
    session: &Session,
    mut page: Request,
    fields: &Fields,
) -> Option<Response> {
    let address: Uri = local_path(fields.get(AGAIN)?).parse().ok()?;
    if !is_form(address.path()) {
        return None;
    }
    let mut values = typed(fields.get(AGAIN_FIELDS)?.as_bytes());
    let started = sessions::find_started(&state.services, session, Via::Ui, &origin(&page)).await;
    let actor = started.ok().flatten()?;
    if values.remove(AS)? != actor.principal.id.to_string() {
        return None;
    }
    if values.contains_key(UNDO) {
        return Some(undo_expired(state, session, address.path()).await);
    }
    if access(address.path()) == Access::Panel && !actor.principal.may_open_panel() {
        return None;
    }
    let waiting = identity::waiting(&state.services, address.path(), Some(&actor)).await;
    if let Some(context) = page.extensions_mut().get_mut::<PageContext>() {
        context.principal = Some(actor.principal.clone());
        context.waiting = waiting;
    }
    page.extensions_mut().insert::<Option<Actor>>(Some(actor));
    move_to(&mut page, address);
    let message = "You are signed in again. Check the form and send it once more.";
    let outcome = FormOutcome {
        problem: Some(Problem::new(Code::Unauthorized, message)),
        values,
        ..FormOutcome::default()
    };
    Some(draw(state, page, outcome).await)
}

/// Renders the page at another address instead; the browser shows that address once the scripts have loaded.
fn move_to(page: &mut Request, address: Uri) {
    if let Some(context) = page.extensions_mut().get_mut::<PageContext>() {
        context.address = Some(address.to_string());
    }
    *page.uri_mut() = address;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_endless_forms_are_not_carried_along() {
        let form = b"as=1&name=a+b&api_key=sk-1&current_password=x&password=y&password_again=y&roles%5B%5D=user";
        assert_eq!(
            carried("/keys/new", form).as_deref(),
            Some("as=1&name=a+b&roles%5B%5D=user")
        );
        assert_eq!(carried("/x", &b"a=b&".repeat(10_000)), None);
        assert_eq!(carried(&"/x".repeat(2_000), b"a=b"), None);
    }
}
