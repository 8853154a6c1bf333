//! Usernames for users who are created without one: clients of other systems have an email address or an id only.

use std::iter;

use uuid::Uuid;

use super::names::Username;

/// Maximum number of characters that a username takes from an address: with its end it stays within the maximum of usernames.
const KEPT: usize = 40;
/// Highest number at the end of a username.
const NUMBER_MAX: u32 = 200;
/// Beginning of the usernames of addresses that are none themselves.
const FALLBACK: &str = "user";

/// Lists the usernames for an email address or an id, in the order in which they are preferred: the part before the `@`, then the same
/// with a number, and last with the end of a random UUID. They have only letters and digits of ASCII, `.`, `_`, `-` and `+`.
#[must_use]
pub fn username_candidates(source: &str, random: Uuid) -> Vec<String> {
    let first = username_of(source);
    let numbered = (2..=NUMBER_MAX).map(|number| format!("{first}-{number}"));
    let end = random.as_u128() & u128::from(u32::MAX);
    let last = format!("{first}-{end:08x}");
    let first = iter::once(first.clone());
    first.chain(numbered).chain([last]).collect()
}

/// Returns the preferred username for an email address or an id.
#[must_use]
pub fn username_of(source: &str) -> String {
    let local = source.split('@').next().unwrap_or_default();
    let plain = local.chars().map(|c| c.to_ascii_lowercase());
    let kept: String = plain
        .filter(|c| c.is_ascii_alphanumeric() || "._-+".contains(*c))
        .skip_while(|c| !c.is_ascii_alphanumeric())
        .take(KEPT)
        .collect();
    match kept.as_str() {
        "" => FALLBACK.to_owned(),
        // Too short, or an id.
        short if short.parse::<Username>().is_err() => format!("{FALLBACK}-{short}"),
        _ => kept,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn username_is_the_local_part_and_then_numbered() {
        for (email, first) in [
            ("Ada.Lovelace@example.org", "ada.lovelace"),
            ("ada+lab@example.org", "ada+lab"),
            ("_x_.bob@example.org", "x_.bob"),
            ("bo@example.org", "user-bo"),
            ("é@example.org", "user"),
            ("andré@example.org", "andr"),
            ("", "user"),
            ("@", "user"),
            (
                "0198c2a4-0000-7000-8000-000000000001@example.org",
                "user-0198c2a4-0000-7000-8000-000000000001",
            ),
        ] {
            let random = Uuid::from_u128(0xab);
            let candidates = username_candidates(email, random);
            assert_eq!(candidates[0], first, "{email}");
            assert_eq!(candidates[1], format!("{first}-2"), "{email}");
            assert_eq!(candidates[200], format!("{first}-000000ab"), "{email}");
        }
    }

    proptest! {
        #[test]
        fn every_candidate_is_a_username(
            email in any::<String>(),
            long in "[a-z0-9._-]{0,90}@[a-z]{1,5}",
            id in "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        ) {
            for email in [email, long, id] {
                for candidate in username_candidates(&email, Uuid::from_u128(u128::MAX)) {
                    prop_assert!(candidate.parse::<Username>().is_ok(), "{candidate}");
                }
            }
        }
    }
}
