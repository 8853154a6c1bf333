//! Dialog above the session list that revokes many sessions. It shows their number, also on the button.

use domain::{
    list::{Limits, ListError, PageParams, check_names},
    permission::Permission,
    sessions::{SessionUser, list::SessionParams, revoke::RevokeOutcome},
};
use leptos::prelude::*;

use super::{filters::age_inside, params};
use crate::{
    api::{
        read::ReadRequest,
        sessions::{PreviewRevocation, RevokePreview, RevokeSessions, request},
    },
    components::{
        dialog::{ClosedDialog, DialogRoute, FormDialog},
        form,
        loaded::Loaded,
        notice::ProblemNotice,
        parameters::{Query, use_query},
    },
    context::PageContext,
    links::sessions as links,
    text,
};

const PATH: &str = "/sessions/revoke";

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
                if let Err(error) = checked(&query) {
                    let route = DialogRoute {
                        path: PATH.to_owned(),
                        back: links::href(&params(&query)),
                    };
                    return view! {
                        <ClosedDialog route=route title=title(false)>
                            <p role="alert">{text::message::of(&error.message())}</p>
                        </ClosedDialog>
                    }
                    .into_any();
                }
                (params(&query), others(&query))
            }
        };
        view! { <RevokeDialog asked=asked.only_filter() others=others /> }.into_any()
    }
}

/// Returns whether the dialog concerns all sessions except the viewer's.
fn others(query: &Query) -> bool {
    query.get(OTHERS_PARAMETER).as_deref() == Some("true")
}

/// Checks that the parameters of the URL form a valid filter of active sessions.
fn checked(query: &Query) -> Result<(), ListError> {
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
fn RevokeDialog(asked: SessionParams, others: bool) -> impl IntoView {
    let route = DialogRoute {
        path: PATH.to_owned(),
        back: links::href(&asked),
    };
    let title = title(others);
    let preview = Loaded::new({
        let asked = asked.clone();
        move || {
            let params = asked.clone();
            ReadRequest::of(PreviewRevocation { params, others })
        }
    });
    preview.draw(ViewFnOnce::default(), move |preview| {
        let (route, asked) = (route.clone(), asked.clone());
        match preview {
            Ok(preview) if preview.outcome.sessions > 0 => {
                view! { <RevokeForm route=route asked=asked others=others preview=preview /> }
                    .into_any()
            }
            Ok(RevokePreview { outcome, .. }) => view! {
                <ClosedDialog route=route title=title>
                    <p>{text::sessions::revoke_none()}</p>
                    {spared(outcome)}
                </ClosedDialog>
            }
            .into_any(),
            Err(problem) => view! {
                <ClosedDialog route=route title=title>
                    <ProblemNotice problem=problem />
                </ClosedDialog>
            }
            .into_any(),
        }
    })
}

#[component]
fn RevokeForm(
    route: DialogRoute,
    asked: SessionParams,
    others: bool,
    preview: RevokePreview,
) -> impl IntoView {
    let form_state = form::send::<RevokeSessions>(&route.path);
    let RevokePreview {
        outcome: first,
        user,
    } = preview;
    // Outcome from the server, if it denied the last attempt because the matching sessions had changed.
    let outcome = Memo::new(move |last: Option<&RevokeOutcome>| {
        let changed = form_state
            .problem
            .with(|problem| problem.as_ref()?.details.revocation.as_ref()?.get());
        changed.unwrap_or_else(|| last.copied().unwrap_or(first))
    });
    let hidden = |(name, value): (&'static str, &str)| {
        view! { <input type="hidden" name=name value=value.to_owned() /> }
    };
    view! {
        <FormDialog
            title=title(others)
            route=route.clone()
            form_state=form_state
            denied=None
            right=Permission::SessionsWrite
            action=Signal::derive(move || text::sessions::revoke_count(outcome.get().sessions))
            danger=true
        >
            <p>{meaning(&asked, user.as_ref(), others)}</p>
            <p>
                {move || {
                    let RevokeOutcome { sessions: count, users, .. } = outcome.get();
                    text::sessions::revokes(text::sessions::revokes_sessions(count), text::sessions::revokes_users(users))
                }}
            </p>
            {move || spared(outcome.get())}
            {asked.pairs().into_iter().map(hidden).collect_view()}
            {user.map(|user| (hidden(("id", &user.id.to_string())), hidden(("username", &user.username))))}
            {others.then(|| hidden((OTHERS_PARAMETER, "true")))}
            <input type="hidden" name="expected" value=move || outcome.get().sessions.to_string() />
            <input type="hidden" name="page" value=route.back />
        </FormDialog>
    }
}

fn title(others: bool) -> &'static str {
    if others {
        text::sessions::revoke_others_title()
    } else {
        text::sessions::revoke_title()
    }
}

