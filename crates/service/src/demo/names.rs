//! Names from many countries: the tables, and the assignment of names to users.

use std::collections::HashMap;

use super::shuffle::{Shuffle, mix};

const TABLES: [&str; 2] = [
    include_str!("names_latin.txt"),
    include_str!("names_other.txt"),
];

/// Given or family name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Name in its own script.
    pub(super) native: &'static str,
    /// Name in the letters a to z.
    pub(super) roman: String,
}

/// Given and family names of one region, which are combined with each other.
#[derive(Debug, Default)]
pub(super) struct Pool {
    weight: u64,
    /// Puts the family name first.
    pub(super) family_first: bool,
    /// Writes the names without a space between them.
    pub(super) joined: bool,
    pub(super) given: Vec<Name>,
    pub(super) family: Vec<Name>,
}

impl Pool {
    fn combinations(&self) -> u64 {
        (self.given.len() * self.family.len()) as u64
    }
}

/// Name of one user, from which username, email address and display name are derived.
#[derive(Debug)]
pub(super) struct Called<'a> {
    pub(super) pool: &'a Pool,
    pub(super) given: &'a Name,
    pub(super) family: &'a Name,
    /// Index of the pair of given and family name in the pool.
    pub(super) combination: u64,
    /// Number of earlier users of the pool with the same name.
    pub(super) namesakes: u64,
    /// Index of the pool, and the number of pools.
    pub(super) pool_index: u64,
    pub(super) pools: u64,
    /// True if an earlier pool has the same name in the letters a to z.
    pub(super) elsewhere: bool,
}

/// Names of all users of a data set.
#[derive(Debug)]
pub(super) struct Names {
    pools: Vec<Pool>,
    /// Bit set of the pools that contain a name in the letters a to z.
    given_in: HashMap<String, u64>,
    family_in: HashMap<String, u64>,
    /// First user of each pool, in the shuffled order.
    begins: Vec<u64>,
    order: Shuffle,
    seed: u64,
}

impl Names {
    /// Prepares the names of all users of a data set.
    pub(super) fn new(seed: u64, users: u64) -> Self {
        let pools = read_pools();
        let whole: u64 = pools.iter().map(|pool| pool.weight).sum();
        let mut before = 0;
        let begins = pools.iter().map(|pool| {
            let begin = u128::from(users) * u128::from(before) / u128::from(whole.max(1));
            before += pool.weight;
            begin as u64
        });
        Self {
            begins: begins.collect(),
            given_in: pools_by_name(&pools, |pool| &pool.given),
            family_in: pools_by_name(&pools, |pool| &pool.family),
            order: Shuffle::new(users, mix(seed)),
            pools,
            seed,
        }
    }

    /// Returns the name of a user. None for a number beyond the last user.
    pub(super) fn of(&self, user_index: u64) -> Option<Called<'_>> {
        let place = self.order.at(user_index);
        let pool_index = self
            .begins
            .partition_point(|begin| *begin <= place)
            .checked_sub(1)?;
        let pool = self.pools.get(pool_index)?;
        let place = place - self.begins.get(pool_index)?;
        let combinations = Shuffle::new(pool.combinations(), self.seed ^ pool_index as u64);
        let combination = combinations.at(place % pool.combinations());
        let families = pool.family.len() as u64;
        let given = pool.given.get((combination / families) as usize)?;
        let family = pool.family.get((combination % families) as usize)?;
        let earlier = (1_u64 << pool_index) - 1;
        let elsewhere =
            self.given_in.get(&given.roman)? & self.family_in.get(&family.roman)? & earlier != 0;
        Some(Called {
            pool,
            given,
            family,
            combination,
            namesakes: place / pool.combinations(),
            pool_index: pool_index as u64,
            pools: self.pools.len() as u64,
            elsewhere,
        })
    }
}

fn pools_by_name(pools: &[Pool], names: impl Fn(&Pool) -> &Vec<Name>) -> HashMap<String, u64> {
    let mut by_name = HashMap::new();
    for (index, pool) in pools.iter().enumerate() {
        for name in names(pool) {
            *by_name.entry(name.roman.clone()).or_default() |= 1 << index;
        }
    }
    by_name
}

fn read_pools() -> Vec<Pool> {
    let mut pools: Vec<Pool> = Vec::new();
    for line in TABLES.iter().flat_map(|table| table.lines()) {
        if let Some(header) = line.strip_prefix("pool ") {
            pools.push(read_header(header));
        } else if let Some(pool) = pools.last_mut() {
            if let Some(names) = line.strip_prefix("given:") {
                pool.given.extend(names.split_whitespace().map(read_name));
            } else if let Some(names) = line.strip_prefix("family:") {
                pool.family.extend(names.split_whitespace().map(read_name));
            }
        }
    }
    pools
}

fn read_header(header: &str) -> Pool {
    let mut words = header.split_whitespace();
    Pool {
        weight: words
            .next()
            .and_then(|weight| weight.parse().ok())
            .unwrap_or_default(),
        family_first: words.next() == Some("family-first"),
        joined: words.next() == Some("joined"),
        ..Pool::default()
    }
}

fn read_name(written: &'static str) -> Name {
    match written.split_once('=') {
        Some((native, roman)) => Name {
            native,
            roman: roman.to_owned(),
        },
        None => Name {
            native: written,
            roman: written.to_lowercase(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn tables_are_well_formed() {
        let pools = read_pools();
        assert!((25..=64).contains(&pools.len()), "a pool is a bit of 64");
        for pool in &pools {
            assert!(pool.weight > 0 && pool.given.len() >= 14 && pool.family.len() >= 14);
            for names in [&pool.given, &pool.family] {
                let different: HashSet<&str> =
                    names.iter().map(|name| name.roman.as_str()).collect();
                assert_eq!(different.len(), names.len(), "twice in {names:?}");
                assert!(
                    names
                        .iter()
                        .all(|name| name.roman.bytes().all(|b| b.is_ascii_lowercase())),
                    "{names:?}"
                );
                assert!(names.iter().all(|name| name.roman.len() <= 20), "{names:?}");
            }
        }
    }

    #[test]
    fn every_user_has_a_name_and_pools_their_weight() {
        let names = Names::new(1, 15_150);
        let mut users = vec![0_u64; names.pools.len()];
        for user_index in 0..15_150 {
            users[names.of(user_index).unwrap().pool_index as usize] += 1;
        }
        for (pool, users) in names.pools.iter().zip(users) {
            assert!(
                users.abs_diff(pool.weight * 10) <= 1,
                "{users} of weight {}",
                pool.weight
            );
        }
    }
}
