//! A search as SQL. Every condition is true or false, never null, so that its negation is its opposite.

use domain::filter::{
    Bounds, Count, Expr, Filter, Has, IntRange, Term, Text, WORD_START_BELOW, When,
};
use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;

/// When somebody was last active, in the form that its index has.
const LAST_ACTIVE: &str = "coalesce(u.last_active_at, '-infinity')";

/// Which tables the conditions of a filter need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tables {
    /// `users u`
    pub(super) users: bool,
    /// `user_stats s`
    pub(super) stats: bool,
}

impl Tables {
    /// Those that a filter needs.
    pub(super) fn of(filter: &Filter) -> Self {
        let mut tables = Self::default();
        filter.root().into_iter().for_each(|expr| tables.add(expr));
        tables
    }

    /// Those and others.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            users: self.users || other.users,
            stats: self.stats || other.stats,
        }
    }

    fn add(&mut self, expr: &Expr) {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| self.add(part)),
            Expr::Not(part) => self.add(part),
            Expr::Term(Term::Role(_) | Term::Count(..) | Term::Has(Has::Any(_))) => {
                self.stats = true;
            }
            Expr::Term(_) => self.users = true,
        }
    }
}

/// Appends `true` or the conditions of a filter, over `users u` joined with `user_stats s`.
pub(super) fn push(sql: &mut QueryBuilder<Postgres>, filter: &Filter, now: OffsetDateTime) {
    match filter.root() {
        Some(expr) => push_expr(sql, expr, now),
        None => {
            sql.push("true");
        }
    }
}

fn push_expr(sql: &mut QueryBuilder<Postgres>, expr: &Expr, now: OffsetDateTime) {
    match expr {
        Expr::And(parts) => push_joined(sql, parts, " and ", now),
        Expr::Or(parts) => push_joined(sql, parts, " or ", now),
        Expr::Not(part) => {
            sql.push("not ");
            push_joined(sql, std::slice::from_ref(part), "", now);
        }
        Expr::Term(term) => push_term(sql, term, now),
    }
}

fn push_joined(sql: &mut QueryBuilder<Postgres>, parts: &[Expr], joint: &str, now: OffsetDateTime) {
    sql.push("(");
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            sql.push(joint);
        }
        push_expr(sql, part, now);
    }
    sql.push(")");
}

fn push_term(sql: &mut QueryBuilder<Postgres>, term: &Term, now: OffsetDateTime) {
    match term {
        Term::Text(text) => push_search(sql, text),
        Term::Username(text) => push_column(sql, "u.username", text),
        Term::Name(text) => push_column(sql, "u.display_name", text),
        Term::Email(text) => push_column(sql, "coalesce(u.email, '')", text),
        Term::Role(name) => {
            sql.push("s.roles @> array[lower(")
                .push_bind(name.as_str().to_owned())
                .push(")]");
        }
        Term::Status(status) => {
            sql.push("u.status = ").push_bind(status.as_str());
        }
        Term::Via(via) => {
            sql.push("u.created_via = ").push_bind(via.as_str());
        }
        Term::Number(range) => push_range(sql, "u.number", *range),
        Term::Count(count, range) => push_range(sql, column(*count), *range),
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

fn push_search(sql: &mut QueryBuilder<Postgres>, text: &Text) {
    sql.push("u.search like lower(")
        .push_bind(pattern(text))
        .push(")");
}

/// The search column finds the rows by its index; the column itself then decides.
fn push_column(sql: &mut QueryBuilder<Postgres>, column: &str, text: &Text) {
    sql.push("(");
    push_search(sql, text);
    sql.push(format!(" and lower(' ' || {column}) like lower("))
        .push_bind(pattern(text))
        .push("))");
}

/// Where a text may stand in another that begins with a space. A short one has no trigram of its own: it is looked for at the
/// beginnings of words, which have. In it `%`, `_` and `\` stand for themselves.
fn pattern(text: &Text) -> String {
    let text = text.as_str();
    let anchor = if text.chars().count() < WORD_START_BELOW {
        "% "
    } else {
        "%"
    };
    let escaped = text
        .replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_");
    format!("{anchor}{escaped}%")
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

/// `indexed` is the column in the form that its index has.
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
