//! Access of users to resources and features: questions with reasons, and lists of what a user can reach.

use std::collections::{BTreeMap, btree_map::Entry};

use db::{
    access::{Pair, find_reach},
    resources::{ResourceFilter, listed},
};
use domain::{
    access_check::{
        AccessAnswer, AccessObject, AccessQuestion, AccessReasons, CHECKS_AT_ONCE, KindTotal,
    },
    access_tokens::Scope,
    features::EffectiveFeature,
    fields::FieldErrors,
    list::{Listed, UnfilteredQuery},
    messages,
    resources::{GrantLevel, Resource, check_kind},
    users::names::is_deceptive,
};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{AccessRead, Authorized, Caller},
    guard, resources,
};

/// Answers questions about the access of users, in their order. The access of a user or to an object that does not exist is denied
/// without reasons, and so is that to a resource of a client that the actor does not see.
///
/// # Errors
/// [`Error::Invalid`] for too many questions, [`Error::Forbidden`] for those about others than the owner of a virtual key.
pub async fn check(
    services: &Services,
    authorized: &Authorized<AccessRead>,
    questions: &[AccessQuestion],
) -> Result<Vec<AccessAnswer>, Error> {
    if questions.is_empty() || questions.len() > CHECKS_AT_ONCE {
        let mut errors = FieldErrors::default();
        errors.add("questions", messages::checks_max(CHECKS_AT_ONCE));
        return Err(Error::Invalid(errors));
    }
    for question in questions {
        authorized.actor().require_for(question.user)?;
    }
    let mut connection = db::acquire(&services.pool).await?;
    let mut features: BTreeMap<Uuid, Vec<EffectiveFeature>> = BTreeMap::new();
    let mut pairs = Vec::new();
    let mut levels = Vec::new();
    for question in questions {
        let user = question.user;
        let (resource, level) = match &question.object {
            AccessObject::Feature(_) => {
                if let Entry::Vacant(entry) = features.entry(user) {
                    entry.insert(db::features::list_effective(&mut *connection, user).await?);
                }
                continue;
            }
            AccessObject::Resource { id, level } => (*id, *level),
            AccessObject::External {
                kind,
                external_id,
                level,
            } => {
                let resource = find(&mut connection, kind, external_id).await?;
                (resource, *level)
            }
        };
        pairs.push(Pair { user, resource });
        levels.push(level);
    }
    let viewer = authorized.actor().id();
    let paths = db::access::list_paths(&mut *connection, &pairs, viewer).await?;
    let mut resources = levels.into_iter().zip(paths);
    let answers = questions.iter().map(|question| match &question.object {
        AccessObject::Feature(key) => {
            let features = features.get(&question.user).map(Vec::as_slice);
            of_feature(features.unwrap_or_default(), key)
        }
        AccessObject::Resource { .. } | AccessObject::External { .. } => {
            let (level, paths) = resources.next().unwrap_or((GrantLevel::Read, Vec::new()));
            AccessAnswer {
                allowed: paths.iter().any(|path| path.leads_to(level)),
                because: AccessReasons::Resource(paths),
            }
        }
    });
    Ok(answers.collect())
}

/// Returns the id of a resource. The nil id, which no resource has, stands for an unknown one.
async fn find(
    connection: &mut db::PgConnection,
    kind: &str,
    external_id: &str,
) -> Result<Uuid, Error> {
    if check_kind(kind).is_err() || external_id.chars().any(is_deceptive) {
        return Ok(Uuid::nil());
    }
    let found = db::resources::find_id(connection, kind, external_id).await?;
    Ok(found.unwrap_or(Uuid::nil()))
}

fn of_feature(features: &[EffectiveFeature], key: &str) -> AccessAnswer {
    let found = features.iter().find(|feature| feature.key == key);
    AccessAnswer {
        allowed: found.is_some_and(|feature| feature.value),
        because: AccessReasons::Feature(
            found
                .map(|feature| feature.because.clone())
                .unwrap_or_default(),
        ),
    }
}

/// Counts the resources that a user can reach, by kind. Those of clients that the actor does not see are left out.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn count_by_kind(
    services: &Services,
    authorized: &Authorized<AccessRead>,
    user: Uuid,
) -> Result<Vec<KindTotal>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let found = db::users::account::find_target(&mut *connection, user).await?;
    found.ok_or(guard::NOT_FOUND)?;
    let filter = ResourceFilter {
        reached_by: Some(find_reach(&mut *connection, user).await?),
        viewer: authorized.actor().id(),
        ..ResourceFilter::default()
    };
    Ok(listed::count_by_kind(&mut *connection, filter).await?)
}

/// Lists the resources of a kind that a user can reach. Those of clients that the actor does not see are left out.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn list_reachable(
    services: &Services,
    authorized: &Authorized<AccessRead>,
    user: Uuid,
    kind: Option<&str>,
    query: &UnfilteredQuery,
) -> Result<Listed<Resource>, Error> {
    let found = db::users::account::find_target(&services.pool, user).await?;
    found.ok_or(guard::NOT_FOUND)?;
    page(services, (user, authorized.actor().id()), kind, query).await
}

/// Lists the resources of a kind that the caller can reach.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn list_own(
    services: &Services,
    caller: &Caller,
    kind: Option<&str>,
    query: &UnfilteredQuery,
) -> Result<Listed<Resource>, Error> {
    caller.require_own(Scope::DataRead)?;
    // A user reaches no resource of another client, so no viewer limits them.
    page(services, (caller.principal.id.0, None), kind, query).await
}

async fn page(
    services: &Services,
    (user, viewer): (Uuid, Option<Uuid>),
    kind: Option<&str>,
    query: &UnfilteredQuery,
) -> Result<Listed<Resource>, Error> {
    let filter = ResourceFilter {
        // No resource has a kind of another form, and PostgreSQL rejects a NUL.
        kind: kind.map(|kind| if check_kind(kind).is_ok() { kind } else { "" }),
        reached_by: Some(find_reach(&services.pool, user).await?),
        viewer,
        ..ResourceFilter::default()
    };
    resources::page(services, query, filter).await
}
