//! Credentials that users type: the sign-in form and the form for creating one's own account.

use serde::{Deserialize, Serialize};

use crate::{
    fields::FieldErrors,
    message::{Message, message_error},
    messages,
    text::normal_password,
    users::names::{DisplayName, Email, NameError, Username, is_deceptive},
};

/// Minimum length in characters of a password that a user chooses (OWASP ASVS 5.0, 6.2.1), unless configured higher.
pub const PASSWORD_MIN: usize = 8;
/// Minimum length in characters of a password that an admin sets for a user, who must change it (guide "Managing Users").
pub const TEMPORARY_PASSWORD_MIN: usize = 6;
/// Maximum length of a password in bytes: longer ones are denied before they cost any hashing.
pub const PASSWORD_MAX_BYTES: usize = 256;
/// Maximum number of characters of a username that sign-in looks up.
const SIGN_IN_NAME_MAX: usize = 254;

/// Reason for denying a chosen password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordError {
    /// Fewer characters than the minimum, which is the value.
    TooShort(usize),
    /// More than [`PASSWORD_MAX_BYTES`] bytes.
    TooLong,
    /// Among the passwords that attackers try first.
    Common,
    /// Easily guessed; the value is the reason.
    Guessable(Message),
    /// Equal to a name or the address of the user.
    Personal,
    /// Set by an administrator, who knows it.
    Known,
}

impl PasswordError {
    /// Returns the message for the user.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::TooShort(min) => messages::characters_min(*min),
            Self::TooLong => messages::bytes_max(PASSWORD_MAX_BYTES),
            Self::Common => messages::password_common(),
            Self::Guessable(reason) => messages::password_guessable(reason.clone()),
            Self::Personal => messages::password_personal(),
            Self::Known => messages::password_known(),
        }
    }
}

message_error!(PasswordError);

/// Result of the checks of a chosen password that only the server can make: whether it is common or easily guessed. A browser assumes
/// `Ok`.
pub type Strength = Result<(), PasswordError>;

/// Name of the registration form's hidden field. No browser and no password manager knows this name, and most of them fill in only visible
/// fields.
pub const TRAP: &str = "subject";

/// Checks a password that a user chooses. `known` is what an attacker would try first: the user's names and address; `strength` is what the
/// server has found of the password. Every character is allowed, none is required, and spaces count. The password is checked in its normal
/// form, in which it is hashed.
///
/// # Errors
/// The reason for denying the password.
pub fn check_new_password(
    password: &str,
    min: usize,
    known: &[&str],
    strength: Strength,
) -> Result<(), PasswordError> {
    check_temporary_password(password, min)?;
    let lower = normal_password(password).trim().to_lowercase();
    if known
        .iter()
        .any(|name| !name.is_empty() && lower == name.trim().to_lowercase())
    {
        return Err(PasswordError::Personal);
    }
    strength
}

/// Checks a password that an admin sets and that the user has to change at the next sign-in.
///
/// # Errors
/// The reason for denying the password.
pub fn check_temporary_password(password: &str, min: usize) -> Result<(), PasswordError> {
    if password.len() > PASSWORD_MAX_BYTES {
        return Err(PasswordError::TooLong);
    }
    if normal_password(password).chars().count() < min {
        return Err(PasswordError::TooShort(min));
    }
    Ok(())
}

/// The sign-in form, not yet checked.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct SignInDraft {
    /// Name to sign in with.
    #[serde(default)]
    pub username: String,
    /// Password, in plain text.
    #[serde(default)]
    pub password: String,
    /// Whether the session lasts longer than usual.
    #[serde(default)]
    pub remember: bool,
}

