//! Keyset pages: a page starts behind a row in the order of an index, and one row more than it shows is read, which shows whether there
//! are further ones. Also the count of all rows, which stops at a limit.

mod column;

use domain::list::{Cursor, EXACT_TOTAL_MAX, Position};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row};

pub(crate) use column::{Column, Value};

use crate::Error;

/// A page of a list: its order by an id, or by a column and the id, its position and its limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keyset<'q> {
    key: Option<Column>,
    id: Column,
    descending: bool,
    position: &'q Position,
    limit: u16,
    has_cached_plan: bool,
    is_partitioned: bool,
}

impl<'q> Keyset<'q> {
    /// Creates a page in the order of ids. `descending` is the order of the list, not of reading.
    pub(crate) const fn new(
        id: Column,
        descending: bool,
        position: &'q Position,
        limit: u16,
    ) -> Self {
        Self {
            key: None,
            id,
            descending,
            position,
            limit,
            has_cached_plan: false,
            is_partitioned: false,
        }
    }

    /// Sorts by a column, and by ids where it has equal values.
    pub(crate) const fn by(self, key: Option<Column>) -> Self {
        Self { key, ..self }
    }

    /// Reads the ids from another column.
    pub(crate) const fn with_id(self, id: Column) -> Self {
        Self { id, ..self }
    }

    /// Puts each value of the cursor into a subselect if the plan is cached: with plain parameters, PostgreSQL plans the statement again
    /// for every value, which takes longer than reading the rows and results in the same plan. A statement that is planned each time is
    /// planned better if the values are known.
    pub(crate) const fn cached(self, has_cached_plan: bool) -> Self {
        Self {
            has_cached_plan,
            ..self
        }
    }

    /// Repeats the condition on the key alone, because partition pruning needs it.
    pub(crate) const fn partitioned(self) -> Self {
        Self {
            is_partitioned: true,
            ..self
        }
    }

    /// Returns the direction in which the page is read: that of the list, or the opposite before a cursor.
    pub(crate) const fn direction(&self) -> &'static str {
        if self.reads_down() { "desc" } else { "asc" }
    }

    const fn reads_down(&self) -> bool {
        self.descending != matches!(self.position, Position::Before(_))
    }

    /// Appends the conditions, the order and the limit of the page.
    pub(crate) fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        self.push_start(sql);
        self.push_order(sql);
        // A literal and not a parameter, so that a cached statement is not planned again for each value.
        sql.push(format!(" limit {}", u32::from(self.limit) + 1));
    }

    /// Appends the condition that the rows are behind the cursor, after an `and`.
    fn push_start(&self, sql: &mut QueryBuilder<Postgres>) {
        let (Position::After(cursor) | Position::Before(cursor)) = self.position else {
            return;
        };
        let beyond = if self.reads_down() { "<" } else { ">" };
        let id = self.id.expression();
        let Some(key) = self.key else {
            sql.push(format!(" and {id} {beyond} "));
            self.push_value(sql, self.id, cursor);
            return;
        };
        if self.is_partitioned {
            sql.push(format!(" and {} {beyond}= ", key.expression()));
            self.push_value(sql, key, cursor);
        }
        sql.push(format!(" and ({}, {id}) {beyond} (", key.expression()));
        self.push_value(sql, key, cursor);
        sql.push(", ");
        self.push_value(sql, self.id, cursor);
        sql.push(")");
    }

    fn push_value(&self, sql: &mut QueryBuilder<Postgres>, column: Column, cursor: &Cursor) {
        let (open, close) = if self.has_cached_plan {
            ("(select ", ")")
        } else {
            ("", "")
        };
        sql.push(open);
        column.value(cursor).push(sql);
        sql.push(close);
    }

    /// Appends the order in which the page is read.
    pub(crate) fn push_order(&self, sql: &mut QueryBuilder<Postgres>) {
        let direction = self.direction();
        sql.push(" order by ");
        if let Some(key) = self.key {
            sql.push(format!("{} {direction}, ", key.expression()));
        }
        sql.push(format!("{} {direction}", self.id.expression()));
    }

    /// Decodes the rows of the page, in the order of the list. The flag is true if there are more in the direction of reading.
    ///
    /// # Errors
    /// Fails if a row cannot be decoded.
    pub(crate) fn read<R, T>(
        &self,
        rows: &[R],
        decode: impl Fn(&R) -> Result<T, sqlx::Error>,
    ) -> Result<(Vec<T>, bool), Error> {
        let more = rows.len() > usize::from(self.limit);
        let shown = rows.iter().take(self.limit.into()).map(decode);
        let mut shown = shown.collect::<Result<Vec<_>, _>>()?;
        if matches!(self.position, Position::Before(_)) {
            shown.reverse();
        }
        Ok((shown, more))
    }
}

