//! Columns of an order, and their values at the row of a cursor.

use domain::list::{Cursor, CursorValue, time_of_micros};
use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

/// Value of a column at the row of a cursor. It is bound with its type, so that a statement can be tried by hand with the values written
/// out.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A text.
    Text(String),
    /// Ids of roles.
    Ids(Vec<Uuid>),
    /// A counter.
    Integer(i32),
    /// A number that identifies the row.
    Bigint(Option<i64>),
    /// A condition on the row.
    Boolean(bool),
    /// A UUID that identifies the row.
    Uuid(Uuid),
    /// A time.
    Time(Option<OffsetDateTime>),
    /// A time that is before all others if it is not set.
    TimeOrNever(Option<OffsetDateTime>),
}

impl Value {
    /// Appends the value as a parameter.
    pub(super) fn push(self, sql: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Text(text) => sql.push_bind(text).push("::text"),
            Self::Ids(ids) => sql.push_bind(ids).push("::uuid[]"),
            Self::Integer(number) => sql.push_bind(number).push("::integer"),
            Self::Bigint(number) => sql.push_bind(number).push("::bigint"),
            Self::Boolean(condition) => sql.push_bind(condition).push("::boolean"),
            Self::Uuid(id) => sql.push_bind(id).push("::uuid"),
            Self::Time(at) => sql.push_bind(at).push("::timestamptz"),
            Self::TimeOrNever(at) => sql
                .push("coalesce(")
                .push_bind(at)
                .push("::timestamptz, '-infinity')"),
        };
    }
}

/// A column of an order: its expression in the form of the index, and its value at the row of a cursor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    expression: &'static str,
    value: fn(&Cursor) -> Value,
}

impl Column {
    /// Creates a column.
    pub(crate) const fn new(expression: &'static str, value: fn(&Cursor) -> Value) -> Self {
        Self { expression, value }
    }

    /// Creates the column of the rows' ids.
    pub(crate) const fn id(expression: &'static str) -> Self {
        Self::new(expression, |cursor| Value::Uuid(cursor.id))
    }

    /// Creates a column with the time of each row.
    pub(crate) const fn time(expression: &'static str) -> Self {
        Self::new(expression, |cursor| Value::Time(cursor.time()))
    }

    /// Creates a column with values of the type that the cursors of the order have.
    pub(crate) const fn any(expression: &'static str) -> Self {
        Self::new(expression, |cursor| match &cursor.value {
            CursorValue::Text(text) => Value::Text(text.clone()),
            CursorValue::Ids(ids) => Value::Ids(ids.clone()),
            CursorValue::Number(number) => Value::Integer(*number),
            CursorValue::Amount(amount) => Value::Bigint(Some(*amount)),
            CursorValue::Time(micros) => Value::TimeOrNever(micros.and_then(time_of_micros)),
        })
    }

    /// Returns the expression of the column.
    pub(super) const fn expression(&self) -> &'static str {
        self.expression
    }

    /// Returns the value at the row of a cursor.
    pub(super) fn value(&self, cursor: &Cursor) -> Value {
        (self.value)(cursor)
    }
}