impl SignInDraft {
    /// Checks that there is a username and a password to look up.
    ///
    /// # Errors
    /// The fields that are empty or too long for any account.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.username.trim().is_empty() {
            errors.add("username", messages::enter_username());
        }
        if self.username.chars().count() > SIGN_IN_NAME_MAX {
            errors.add("username", messages::characters_max(SIGN_IN_NAME_MAX));
        }
        if self.username.trim().chars().any(is_deceptive) {
            errors.add("username", NameError::Control);
        }
        if self.password.is_empty() {
            errors.add("password", messages::enter_password());
        }
        if self.password.len() > PASSWORD_MAX_BYTES {
            errors.add("password", PasswordError::TooLong);
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

/// The form for creating one's own account, not yet checked: as the first admin, by registration, by an invitation.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountDraft {
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Email address; empty for none.
    pub email: String,
    /// Password, in plain text.
    pub password: String,
    /// The password repeated.
    pub password_again: String,
}

/// A checked form for creating one's own account.
#[derive(Clone)]
pub struct OwnAccount {
    /// Name to sign in with.
    pub username: Username,
    /// Full name of the user, for display.
    pub display_name: DisplayName,
    /// Email address, if one was entered.
    pub email: Option<Email>,
    /// Password, in plain text.
    pub password: String,
}

impl AccountDraft {
    /// Returns what an attacker would try first as the password: the names and the address, as typed.
    #[must_use]
    pub fn names(&self) -> [&str; 3] {
        [&self.username, &self.display_name, &self.email]
    }

