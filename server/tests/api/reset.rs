//! Passwords that are set with a link, from its address to the next sign-in.

use std::{net::Ipv4Addr, sync::Arc};

use domain::users::detail::UserRef;
use service::{
    access::{Authorized, UsersWrite, operator},
    link_handle, reset, users,
};
use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::support::{
    App, Ask, PASSWORD, add_password, add_user, app, https_app, session, token as access_token,
};

const COOKIE: &str = "rollcall_reset";
const CHOSEN: &str = "copper lantern under rain";

/// Creates a link for Ada, and returns its token.
async fn link(app: &App) -> String {
    let authorized: Authorized<UsersWrite> = operator();
    let ada = UserRef::parse("ada");
    let ada = users::get(&app.services, &operator(), &ada).await.unwrap();
    let link = reset::create_link(&app.services, &authorized, ada.summary.id.0)
        .await
        .unwrap();
    link.url.rsplit('/').next().unwrap().to_owned()
}

/// Creates a link for another user, and returns its token.
async fn link_of(app: &App, username: &str) -> String {
    let user = users::get(&app.services, &operator(), &UserRef::parse(username)).await;
    let id = user.unwrap().summary.id.0;
    let link = reset::create_link(&app.services, &operator(), id).await;
    link.unwrap().url.rsplit('/').next().unwrap().to_owned()
}

#[testing::test]
async fn two_links_in_two_tabs_are_independent(pool: PgPool) {
    let app = app(&pool);
    add_user(&app.pool, "bob", &["user"]).await;
    let ada = prepare(&app).await;
    let bob = link_of(&app, "bob").await;
    // A browser that has opened both links sends the cookies of both.
    let with_both = |ask: Ask| {
        [&ada, &bob].into_iter().fold(ask, |ask, token| {
            ask.cookie(&format!("{COOKIE}_{}", link_handle(token)), token)
        })
    };
    let mut pages = Vec::new();
    for token in [&ada, &bob] {
        let followed = app.get(&format!("/reset/{token}")).await;
        pages.push(followed.header("location").to_owned());
    }
    for (page, username) in pages.iter().zip(["ada", "bob"]) {
        let shown = app.send(with_both(Ask::get(page))).await;
        assert!(shown.body.contains(&format!("value=\"{username}\"")));
        let (_, link) = page.split_once("link=").unwrap();
        assert!(shown.body.contains(&format!("value=\"{link}\"")));
    }
    // The first tab is submitted last: the password is set for the user that its link belongs to.
    for (path, token, username) in [("/reset", &ada, "ada"), ("/sfn/reset", &bob, "bob")] {
        let chosen = format!("{CHOSEN} of {username}");
        let handle = link_handle(token);
        let fields = [
            ("password", chosen.as_str()),
            ("password_again", &chosen),
            ("link", &handle),
        ];
        let set = app.send(with_both(Ask::post(path).form(&fields))).await;
        assert!([200, 303].contains(&set.status), "{}", set.body);
        let credentials = [("username", username), ("password", &chosen)];
        let signed_in = app.send(Ask::post("/login").form(&credentials)).await;
        assert_eq!(signed_in.status, 303, "{username}");
    }
    // Without the handle of a link, or with one that this browser has no cookie for, no password is set.
    for handle in ["", "0123456789abcdef", "../reset"] {
        let fields = [
            ("password", CHOSEN),
            ("password_again", CHOSEN),
            ("link", handle),
        ];
        for path in ["/reset", "/sfn/reset"] {
            let form = Ask::post(path).form(&fields);
            assert_eq!(app.send(with_both(form)).await.status, 404, "{handle}");
        }
    }
}

async fn prepare(app: &App) -> String {
    add_user(&app.pool, "ada", &["user"]).await;
    add_password(&app.pool, &app.services.hasher).await;
    link(app).await
}

