//! Secrets that an operator passes without exposing them to other users of the machine.

use std::{convert::Infallible, io::BufRead};

use secrecy::SecretString;

use crate::failure::BoxError;

/// Maximum number of bytes that are read: far more than any acceptable secret has.
const INPUT_MAX: u64 = 64 * 1024;

/// Parses a secret, unchanged.
pub(super) fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(SecretString::from(text))
}

/// Reads the first line without its line ending. Leading and trailing spaces are part of it.
pub(super) fn line(input: impl BufRead, what: &str) -> Result<String, BoxError> {
    let mut bytes = Vec::new();
    input.take(INPUT_MAX).read_until(b'\n', &mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| format!("The {what} is not valid UTF-8."))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_is_not_trimmed() {
        for (input, secret) in [
            ("secret\n", "secret"),
            ("secret", "secret"),
            ("secret\r\n", "secret"),
            (" secret  \nmore\n", " secret  "),
            ("", ""),
        ] {
            assert_eq!(line(input.as_bytes(), "password").unwrap(), secret);
        }
        let error = line(&b"\xff\n"[..], "password").unwrap_err();
        assert_eq!(error.to_string(), "The password is not valid UTF-8.");
    }
}
