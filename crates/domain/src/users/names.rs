//! Names of an account: username, display name, email address and roles. Parsing is the only way to create these types, so that their
//! values are valid.

use std::str::FromStr;

use uuid::Uuid;

use crate::{
    message::{Message, message_error},
    messages,
    text::{is_mark, tidy},
};

/// Minimum number of characters of a username (guide "Managing Users").
pub const USERNAME_MIN: usize = 3;
/// Maximum number of characters of a username (guide "Managing Users").
pub const USERNAME_MAX: usize = 50;
/// Maximum number of characters of a display name.
pub const DISPLAY_NAME_MAX: usize = 100;
/// Maximum number of characters of an email address (RFC 5321, 4.5.3.1.3 less the brackets).
pub const EMAIL_MAX: usize = 254;

/// Maximum number of characters of a role's name.
pub const ROLE_MAX: usize = 50;

/// Reason for rejecting a name, with a message for the user who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    /// A username that is too short or too long.
    UsernameLength,
    /// A character that a username cannot contain.
    UsernameCharacter,
    /// A username in the form of an id, which would be read as an id where a user is referred to.
    UsernameId,
    /// A display name without a visible character.
    DisplayNameEmpty,
    /// A display name that is too long.
    DisplayNameLength,
    /// A text that is not an email address.
    Email,
    /// A text that is not a valid name of a role.
    Role,
    /// Characters that hide or reorder others.
    Control,
}

impl NameError {
    /// Returns the message for the user.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::UsernameLength => messages::characters_range(USERNAME_MIN, USERNAME_MAX),
            Self::UsernameCharacter => messages::username_characters(),
            Self::UsernameId => messages::username_uuid(),
            Self::DisplayNameEmpty => messages::enter_name(),
            Self::DisplayNameLength => messages::characters_max(DISPLAY_NAME_MAX),
            Self::Email => messages::enter_email(),
            Self::Role => messages::role_name(ROLE_MAX),
            Self::Control => messages::control_characters(),
        }
    }
}

message_error!(NameError);

/// Returns whether a character is invisible and can make a text look like another one: control characters, and the marks that change the
/// direction of writing (Unicode UAX #9).
#[must_use]
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A name to sign in with: 3 to 50 characters, composed (NFC), compared case-insensitively.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl FromStr for Username {
    type Err = NameError;

    fn from_str(typed: &str) -> Result<Self, NameError> {
        let name = tidy(typed);
        if name.chars().any(is_deceptive) {
            return Err(NameError::Control);
        }
        if !(USERNAME_MIN..=USERNAME_MAX).contains(&name.chars().count()) {
            return Err(NameError::UsernameLength);
        }
        if !is_spelt_well(&name) {
            return Err(NameError::UsernameCharacter);
        }
        if Uuid::try_parse(&name).is_ok() {
            return Err(NameError::UsernameId);
        }
        Ok(Self(name))
    }
}

/// Returns whether a username begins with a letter or digit and contains only permitted characters. Vowel signs and tone marks (Hindi,
/// Thai, Tamil) must follow a letter or another mark.
fn is_spelt_well(name: &str) -> bool {
    let mut before = None;
    name.chars().all(|c| {
        let follows_letter = before.is_some_and(|b: char| b.is_alphanumeric() || is_mark(b));
        let fits = match c {
            '.' | '_' | '-' | '@' | '+' => before.is_some(),
            c if is_mark(c) => follows_letter,
            c => c.is_alphanumeric(),
        };
        before = Some(c);
        fits
    })
}

/// A full name in any script, 1 to 100 characters, composed (NFC) and with single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

impl FromStr for DisplayName {
    type Err = NameError;

    fn from_str(typed: &str) -> Result<Self, NameError> {
        let name = tidy(typed);
        if name.is_empty() {
            return Err(NameError::DisplayNameEmpty);
        }
        if name.chars().any(is_deceptive) {
            return Err(NameError::Control);
        }
        if name.chars().count() > DISPLAY_NAME_MAX {
            return Err(NameError::DisplayNameLength);
        }
        Ok(Self(name))
    }
}

/// An email address, compared case-insensitively. Only its basic form is checked; whether it receives mail shows when mail is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl FromStr for Email {
    type Err = NameError;

    fn from_str(typed: &str) -> Result<Self, NameError> {
        let address = tidy(typed);
        if address.chars().any(is_deceptive) {
            return Err(NameError::Control);
        }
        let (local, domain) = address.rsplit_once('@').ok_or(NameError::Email)?;
        let domain_well = domain.split('.').all(|label| {
            let fits = |c: char| c.is_alphanumeric() || is_mark(c) || c == '-';
            !label.is_empty() && label.chars().all(fits)
        });
        let local_well = !local.is_empty() && !local.chars().any(|c| c.is_whitespace() || c == '@');
        if address.chars().count() > EMAIL_MAX || !local_well || !domain_well {
            return Err(NameError::Email);
        }
        Ok(Self(address))
    }
}

impl Email {
    /// Returns whether a change leads to another address than the current one, or to none. Without a change it stays.
    #[must_use]
    pub fn is_changed(change: Option<&Option<Self>>, current: Option<&str>) -> bool {
        change.is_some_and(|wanted| wanted.as_ref().map(Self::as_str) != current)
    }
}

/// The name of a role, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleName(String);

impl FromStr for RoleName {
    type Err = NameError;

