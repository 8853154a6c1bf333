//! Sign-in, sign-up, sign-out, and users that an administrator creates.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    credentials::{AccountDraft, SignInDraft},
    users::{Status, create::UserDraft, unnamed::username_of},
};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use service::{
    Services,
    access::{Caller, Origin, UsersWrite},
    account, registrations,
    sessions::bearer,
    users::{self, linked},
};

use super::{
    Reply, errors, form, namespace, permissions,
    profile::{self, Profile},
    respond,
    roles::Role,
    source::Source,
    types,
};
use crate::{Authenticated, DialectError, JsonBody};

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/auths", get(session_user))
        .route("/api/v1/auths/", get(session_user))
        .route("/api/v1/auths/signin", post(sign_in))
        .route("/api/v1/auths/signup", post(sign_up))
        .route("/api/v1/auths/signout", post(sign_out).get(sign_out))
        .route("/api/v1/auths/add", post(add))
}

async fn sign_in(
    State(services): State<Services>,
    source: Source,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let email = form::required(&body, "email")?;
    let password = form::required(&body, "password")?;
    Ok(Json(
        start(&services, email, password, source.origin).await?,
    ))
}

/// Starts a session, and returns the response to it.
async fn start(
    services: &Services,
    username: String,
    password: String,
    origin: Origin,
) -> Result<Value, DialectError> {
    let draft = SignInDraft {
        username,
        password,
        remember: false,
    };
    let bearer = bearer::sign_in(services, draft, origin.clone()).await?;
    let token = bearer.token.expose_secret();
    let caller = bearer::find_caller(services, token, &origin).await?;
    let mut members = of_session(services, &caller).await?;
    let expires_at = bearer.expires_at.unix_timestamp();
    with_token(&mut members, token, Some(expires_at));
    Ok(Value::Object(members))
}

fn with_token(members: &mut Map<String, Value>, token: &str, expires_at: Option<i64>) {
    members.insert("token".to_owned(), json!(token));
    members.insert("token_type".to_owned(), json!("Bearer"));
    members.insert("expires_at".to_owned(), json!(expires_at));
}

/// Returns the caller as the responses of sessions have one, without the token.
async fn of_session(
    services: &Services,
    caller: &Caller,
) -> Result<Map<String, Value>, DialectError> {
    let user = account::get(services, caller).await?.summary;
    let linked = linked::find_own(services, caller, &namespace()?).await?;
    let mut members = types::brief(&user, Some(&linked.data));
    let profile = Profile(Some(&linked.data));
    for name in ["bio", "gender", "date_of_birth"] {
        members.insert(name.to_owned(), profile.get(name));
    }
    members.extend(profile.status(types::now(services)));
    let permissions = permissions::of_caller(services, caller).await?;
    members.insert("permissions".to_owned(), permissions);
    Ok(members)
}

/// Returns the caller with the token of the request, which the client already has.
async fn session_user(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    source: Source,
) -> Reply {
    let caller = identity.user()?;
    let mut members = of_session(&services, caller).await?;
    let sessions = account::sessions(&services, caller).await?;
    let current = sessions.iter().find(|session| session.is_current);
    let expires_at = current.map(|current| current.session.expires_at.unix_timestamp());
    with_token(&mut members, &source.token.unwrap_or_default(), expires_at);
    respond(members)
}

/// Ends the session of the token. Without one there is nothing to end.
async fn sign_out(State(services): State<Services>, source: Source) -> Reply {
    if let Some(token) = &source.token {
        bearer::end(&services, token).await?;
    }
    Ok(Json(json!({ "status": true })))
}

