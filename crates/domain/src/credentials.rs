//! What people type to get in: the sign-in form and the form with which they make their own account.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    fields::FieldErrors,
    text::normal_password,
    users::names::{DisplayName, Email, NameError, Username, is_deceptive},
};

/// Fewest characters of a password that a person chooses (OWASP ASVS 5.0, 6.2.1), unless configured higher.
pub const PASSWORD_MIN: usize = 8;
/// Fewest characters of a password that an admin sets for somebody else, who must change it (guide "Managing Users").
pub const TEMPORARY_PASSWORD_MIN: usize = 6;
/// Most bytes of a password: longer ones are refused before they cost any hashing.
pub const PASSWORD_MAX_BYTES: usize = 256;
/// Most characters of a username that are looked at when signing in.
const SIGN_IN_NAME_MAX: usize = 254;

/// Why a chosen password is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Too short.
    #[error("Use at least {0} characters.")]
    TooShort(usize),
    /// Too long.
    #[error("Use at most {PASSWORD_MAX_BYTES} bytes.")]
    TooLong,
    /// Among those that are tried first.
    #[error("This password is among the most common ones. Choose another.")]
    Common,
    /// Easily guessed: why.
    #[error("This password is easily guessed. {0}")]
    Guessable(String),
    /// Says what is known of the person anyway.
    #[error("Choose a password that is not your name or address.")]
    Personal,
    /// Known to the administrator who has set it.
    #[error("An administrator has set this password for you and knows it. Choose another.")]
    Known,
}

/// The field of the registration form that users do not see. No browser and no password manager knows its name, and most of
/// them fill in only what is visible.
pub const TRAP: &str = "subject";
/// Why a registration with something in [`TRAP`] is denied, and how a user goes on whose browser has filled it in.
const TRAP_FILLED: &str = "No account was created: this field is meant for programs. If your browser or a password manager has \
    filled it in, empty it and create the account again.";

/// Passwords of eight characters or more that head every published list of leaked ones; shorter ones need no list.
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

/// Checks a password that a person chooses for themselves. `known` is what an attacker would try first: their names and
/// address. Any character counts, none is required, spaces are kept. It is checked in its normal form, as it is hashed.
///
/// # Errors
/// Why it is refused.
pub fn check_new_password(password: &str, min: usize, known: &[&str]) -> Result<(), PasswordError> {
    check_temporary_password(password, min)?;
    let lower = normal_password(password).trim().to_lowercase();
    let one_character = lower
        .chars()
        .collect::<std::collections::BTreeSet<_>>()
        .len()
        < 2;
    if one_character || COMMON.contains(&lower.as_str()) {
        return Err(PasswordError::Common);
    }
    if known
        .iter()
        .any(|name| !name.is_empty() && lower == name.trim().to_lowercase())
    {
        return Err(PasswordError::Personal);
    }
    Ok(())
}

/// Checks a password that an admin sets and that has to be changed at the next sign-in.
///
/// # Errors
/// Why it is refused.
pub fn check_temporary_password(password: &str, min: usize) -> Result<(), PasswordError> {
    if password.len() > PASSWORD_MAX_BYTES {
        return Err(PasswordError::TooLong);
    }
    if normal_password(password).chars().count() < min {
        return Err(PasswordError::TooShort(min));
    }
    Ok(())
}

/// The sign-in form as typed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct SignInDraft {
    /// Name to sign in with.
    #[serde(default)]
    pub username: String,
    /// Password.
    #[serde(default)]
    pub password: String,
    /// Whether the session should last longer than usual.
    #[serde(default)]
    pub remember: bool,
}

impl SignInDraft {
    /// Checks that there is something to look up.
    ///
    /// # Errors
    /// The fields left empty or too long to be anyone's.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut faults = FieldErrors::default();
        if self.username.trim().is_empty() {
            faults.add("username", "Enter your username.");
        }
        if self.username.chars().count() > SIGN_IN_NAME_MAX {
            faults.add("username", "No username is that long.");
        }
        if self.username.trim().chars().any(is_deceptive) {
            faults.add("username", NameError::Control.to_string());
        }
        if self.password.is_empty() {
            faults.add("password", "Enter your password.");
        }
        if self.password.len() > PASSWORD_MAX_BYTES {
            faults.add("password", PasswordError::TooLong.to_string());
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }
}

/// The form with which somebody makes their own account, as typed: as the first admin, by registering, by an invitation.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountDraft {
    /// Name to sign in with.
    pub username: String,
    /// Full name.
    pub display_name: String,
    /// Address, if they want to give one.
    pub email: String,
    /// Password.
    pub password: String,
    /// The same again.
    pub password_again: String,
}

/// An account that somebody can make for themselves.
#[derive(Clone)]
pub struct OwnAccount {
    /// Name to sign in with.
    pub username: Username,
    /// Full name.
    pub display_name: DisplayName,
    /// Address, if one was given.
    pub email: Option<Email>,
    /// Password.
    pub password: String,
}