/// Describes the selected sessions.
fn meaning(asked: &SessionParams, user: Option<&SessionUser>, others: bool) -> String {
    if others {
        return text::sessions::selected_others().to_owned();
    }
    let filter: Vec<String> = asked
        .pairs()
        .into_iter()
        .map(|(name, value)| match (name, user) {
            ("user", Some(user)) => {
                text::sessions::if_named_user(&user.display_name, &user.username)
            }
            _ => condition_label((name, value)),
        })
        .collect();
    if filter.is_empty() {
        return text::sessions::selected_all().to_owned();
    }
    text::sessions::selected_some(filter.join(" "))
}

/// Describes one condition of the filter.
fn condition_label((name, value): (&str, &str)) -> String {
    match name {
        "user" => text::sessions::if_user(value),
        "address" => text::sessions::if_address(value),
        "device" => text::sessions::if_device(value),
        "created" => text::sessions::if_created(age_inside(value)),
        _ => text::sessions::if_seen(age_inside(value)),
    }
}

/// Renders the number of matching sessions that the viewer cannot revoke.
fn spared(outcome: RevokeOutcome) -> Option<impl IntoView> {
    (outcome.out_of_reach > 0).then(|| {
        view! { <p class="muted">{text::sessions::spared(outcome.out_of_reach)}</p> }
    })
}

#[cfg(test)]
mod tests {
    use domain::users::UserId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn unknown_parameter_revokes_nothing() {
        let query = |pairs: &[(&'static str, &str)]| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            let query = Query::parse(&query.extend_pairs(pairs).finish());
            checked(&query).map_err(|error| error.to_string())
        };
        assert_eq!(query(&[("user", "ada"), ("seen", "before-7d")]), Ok(()));
        assert_eq!(query(&[("others", "true")]), Ok(()));
        assert_eq!(query(&[("others", "true"), ("user", "")]), Ok(()));
        let both = query(&[("others", "true"), ("user", "ada")]);
        assert!(both.is_err_and(|error| error.contains("revoking all other sessions")));
        for (name, value) in [
            ("seen", ">7d"),
            ("seen", "soon"),
            ("address", "x"),
            ("ended", "true"),
            ("ended", "yes"),
            ("sort", "user"),
            ("limit", "0"),
            ("after", "x"),
            ("persn", "ada"),
        ] {
            assert!(query(&[(name, value)]).is_err(), "{name}={value}");
        }
        for (name, value) in [("user", "ada"), ("others", "true")] {
            assert!(
                query(&[(name, value), (name, value)]).is_err(),
                "{name} twice"
            );
        }
    }

    #[test]
    fn filter_is_described_in_a_sentence() {
        let asked = SessionParams {
            user: Some("ada".into()),
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
            user: Some("username:112".into()),
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

    #[cfg(feature = "ssr")]
    #[test]
    fn filter_is_described_in_the_language_of_the_page() {
        use leptos::reactive::owner::Owner;

        use crate::text::language::Language;

        let asked = SessionParams {
            user: Some("ada".into()),
            device: Some("linux".into()),
            seen: Some("before-7d".into()),
            ..SessionParams::default()
        };
        let german = Owner::new().with(|| {
            provide_context(Language::German);
            meaning(&asked, None, false)
        });
        assert_eq!(
            german,
            "Alle Sitzungen von ada auf linux mit letzter Aktivität vor mehr als 1 Woche werden sofort widerrufen. Die aktuelle Sitzung bleibt aktiv."
        );
    }
}
