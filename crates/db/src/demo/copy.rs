//! Rows in the binary format of COPY (PostgreSQL documentation, "COPY", Binary Format): the server does not parse numbers and ids, and
//! nothing needs escaping.

use std::{marker::PhantomData, net::IpAddr};

use sqlx::PgConnection;
use uuid::Uuid;

use super::millis::Millis;
use crate::Error;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: &[u8] = &(-1_i16).to_be_bytes();
/// Number of bytes passed to the connection at a time, which stores a copy of them.
const SLICE: usize = 1 << 20;

/// A row that can be copied into a table.
pub trait CopyRow {
    /// Name of the table.
    const TABLE: &'static str;
    /// Names of the copied columns, in the order of [`CopyRow::fields`].
    const COLUMNS: &'static [&'static str];

    /// Appends the value of each column.
    fn fields(&self, out: &mut Vec<u8>);
}

/// A value in the format of COPY: its length in bytes, or -1 for null, and its bytes.
pub(super) trait Field {
    /// Appends the value.
    fn put(&self, out: &mut Vec<u8>);
}

fn sized(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
    out.extend_from_slice(bytes);
}

impl<T: Field> Field for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.put(out),
            None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
        }
    }
}

impl Field for String {
    fn put(&self, out: &mut Vec<u8>) {
        sized(out, self.as_bytes());
    }
}

impl Field for &'static str {
    fn put(&self, out: &mut Vec<u8>) {
        sized(out, self.as_bytes());
    }
}

impl Field for bool {
    fn put(&self, out: &mut Vec<u8>) {
        sized(out, &[u8::from(*self)]);
    }
}

impl Field for i32 {
    fn put(&self, out: &mut Vec<u8>) {
        sized(out, &self.to_be_bytes());
    }
}

impl Field for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        sized(out, &self.to_be_bytes());
    }
}

impl Field for Uuid {
    fn put(&self, out: &mut Vec<u8>) {
        sized(out, self.as_bytes());
    }
}

impl Field for Millis {
    fn put(&self, out: &mut Vec<u8>) {
        sized(out, &self.micros_since_2000().to_be_bytes());
    }
}

impl Field for Vec<u8> {
    fn put(&self, out: &mut Vec<u8>) {
        sized(out, self);
    }
}

impl Field for Vec<i32> {
    /// Appends the format of `int[]`: dimensions, whether there are nulls, type of the elements, length, lower bound, elements.
    fn put(&self, out: &mut Vec<u8>) {
        const INT4: i32 = 23;
        let dimensions = i32::from(!self.is_empty());
        let mut array: Vec<u8> = [dimensions, 0, INT4]
            .into_iter()
            .flat_map(i32::to_be_bytes)
            .collect();
        if dimensions > 0 {
            array.extend((self.len() as i32).to_be_bytes());
            array.extend(1_i32.to_be_bytes());
        }
        self.iter().for_each(|number| number.put(&mut array));
        sized(out, &array);
    }
}

impl<const N: usize> Field for [u8; N] {
    fn put(&self, out: &mut Vec<u8>) {
        sized(out, self);
    }
}

impl Field for serde_json::Value {
    fn put(&self, out: &mut Vec<u8>) {
        const JSONB_VERSION: u8 = 1;
        let text = self.to_string();
        out.extend_from_slice(&(text.len() as i32 + 1).to_be_bytes());
        out.push(JSONB_VERSION);
        out.extend_from_slice(text.as_bytes());
    }
}

impl Field for IpAddr {
    /// Appends the format of `inet`: address family, bits of the mask, whether it is a `cidr`, length, address.
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::V4(v4) => sized(out, &[&[2, 32, 0, 4], v4.octets().as_slice()].concat()),
            Self::V6(v6) => sized(out, &[&[3, 128, 0, 16], v6.octets().as_slice()].concat()),
        }
    }
}

/// Rows that are sent in one COPY.
#[derive(Debug)]
pub struct Batch<R> {
    bytes: Vec<u8>,
    rows: u64,
    of: PhantomData<fn(R)>,
}

impl<R> Default for Batch<R> {
    fn default() -> Self {
        Self {
            bytes: HEADER.to_vec(),
            rows: 0,
            of: PhantomData,
        }
    }
}

impl<R: CopyRow> Batch<R> {
    /// Appends a row to the batch.
    pub fn push(&mut self, row: &R) {
        self.bytes
            .extend_from_slice(&(R::COLUMNS.len() as i16).to_be_bytes());
        row.fields(&mut self.bytes);
        self.rows += 1;
    }

    /// Appends rows to the batch.
    pub fn extend(&mut self, rows: &[R]) {
        rows.iter().for_each(|row| self.push(row));
    }

    /// Returns the number of rows.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Sends the rows to their table.
    ///
    /// # Errors
    /// Fails if a row violates a constraint, or if the connection is lost.
    pub async fn copy(&self, connection: &mut PgConnection) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let columns = R::COLUMNS.join(", ");
        let statement = format!(
            "copy {} ({columns}) from stdin with (format binary)",
            R::TABLE
        );
        let mut copy = connection.copy_in_raw(&statement).await?;
        for slice in self.bytes.chunks(SLICE) {
            copy.send(slice).await?;
        }
        copy.send(TRAILER).await?;
        copy.finish().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(field: &impl Field) -> Vec<u8> {
        let mut out = Vec::new();
        field.put(&mut out);
        out
    }

    #[test]
    fn fields() {
        assert_eq!(bytes_of(&"ab"), [0, 0, 0, 2, b'a', b'b']);
        assert_eq!(bytes_of(&None::<String>), [255, 255, 255, 255]);
        assert_eq!(bytes_of(&Some(true)), [0, 0, 0, 1, 1]);
        assert_eq!(bytes_of(&-2_i32), [0, 0, 0, 4, 255, 255, 255, 254]);
        assert_eq!(
            bytes_of(&serde_json::json!({})),
            [0, 0, 0, 3, 1, b'{', b'}']
        );
        assert_eq!(
            bytes_of(&IpAddr::from([192, 0, 2, 1])),
            [0, 0, 0, 8, 2, 32, 0, 4, 192, 0, 2, 1]
        );
        assert_eq!(bytes_of(&IpAddr::from([0_u16; 8])).len(), 4 + 4 + 16);
        assert_eq!(
            bytes_of(&Vec::<i32>::new()),
            [0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23]
        );
        assert_eq!(
            bytes_of(&vec![7_i32])[16..],
            [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 7]
        );
    }
}
