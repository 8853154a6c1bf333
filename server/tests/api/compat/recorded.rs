//! Recorded conversations of the clients of other systems: the same requests get the same responses, without the clients and without a
//! network.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::Path,
    thread,
};

use axum::{
    body::to_bytes,
    http::{Method, header},
};
use dialects::Dialects;
use domain::access_tokens::TokenDraft;
use recordings::{Address, Bindings, Exchange, Recording, Request, Response, dialect_of};
use server::router::{Site, build_dialect};
use service::{
    access::{MasterKey, operator},
    access_tokens,
    settings::Settings,
    vault::Vault,
};
use sqlx::PgPool;
use testing::users::id_of;

use crate::support::{App, Ask, PASSWORD, add_password, add_user, with_site};

/// Key of the operator.
const MASTER_KEY: &str = "sk-another-key-of-the-operator";
/// Name of the access token, as in the recordings.
const TOKEN: &str = "dialects";

/// An application that begins as the recorded server did: with the settings of `cargo xtask dialects` and the user `admin`.
struct Replay {
    panel: App,
    dialect: App,
    bindings: Bindings,
}

impl Replay {
    async fn new(pool: &PgPool, client: &str, recording: &Recording) -> Self {
        let settings = Settings {
            lasting_admin_passwords: true,
            denies_common_passwords: false,
            allow_registration: true,
            vault: Vault::parse(&"6d".repeat(32)).unwrap(),
            litellm_master_key: MasterKey::parse(MASTER_KEY),
            ..Settings::default()
        };
        let url = settings.public_url.clone();
        let panel = with_site(pool, &Site::default(), settings);
        let dialects = Dialects::builtin().select(dialect_of(client)).unwrap();
        let dialect = dialects.iter().next().unwrap();
        let router = build_dialect(&Site::default(), &panel.services, dialect);
        let dialect = panel.clone().with_router(router);
        add_user(pool, "admin", &["admin"]).await;
        add_password(pool, &panel.services.hasher).await;
        let draft = TokenDraft {
            name: TOKEN.to_owned(),
            scopes: recording.scopes.clone(),
            days: Some(1),
            current_password: String::new(),
        };
        let admin = id_of(pool, "admin").await;
        let operator = operator();
        let token = access_tokens::create(&panel.services, &operator, admin, &draft);
        let token = token.await.unwrap().issued.token;
        let bindings = Bindings::new(&[
            ("master_key", MASTER_KEY),
            ("admin_password", PASSWORD),
            ("admin_token", &token),
            ("panel_url", &url),
        ]);
        Self {
            panel,
            dialect,
            bindings,
        }
    }

    /// Sends a recorded request, and compares the response.
    async fn repeat(&mut self, exchange: &Exchange) -> Result<(), String> {
        let request = self.bindings.fill(&exchange.request);
        let app = match request.to {
            Address::Dialect => &self.dialect,
            Address::Panel => &self.panel,
        };
        let (parts, body) = app.stream(ask(&request)).await.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let headers: Vec<(String, String)> = parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let response = Response::read(parts.status.as_u16(), &headers, &body);
        self.bindings.compare(&exchange.response, &response)
    }
}

/// Returns a recorded request as it is sent here.
fn ask(request: &Request) -> Ask {
    let method = Method::from_bytes(request.method.as_bytes()).unwrap();
    let ask = Ask::new(method, &request.target).from(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let mut headers = request.headers.iter();
    let ask = headers
        .clone()
        .fold(ask, |ask, (name, value)| ask.header(name, value));
    let kind = headers.find(|(name, _)| *name == header::CONTENT_TYPE.as_str());
    let body = request.body.bytes();
    match kind {
        Some((_, kind)) => ask.body(kind, body),
        None if body.is_empty() => ask,
        None => panic!(
            "{} {}: a body without a type",
            request.method, request.target
        ),
    }
}

async fn replay(pool: &PgPool, client: &str, recording: &Recording) {
    let mut replay = Replay::new(pool, client, recording).await;
    for (index, exchange) in recording.exchanges.iter().enumerate() {
        if let Err(difference) = replay.repeat(exchange).await {
            panic!("{}: {difference}", exchange.place(client, index));
        }
    }
}

/// Replays a recording on a database of its own.
fn run(client: &str, recording: &Recording) {
    let part = format!("{}::{client}", module_path!());
    testing::with_pool(&part, async |pool: PgPool| {
        replay(&pool, client, recording).await;
    });
}

#[test]
fn recorded_clients_get_the_same_responses() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let recordings = recordings::list(workspace).unwrap();
    let failed: Vec<&String> = thread::scope(|scope| {
        let started: Vec<_> = recordings
            .iter()
            .map(|(client, recording)| (client, scope.spawn(move || run(client, recording))))
            .collect();
        let ended = started.into_iter();
        ended
            .filter_map(|(client, thread)| thread.join().is_err().then_some(client))
            .collect()
    });
    assert!(failed.is_empty(), "see above: {failed:?}");
}
