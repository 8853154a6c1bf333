//! The application of a test, requests to it, and the requirements of every response.

mod answer;
mod ask;
pub(crate) mod crowd;
pub(crate) mod html;
mod users;

pub(crate) use answer::Answer;
pub(crate) use ask::Ask;
pub(crate) use users::{PASSWORD, add_password, add_user, id_of, session, session_token, token};

use std::{collections::BTreeSet, convert::Infallible, fmt::Debug, path::PathBuf, sync::Arc};

use ::app::shell::Assets;
use axum::{Router, body::Body};
use futures_util::{StreamExt, stream};
use server::{
    Limits, TrustedProxies,
    router::{Site, build},
};
use service::{
    Services, exports::Exports, failed_sign_ins::Noted, last_seen::LastSeen, passwords::Hasher,
    sessions::live::Live, settings::Settings, time_zones::TimeZones, usage::Rankings, vault::Vault,
};
use sqlx::PgPool;
use time::OffsetDateTime;
use tower::ServiceExt;

/// An application and its database.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) services: Services,
    router: Router,
}

/// Returns the application at an address over http.
pub(crate) fn app(pool: &PgPool) -> App {
    with_site(pool, &Site::default(), Settings::default())
}

/// Returns the application with open registration and approval.
pub(crate) fn open_app(pool: &PgPool) -> App {
    let settings = Settings {
        allow_registration: true,
        ..Settings::default()
    };
    with_site(pool, &Site::default(), settings)
}

/// Returns the application at an address over https.
pub(crate) fn https_app(pool: &PgPool) -> App {
    app_at(pool, "https://panel.example")
}

/// Returns the application at a public address.
pub(crate) fn app_at(pool: &PgPool, public_url: &str) -> App {
    let settings = Settings {
        public_url: public_url.to_owned(),
        ..Settings::default()
    };
    with_site(pool, &Site::default(), settings)
}

/// Returns the application at a public address, behind a proxy that it trusts.
pub(crate) fn behind_proxy(pool: &PgPool, public_url: &str, proxy: &str) -> App {
    let settings = Settings {
        public_url: public_url.to_owned(),
        ..Settings::default()
    };
    with_site(pool, &trusting(proxy), settings)
}

/// Returns the application without a configured address, behind a proxy that it trusts.
pub(crate) fn guessing_app(pool: &PgPool, proxy: &str) -> App {
    let settings = Settings {
        public_url: "http://localhost:3000".to_owned(),
        is_public_url_guessed: true,
        ..Settings::default()
    };
    with_site(pool, &trusting(proxy), settings)
}

fn trusting(proxy: &str) -> Site {
    Site {
        trusted_proxies: TrustedProxies::parse(proxy).unwrap(),
        ..Site::default()
    }
}

/// Returns the application with a rate limit per minute.
pub(crate) fn limited_app(pool: &PgPool, limit: u32) -> App {
    let site = Site {
        limits: Limits::per_minute(limit),
        ..Site::default()
    };
    with_site(pool, &site, Settings::default())
}

/// Returns the application on a server whose clock is a number of hours ahead.
pub(crate) fn with_clock(pool: &PgPool, hours: i64) -> App {
    let clock: fn() -> OffsetDateTime = match hours {
        1 => || clock() + time::Duration::HOUR,
        -1 => || clock() - time::Duration::HOUR,
        _ => clock,
    };
    build_app(pool, &Site::default(), Settings::default(), clock)
}

/// Returns the application with other settings.
pub(crate) fn with_site(pool: &PgPool, site: &Site, settings: Settings) -> App {
    build_app(pool, site, settings, clock)
}

fn build_app(pool: &PgPool, site: &Site, settings: Settings, clock: fn() -> OffsetDateTime) -> App {
    let services = Services {
        pool: pool.clone(),
        hasher: Hasher::start().unwrap(),
        settings: Arc::new(settings),
        last_seen: LastSeen::default(),
        failed_sign_ins: Noted::default(),
        live: Live::default(),
        exports: Exports::default(),
        time_zones: TimeZones::default(),
        rankings: Rankings::default(),
        work: Arc::default(),
        clock,
    };
    with_services(services, site)
}

fn with_services(services: Services, site: &Site) -> App {
    // There are no built files, because these tests do not request what the pages refer to.
    let site = Site {
        root: PathBuf::from("/nonexistent"),
        ..site.clone()
    };
    let assets = Assets {
        loader: "/pkg/take-over.js".into(),
        js: "/pkg/rollcall.js".into(),
        wasm: "/pkg/rollcall.wasm".into(),
        css: "/pkg/rollcall.css".into(),
        font: "/pkg/font.woff2".into(),
        texts_de: "/pkg/texts-de.json".into(),
        texts_pseudo: "/pkg/texts-en-XA.json".into(),
    };
    App {
        pool: services.pool.clone(),
        services: services.clone(),
        router: build(&site, services, assets),
    }
}

