//! Searches as SQL. Every condition is true or false, never null, so that its negation is its opposite.

mod access;
mod spend;

use domain::filter::{Bounds, Count, Expr, Filter, Has, IntRange, Term, Text, When};
use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) use self::spend::SPEND_RANK;
use super::{
    named::Named,
    search::{self, Line, Lookup},
};

/// Time of the last activity, in the form of its index.
const LAST_ACTIVE: &str = "coalesce(u.last_active_at, '-infinity')";

/// Tables that the conditions of a filter need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tables {
    /// `users u`
    pub(super) users: bool,
    /// `user_stats s`
    pub(super) stats: bool,
    /// `user_spend p`
    pub(super) spend: bool,
    /// `user_search x`
    pub(super) search: bool,
}

impl Tables {
    /// Returns the tables that a filter needs.
    pub(super) fn of(filter: &Filter) -> Self {
        let mut tables = Self::default();
        filter.root().into_iter().for_each(|expr| tables.add(expr));
        tables
    }

    /// Returns the union of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            users: self.users || other.users,
            stats: self.stats || other.stats,
            spend: self.spend || other.spend,
            search: self.search || other.search,
        }
    }

    /// Returns the joined tables, and the condition that their users are not deleted.
    pub(super) fn live(self) -> String {
        let live = [
            (self.users, "u.deleted_at is null"),
            (self.stats, "not s.deleted"),
            (self.spend, "not p.deleted"),
            (self.search, "not x.deleted"),
        ];
        let live = live.into_iter().filter(|(needed, _)| *needed);
        let live: Vec<&str> = live.map(|(_, condition)| condition).collect();
        format!("{} where {}", self.joined(), live.join(" and "))
    }

    /// Returns the tables, joined by the ids of users.
    pub(super) fn joined(self) -> String {
        let tables = [
            (self.users, "users u", "u.id"),
            (self.stats, "user_stats s", "s.user_id"),
            (self.spend, "user_spend p", "p.user_id"),
            (self.search, "user_search x", "x.user_id"),
        ];
        let mut needed = tables.into_iter().filter(|(needed, ..)| *needed);
        let Some((_, first, first_id)) = needed.next() else {
            return "users u".to_owned();
        };
        needed.fold(first.to_owned(), |joined, (_, table, id)| {
            format!("{joined} join {table} on {id} = {first_id}")
        })
    }

    fn add(&mut self, expr: &Expr) {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| self.add(part)),
            Expr::Not(part) => self.add(part),
            Expr::Term(
                Term::Role(_)
                | Term::Group(_)
                | Term::Count(..)
                | Term::Over(_)
                | Term::Has(Has::Group | Has::Any(_)),
            ) => {
                self.stats = true;
            }
            Expr::Term(Term::Spend(_)) => self.spend = true,
            Expr::Term(Term::Text(_) | Term::Username(_) | Term::Name(_) | Term::Email(_)) => {
                self.search = true;
            }
            Expr::Term(_) => self.users = true,
        }
    }
}

/// Settings of a statement besides its filter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// Time from which ages are counted.
    pub(super) now: OffsetDateTime,
    /// Objects that the filter refers to by their names.
    pub(super) named: &'a Named,
    /// Way to find texts.
    pub(super) lookup: Lookup,
}

/// Appends the conditions of a filter, or `true` without any. They refer to those of [`Tables`] that the filter needs.
pub(super) fn push(sql: &mut QueryBuilder<Postgres>, filter: &Filter, context: Context<'_>) {
    match filter.root() {
        Some(expr) => push_expr(sql, expr, context),
        None => {
            sql.push("true");
        }
    }
}

fn push_expr(sql: &mut QueryBuilder<Postgres>, expr: &Expr, context: Context<'_>) {
    match expr {
        Expr::And(parts) => push_joined(sql, parts, " and ", context),
        Expr::Or(parts) => push_joined(sql, parts, " or ", context),
        Expr::Not(part) => {
            sql.push("not ");
            push_joined(sql, std::slice::from_ref(part), "", context);
        }
        Expr::Term(term) => push_term(sql, term, context),
    }
}

fn push_joined(
    sql: &mut QueryBuilder<Postgres>,
    parts: &[Expr],
    joint: &str,
    context: Context<'_>,
) {
    sql.push("(");
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            sql.push(joint);
        }
        push_expr(sql, part, context);
    }
    sql.push(")");
}

