//! An application of a test's own, requests to it, and what every answer must keep to.

mod answer;
mod ask;
pub(crate) mod crowd;
pub(crate) mod html;
mod people;

pub(crate) use answer::Answer;
pub(crate) use ask::Ask;
pub(crate) use people::{PASSWORD, add_password, add_person, session, token};

use std::{collections::BTreeSet, convert::Infallible, path::PathBuf, sync::Arc};

use ::app::shell::Assets;
use axum::{Router, body::Body};
use futures_util::{StreamExt, stream};
use server::{
    Limits, TrustedProxies,
    router::{Site, build},
};
use service::{
    Services, exports::Exports, failed_sign_ins::Noted, last_seen::LastSeen, passwords::Hasher,
    sessions::live::Live, settings::Settings, time_zones::TimeZones, vault::Vault,
};
use sqlx::PgPool;
use time::OffsetDateTime;
use tower::ServiceExt;

/// The application and its database.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) services: Services,
    router: Router,
}

/// The application as people reach it over http.
pub(crate) fn app(pool: &PgPool) -> App {
    with_site(pool, &Site::default(), Settings::default())
}

/// The application where people may register, and then wait.
pub(crate) fn open_app(pool: &PgPool) -> App {
    let settings = Settings {
        allow_registration: true,
        ..Settings::default()
    };
    with_site(pool, &Site::default(), settings)
}

/// The application as people reach it over https.
pub(crate) fn https_app(pool: &PgPool) -> App {
    app_at(pool, "https://panel.example")
}

/// The application as people reach it at an address.
pub(crate) fn app_at(pool: &PgPool, public_url: &str) -> App {
    let settings = Settings {
        public_url: public_url.to_owned(),
        ..Settings::default()
    };
    with_site(pool, &Site::default(), settings)
}

/// The application as people reach it at an address by way of a proxy that it trusts.
pub(crate) fn behind_proxy(pool: &PgPool, public_url: &str, proxy: &str) -> App {
    let settings = Settings {
        public_url: public_url.to_owned(),
        ..Settings::default()
    };
    with_site(pool, &trusting(proxy), settings)
}

/// The application that does not know its address, behind the same.
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

/// The application where each may ask so often in a minute.
pub(crate) fn limited_app(pool: &PgPool, limit: u32) -> App {
    let site = Site {
        limits: Limits::per_minute(limit),
        ..Site::default()
    };
    with_site(pool, &site, Settings::default())
}

/// The application on a server whose clock is so many hours ahead.
pub(crate) fn with_clock(pool: &PgPool, hours: i64) -> App {
    let clock: fn() -> OffsetDateTime = match hours {
        1 => || clock() + time::Duration::HOUR,
        -1 => || clock() - time::Duration::HOUR,
        _ => clock,
    };
    build_app(pool, &Site::default(), Settings::default(), clock)
}

fn with_site(pool: &PgPool, site: &Site, settings: Settings) -> App {
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
        work: Arc::default(),
        clock,
    };
    with_services(services, site)
}

fn with_services(services: Services, site: &Site) -> App {
    // No built files: what the pages refer to is not asked for here.
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
    };
    App {
        pool: services.pool.clone(),
        services: services.clone(),
        router: build(&site, services, assets),
    }
}

/// The age of a cookie is counted from now, so the time is the real one.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration that would read it"
)]
fn clock() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

impl App {
    /// The same application where people may delete their own accounts.
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

    /// The same application where deletions are permanent.
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

    /// The same application with an encryption key.
    pub(crate) fn keeping_keys(self) -> Self {
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

    /// The same application where a password that an administrator sets lasts.
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

    /// Sends a request, and checks of the answer what must hold for every one of them.
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
        answer.assert_tells_none_of(&secrets, &label);
        answer
    }

    /// Adds to a form whose page it is on, as the page does: that of the user whose session sends it.
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

    /// Sends a request whose answer is read as it comes.
    pub(crate) async fn stream(&self, ask: Ask) -> axum::response::Response {
        self.router
            .clone()
            .oneshot(ask.into_request())
            .await
            .unwrap()
    }

    /// Sends a request whose body does not end: a piece of it has come, and nothing more. Returns once it is answered.
    pub(crate) async fn send_without_end(&self, ask: Ask) -> axum::response::Response {
        let piece = stream::once(async { Ok::<_, Infallible>(vec![b' '; 1024]) });
        let body = Body::from_stream(piece.chain(stream::pending()));
        let request = ask.into_request().map(|_| body);
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The paths that the router knows. It tells them to nobody but whoever debugs it.
    pub(crate) fn routes(&self) -> BTreeSet<String> {
        let told = format!("{:?}", self.router);
        let quoted = told.split('"').filter(|part| part.starts_with('/'));
        quoted.map(str::to_owned).collect()
    }

    /// Asks for a page or a resource in the session of somebody.
    pub(crate) async fn get_as(&self, session: &str, path: &str) -> Answer {
        self.send(Ask::get(path).by(session)).await
    }

    /// Asks for a page or a resource without being signed in.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Ask::get(path)).await
    }

    /// Runs statements that prepare a test.
    pub(crate) async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.unwrap();
    }

    /// The number that a query gives.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}
