//! The router: the routes, and the layers in front of them.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use api::state::{ApiState, CookieName};
use app::{
    App,
    api::registrations::Register,
    shell::{Assets, shell},
};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use dialects::{Dialect, Dialects};
use domain::{
    message::Message,
    messages,
    problem::{Code, Problem},
};
use leptos::config::LeptosOptions;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use service::{Services, settings::Settings};
use tower::{ServiceBuilder, service_fn};
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer,
    services::ServeDir, set_header::SetResponseHeaderLayer,
};

use crate::{
    compat, cookies, documentation,
    error_page::RequestContext,
    forms,
    limits::Limits,
    middleware::{
        body_limit, cookie_layers, details, device, error_response, finish, guard, headers,
        idempotency, identity,
        large_bodies::{self, LargeBodies},
        origin,
        rate::{self, Limited},
        recognisers,
        scheme::{self, Scheme},
        stalled::{self, DatabaseState},
        trace,
    },
    proxies::TrustedProxies,
    render::provide,
    state::AppState,
};

pub use crate::forms::routes::form_paths;

/// Maximum number of bytes of a body, but for long forms: see [`body_limit`].
const BODY_MAX: usize = 64 * 1024;

/// Routes of the screens. They are generated once per process, before it answers a request: while Leptos generates them, no page
/// in the process loads its data, and a page that starts to load at that time never does.
pub static SCREENS: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// Settings of an installation that the router depends on.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Proxies that are trusted to report the address of the client.
    pub trusted_proxies: TrustedProxies,
    /// Rate limits of the API.
    pub limits: Limits,
    /// Folder with the built files of the panel.
    pub root: PathBuf,
    /// Dialects below `/compat/`.
    pub dialects: Dialects,
    /// Whether the database answers.
    pub database: DatabaseState,
}

/// Builds the router of the whole application.
pub fn build(site: &Site, services: Services, assets: Assets) -> Router {
    let state = AppState {
        cookie_name: CookieName::of(&services.settings),
        leptos: LeptosOptions::builder().output_name("rollcall").build(),
        services,
        assets: assets.clone(),
    };
    let panel = ServiceBuilder::new()
        .layer(axum::Extension(assets))
        .layer(from_fn_with_state(
            (site.limits.clone(), Limited::Api(state.cookie_name.clone())),
            rate::limit,
        ))
        .layer(from_fn_with_state(
            Arc::clone(&state.services.settings),
            error_response::explain,
        ))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(error_response::panicked));
    let api_state = ApiState {
        services: state.services.clone(),
        cookie_name: state.cookie_name.clone(),
    };
    let probes = api::probes::<AppState>(api_state.clone());
    let [programs, large] = [
        api::routes::<AppState>(api_state.clone()),
        api::large_routes::<AppState>(api_state),
    ]
    .map(|routes| routes.route_layer(from_fn(details::hide_unreadable)));
    let scheme = Scheme::new(&state.services.settings, &site.trusted_proxies);
    let forms = pages(&state, scheme).merge(programs.route_layer(from_fn(guard::exports)));
    let services = state.services.clone();
    let database = &site.database;
    let routes = personal(&state, database, forms, BODY_MAX)
        .merge(personal(&state, database, large, api::LARGE_BODY_MAX))
        .merge(probes.method_not_allowed_fallback(not_allowed))
        .with_state(state)
        .merge(api::document::viewer::routes())
        .merge(documentation::routes().method_not_allowed_fallback(not_so))
        .fallback_service(files(&site.root))
        .layer(panel);
    let routes = site.dialects.iter().fold(routes, |routes, dialect| {
        let path = format!("/compat/{}", dialect.name());
        routes.nest_service(&path, of_dialect(site, &services, dialect))
    });
    common(routes, site, &services.settings)
}

/// Builds the router of a dialect with an address of its own.
pub fn build_dialect(site: &Site, services: &Services, dialect: &Arc<dyn Dialect>) -> Router {
    let routes = of_dialect(site, services, dialect);
    common(routes, site, &services.settings)
}

fn of_dialect(site: &Site, services: &Services, dialect: &Arc<dyn Dialect>) -> Router {
    compat::router(dialect, services, &site.limits, &site.database)
}

/// Adds the layers of all routes, which every address has.
fn common(routes: Router, site: &Site, settings: &Settings) -> Router {
    // The first layer is the outermost one. The request gets its id first, so that the log line and every error have it.
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(
                site.trusted_proxies.clone(),
                origin::identify,
            ))
            .layer(from_fn(trace::log))
            .layer(from_fn_with_state(
                headers::Policy {
                    https: settings.is_https(),
                },
                headers::secure,
            ))
            .layer(from_fn(cookies::drop_unreadable))
            .layer(from_fn_with_state(
                device::DeviceCookie::of(settings),
                device::carry,
            )),
    )
}

