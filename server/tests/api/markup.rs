//! Texts from users, which stay texts: no page gets an element, an attribute or a comment from them.

use serde_json::json;
use server::router::SCREENS;
use sqlx::{Executor, PgPool, Row};

use crate::support::{
    Answer, App, Ask, add_user, app,
    crowd::{MARKER, OWN_WORDS, SEED},
    html::{Element, body_nodes, elements, skeleton, text_of},
    session,
};

/// Text without markup that the same fields reject as the payloads: it is no username and no name of a role.
const REJECTED: &str = "zqmark!";

/// Texts that would become markup if they were not escaped: out of a text, out of a value in either kind of quotes, out of
/// elements that hold only text, into a comment, and out of one. Names of roles are in lower case and at most this long.
const PAYLOADS: [&str; 7] = [
    "</title><meta http-equiv=refresh>",
    "\"><img src=x onerror=x>",
    "' autofocus onfocus='x",
    "</textarea></script></style><b>",
    "<!--<script>",
    "--><i x=\"",
    "&lt;b&gt;&#60;i&#62;&quot;",
];

/// Objects with pages or dialogs: the beginning of their paths, and the query of an id.
const OBJECTS: [(&str, &str); 4] = [
    (
        "/roles",
        "select id::text from roles where builtin_kind is null order by id limit 1",
    ),
    (
        "/clients",
        "select id::text from clients order by id limit 1",
    ),
    (
        "/resources",
        "select id::text from resources order by id limit 1",
    ),
    // One of Ada: her looks at it are not audited.
    (
        "/conversations",
        "select c.id::text from conversations c join users u on u.id = c.user_id where email like '%ada@%'",
    ),
];

/// Ids of the objects in the database, for addresses.
struct Ids {
    uma: String,
    /// Pending registrations, as the list selects them.
    pending: String,
    own_key: String,
    system_key: String,
    invitation: String,
    /// Objects of [`OBJECTS`], with the beginning of their paths.
    objects: Vec<(&'static str, String)>,
    group: String,
    limit: String,
    /// A key, a token and a session of Uma, and a token and a session of Ada.
    umas: [String; 3],
    adas: [String; 2],
}

async fn id(pool: &PgPool, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

impl Ids {
    async fn read(pool: &PgPool) -> Self {
        const TOKEN: &str = "select t.id::text from access_tokens t join users u on u.id = user_id
            where revoked_at is null and email like ";
        const SESSION: &str = "select s.id::text from sessions s join users u on u.id = user_id
            where ended_at is null and email like ";
        const KEY: &str =
            "select k.id::text from api_keys k join users u on u.id = user_id where email like ";
        let of = async |sql: &str, user: &str| {
            let sql = format!("{sql} '%{user}@%' order by 1 limit 1");
            sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql))
                .fetch_one(pool)
                .await
                .unwrap()
        };
        let mut objects = Vec::new();
        for (start, sql) in OBJECTS {
            objects.push((start, id(pool, sql).await));
        }
        Self {
            umas: [
                of(KEY, "uma").await,
                of(TOKEN, "uma").await,
                of(SESSION, "uma").await,
            ],
            adas: [of(TOKEN, "ada").await, of(SESSION, "ada").await],
            uma: id(pool, "select id::text from users where email like '%uma@%'").await,
            pending: id(
                pool,
                "select id || ':' || version || ':' || username from users where status = 'pending' and deleted_at is null order by id limit 1",
            )
            .await,
            own_key: id(
                pool,
                "select k.id::text from api_keys k join users u on u.id = user_id where email like '%ada@%'",
            )
            .await,
            system_key: id(pool, "select id::text from api_keys where user_id is null").await,
            invitation: id(
                pool,
                "select id::text from one_time_links where kind = 'invitation' order by id limit 1",
            )
            .await,
            objects,
            group: id(pool, "select id::text from groups order by id limit 1").await,
            limit: id(pool, "select id::text from limits order by id limit 1").await,
        }
    }

