//! Dialog above the session list that revokes many sessions. It shows their number, also on the button.

use domain::{
    access::Permission,
    list::{Limits, ListError, PageParams, check_names},
    sessions::{SessionUser, list::SessionParams, revoke::RevokeOutcome},
};
use leptos::prelude::*;

use super::{filters::AGES, params};
use crate::{
    api::{
        error::ApiError,
        sessions::{RevokePreview, RevokeSessions, preview_revocation, request},
    },
    components::{
        dialog::{BackLink, Dialog, FormDialog, Place},
        form,
        notice::ProblemNotice,
        parameters::{Query, use_query},
    },
    context::PageContext,
    format::grouped,
    links::sessions as links,
};

const PATH: &str = "/sessions/revoke";
const TITLE: &str = "Revoke sessions";
const OTHERS: &str = "Revoke all other sessions";

/// Query parameter that selects all sessions except the viewer's.
const OTHERS_PARAMETER: &str = "others";

/// Returns the query parameters of the dialog, besides the filter of the list below it.
pub(super) fn parameters(path: &str) -> &'static [&'static str] {
    if path == PATH {
        &[OTHERS_PARAMETER]
    } else {
        &[]
    }
}

/// Renders the dialog.
#[component]
pub fn Revoke() -> impl IntoView {
    let query = use_query();
    move || {
        let query = query.read();
        let context = expect_context::<PageContext>().of_form(PATH);
        // When the page is rendered again for a denied form, its URL has no query. The form holds all values.
        let (asked, others) = match context.outcome {
            Some(_) => (
                SessionParams::from_pairs(|name| Some(context.typed(name))),
                context.typed(OTHERS_PARAMETER) == "true",
            ),
            None => {
                // Ignoring an invalid parameter would widen the filter and revoke more sessions.
                if let Err(error) = understood(&query) {
                    let place = Place {
                        path: PATH.to_owned(),
                        back: links::href(&params(&query)),
                    };
                    return view! {
                        <Closed place=place title=TITLE>
                            <p role="alert">{error.to_string()}</p>
                        </Closed>
                    }
                    .into_any();
                }
                (params(&query), others(&query))
            }
        };
        view! { <Asked asked=asked.only_filter() others=others /> }.into_any()
    }
}

/// Returns whether the dialog concerns all sessions except the viewer's.
fn others(query: &Query) -> bool {
    query.get(OTHERS_PARAMETER).as_deref() == Some("true")
}

/// Checks that the parameters of the URL form a valid filter of active sessions.
fn understood(query: &Query) -> Result<(), ListError> {
    check_names(
        query.names(),
        &[SessionParams::NAMES, &[OTHERS_PARAMETER]].concat(),
        &[],
    )?;
    let params = params(query);
    if params.parse(Limits::PANEL)?.ended {
        return Err(ListError::Ended("true".to_owned()));
    }
    request(params, others(query)).parse_filter().map(drop)
}

