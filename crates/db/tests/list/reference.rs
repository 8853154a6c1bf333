//! Reference implementation of the search and the order in Rust, one user at a time.

use domain::{
    filter::{Bounds, Count, Expr, Filter, Has, IntRange, Term, Text, When, is_short},
    money::Money,
    text::{name_key, search_fold},
    users::{
        UserSummary,
        list::{Sort, SortKey},
        spend::month_number,
    },
};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

use super::crowd::NOW;

/// A user as stored in the tables.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ReferenceUser {
    id: Uuid,
    number: i64,
    username: String,
    display_name: String,
    email: Option<String>,
    status: String,
    created_via: String,
    created_at: OffsetDateTime,
    suspended_until: Option<OffsetDateTime>,
    last_login_at: Option<OffsetDateTime>,
    last_active_at: Option<OffsetDateTime>,
    roles: Vec<String>,
    role_ids: Vec<Uuid>,
    groups: Vec<String>,
    client_list: Vec<i32>,
    clients: Vec<String>,
    features: Vec<String>,
    personas: i32,
    ontologies: i32,
    annotations: i32,
    sessions: i32,
    api_keys: i32,
    spend_month: i32,
    spend_nanos: i64,
    /// Positions of the three texts in the order of the Unicode collation.
    username_place: i64,
    name_place: i64,
    email_place: i64,
}

