//! Demo data: people who do not exist, with all that a real installation would know of them. The same plan gives the same
//! people, to the last byte. Nobody can sign in as them.

mod calendar;
mod chunk;
mod crowd;
mod dice;
mod handles;
mod keys;
mod life;
mod load;
mod names;
mod owned;
mod password;
mod person;
mod sessions;
mod shares;
mod shuffle;
#[cfg(test)]
mod tests;
mod topics;

pub use load::{BesideOthers, Order, Outcome, Step, load};
pub use password::generate_password;
