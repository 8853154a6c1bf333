//! Pages as the server renders them, before any script runs and where none ever does.

use sqlx::PgPool;
use testing::{crowd::crowd, users::user};

use crate::support::{
    Answer, App, Ask, PASSWORD, add_password, add_user, app, html::text_of, session,
};

/// Returns an app, a session of an admin, and one of a user without permissions.
async fn with_users(pool: &PgPool) -> (App, String, String) {
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "uma", &["user"]).await;
    (
        app(pool),
        session(pool, "ada").await,
        session(pool, "uma").await,
    )
}

/// Returns the tags of a page, without the texts between them.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<')
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap_or_default())
}

fn nonce(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    nonce.unwrap_or_else(|| panic!("{policy}")).to_owned()
}

/// Checks that a page runs only the scripts that the server has put there.
fn assert_strict(page: &Answer, label: &str) {
    let policy = page.header("content-security-policy");
    for (directive, allowed) in [
        ("default-src", true),
        ("script-src", true),
        ("worker-src 'self'", true),
        ("unsafe-inline", false),
        ("data:", false),
    ] {
        assert_eq!(policy.contains(directive), allowed, "{label}: {policy}");
    }
    let nonce = nonce(page);
    assert!(nonce.len() >= 16, "{label}: {nonce}");
    for tag in tags(&page.body) {
        let (name, attributes) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
        if name == "script" || name == "style" {
            assert!(
                tag.contains(&format!("nonce=\"{nonce}\"")),
                "{label}: {tag}"
            );
        }
        // Every second part is the value of an attribute.
        let names = attributes.split('"').step_by(2);
        for attribute in names.flat_map(str::split_whitespace) {
            let attribute = attribute.trim_end_matches('=');
            let handler =
                attribute.starts_with("on") && attribute.bytes().all(|b| b.is_ascii_lowercase());
            assert!(attribute != "style" && !handler, "{label}: {tag}");
        }
        assert!(!tag.contains("javascript:"), "{label}: {tag}");
    }
}

#[testing::test]
async fn each_caller_is_redirected_to_an_allowed_page(pool: PgPool) {
    let (app, ada, uma) = with_users(&pool).await;
    let search = "/users?q=role%3Aadmin&sort=-name";
    for (path, anonymous, user, admin) in [
        ("/", "303 to /login", "303 to /account", "303 to /users"),
        ("/login", "200", "303 to /", "303 to /"),
        ("/account", "303 to /login?next=%2Faccount", "200", "200"),
        (
            "/users",
            "303 to /login?next=%2Fusers",
            "303 to /account",
            "200",
        ),
        (
            search,
            "303 to /login?next=%2Fusers%3Fq%3Drole%253Aadmin%26sort%3D-name",
            "303 to /account",
            "200",
        ),
    ] {
        assert_eq!(app.get(path).await.outline(), anonymous, "{path}");
        assert_eq!(
            app.send(Ask::get(path).by(&uma)).await.outline(),
            user,
            "{path}"
        );
        assert_eq!(
            app.send(Ask::get(path).by(&ada)).await.outline(),
            admin,
            "{path}"
        );
    }
}