/// Loads all users that are not deleted, in the order of ids.
pub(crate) async fn load(pool: &PgPool) -> Vec<ReferenceUser> {
    sqlx::query_as(
        r#"select
            u.*, s.personas, s.ontologies, s.annotations, s.sessions, s.api_keys, p.month as spend_month, p.nanos as spend_nanos,
            array(
                select r.name from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id order by r.rank, r.name
            ) as roles,
            array(
                select r.id from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id order by r.rank, r.name
            ) as role_ids,
            array(select g.name from group_members m join groups g on g.id = m.group_id where m.user_id = u.id) as groups,
            array(select c.name from clients c where c.id = any(u.client_list)) as clients,
            array(select a.key from feature_access a where a.user_id = u.id and a.blocked_by is null) as features,
            dense_rank() over (order by u.username collate "und-x-icu") as username_place,
            dense_rank() over (order by u.display_name collate "und-x-icu") as name_place,
            dense_rank() over (order by coalesce(u.email, '') collate "und-x-icu") as email_place
        from users u join user_stats s on s.user_id = u.id join user_spend p on p.user_id = u.id
        where u.deleted_at is null order by u.id"#,
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

/// Sort key of an order. An absent value comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Same,
    Number(i64),
    Words(Vec<String>),
    Spend(i32, i64),
    Ids(Vec<Uuid>),
    Time(Option<OffsetDateTime>),
}

fn key(stored_user: &ReferenceUser, key: SortKey) -> Key {
    match key {
        SortKey::Created => Key::Same,
        SortKey::Username => Key::Number(stored_user.username_place),
        SortKey::Name => Key::Number(stored_user.name_place),
        SortKey::Email => Key::Number(stored_user.email_place),
        SortKey::Role => Key::Ids(stored_user.role_ids.clone()),
        SortKey::Status => Key::Words(vec![stored_user.status.clone()]),
        SortKey::Personas => Key::Number(stored_user.personas.into()),
        SortKey::Ontologies => Key::Number(stored_user.ontologies.into()),
        SortKey::Annotations => Key::Number(stored_user.annotations.into()),
        SortKey::Sessions => Key::Number(stored_user.sessions.into()),
        SortKey::ApiKeys => Key::Number(stored_user.api_keys.into()),
        SortKey::Spend => Key::Spend(stored_user.spend_month, stored_user.spend_nanos),
        SortKey::LastLogin => Key::Time(stored_user.last_login_at),
        SortKey::LastActive => Key::Time(stored_user.last_active_at),
    }
}

/// Returns the ids in an order; among equals, the ids decide.
pub(crate) fn sorted(users: &[&ReferenceUser], sort: Sort) -> Vec<Uuid> {
    let mut keyed: Vec<(Key, Uuid)> = users
        .iter()
        .map(|stored_user| (key(stored_user, sort.key), stored_user.id))
        .collect();
    keyed.sort();
    if sort.descending {
        keyed.reverse();
    }
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// Returns whether a search finds a user.
pub(crate) fn matches(filter: &Filter, stored_user: &ReferenceUser) -> bool {
    filter.root().is_none_or(|expr| holds(expr, stored_user))
}

fn holds(expr: &Expr, stored_user: &ReferenceUser) -> bool {
    match expr {
        Expr::And(parts) => parts.iter().all(|part| holds(part, stored_user)),
        Expr::Or(parts) => parts.iter().any(|part| holds(part, stored_user)),
        Expr::Not(part) => !holds(part, stored_user),
        Expr::Term(term) => describes(term, stored_user),
    }
}

fn describes(term: &Term, stored_user: &ReferenceUser) -> bool {
    let email = stored_user.email.as_deref().unwrap_or_default();
    match term {
        Term::Text(text) => {
            let lines = [&stored_user.username, &stored_user.display_name, email];
            lines.into_iter().any(|line| contains(line, text))
                || text.number() == Some(stored_user.number)
                || text.id() == Some(stored_user.id)
        }
        Term::Username(text) => contains(&stored_user.username, text),
        Term::Name(text) => contains(&stored_user.display_name, text),
        Term::Email(text) => contains(email, text),
        Term::Role(role) => stored_user.roles.iter().any(|held| held == role.as_str()),
        Term::Group(name) => includes(&stored_user.groups, name),
        Term::Client(typed) => {
            let is_listed = |number| {
                stored_user
                    .client_list
                    .iter()
                    .any(|id| i64::from(*id) == number)
            };
            typed.number().is_some_and(is_listed) || includes(&stored_user.clients, typed)
        }
        Term::Feature(key) => includes(&stored_user.features, key),
        Term::Status(status) => stored_user.status == status.as_str(),
        Term::Via(via) => stored_user.created_via == via.as_str(),
        Term::Number(range) => within(stored_user.number, range),
        Term::Count(count, range) => within(stored_user.count(*count).into(), range),
        Term::Spend(range) => {
            let (min, max) = range.bounds();
            let is_now = stored_user.spend_month == month_number(NOW);
            let spend = Money::from_nanos(if is_now { stored_user.spend_nanos } else { 0 });
            min.is_none_or(|min| spend >= min) && max.is_none_or(|max| spend <= max)
        }
        // These users have no limits.
        Term::Over(_) => false,
        Term::Created(when) => happened(Some(stored_user.created_at), when),
        Term::LastLogin(when) => happened(stored_user.last_login_at, when),
        Term::LastActive(when) => happened(stored_user.last_active_at, when),
        Term::Inactive(age) => {
            let unused = |at| at < age.before(NOW);
            stored_user.last_active_at.is_none_or(unused)
        }
        Term::Has(Has::Email) => stored_user.email.is_some(),
        Term::Has(Has::Group) => !stored_user.groups.is_empty(),
        Term::Has(Has::Any(count)) => stored_user.count(*count) > 0,
    }
}

/// Returns whether a name is among others, without regard to case.
fn includes(names: &[String], name: &Text) -> bool {
    let key = name_key(name.as_str());
    names.iter().any(|one| name_key(one) == key)
}

/// Returns whether a text contains another, without regard to case and accents; one or two characters only at the start of a word, but two
/// Chinese, Japanese or Korean ones at any position.
pub(crate) fn contains(hay: &str, text: &Text) -> bool {
    let hay = format!(" {} ", search_fold(hay));
    let needle = search_fold(text.as_str());
    if is_short(needle.trim()) {
        hay.contains(&format!(" {}", needle.trim()))
    } else {
        hay.contains(&needle)
    }
}

fn within(number: i64, range: &IntRange) -> bool {
    range.min().is_none_or(|min| number >= min) && range.max().is_none_or(|max| number <= max)
}

fn happened(at: Option<OffsetDateTime>, when: &When) -> bool {
    match (at, when.bounds(NOW)) {
        (None, None) => true,
        (None, Some(_)) => when.includes_never(),
        (Some(_), None) => false,
        (Some(at), Some(Bounds { from, until })) => {
            from.is_none_or(|from| at >= from) && until.is_none_or(|until| at < until)
        }
    }
}

impl ReferenceUser {
    /// Returns the id of the user.
    pub(crate) fn id(&self) -> Uuid {
        self.id
    }

    /// Returns the number of the user.
    pub(crate) fn number(&self) -> i64 {
        self.number
    }

    /// Returns the username, the display name, and the email address if there is one.
    pub(crate) fn names(&self) -> Vec<&str> {
        let names = [
            Some(&self.username),
            Some(&self.display_name),
            self.email.as_ref(),
        ];
        names.into_iter().flatten().map(String::as_str).collect()
    }

    fn count(&self, count: Count) -> i32 {
        match count {
            Count::Personas => self.personas,
            Count::Ontologies => self.ontologies,
            Count::Annotations => self.annotations,
            Count::Sessions => self.sessions,
            Count::ApiKeys => self.api_keys,
        }
    }

    /// Checks a row of the list against the tables.
    pub(crate) fn assert_shown_as(&self, user: &UserSummary) {
        assert_eq!((user.id.0, user.number), (self.id, self.number));
        assert_eq!(user.username, self.username);
        assert_eq!(user.display_name, self.display_name);
        assert_eq!(user.email, self.email);
        assert_eq!(user.roles, self.roles);
        assert_eq!(user.role_ids, self.role_ids);
        assert_eq!(user.is_admin, self.roles.contains(&"admin".to_owned()));
        assert_eq!(user.status.as_str(), self.status);
        assert_eq!(user.suspended_until, self.suspended_until);
        assert_eq!(
            (user.spend.month, user.spend.cost.nanos()),
            (self.spend_month, self.spend_nanos)
        );
        assert_eq!(
            (user.created_at, user.updated_at),
            (self.created_at, self.created_at)
        );
        assert_eq!(
            (user.last_login_at, user.last_active_at),
            (self.last_login_at, self.last_active_at)
        );
        assert_eq!(
            [
                user.persona_count,
                user.ontology_count,
                user.annotation_count,
                user.session_count,
                user.api_key_count
            ],
            [
                self.personas,
                self.ontologies,
                self.annotations,
                self.sessions,
                self.api_keys
            ]
        );
    }
}
