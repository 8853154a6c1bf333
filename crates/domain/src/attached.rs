//! Data that is attached to a response, for the few programs or pages that read it.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

/// A value as JSON text, which is parsed when it is read. A program that only displays the response around it, such as most pages of
/// the panel, contains no code that parses the value.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Attached<T> {
    json: Box<RawValue>,
    #[serde(skip)]
    value: PhantomData<fn() -> T>,
}

impl<T: Serialize> Attached<T> {
    /// Converts a value to JSON; `None` for a value that JSON cannot represent.
    #[must_use]
    pub fn new(value: &T) -> Option<Self> {
        let json = to_raw_value(value).ok()?;
        let value = PhantomData;
        Some(Self { json, value })
    }
}

impl<T: DeserializeOwned> Attached<T> {
    /// Parses the value; `None` for one of a kind that only a newer server has.
    #[must_use]
    pub fn get(&self) -> Option<T> {
        serde_json::from_str(self.json.get()).ok()
    }
}

impl<T> PartialEq for Attached<T> {
    fn eq(&self, other: &Self) -> bool {
        self.json.get() == other.json.get()
    }
}

impl<T> Eq for Attached<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_round_trips_through_its_json() {
        let attached = Attached::new(&vec![1_u8, 2]).unwrap();
        assert_eq!(attached.get(), Some(vec![1, 2]));
        let json = serde_json::to_string(&attached).unwrap();
        assert_eq!(json, "[1,2]");
        let received: Attached<Vec<u8>> = serde_json::from_str(&json).unwrap();
        assert_eq!(received, attached);
    }

    #[test]
    fn unknown_value_is_retained_without_being_read() {
        let json = r#"{"planet":{"name":"Mars"}}"#;
        let attached: Attached<Vec<u8>> = serde_json::from_str(json).unwrap();
        assert_eq!(attached.get(), None);
        assert_eq!(serde_json::to_string(&attached).unwrap(), json);
    }
}
