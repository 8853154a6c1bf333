//! A page of a list: its rows, and its position among all rows.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Cursor, PageInfo, Position, Total};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Rows of the page, in the order of the list.
    pub rows: Vec<T>,
    /// Position of the page in the list.
    pub page_info: PageInfo,
}

impl<T> Page<T> {
    /// Creates the page of the rows that were read from a position. `more` is whether there are further rows in the direction of reading,
    /// `total` the number of rows on all pages, `cursor` creates the cursor at a row with its number among all rows.
    #[must_use]
    pub fn of(
        rows: Vec<T>,
        more: bool,
        total: Total,
        position: &Position,
        cursor: impl Fn(&T, u64) -> Cursor,
    ) -> Self {
        Self {
            page_info: PageInfo::of(&rows, more, total, position, cursor),
            rows,
        }
    }

    /// Converts the rows.
    #[must_use]
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(convert).collect(),
            page_info: self.page_info,
        }
    }

    /// Returns the page with the time of its query.
    #[must_use]
    pub fn at(self, now: OffsetDateTime) -> Listed<T> {
        Listed { page: self, now }
    }
}

/// A page of a list with the time of its query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// The rows, and the position of the page in the list.
    pub page: Page<T>,
    /// Time of the query, to which relative times refer.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn cursor(row: &u128, number: u64) -> Cursor {
        let at = OffsetDateTime::UNIX_EPOCH;
        Cursor::at("rows", at, Uuid::from_u128(*row), number)
    }

    /// Reads a page of rows in ascending order.
    fn read(all: &[u128], position: &Position, limit: usize) -> Page<u128> {
        let rows = all.iter().copied();
        let mut found: Vec<u128> = match position {
            Position::First => rows.take(limit + 1).collect(),
            Position::After(cursor) => {
                let rows = rows.filter(|row| *row > cursor.id.as_u128());
                rows.take(limit + 1).collect()
            }
            Position::Before(cursor) => {
                let rows = rows.rev().filter(|row| *row < cursor.id.as_u128());
                rows.take(limit + 1).collect()
            }
        };
        let more = found.len() > limit;
        found.truncate(limit);
        if matches!(position, Position::Before(_)) {
            found.reverse();
        }
        let total = Total::exact(all.len().try_into().unwrap());
        Page::of(found, more, total, position, cursor)
    }

    proptest! {
        #[test]
        fn pages_have_each_row_once_in_both_directions(count in 0_u128..40, limit in 1_usize..9) {
            let all: Vec<u128> = (1..=count).collect();
            let at = |text: &str| Cursor::decode_at(text, "rows").unwrap();
            let mut pages = vec![read(&all, &Position::First, limit)];
            while let Some(after) = pages.last().unwrap().page_info.after.clone() {
                pages.push(read(&all, &Position::After(at(&after)), limit));
            }
            let mut first = 1;
            for page in &pages {
                prop_assert_eq!(page.page_info.first, first);
                first += u64::try_from(page.rows.len()).unwrap();
            }
            let rows: Vec<u128> = pages.iter().flat_map(|page| page.rows.clone()).collect();
            prop_assert_eq!(&rows, &all);
            let mut page = pages.pop().unwrap();
            while let Some(before) = page.page_info.before.clone() {
                page = read(&all, &Position::Before(at(&before)), limit);
                prop_assert_eq!(Some(&page), pages.last());
                pages.pop();
            }
            prop_assert!(pages.is_empty());
        }
    }

    #[test]
    fn conversion_leaves_the_position() {
        let page = read(&[1, 2, 3], &Position::First, 2);
        let converted = page.clone().map(|row| row.to_string());
        assert_eq!(converted.rows, ["1", "2"]);
        assert_eq!(converted.page_info, page.page_info);
    }

    #[test]
    fn page_without_rows_has_no_neighbours() {
        let page = read(&[], &Position::First, 2);
        assert_eq!((page.page_info.before, page.page_info.after), (None, None));
        assert_eq!(page.page_info.first, 1);
    }
}
