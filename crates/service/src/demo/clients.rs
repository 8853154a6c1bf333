//! Demo clients, and the lists of clients of demo users.

use std::collections::BTreeSet;

use super::{
    crowd::{Crowd, Plan},
    dice::Dice,
};

/// First random stream of the lists of clients: far beyond the number of users, whose streams are their numbers.
const STREAMS: u64 = 1 << 40;

const FIRST: [&str; 20] = [
    "Northwind",
    "Blue Ridge",
    "Harbour",
    "Lindenhof",
    "Aurora",
    "Kestrel",
    "Meridian",
    "Sakura",
    "Baobab",
    "Granite",
    "Copper",
    "Juniper",
    "Solstice",
    "Tidewater",
    "Vega",
    "Willow",
    "Zenith",
    "Orchid",
    "Falcon",
    "Amber",
];
const SECOND: [&str; 10] = [
    "Media",
    "Foods",
    "Logistics",
    "Textiles",
    "Energy",
    "Studios",
    "Instruments",
    "Travel",
    "Health",
    "Press",
];

/// Returns the names of the clients. Those of a later data set begin beyond the number of existing users.
pub(super) fn names(plan: &Plan) -> Vec<String> {
    (plan.taken..plan.taken + plan.clients())
        .map(|number| {
            let all = (FIRST.len() * SECOND.len()) as u64;
            let first = nth(&FIRST, number);
            let second = nth(&SECOND, number / FIRST.len() as u64);
            match number / all {
                0 => format!("{first} {second}"),
                round => format!("{first} {second} {}", round + 1),
            }
        })
        .collect()
}

fn nth<const N: usize>(words: &[&'static str; N], number: u64) -> &'static str {
    words
        .get((number % N as u64) as usize)
        .copied()
        .unwrap_or_default()
}

/// Returns the list of clients of a user: most have one or none, few have many.
pub(super) fn of_user(crowd: &Crowd, user_index: u64) -> Vec<i32> {
    let mut dice = Dice::new(crowd.plan.seed, STREAMS + user_index);
    let number = dice.weigh(&[(350, 0), (420, 1), (180, 3), (50, 8)]);
    let drawn: BTreeSet<i32> = (0..number).filter_map(|_| draw(crowd, &mut dice)).collect();
    drawn.into_iter().collect()
}

/// Draws a client; the first ones are drawn more often. None without clients.
pub(super) fn draw(crowd: &Crowd, dice: &mut Dice) -> Option<i32> {
    let bound = dice.below(crowd.clients.len() as u64) + 1;
    crowd.clients.get(dice.below(bound) as usize).copied()
}
