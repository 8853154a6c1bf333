//! The password that an operator sets for somebody.

use std::{
    convert::Infallible,
    io::{self, BufRead},
};

use secrecy::{ExposeSecret, SecretString};

use crate::cli::Failure;

/// Bytes of standard input that are looked at: far more than any acceptable password.
const INPUT_MAX: u64 = 64 * 1024;
/// As a password: that it is to be read from standard input.
const STANDARD_INPUT: &str = "-";

/// Options for a temporary password.
#[derive(Debug, clap::Args)]
pub(super) struct PasswordArgs {
    /// Temporary password of at least 6 characters, to be changed at the next sign-in.
    ///
    /// While the command runs others can see its options: `-` reads the password from standard input instead.
    #[arg(long, value_parser = secret, allow_hyphen_values = true)]
    password: Option<SecretString>,
    /// Read the temporary password from the first line of standard input.
    #[arg(long, conflicts_with = "password")]
    password_stdin: bool,
}

fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(SecretString::from(text))
}

impl PasswordArgs {
    /// The password, if one is to be set.
    pub(super) fn read(&self) -> Result<Option<String>, Failure> {
        match self.password.as_ref().map(ExposeSecret::expose_secret) {
            Some(STANDARD_INPUT) => line(io::stdin().lock()).map(Some),
            None if self.password_stdin => line(io::stdin().lock()).map(Some),
            given => Ok(given.map(str::to_owned)),
        }
    }
}

/// The first line without its end. Spaces are part of a password.
fn line(input: impl BufRead) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    input.take(INPUT_MAX).read_until(b'\n', &mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| "The password is not UTF-8 text.")?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_as_typed() {
        for (input, password) in [
            ("secret\n", "secret"),
            ("secret", "secret"),
            ("secret\r\n", "secret"),
            (" secret  \nmore\n", " secret  "),
            ("", ""),
        ] {
            assert_eq!(line(input.as_bytes()).unwrap_or_default(), password);
        }
        assert!(line(&b"\xff\n"[..]).is_err());
    }
}