impl AccountDraft {
    /// Checks every field. `min` is the configured fewest characters of a password.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn check(self, min: usize) -> Result<OwnAccount, FieldErrors> {
        let mut faults = FieldErrors::default();
        let username = faults.take("username", self.username.parse::<Username>());
        let display_name = faults.take("display_name", self.display_name.parse::<DisplayName>());
        let email = match self.email.trim() {
            "" => Some(None),
            typed => faults.take("email", typed.parse::<Email>()).map(Some),
        };
        let known = [self.username.as_str(), &self.display_name, &self.email];
        faults.take("password", check_new_password(&self.password, min, &known));
        if self.password != self.password_again {
            faults.add("password_again", "The two passwords differ.");
        }
        match (username, display_name, email) {
            (Some(username), Some(display_name), Some(email)) if faults.is_empty() => {
                Ok(OwnAccount {
                    username,
                    display_name,
                    email,
                    password: self.password,
                })
            }
            _ => Err(faults),
        }
    }

    /// Checks a registration: every field, and that `trap`, which is in [`TRAP`], is empty.
    ///
    /// # Errors
    /// Every field that is denied, at once.
    pub fn check_registration(self, trap: &str, min: usize) -> Result<OwnAccount, FieldErrors> {
        let checked = self.check(min);
        if trap.is_empty() {
            return checked;
        }
        let mut errors = checked.err().unwrap_or_default();
        errors.add(TRAP, TRAP_FILLED);
        Err(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_people_choose() {
        let known = ["ada.lovelace", "Ada Lovelace", "ada@example.org"];
        for (password, expected) in [
            ("correct horse", Ok(())),
            ("  spaces stay  ", Ok(())),
            ("пароль-мой", Ok(())),
            ("seven77", Err(PasswordError::TooShort(8))),
            ("Password", Err(PasswordError::Common)),
            ("zzzzzzzzzz", Err(PasswordError::Common)),
            ("Ada Lovelace", Err(PasswordError::Personal)),
            ("ADA.LOVELACE", Err(PasswordError::Personal)),
        ] {
            assert_eq!(
                check_new_password(password, PASSWORD_MIN, &known),
                expected,
                "{password}"
            );
        }
        assert_eq!(
            check_new_password(&"x1".repeat(129), PASSWORD_MIN, &known),
            Err(PasswordError::TooLong)
        );
    }

    #[cfg(feature = "unicode")]
    #[test]
    fn a_password_is_counted_in_its_normal_form() {
        let decomposed = "e\u{301}e\u{301}e\u{301}e\u{301}";
        assert_eq!(
            check_temporary_password(decomposed, 5),
            Err(PasswordError::TooShort(5))
        );
        assert_eq!(check_temporary_password(decomposed, 4), Ok(()));
        assert_eq!(
            check_new_password("ｐａｓｓｗｏｒｄ", PASSWORD_MIN, &[]),
            Err(PasswordError::Common)
        );
    }

    #[test]
    fn an_own_account_reports_every_fault_at_once() {
        let draft = AccountDraft {
            username: "x".into(),
            email: "nobody".into(),
            password: "short".into(),
            password_again: "shore".into(),
            ..AccountDraft::default()
        };
        let faults = draft
            .check(PASSWORD_MIN)
            .err()
            .expect("nothing in it is acceptable");
        let fields: Vec<&str> = faults.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "username",
                "display_name",
                "email",
                "password",
                "password_again"
            ]
        );
    }

    #[test]
    fn a_registration_with_a_filled_trap_is_denied_beside_its_other_errors() {
        let good = AccountDraft {
            username: "ada".into(),
            display_name: "Ada".into(),
            password: "copper lantern".into(),
            password_again: "copper lantern".into(),
            ..AccountDraft::default()
        };
        let bad = AccountDraft {
            username: "x".into(),
            ..good.clone()
        };
        let denied = |draft: &AccountDraft, trap: &str| -> Vec<String> {
            let errors = draft.clone().check_registration(trap, PASSWORD_MIN).err();
            let errors = errors.unwrap_or_default();
            errors.iter().map(|error| error.field.clone()).collect()
        };
        assert_eq!(denied(&good, ""), [""; 0]);
        assert_eq!(denied(&good, "x"), [TRAP]);
        assert_eq!(denied(&bad, " "), ["username", TRAP]);
    }

    #[test]
    fn an_own_account_keeps_the_password_as_typed() {
        let draft = AccountDraft {
            username: " ada ".into(),
            display_name: "Ada".into(),
            password: "trailing space ".into(),
            password_again: "trailing space ".into(),
            ..AccountDraft::default()
        };
        let account = draft
            .check(PASSWORD_MIN)
            .unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!(
            (account.username.as_str(), account.password.as_str()),
            ("ada", "trailing space ")
        );
        assert_eq!(account.email, None);
    }

    #[test]
    fn sign_in_wants_both_fields_within_bounds() {
        assert!(SignInDraft::default().check().is_err());
        let draft = |username: &str, password: String| SignInDraft {
            username: username.into(),
            password,
            remember: false,
        };
        assert!(draft("ada", "x".into()).check().is_ok());
        assert!(draft("ada", "x".repeat(10_000)).check().is_err());
        assert!(draft(&"a".repeat(300), "x".into()).check().is_err());
        // The database refuses a NUL in a text; nobody is called so.
        assert!(draft("ad\0a", "x".into()).check().is_err());
    }
}
