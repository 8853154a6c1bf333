//! Who asks.

use app::context::{PageContext, Preferences, Site};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::audit::Via;
use service::{
    Error, Services,
    access::{Actor, Origin},
    registrations, sessions,
};
use tower_sessions::Session;

use super::{bearer::Bearer, cookies::cookie, rate::Recognised};
use crate::error_page::Asked;

/// Puts `Option<Actor>` and the page's context beside the request, from the one query that reads the session or the token.
pub(crate) async fn recognise(
    State(services): State<Services>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let origin = request
        .extensions()
        .get::<Origin>()
        .cloned()
        .unwrap_or_default();
    let via = if request.uri().path().starts_with("/api/") {
        Via::Api
    } else {
        Via::Ui
    };
    let actor = match request.extensions_mut().remove::<Bearer>() {
        Some(Bearer(actor)) => Some(actor),
        None => match sessions::find_actor(&services, &session, via, &origin).await {
            Ok(actor) => actor,
            Err(error) => return Asked::from(&request).refuse(error.into_problem()),
        },
    };
    if let Some(recognised) = request.extensions().get::<Recognised>() {
        recognised.tell(actor.as_ref().map(|actor| actor.principal.id.0));
    }
    let waiting = waiting(&services, request.uri().path(), actor.as_ref()).await;
    let context = PageContext {
        principal: actor.as_ref().map(|actor| actor.principal.clone()),
        site: Site {
            registration: services.settings.allow_registration,
            approval: services.settings.registration_approval,
            password_min: services.settings.password_min,
            api_keys: services.settings.vault.is_on(),
            token_max_days: services.settings.token_max_days,
        },
        waiting,
        preferences: cookie(request.headers(), Preferences::COOKIE)
            .map(Preferences::from_cookie)
            .unwrap_or_default(),
        outcome: None,
    };
    request.extensions_mut().insert::<Option<Actor>>(actor);
    request.extensions_mut().insert(context);
    next.run(request).await
}

/// How many wait to be let in, for a page of somebody who may see that. A page without the number is better than none: why
/// it is missing goes to the log.
async fn waiting(services: &Services, path: &str, actor: Option<&Actor>) -> Option<u64> {
    let is_page = !path.starts_with("/api/") && !path.starts_with("/sfn/");
    let granted = actor.filter(|_| is_page)?.require().ok()?;
    let counted = registrations::count(services, &granted).await;
    counted.map_err(Error::into_problem).ok()
}
