//! Filters that are not understood. They list nothing, in any list and by any route: rows of another list in their place would be
//! taken for the requested ones, and acted on.

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::PgPool;

use crate::support::{
    Answer, App, Ask, app,
    crowd::SEED,
    html::{Element, elements},
    id_of, session,
};

/// A list of the panel: its path, queries that are invalid in it, and the link to the whole list.
struct List {
    path: &'static str,
    broken: &'static [&'static str],
    way: &'static str,
}

const AGES: &[&str] = &[
    "seen=%3E7d",
    "seen=%3C7d",
    "created=%3E%3D7d",
    "seen=90days",
    "created=never",
    "address=localhost",
    "address=192.0.2.0/24",
    "sort=user",
    "limit=0",
    "limit=many",
    "after=x",
    "before=x",
];

const LISTS: &[List] = &[
    List {
        path: "/users",
        broken: &[
            "q=statsu:active",
            "q=last-login:%3E90d",
            "q=last-active:%3C90d",
            "q=last-login:%3E90days",
            "q=role:admin+OR",
            "q=%22admin",
            "q=inactive:soon",
            "q=role:nonsense",
            "q=ada+-group:nonsense",
            "sort=password",
            "limit=0",
            "limit=many",
            "after=x",
            "before=x",
            "deleted=yes",
            "after=x&before=y",
        ],
        way: "Show all users",
    },
    List {
        path: "/users?deleted=true",
        broken: &[
            "q=statsu:active",
            "q=created:%3E90d",
            "sort=name",
            "limit=0",
            "after=x",
        ],
        way: "Show all deleted users",
    },
    List {
        path: "/roles",
        broken: &["q=admin"],
        way: "Show all roles",
    },
    List {
        path: "/clients",
        broken: &["limit=0", "after=x", "before=x", "sort=name"],
        way: "Show all clients",
    },
    List {
        path: "/conversations",
        broken: &[
            "sort=name",
            "feedback=perhaps",
            "from=last+week",
            "min_cost=cheap",
            "max_cost=1e400",
            "limit=0",
            "after=x",
            "before=x",
        ],
        way: "Show all conversations",
    },
    List {
        path: "/sessions",
        broken: AGES,
        way: "Show all sessions",
    },
    List {
        path: "/sessions?ended=true",
        broken: AGES,
        way: "Show all ended sessions",
    },
    List {
        path: "/sessions/failed",
        broken: &["by=device", "limit=0", "after=x", "before=x"],
        way: "Show all failed sign-ins",
    },
    List {
        path: "/tokens",
        broken: &["state=dead", "limit=0", "after=x", "before=x"],
        way: "Show all access tokens",
    },
    List {
        path: "/audit",
        broken: &[
            "via=fax",
            "action=moved",
            "from=last+week",
            "to=%3E7d",
            "from=2026-02&to=2026-01",
            "limit=0",
            "after=x",
        ],
        way: "Show all entries",
    },
    List {
        path: "/settings/jobs",
        broken: &["state=stuck", "limit=0", "after=x"],
        way: "Show all jobs",
    },
    List {
        path: "/registrations",
        broken: &[
            "limit=0",
            "after=x",
            "after=1",
            "before=x",
            "sort=password",
            "state=open",
            "q=%E2%80%AE",
        ],
        way: "Show the first page",
    },
    List {
        path: "/registrations/invitations",
        broken: &["limit=0", "after=x", "before=x"],
        way: "Show the first page",
    },
    List {
        path: "/users/zqmark-uma/history",
        broken: &["before=x", "before=1.5"],
        way: "Show the first page",
    },
    List {
        path: "/users/zqmark-uma/data",
        broken: &["after=x"],
        way: "Show the first page",
    },
    List {
        path: "/users/zqmark-uma/sessions",
        broken: &["seen=before-7d"],
        way: "Show the first page",
    },
    List {
        path: "/users/zqmark-uma/keys",
        broken: &["provider=openai"],
        way: "Show the first page",
    },
    List {
        path: "/groups",
        broken: &["limit=0", "after=x", "before=x"],
        way: "Show all groups",
    },
    List {
        path: "/resources",
        broken: &["limit=0", "after=x", "before=x"],
        way: "Show all resources",
    },
    List {
        path: "/keys",
        broken: &["provider=openai"],
        way: "Show all API keys",
    },
];