#[testing::test]
async fn every_page_has_a_strict_policy(pool: PgPool) {
    let (app, ada, uma) = with_users(&pool).await;
    for (name, n) in [
        "<img src=x onerror=alert(1)> style=\"x\"",
        "</script><script>alert(1)</script>",
        "--><script>alert(1)</script>",
    ]
    .into_iter()
    .zip(1..)
    {
        user(&format!("mallory{n}"))
            .display_name(name)
            .email(format!("{n}@example.org").as_str())
            .insert(&pool)
            .await;
    }
    let denied =
        Ask::post("/login").form(&[("username", "<script>alert(1)</script>"), ("password", "x")]);
    let broken = "/users?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%3A";
    for (ask, status) in [
        (Ask::get("/login"), 200),
        (
            Ask::get("/login?next=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E"),
            200,
        ),
        (denied, 401),
        (Ask::get("/setup"), 404),
        (Ask::get("/account").by(&uma), 200),
        (Ask::get("/users").by(&ada), 200),
        (Ask::get("/users?q=mallory").by(&ada), 200),
        (Ask::get("/users?q=unknown-user").by(&ada), 200),
        (Ask::get(broken).by(&ada), 422),
        (Ask::get("/nothing"), 404),
        (
            Ask::get("/nothing/%3Cscript%3Ealert(1)%3C%2Fscript%3E?%22%3E%3Cscript%3E"),
            404,
        ),
    ] {
        let label = ask.label();
        let page = app.send(ask.clone()).await;
        assert_eq!(page.status, status, "{label}");
        assert_strict(&page, &label);
        for markup in ["<script>alert", "<img src=x"] {
            assert!(!page.body.contains(markup), "{label}: {}", page.body);
        }
        assert_ne!(
            nonce(&page),
            nonce(&app.send(ask).await),
            "{label}: each answer has its own nonce"
        );
    }
}

#[testing::test]
async fn pages_disable_translation(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    for ask in [Ask::get("/login"), Ask::get("/users").by(&ada)] {
        let page = app.send(ask).await.body;
        for part in [
            r#" translate="no""#,
            r#"<meta name="google" content="notranslate">"#,
            r#"<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">"#,
            r#"<body data-nodes=""#,
        ] {
            assert!(page.contains(part), "{part}: {page:.2000}");
        }
    }
}

#[testing::test]
async fn list_is_rendered_on_the_server(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    crowd(60, "person-", "Person & ")
        .status("pending")
        .insert(&pool)
        .await;
    let page = app
        .send(Ask::get("/users?limit=25&sort=name").by(&ada))
        .await;
    for text in [
        "ada@example.org",
        "person-1",
        "Person &amp; 1",
        "after=",
        "limit=50",
        "sort=-name",
        "1–25",
        ">62<",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains("person-60"), "only its page");
}

#[testing::test]
async fn invalid_address_shows_no_list(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    let endless = format!("/users?q={}", "x".repeat(10_000));
    for (path, says) in [
        ("/users?limit=0", "is not a number from 1 to 100"),
        ("/users?limit=1000000000", "is not a number from 1 to 100"),
        ("/users?limit=-1", "is not a number from 1 to 100"),
        ("/users?sort=password", "Cannot sort by"),
        (
            "/users?after=made-up",
            "This page does not exist in this list or order",
        ),
        ("/users?q=statsu%3Aactive", "Did you mean"),
        ("/users?q=a%00b", ""),
        ("/users?q=a%E2%80%AEb", ""),
        (endless.as_str(), "500"),
    ] {
        let page = app.send(Ask::get(path).by(&ada)).await;
        assert_eq!(page.status, 422, "{path:.60}");
        assert!(page.body.contains(says), "{path:.60}: {}", page.body);
        assert!(
            !page.body.contains("uma@example.org"),
            "{path:.60}: no list is shown instead"
        );
    }
}

#[testing::test]
async fn page_of_nothing_has_status_404(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    let unknown = "00000000-0000-7000-8000-000000000000";
    for (path, text) in [
        ("/users/..", "Page not found"),
        ("/users/%2e%2e", "Page not found"),
        ("/users/ada/../..", "Page not found"),
        ("/users/unknown-user", "User not found"),
        ("/users/bulk/zz", "This bulk action does not exist."),
        ("/users/bulk/Suspend", "This bulk action does not exist."),
        ("/keys/zz/edit", "API key not found"),
        (&format!("/keys/{unknown}/edit"), "API key not found"),
        ("/keys/zz/delete", "Not found"),
        ("/account/keys/zz/edit", "API key not found"),
        (
            "/registrations/invitations/zz/resend",
            "Invitation not found",
        ),
        ("/registrations/invitations/zz/revoke", "Not found"),
        ("/sessions/zz/revoke", "Not found"),
        ("/tokens/zz/revoke", "Not found"),
        ("/settings/jobs/zz/retry", "Not found"),
    ] {
        let page = app.get_as(&ada, path).await;
        assert_eq!(page.status, 404, "{path}: {}", page.body);
        assert!(page.body.contains(text), "{path}: {}", page.body);
    }
    for path in ["/users/bulk/suspend", "/users/bulk/sign-out"] {
        let path = format!("{path}?u={unknown}:1:unknown-user");
        assert_eq!(app.get_as(&ada, &path).await.status, 200, "{path}");
    }
}

