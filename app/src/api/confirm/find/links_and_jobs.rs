//! Confirmation dialogs of one-time links and jobs.

use domain::users::detail::{ResetLink, UserRef};
use service::{
    Error, Services,
    access::{Actor, WriteRegistrations, WriteUsers},
};
use uuid::Uuid;

use super::{Confirmation, asking, fact, refusal, user_of, when};
use crate::format::grouped;

pub(super) async fn reset_links(
    services: &Services,
    actor: &Actor,
    user: &UserRef,
) -> Result<Confirmation, Error> {
    let (user, refusals) = user_of(services, actor, user).await?;
    let links = service::users::reset_links(services, &actor.require()?, user.id.0).await?;
    let now = (services.clock)();
    let works = |link: &&ResetLink| {
        link.used_at.is_none() && link.revoked_at.is_none() && link.expires_at > now
    };
    let open = links.iter().find(works);
    let text = "The link stops working. You can create a new one.";
    let refusal = refusal::<WriteUsers>(actor).or(refusals.reset);
    let refusal = refusal.or(open
        .is_none()
        .then(|| "This user has no active password link.".to_owned()));
    let by = open.and_then(|link| link.created_by.clone());
    Ok(Confirmation {
        title: format!("Revoke password link of {}", user.username),
        facts: vec![
            when("Created", open.map(|link| link.created_at)),
            fact("Created by", by.unwrap_or_else(|| "—".to_owned())),
            when("Opened", open.and_then(|link| link.opened_at)),
        ],
        id: open.map(|link| link.id),
        username: user.username.clone(),
        ..asking(user.username, text, refusal)
    })
}

pub(super) async fn invitation(
    services: &Services,
    actor: &Actor,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let found = service::invitations::find(services, &actor.require()?, id).await?;
    let text = "The link stops working. Users created with it are not affected.";
    let shown = found.note.unwrap_or_default();
    let name = if shown.is_empty() { "anyone" } else { &shown };
    let uses = format!("{} of {}", found.uses, found.max_uses);
    Ok(Confirmation {
        title: format!("Revoke invitation for {name}"),
        facts: vec![
            fact("Roles", found.roles.join(", ")),
            fact("Uses", uses),
            when("Created", Some(found.created_at)),
            when("Opened", found.opened_at),
        ],
        ..asking(shown, text, refusal::<WriteRegistrations>(actor))
    })
}

pub(super) async fn job(
    services: &Services,
    actor: &Actor,
    id: Uuid,
) -> Result<Confirmation, Error> {
    let job = service::jobs::find(services, &actor.require()?, id).await?;
    let text = "The user is permanently deleted with all remaining data. This can't be undone.";
    let refusal = refusal::<WriteUsers>(actor).or(job.retry_refusal().map(str::to_owned));
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
        facts: vec![
            fact("Deleted so far", progress),
            fact("Error", job.error.unwrap_or_else(|| "—".to_owned())),
            when("Requested", Some(job.created_at)),
            when("Failed", job.finished_at),
        ],
        username: username.clone(),
        ..asking(username, text, refusal)
    })
}