#[testing::test]
async fn links_of_each_kind_have_cookies_of_their_own(pool: PgPool) {
    let app = app(&pool);
    let token = prepare(&app).await;
    let handle = link_handle(&token);
    let kinds = [
        ("/reset", "rollcall_reset"),
        ("/invite", "rollcall_invitation"),
        ("/setup", "rollcall_setup"),
    ];
    for (path, kind) in kinds {
        let followed = app.get(&format!("{path}/{token}")).await;
        let page = format!("303 to {path}?link={handle}");
        assert_eq!(followed.outline(), page, "{path}");
        let names = followed.cookies().into_iter();
        let names: Vec<&str> = names.filter_map(|line| line.split('=').next()).collect();
        assert_eq!(names, [format!("{kind}_{handle}")], "{path}");
    }
    // A page looks at the cookies of its own kind alone: with those of the others no token has come, so none is guessed.
    let from = Ipv4Addr::new(192, 0, 2, 1).into();
    for (path, own) in kinds {
        for (_, other) in kinds.into_iter().filter(|(_, kind)| *kind != own) {
            let page = Ask::get(path).link(other, &token).from(from);
            app.send(page).await;
            let fields = [("password", CHOSEN), ("password_again", CHOSEN)];
            let form = Ask::post(path).form(&fields).link(other, &token);
            let status = app.send(form.from(from)).await.status;
            assert!(status >= 400, "{path} with {other}: {status}");
        }
    }
    let guesses = "select count(*) from login_attempts where scope = 'link'";
    assert_eq!(app.count(guesses).await, 0);
    let [form, _] = forms(&token, CHOSEN, CHOSEN);
    assert_eq!(app.send(form).await.outline(), "303 to /reset/done");
}

/// Returns the form as it is without scripts, and as the page sends it.
fn forms(token: &str, password: &str, again: &str) -> [Ask; 2] {
    ["/reset", "/sfn/reset"].map(|path| {
        let fields = [("password", password), ("password_again", again)];
        Ask::post(path).form(&fields).link(COOKIE, token)
    })
}

async fn signs_in(app: &App, password: &str) -> bool {
    let fields = [("username", "ada"), ("password", password)];
    let answer = app.send(Ask::post("/login").form(&fields)).await;
    answer.status == 303
}

#[testing::test]
async fn token_leaves_the_address_at_once(pool: PgPool) {
    let plain = app(&pool);
    let token = prepare(&plain).await;
    let kinds = [
        (plain, COOKIE.to_owned(), ""),
        (https_app(&pool), format!("__Host-{COOKIE}"), "; Secure"),
    ];
    for (app, kind, secure) in kinds {
        let answer = app.get(&format!("/reset/{token}")).await;
        let handle = link_handle(&token);
        assert_eq!(answer.outline(), format!("303 to /reset?link={handle}"));
        let (value, attributes) = answer.cookie(&format!("{kind}_{handle}")).unwrap();
        assert_eq!(value, token);
        assert!(
            attributes.contains("HttpOnly") && attributes.contains("Max-Age=3600"),
            "{attributes}"
        );
        assert!(
            attributes.contains("SameSite=Lax") && attributes.ends_with(secure),
            "{attributes}"
        );
        let page = app.send(Ask::get("/reset").link(&kind, &token)).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("value=\"ada\""), "it names the user");
        assert_eq!(
            app.count("select count(*) from one_time_links where used_at is not null")
                .await,
            0
        );
    }
}