/// Queries that no list understands: unknown parameters, and known ones twice.
const UNKNOWN: &[&str] = &[
    "x=y",
    "persn=ada",
    "others=true",
    "%78",
    "x=y&u=1",
    "x=y&x=y",
    "limit=25&limit=50",
    "after=&after=",
    "before=1&before=1",
    "q=&q=",
    "user=ada&user=ada",
    "state=live&state=live",
];

/// Lists of the API, and queries that are invalid in them.
const RESOURCES: &[(&str, &[&str])] = &[
    (
        "/api/admin/users",
        &[
            "q=statsu:active",
            "q=last-login:%3E90d",
            "q=last-active:%3C%3D90d",
            "q=spend:five",
            "q=over:tokens",
            "q=role:nonsense",
            "q=-group:nonsense",
            "sort=password",
            "limit=0",
            "after=x",
            "deleted=yes",
            "query=admin",
        ],
    ),
    (
        "/api/admin/users?deleted=true",
        &[
            "q=statsu:active",
            "q=last-login:%3E90d",
            "sort=name",
            "after=x",
        ],
    ),
    (
        "/api/admin/sessions",
        &[
            "seen=%3E7d",
            "created=%3C7d",
            "seen=soon",
            "address=x",
            "sort=user",
            "limit=0",
            "after=x",
            "ended=yes",
            "persn=ada",
        ],
    ),
    (
        "/api/admin/sessions/failed",
        &["by=device", "limit=0", "after=x", "user=ada"],
    ),
    (
        "/api/admin/tokens",
        &["state=dead", "kind=sk", "limit=0", "after=x", "person=ada"],
    ),
    (
        "/api/admin/audit",
        &[
            "via=fax",
            "action=moved",
            "from=%3E7d",
            "from=last+week",
            "to=x",
            "limit=0",
            "after=x",
            "actr=ada",
        ],
    ),
    (
        "/api/admin/audit/export?format=csv",
        &["via=fax", "from=%3E7d", "actr=ada"],
    ),
    (
        "/api/admin/jobs",
        &["state=stuck", "limit=0", "after=x", "kind=purge"],
    ),
    (
        "/api/admin/registrations",
        &[
            "after=x",
            "limit=0",
            "q=a%00b",
            "sort=last-login",
            "state=open",
            "user=ada",
        ],
    ),
    (
        "/api/admin/invitations",
        &["before=x", "limit=0", "state=open"],
    ),
    (
        "/api/admin/users/{id}/history",
        &["before=x", "action=user.created"],
    ),
    (
        "/api/admin/users/{id}/personas",
        &["after=x", "limit=0", "q=x"],
    ),
    (
        "/api/admin/users/{id}/sessions",
        &["seen=%3E7d", "ended=true"],
    ),
    ("/api/admin/users/{id}/api-keys", &["provider=openai"]),
    ("/api/admin/api-keys", &["provider=openai"]),
    ("/api/admin/sessions/events", &["user=ada"]),
];

/// Returns an app with content in each list, and a session of an admin.
async fn filled(pool: &PgPool) -> (App, String) {
    sqlx::raw_sql(SEED).execute(pool).await.unwrap();
    let ada = session(pool, "zqmark-ada").await;
    (app(pool).storing_keys(), ada)
}

fn joined(path: &str, query: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{query}")
}

fn named<'e>(elements: &'e [Element], name: &str) -> impl Iterator<Item = &'e Element> {
    elements.iter().filter(move |element| element.name == name)
}

/// Returns the elements that could act on rows.
fn actions(elements: &[Element]) -> Vec<String> {
    let leads = |element: &&Element| {
        ["href", "action", "formaction"].iter().any(|name| {
            let address = element.attribute(name).unwrap_or_default();
            let acts = [
                "revoke", "/bulk/", "/approve", "/reject", "/suspend", "/delete", "/export",
                "/retry", "/restore",
            ];
            acts.iter().any(|act| address.contains(act))
        })
    };
    let boxes =
        named(elements, "input").filter(|input| input.attribute("type") == Some("checkbox"));
    elements
        .iter()
        .filter(leads)
        .chain(boxes)
        .map(Element::outline)
        .collect()
}

