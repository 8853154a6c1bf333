//! Values of options that filter.

/// Parses the value of a filter. An empty one can come from a variable of a script without a value, and would match everything.
pub(super) fn filled(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("the value is empty".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_value_is_no_filter() {
        for blank in ["", " ", "\t"] {
            assert!(filled(blank).is_err(), "{blank:?}");
        }
        assert_eq!(filled(" ada").as_deref(), Ok(" ada"));
    }
}
