//! The configuration, which is stored where it has no meaning.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::{ACCESS_PROHIBITED, OpenWebUi};

const CONFIG: &str = "/auths/admin/config";
const SERVER: &str = "/auths/admin/config/ldap/server";

#[testing::test]
async fn configuration_is_stored_but_not_the_settings_of_the_server(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let before = served.get(&served.ada, CONFIG).await.ok();
    for (name, value) in [
        ("ENABLE_SIGNUP", json!(false)),
        ("DEFAULT_USER_ROLE", json!("pending")),
        ("JWT_EXPIRES_IN", json!("7d")),
        ("WEBUI_URL", json!("http://127.0.0.1:3000")),
        ("ENABLE_NOTES", json!(true)),
        ("ADMIN_EMAIL", Value::Null),
    ] {
        assert_eq!(before[name], value, "{name}");
    }
    let mut wanted = before.clone();
    for (name, value) in [
        ("ENABLE_SIGNUP", json!(true)),
        ("DEFAULT_USER_ROLE", json!("root")),
        ("JWT_EXPIRES_IN", json!("-1")),
        ("ENABLE_NOTES", json!(false)),
        ("RESPONSE_WATERMARK", json!("mark")),
        ("FOLDER_MAX_FILE_COUNT", json!(7)),
        ("UNKNOWN", json!(1)),
    ] {
        wanted[name] = value;
    }
    let entry = served.last_entry().await;
    let stored = served.post(&served.ada, CONFIG, &wanted).await.ok();
    let mut expected = before.clone();
    for name in [
        "ENABLE_NOTES",
        "RESPONSE_WATERMARK",
        "FOLDER_MAX_FILE_COUNT",
    ] {
        expected[name] = wanted[name].clone();
    }
    assert_eq!(stored, expected);
    assert_eq!(served.get(&served.ada, CONFIG).await.ok(), expected);
    let written = ("feature.updated".to_owned(), "ada".to_owned());
    assert_eq!(served.entries(entry).await, [written]);
    for body in [
        json!({ "ENABLE_NOTES": "yes" }),
        json!({ "DEFAULT_GROUP_ID": 1 }),
        json!({ "RESPONSE_WATERMARK": [] }),
        json!([]),
    ] {
        served
            .post(&served.ada, CONFIG, &body)
            .await
            .assert_malformed();
    }
    let nul = json!({ "RESPONSE_WATERMARK": "\0" });
    assert_eq!(served.post(&served.ada, CONFIG, &nul).await.status, 400);
}

#[testing::test]
async fn details_name_the_contact(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let details = "/auths/admin/details";
    let own = served.get(&served.ada, details).await.ok();
    assert_eq!(own, json!({ "name": "Ada", "email": "ada@example.org" }));
    let none = served.get(&served.bob, details).await.ok();
    assert_eq!(none, json!({ "name": null, "email": null }));
    let email = json!({ "ADMIN_EMAIL": "ada@example.org" });
    served.post(&served.ada, CONFIG, &email).await.ok();
    let named = served.get(&served.bob, details).await.ok();
    assert_eq!(named, json!({ "name": null, "email": "ada@example.org" }));
    let off = json!({ "SHOW_ADMIN_DETAILS": false });
    served.post(&served.ada, CONFIG, &off).await.ok();
    assert_eq!(served.get(&served.bob, details).await.status, 400);
}

#[testing::test]
async fn identity_providers_are_stored_without_secrets(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let mut server = served.get(&served.ada, SERVER).await.ok();
    let denied = served.post(&served.ada, SERVER, &server).await;
    denied.assert_denied(400, "Required field app_dn is empty");
    for (name, value) in [
        ("label", "Test"),
        ("app_dn", "cn=admin"),
        ("app_dn_password", "hunter2-hunter2"),
        ("search_base", "dc=example"),
    ] {
        server[name] = json!(value);
    }
    let stored = served.post(&served.ada, SERVER, &server).await.ok();
    assert_eq!(stored, server);
    let shown = served.get(&served.ada, SERVER).await.ok();
    assert_eq!(shown["label"], "Test");
    assert_eq!(shown["app_dn_password"], "");
    server["port"] = json!("many");
    served
        .post(&served.ada, SERVER, &server)
        .await
        .assert_malformed();

    let ldap = "/auths/admin/config/ldap";
    for is_on in [true, false] {
        let body = json!({ "enable_ldap": is_on });
        let expected = json!({ "ENABLE_LDAP": is_on });
        let stored = served.post(&served.ada, ldap, &body).await.ok();
        assert_eq!(stored, expected);
        assert_eq!(served.get(&served.ada, ldap).await.ok(), expected);
    }
    let oauth = "/auths/admin/config/oauth";
    let before = served.get(&served.ada, oauth).await.ok();
    assert_eq!(before["OAUTH_SCOPES"], "openid email profile");
    let body = json!({
        "OAUTH_SCOPES": "openid",
        "OAUTH_CLIENT_SECRET": "hunter2-hunter2",
        "OAUTH_ENCRYPTION_KEY": "hunter2-hunter2",
        "OAUTH_ACCESS_TOKEN": "hunter2-hunter2",
        "OPENID_CREDENTIAL": "hunter2-hunter2",
        "x": 1,
    });
    served.post(&served.ada, oauth, &body).await.ok();
    let after = served.get(&served.ada, oauth).await.ok();
    assert_eq!(after["OAUTH_SCOPES"], "openid");
    for wrong in [
        json!({ "OPENID_PROVIDER_URL": "https://u:hunter2-hunter2@idp.example.org" }),
        json!({ "OAUTH_SCOPES": 0.0 }),
    ] {
        served
            .post(&served.ada, oauth, &wrong)
            .await
            .assert_malformed();
    }
    let secrets = served
        .app
        .count("select count(*) from host_settings where data::text like '%hunter2%'")
        .await;
    assert_eq!(secrets, 0);
    for path in [CONFIG, SERVER, ldap, oauth] {
        for denied in [
            served.get(&served.bob, path).await,
            served.post(&served.bob, path, &json!({})).await,
        ] {
            denied.assert_denied(401, ACCESS_PROHIBITED);
        }
    }
    let exchange = "/auths/oauth/google/token/exchange";
    let exchange = served.post(&served.ada, exchange, &json!({})).await;
    assert_eq!(exchange.status, 403, "{}", exchange.body);
    let ended = served
        .delete(&served.bob, "/auths/oauth/sessions/google")
        .await;
    assert_eq!(ended.ok(), false);
}
