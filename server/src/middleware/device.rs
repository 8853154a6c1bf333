//! The device cookie, by which a browser is recognised that has signed in to an account before.

use std::sync::Arc;

use api::cookies::cookie;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, header::SET_COOKIE},
    middleware::Next,
    response::Response,
};
use secrecy::ExposeSecret;
use service::{access::Origin, known_device::Device, settings::Settings};

/// Lifetime of the cookie in seconds: 400 days, the maximum in browsers (RFC 6265bis, 5.5).
const MAX_AGE: u32 = 400 * 24 * 60 * 60;

/// Name of the cookie, without the parts that distinguish servers.
const NAME: &str = "rollcall_device";

/// Name and attributes of the cookie.
#[derive(Debug, Clone)]
pub(crate) struct DeviceCookie {
    name: Arc<str>,
    https: bool,
}

impl DeviceCookie {
    /// Returns the cookie of a server with these settings.
    pub(crate) fn of(settings: &Settings) -> Self {
        Self {
            name: settings.cookie_name(NAME).into(),
            https: settings.is_https(),
        }
    }

    /// Returns the header that sets the cookie, which stays after signing out.
    fn set(&self, token: &str) -> Option<HeaderValue> {
        let (name, secure) = (&self.name, if self.https { "; Secure" } else { "" });
        let text =
            format!("{name}={token}; Path=/; Max-Age={MAX_AGE}; HttpOnly; SameSite=Lax{secure}");
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// Adds the device cookie to the request's [`Origin`], and sets a cookie that was issued while the request was handled.
pub(crate) async fn carry(
    State(device_cookie): State<DeviceCookie>,
    mut request: Request,
    next: Next,
) -> Response {
    let device = Device::read(cookie(request.headers(), &device_cookie.name));
    if let Some(origin) = request.extensions_mut().get_mut::<Origin>() {
        origin.device = device.clone();
    }
    let mut response = next.run(request).await;
    let issued = device.issued();
    if let Some(value) = issued.and_then(|token| device_cookie.set(token.expose_secret())) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}
