//! Usernames of users who are created without one: from the email address or the identifier.

use domain::users::names::{USERNAME_MAX, USERNAME_MIN};
use uuid::Uuid;

/// Name of a user without anything to derive one from.
const UNNAMED: &str = "user";
/// Number of characters that are left for what makes a name unique.
const SUFFIX: usize = 10;
/// Number of attempts.
const TRIES: usize = 8;

/// Returns usernames to try in their order.
pub(super) fn candidates(email: Option<&str>, identifier: Option<&str>) -> Vec<String> {
    let local = email.and_then(|email| email.split('@').next());
    let base = local
        .into_iter()
        .chain(identifier.filter(|text| Uuid::try_parse(text).is_err()))
        .map(spelt)
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| UNNAMED.to_owned());
    let numbered = (0..TRIES).map(|number| match number {
        0 if base.len() >= USERNAME_MIN && base != UNNAMED => base.clone(),
        1 => format!("{base}-{}", number + 1),
        // The end of the id is random.
        _ => {
            let id = Uuid::now_v7().simple().to_string();
            let end = id.get(id.len() - 8..).unwrap_or_default();
            format!("{base}-{end}")
        }
    });
    numbered.collect()
}

/// Returns the characters of a text that a username can have.
fn spelt(text: &str) -> String {
    let allowed = text.chars().map(|c| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+') => c,
        _ => '-',
    });
    let allowed: String = allowed.take(USERNAME_MAX - SUFFIX).collect();
    let trimmed = allowed.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    trimmed.to_owned()
}

#[cfg(test)]
mod tests {
    use domain::users::names::Username;

    use super::*;

    #[test]
    fn every_candidate_is_a_username() {
        let long = "x".repeat(512);
        for (email, identifier, first) in [
            (Some("ada@example.org"), Some("u-1"), "ada"),
            (Some("Ada.L+1@example.org"), None, "Ada.L+1"),
            (None, Some("default_user/7"), "default_user-7"),
            (None, Some("-- Ünïcode --"), "n-code"),
            (None, Some(long.as_str()), &long[..40]),
        ] {
            let names = candidates(email, identifier);
            assert_eq!(names[0], first);
            for name in names {
                assert!(name.parse::<Username>().is_ok(), "{name}");
            }
        }
        for (email, identifier) in [
            (None, None),
            (Some("é@x"), None),
            (Some("a@x"), Some("b")),
            (None, Some("0198c2a4-0000-7000-8000-000000000001")),
        ] {
            for name in candidates(email, identifier) {
                assert!(name.parse::<Username>().is_ok(), "{name}");
            }
        }
    }
}
