//! Usernames for users who are created without one: clients of other systems have an email address only.

use std::iter;

use super::names::Username;

/// Maximum number of characters that a username takes from an address: with the number at its end it stays within the maximum of usernames.
const KEPT: usize = 40;
/// Number of usernames to choose from.
const CANDIDATES: u32 = 200;
/// Beginning of the usernames of addresses that are none themselves.
const FALLBACK: &str = "user";

/// Lists the usernames for an email address, in the order in which they are preferred: the part before the `@`, and then the same with a
/// number. They have only letters and digits of ASCII, `.`, `_`, `-` and `+`.
#[must_use]
pub fn username_candidates(email: &str) -> Vec<String> {
    let first = base(email);
    let numbered = (2..=CANDIDATES).map(|number| format!("{first}-{number}"));
    iter::once(first.clone()).chain(numbered).collect()
}

fn base(email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
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
            let candidates = username_candidates(email);
            assert_eq!(candidates[0], first, "{email}");
            assert_eq!(candidates[1], format!("{first}-2"), "{email}");
        }
    }

    proptest! {
        #[test]
        fn every_candidate_is_a_username(email in any::<String>(), long in "[a-z0-9._-]{0,90}@[a-z]{1,5}") {
            for email in [email, long] {
                for candidate in username_candidates(&email) {
                    prop_assert!(candidate.parse::<Username>().is_ok(), "{candidate}");
                }
            }
        }
    }
}
