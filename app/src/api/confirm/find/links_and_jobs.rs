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
use crate::{format::grouped, text};

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
    let text = text::confirm::link_effect();
    let denied = denied::<UsersWrite>(caller).or(denied_actions.reason(UserAction::Reset));
    let denied = denied.or(open.is_none().then(|| text::confirm::no_link().to_owned()));
    let by = open.and_then(|link| link.created_by.clone());
    Ok(Confirmation {
        title: text::confirm::revoke_link(&user.username),
        details: vec![
            when(text::confirm::created(), open.map(|link| link.created_at)),
            detail(
                text::confirm::created_by(),
                by.unwrap_or_else(|| "—".to_owned()),
            ),
            when(
                text::confirm::opened(),
                open.and_then(|link| link.opened_at),
            ),
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
    let text = text::confirm::invitation_effect();
    let shown = found.note.unwrap_or_default();
    let title = match shown.as_str() {
        "" => text::confirm::revoke_open_invitation().to_owned(),
        name => text::confirm::revoke_invitation(name),
    };
    let uses = text::confirm::progress(found.uses, found.max_uses);
    Ok(Confirmation {
        title,
        details: vec![
            detail(text::confirm::roles(), found.roles.join(", ")),
            detail(text::confirm::uses(), uses),
            when(text::confirm::created(), Some(found.created_at)),
            when(text::confirm::opened(), found.opened_at),
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
    let text = text::confirm::deletion_effect();
    let denied = denied::<UsersWrite>(caller)
        .or(job.retry_denied().map(|denied| text::message::of(&denied)));
    let username = job.target.map(|target| target.label).unwrap_or_default();
    let title = match username.as_str() {
        "" => text::confirm::retry_unnamed_deletion().to_owned(),
        name => text::confirm::retry_deletion(name),
    };
    let done = grouped(job.done);
    let progress = match job.total {
        Some(total) => text::confirm::progress(done, grouped(total)),
        None => done,
    };
    Ok(Confirmation {
        title,
        details: vec![
            detail(text::confirm::deleted_so_far(), progress),
            detail(
                text::confirm::error(),
                job.error.unwrap_or_else(|| "—".to_owned()),
            ),
            when(text::confirm::requested(), Some(job.created_at)),
            when(text::confirm::failed(), job.finished_at),
        ],
        username: username.clone(),
        ..asking(username, text, denied)
    })
}