#[component]
fn Asked(asked: SessionParams, others: bool) -> impl IntoView {
    let place = Place {
        path: PATH.to_owned(),
        back: links::href(&asked),
    };
    let title = title(others);
    let preview = Resource::new(|| (), {
        let asked = asked.clone();
        move |()| preview_revocation(asked.clone(), others)
    });
    view! {
        <Transition>
            {move || {
                let (place, asked) = (place.clone(), asked.clone());
                Suspend::new(async move {
                    match preview.await {
                        Ok(preview) if preview.outcome.sessions > 0 => {
                            view! { <RevokeForm place=place asked=asked others=others preview=preview /> }.into_any()
                        }
                        Ok(RevokePreview { outcome, .. }) => {
                            view! {
                                <Closed place=place title=title>
                                    <p>"No sessions to revoke."</p>
                                    {kept(outcome)}
                                </Closed>
                            }
                                .into_any()
                        }
                        Err(ApiError(problem)) => {
                            view! {
                                <Closed place=place title=title>
                                    <ProblemNotice problem=problem />
                                </Closed>
                            }
                                .into_any()
                        }
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn RevokeForm(
    place: Place,
    asked: SessionParams,
    others: bool,
    preview: RevokePreview,
) -> impl IntoView {
    let sending = form::send::<RevokeSessions>(&place.path);
    let RevokePreview {
        outcome: first,
        user,
    } = preview;
    // Outcome from the server, if it denied the last attempt because the matching sessions had changed.
    let outcome = Memo::new(move |last: Option<&RevokeOutcome>| {
        let changed = sending
            .problem
            .with(|problem| problem.as_ref()?.details.revocation);
        changed.unwrap_or_else(|| last.copied().unwrap_or(first))
    });
    let hidden = |(name, value): (&'static str, &str)| {
        view! { <input type="hidden" name=name value=value.to_owned() /> }
    };
    view! {
        <FormDialog
            title=title(others)
            place=place.clone()
            sending=sending
            refusal=None
            right=Permission::SessionsWrite
            action=Signal::derive(move || format!("Revoke {}", sessions(outcome.get().sessions)))
            danger=true
        >
            <p>{meaning(&asked, user.as_ref(), others)}</p>
            <p>
                {move || {
                    let RevokeOutcome { sessions: count, people, .. } = outcome.get();
                    let users = if people == 1 { "1 user".to_owned() } else { format!("{} users", grouped(people)) };
                    format!("This revokes {} of {users}. They can sign in again.", sessions(count))
                }}
            </p>
            {move || kept(outcome.get())}
            {asked.pairs().into_iter().map(hidden).collect_view()}
            {user.map(|user| (hidden(("id", &user.id.to_string())), hidden(("username", &user.username))))}
            {others.then(|| hidden((OTHERS_PARAMETER, "true")))}
            <input type="hidden" name="expected" value=move || outcome.get().sessions.to_string() />
            <input type="hidden" name="page" value=place.back />
        </FormDialog>
    }
}

/// Renders the dialog when there is nothing to revoke.
#[component]
fn Closed(place: Place, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <Dialog place=place.clone() title=title>
            <div class="dialog-body">{children()}</div>
            <footer class="dialog-foot">
                <BackLink place=place label="Close" />
            </footer>
        </Dialog>
    }
}

const fn title(others: bool) -> &'static str {
    if others { OTHERS } else { TITLE }
}

/// Describes the selected sessions.
fn meaning(asked: &SessionParams, user: Option<&SessionUser>, others: bool) -> String {
    let mine = "Your current session stays active.";
    if others {
        return format!(
            "Everyone else is signed out immediately, and so are your other devices. {mine}"
        );
    }
    let filter: Vec<String> = asked
        .pairs()
        .into_iter()
        .map(|(name, value)| match (name, user) {
            ("person", Some(user)) => format!("of {} ({})", user.display_name, user.username),
            _ => words((name, value)),
        })
        .collect();
    if filter.is_empty() {
        return format!("All sessions are revoked immediately. {mine}");
    }
    format!(
        "All sessions {} are revoked immediately. {mine}",
        filter.join(" ")
    )
}

/// Describes one condition of the filter.
fn words((name, value): (&str, &str)) -> String {
    let age = || {
        let known = AGES.iter().find(|(age, _)| *age == value);
        known.map_or_else(|| value.to_owned(), |(_, text)| text.to_lowercase())
    };
    match name {
        "person" => format!("of {value}"),
        "address" => format!("from {value}"),
        "device" => format!("on {value}"),
        "created" => format!("signed in {}", age()),
        _ => format!("last seen {}", age()),
    }
}

/// Renders the number of matching sessions that the viewer cannot revoke.
fn kept(outcome: RevokeOutcome) -> Option<impl IntoView> {
    (outcome.out_of_reach > 0).then(|| {
        let count = sessions(outcome.out_of_reach);
        view! {
            <p class="muted">{format!("Skipped: {count} of users with more permissions than you.")}</p>
        }
    })
}

fn sessions(count: u64) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} session{plural}", grouped(count))
}

#[cfg(test)]
mod tests {
    use domain::users::UserId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_address_with_anything_unknown_ends_nothing() {
        let query = |pairs: &[(&'static str, &str)]| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            let query = Query::parse(&query.extend_pairs(pairs).finish());
            understood(&query).map_err(|error| error.to_string())
        };
        assert_eq!(query(&[("person", "ada"), ("seen", "before-7d")]), Ok(()));
        assert_eq!(query(&[("others", "true")]), Ok(()));
        assert_eq!(query(&[("others", "true"), ("person", "")]), Ok(()));
        let both = query(&[("others", "true"), ("person", "ada")]);
        assert!(both.is_err_and(|error| error.contains("revoking all other sessions")));
        for (name, value) in [
            ("seen", ">7d"),
            ("seen", "soon"),
            ("address", "x"),
            ("ended", "true"),
            ("ended", "yes"),
            ("sort", "person"),
            ("limit", "0"),
            ("after", "x"),
            ("persn", "ada"),
        ] {
            assert!(query(&[(name, value)]).is_err(), "{name}={value}");
        }
        for (name, value) in [("person", "ada"), ("others", "true")] {
            assert!(
                query(&[(name, value), (name, value)]).is_err(),
                "{name} twice"
            );
        }
    }

    #[test]
    fn a_filter_reads_as_a_sentence() {
        let asked = SessionParams {
            person: Some("ada".into()),
            device: Some("linux".into()),
            seen: Some("before-7d".into()),
            ..SessionParams::default()
        };
        assert_eq!(
            meaning(&asked, None, false),
            "All sessions of ada on linux last seen more than 1 week ago are revoked immediately. Your current session stays active."
        );
        let user = SessionUser {
            id: UserId(Uuid::nil()),
            username: "112".into(),
            display_name: "Ada Lovelace".into(),
        };
        let asked = SessionParams {
            person: Some("username:112".into()),
            ..SessionParams::default()
        };
        assert_eq!(
            meaning(&asked, Some(&user), false),
            "All sessions of Ada Lovelace (112) are revoked immediately. Your current session stays active."
        );
        assert_eq!(
            meaning(&SessionParams::default(), None, true),
            "Everyone else is signed out immediately, and so are your other devices. Your current session stays active."
        );
    }
}
