//! Limit of the large bodies that one account sends at once, because each is in memory until it is complete.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api::error::ApiError;
use axum::{
    body::HttpBody,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::error::TooManyAtOnce;
use service::{Error, access::Caller};
use uuid::Uuid;

/// Maximum number of bytes of a body that does not count as large.
const SMALL: u64 = 64 * 1024;
/// Maximum number of large bodies of one account at once.
const PER_ACCOUNT: usize = 8;

const BUSY: Error = Error::TooManyAtOnce(TooManyAtOnce::LargeRequests);

/// Number of large bodies that each account is sending.
#[derive(Debug, Clone, Default)]
pub(crate) struct LargeBodies(Arc<Mutex<HashMap<Uuid, usize>>>);

/// Permission to send one large body. Dropping it ends the permission.
struct Slot {
    bodies: LargeBodies,
    account: Uuid,
}

impl LargeBodies {
    /// Reserves a large body for an account; None if it is sending too many.
    fn reserve(&self, account: Uuid) -> Option<Slot> {
        let mut form_state = self.form_state();
        let count = form_state.entry(account).or_default();
        if *count >= PER_ACCOUNT {
            return None;
        }
        *count += 1;
        Some(Slot {
            bodies: self.clone(),
            account,
        })
    }

    fn form_state(&self) -> MutexGuard<'_, HashMap<Uuid, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut form_state = self.bodies.form_state();
        if let Some(count) = form_state.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                form_state.remove(&self.account);
            }
        }
    }
}

/// Denies a large body to an account that is sending too many, before any of it is read. Without a signed-in user no body of this
/// size is read: not by the handlers, and those of long forms neither, see [`limit_anonymous`](super::body_limit::limit_anonymous).
pub(crate) async fn limit(
    State(bodies): State<LargeBodies>,
    request: Request,
    next: Next,
) -> Response {
    let Some(account) = sender(&request) else {
        return next.run(request).await;
    };
    // Held until there is a response: by then the body has been read.
    let Some(_slot) = bodies.reserve(account) else {
        return ApiError::from(BUSY).into_response();
    };
    next.run(request).await
}

/// Returns the account of a request with a large body. A body of unknown length counts as large, because it can be as large as
/// the outer layers permit.
fn sender(request: &Request) -> Option<Uuid> {
    let most = request.body().size_hint().upper();
    if most.is_some_and(|most| most <= SMALL) {
        return None;
    }
    let caller = request.extensions().get::<Option<Caller>>()?.as_ref()?;
    Some(caller.principal.id.0)
}
