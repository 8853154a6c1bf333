//! Versions of objects, on which changes are based. The first one is 1, and each change increments it.

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};

/// Version of a new object.
pub(crate) const FIRST: i32 = 1;

/// Deserializes the version of an object.
pub(crate) fn version<'de, D: Deserializer<'de>>(value: D) -> Result<i32, D::Error> {
    at_least(FIRST, "a whole number from 1", value)
}

/// Deserializes the version of an object in a field that can be absent.
pub(crate) fn optional_version<'de, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<i32>, D::Error> {
    version(value).map(Some)
}

/// Deserializes, in a field that can be absent, the version of an object, or 0 for one that must not exist.
pub(crate) fn version_or_zero<'de, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<i32>, D::Error> {
    at_least(0, "a whole number from 0", value).map(Some)
}

fn at_least<'de, D: Deserializer<'de>>(
    least: i32,
    expected: &'static str,
    value: D,
) -> Result<i32, D::Error> {
    let version = i32::deserialize(value)?;
    if version < least {
        let found = Unexpected::Signed(version.into());
        return Err(D::Error::invalid_value(found, &expected));
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Change {
        #[serde(default, deserialize_with = "optional_version")]
        version: Option<i32>,
        #[serde(default, deserialize_with = "version_or_zero")]
        before: Option<i32>,
    }

    #[test]
    fn versions_begin_at_one() {
        let read = |json: &str| {
            let read = serde_json::from_str::<Change>(json);
            let read = read.map(|change| (change.version, change.before));
            read.map_err(|error| error.to_string())
        };
        assert_eq!(read("{}"), Ok((None, None)));
        assert_eq!(read(r#"{"version":1,"before":0}"#), Ok((Some(1), Some(0))));
        for (json, says) in [
            (
                r#"{"version":0}"#,
                "invalid value: integer `0`, expected a whole number from 1",
            ),
            (
                r#"{"before":-1}"#,
                "invalid value: integer `-1`, expected a whole number from 0",
            ),
            (r#"{"version":null}"#, "invalid type: null"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.starts_with(says), "{json}: {error}");
        }
    }
}
