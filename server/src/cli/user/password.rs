//! The temporary password that an operator sets for a user.

use std::io;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    cli::input::{line, secret},
    failure::BoxError,
};

/// Value of `--password` that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Options that set a temporary password.
#[derive(Debug, clap::Args)]
pub(super) struct PasswordArgs {
    /// Temporary password of at least 6 characters, to be changed at the next sign-in.
    ///
    /// Other users of the machine can see the options of a running command: `-` reads the password from standard input instead.
    #[arg(long, value_parser = secret, allow_hyphen_values = true)]
    password: Option<SecretString>,
    /// Read the temporary password from the first line of standard input.
    #[arg(long, conflicts_with = "password")]
    password_stdin: bool,
}

impl PasswordArgs {
    /// Returns the password; None if none is to be set.
    pub(super) fn read(&self) -> Result<Option<String>, BoxError> {
        match self.password.as_ref().map(ExposeSecret::expose_secret) {
            Some(STANDARD_INPUT) => line(io::stdin().lock(), "password").map(Some),
            None if self.password_stdin => line(io::stdin().lock(), "password").map(Some),
            given => Ok(given.map(str::to_owned)),
        }
    }
}