fn push_term(sql: &mut QueryBuilder<Postgres>, term: &Term, context: Context<'_>) {
    let Context { now, named, lookup } = context;
    match term {
        Term::Text(text) => push_words(sql, text, lookup),
        Term::Username(text) => search::push(sql, text, Line::Username, lookup),
        Term::Name(text) => search::push(sql, text, Line::Name, lookup),
        Term::Email(text) => search::push(sql, text, Line::Email, lookup),
        Term::Role(name) => match named.role(name.as_str()) {
            Some(id) => {
                sql.push("s.role_ids @> array[").push_bind(id).push("]");
            }
            None => {
                sql.push("false");
            }
        },
        Term::Group(name) => access::push_group(sql, named.group(name)),
        Term::Client(typed) => {
            sql.push("u.client_list && ")
                .push_bind(named.clients(typed));
        }
        Term::Feature(key) => access::push_feature(sql, named.feature(key)),
        Term::Status(status) => {
            sql.push("u.status = ").push_bind(status.as_str());
        }
        Term::Via(via) => {
            sql.push("u.created_via = ").push_bind(via.as_str());
        }
        Term::Number(range) => push_range(sql, "u.number", *range),
        Term::Count(count, range) => push_range(sql, column(*count), *range),
        Term::Spend(range) => spend::push_spend(sql, *range, now),
        Term::Over(limit) => spend::push_over(sql, *limit),
        Term::Created(when) => push_when(sql, "u.created_at", "u.created_at", *when, now),
        Term::LastLogin(when) => {
            push_when(
                sql,
                "u.last_login_at",
                "coalesce(u.last_login_at, '-infinity')",
                *when,
                now,
            );
        }
        Term::LastActive(when) => {
            push_when(sql, "u.last_active_at", LAST_ACTIVE, *when, now);
        }
        Term::Inactive(age) => {
            let unused = When::Before(*age);
            push_when(sql, "u.last_active_at", LAST_ACTIVE, unused, now);
        }
        Term::Has(Has::Email) => {
            sql.push("u.email is not null");
        }
        Term::Has(Has::Group) => {
            sql.push("exists (select from group_members m where m.user_id = s.user_id)");
        }
        Term::Has(Has::Any(count)) => {
            sql.push(column(*count)).push(" > 0");
        }
    }
}

const fn column(count: Count) -> &'static str {
    match count {
        Count::Personas => "s.personas",
        Count::Ontologies => "s.ontologies",
        Count::Annotations => "s.annotations",
        Count::Sessions => "s.sessions",
        Count::ApiKeys => "s.api_keys",
    }
}

/// Appends a condition that matches users by words, and the user whose number or id the words are.
fn push_words(sql: &mut QueryBuilder<Postgres>, text: &Text, lookup: Lookup) {
    sql.push("(");
    search::push(sql, text, Line::Any, lookup);
    if let Some(number) = text.number() {
        // The nil id, which no user has, keeps the condition from being null if no user has the number.
        sql.push(" or x.user_id = coalesce((select id from users where number = ")
            .push_bind(number)
            .push("), ")
            .push_bind(Uuid::nil())
            .push(")");
    }
    if let Some(id) = text.id() {
        sql.push(" or x.user_id = ").push_bind(id);
    }
    sql.push(")");
}

fn push_range(sql: &mut QueryBuilder<Postgres>, column: &str, range: IntRange) {
    sql.push("(true");
    if let Some(min) = range.min() {
        sql.push(format!(" and {column} >= ")).push_bind(min);
    }
    if let Some(max) = range.max() {
        sql.push(format!(" and {column} <= ")).push_bind(max);
    }
    sql.push(")");
}

/// Appends a condition on a time. `indexed` is the column in the form of its index.
fn push_when(
    sql: &mut QueryBuilder<Postgres>,
    column: &str,
    indexed: &str,
    when: When,
    now: OffsetDateTime,
) {
    let Some(Bounds { from, until }) = when.bounds(now) else {
        sql.push(format!("{indexed} = '-infinity'"));
        return;
    };
    sql.push("(");
    if when.includes_never() {
        sql.push("true");
    } else {
        sql.push(format!("{column} is not null"));
    }
    if let Some(from) = from {
        sql.push(format!(" and {indexed} >= ")).push_bind(from);
    }
    if let Some(until) = until {
        sql.push(format!(" and {indexed} < ")).push_bind(until);
    }
    sql.push(")");
}
