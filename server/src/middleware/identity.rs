//! Who asks.

use app::context::{PageContext, Preferences, Site};
use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use domain::audit::Via;
use service::{
    Error, Services,
    access::{Actor, Origin},
    registrations, sessions,
};
use tower_sessions::{Session, cookie::Cookie};

use super::{bearer::Bearer, rate::Recognised};
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

/// The value of the session cookie as the session's own layer reads it: encoded or not, and of several the last.
pub(crate) fn session_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all("cookie").iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let mut cookies = pairs.filter_map(|pair| Cookie::parse_encoded(pair.trim()).ok());
    let last = cookies.rfind(|cookie| cookie.name() == name);
    last.map(|cookie| cookie.value().to_owned())
}

/// The value of a cookie of a request.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers
        .get_all("cookie")
        .iter()
        .filter_map(|line| line.to_str().ok());
    let pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .into_iter()
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(lines: &[Vec<u8>]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            if let Ok(line) = HeaderValue::from_bytes(line) {
                headers.append("cookie", line);
            }
        }
        headers
    }

    proptest! {
        #[test]
        fn whatever_a_browser_sends_is_read_or_left(
            lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4), name in "[a-z_]{1,9}",
        ) {
            let headers = headers(&lines);
            for name in [&name, Preferences::COOKIE] {
                let value = cookie(&headers, name);
                prop_assert!(value.is_none_or(|value| !value.contains(';')));
                let read = value.map(Preferences::from_cookie).unwrap_or_default();
                prop_assert_eq!(Preferences::from_cookie(&read.to_cookie()), read);
            }
        }

        #[test]
        fn a_cookie_is_found_among_others(
            before in prop::collection::vec(("[a-z]{1,9}", "[!-:<-~]{0,9}"), 0..4), value in "[!-:<-~]{0,20}",
            after in prop::collection::vec(("[a-z_]{1,30}", "[!-:<-~]{0,9}"), 0..4), split in any::<bool>(),
        ) {
            let own = [("rollcall_preferences".to_owned(), value.clone())];
            let pairs = before.iter().chain(&own).chain(&after);
            let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
            let lines = if split { pairs } else { vec![pairs.join("; ")] };
            let lines: Vec<Vec<u8>> = lines.into_iter().map(String::into_bytes).collect();
            let headers = headers(&lines);
            prop_assert_eq!(cookie(&headers, Preferences::COOKIE), Some(value.as_str()));
        }

        #[test]
        fn any_text_is_some_preferences(text in any::<String>(), like in "(system|light|dark|x)?(\\.(compact|open|collapsed)?){0,4}") {
            for text in [text, like] {
                let read = Preferences::from_cookie(&text);
                prop_assert_eq!(Preferences::from_cookie(&read.to_cookie()), read);
            }
        }
    }
}