/// Returns the real time, because the age of a cookie is counted from now.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration that would read it"
)]
fn clock() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Returns the paths of a router, which only its `Debug` output lists.
pub(crate) fn routes_of(router: &impl Debug) -> BTreeSet<String> {
    let message = format!("{router:?}");
    let quoted = message.split('"').filter(|part| part.starts_with('/'));
    quoted.map(str::to_owned).collect()
}

impl App {
    /// Returns the application with another router over the same services.
    pub(crate) fn with_router(self, router: Router) -> Self {
        Self { router, ..self }
    }

    /// Returns the application in which users can delete their own accounts.
    pub(crate) fn allowing_deletion(self) -> Self {
        let settings = Settings {
            allow_account_deletion: true,
            ..Settings::default()
        };
        let services = Services {
            settings: Arc::new(settings),
            ..self.services
        };
        with_services(services, &Site::default())
    }

    /// Returns the application in which deletions are permanent.
    pub(crate) fn without_retention(self) -> Self {
        let settings = Settings {
            delete_retention: std::time::Duration::ZERO,
            ..Settings::default()
        };
        let services = Services {
            settings: Arc::new(settings),
            ..self.services
        };
        with_services(services, &Site::default())
    }

    /// Returns the application with an encryption key, so that it can store API keys.
    pub(crate) fn storing_keys(self) -> Self {
        let settings = Settings {
            vault: Vault::parse(&"0f".repeat(32)).unwrap(),
            ..Settings::default()
        };
        let services = Services {
            settings: Arc::new(settings),
            ..self.services
        };
        with_services(services, &Site::default())
    }

    /// Returns the application in which passwords that an administrator sets are not temporary.
    pub(crate) fn with_lasting_passwords(self) -> Self {
        let settings = Settings {
            lasting_admin_passwords: true,
            ..Settings::default()
        };
        let services = Services {
            settings: Arc::new(settings),
            ..self.services
        };
        with_services(services, &Site::default())
    }

    /// Sends a request, and checks the requirements of every response.
    pub(crate) async fn send(&self, ask: Ask) -> Answer {
        let ask = self.on_page(ask).await;
        let (label, secrets) = (ask.label(), ask.secrets());
        let response = self
            .router
            .clone()
            .oneshot(ask.into_request())
            .await
            .unwrap();
        let answer = Answer::read(response).await;
        answer.assert_sound(&label);
        answer.assert_contains_none_of(&secrets, &label);
        answer
    }

    /// Adds to a form the user of the page that it is on, as the page does: the user of the session that sends it.
    async fn on_page(&self, ask: Ask) -> Ask {
        let Some(session) = ask.form_without_user() else {
            return ask;
        };
        let user: Option<String> = sqlx::query_scalar(
            "select user_id::text from sessions where token_hash = sha256(convert_to($1, 'UTF8'))",
        )
        .bind(session)
        .fetch_optional(&self.pool)
        .await
        .unwrap();
        match user {
            Some(user) => ask.on_page_of(&user),
            None => ask,
        }
    }

    /// Sends a request, and returns a response whose body is still to be read.
    pub(crate) async fn stream(&self, ask: Ask) -> axum::response::Response {
        self.router
            .clone()
            .oneshot(ask.into_request())
            .await
            .unwrap()
    }

    /// Sends a request whose body does not end: one chunk arrives, and nothing more. Returns once there is a response.
    pub(crate) async fn send_without_end(&self, ask: Ask) -> axum::response::Response {
        let piece = stream::once(async { Ok::<_, Infallible>(vec![b' '; 1024]) });
        let body = Body::from_stream(piece.chain(stream::pending()));
        let request = ask.into_request().map(|_| body);
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Returns the paths of the router.
    pub(crate) fn routes(&self) -> BTreeSet<String> {
        routes_of(&self.router)
    }

    /// Requests a page or a resource with a session.
    pub(crate) async fn get_as(&self, session: &str, path: &str) -> Answer {
        self.send(Ask::get(path).by(session)).await
    }

    /// Requests a page or a resource without a session.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Ask::get(path)).await
    }

    /// Runs statements that prepare a test.
    pub(crate) async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.unwrap();
    }

    /// Returns the number that a query selects.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}