    /// Returns the addresses of a screen.
    fn addresses(&self, screen: &str) -> Vec<String> {
        let [key, token, session] = &self.umas;
        let [own_token, own_session] = &self.adas;
        let mut objects = self.objects.iter();
        let object = objects.find(|(start, _)| screen.starts_with(start));
        let key = if screen.starts_with("/account/tokens") {
            own_token
        } else if screen.starts_with("/account/sessions") {
            own_session
        } else if screen.contains("/limits") {
            &self.limit
        } else if screen.contains("tokens/") {
            token
        } else if screen.contains("sessions/") {
            session
        } else if screen.starts_with("/users") {
            key
        } else if screen.starts_with("/account") {
            &self.own_key
        } else if screen.starts_with("/keys") {
            &self.system_key
        } else if screen.starts_with("/groups") {
            &self.uma
        } else if let Some((_, id)) = object {
            id
        } else {
            &self.invitation
        };
        let path = screen.replace("{user}", &self.uma).replace("{id}", key);
        let path = path.replace("{group}", &self.group);
        let path = path.replace("{key}", "chat.call");
        let path = path.replace("{metric}", "requests");
        let selected = format!("?u={}", encoded(&self.pending));
        match screen {
            "/users/bulk/{action}" => ["suspend", "unsuspend", "delete", "sign-out"]
                .map(|action| path.replace("{action}", action) + &selected)
                .into(),
            "/registrations/approve"
            | "/registrations/reject"
            | "/registrations/reopen"
            | "/registrations/restore"
            | "/users/bulk/limit"
            | "/users/bulk/reset-usage" => vec![path + &selected],
            "/registrations" => ["", "?state=rejected", "?q=plain&sort=-email"]
                .map(|query| path.clone() + query)
                .into(),
            "/users" => ["", "?deleted=true", "?q=role:admin", "?limit=25&sort=name"]
                .map(|query| path.clone() + query)
                .into(),
            "/sessions" => ["", "?ended=true"].map(|query| path.clone() + query).into(),
            "/sessions/failed" => ["", "?by=address"].map(|query| path.clone() + query).into(),
            _ => vec![path],
        }
    }
}

/// Returns the paths of the screens, with their parameters in braces.
fn screens() -> Vec<String> {
    let mut screens: Vec<String> = SCREENS
        .iter()
        .map(|screen| screen.path().to_owned())
        .collect();
    screens.sort();
    screens.dedup();
    screens
}

/// Returns a form with every possible field, all with the same text: no function accepts it, and the form is rendered again.
fn rejected_form(path: &str, text: &str) -> Ask {
    const FIELDS: &[&str] = &[
        "username",
        "display_name",
        "email",
        "reason",
        "note",
        "name",
        "next",
        "back",
        "page",
        "list",
        "confirm",
        "to",
        "profile",
        "notification_preferences",
        "time_zone",
        "roles",
        "days",
        "max_uses",
        "until",
        "selected",
        "id",
        "user",
        "address",
        "device",
        "created",
        "seen",
        "expected",
        "action",
        "decision",
        "operation",
        "version",
        "counts",
        "provider",
        "password",
        "password_again",
        "current_password",
        "scopes",
        "offset",
        "others",
        "personas",
        "token",
        "state",
        "label",
        "description",
        "logo_url",
        "key",
        "position",
        "rank",
        "names",
        "search",
        "more",
        "from",
        "kind",
        "subject",
        "metric",
        "model",
        "amount",
        "period",
        "every",
        "soft_amount",
        "warn_at",
        "shown",
        "allowed_models",
        "overlap_hours",
    ];
    // Longer than any name can be: the name of a group or a client can be any shorter text.
    let long = text.repeat(40);
    let of = |name: &&'static str| match *name {
        "name" => (*name, long.as_str()),
        name => (name, text),
    };
    let fields: Vec<(&str, &str)> = FIELDS.iter().map(of).collect();
    Ask::post(path).form(&fields)
}

