//! Demo user with all rows that belong to it.

use db::demo::{
    AnnotationRow, GrantRow, KeyRow, Millis, OntologyRow, PersonaRow, SessionRow, UserRow,
};
use uuid::Uuid;

use super::{
    clients,
    crowd::Crowd,
    dice::Dice,
    keys,
    life::{Life, between},
    owned, sessions,
};

/// Users per thousand without an email address.
const WITHOUT_EMAIL: u64 = 120;
/// Users per thousand with a sign-in that must change their password at the next one.
const MUST_CHANGE: u64 = 8;
/// Users per thousand with a sign-in that have changed their first password.
const CHANGED_LATER: u64 = 250;

/// Rows of one user, by table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DemoUser {
    pub(super) user: UserRow,
    pub(super) grants: Vec<GrantRow>,
    pub(super) personas: Vec<PersonaRow>,
    pub(super) ontologies: Vec<OntologyRow>,
    pub(super) annotations: Vec<AnnotationRow>,
    pub(super) sessions: Vec<SessionRow>,
    pub(super) keys: Vec<KeyRow>,
}

impl DemoUser {
    /// Generates a user of a data set.
    pub(super) fn of(crowd: &Crowd, user_index: u64) -> Self {
        let (life, mut dice) = Life::of(crowd, user_index);
        let mut created = Self {
            user: user(crowd, user_index, &life, &mut dice),
            grants: grants(crowd, user_index, &life),
            personas: Vec::new(),
            ontologies: Vec::new(),
            annotations: Vec::new(),
            sessions: sessions::of(crowd, &life, &mut dice),
            keys: keys::of(&life, &mut dice),
        };
        owned::add(&mut created, crowd, &life, &mut dice);
        created
    }
}

fn user(crowd: &Crowd, user_index: u64, life: &Life, dice: &mut Dice) -> UserRow {
    let called = crowd.names.of(user_index);
    let suspension = life.suspension.as_ref();
    let first_password = matches!(life.created_via, "admin" | "cli") && life.seen.is_none();
    let password_changed_at = password_changed_at(life, dice);
    UserRow {
        id: life.id,
        username: called
            .as_ref()
            .map(|called| called.username(crowd.plan.taken))
            .unwrap_or_default(),
        display_name: called
            .as_ref()
            .map(|called| called.display_name(dice))
            .unwrap_or_default(),
        email: called
            .filter(|_| !dice.per_mille(WITHOUT_EMAIL))
            .map(|called| called.email(crowd.plan.taken, dice)),
        status: life.status(),
        suspended_reason: suspension.map(|suspension| suspension.reason),
        suspended_until: suspension.and_then(|suspension| suspension.until),
        suspended_by: suspension.and_then(|suspension| suspension.by),
        must_change_password: first_password
            || (life.seen.is_some() && dice.per_mille(MUST_CHANGE)),
        password_changed_at,
        last_login_at: life.seen.map(|(signed_in, _)| signed_in),
        last_active_at: life.seen.map(|(_, active)| active),
        created_by: life.created_by,
        created_via: life.created_via,
        client_list: clients::of_user(crowd, user_index),
        created_at: life.joined,
        updated_at: suspension
            .map(|suspension| suspension.at)
            .or(password_changed_at)
            .unwrap_or(life.joined),
    }
}

/// Returns the time of the last change of the password: some users change it later, most have their first one. None without
/// a sign-in.
fn password_changed_at(life: &Life, dice: &mut Dice) -> Option<Millis> {
    let (signed_in, _) = life.seen?;
    if dice.per_mille(CHANGED_LATER) {
        return Some(between(life.joined, signed_in, dice));
    }
    Some(life.joined)
}

fn grants(crowd: &Crowd, user_index: u64, life: &Life) -> Vec<GrantRow> {
    let roles = crowd.plan.roles;
    let roles: [Option<Uuid>; 3] = [
        Some(roles.user),
        crowd.is_admin(user_index).then_some(roles.admin),
        (crowd.is_auditor(user_index) && !life.pending).then_some(roles.auditor),
    ];
    roles
        .into_iter()
        .flatten()
        .map(|role_id| GrantRow {
            user_id: life.id,
            role_id,
            granted_by: life.created_by,
            granted_at: life.joined,
        })
        .collect()
}