/// Returns the address of a link by its text.
fn link(page: &Answer, text: &str) -> Option<String> {
    let before = page.body.split(&format!(">{text}<")).next()?;
    let tag = before.rsplit('<').next()?;
    let address = tag.split("href=\"").nth(1)?.split('"').next()?;
    Some(address.replace("&amp;", "&"))
}

#[testing::test]
async fn invalid_filter_shows_no_rows(pool: PgPool) {
    let (app, ada) = filled(&pool).await;
    for List { path, broken, way } in LISTS {
        let whole = app.get_as(&ada, path).await;
        let is_whole =
            |page: &Answer| page.status == 200 && named(&elements(&page.body), "tbody").count() > 0;
        assert!(is_whole(&whole), "{path}: {}", whole.body);
        let mut opened = BTreeSet::new();
        for query in broken.iter().chain(UNKNOWN) {
            let path = joined(path, query);
            let page = app.get_as(&ada, &path).await;
            assert_eq!(page.status, 422, "{path}");
            let elements = elements(&page.body);
            assert_eq!(
                named(&elements, "tr").count(),
                0,
                "{path} has rows: {}",
                page.body
            );
            // Actions on a user are on each of the user's pages, and do not concern rows.
            let is_about_user = path.starts_with("/users/");
            let acts: Vec<String> = actions(&elements)
                .into_iter()
                .filter(|act| !is_about_user || act.starts_with("<input"))
                .collect();
            assert_eq!(acts, <[String; 0]>::default(), "{path}");
            let all = link(&page, way)
                .unwrap_or_else(|| panic!("{path} has no link {way:?}: {}", page.body));
            let base = path.split('?').next().unwrap_or_default();
            let all = if all.starts_with('?') {
                format!("{base}{all}")
            } else {
                all
            };
            if opened.insert(all.clone()) {
                assert!(
                    is_whole(&app.get_as(&ada, &all).await),
                    "{path}: {all} leads to the whole list"
                );
            }
        }
    }
}

#[testing::test]
async fn unknown_parameter_is_named(pool: PgPool) {
    let (app, ada) = filled(&pool).await;
    let way = "Show the list without this parameter";
    for (path, name, without) in [
        (
            "/sessions?user=zqmark-ada&persn=uma",
            "persn",
            "/sessions?user=zqmark-ada",
        ),
        (
            "/sessions?sort=seen&user=ada&user=uma",
            "user",
            "/sessions?sort=seen",
        ),
        ("/tokens?x=y", "x", "/tokens"),
        ("/settings?x=y", "x", "/settings"),
        ("/keys?x=y", "x", "/keys"),
        (
            "/users/zqmark-uma/history?actor=ada",
            "actor",
            "/users/zqmark-uma/history",
        ),
    ] {
        let page = app.get_as(&ada, path).await;
        let message = page.body.split("id=\"filter-error\"").nth(1);
        let message = message.and_then(|rest| rest.split("</p>").next());
        assert!(
            message.is_some_and(|message| message.contains(&format!("\"{name}\""))),
            "{path}: {message:?}"
        );
        let href = link(&page, way);
        assert_eq!(href.as_deref(), Some(without), "{path}");
        assert_eq!(app.get_as(&ada, without).await.status, 200, "{without}");
    }
    // Parameters that belong to a page are not filters.
    for path in [
        "/users?u=1%3A1&u=2%3A1",
        "/registrations?u=1%3A1",
        "/sessions/revoke?others=true",
    ] {
        assert_eq!(app.get_as(&ada, path).await.status, 200, "{path}");
    }
}

