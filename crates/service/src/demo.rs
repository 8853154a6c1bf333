//! Demo data: generated users with the data that a real installation has of its users. The same plan gives the same users,
//! to the last byte. They have no password, so a sign-in as one of them is impossible.

mod calendar;
mod chunk;
mod clients;
mod crowd;
mod dice;
mod groups;
mod handles;
mod keys;
mod life;
mod load;
mod names;
mod owned;
mod password;
mod resources;
mod sessions;
mod shares;
mod shuffle;
#[cfg(test)]
mod tests;
mod topics;
mod user;

pub use load::{ExistingUsers, Order, Outcome, Step, load};
pub use password::generate_password;
