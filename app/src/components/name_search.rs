//! Searches for the users, groups and clients that forms name. A viewer who cannot read them gets none.

use domain::{permission::Permission, resources::ClientRef};

use super::{item_search::Find, name_field::NameSearch};
use crate::{
    api::user_access::{PickerItem, pick_clients, pick_groups, pick_users},
    context::PageContext,
};

/// Returns the search for users.
pub(crate) fn users() -> Option<NameSearch> {
    search(
        Permission::UsersRead,
        |query, limit| Box::pin(pick_users(query, limit)),
        |item| item.key,
    )
}

/// Returns the search for groups.
pub(crate) fn groups() -> Option<NameSearch> {
    search(
        Permission::GroupsRead,
        |query, limit| Box::pin(pick_groups(query, limit)),
        |item| item.label,
    )
}

/// Returns the search for clients.
pub(crate) fn clients() -> Option<NameSearch> {
    search(
        Permission::ClientsRead,
        |query, limit| Box::pin(pick_clients(query, limit)),
        client_name,
    )
}

fn search(right: Permission, find: Find, name: fn(PickerItem) -> String) -> Option<NameSearch> {
    let search = NameSearch { find, name };
    PageContext::current().may(right).then_some(search)
}

/// Returns the name of a client, or the number if the name would be read as another number.
fn client_name(item: PickerItem) -> String {
    match ClientRef::parse(&item.label) {
        ClientRef::Name(_) => item.label,
        ClientRef::Number(_) => format!("#{}", item.key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_is_named_as_the_form_reads_it() {
        for (id, name, named) in [(3, "ACME", "ACME"), (3, "7", "#3"), (3, "#7", "#3")] {
            assert_eq!(client_name(PickerItem::of_client(id, Some(name))), named);
        }
    }
}
