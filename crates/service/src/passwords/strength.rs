//! Strength of chosen passwords. It is checked on the server only: the lists are larger than the WASM of the panel.

use domain::{
    credentials::{PasswordError, Strength},
    message::Message,
    messages,
    text::tidy,
    users::names::EMAIL_MAX,
};
use sha2::{Digest, Sha256};
use zxcvbn::{Score, feedback::Warning, zxcvbn};

/// Truncated SHA-256 hashes of common passwords in lower case, sorted. `data/README.md` documents their source.
const COMMON: &[u8] = include_bytes!("../../data/common-passwords.bin");
/// Length of each truncated hash, in bytes.
const PREFIX: usize = 8;
/// Name of the product, an obvious guess.
const PRODUCT: &str = "rollcall";
/// Minimum number of characters of a name that is searched for in a password.
const NAME_MIN: usize = 3;
/// Maximum number of characters that are estimated: the work grows with their square, and further characters only make a
/// password stronger.
const ESTIMATED: usize = 100;

/// Texts that an attacker tries first.
#[derive(Debug)]
pub(super) struct Guesses {
    /// Names and the email address of the user.
    pub(super) names: Vec<String>,
    /// Whether they include common passwords and what can be estimated to be guessed as easily.
    pub(super) common: bool,
}

/// Checks the strength of a chosen password.
pub(super) fn check(password: &str, guesses: &Guesses) -> Strength {
    let lower = password.trim().to_lowercase();
    let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let names = names(&guesses.names);
    if names.iter().any(|name| *name == lower || name == bare) {
        return Err(PasswordError::Personal);
    }
    if !guesses.common {
        return Ok(());
    }
    if is_common(&lower) || is_common(bare) {
        return Err(PasswordError::Common);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let looked_at: String = password.chars().take(ESTIMATED).collect();
    let estimate = zxcvbn(&looked_at, &names);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let warning = estimate.feedback().and_then(|feedback| feedback.warning());
    Err(PasswordError::Guessable(
        warning.map_or_else(messages::password_add_words, reason),
    ))
}

/// Returns the message of a warning. Its English text is that of the library.
fn reason(warning: Warning) -> Message {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => messages::password_keys_in_row(),
        Warning::ShortKeyboardPatternsAreEasyToGuess => messages::password_keyboard_pattern(),
        Warning::RepeatsLikeAaaAreEasyToGuess => messages::password_repeated_letters(),
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            messages::password_repeated_words()
        }
        Warning::ThisIsATop10Password => messages::password_top_10(),
        Warning::ThisIsATop100Password => messages::password_top_100(),
        Warning::ThisIsACommonPassword => messages::password_very_common(),
        Warning::ThisIsSimilarToACommonlyUsedPassword => messages::password_similar_to_common(),
        Warning::SequencesLikeAbcAreEasyToGuess => messages::password_sequence(),
        Warning::RecentYearsAreEasyToGuess => messages::password_recent_year(),
        Warning::AWordByItselfIsEasyToGuess => messages::password_single_word(),
        Warning::DatesAreOftenEasyToGuess => messages::password_date(),
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => messages::password_name(),
        Warning::CommonNamesAndSurnamesAreEasyToGuess => messages::password_common_name(),
    }
}

/// Returns the known texts in the forms in which they appear in passwords: each name, its words, the words joined, and the
/// email address before its `@`.
fn names(known: &[String]) -> Vec<String> {
    let mut names = vec![PRODUCT.to_owned()];
    // An email address is the longest valid text; what is longer is denied, and would take long to search for.
    let known = known.iter().map(|name| tidy(name));
    for name in known.filter(|name| name.chars().count() <= EMAIL_MAX) {
        let name = name.to_lowercase();
        let parts = name
            .split(|c: char| !c.is_alphanumeric())
            .map(str::to_owned);
        let mailbox = name.split_once('@').map(|(mailbox, _)| mailbox.to_owned());
        let joined = name.split_whitespace().collect::<String>();
        names.extend(parts.chain(mailbox).chain([joined, name.clone()]));
    }
    names.retain(|name| name.chars().count() >= NAME_MIN);
    names.sort_unstable();
    names.dedup();
    names
}

