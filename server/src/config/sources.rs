//! Sources of the settings.

use std::{collections::HashMap, path::Path};

use app::labels::settings::{meaning, weakness};
use domain::settings::Described;

use super::{catalogue::Setting, dotenv};
use crate::failure::BoxError;

/// Name of the file of settings in the working folder.
const DOTENV: &str = ".env";
/// Settings file of Leptos, which a checkout has and an installation need not have.
const LEPTOS_TOML: &str = "Leptos.toml";

/// Values by source, in descending order of precedence.
pub(super) struct Sources(Vec<(&'static str, HashMap<String, String>)>);

impl Sources {
    /// Reads the environment, `.env` and Leptos.toml.
    pub(super) fn read() -> Result<Self, BoxError> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Self(vec![
            ("environment", environment),
            (DOTENV, dotenv::read(Path::new(DOTENV))?),
            (LEPTOS_TOML, leptos_toml()?),
        ]))
    }

    /// Creates sources with these values in the environment, and no other.
    #[cfg(test)]
    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        let given = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self(vec![("environment", given)])
    }

    /// Returns a value that is set and its source. An empty value counts as not set.
    fn find(&self, name: &str) -> Option<(&'static str, &str)> {
        let mut given = self
            .0
            .iter()
            .filter_map(|(source, values)| Some((*source, values.get(name)?.trim())));
        given.find(|(_, value)| !value.is_empty())
    }

    /// Returns a value or its default; an empty text if there is neither.
    pub(super) fn value(&self, settings: &[Setting], name: &str) -> String {
        let default = settings
            .iter()
            .find(|setting| setting.name == name)
            .and_then(|setting| setting.default);
        self.find(name)
            .map(|(_, value)| value)
            .or(default)
            .unwrap_or_default()
            .to_owned()
    }

    /// Returns every setting with its value, its source and its meaning in English. Secrets are masked.
    pub(super) fn describe(&self, settings: &[Setting]) -> Vec<Described> {
        let describe = |setting: &Setting| {
            let given = self.find(setting.name);
            let value = match given {
                Some((_, value)) if setting.secret => Some(mask(value)),
                Some((_, value)) => Some(value.to_owned()),
                None => setting.default.map(str::to_owned),
            };
            let value = value.filter(|value| !value.is_empty());
            let is_weak = setting.weak.is_some() && value.as_deref() == setting.weak;
            let weakness = is_weak.then(|| weakness(setting.name)).flatten();
            Described {
                name: setting.name.to_owned(),
                weakness: weakness.map(str::to_owned),
                value,
                source: given.map_or("default", |(source, _)| source).to_owned(),
                meaning: meaning(setting.name).unwrap_or_default().to_owned(),
            }
        };
        settings.iter().map(describe).collect()
    }
}

/// Masks the password and the parameters of a URL, and the whole of any other secret.
fn mask(secret: &str) -> String {
    let masked = "********";
    let place = secret.split('?').next().unwrap_or_default();
    // At the last `@`, because a password may have others.
    match place
        .split_once("://")
        .map(|(scheme, rest)| (scheme, rest.rsplit_once('@')))
    {
        Some((scheme, Some((credentials, place)))) => {
            let user = credentials.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:{masked}@{place}")
        }
        Some((_, None)) | None => masked.to_owned(),
    }
}

fn leptos_toml() -> Result<HashMap<String, String>, BoxError> {
    if !Path::new(LEPTOS_TOML).exists() {
        return Ok(HashMap::new());
    }
    let options = leptos::config::get_configuration(Some(LEPTOS_TOML))
        .map_err(|error| format!("{LEPTOS_TOML} cannot be read: {error}"))?
        .leptos_options;
    Ok(HashMap::from([
        ("LEPTOS_SITE_ADDR".to_owned(), options.site_addr.to_string()),
        ("LEPTOS_SITE_ROOT".to_owned(), options.site_root.to_string()),
    ]))
}