/// Adds the layers for routes that depend on the user: the end of waiting for the database, the limit of the body, protection against forged requests, and the
/// recognition of the caller.
fn personal(
    state: &AppState,
    database: &DatabaseState,
    routes: Router<AppState>,
    body_max: usize,
) -> Router<AppState> {
    let (own_site, sessions) = cookie_layers::of(&state.services);
    routes.method_not_allowed_fallback(not_so).layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(database.clone(), stalled::limit))
            .layer(from_fn_with_state(body_max, body_limit::limit))
            // Before the protection against forged requests: with a token the site of the request does not matter.
            .layer(from_fn(recognisers::isolate_token))
            .layer(own_site)
            .layer(sessions)
            .layer(from_fn_with_state(
                state.services.clone(),
                identity::recognise,
            ))
            .layer(from_fn_with_state(body_max, body_limit::limit_anonymous))
            .layer(from_fn_with_state(
                LargeBodies::default(),
                large_bodies::limit,
            ))
            .layer(from_fn_with_state(
                state.services.clone(),
                idempotency::once,
            )),
    )
}

/// Returns the routes of the screens, of their server functions and of their forms.
fn pages(state: &AppState, scheme: Scheme) -> Router<AppState> {
    let routes = SCREENS.clone();
    let context = {
        let services = state.services.clone();
        move || provide(&services)
    };
    let assets = state.assets.clone();
    Router::new()
        .leptos_routes_with_context(state, routes, context, move || shell(&assets))
        .route_layer(from_fn_with_state(state.services.clone(), guard::pages))
        .route("/", get(forms::start))
        .route("/login", post(forms::sign_in))
        .route("/logout", post(forms::sign_out))
        .route("/setup", post(forms::links::claim_setup))
        .route("/setup/{token}", get(forms::links::follow_setup))
        .route("/reset", post(forms::links::choose_password))
        .route("/reset/{token}", get(forms::links::follow_reset))
        .route("/invite", post(forms::links::accept_invitation))
        .route("/invite/{token}", get(forms::links::follow_invitation))
        .route("/preferences", post(forms::set_preferences))
        .route("/register", post(forms::send::send_public::<Register>))
        .merge(forms::routes::routes())
        .route_layer(from_fn(finish::finish))
        .route_layer(from_fn_with_state(scheme, scheme::require_https))
}

/// Returns the built files, which are cached without limit because their names are hashed, and 404 for all other addresses.
fn files(site_root: &Path) -> Router {
    let pkg = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            is_immutable,
        ))
        .service(
            ServeDir::new(site_root.join("pkg"))
                .precompressed_br()
                .precompressed_gzip()
                .fallback(service_fn(nothing_here))
                .call_fallback_on_method_not_allowed(true),
        );
    let public = ServeDir::new(site_root)
        .append_index_html_on_directories(false)
        .fallback(service_fn(nothing_here))
        .call_fallback_on_method_not_allowed(true);
    Router::new()
        .nest_service("/pkg", pkg)
        .fallback_service(public)
        .layer(from_fn(only_names_of_files))
}

/// Maximum number of bytes of a name in a folder (NAME_MAX of Linux). The built files have short names without anything to
/// encode.
const NAME_MAX: usize = 255;
/// Maximum number of bytes of the path to a file: below PATH_MAX, with room for the folder that it is in.
const ADDRESS_MAX: usize = 2_048;

/// Answers 404 where no file can have the name: the system would fail with another error than for a missing file.
async fn only_names_of_files(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.len() <= ADDRESS_MAX && path.split('/').all(|name| name.len() <= NAME_MAX) {
        return next.run(request).await;
    }
    let Ok(answer) = nothing_here(request).await;
    answer
}

/// Returns the cache lifetime of a built file. A missing one is not cached: another replica may have it soon.
fn is_immutable<B>(response: &axum::http::Response<B>) -> Option<HeaderValue> {
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    found.then_some(HeaderValue::from_static(
        "public, max-age=31536000, immutable",
    ))
}

/// Answers a method that an address does not support: 405 in the API, 404 on screens.
async fn not_so(request: Request) -> Result<Response, Infallible> {
    if request.uri().path().starts_with("/api/") {
        not_allowed(request).await
    } else {
        nothing_here(request).await
    }
}

async fn not_allowed(request: Request) -> Result<Response, Infallible> {
    let message =
        Message::verbatim("Method not allowed. The `Allow` header lists the supported methods.");
    Ok(
        RequestContext::from(&request)
            .error_response(Problem::new(Code::MethodNotAllowed, message)),
    )
}

async fn nothing_here(request: Request) -> Result<Response, Infallible> {
    let problem = Problem::new(Code::NotFound, messages::url_not_found());
    Ok(RequestContext::from(&request).error_response(problem))
}