#[testing::test]
async fn reset_sets_the_password_without_signing_in(pool: PgPool) {
    for index in 0..2 {
        let app = app(&pool);
        let token = if index == 0 {
            prepare(&app).await
        } else {
            link(&app).await
        };
        let elsewhere = session(&pool, "ada").await;
        let chosen = format!("{CHOSEN} {index} ");
        let form = forms(&token, &chosen, &chosen)[index].clone();
        let answer = app.send(form.clone().by(&elsewhere)).await;
        if index == 0 {
            assert_eq!(answer.outline(), "303 to /reset/done");
        } else {
            assert_eq!(
                (answer.status, answer.json()["next"].as_str()),
                (200, Some("/reset/done"))
            );
        }
        let cookie = format!("{COOKIE}_{}", link_handle(&token));
        let (value, attributes) = answer.cookie(&cookie).unwrap();
        assert_eq!(value, "");
        assert!(attributes.contains("Max-Age=0"), "{attributes}");
        assert!(answer.cookie("session_token").is_none());

        let me = app.get_as(&elsewhere, "/api/auth/me").await;
        assert_eq!(me.status, 401, "every session has ended");
        assert!(!signs_in(&app, PASSWORD).await);
        assert!(!signs_in(&app, chosen.trim_end()).await, "spaces count");
        assert!(signs_in(&app, &chosen).await);
        let (value, _) = answer.cookie("rollcall_done").unwrap();
        let done = app
            .send(Ask::get("/reset/done").cookie("rollcall_done", value))
            .await;
        assert_eq!(done.status, 200);
        assert!(done.body.contains("Password set"));

        assert_eq!(app.send(form).await.status, 404, "it works once");
        let page = app.send(Ask::get("/reset").link(COOKIE, &token)).await;
        assert_eq!(page.status, 404);
    }
}

#[testing::test]
async fn denied_password_does_not_consume_the_link(pool: PgPool) {
    let app = app(&pool);
    let token = prepare(&app).await;
    let endless = "x1".repeat(5_000);
    for (password, again, says) in [
        ("short", "short", "Use at least 8 characters."),
        ("", "", "Use at least 8 characters."),
        (endless.as_str(), endless.as_str(), "Use at most 256 bytes."),
        ("password", "password", "too common"),
        ("ada@example.org", "ada@example.org", "Don't use your name"),
        (CHOSEN, "copper lantern", "Passwords don't match."),
        (
            CHOSEN,
            "copper lantern under rain ",
            "Passwords don't match.",
        ),
    ] {
        for form in forms(&token, password, again) {
            let label = form.label();
            let answer = app.send(form).await;
            assert_eq!(answer.status, 422, "{label} {password:.40}");
            assert!(
                answer.body.contains(says),
                "{label} {password:.40}: {}",
                answer.body
            );
            assert!(!answer.body.contains("copper lantern"), "{label}");
            assert!(answer.cookies().is_empty(), "{label}");
        }
    }
    assert!(signs_in(&app, PASSWORD).await);
    let [form, _] = forms(&token, CHOSEN, CHOSEN);
    assert_eq!(app.send(form).await.outline(), "303 to /reset/done");
}

#[testing::test]
async fn listed_access_tokens_are_revoked_on_request(pool: PgPool) {
    let app = app(&pool);
    let mut token = prepare(&app).await;
    let page = |token: &str| Ask::get("/reset").link(COOKIE, token);
    let none = app.send(page(&token)).await;
    assert!(!none.body.contains("revoke_tokens"), "{}", none.body);
    let works = async |created: &str| {
        let account = Ask::get("/api/auth/me").bearer(created);
        app.send(account).await.status == 200
    };
    for path in ["/reset", "/sfn/reset"] {
        let created = access_token(&app.services, "ada", &["account"]).await;
        assert!(works(&created).await);
        let shown = app.send(page(&token)).await;
        assert!(
            shown
                .body
                .contains("1 access token still has access to this account"),
            "{}",
            shown.body
        );
        for (password, status) in [("short", 422), (CHOSEN, 303)] {
            let password = format!("{password}{}", path.len());
            let fields = [
                ("password", password.as_str()),
                ("password_again", &password),
                ("revoke_tokens", "true"),
            ];
            let form = Ask::post(path).form(&fields).link(COOKIE, &token);
            let answer = app.send(form).await;
            let accepted = [200, 303].contains(&answer.status);
            assert_eq!(accepted, status == 303, "{path}: {}", answer.body);
            // A rejected form has revoked nothing, and its checkbox stays checked.
            assert_eq!(works(&created).await, !accepted, "{path}");
            if path == "/reset" && !accepted {
                assert!(answer.body.contains("checked"), "{}", answer.body);
            }
        }
        token = link(&app).await;
    }
}