    fn from_str(typed: &str) -> Result<Self, NameError> {
        let name = tidy(&typed.to_lowercase());
        let fits = |c: char| c.is_alphanumeric() || is_mark(c) || "._-:".contains(c);
        let well = (1..=ROLE_MAX).contains(&name.chars().count()) && name.chars().all(fits);
        if well {
            Ok(Self(name))
        } else {
            Err(NameError::Role)
        }
    }
}

macro_rules! as_str {
    ($($name:ident),+) => {$(
        impl $name {
            /// Returns the text of the name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )+};
}
as_str!(Username, DisplayName, Email, RoleName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_is_changed_by_another_one_and_by_its_removal() {
        let (ada, none): (Option<Email>, _) = ("ada@example.org".parse().ok(), None);
        for (change, current, expected) in [
            (None, None, false),
            (None, Some("ada@example.org"), false),
            (Some(&none), None, false),
            (Some(&none), Some("ada@example.org"), true),
            (Some(&ada), None, true),
            (Some(&ada), Some("ada@example.org"), false),
            (Some(&ada), Some("Ada@example.org"), true),
        ] {
            let is_changed = Email::is_changed(change, current);
            assert_eq!(is_changed, expected, "{change:?} {current:?}");
        }
    }

    #[test]
    fn usernames_are_checked() {
        let long = "a".repeat(51);
        for (typed, expected) in [
            ("ada", Ok("ada")),
            ("  ada ", Ok("ada")),
            ("Ada.Lovelace@example.org", Ok("Ada.Lovelace@example.org")),
            ("мария", Ok("мария")),
            ("ab", Err(NameError::UsernameLength)),
            ("", Err(NameError::UsernameLength)),
            ("   ", Err(NameError::UsernameLength)),
            (long.as_str(), Err(NameError::UsernameLength)),
            ("two words", Err(NameError::UsernameCharacter)),
            ("-ada", Err(NameError::UsernameCharacter)),
            ("ada/../root", Err(NameError::UsernameCharacter)),
            ("112", Ok("112")),
            // Vowel signs and tone marks, each after a letter.
            ("สมชาย.ใจดี", Ok("สมชาย.ใจดี")),
            ("น้ำฝน", Ok("น้ำฝน")),
            ("प्रिया", Ok("प्रिया")),
            ("தமிழ்", Ok("தமிழ்")),
            (".ada", Err(NameError::UsernameCharacter)),
            ("ada☃", Err(NameError::UsernameCharacter)),
            ("प्\u{200D}रिया", Err(NameError::UsernameCharacter)),
            ("प्\u{200C}रिया", Err(NameError::UsernameCharacter)),
            (
                "0198c2a4-0000-7000-8000-00000000000A",
                Err(NameError::UsernameId),
            ),
            (
                "0198c2a400007000800000000000000a",
                Err(NameError::UsernameId),
            ),
            (
                "0198c2a4-0000-7000-8000-00000000000",
                Ok("0198c2a4-0000-7000-8000-00000000000"),
            ),
            ("a\u{202E}da", Err(NameError::Control)),
            ("ad\0a", Err(NameError::Control)),
        ] {
            assert_eq!(
                typed.parse::<Username>().as_ref().map(Username::as_str),
                expected.as_ref().copied(),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn display_names_are_checked() {
        for (typed, expected) in [
            (" 王 伟 ", Ok("王 伟")),
            ("Ada \u{A0}\t King\u{3000}Lovelace", Ok("Ada King Lovelace")),
            ("  ", Err(NameError::DisplayNameEmpty)),
            ("a\u{2066}b", Err(NameError::Control)),
        ] {
            assert_eq!(
                typed
                    .parse::<DisplayName>()
                    .as_ref()
                    .map(DisplayName::as_str),
                expected.as_ref().copied()
            );
        }
        assert_eq!(
            "x".repeat(101).parse::<DisplayName>(),
            Err(NameError::DisplayNameLength)
        );
        assert!("x".repeat(100).parse::<DisplayName>().is_ok());
    }

    #[cfg(feature = "unicode")]
    #[test]
    fn names_are_stored_composed() {
        let names = ["Jose\u{301}", "\u{1100}\u{1161}\u{11A8}ab"];
        for (typed, stored) in names.into_iter().zip(["José", "각ab"]) {
            let username: Username = typed.parse().unwrap();
            let display_name: DisplayName = typed.parse().unwrap();
            let email: Email = format!("{typed}@example.org").parse().unwrap();
            let role: RoleName = typed.to_lowercase().parse().unwrap();
            assert_eq!(username.as_str(), stored);
            assert_eq!(display_name.as_str(), stored);
            assert_eq!(email.as_str(), format!("{stored}@example.org"));
            assert_eq!(role.as_str(), stored.to_lowercase());
        }
        // A mark must follow a letter.
        for name in ["\u{301}ada", "ada.\u{301}x", "\u{93E}\u{930}\u{930}"] {
            let denied = name.parse::<Username>();
            assert_eq!(denied, Err(NameError::UsernameCharacter), "{name}");
        }
    }

    #[test]
    fn emails_are_checked() {
        for valid in ["a@b", "first.last+tag@mail.example.org", "ü@bücher.example"] {
            assert!(valid.parse::<Email>().is_ok(), "{valid}");
        }
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c",
            "a@@b",
            "a@b..c",
            "a@-b_c",
            "a@b\u{202E}",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
        assert!(
            format!("{}@example.org", "a".repeat(250))
                .parse::<Email>()
                .is_err()
        );
    }
}
