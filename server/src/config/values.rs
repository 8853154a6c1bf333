//! Parsers of values. Each error is a sentence that says what to write instead.

use std::{net::SocketAddr, ops::RangeInclusive};

use dialects::{Dialects, UnknownDialect};
use domain::keys::Provider;
use service::{DatabaseUrl, UrlError, access::MasterKey, vault::Vault};

use crate::{failure::BoxError, proxies::TrustedProxies};

/// Parses a whole number within a range.
pub(super) fn number(name: &str, text: &str, range: RangeInclusive<u32>) -> Result<u32, BoxError> {
    match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => {
            let (from, to) = (range.start(), range.end());
            Err(format!("{name} must be a whole number from {from} to {to}, not {text:?}.").into())
        }
    }
}

/// Parses a boolean; case does not matter.
pub(super) fn boolean(name: &str, text: &str) -> Result<bool, BoxError> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(format!("{name} must be true or false, not {text:?}.").into()),
    }
}

/// Parses an address and port to listen on.
pub(super) fn address(name: &str, text: &str) -> Result<SocketAddr, BoxError> {
    text.parse().map_err(|_| {
        format!("{name} must be an IP address and port such as 127.0.0.1:3000, not {text:?}.")
            .into()
    })
}

/// Parses the URL of the database. Errors do not repeat the value, because it may hold a password.
pub(super) fn database_url(name: &str, text: &str) -> Result<DatabaseUrl, BoxError> {
    if text.is_empty() {
        let wanted = "postgres://user:password@host:5432/database";
        return Err(format!(
            "{name} is not set. Set {name}={wanted} in the environment or in .env."
        )
        .into());
    }
    text.parse()
        .map_err(|error: UrlError| format!("{name} {error}").into())
}

/// Parses the public address of the panel, without a trailing slash. The default is the address that the server listens on, or
/// `localhost` if that is every address of the machine: no browser can open `0.0.0.0`.
pub(super) fn public_url(name: &str, text: &str, listen: SocketAddr) -> Result<String, BoxError> {
    if text.is_empty() {
        return Ok(if listen.ip().is_unspecified() {
            format!("http://localhost:{}", listen.port())
        } else {
            format!("http://{listen}")
        });
    }
    let url = text.trim_end_matches('/');
    match url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
    {
        None | Some("") => Err(format!(
            "{name} must begin with http:// or https:// and name a host, not {text:?}."
        )
        .into()),
        Some(host) if host.contains('/') => Err(format!(
            "{name} must have no path: the panel is served from the root of its host."
        )
        .into()),
        Some(_) => Ok(url.to_owned()),
    }
}

/// Parses the trusted proxies.
pub(super) fn networks(name: &str, text: &str) -> Result<TrustedProxies, BoxError> {
    TrustedProxies::parse(text).map_err(|wrong| {
        format!("{name} must be IP addresses or networks such as 10.0.0.0/8, separated by commas, not {wrong:?}.")
            .into()
    })
}

/// Parses the keys that encrypt provider API keys. Errors do not repeat the value, because it is secret.
pub(super) fn encryption_keys(name: &str, text: &str) -> Result<Vault, BoxError> {
    Vault::parse(text).map_err(|wrong| format!("{name} {wrong}").into())
}

/// Parses the names of more providers, and adds them to the built-in ones.
pub(super) fn providers(name: &str, text: &str) -> Result<Vec<Provider>, BoxError> {
    let mut providers = Provider::builtin();
    let more = text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    for wanted in more {
        let provider = wanted.parse().map_err(|_| {
            format!(
                "{name} must be names of letters, digits, - and _, separated by commas, not {wanted:?}."
            )
        })?;
        if !providers.contains(&provider) {
            providers.push(provider);
        }
    }
    Ok(providers)
}

/// Parses the names of dialects.
pub(super) fn dialects(name: &str, text: &str, known: &Dialects) -> Result<Dialects, BoxError> {
    known.select(text).map_err(|UnknownDialect(wrong)| {
        let names: Vec<&str> = known.iter().map(|dialect| dialect.name()).collect();
        let names = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        format!(
            "{name} must be names of dialects, separated by commas, not {wrong:?}. Dialects of this version: {names}."
        )
        .into()
    })
}

/// Parses a key with which programs act for the operator; None if it is not set.
pub(super) fn master_key(name: &str, text: &str) -> Result<Option<MasterKey>, BoxError> {
    if text.is_empty() {
        return Ok(None);
    }
    let key = MasterKey::parse(text).ok_or_else(|| {
        let least = MasterKey::LENGTH_MIN;
        // Without the text, which is a secret.
        BoxError::from(format!(
            "{name} must have at least {least} characters, none of them a space or a control character."
        ))
    });
    key.map(Some)
}

/// Parses one of two words, each with the value that it stands for.
pub(super) fn one_of<T>(name: &str, text: &str, words: [(&str, T); 2]) -> Result<T, BoxError> {
    let [(first, one), (second, other)] = words;
    match text {
        _ if text == first => Ok(one),
        _ if text == second => Ok(other),
        _ => Err(format!("{name} must be {first} or {second}, not {text:?}.").into()),
    }
}