#[testing::test]
async fn link_works_once_under_a_hundred_tries(pool: PgPool) {
    let app = Arc::new(app(&pool));
    let token = prepare(&app).await;
    let mut tries = JoinSet::new();
    for n in 0..100 {
        let app = Arc::clone(&app);
        let form = forms(&token, &format!("{CHOSEN} {n}"), &format!("{CHOSEN} {n}"))[n % 2].clone();
        tries.spawn(async move { (n, app.send(form).await.status) });
    }
    let answers = tries.join_all().await;
    let done: Vec<_> = answers
        .iter()
        .filter(|(_, status)| [200, 303].contains(status))
        .collect();
    let [(winner, _)] = done[..] else {
        panic!("{answers:?}")
    };
    // Only few passwords of one account wait to be hashed at once.
    assert!(
        answers
            .iter()
            .all(|(_, status)| [200, 303, 404, 429].contains(status)),
        "{answers:?}"
    );
    assert!(signs_in(&app, &format!("{CHOSEN} {winner}")).await);
    for (entries, sql) in [
        (
            1,
            "select count(*) from audit_events where action = 'user.password_chosen'",
        ),
        (
            1,
            "select count(*) from one_time_links where used_at is not null",
        ),
    ] {
        assert_eq!(app.count(sql).await, entries, "{sql}");
    }
}

#[testing::test]
async fn dead_links_are_reported(pool: PgPool) {
    let app = app(&pool);
    let token = prepare(&app).await;
    for token in ["", "guess", &"x".repeat(5_000), "a%3B"] {
        let answer = app.get(&format!("/reset/{token}x%3B")).await;
        assert_eq!(answer.outline(), "303 to /reset", "{token:.40}");
        assert!(answer.cookies().is_empty(), "{token:.40}");
        assert_dead(&app, token).await;
    }
    for (change, back) in [
        (
            "update one_time_links set revoked_at = now()",
            "update one_time_links set revoked_at = null",
        ),
        (
            "update one_time_links set expires_at = now()",
            "update one_time_links set expires_at = now() + interval '1 hour'",
        ),
        (
            "update users set deleted_at = now()",
            "update users set deleted_at = null",
        ),
        (
            "update one_time_links set kind = 'setup'",
            "update one_time_links set kind = 'password_reset'",
        ),
    ] {
        app.run(change).await;
        assert_dead(&app, &token).await;
        app.run(back).await;
    }
    let page = app.send(Ask::get("/reset").link(COOKIE, &token)).await;
    assert_eq!(page.status, 200);
    // A later link revokes the earlier one.
    link(&app).await;
    assert_dead(&app, &token).await;
    assert!(signs_in(&app, PASSWORD).await);
}

#[testing::test]
async fn link_of_a_suspended_user_is_explained(pool: PgPool) {
    let app = app(&pool);
    let token = prepare(&app).await;
    app.run("update users set status = 'suspended'").await;
    let page = app.send(Ask::get("/reset").link(COOKIE, &token)).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("Account suspended"), "{}", page.body);
    assert!(
        page.body
            .contains("This account is suspended. Ask an administrator.")
    );
    assert!(!page.body.contains("value=\"ada\""), "{}", page.body);
    for form in forms(&token, CHOSEN, CHOSEN) {
        let answer = app.send(form).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
    assert_dead(&app, "guess").await;
    app.run("update users set status = 'active'").await;
    let page = app.send(Ask::get("/reset").link(COOKIE, &token)).await;
    assert_eq!(page.status, 200);
}

