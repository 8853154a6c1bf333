//! Forms that are submitted after the session has expired. The sign-in page carries the form along, and after sign-in the page of
//! the form is rendered with the input. Signing in does not execute the form: the user submits it again.

use app::{
    Access, access,
    api::{
        auth::{AGAIN, AGAIN_FIELDS},
        form_success::UNDO,
        wire::AS,
    },
    context::{FormOutcome, PageContext},
};
use axum::{extract::Request, http::Uri, response::Response};
use domain::{
    access::local_path,
    audit::Via,
    messages,
    problem::{Code, Problem},
};
use service::{access::Caller, sessions};
use tower_sessions::Session;

use super::{
    draw::{draw, origin},
    expired::move_to,
    fields::{Fields, typed},
    routes::is_form,
    undo::undo_expired,
};
use crate::{middleware::identity, state::AppState};

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
    let caller = started.ok().flatten()?;
    if values.remove(AS)? != caller.principal.id.to_string() {
        return None;
    }
    if values.contains_key(UNDO) {
        return Some(undo_expired(state, session, address.path()).await);
    }
    let frame = identity::frame(&state.services, address.path(), Some(&caller)).await;
    let may_open = match access(address.path()) {
        Access::Panel => caller.principal.may_open_panel(),
        Access::Groups => frame.manages_groups || caller.principal.may_open_panel(),
        Access::Public | Access::SignedIn => true,
    };
    if !may_open {
        return None;
    }
    if let Some(context) = page.extensions_mut().get_mut::<PageContext>() {
        context.principal = Some(caller.principal.clone());
        context.pending_registrations = frame.pending_registrations;
        context.manages_groups = frame.manages_groups;
        context.role_labels = frame.role_labels;
    }
    page.extensions_mut().insert::<Option<Caller>>(Some(caller));
    move_to(&mut page, address);
    let problem = Problem::new(Code::Unauthorized, messages::signed_in_again());
    let outcome = FormOutcome {
        problem: Some(problem),
        values,
        ..FormOutcome::default()
    };
    Some(draw(state, page, outcome).await)
}
