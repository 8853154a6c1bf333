//! Forms whose session has expired: the sign-in page carries them along.

use app::{
    api::{
        auth::{AGAIN, AGAIN_FIELDS, SESSION_ENDED},
        form_success::{UNDO, with_next},
    },
    context::PageContext,
};
use axum::{extract::Request, http::Uri, response::Response};
use domain::problem::{Code, Problem};

use super::{
    draw::{draw_with_problem, origin},
    fields::{Fields, SECRET_FIELDS, typed},
    undo::list_of_undo,
};
use crate::{middleware::guard::to_sign_in, state::AppState};

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
    let sign_in = with_next("/login", next).parse();
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
    draw_with_problem(state, page, values, problem).await
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

/// Renders the page at another address instead; the browser shows that address once the scripts have loaded.
pub(super) fn move_to(page: &mut Request, address: Uri) {
    if let Some(context) = page.extensions_mut().get_mut::<PageContext>() {
        context.address = Some(address.to_string());
    }
    *page.uri_mut() = address;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_large_forms_are_not_carried() {
        let form = b"as=1&name=a+b&api_key=sk-1&current_password=x&password=y&password_again=y&roles%5B%5D=user";
        assert_eq!(
            carried("/keys/new", form).as_deref(),
            Some("as=1&name=a+b&roles%5B%5D=user")
        );
        assert_eq!(carried("/x", &b"a=b&".repeat(10_000)), None);
        assert_eq!(carried(&"/x".repeat(2_000), b"a=b"), None);
    }
}
