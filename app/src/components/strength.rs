//! Password strength in words. The rating only advises; the server decides which passwords are rejected.

use std::collections::BTreeSet;

use domain::credentials::PASSWORD_MIN;

use crate::text;

/// Minimum number of characters of a strong password.
const LONG: usize = 14;
/// Minimum number of characters of a fair password.
const FAIR: usize = 10;
/// Minimum number of distinct characters of a fair or strong password.
const VARIED: usize = 6;

/// Passwords of eight characters or more at the top of every published list of leaked ones; shorter ones need no list.
const COMMON: &[&str] = &[
    "12345678",
    "123456789",
    "1234567890",
    "password",
    "password1",
    "password123",
    "passw0rd",
    "qwertyuiop",
    "qwerty123",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "starwars",
    "computer",
    "whatever",
    "dragon123",
    "letmein1",
    "letmein123",
    "welcome1",
    "welcome123",
    "admin123",
    "administrator",
    "changeme",
    "changeme123",
    "11111111",
    "00000000",
    "88888888",
    "87654321",
    "abcd1234",
    "abc12345",
    "a1b2c3d4",
    "asdfghjkl",
    "zxcvbnm123",
    "michelle",
    "jennifer",
    "corvette",
    "mercedes",
    "qwertyui",
    "q1w2e3r4",
    "secret123",
    "test1234",
    "user1234",
    "default1",
    "rollcall",
    "rollcall1",
    "rollcall123",
];

/// Returns the rating of a password while it is typed. Returns `None` if it is empty.
pub(super) fn strength(password: &str) -> Option<&'static str> {
    if password.is_empty() {
        return None;
    }
    let lower = password.to_lowercase();
    let length = lower.chars().count();
    let varied = lower.chars().collect::<BTreeSet<_>>().len() >= VARIED;
    let weak = length < PASSWORD_MIN || COMMON.contains(&lower.trim()) || is_a_run(&lower);
    Some(match length {
        _ if weak || !varied => text::public::strength_guessable(),
        LONG.. => text::public::strength_strong(),
        FAIR.. => text::public::strength_fair(),
        _ => text::public::strength_short(),
    })
}

/// Returns whether at least half of the characters repeat or neighbour the one before by code point, as in `abcd1234`.
fn is_a_run(password: &str) -> bool {
    let codes: Vec<u32> = password.chars().map(u32::from).collect();
    let steps = codes.iter().zip(codes.iter().skip(1));
    let runs = steps.filter(|(a, b)| a.abs_diff(**b) <= 1).count();
    runs * 2 >= codes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_and_more_varied_passwords_score_higher() {
        for (password, word) in [
            ("short", "weak"),
            ("passw0rd", "weak"),
            ("aaaaaaaaaaaaaaaaaaaa", "weak"),
            ("abababababababab", "weak"),
            ("abcdefgh12345678", "weak"),
            ("kettle9Q", "weak"),
            ("kettle9Qrv", "fair"),
            ("copper lantern under rain", "strong"),
            (
                "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c} \u{43f}\u{43e}\u{434} \u{434}\u{43e}\u{436}\u{434}\u{451}\u{43c}",
                "strong",
            ),
        ] {
            let said = strength(password).unwrap_or_default();
            assert!(
                said.starts_with(&format!("Strength: {word}")),
                "{password}: {said}"
            );
        }
        assert_eq!(strength(""), None);
    }
}