/// Encodes every byte of a text for an address.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Requests every page with the text in its parameters: as an admin, as a visitor with a link, and without a session.
async fn pages(app: &App, ids: &Ids, ada: &str, text: &str) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    let mut take = async |label: String, ask: Ask| {
        let answer = app.send(ask).await;
        answers.push((label, answer));
    };
    for screen in screens() {
        for path in ids.addresses(&screen) {
            take(format!("GET {path}"), Ask::get(&path).by(ada)).await;
            take(format!("GET {path} by anonymous"), Ask::get(&path)).await;
        }
    }
    for (label, path) in [
        ("reset", "/reset/reset-token-0000000000"),
        ("invite", "/invite/invitation-token-00000"),
    ] {
        let followed = app.get(path).await;
        let cookies: Vec<&str> = followed.cookies();
        let page = cookies
            .iter()
            .fold(Ask::get(&format!("/{label}")), |ask, line| {
                let (name, rest) = line.split_once('=').unwrap();
                ask.cookie(name, rest.split(';').next().unwrap())
            });
        take(format!("GET /{label} by a link"), page).await;
    }
    // The terms of a search stay the same, whatever the text is.
    let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
    let (quoted, text) = (encoded(&format!("\"{quoted}\"")), encoded(text));
    for path in [
        format!("/nothing/{text}"),
        format!("/users/{text}"),
        format!("/users/{text}/history"),
        format!("/login?next=/{text}"),
        format!("/users?q={quoted}"),
        format!("/users?q=name:{quoted}&deleted=true"),
        format!("/users?q=unknown:{text}&sort={text}"),
        format!("/users?deleted={text}"),
        format!("/sessions?user={text}&device={text}"),
        format!("/sessions?address={text}"),
        format!("/sessions/revoke?user={text}&seen={text}"),
        format!("/sessions/failed?by={text}"),
        format!("/tokens?user={text}&state={text}"),
        format!("/audit?actor={text}&target={text}"),
        format!("/audit?via={text}"),
        format!("/settings/jobs?state={text}"),
        format!("/groups/{text}"),
        format!("/groups/{text}/features"),
        format!("/resources/{text}"),
        format!("/features/{text}/edit"),
        format!("/conversations?branch={text}&user={text}&external_id={text}"),
        format!("/conversations?feedback={text}"),
        format!("/conversations/{text}"),
        format!("/registrations?after={text}&u={text}"),
        format!("/pkg/{text}"),
    ] {
        let label = path.replace(&quoted, "\"TEXT\"").replace(&text, "TEXT");
        take(format!("GET {label}"), Ask::get(&path).by(ada)).await;
    }
    answers
}

/// Submits every form. All are rejected.
async fn forms(app: &App, ids: &Ids, ada: &str, text: &str) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for screen in screens() {
        for path in ids.addresses(&screen) {
            let label = format!("POST {path}");
            // Pages for visitors do not exist for a signed-in user.
            let is_public =
                ["/login", "/setup", "/reset", "/register", "/invite"].contains(&screen.as_str());
            let form = rejected_form(&path, text);
            let form = if is_public { form } else { form.by(ada) };
            answers.push((label, app.send(form).await));
        }
    }
    answers
}

/// Returns the elements of a page. Data of a page that arrives at different times is in several scripts, which count once, as do the places
/// at which an identifier can break.
fn structure(page: &str) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for element in skeleton(page) {
        kept.push(element);
        if let [.., first, end, second, second_end] = kept.as_slice()
            && first == "<script nonce>"
            && (first, end) == (second, second_end)
        {
            kept.truncate(kept.len() - 2);
        }
        if kept.ends_with(&["<!---->", "<wbr>", "<!---->", "<wbr>"].map(str::to_owned)) {
            kept.truncate(kept.len() - 2);
        }
    }
    kept
}

/// Asserts that two pages differ only in texts and values.
fn assert_same_markup(plain: &[(String, Answer)], marked: &[(String, Answer)], payload: &str) {
    assert_eq!(plain.len(), marked.len());
    for ((label, plain), (_, marked)) in plain.iter().zip(marked) {
        assert_eq!(
            plain.status, marked.status,
            "{label} with {payload}: {}",
            marked.body
        );
        let (expected, found) = (structure(&plain.body), structure(&marked.body));
        let difference = expected
            .iter()
            .zip(&found)
            .position(|(one, other)| one != other);
        if let Some(at) = difference
            .or((expected.len() != found.len()).then_some(expected.len().min(found.len())))
        {
            let around =
                |all: &[String]| all[at.saturating_sub(3)..(at + 3).min(all.len())].concat();
            panic!(
                "{label} with {payload}: {} instead of {}\n{}",
                around(&found),
                around(&expected),
                marked.body
            );
        }
        assert_fingerprint(&marked.body, label);
        for element in elements(&marked.body) {
            assert_leads_nowhere_else(&element, label);
        }
    }
}

