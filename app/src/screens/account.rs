//! Pages of the own account.

use super::{Node, Screen, metering};
use crate::{parts::Account, text};

/// The own account, with its tabs and dialogs.
pub(super) const ACCOUNT: Screen = Screen::own("/account", &Account::Page)
    .titled(text::frame::my_account)
    .with(&[
        Node::new("", &Account::Profile),
        Node::new("password", &Account::Password),
        Node::new("sessions", &Account::Sessions).with(&[
            Node::confirmation("others"),
            Node::confirmation(":id/revoke"),
        ]),
        Node::new("keys", &Account::Keys).with(&[
            Node::new("new", &Account::AddKey),
            Node::new(":id/edit", &Account::EditKey),
            Node::confirmation(":id/delete"),
        ]),
        Node::new("tokens", &Account::Tokens).with(&[Node::confirmation(":id/revoke")]),
        Node::new("tokens/new", &Account::NewToken),
        metering::OWN_USAGE,
        Node::new("tokens/new-key", &Account::NewKey),
        Node::new("preferences", &Account::Preferences),
        Node::new("data", &Account::Data),
        Node::new("delete", &Account::Delete),
    ]);