fn is_common(password: &str) -> bool {
    let hash = Sha256::digest(password);
    let Some(wanted) = hash.first_chunk::<PREFIX>() else {
        return false;
    };
    let (entries, _) = COMMON.as_chunks::<PREFIX>();
    entries.binary_search(wanted).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), PasswordError> {
        check_against(password, true)
    }

    fn check_against(password: &str, common: bool) -> Result<(), PasswordError> {
        let names = ["ada-lovelace", "Ada Lovelace", "countess@example.org"];
        let names = names.map(str::to_owned).to_vec();
        super::check(password, &Guesses { names, common })
    }

    #[test]
    fn list_is_sorted_and_long_enough() {
        let (entries, rest) = COMMON.as_chunks::<PREFIX>();
        assert!(rest.is_empty() && entries.is_sorted());
        assert_eq!(entries.len(), 100_000);
    }

    #[test]
    fn common_passwords_with_digits_are_denied() {
        for password in [
            "password",
            "Password",
            "PASSWORD123",
            "football2024",
            "sunshine99",
            "iloveyou",
            "trustno1",
            "qwertyuiop",
            "1qaz2wsx3edc",
            "administrator",
            "liverpool1",
            "charlie123",
            "blink182",
            "1234567890",
            "aaaaaaaaaaaa",
            "letmein123",
            "mypassword1",
        ] {
            let found = check(password);
            assert!(
                matches!(
                    found,
                    Err(PasswordError::Common | PasswordError::Guessable(_))
                ),
                "{password}: {found:?}"
            );
        }
    }

    #[test]
    fn common_password_is_denied_despite_a_good_estimate() {
        for password in [
            "eatmyshorts",
            "EatMyShorts2026",
            "thisismypassword",
            "a1s2d3f4g5h6j7k8",
        ] {
            assert_eq!(check(password), Err(PasswordError::Common), "{password}");
        }
    }

    #[test]
    fn names_with_digits_are_denied() {
        for password in [
            "ada-lovelace",
            "Ada Lovelace 1",
            "adalovelace99",
            "Lovelace1815",
            "countess",
            "Countess2026",
            "rollcall",
            "Rollcall2026",
            "countess@example.org",
        ] {
            let found = check(password);
            assert!(
                matches!(
                    found,
                    Err(PasswordError::Personal | PasswordError::Guessable(_))
                ),
                "{password}: {found:?}"
            );
        }
        assert_eq!(check("rollcall7"), Err(PasswordError::Personal));
    }

    #[test]
    fn common_passwords_are_accepted_on_request_but_no_names() {
        for password in ["password123", "aaaaaaaaaaaa", "eatmyshorts"] {
            assert_eq!(check_against(password, false), Ok(()), "{password}");
        }
        for password in ["ada-lovelace", "Lovelace1815", "rollcall7"] {
            let denied = Err(PasswordError::Personal);
            assert_eq!(check_against(password, false), denied, "{password}");
        }
    }

    #[test]
    fn name_is_known_whatever_spaces_are_around_it() {
        let names = vec![format!("{}Lovelace", " ".repeat(EMAIL_MAX))];
        let guesses = Guesses {
            names,
            common: false,
        };
        let found = super::check("lovelace1815", &guesses);
        assert_eq!(found, Err(PasswordError::Personal));
    }

    #[test]
    fn strong_passwords_are_accepted() {
        for password in [
            "copper lantern",
            "correct horse",
            "пароль-мой-дом",
            "tangerine otter 41",
            "kV7#pQz2wL",
            &"x1 long and dull ".repeat(15),
        ] {
            assert_eq!(check(password), Ok(()), "{password}");
        }
    }
}