/// Asserts that the fingerprint of a page is that of the nodes that a browser reads.
fn assert_fingerprint(page: &str, label: &str) {
    let elements = elements(page);
    let of = |name: &str| elements.iter().find(|element| element.name == name);
    // Pages without the app have no fingerprint.
    if of("script").is_none() {
        return;
    }
    let nodes = body_nodes(page);
    let hash = nodes.concat().bytes().fold(0_u32, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    let expected = format!("{} {hash}", nodes.len());
    let found = of("body").and_then(|body| body.attribute("data-nodes"));
    assert_eq!(found, Some(expected.as_str()), "{label}");
}

/// Asserts that the addresses of an element are of this site, except the link to the logo of a client.
fn assert_leads_nowhere_else(element: &Element, label: &str) {
    for name in ["href", "src", "action", "formaction"] {
        let address = element.attribute(name).unwrap_or_default();
        let is_logo = element.attribute("rel") == Some("external noreferrer")
            && address.starts_with("https://example.org/");
        if is_logo {
            continue;
        }
        let scheme = address.split(['/', '?', '#']).next().unwrap_or_default();
        assert!(
            !scheme.contains(':') && !address.starts_with("//"),
            "{label}: {} leads to {address}",
            element.outline()
        );
    }
}

/// Returns the columns of text: table, column, type.
async fn columns(pool: &PgPool) -> Vec<(String, String, String)> {
    let rows = sqlx::query(
        "select c.table_name::text, c.column_name::text, c.udt_name::text
        from information_schema.columns c join pg_class p on p.relname = c.table_name and p.relnamespace = 'public'::regnamespace
        where c.table_schema = 'public' and p.relkind in ('r', 'p') and not p.relispartition and c.is_generated = 'NEVER'
            and c.udt_name in ('text', 'jsonb', 'json', '_text', '_int4', 'varchar') and c.table_name not like '\\_sqlx%'
        order by 1, 2",
    );
    let rows = rows.fetch_all(pool).await.unwrap();
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect()
}

/// Replaces a text by another wherever it is stored.
async fn replace(pool: &PgPool, from: &str, to: &str) {
    let columns = columns(pool).await;
    let mut connection = pool.acquire().await.unwrap();
    // The audit log rejects changes, and the counts must not be updated.
    connection
        .execute("set session_replication_role = replica")
        .await
        .unwrap();
    let as_json = |text: &str| {
        let quoted = serde_json::to_string(text).unwrap();
        quoted[1..quoted.len() - 1].to_owned()
    };
    for (table, column, kind) in columns {
        if OWN_WORDS.contains(&format!("{table}.{column}").as_str()) {
            continue;
        }
        let (value, from, to) = match kind.as_str() {
            "jsonb" => (
                format!("replace({column}::text, $1, $2)::jsonb"),
                as_json(from),
                as_json(to),
            ),
            "_text" => (
                format!("array(select replace(item, $1, $2) from unnest({column}) as item)"),
                from.to_owned(),
                to.to_owned(),
            ),
            _ => (
                format!("replace({column}, $1, $2)"),
                from.to_owned(),
                to.to_owned(),
            ),
        };
        let shown = match kind.as_str() {
            "_text" => format!("array_to_string({column}, ' ')"),
            _ => format!("{column}::text"),
        };
        let sql = format!("update {table} set {column} = {value} where strpos({shown}, $1) > 0");
        let changed = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(from).bind(to);
        changed.execute(&mut *connection).await.unwrap();
    }
    let last4 = if to == MARKER { "zqmk" } else { "\"<b>" };
    sqlx::query("update api_keys set last4 = $1")
        .bind(last4)
        .execute(&mut *connection)
        .await
        .unwrap();
    connection
        .execute("set session_replication_role = default")
        .await
        .unwrap();
}

/// Returns an app with the marker in every text, and a session of an admin.
async fn marked(pool: &PgPool) -> (App, String) {
    sqlx::raw_sql(SEED).execute(pool).await.unwrap();
    let ada = session(pool, "zqmark-ada").await;
    (app(pool).storing_keys(), ada)
}

#[testing::test]
async fn every_stored_text_is_covered(pool: PgPool) {
    marked(&pool).await;
    for (table, column, _) in columns(&pool).await {
        let name = format!("{table}.{column}");
        let sql =
            format!("select count(*) from {table} where strpos({column}::text, '{MARKER}') > 0");
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(
            count == 0,
            OWN_WORDS.contains(&name.as_str()),
            "{name}: the seed has the marker in every text that users write, and in no other"
        );
    }
}

#[testing::test]
async fn stored_text_is_escaped(pool: PgPool) {
    let (app, ada) = marked(&pool).await;
    let ids = Ids::read(&pool).await;
    let denied = forms(&app, &ids, &ada, REJECTED).await;
    let plain = pages(&app, &ids, &ada, MARKER).await;
    let shown = plain
        .iter()
        .filter(|(label, page)| page.status == 200 && !label.ends_with("by anonymous"));
    assert!(shown.count() > 50, "the pages are found");
    let mut now = MARKER;
    for payload in PAYLOADS {
        replace(&pool, now, payload).await;
        now = payload;
        // Selected users are named in the address.
        let ids = Ids::read(&pool).await;
        let marked = pages(&app, &ids, &ada, payload).await;
        assert_same_markup(&plain, &marked, payload);
    }
    let marked = forms(&app, &Ids::read(&pool).await, &ada, now).await;
    assert_same_markup(&denied, &marked, now);
}

#[testing::test]
async fn rejected_form_values_are_escaped(pool: PgPool) {
    let (app, ada) = marked(&pool).await;
    let ids = Ids::read(&pool).await;
    let plain = forms(&app, &ids, &ada, REJECTED).await;
    for payload in PAYLOADS {
        let marked = forms(&app, &ids, &ada, payload).await;
        assert_same_markup(&plain, &marked, payload);
    }
}

/// Checks that the display name of a user is a text on an administrator's pages, and complete in the title of the user's page.
#[testing::test]
async fn own_name_is_escaped_for_an_admin(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    add_user(&pool, "eve", &["user"]).await;
    let app = app(&pool);
    let (ada, eve) = (session(&pool, "ada").await, session(&pool, "eve").await);
    let addresses = [
        "/users",
        "/users/eve",
        "/users/eve/history",
        "/users/eve/delete",
        "/users/eve/edit",
        "/sessions",
        "/audit",
        "/overview",
    ];
    let rename = async |name: &str| {
        let change = Ask::new(axum::http::Method::PATCH, "/api/user/profile").by(&eve);
        let answer = app.send(change.json(&json!({ "displayName": name }))).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    let read = async || {
        let mut answers = Vec::new();
        for path in addresses {
            answers.push((format!("GET {path}"), app.get_as(&ada, path).await));
        }
        answers
    };
    // Each change is an entry in the audit log: there are as many before the first request as before the second.
    let payload = "</title><meta http-equiv=refresh content='0;url=https://evil.example'>";
    for payload in PAYLOADS.iter().copied().chain([payload]) {
        rename("Eve Plain").await;
        let plain = read().await;
        rename(payload).await;
        let marked = read().await;
        for ((label, plain), (_, marked)) in plain.iter().zip(&marked) {
            let kinds = |page: &Answer| {
                let mut kinds: Vec<String> =
                    elements(&page.body).iter().map(Element::outline).collect();
                kinds.sort();
                kinds.dedup();
                kinds
            };
            assert_eq!(kinds(plain), kinds(marked), "{label} with {payload}");
        }
        let page = app.get_as(&ada, "/users/eve").await;
        // The tokenizer has decoded the text once, as a browser does.
        assert_eq!(
            text_of(&page.body, "title"),
            Some(format!("{payload} · Rollcall"))
        );
    }
}
