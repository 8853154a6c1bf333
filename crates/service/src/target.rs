//! Targets of changes, as the caller saw them. A page sends the names that it showed with the id, so that a change never
//! affects another object than the one that was shown, whatever happened in between: a row that stood for another object, a
//! manipulated form, a changed name. All comparisons are in this module.

use domain::users::bulk::Selected;
use uuid::Uuid;

use crate::Error;

/// Id of the target of a change, with the names and the version that were shown for it. A bare id is compared with nothing:
/// it comes from an API client or the command line, which show nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRef {
    /// Id of the target.
    pub id: Uuid,
    username: Option<String>,
    name: Option<String>,
    version: Option<i32>,
}

impl TargetRef {
    /// Creates a reference to a user, or to an object of a user, that was shown with the username.
    #[must_use]
    pub fn of_user(id: Uuid, username: impl Into<String>) -> Self {
        Self {
            username: Some(username.into()),
            ..Self::from(id)
        }
    }

    /// Creates a reference to an object that was shown with its own name, which is empty if it has none.
    #[must_use]
    pub fn named(id: Uuid, name: impl Into<String>) -> Self {
        Self::from(id).with_name(name)
    }

    /// Adds the object's own name that was shown.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..self
        }
    }

    /// Adds the version of the account that was shown, if one was.
    #[must_use]
    pub fn at_version(self, version: impl Into<Option<i32>>) -> Self {
        Self {
            version: version.into().or(self.version),
            ..self
        }
    }

    /// Returns a reference to the owner of the object, with the username that was shown.
    #[must_use]
    pub(crate) fn owner(&self, id: Uuid) -> Self {
        Self {
            id,
            username: self.username.clone(),
            ..Self::from(id)
        }
    }

    /// Compares the username that was shown, if one was, with the actual one.
    ///
    /// # Errors
    /// [`Error::TargetMismatch`] when they differ.
    pub(crate) fn check_username(&self, username: &str) -> Result<(), Error> {
        check(self.username.as_deref(), username)
    }

    /// Compares the name that was shown, if one was, with the actual one.
    ///
    /// # Errors
    /// [`Error::TargetMismatch`] when they differ.
    pub(crate) fn check_name(&self, name: &str) -> Result<(), Error> {
        check(self.name.as_deref(), name)
    }

    /// Returns whether the version that was shown, if one was, is the actual one.
    pub(crate) fn is_at(&self, version: i32) -> bool {
        self.version.is_none_or(|shown| shown == version)
    }
}

fn check(shown: Option<&str>, is: &str) -> Result<(), Error> {
    match shown {
        Some(shown) if shown != is => Err(Error::TargetMismatch(shown.to_owned())),
        Some(_) | None => Ok(()),
    }
}

impl From<Uuid> for TargetRef {
    fn from(id: Uuid) -> Self {
        Self {
            id,
            username: None,
            name: None,
            version: None,
        }
    }
}

impl From<&Selected> for TargetRef {
    fn from(selected: &Selected) -> Self {
        Self {
            username: selected.username.clone(),
            ..Self::from(selected.id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_names_are_compared() {
        let id = Uuid::from_u128(1);
        assert!(TargetRef::from(id).check_username("ada").is_ok());
        assert!(TargetRef::from(id).check_name("key").is_ok());
        let ada = TargetRef::of_user(id, "ada").with_name("key");
        assert!(ada.check_username("ada").is_ok() && ada.check_name("key").is_ok());
        assert!(ada.owner(Uuid::from_u128(2)).check_username("ada").is_ok());
        assert!(ada.is_at(3));
        let at_two = ada.clone().at_version(2);
        assert!(at_two.is_at(2) && !at_two.is_at(3));
        assert!(!at_two.at_version(None::<i32>).is_at(3));
        for wrong in ["Ada", "bob", "", "ada "] {
            assert!(ada.check_username(wrong).is_err(), "{wrong:?}");
            assert!(ada.check_name(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn mismatch_message_names_what_was_shown() {
        let message = |shown: &str| {
            TargetRef::named(Uuid::nil(), shown)
                .check_name("x")
                .unwrap_err()
                .to_string()
        };
        assert!(
            message("ada").contains("showed “ada”"),
            "{}",
            message("ada")
        );
        assert!(message("").contains("showed no name"), "{}", message(""));
        assert!(message(&"é".repeat(1_000)).chars().count() < 300);
    }
}
