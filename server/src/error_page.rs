//! Responses to requests that cannot be served at all: a page for browsers, JSON for programs.

use std::sync::Arc;

use api::{bearer_token, cookies::cookie};
use app::{
    components::title::escaped,
    preferences::Preferences,
    shell::Assets,
    text::{self, language::Language},
};
use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use domain::{
    messages,
    problem::{Code, Problem},
};
use service::access::Origin;

use crate::language::language;

/// Properties of a request that its error response depends on.
pub(crate) struct RequestContext {
    uri: Uri,
    request_id: Option<String>,
    css: Option<Arc<str>>,
    preferences: Preferences,
    language: Language,
    /// Whether the request came with an access token. Then a program reads the response, whatever the path.
    bearer: bool,
}

impl From<&Request> for RequestContext {
    fn from(request: &Request) -> Self {
        let origin = request.extensions().get::<Origin>();
        let assets = request.extensions().get::<Assets>();
        let preferences = cookie(request.headers(), Preferences::COOKIE)
            .map(Preferences::from_cookie)
            .unwrap_or_default();
        Self {
            uri: request.uri().clone(),
            request_id: origin
                .and_then(|origin| origin.request_id)
                .map(|id| id.to_string()),
            css: assets.map(|assets| Arc::clone(&assets.css)),
            preferences,
            language: language(request, preferences),
            bearer: bearer_token::is_in(request.headers()),
        }
    }
}

impl RequestContext {
    /// Answers with a problem, in the format that the path promises.
    pub(crate) fn error_response(self, mut problem: Problem) -> Response {
        problem.request_id.clone_from(&self.request_id);
        let path = self.uri.path();
        if self.bearer {
            return challenged(json(problem, path.starts_with("/api")));
        }
        if path.starts_with("/api") {
            return json(problem, true);
        }
        let problem = text::message::problem_in(self.language, problem);
        if path.starts_with("/sfn/") {
            return json(problem, false);
        }
        self.page(&problem, || Card::of(&problem, self.path()))
    }

    /// Answers a page that was opened over http although the panel is set up for an address over https.
    pub(crate) fn insecure_response(self, public_url: &str, opened: &str) -> Response {
        let message = messages::insecure_page(public_url, opened);
        let problem = Problem::new(Code::Forbidden, message);
        if self.uri.path().starts_with("/sfn/") {
            return self.error_response(problem);
        }
        let mut problem = text::message::problem_in(self.language, problem);
        problem.request_id.clone_from(&self.request_id);
        self.page(&problem, || Card {
            title: text::public::insecure(),
            text: &problem.message,
            target: format!("{public_url}{}", self.path()),
            action: text::public::insecure_link(),
        })
    }

    fn path(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }

    /// Renders the page in the language of the request. Outer layers answer outside of its scope.
    fn page<'p>(&self, problem: &'p Problem, card: impl FnOnce() -> Card<'p>) -> Response {
        let css = self.css.as_deref().unwrap_or_default();
        let theme = self.preferences.theme.as_str();
        let page = text::request::sync_scope(self.language, || page(&card(), problem, css, theme));
        with_status(Html(page).into_response(), problem, problem.error.status())
    }
}

/// Returns a problem as JSON. FOVEA's routes answer 400 where the panel's own functions answer 422.
pub(crate) fn json(problem: Problem, fovea: bool) -> Response {
    let problem = if fovea {
        problem.with_field_messages()
    } else {
        problem
    };
    let status = match problem.error {
        Code::ValidationError if fovea => 400,
        code => code.status(),
    };
    with_status(Json(&problem).into_response(), &problem, status)
}

/// Names the authentication scheme of a token that was not accepted.
fn challenged(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        let bearer = HeaderValue::from_static("Bearer");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, bearer);
    }
    response
}

fn with_status(mut response: Response, problem: &Problem, status: u16) -> Response {
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(seconds) = problem.details.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Text of an error page, and the link on it.
struct Card<'a> {
    title: &'a str,
    text: &'a str,
    target: String,
    action: &'a str,
}

impl<'a> Card<'a> {
    fn of(problem: &'a Problem, again: &str) -> Self {
        let (title, text) = match problem.error {
            Code::Unavailable => (
                text::public::no_database(),
                text::public::no_database_text(),
            ),
            Code::NotFound => (
                text::public::page_not_found(),
                text::public::page_not_found_text(),
            ),
            Code::Forbidden => (text::public::blocked(), text::public::blocked_text()),
            Code::PayloadTooLarge => (text::public::too_long(), text::public::too_long_text()),
            Code::Unauthorized => (text::public::no_change(), problem.message.as_str()),
            _ => (text::public::failed(), text::public::failed_text()),
        };
        let (target, action) = match problem.error {
            Code::NotFound | Code::Forbidden | Code::Unauthorized => {
                ("/", text::public::to_overview())
            }
            _ => (again, text::common::try_again()),
        };
        Self {
            title,
            text,
            target: target.to_owned(),
            action,
        }
    }
}

fn page(card: &Card<'_>, problem: &Problem, css: &str, theme: &str) -> String {
    let Card {
        title,
        text,
        target,
        action,
    } = card;
    let status = problem.error.status();
    let (language, request_id) = (text::current().tag(), text::public::request_id());
    let id = escaped(problem.request_id.as_deref().unwrap_or_default());
    let (css, target, text) = (escaped(css), escaped(target), escaped(text));
    format!(
        r#"<!DOCTYPE html>
<html lang="{language}" data-theme="{theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Rollcall</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{css}">
</head>
<body class="plain">
<main class="plain-main" id="main">
<div class="card card-message">
<p class="error-code">{status}</p>
<h1>{title}</h1>
<p>{text}</p>
<div class="card-actions"><a class="button button-primary" href="{target}">{action}</a></div>
<p class="request-id">{request_id} <code>{id}</code></p>
</div>
</main>
</body>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use domain::message::Message;

    use super::*;

    #[test]
    fn address_is_escaped() {
        let problem = Problem::new(Code::Unavailable, Message::default());
        let address = "/users?q=\"><script>alert(1)</script>";
        for card in [
            Card::of(&problem, address),
            Card {
                title: "",
                text: address,
                target: address.to_owned(),
                action: "",
            },
        ] {
            let html = page(&card, &problem, "/pkg/x.css", "system");
            assert!(!html.contains("<script>"), "{html}");
        }
    }
}
