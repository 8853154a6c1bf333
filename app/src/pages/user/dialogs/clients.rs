//! Selection of the clients in a user's list.

use domain::permission::Permission;
use leptos::prelude::*;

use crate::{
    api::user_access::{PickerItem, pick_clients},
    components::picker::{Picker, PickerSpec, picked},
    context::PageContext,
    text,
};

const CLIENTS: PickerSpec = PickerSpec {
    name: "client_list",
    more: "more_clients",
    label: text::access::clients,
    hint: text::access::clients_hint,
    search: text::access::find_client,
    typed_hint: text::access::clients_typed_hint,
    find: |query, limit| Box::pin(pick_clients(query, limit)),
};

/// Renders the selection for viewers who can read clients. For others, the form leaves the list unchanged.
#[component]
pub fn ClientChoice(
    /// Page context with the typed values of the form.
    context: PageContext,
    /// Error message for the selection, if there is one.
    error: Signal<Option<String>>,
    /// Clients in the stored list.
    initial: Vec<PickerItem>,
) -> impl IntoView {
    context.may(Permission::ClientsRead).then(|| {
        let items = picked(&context, CLIENTS.name, initial, |key| format!("#{key}"));
        let typed = context.typed(CLIENTS.more);
        view! {
            <input type="hidden" name="set_clients" value="true" />
            <Picker spec=CLIENTS items=items typed=typed error=error />
        }
    })
}

/// Returns the numbers of clients as text, to compare and to show them.
pub(super) fn client_numbers(clients: &[i32]) -> String {
    let numbers: Vec<String> = clients.iter().map(|id| format!("#{id}")).collect();
    numbers.join(", ")
}