async fn assert_dead(app: &App, token: &str) {
    let page = app.send(Ask::get("/reset").link(COOKIE, token)).await;
    assert_eq!(page.status, 404, "{token:.40}");
    assert!(page.body.contains("This link is no longer valid"));
    assert!(page.body.contains("Ask your administrator"));
    for form in forms(token, CHOSEN, CHOSEN) {
        let answer = app.send(form).await;
        assert_eq!(answer.status, 404, "{token:.40}");
        assert!(answer.body.contains("This link is no longer valid"));
    }
}

#[testing::test]
async fn undecodable_cookie_does_not_block_a_link(pool: PgPool) {
    let app = app(&pool);
    let token = prepare(&app).await;
    for other in ["x=é".as_bytes(), b"x=\xFF", b"\xFF"] {
        let with_other = |ask: Ask| ask.link(COOKIE, &token).bytes("cookie", other);
        let page = app.send(with_other(Ask::get("/reset"))).await;
        assert_eq!(page.status, 200, "{}", other.escape_ascii());
        assert!(!page.body.contains("This link is no longer valid"));
        // The form belongs to the same link: it is rejected for its input.
        let fields = [("password", "short"), ("password_again", "short")];
        let form = with_other(Ask::post("/reset").form(&fields));
        assert_eq!(app.send(form).await.status, 422);
    }
}

#[testing::test]
async fn many_links_do_not_evict_other_cookies(pool: PgPool) {
    let app = app(&pool);
    for (held, forgotten) in [(7, vec![]), (9, vec![0, 1])] {
        let follow = Ask::get("/reset/made-up").cookie("other", "x");
        let follow = (0..held).fold(follow, |ask, number| {
            ask.cookie(&format!("{COOKIE}_{number:016x}"), "x")
        });
        let followed = app.send(follow).await;
        let cookies = followed.cookies();
        let (stored, expired) = cookies.split_last().unwrap();
        let stored_name = format!("{COOKIE}_{}=made-up;", link_handle("made-up"));
        assert!(stored.starts_with(&stored_name), "{cookies:?}");
        assert_eq!(expired.len(), forgotten.len(), "{cookies:?}");
        for (cookie, number) in expired.iter().zip(forgotten) {
            let name = format!("{COOKIE}_{number:016x}=; Path=/; Max-Age=0;");
            assert!(cookie.starts_with(&name), "{cookies:?}");
        }
    }
}

#[testing::test]
async fn guesses_count_against_the_address(pool: PgPool) {
    let app = app(&pool);
    let token = prepare(&app).await;
    let from = |host: u8, ask: Ask| ask.from(Ipv4Addr::new(192, 0, 2, host).into());
    let mut answers = Vec::new();
    for guess in 0..35 {
        let guess = format!("guess-{guess}");
        answers.push(
            app.send(from(1, Ask::get("/reset").link(COOKIE, &guess)))
                .await
                .status,
        );
        for form in forms(&guess, CHOSEN, CHOSEN) {
            answers.push(app.send(from(1, form)).await.status);
        }
    }
    // Each request is one failure, also where the page is rendered again; the first hundred are not delayed.
    assert_eq!(&answers[..100], [404; 100]);
    assert!(answers[100..].contains(&429), "{answers:?}");
    app.run("update login_attempts set blocked_until = now() + interval '100 seconds'")
        .await;
    let [form, call] = forms("one-more", CHOSEN, CHOSEN);
    for ask in [Ask::get("/reset").link(COOKIE, "one-more"), form, call] {
        let label = ask.label();
        let denied = app.send(from(1, ask)).await;
        assert_eq!(denied.status, 429, "{label}");
        assert!(
            ["100", "101"].contains(&denied.header("retry-after")),
            "{label}"
        );
        assert!(denied.body.contains("Too many attempts"), "{label}");
    }
    // Other clients are not delayed, and a request without a token is not a failed guess.
    for _ in 0..30 {
        let page = app.send(from(2, Ask::get("/reset"))).await;
        assert_eq!(page.status, 404);
    }
    // A valid link works from the same address, too.
    let page = app
        .send(from(1, Ask::get("/reset").link(COOKIE, &token)))
        .await;
    assert_eq!(page.status, 200);
    let [form, _] = forms(&token, CHOSEN, CHOSEN);
    assert_eq!(
        app.send(from(1, form)).await.outline(),
        "303 to /reset/done"
    );
}