#[testing::test]
async fn sign_in_works_without_scripts(pool: PgPool) {
    let (app, ..) = with_users(&pool).await;
    add_password(&pool, &app.services.hasher).await;
    let form = [
        ("username", "ada"),
        ("password", PASSWORD),
        ("next", "/users?q=role%3Aadmin"),
    ];
    let answer = app.send(Ask::post("/login").form(&form)).await;
    assert_eq!(answer.outline(), "303 to /users?q=role%3Aadmin");
    let (cookie, attributes) = answer.cookie("session_token").unwrap();
    assert!(
        attributes.contains("Max-Age=604800") || attributes.contains("Max-Age=604799"),
        "{attributes}"
    );
    assert_eq!(app.send(Ask::get("/users").by(cookie)).await.status, 200);

    let remembered = [
        ("username", "ada"),
        ("password", PASSWORD),
        ("remember", "true"),
    ];
    let answer = app.send(Ask::post("/login").form(&remembered)).await;
    assert_eq!(answer.outline(), "303 to /");
    let (_, attributes) = answer.cookie("session_token").unwrap();
    assert!(
        attributes.contains("Max-Age=2592000") || attributes.contains("Max-Age=2591999"),
        "{attributes}"
    );
}

#[testing::test]
async fn rejected_form_keeps_values_but_no_password(pool: PgPool) {
    let (app, ..) = with_users(&pool).await;
    add_password(&pool, &app.services.hasher).await;
    let form = [
        ("username", "ada lovelace"),
        ("password", "wr0ng-pässword"),
        ("next", "/users?q=x"),
        ("remember", "true"),
    ];
    let page = app.send(Ask::post("/login").form(&form)).await;
    assert_eq!(page.status, 401);
    assert!(page.body.contains("Wrong username or password"));
    assert!(
        page.body.contains("value=\"ada lovelace\""),
        "{}",
        page.body
    );
    assert!(page.body.contains("value=\"/users?q=x\""), "{}", page.body);
    assert!(
        tags(&page.body).any(|tag| tag.contains("name=\"remember\"") && tag.contains("checked"))
    );
    assert!(!page.body.contains("wr0ng") && page.cookies().is_empty());

    let empty = app.send(Ask::post("/login").form(&[])).await;
    assert_eq!(empty.status, 422);
    assert!(
        empty.body.contains("Enter your username.") && empty.body.contains("Enter your password.")
    );
}

#[testing::test]
async fn sign_out_works_without_scripts(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    let answer = app.send(Ask::post("/logout").by(&ada)).await;
    assert_eq!(
        (
            answer.outline().as_str(),
            answer.cookie("session_token").unwrap().0
        ),
        ("303 to /login", "")
    );
    assert_eq!(
        app.send(Ask::get("/users").by(&ada)).await.outline(),
        "303 to /login?next=%2Fusers"
    );
}

#[testing::test]
async fn preferences_are_stored_in_a_cookie(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    let mut stored = String::new();
    for (name, value, shown) in [
        ("theme", "dark", "data-theme=\"dark\""),
        ("density", "compact", "data-density=\"compact\""),
        ("rail", "collapsed", "data-rail=\"collapsed\""),
        ("language", "de", "lang=\"de\""),
        ("language", "xx", "lang=\"de\""),
        ("theme", "<script>", "data-theme=\"dark\""),
        ("unknown", "x", "data-theme=\"dark\""),
    ] {
        let form = Ask::post("/preferences").form(&[(name, value), ("next", "/users?sort=name")]);
        let answer = app.send(form.cookie("rollcall_preferences", &stored)).await;
        assert_eq!(answer.outline(), "303 to /users?sort=name");
        answer
            .cookie("rollcall_preferences")
            .unwrap()
            .0
            .clone_into(&mut stored);
        let page = app
            .send(
                Ask::get("/users")
                    .by(&ada)
                    .cookie("rollcall_preferences", &stored),
            )
            .await;
        assert!(page.body.contains(shown), "{name}={value}: {stored}");
    }
    assert_eq!(stored, "dark.compact.collapsed.de");
}

