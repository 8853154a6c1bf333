//! The dialogs over the list that do something to several people: who changes, who is skipped and why, and a button that
//! says how many.

use domain::users::{
    bulk::{BulkItem, BulkOutcome},
    list::ListParams,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{links, selection::BOX};
use crate::{
    api::{
        bulk::{BulkDeed, DoToSeveral, preview_several},
        error::ApiError,
    },
    components::{
        dialog::{BackLink, Dialog, FormDialog, Place},
        field::{Field, FieldSpec},
        notice::ProblemNotice,
    },
    context::PageContext,
    pages::form,
};

const REASON: FieldSpec = FieldSpec {
    name: "reason",
    label: "Reason",
    kind: "text",
    autocomplete: "off",
    hint: Some("Whoever looks at these accounts later will ask."),
    optional: false,
    max: 500,
};

/// The address of a dialog.
pub(super) fn path(deed: BulkDeed) -> String {
    format!("/users/bulk/{}", deed.as_str())
}

/// What its button says.
pub(super) const fn verb(deed: BulkDeed) -> &'static str {
    match deed {
        BulkDeed::Suspend => "Suspend",
        BulkDeed::Lift => "Lift suspension",
        BulkDeed::SignOut => "Sign out",
        BulkDeed::Delete => "Delete",
    }
}

/// What it does to so many: `Suspend 3 users`.
fn action(deed: BulkDeed, count: usize) -> String {
    let users = if count == 1 { "user" } else { "users" };
    match deed {
        BulkDeed::Suspend => format!("Suspend {count} {users}"),
        BulkDeed::Lift => format!(
            "Lift {count} {}",
            if count == 1 {
                "suspension"
            } else {
                "suspensions"
            }
        ),
        BulkDeed::SignOut => format!("Sign out {count} {users}"),
        BulkDeed::Delete => format!("Delete {count} {users}"),
    }
}

/// What it means for them.
const fn meaning(deed: BulkDeed) -> &'static str {
    match deed {
        BulkDeed::Suspend => {
            "They are signed out everywhere at once and cannot sign in until the suspension is lifted."
        }
        BulkDeed::Lift => "They can sign in again.",
        BulkDeed::SignOut => "All their sessions end at once. They can sign in again.",
        BulkDeed::Delete => {
            "They are signed out at once and go into the bin, from which they can be restored for a while."
        }
    }
}

/// A dialog over the list.
#[component]
pub fn Bulk() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    move || {
        let deed = params
            .read()
            .get("action")
            .and_then(|word| BulkDeed::of(&word));
        let query = query.read();
        let list = super::params(&query);
        let keys = query.get_all(BOX).unwrap_or_default();
        deed.map(|deed| view! { <BulkDialog deed=deed list=list keys=keys /> })
    }
}

#[component]
fn BulkDialog(deed: BulkDeed, list: ListParams, keys: Vec<String>) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&path(deed));
    // Drawn again for a form that was refused, the page has no query: all is in the form.
    let (selected, back) = match context.outcome {
        Some(_) => (context.typed("selected"), context.typed("back")),
        None => (keys.join(" "), back(&list, &keys)),
    };
    let place = Place {
        path: path(deed),
        back,
    };
    let preview = Resource::new(|| (), {
        let selected = selected.clone();
        move |()| preview_several(deed, selected.clone())
    });
    view! {
        <Transition>
            {move || {
                let (place, selected) = (place.clone(), selected.clone());
                Suspend::new(async move {
                    match preview.await {
                        Ok(outcome) if outcome.changed > 0 => {
                            view! { <BulkForm deed=deed place=place selected=selected preview=outcome /> }.into_any()
                        }
                        Ok(outcome) => view! { <NobodyChanges deed=deed place=place outcome=outcome /> }.into_any(),
                        Err(ApiError(problem)) => {
                            view! {
                                <Dialog place=place.clone() title=verb(deed)>
                                    <div class="dialog-body">
                                        <ProblemNotice problem=problem />
                                    </div>
                                    <footer class="dialog-foot">
                                        <BackLink place=place label="Close" />
                                    </footer>
                                </Dialog>
                            }
                                .into_any()
                        }
                    }
                })
            }}
        </Transition>
    }
}