/// Registers a user. One who needs no approval is signed in; otherwise the token is empty.
async fn sign_up(
    State(services): State<Services>,
    source: Source,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let form = NewUser::read(&body)?;
    let now = (services.clock)().unix_timestamp_nanos();
    let mut taken = None;
    for username in usernames(&form.email, now) {
        let draft = AccountDraft {
            username,
            display_name: form.name.clone(),
            email: form.email.clone(),
            password: form.password.clone(),
            password_again: form.password.clone(),
        };
        match registrations::register(&services, draft, "", source.origin.clone()).await {
            Err(error) if error.is_about("username") => taken = Some(error),
            Err(error) => return Err(error.into()),
            Ok(user) if services.settings.registration_approval => {
                let mut members = Map::new();
                members.insert("id".to_owned(), json!(user.id.0.to_string()));
                members.insert("email".to_owned(), json!(form.email));
                members.insert("name".to_owned(), json!(user.display_name));
                members.insert("role".to_owned(), json!(Role::Pending.as_str()));
                let image = Profile::default().image();
                members.insert(profile::IMAGE.to_owned(), json!(image));
                members.insert("permissions".to_owned(), Value::Null);
                with_token(&mut members, "", None);
                return respond(members);
            }
            Ok(user) => {
                let started = start(&services, user.username, form.password, source.origin).await?;
                return Ok(Json(started));
            }
        }
    }
    Err(taken.map_or(DialectError::Internal, DialectError::from))
}

/// Creates a user. The token of the response is empty: no administrator gets a credential of another account.
async fn add(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let authorized = identity.require::<UsersWrite>()?;
    let form = NewUser::read(&body)?;
    let role = form::text(&body, "role")?;
    let role = Role::parse(role.as_deref().unwrap_or("pending"))?;
    let draft = UserDraft {
        display_name: form.name,
        email: form.email,
        is_admin: Some(role == Role::Admin),
        password: Some(form.password),
        ..UserDraft::default()
    };
    let status = match role {
        Role::Pending => Status::Pending,
        Role::User | Role::Admin => Status::Active,
    };
    let created = users::create_unnamed(&services, &authorized, draft, status, None);
    let user = created.await?.user;
    let data = match form
        .image
        .filter(|image| *image != Profile::default().image())
    {
        Some(image) => {
            let id = user.summary.id.0;
            Some(profile::set_image(&services, authorized, id, image).await?)
        }
        None => None,
    };
    let mut members = types::brief(&user.summary, data.as_ref());
    with_token(&mut members, "", None);
    respond(members)
}

/// Returns the usernames that a registration tries. They are two, because each counts as a registration from the network, and its password
/// is hashed. The second one has a number of the time, which few others have.
fn usernames(email: &str, nanoseconds: i128) -> [String; 2] {
    let first = username_of(email);
    let number = nanoseconds.rem_euclid(1_000_000);
    let second = format!("{first}-{number}");
    [first, second]
}

/// The form of a new user.
struct NewUser {
    name: String,
    email: String,
    password: String,
    image: Option<String>,
}

impl NewUser {
    fn read(body: &Map<String, Value>) -> Result<Self, DialectError> {
        let form = Self {
            name: form::required(body, "name")?,
            email: form::required(body, "email")?,
            password: form::required(body, "password")?,
            image: form::text(body, profile::IMAGE)?,
        };
        if form.email.trim().is_empty() {
            let text = errors::INVALID_EMAIL;
            return Err(errors::custom(StatusCode::BAD_REQUEST, text));
        }
        profile::check_image(form.image.as_deref().unwrap_or_default())?;
        Ok(form)
    }
}

#[cfg(test)]
mod tests {
    use domain::users::names::Username;

    use super::*;

    #[test]
    fn registration_tries_two_usernames() {
        let long = "x".repeat(200);
        for email in ["Ada@example.org", "a@b", "@b", "", long.as_str()] {
            let [first, second] = usernames(email, -1);
            assert_eq!(second, format!("{first}-999999"));
            for name in [first, second] {
                assert!(name.parse::<Username>().is_ok(), "{name:?}");
            }
        }
        assert_eq!(usernames("Ada@example.org", 7), ["ada", "ada-7"]);
    }
}