    /// Checks every field. `min` is the configured minimum length of a password in characters, `strength` what the server has found of the
    /// password.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self, min: usize, strength: Strength) -> Result<OwnAccount, FieldErrors> {
        let mut errors = FieldErrors::default();
        let username = errors.take("username", self.username.parse::<Username>());
        let display_name = errors.take("display_name", self.display_name.parse::<DisplayName>());
        let email = match self.email.trim() {
            "" => Some(None),
            typed => errors.take("email", typed.parse::<Email>()).map(Some),
        };
        errors.take(
            "password",
            check_new_password(&self.password, min, &self.names(), strength),
        );
        if self.password != self.password_again {
            errors.add("password_again", messages::passwords_differ());
        }
        match (username, display_name, email) {
            (Some(username), Some(display_name), Some(email)) if errors.is_empty() => {
                Ok(OwnAccount {
                    username,
                    display_name,
                    email,
                    password: self.password,
                })
            }
            _ => Err(errors),
        }
    }

    /// Checks the form of a user whose address is not known to be their own: every field, and that the username is no email address. It
    /// could be that of another user, and an error for taken ones would disclose which are known.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check_own(self, min: usize, strength: Strength) -> Result<OwnAccount, FieldErrors> {
        let is_address = self.username.contains('@');
        let checked = self.check(min, strength);
        if !is_address {
            return checked;
        }
        let mut errors = checked.err().unwrap_or_default();
        if errors.get("username").is_none() {
            errors.add("username", messages::username_address());
        }
        Err(errors)
    }

    /// Checks a registration: every field, and that `trap`, the value of [`TRAP`], is empty.
    ///
    /// # Errors
    /// The errors of all denied fields at once.
    pub fn check_registration(
        self,
        trap: &str,
        min: usize,
        strength: Strength,
    ) -> Result<OwnAccount, FieldErrors> {
        // The other fields are checked as well, so that the response contains all errors at once.
        let checked = self.check_own(min, strength);
        if trap.is_empty() {
            return checked;
        }
        let mut errors = checked.err().unwrap_or_default();
        // The message has advice for a user whose browser has filled in the field.
        errors.add(TRAP, messages::trap_filled());
        Err(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_password_rules() {
        let known = ["ada.lovelace", "Ada Lovelace", "ada@example.org"];
        for (password, expected) in [
            ("correct horse", Ok(())),
            ("  spaces stay  ", Ok(())),
            ("пароль-мой", Ok(())),
            ("seven77", Err(PasswordError::TooShort(8))),
            // Common passwords are up to the server.
            ("Password", Ok(())),
            ("zzzzzzzzzz", Ok(())),
            ("Ada Lovelace", Err(PasswordError::Personal)),
            ("ADA.LOVELACE", Err(PasswordError::Personal)),
        ] {
            assert_eq!(
                check_new_password(password, PASSWORD_MIN, &known, Ok(())),
                expected,
                "{password}"
            );
        }
        assert_eq!(
            check_new_password(&"x1".repeat(129), PASSWORD_MIN, &known, Ok(())),
            Err(PasswordError::TooLong)
        );
    }

    #[test]
    fn strength_counts_where_the_password_is_not_denied_already() {
        let common = || Err(PasswordError::Common);
        for (password, expected) in [
            ("football", PasswordError::Common),
            ("foot", PasswordError::TooShort(8)),
            ("ada.lovelace", PasswordError::Personal),
        ] {
            assert_eq!(
                check_new_password(password, PASSWORD_MIN, &["ada.lovelace"], common()),
                Err(expected),
                "{password}"
            );
        }
    }

    #[cfg(feature = "unicode")]
    #[test]
    fn password_length_is_counted_in_normal_form() {
        let decomposed = "e\u{301}e\u{301}e\u{301}e\u{301}";
        assert_eq!(
            check_temporary_password(decomposed, 5),
            Err(PasswordError::TooShort(5))
        );
        assert_eq!(check_temporary_password(decomposed, 4), Ok(()));
        assert_eq!(
            check_new_password("ｌｏｖｅｌａｃｅ", PASSWORD_MIN, &["Lovelace"], Ok(())),
            Err(PasswordError::Personal)
        );
    }

    #[test]
    fn registration_reports_every_error_at_once() {
        let draft = AccountDraft {
            username: "x".into(),
            email: "invalid".into(),
            password: "short".into(),
            password_again: "shore".into(),
            ..AccountDraft::default()
        };
        let errors = draft
            .check(PASSWORD_MIN, Ok(()))
            .err()
            .expect("nothing in it is acceptable");
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
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
    fn filled_honeypot_is_denied_with_the_other_errors() {
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
        let address = AccountDraft {
            username: "ada@example.org".into(),
            ..good.clone()
        };
        let denied = |draft: &AccountDraft, trap: &str| -> Vec<String> {
            let draft = draft.clone();
            let errors = draft.check_registration(trap, PASSWORD_MIN, Ok(())).err();
            let errors = errors.unwrap_or_default();
            errors.iter().map(|error| error.field.clone()).collect()
        };
        assert_eq!(denied(&good, ""), [""; 0]);
        assert_eq!(denied(&good, "x"), [TRAP]);
        assert_eq!(denied(&bad, " "), ["username", TRAP]);
        assert_eq!(denied(&address, " "), ["username", TRAP]);
        assert_eq!(denied(&address, ""), ["username"]);
        assert!(address.check(PASSWORD_MIN, Ok(())).is_ok());
    }

    #[test]
    fn registration_password_is_not_trimmed() {
        let draft = AccountDraft {
            username: " ada ".into(),
            display_name: "Ada".into(),
            password: "trailing space ".into(),
            password_again: "trailing space ".into(),
            ..AccountDraft::default()
        };
        let account = draft
            .check(PASSWORD_MIN, Ok(()))
            .unwrap_or_else(|errors| panic!("{errors:?}"));
        assert_eq!(
            (account.username.as_str(), account.password.as_str()),
            ("ada", "trailing space ")
        );
        assert_eq!(account.email, None);
    }

    #[test]
    fn sign_in_requires_both_fields() {
        assert!(SignInDraft::default().check().is_err());
        let draft = |username: &str, password: String| SignInDraft {
            username: username.into(),
            password,
            remember: false,
        };
        assert!(draft("ada", "x".into()).check().is_ok());
        assert!(draft("ada", "x".repeat(10_000)).check().is_err());
        assert!(draft(&"a".repeat(300), "x".into()).check().is_err());
        // PostgreSQL rejects a NUL in a text, and no user has such a name.
        assert!(draft("ad\0a", "x".into()).check().is_err());
    }
}