#[testing::test]
async fn ambiguous_age_has_two_links(pool: PgPool) {
    let (app, ada) = filled(&pool).await;
    for (path, before, after) in [
        (
            "/users?q=role:admin+last-login:%3E90d&sort=name&limit=25",
            "/users?q=role%3Aadmin+last-login%3Abefore-90d&sort=name&limit=25",
            "/users?q=role%3Aadmin+last-login%3Aafter-90d&sort=name&limit=25",
        ),
        (
            "/sessions?user=ada&seen=%3C7d",
            "/sessions?user=ada&seen=before-7d",
            "/sessions?user=ada&seen=after-7d",
        ),
    ] {
        let page = app.get_as(&ada, path).await;
        let elements = elements(&page.body);
        let links: Vec<&str> = named(&elements, "a")
            .filter_map(|link| link.attribute("href"))
            .collect();
        for reading in [before, after] {
            assert!(
                links.contains(&reading),
                "{path} has no link {reading}: {links:?}"
            );
            assert_eq!(app.get_as(&ada, reading).await.status, 200, "{reading}");
        }
    }
}

#[testing::test]
async fn filter_meaning_is_shown(pool: PgPool) {
    let (app, ada) = filled(&pool).await;
    for (path, meaning) in [
        ("/users?q=inactive:90d", "(90 days ago), or never"),
        ("/users?q=spend:%3E5", "Spend this month: more than $5.00"),
        (
            "/users?q=last-login:before-90d&deleted=true",
            "Last sign-in before ",
        ),
        ("/sessions?seen=before-7d", "Last seen before "),
        ("/sessions?user=1001", "User is 1001 or No. 1001"),
        ("/audit?from=7d", "Logged since "),
        ("/tokens?state=expiring&user=ada", "(in 7 days)"),
        ("/settings/jobs?state=failed", "State is “Failed”"),
    ] {
        let page = app.get_as(&ada, path).await;
        let part = page.body.split("id=\"filter-meaning\"").nth(1);
        let part = part
            .and_then(|part| part.split("</ul>").next())
            .unwrap_or_default();
        assert!(part.contains(meaning), "{path}: {part}");
    }
}

#[testing::test]
async fn lists_and_filters_have_the_language_of_the_request(pool: PgPool) {
    let (app, ada) = filled(&pool).await;
    for (path, texts) in [
        (
            "/users",
            &[
                ">Benutzer<",
                "Benutzer suchen",
                "Nie angemeldet",
                "data-label=\"Letzte Anmeldung\"",
                "data-label=\"Zuletzt aktiv\"",
                "Zeilen pro Seite",
                "Weitere Aktionen für ",
            ][..],
        ),
        (
            "/users?q=inactive:90d",
            &["Nicht aktiv seit dem ", "(vor 90 Tagen) oder nie"],
        ),
        ("/users?q=zzzz", &["Keine passenden Benutzer"]),
        (
            "/users?q=login:%3E7d",
            &[
                "Ungültiger Filter",
                "vor mehr als 7 Tagen oder nie",
                "Alle Benutzer anzeigen",
            ],
        ),
        ("/users?deleted=true&q=zzzz", &["Keine passenden Benutzer"]),
        ("/sessions?seen=before-7d", &["Zuletzt aktiv vor dem "]),
        (
            "/sessions?seen=%3E7d",
            &["zuletzt aktiv vor mehr als 7 Tagen"],
        ),
        ("/audit?from=7d", &["Protokolliert seit "]),
        ("/tokens?state=expiring&user=ada", &["(in 7 Tagen)"]),
        ("/settings/jobs?state=failed", &["Status ist „"]),
    ] {
        let ask = Ask::get(path).by(&ada);
        let page = app.send(ask.header("accept-language", "de")).await;
        for text in texts {
            assert!(page.body.contains(text), "{text} on {path}");
        }
    }
}

#[testing::test]
async fn invalid_filter_revokes_no_session(pool: PgPool) {
    let (app, ada) = filled(&pool).await;
    let live = "select count(*) from sessions where ended_at is null";
    let before = app.count(live).await;
    for query in AGES.iter().chain(&[
        "persn=ada",
        "ended=true",
        "ended=yes",
        "others=true&seen=%3E7d",
    ]) {
        let path = format!("/sessions/revoke?{query}");
        let page = app.get_as(&ada, &path).await;
        let elements = elements(&page.body);
        let expected =
            named(&elements, "input").find(|input| input.attribute("name") == Some("expected"));
        assert_eq!(expected, None, "{path} offers to end sessions");
    }
    for (field, value) in [
        ("seen", ">7d"),
        ("seen", "soon"),
        ("created", "<7d"),
        ("address", "x"),
    ] {
        let form = [("page", "/sessions"), ("expected", "1"), (field, value)];
        let answer = app
            .send(Ask::post("/sessions/revoke").by(&ada).form(&form))
            .await;
        assert_eq!(answer.status, 422, "{field}={value}");
        let body = json!({ "filter": { field: value }, "expected": 1 });
        let answer = app
            .send(Ask::post("/api/admin/sessions/revoke").by(&ada).json(&body))
            .await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{field}={value}");
    }
    assert_eq!(app.count(live).await, before);
}

