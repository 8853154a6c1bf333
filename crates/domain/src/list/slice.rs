//! Parts of a list by an offset, as the clients of other systems ask for them.

/// A part of a list that is ordered by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Number of rows before the part.
    pub skip: u32,
    /// Maximum number of rows in the part.
    pub limit: u32,
}