#[testing::test]
async fn forced_password_change_continues_to_the_next_page(pool: PgPool) {
    let app = app(&pool);
    add_user(&app.pool, "ada", &["admin"]).await;
    add_password(&app.pool, &app.services.hasher).await;
    app.run("update users set must_change_password = true")
        .await;
    for (wanted, next) in [
        (
            "/users?q=role%3Aadmin",
            "?next=%2Fusers%3Fq%3Drole%253Aadmin",
        ),
        ("/", ""),
        ("//evil.example", ""),
        ("https://evil.example/", ""),
    ] {
        let credentials = [
            ("username", "ada"),
            ("password", PASSWORD),
            ("next", wanted),
        ];
        let function = Ask::post("/sfn/sign-in").form(&credentials);
        let answer = app.send(function).await;
        let link = answer.json()["next"].as_str().unwrap().to_owned();
        let link = link.strip_prefix("http://127.0.0.1:3000").unwrap();
        assert!(link.ends_with(next), "{link}");
        let followed = app.get(link).await;
        let token = link.split(['/', '?']).nth(2).unwrap().to_owned();
        let page = format!(
            "/reset?link={}{}",
            link_handle(&token),
            next.replace('?', "&")
        );
        assert_eq!(followed.outline(), format!("303 to {page}"));
        let page = app
            .send(Ask::get(&format!("/reset{next}")).link(COOKIE, &token))
            .await;
        assert_eq!(
            page.body.contains("value=\"/users?q=role%3Aadmin\""),
            !next.is_empty()
        );
        // A form that was rejected retains the next page.
        let form = |path: &str, password: &str| {
            let fields = [
                ("password", password),
                ("password_again", password),
                ("next", wanted),
            ];
            Ask::post(path).form(&fields).link(COOKIE, &token)
        };
        let denied = app.send(form("/reset", "short")).await;
        assert_eq!(denied.status, 422);
        assert_eq!(
            denied.body.contains("value=\"/users?q=role%3Aadmin\""),
            !next.is_empty()
        );
        let set = app.send(form("/reset", CHOSEN)).await;
        assert_eq!(set.outline(), format!("303 to /reset/done{next}"));
        let done = app.send(success_page(next)).await;
        assert!(
            done.body.contains(&format!("href=\"/login{next}\"")),
            "{wanted}"
        );
        add_password(&app.pool, &app.services.hasher).await;
        app.run("update users set must_change_password = true")
            .await;
    }
}

#[testing::test]
async fn forged_next_page_is_dropped(pool: PgPool) {
    let app = app(&pool);
    let token = prepare(&app).await;
    let followed = app
        .get(&format!("/reset/{token}?next=https%3A%2F%2Fevil.example"))
        .await;
    let page = format!("303 to /reset?link={}", link_handle(&token));
    assert_eq!(followed.outline(), page);
    let done = app.send(success_page("?next=%2F%2Fevil.example")).await;
    assert!(done.body.contains("href=\"/login\"") && !done.body.contains("evil.example"));
    let script = app.send(success_page("?next=%2F%22%3E%3Cscript%3E")).await;
    assert_eq!(script.status, 200);
    assert!(!script.body.contains("\"><script>"));
}

/// Returns a request for the confirmation page, from the browser in which the password was set.
fn success_page(query: &str) -> Ask {
    Ask::get(&format!("/reset/done{query}")).cookie("rollcall_done", "reset")
}