#[testing::test]
async fn language_is_the_chosen_or_the_accepted_one(pool: PgPool) {
    const ENGLISH: (&str, &str) = ("lang=\"en\"", "Skip to content");
    const GERMAN: (&str, &str) = ("lang=\"de\"", "Zum Inhalt springen");
    let (app, ada, _) = with_users(&pool).await;
    for (accepted, chosen, (tag, text)) in [
        ("", "", ENGLISH),
        ("de-AT, en;q=0.5", "", GERMAN),
        ("de-AT, en;q=0.5", "system.comfortable.open", GERMAN),
        ("de-AT, en;q=0.5", "system.comfortable.open.auto", GERMAN),
        ("de-AT, en;q=0.5", "system.comfortable.open.en", ENGLISH),
        ("en", "system.comfortable.open.de", GERMAN),
        ("fr", "", ENGLISH),
    ] {
        let ask = Ask::get("/users")
            .by(&ada)
            .header("accept-language", accepted);
        let page = app.send(ask.cookie("rollcall_preferences", chosen)).await;
        for expected in [tag, text] {
            assert!(
                page.body.contains(expected),
                "{expected} for {accepted:?} and {chosen:?}"
            );
        }
    }
}

#[testing::test]
async fn only_translated_pages_load_a_table_of_texts(pool: PgPool) {
    let (app, ..) = with_users(&pool).await;
    for (accepted, loads) in [("en", false), ("de", true)] {
        let ask = Ask::get("/login").header("accept-language", accepted);
        let page = app.send(ask).await;
        let found = page.body.contains("data-texts=\"/pkg/texts-de.json\"");
        assert_eq!(found, loads, "{accepted}");
    }
}

