//! Addresses of the dialects, and their descriptions for the panel.

use std::{net::SocketAddr, sync::Arc};

use dialects::{Dialect, Dialects};
use domain::dialects::{DialectAddress as DescribedAddress, DialectState};

use super::{catalogue::SETTINGS, sources::Sources, values};
use crate::{documentation, failure::BoxError};

/// Setting with the names of the dialects below the main address.
const BELOW: &str = "DIALECTS";

/// Address of its own that a dialect has.
#[derive(Debug, Clone)]
pub(crate) struct DialectAddress {
    /// Name of the setting.
    pub(crate) setting: String,
    /// Address and port to listen on.
    pub(crate) listen: SocketAddr,
    /// Dialect that is served there.
    pub(crate) dialect: Arc<dyn Dialect>,
}

/// Returns the dialects that have an address of their own, with or without a path below `/compat/`.
pub(super) fn addresses(
    sources: &Sources,
    known: &Dialects,
) -> Result<Vec<DialectAddress>, BoxError> {
    let mut addresses = Vec::new();
    for dialect in known.iter() {
        let setting = address_setting(&**dialect);
        let text = sources.value(SETTINGS, &setting);
        if !text.is_empty() {
            addresses.push(DialectAddress {
                listen: values::address(&setting, &text)?,
                setting,
                dialect: Arc::clone(dialect),
            });
        }
    }
    Ok(addresses)
}

/// Returns the name of the setting with the address of a dialect.
pub(super) fn address_setting(dialect: &dyn Dialect) -> String {
    format!("{}_ADDR", dialect.name().to_ascii_uppercase())
}

/// Describes all known dialects, with the places of those that are on: `below` are on the main address, `own` have one of their own.
pub(super) fn describe(
    known: &Dialects,
    below: &Dialects,
    own: &[DialectAddress],
    public_url: &str,
) -> Vec<DialectState> {
    let describe = |dialect: &Arc<dyn Dialect>| {
        let name = dialect.name();
        let setting = address_setting(&**dialect);
        let place = |url: String, setting: &str| DescribedAddress {
            client_line: dialect.client_line(&url),
            setting: setting.to_owned(),
            url,
        };
        let is_below = below.iter().any(|below| below.name() == name);
        let below = is_below.then(|| place(format!("{public_url}/compat/{name}"), BELOW));
        let own = own.iter().filter(|own| own.dialect.name() == name);
        let own = own.map(|own| place(format!("http://{}", own.listen), &own.setting));
        DialectState {
            name: name.to_owned(),
            system: dialect.system().to_owned(),
            addresses: below.into_iter().chain(own).collect(),
            setting,
            documentation: documentation::file(name),
            last_used_at: None,
        }
    };
    known.iter().map(describe).collect()
}
