//! Creation of an invitation, for an actor who can invite.

use db::invitations::{self, Preset};
use domain::{
    access::BuiltinRole,
    action::Action,
    invitations::{CreatedInvitation, NewInvitation},
    users::names::RoleName,
};
use secrecy::ExposeSecret;
use serde_json::Value;
use uuid::Uuid;

use super::{label, lifetime, link};
use crate::{
    Error, Services,
    access::Actor,
    assignment,
    audit::{self, Audited, Changes},
    tokens,
};

/// Group that an invitation leads into.
pub(crate) struct IntoGroup<'a> {
    /// The id of the group.
    pub(crate) id: Uuid,
    /// Name of the group.
    pub(crate) name: &'a str,
}

/// Creates an invitation. Its roles are limited to those that the actor can assign.
pub(crate) async fn issue(
    services: &Services,
    transaction: &mut db::Transaction,
    actor: &Actor,
    wanted: NewInvitation,
    group: Option<IntoGroup<'_>>,
) -> Result<(CreatedInvitation, Audited), Error> {
    let named = wanted.roles.iter().map(RoleName::as_str);
    let mut roles: Vec<String> = named.map(str::to_owned).collect();
    if roles.is_empty() {
        roles = db::roles::list_builtin(&mut **transaction, &[BuiltinRole::User]).await?;
    }
    let preset = Preset {
        roles: assignment::grantable(transaction, actor, &roles, &[])
            .await?
            .names,
        days: wanted.days,
        note: wanted.note,
        group: group.as_ref().map(|group| group.id),
    };
    let token = tokens::generate();
    let new = invitations::NewInvitation {
        token_hash: &tokens::hash(token.expose_secret()),
        preset: &preset,
        max_uses: wanted.max_uses,
        created_by: actor.backer(),
        lifetime: lifetime(&preset),
    };
    let (id, expires_at) = invitations::insert(transaction, &new).await?;
    let changes = Changes::default()
        .with("roles", Value::Null, preset.roles.clone())
        .with(
            "groups",
            Value::Null,
            group.map(|group| group.name.to_owned()),
        )
        .with("maxUses", Value::Null, wanted.max_uses)
        .with("expires", Value::Null, expires_at.to_string());
    let about = (Action::InvitationCreated, Some(id), label(&preset));
    let audited = audit::write_about(transaction, actor, about, changes).await?;
    let created = CreatedInvitation {
        id,
        link: link(services, actor, &token, expires_at),
    };
    Ok((created, audited))
}
