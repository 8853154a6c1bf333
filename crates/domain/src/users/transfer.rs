//! Transfer of the data of a user to another.

/// Numbers of the objects that were transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferredData {
    /// Number of personas, each with its ontologies and annotations.
    pub personas: u64,
    /// Number of conversations, each with its messages.
    pub conversations: u64,
}