/// Begins the count of the rows of tables with a condition, such as `jobs j where true`. Further conditions can be appended.
pub(crate) fn counting(from: &str) -> QueryBuilder<Postgres> {
    QueryBuilder::new(format!("select count(*) from (select 1 from {from}"))
}

/// Appends the end of a count: it stops one after [`EXACT_TOTAL_MAX`].
pub(crate) fn push_cap(sql: &mut QueryBuilder<Postgres>) {
    sql.push(format!(" limit {}) as matched", EXACT_TOTAL_MAX + 1));
}

/// Runs a count begun by [`counting`], up to one more than [`EXACT_TOTAL_MAX`].
///
/// # Errors
/// Fails if the database cannot be reached.
pub(crate) async fn count(
    executor: impl PgExecutor<'_>,
    mut sql: QueryBuilder<Postgres>,
) -> Result<u64, Error> {
    push_cap(&mut sql);
    let row = sql.build().persistent(false).fetch_one(executor).await?;
    Ok(row.try_get::<i64, _>(0)?.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;

    fn cursor() -> Cursor {
        Cursor::at("rows", OffsetDateTime::UNIX_EPOCH, Uuid::from_u128(7), 50)
    }

    fn sql(page: Keyset<'_>) -> String {
        let mut sql = QueryBuilder::new("");
        page.push(&mut sql);
        sql.into_string()
    }

    const ID: Column = Column::id("r.id");
    const TIME: Column = Column::time("r.at");

    #[test]
    fn page_by_id_starts_behind_the_cursor() {
        let (after, before) = (Position::After(cursor()), Position::Before(cursor()));
        for (descending, position, expected) in [
            (true, &Position::First, " order by r.id desc limit 51"),
            (false, &Position::First, " order by r.id asc limit 51"),
            (
                true,
                &after,
                " and r.id < $1::uuid order by r.id desc limit 51",
            ),
            (
                true,
                &before,
                " and r.id > $1::uuid order by r.id asc limit 51",
            ),
            (
                false,
                &after,
                " and r.id > $1::uuid order by r.id asc limit 51",
            ),
            (
                false,
                &before,
                " and r.id < $1::uuid order by r.id desc limit 51",
            ),
        ] {
            assert_eq!(sql(Keyset::new(ID, descending, position, 50)), expected);
        }
    }

    #[test]
    fn page_by_key_compares_rows() {
        let after = Position::After(cursor());
        let page = Keyset::new(ID, true, &after, 50).by(Some(TIME));
        let order = "order by r.at desc, r.id desc limit 51";
        let plain = format!(" and (r.at, r.id) < ($1::timestamptz, $2::uuid) {order}");
        let hidden =
            format!(" and (r.at, r.id) < ((select $1::timestamptz), (select $2::uuid)) {order}");
        let pruned = format!(
            " and r.at <= $1::timestamptz and (r.at, r.id) < ($2::timestamptz, $3::uuid) {order}"
        );
        assert_eq!(sql(page), plain);
        assert_eq!(sql(page.cached(true)), hidden);
        assert_eq!(sql(page.partitioned()), pruned);
    }

    #[test]
    fn last_limit_has_room_for_one_more() {
        let first = Position::First;
        let page = Keyset::new(ID, false, &first, u16::MAX);
        assert_eq!(sql(page), " order by r.id asc limit 65536");
    }

    #[test]
    fn rows_are_in_the_order_of_the_list() {
        let (after, before) = (Position::After(cursor()), Position::Before(cursor()));
        let rows: [u8; 3] = [1, 2, 3];
        for (position, limit, expected) in [
            (&Position::First, 2, (vec![1, 2], true)),
            (&after, 3, (vec![1, 2, 3], false)),
            (&before, 2, (vec![2, 1], true)),
            (&before, 4, (vec![3, 2, 1], false)),
        ] {
            let page = Keyset::new(ID, false, position, limit);
            assert_eq!(page.read(&rows, |row| Ok(*row)).unwrap(), expected);
        }
    }

    #[test]
    fn count_stops_at_the_limit() {
        let mut sql = counting("rows r where true");
        push_cap(&mut sql);
        assert_eq!(
            sql.into_string(),
            "select count(*) from (select 1 from rows r where true limit 10001) as matched"
        );
    }
}
