//! Usernames of users that a client has created by an email address only.

use uuid::Uuid;

/// Maximum number of characters of a username before a number is added.
const BASE_MAX: usize = 36;
/// Minimum number of characters of a username.
const BASE_MIN: usize = 3;

/// Returns usernames to try in their order, made of an email address. The last one has a number that no other has, taken of the time.
pub(super) fn candidates(email: &str, nanoseconds: i128) -> Vec<String> {
    let base = base(email);
    let mut names = vec![base.clone()];
    names.extend((2..=4).map(|number| format!("{base}-{number}")));
    names.push(format!("{base}-{}", nanoseconds.rem_euclid(1_000_000_000)));
    names
}

fn base(email: &str) -> String {
    let local = email.split('@').next().unwrap_or_default();
    let fits = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let local: String = local.to_lowercase().chars().filter(fits).collect();
    let local = local.trim_start_matches(|c: char| !c.is_alphanumeric());
    let local: String = local.chars().take(BASE_MAX).collect();
    match local.chars().count() {
        0 => "user".to_owned(),
        length if length < BASE_MIN => format!("{local}-user"),
        // A username in the form of an id is not accepted.
        _ if Uuid::try_parse(&local).is_ok() => format!("u{local}"),
        _ => local,
    }
}

#[cfg(test)]
mod tests {
    use domain::users::names::Username;

    use super::*;

    #[test]
    fn usernames_are_made_of_the_address() {
        for (email, name) in [
            ("Ada@example.org", "ada"),
            ("ada+x.y_z@example.org", "ada+x.y_z"),
            ("al@example.org", "al-user"),
            ("_.ada@example.org", "ada"),
            ("\"ada lovelace\"@example.org", "adalovelace"),
            ("@example.org", "user"),
        ] {
            let names = candidates(email, 7);
            let [first, .., last] = names.as_slice() else {
                panic!("{names:?}");
            };
            assert_eq!(first, name);
            assert_eq!(last, &format!("{name}-7"));
        }
    }

    #[test]
    fn all_candidates_are_usernames() {
        let long = "x".repeat(200);
        for email in [
            "a@b",
            "018f3c5e-0000-7000-8000-000000000001@b",
            "018f3c5e000070008000000000000001@b",
            long.as_str(),
            "",
        ] {
            for name in candidates(email, -1) {
                assert!(name.parse::<Username>().is_ok(), "{name:?}");
            }
        }
    }
}
