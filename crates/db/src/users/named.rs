//! Objects that a search refers to by their names: roles, groups, clients and features.

use domain::{
    error::Entity,
    filter::{Expr, Filter, Term, Text},
    text::{name_key, tidy},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error,
    roles::{self, Roles},
};

/// A feature that a search refers to.
#[derive(Debug, Clone)]
pub(super) struct NamedFeature {
    key: String,
    /// Whether all users have it.
    pub(super) is_default: bool,
    /// The ids of the groups that have it.
    pub(super) groups: Vec<Uuid>,
}

/// Objects that a search refers to by their names.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// Roles, all of them or none.
    pub roles: Roles,
    groups: Vec<(String, Uuid)>,
    clients: Vec<(String, i32)>,
    features: Vec<NamedFeature>,
}

impl Named {
    /// Returns the same objects with all roles, for the names of those of the listed users.
    #[must_use]
    pub fn with_roles(self, roles: Roles) -> Self {
        Self { roles, ..self }
    }

    /// Returns the first condition of a search on an object that does not exist, and the kind of the object. A client that is
    /// given by its number counts as one that exists.
    #[must_use]
    pub fn missing<'f>(&self, filter: &'f Filter) -> Option<(Entity, &'f Term)> {
        self.missing_in(filter.root()?)
    }

    fn missing_in<'f>(&self, expr: &'f Expr) -> Option<(Entity, &'f Term)> {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                parts.iter().find_map(|part| self.missing_in(part))
            }
            Expr::Not(part) => self.missing_in(part),
            Expr::Term(term) => {
                let (entity, exists) = self.object(term)?;
                (!exists).then_some((entity, term))
            }
        }
    }

    /// Returns the kind of the object that a condition names, and whether the object exists; `None` for another condition.
    fn object(&self, term: &Term) -> Option<(Entity, bool)> {
        match term {
            Term::Role(name) => Some((Entity::Role, self.role(name.as_str()).is_some())),
            Term::Group(name) => Some((Entity::Group, self.group(name).is_some())),
            Term::Client(typed) => Some((Entity::Client, !self.clients(typed).is_empty())),
            Term::Feature(typed) => Some((Entity::Feature, self.feature(typed).is_some())),
            _ => None,
        }
    }

    /// Returns the id of the role with a name.
    pub(super) fn role(&self, name: &str) -> Option<Uuid> {
        self.roles.find(&tidy(name))
    }

    /// Returns the id of the group with a name.
    pub(super) fn group(&self, name: &Text) -> Option<Uuid> {
        let key = key(name);
        let found = self.groups.iter().find(|(known, _)| *known == key);
        found.map(|(_, id)| *id)
    }

    /// Returns the number that a text is, and that of the client whose name it is.
    pub(super) fn clients(&self, typed: &Text) -> Vec<i32> {
        let key = key(typed);
        let number = typed.number().and_then(|number| i32::try_from(number).ok());
        let named = self.clients.iter().filter(|(known, _)| *known == key);
        number.into_iter().chain(named.map(|(_, id)| *id)).collect()
    }

    /// Returns the feature with a key.
    pub(super) fn feature(&self, typed: &Text) -> Option<&NamedFeature> {
        let key = feature_key(typed);
        self.features.iter().find(|feature| feature.key == key)
    }
}

fn key(name: &Text) -> String {
    name_key(name.as_str())
}

fn feature_key(typed: &Text) -> String {
    typed.as_str().to_lowercase()
}

/// Names in a search.
#[derive(Default)]
struct Names {
    has_role: bool,
    groups: Vec<String>,
    clients: Vec<String>,
    features: Vec<String>,
}

impl Names {
    fn add(&mut self, expr: &Expr) {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| self.add(part)),
            Expr::Not(part) => self.add(part),
            Expr::Term(Term::Role(_)) => self.has_role = true,
            Expr::Term(Term::Group(name)) => self.groups.push(key(name)),
            Expr::Term(Term::Client(name)) => self.clients.push(key(name)),
            Expr::Term(Term::Feature(typed)) => self.features.push(feature_key(typed)),
            Expr::Term(_) => {}
        }
    }
}

/// Finds the objects that a filter refers to by their names, so that the planner knows their ids and with these the number of their
/// users. No query runs for another filter.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_named(connection: &mut PgConnection, filter: &Filter) -> Result<Named, Error> {
    let mut names = Names::default();
    filter.root().into_iter().for_each(|expr| names.add(expr));
    let mut named = Named::default();
    if names.has_role {
        named.roles = roles::list(&mut *connection).await?;
    }
    if !names.groups.is_empty() {
        named.groups = find_groups(connection, &names.groups).await?;
    }
    if !names.clients.is_empty() {
        named.clients = find_clients(connection, &names.clients).await?;
    }
    if !names.features.is_empty() {
        named.features = find_features(connection, &names.features).await?;
    }
    Ok(named)
}

async fn find_groups(
    connection: &mut PgConnection,
    keys: &[String],
) -> Result<Vec<(String, Uuid)>, Error> {
    let rows = sqlx::query!(
        r#"select name_key(name) as "key!", id from groups where name_key(name) = any($1)"#,
        keys,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.id)).collect())
}

async fn find_clients(
    connection: &mut PgConnection,
    keys: &[String],
) -> Result<Vec<(String, i32)>, Error> {
    let rows = sqlx::query!(
        r#"select name_key(name) as "key!", id from clients where name_key(name) = any($1)"#,
        keys,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.id)).collect())
}

async fn find_features(
    connection: &mut PgConnection,
    keys: &[String],
) -> Result<Vec<NamedFeature>, Error> {
    Ok(sqlx::query_as!(
        NamedFeature,
        r#"select
            f.key, f.default_value as is_default,
            array(select g.id from groups g where g.features ? f.key and g.features -> f.key = 'true') as "groups!"
        from features f where f.key = any($1)"#,
        keys,
    )
    .fetch_all(connection)
    .await?)
}
