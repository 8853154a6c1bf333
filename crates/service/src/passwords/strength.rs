//! Strength of chosen passwords. It is checked on the server only: the lists are larger than the WASM of the panel.

use domain::{
    credentials::{PASSWORD_MAX_BYTES, PasswordError, Strength, check_temporary_password},
    message::Message,
    messages,
    text::{normal_password, tidy},
    users::names::EMAIL_MAX,
};
use sha2::{Digest, Sha256};
use zxcvbn::{Score, feedback::Warning, zxcvbn};

use super::{Asker, substitutions::limit_readings};
use crate::{Error, Services};

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

/// Texts that an attacker tries first as the password of a user.
#[derive(Debug)]
pub(crate) struct Guesses {
    /// Names and the email address of the user.
    names: Vec<String>,
    /// Whether they include common passwords and what can be estimated to be guessed as easily.
    common: bool,
}

impl Guesses {
    /// Creates the guesses for a user. `known` are the names and the email address, as typed.
    pub(crate) fn new(services: &Services, known: &[&str]) -> Self {
        Self {
            names: known.iter().copied().map(str::to_owned).collect(),
            common: services.settings.denies_common_passwords,
        }
    }

    /// Checks that a password is none of the guesses, with or without digits at the end. This is fast, unlike [`estimate`].
    pub(crate) fn check(&self, password: &str) -> Strength {
        // Denied anyway, and no guess is as long.
        if password.len() > PASSWORD_MAX_BYTES {
            return Ok(());
        }
        let lower = normal_password(password).trim().to_lowercase();
        let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit());
        let names = self.forms();
        if names.iter().any(|name| *name == lower || name == bare) {
            return Err(PasswordError::Personal);
        }
        if self.common && (is_common(&lower) || is_common(bare)) {
            return Err(PasswordError::Common);
        }
        Ok(())
    }

    /// Checks a password as [`Self::check`] does and, where common passwords are denied, that it is not easily guessed. This
    /// can take longer than a hash.
    pub(super) fn estimate(&self, password: &str) -> Strength {
        self.check(password)?;
        if !self.common {
            return Ok(());
        }
        let names = self.forms();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let looked_at: String = normal_password(password).chars().take(ESTIMATED).collect();
        let estimate = zxcvbn(&limit_readings(&looked_at), &names);
        if estimate.score() >= Score::Three {
            return Ok(());
        }
        let warning = estimate.feedback().and_then(|feedback| feedback.warning());
        Err(PasswordError::Guessable(
            warning.map_or_else(messages::password_add_words, reason),
        ))
    }

    /// Returns the names in the forms in which they appear in passwords: each name, its words, the words joined, and the email
    /// address before its `@`.
    fn forms(&self) -> Vec<String> {
        let mut forms = vec![PRODUCT.to_owned()];
        // An email address is the longest valid text; what is longer is denied, and would take long to search for.
        let names = self.names.iter().map(|name| tidy(name));
        for name in names.filter(|name| name.chars().count() <= EMAIL_MAX) {
            let name = name.to_lowercase();
            let parts = name
                .split(|c: char| !c.is_alphanumeric())
                .map(str::to_owned);
            let mailbox = name.split_once('@').map(|(mailbox, _)| mailbox.to_owned());
            let joined = name.split_whitespace().collect::<String>();
            forms.extend(parts.chain(mailbox).chain([joined, name.clone()]));
        }
        forms.retain(|form| form.chars().count() >= NAME_MIN);
        forms.sort_unstable();
        forms.dedup();
        forms
    }
}

/// Returns the strength of a password that a user chooses, for the check of the form, so that the response contains all
/// errors at once. A password of a denied length is not estimated.
///
/// # Errors
/// [`Error::TooMany`] when the queue is full.
pub(crate) async fn estimate(
    services: &Services,
    asker: Asker,
    password: &str,
    guesses: Guesses,
) -> Result<Strength, Error> {
    if check_temporary_password(password, services.settings.password_min).is_err() {
        return Ok(Ok(()));
    }
    services.hasher.estimate(asker, password, guesses).await
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
    use crate::passwords::Hasher;

    fn guesses(common: bool) -> Guesses {
        let names = ["ada-lovelace", "Ada Lovelace", "countess@example.org"];
        let names = names.map(str::to_owned).to_vec();
        Guesses { names, common }
    }

    fn check(password: &str) -> Result<(), PasswordError> {
        check_against(password, true)
    }

    fn check_against(password: &str, common: bool) -> Result<(), PasswordError> {
        guesses(common).estimate(password)
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
    fn common_passwords_with_substitutes_are_denied() {
        for password in ["b@s3b@ll", "m0nk3yb0y", "p@ssw0rd!", "dr4g0nfly"] {
            let found = check(password);
            assert!(
                matches!(found, Err(PasswordError::Guessable(_))),
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
        let found = guesses.estimate("lovelace1815");
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
            "84937201956473829105",
            "4@8({[<3691!|70$5+%2",
            &"x1 long and dull ".repeat(15),
        ] {
            assert_eq!(check(password), Ok(()), "{password}");
        }
    }

    #[tokio::test]
    async fn hashing_threads_read_a_limited_number_of_substitutes() {
        let hasher = Hasher::start().unwrap();
        let estimate = |password| hasher.estimate(Asker::Operator, password, guesses(true));
        let master = estimate("xkqvmas+er").await.unwrap();
        assert!(
            matches!(master, Err(PasswordError::Guessable(_))),
            "{master:?}"
        );
        // With the `+`, these substitutes have more readings than are looked up.
        assert_eq!(estimate("1|!7mas+er").await.unwrap(), Ok(()));
    }
}