#[testing::test]
async fn invalid_filter_lists_no_resource(pool: PgPool) {
    let (app, ada) = filled(&pool).await;
    let uma = id_of(&pool, "zqmark-uma").await;
    for (path, broken) in RESOURCES {
        let path = path.replace("{id}", &uma);
        for query in *broken {
            let path = joined(&path, query);
            let answer = app.get_as(&ada, &path).await;
            assert_eq!(
                answer.outline(),
                "400 VALIDATION_ERROR",
                "{path}: {}",
                answer.body
            );
            assert!(!answer.body.contains("zqmark"), "{path}: {}", answer.body);
        }
    }
    let answer = app
        .get_as(&ada, "/api/admin/users?q=last-login:%3E90d")
        .await;
    let message = answer.message();
    assert!(
        message.contains("last-login:before-90d") && message.contains("last-login:after-90d"),
        "{message}"
    );
    assert_eq!(answer.json()["details"]["word"], json!([11, 15]));
}

/// Checks the requests of the scripts of a page.
#[testing::test]
async fn invalid_filter_returns_no_rows_from_server_functions(pool: PgPool) {
    let (app, ada) = filled(&pool).await;
    for (path, status) in [
        // The browser would report these as errors of the page; the message in place of the list is the same.
        ("/sfn/users?params[q]=last-login:%3E90d", 200),
        ("/sfn/users?params[deleted]=yes", 200),
        ("/sfn/usage?params[range]=8d", 200),
        ("/sfn/usage?params[from]=2026-02-30", 200),
        (
            "/sfn/usage?params[from]=2026-11-02&params[to]=2026-11-01",
            200,
        ),
        ("/sfn/usage?persn=ada", 422),
        ("/sfn/sessions?params[seen]=%3E7d", 200),
        ("/sfn/tokens?params[state]=dead", 200),
        ("/sfn/audit?params[via]=fax", 200),
        ("/sfn/jobs?params[state]=stuck", 200),
        ("/sfn/conversations?params[feedback]=perhaps", 200),
        ("/sfn/registrations?params[after]=x", 200),
        ("/sfn/registrations?params[sort]=password", 200),
        ("/sfn/invitations?after=x", 422),
        ("/sfn/invitations?before=x", 422),
        ("/sfn/registrations?params[limit]=0", 200),
        (
            "/sfn/preview-revocation?params[seen]=%3E7d&others=false",
            422,
        ),
        ("/sfn/users?x=y", 422),
        ("/sfn/users?params[q]=&x=y", 422),
        ("/sfn/sessions?persn=ada", 422),
        ("/sfn/registrations?params[after]=&x=y", 422),
        ("/sfn/preview-revocation?params[user]=ada&othres=true", 422),
    ] {
        let answer = app.get_as(&ada, path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        let answer = answer.json();
        let problem = answer.get("invalid").unwrap_or(&answer);
        assert_eq!(problem["error"], "VALIDATION_ERROR", "{path}: {answer}");
        assert!(!answer.to_string().contains("zqmark"), "{path}: {answer}");
    }
    // Parameters that the type does not have cannot even be parsed.
    for query in ["params[persn]=ada", "params[q]=a&params[q]=b"] {
        let answer = app.get_as(&ada, &format!("/sfn/users?{query}")).await;
        assert!(
            (400..500).contains(&answer.status),
            "{query}: {}",
            answer.body
        );
        assert!(!answer.body.contains("zqmark"), "{query}: {}", answer.body);
    }
}
