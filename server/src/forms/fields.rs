//! Fields of a form.

use std::collections::BTreeMap;

use axum::{
    Form,
    body::Body,
    extract::{FromRequest, Request},
    http::StatusCode,
    response::Response,
};
use domain::{
    messages,
    problem::{Code, Problem},
};
use serde::de::DeserializeOwned;

use crate::error_page::RequestContext;

/// Fields whose values are never sent back to a page.
pub(super) const SECRET_FIELDS: [&str; 4] =
    ["password", "password_again", "current_password", "api_key"];

/// Texts of a form, by field.
pub(super) type Fields = BTreeMap<String, String>;

/// Splits the form off a request. The remaining request can be rendered as a page.
pub(super) async fn read(request: Request) -> Result<(Request, Fields), Response> {
    let (parts, body) = request.into_parts();
    let page = Request::from_parts(parts.clone(), Body::empty());
    match Form::<Fields>::from_request(Request::from_parts(parts, body), &()).await {
        Ok(Form(fields)) => Ok((page, fields)),
        Err(rejection) => {
            let code = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Code::PayloadTooLarge,
                _ => Code::ValidationError,
            };
            let problem = Problem::new(code, messages::form_invalid());
            Err(RequestContext::from(&page).error_response(problem))
        }
    }
}

/// Builds a draft from the fields that it knows. A draft accepts any text, so this does not fail.
pub(super) fn draft<T: DeserializeOwned + Default>(fields: &Fields) -> T {
    let object = fields.iter().map(|(name, value)| {
        // The checkbox is the only field that is not a text.
        let value = if name == "remember" {
            (value == "true").into()
        } else {
            value.clone().into()
        };
        (name.clone(), value)
    });
    serde_json::from_value(serde_json::Value::Object(object.collect())).unwrap_or_default()
}

/// Parses the input by field. Several values of one field are joined with commas.
pub(super) fn typed(body: &[u8]) -> Fields {
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
