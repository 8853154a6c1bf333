//! Actions on a user whose dialog only asks for confirmation: the content of the dialog, and the execution.

use domain::{
    error::Entity,
    flash::FlashEvent,
    users::{UserSummary, action::UserAction},
};
use service::{Error, Services, access::Caller, guard::TargetRef};

use super::{
    ConfirmationDetail,
    details::{detail, when},
};
use crate::{format::count, text};

/// An action whose dialog has fields, or that has no dialog. No path leads to it.
const NOT_CONFIRMED: Error = Error::NotFound(Entity::Dialog);

/// Title of a dialog, consequences of the action, and details of the user.
pub(super) type Content = (String, &'static str, Vec<ConfirmationDetail>);

/// Returns the content of the dialog.
pub(super) fn content(action: UserAction, user: &UserSummary) -> Result<Content, Error> {
    Ok(match action {
        UserAction::RevokeSessions => (
            text::confirm::sign_out_user(&user.username),
            text::confirm::sessions_effect(),
            vec![
                detail(
                    text::confirm::user(),
                    format!("{} ({})", user.display_name, user.username),
                ),
                detail(text::confirm::sessions(), count(user.session_count.into())),
                when(text::confirm::last_active(), user.last_active_at),
            ],
        ),
        _ => return Err(NOT_CONFIRMED),
    })
}

/// Executes the action. Returns the kind of change, and the number of changes.
pub(super) async fn apply(
    services: &Services,
    caller: &Caller,
    action: UserAction,
    user: TargetRef,
) -> Result<(FlashEvent, u64), Error> {
    match action {
        UserAction::RevokeSessions => {
            let ended = service::users::revoke_sessions(services, &caller.require()?, user).await?;
            Ok((FlashEvent::SessionsRevoked, ended))
        }
        _ => Err(NOT_CONFIRMED),
    }
}