/// The list as it was, with the same people selected.
fn back(list: &ListParams, keys: &[String]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(list.pairs());
    query.extend_pairs(keys.iter().map(|key| (BOX, key)));
    match query.finish() {
        empty if empty.is_empty() => links::href(list),
        query => format!("/users?{query}"),
    }
}

#[component]
fn BulkForm(deed: BulkDeed, place: Place, selected: String, preview: BulkOutcome) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&place.path);
    let sending = form::send::<DoToSeveral>(&place.path);
    // What the server found when it refused, if others would have changed than was shown.
    let outcome = Memo::new(move |_| {
        let changed = sending
            .problem
            .with(|problem| problem.as_ref()?.details.outcome.clone());
        changed.unwrap_or_else(|| preview.clone())
    });
    let count = move || outcome.with(|outcome| outcome.changed);
    view! {
        <FormDialog
            title=verb(deed)
            place=place.clone()
            sending=sending
            refusal=None
            action=Signal::derive(move || action(deed, count()))
            danger=matches!(deed, BulkDeed::Suspend | BulkDeed::Delete)
        >
            <p>{meaning(deed)}</p>
            {move || outcome.with(|outcome| view! { <People items=outcome.items.clone() /> })}
            {(deed == BulkDeed::Suspend)
                .then(|| {
                    view! {
                        <Field spec=REASON value=context.typed("reason") fault=sending.fault("reason") />
                        <label class="check">
                            <input
                                type="checkbox"
                                name="tell_reason"
                                value="true"
                                checked=context.typed("tell_reason") == "true"
                            />
                            <span>
                                "Tell them the reason"
                                <span class="check-note">"When they sign in with the right password"</span>
                            </span>
                        </label>
                    }
                })}
            <input type="hidden" name="deed" value=deed.as_str() />
            <input type="hidden" name="selected" value=selected />
            <input type="hidden" name="expected" value=move || count().to_string() />
            <input type="hidden" name="back" value=place.back />
        </FormDialog>
    }
}

/// The dialog where nothing can be done to any of them.
#[component]
fn NobodyChanges(deed: BulkDeed, place: Place, outcome: BulkOutcome) -> impl IntoView {
    view! {
        <Dialog place=place.clone() title=verb(deed)>
            <div class="dialog-body">
                <p>"Nobody of those who are selected would change."</p>
                <People items=outcome.items />
            </div>
            <footer class="dialog-foot">
                <BackLink place=place label="Close" />
            </footer>
        </Dialog>
    }
}

/// Who changes, and who is skipped and why.
#[component]
fn People(items: Vec<BulkItem>) -> impl IntoView {
    let (changing, skipped): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| item.skipped.is_none());
    let named = |item: BulkItem| match item.username {
        name if name.is_empty() => "Somebody who is gone".to_owned(),
        name => name,
    };
    view! {
        {(!changing.is_empty())
            .then(|| {
                view! {
                    <section class="bulk-people" aria-labelledby="bulk-changing">
                        <h3 id="bulk-changing">{format!("Changes: {}", changing.len())}</h3>
                        <ul class="bulk-names">
                            {changing.into_iter().map(|item| view! { <li>{named(item)}</li> }).collect_view()}
                        </ul>
                    </section>
                }
            })}
        {(!skipped.is_empty())
            .then(|| {
                view! {
                    <section class="bulk-people" aria-labelledby="bulk-skipped">
                        <h3 id="bulk-skipped">{format!("Skipped: {}", skipped.len())}</h3>
                        <dl class="bulk-skipped">
                            {skipped
                                .into_iter()
                                .map(|item| {
                                    let why = item.skipped.clone();
                                    view! {
                                        <div>
                                            <dt>{named(item)}</dt>
                                            <dd>{why}</dd>
                                        </div>
                                    }
                                })
                                .collect_view()}
                        </dl>
                    </section>
                }
            })}
    }
}