#[testing::test]
async fn every_part_of_a_page_has_its_language(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    let ask = Ask::get("/account/preferences").by(&ada);
    let page = app.send(ask.header("accept-language", "de")).await;
    // The view, an attribute, a component whose data is loaded, and a part that is rendered from a signal.
    for text in [
        "Wie im Browser",
        "title=\"Hell\"",
        "Wie auf diesem Gerät",
        "Speichern",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
}

#[testing::test]
async fn pages_of_a_user_have_the_language_of_the_request(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    for (path, texts) in [
        (
            "/users/uma",
            &[
                "uma · Nr. ",
                ">Aktiv<",
                ">Benutzer<",
                "Sperren",
                "Statistik",
            ][..],
        ),
        ("/users/uma/sessions", &["Alle widerrufen", "Gerät"]),
        ("/users/uma/keys", &["Keine API-Schlüssel"]),
        ("/users/uma/data", &["Keine Personas"]),
        ("/users/uma/edit", &["uma bearbeiten", "Voller Zugriff"]),
        (
            "/users/uma/suspend",
            &["uma sperren", "Bei der Anmeldung", "Abbrechen"],
        ),
        (
            "/users/uma/delete",
            &["Benutzer und 1 Objekt", "Zugriffstokens"],
        ),
        ("/users/unknown-user", &["Benutzer nicht gefunden"]),
    ] {
        let ask = Ask::get(path).by(&ada);
        let page = app.send(ask.header("accept-language", "de")).await;
        for text in texts {
            assert!(page.body.contains(text), "{text} on {path}");
        }
    }
}

#[testing::test]
async fn errors_have_the_language_of_the_page(pool: PgPool) {
    let (app, ada, uma) = with_users(&pool).await;
    let empty = [("username", ""), ("password", "")];
    for (ask, text) in [
        (Ask::post("/login").form(&empty), "Benutzernamen eingeben."),
        (
            Ask::post("/sfn/sign-in").form(&empty),
            "Benutzernamen eingeben.",
        ),
        (
            Ask::post("/users/new").form(&[("username", "new")]),
            "Anmelden, um zum Formular zurückzukehren.",
        ),
        (
            Ask::get("/users?q=a%20OR").by(&ada),
            "OR braucht auf jeder Seite einen Begriff.",
        ),
        (
            Ask::get("/sfn/overview").by(&uma),
            "Administratorzugriff erforderlich",
        ),
        (
            Ask::get("/api/admin/users?sort=x").by(&ada),
            "Cannot sort by",
        ),
    ] {
        let label = ask.label();
        let answer = app.send(ask.header("accept-language", "de")).await;
        assert!(answer.body.contains(text), "{label}: {}", answer.body);
    }
}

#[testing::test]
async fn malformed_form_body_is_rejected(pool: PgPool) {
    let (app, ..) = with_users(&pool).await;
    let endless = format!("username={}", "x".repeat(100_000));
    for path in ["/login", "/setup", "/preferences"] {
        for (kind, body) in [
            ("application/json", "{}"),
            ("text/plain", "username=ada"),
            ("application/x-www-form-urlencoded", endless.as_str()),
        ] {
            let answer = app.send(Ask::post(path).body(kind, body)).await;
            assert!(
                (400..500).contains(&answer.status),
                "{path} {kind}: {}",
                answer.status
            );
        }
        let garbage = Ask::post(path).body(
            "application/x-www-form-urlencoded",
            b"\xff%ff=%zz&&&===".to_vec(),
        );
        assert_ne!(app.send(garbage).await.status, 500, "{path}");
    }
}

#[testing::test]
async fn export_link_redirects_a_browser_to_sign_in(pool: PgPool) {
    let (app, ..) = with_users(&pool).await;
    let user = "/api/admin/users/00000000-0000-0000-0000-000000000000/export";
    for (export, page) in [
        ("/api/user/export", "%2Faccount%2Fdata"),
        (
            "/api/admin/audit/export?format=csv&actor=ada",
            "%2Faudit%3Factor%3Dada",
        ),
        (
            user,
            "%2Fusers%2F00000000-0000-0000-0000-000000000000%2Fdelete",
        ),
    ] {
        for (name, value) in [
            ("sec-fetch-mode", "navigate"),
            ("accept", "text/html,*/*;q=0.8"),
        ] {
            let clicked = app.send(Ask::get(export).header(name, value)).await;
            let login = format!("303 to /login?next={page}");
            assert_eq!(clicked.outline(), login, "{export} {name}");
        }
        for (name, value) in [
            ("sec-fetch-mode", "cors"),
            ("accept", "application/json, text/html"),
            ("accept", "*/*"),
        ] {
            let asked = app.send(Ask::get(export).header(name, value)).await;
            assert_eq!(asked.outline(), "401 UNAUTHORIZED", "{export} {value}");
        }
        let bearer = Ask::get(export).bearer("rc_unknown");
        let denied = app.send(bearer.header("accept", "text/html")).await;
        assert_eq!(denied.outline(), "401 UNAUTHORIZED", "{export}");
    }
}

#[testing::test]
async fn titles_are_those_of_the_screens(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    for (path, title) in [
        ("/account", "My account"),
        ("/account/keys/new", "My account"),
        ("/overview", "Overview"),
        ("/users", "Users"),
        ("/users/new", "Users"),
        ("/groups", "Groups"),
        ("/groups/new", "Groups"),
        ("/sessions", "Sessions"),
        ("/sessions/failed", "Failed sign-ins"),
        ("/registrations", "Registrations"),
        ("/registrations/invitations", "Registrations"),
        ("/keys", "API keys"),
        ("/roles", "Roles"),
        ("/clients", "Clients"),
        ("/clients/new", "Clients"),
        ("/limits", "Limits"),
        ("/limits/new", "Limits"),
        ("/tokens", "Access tokens"),
        ("/audit", "Audit log"),
        ("/settings", "Settings"),
        ("/settings/dialects", "Dialects"),
        ("/settings/jobs", "Jobs"),
    ] {
        let page = app.get_as(&ada, path).await;
        assert_eq!(
            text_of(&page.body, "title"),
            Some(format!("{title} · Rollcall")),
            "{path}"
        );
    }
}

#[testing::test]
async fn pages_of_access_have_the_language_of_the_request(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    for (path, texts) in [
        (
            "/sessions",
            &["Aktive Sitzungen", "Sitzung von uma auf ", "Vor mehr als"][..],
        ),
        ("/sessions?ended=true", &["Hier erscheinen Sitzungen, die"]),
        (
            "/sessions/failed",
            &["Nach IP-Adresse", "Keine fehlgeschlagenen Anmeldungen"],
        ),
        (
            "/sessions/revoke?others=true",
            &["Widerruft 1 Sitzung von 1 Benutzer.", "Alle anderen"],
        ),
        (
            "/sessions/revoke?user=uma&seen=after-1h",
            &["mit letzter Aktivität in der letzten Stunde werden"],
        ),
        (
            "/registrations",
            &["Die Registrierung ist ", "Keine ausstehenden"],
        ),
        (
            "/registrations/invitations/new",
            &[
                "Keine Einladungen",
                "Maximale Verwendungen",
                "Läuft ab nach",
            ],
        ),
        ("/keys", &["Aktiver Schlüssel", "Zum Aktivieren API_KEY_"]),
        (
            "/roles",
            &[
                "Berechtigungen nach Rolle",
                "Alle Benutzer mit ihren Statistiken sehen.",
            ],
        ),
        ("/clients", &["Noch keine Clients", "Neuer Client"]),
        ("/limits", &["Noch keine Limits", "Neues Limit"]),
        ("/tokens", &["Keine Zugriffstokens", "Läuft bald ab"]),
    ] {
        let ask = Ask::get(path).by(&ada);
        let page = app.send(ask.header("accept-language", "de")).await;
        for text in texts {
            assert!(page.body.contains(text), "{text} on {path}");
        }
    }
}

#[testing::test]
async fn pages_of_visitors_and_accounts_have_their_language(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    for (is_signed_in, path, texts) in [
        (
            false,
            "/login",
            &["Angemeldet bleiben", "Anmelden · Rollcall"][..],
        ),
        (false, "/register", &["Registrierung geschlossen"]),
        (
            false,
            "/reset?link=x",
            &["Dieser Link ist nicht mehr gültig"],
        ),
        (true, "/users/..", &["Seite nicht gefunden"]),
        (
            true,
            "/account",
            &["Registriert seit", "Aktuelles Passwort"],
        ),
        (true, "/account/sessions", &["Diese Sitzung", "gerade eben"]),
        (true, "/account/tokens/new", &["Wofür wird dieses Token"]),
    ] {
        let ask = Ask::get(path).header("accept-language", "de");
        let ask = if is_signed_in { ask.by(&ada) } else { ask };
        let page = app.send(ask).await;
        for text in texts.iter().chain(&["data-stopped=\"Diese Seite"]) {
            assert!(page.body.contains(text), "{path}: {text}");
        }
    }
}

#[testing::test]
async fn error_page_is_in_the_language_of_the_request(pool: PgPool) {
    let (app, ada, _) = with_users(&pool).await;
    pool.close().await;
    for (accepted, chosen, texts) in [
        ("en", "", ["lang=\"en\"", "Try again", "Request ID"]),
        ("de", "", ["lang=\"de\"", "Erneut versuchen", "Anfrage-ID"]),
        (
            "de",
            "system.comfortable.open.en",
            ["lang=\"en\"", "Try again", "Request ID"],
        ),
    ] {
        let ask = Ask::get("/users")
            .by(&ada)
            .header("accept-language", accepted);
        let page = app.send(ask.cookie("rollcall_preferences", chosen)).await;
        assert_eq!(page.status, 503, "{accepted:?} and {chosen:?}");
        for text in texts {
            assert!(
                page.body.contains(text),
                "{text} for {accepted:?} and {chosen:?}"
            );
        }
    }
}
