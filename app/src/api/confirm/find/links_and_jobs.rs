//! Confirmation dialogs of one-time links and jobs.

use domain::users::{
    action::UserAction,
    detail::{ResetLink, UserRef},
};
use service::{
    Error, Services,
    access::{Caller, RegistrationsWrite, UsersWrite},
};
use uuid::Uuid;

use super::{Confirmation, asking, denied, detail, user_of, when};
use crate::format::grouped;

pub(super) async fn reset_links(
    services: &Services,
    caller: &Caller,
    user: &UserRef,
) -> Result<Confirmation, Error> {
    let (user, denied_actions) = user_of(services, caller, user).await?;
    let links = service::users::reset_links(services, &caller.require()?, user.id.0).await?;
    let now = (services.clock)();
    let works = |link: &&ResetLink| {
        link.used_at.is_none() && link.revoked_at.is_none() && link.expires_at > now
    };
    let open = links.iter().find(works);
    let text = "The link stops working. You can create a new one.";
    let denied = denied::<UsersWrite>(caller).or(denied_actions.reason(UserAction::Reset));
    let denied = denied.or(open
        .is_none()
        .then(|| "This user has no active password link.".to_owned()));
    let by = open.and_then(|link| link.created_by.clone());
    Ok(Confirmation {
        title: format!("Revoke password link of {}", user.username),
        details: vec![
            when("Created", open.map(|link| link.created_at)),
            detail("Created by", by.unwrap_or_else(|| "—".to_owned())),
            when("Opened", open.and_then(|link| link.opened_at)),
        ],
        id: open.map(|link| link.id),
        username: user.username.clone(),
        ..asking(user.username, text, denied)
    })
}

pub(super) async fn invitation(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let found = service::invitations::find(services, &caller.require()?, id).await?;
    let text = "The link stops working. Users created with it are not affected.";
    let shown = found.note.unwrap_or_default();
    let name = if shown.is_empty() { "anyone" } else { &shown };
    let uses = format!("{} of {}", found.uses, found.max_uses);
    Ok(Confirmation {
        title: format!("Revoke invitation for {name}"),
        details: vec![
            detail("Roles", found.roles.join(", ")),
            detail("Uses", uses),
            when("Created", Some(found.created_at)),
            when("Opened", found.opened_at),
        ],
        ..asking(shown, text, denied::<RegistrationsWrite>(caller))
    })
}

pub(super) async fn job(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let job = service::jobs::find(services, &caller.require()?, id).await?;
    let text = "The user is permanently deleted with all remaining data. This can't be undone.";
    let denied = denied::<UsersWrite>(caller).or(job.retry_denied().map(str::to_owned));
    let username = job.target.map(|target| target.label).unwrap_or_default();
    let name = if username.is_empty() {
        "a user"
    } else {
        &username
    };
    let done = grouped(job.done);
    let progress = match job.total {
        Some(total) => format!("{done} of {}", grouped(total)),
        None => done,
    };
    Ok(Confirmation {
        title: format!("Retry permanent deletion of {name}"),
        details: vec![
            detail("Deleted so far", progress),
            detail("Error", job.error.unwrap_or_else(|| "—".to_owned())),
            when("Requested", Some(job.created_at)),
            when("Failed", job.finished_at),
        ],
        username: username.clone(),
        ..asking(username, text, denied)
    })
}
