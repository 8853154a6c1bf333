//! `null` in bodies, which has a meaning or is an error: it never counts as an absent field.

use axum::http::Method;
use serde_json::{Map, Value, json};
use sqlx::PgPool;

use crate::support::{App, Ask, add_user, app, session};

/// Fields in which `null` has a meaning: that there is no value, or no expiry.
const NULLABLE: [(&str, &str); 46] = [
    ("UserUpdateRequest", "email"),
    ("UserUpdateRequest", "profile"),
    ("UserUpdateRequest", "notificationPreferences"),
    ("AccountUpdateRequest", "email"),
    ("AccountUpdateRequest", "timeZone"),
    ("AccountUpdateRequest", "notificationPreferences"),
    ("UserCreateRequest", "email"),
    ("RegistrationCreateRequest", "email"),
    ("UserSuspendRequest", "until"),
    ("AccessTokenCreateRequest", "days"),
    ("VirtualKeyCreateRequest", "days"),
    ("VirtualKeyCreateRequest", "allowedModels"),
    ("OwnVirtualKeyCreateRequest", "days"),
    ("OwnVirtualKeyCreateRequest", "allowedModels"),
    ("VirtualKeyUpdateRequest", "days"),
    ("VirtualKeyUpdateRequest", "allowedModels"),
    ("AllowedModelsPutRequest", "allowedModels"),
    ("PersonaWriteRequest", "details"),
    ("RoleCreateRequest", "label"),
    ("RoleCreateRequest", "rank"),
    ("RoleUpdateRequest", "label"),
    ("GroupCreateRequest", "externalId"),
    ("GroupUpdateRequest", "externalId"),
    ("GroupUpdateRequest", "data"),
    ("GroupUpdateRequest", "meta"),
    ("FeatureWriteRequest", "label"),
    ("ClientCreateRequest", "logoUrl"),
    ("ClientUpdateRequest", "logoUrl"),
    ("ResourceDraft", "clientId"),
    ("ResourceDraft", "data"),
    ("ResourceUpdateRequest", "ownerId"),
    ("ResourceUpdateRequest", "clientId"),
    ("ConversationCreateRequest", "startedAt"),
    ("ConversationMessageDraft", "at"),
    ("LimitPutRequest", "amount"),
    ("LimitPutRequest", "softAmount"),
    ("LimitPutRequest", "warnAt"),
    ("LimitPutRequest", "period"),
    ("LimitPutRequest", "timeZone"),
    ("LimitBulkUpdateRequest", "limit"),
    ("UserLimitDraft", "amount"),
    ("UserLimitDraft", "softAmount"),
    ("UserLimitDraft", "warnAt"),
    ("UserLimitDraft", "period"),
    ("UserLimitDraft", "timeZone"),
    ("UsageEventRequest", "at"),
];

/// A field of a body: its schema, its name, whether it is nullable, and the body with `null` in it.
struct Nulled {
    schema: String,
    field: String,
    nullable: bool,
    body: Value,
}

/// Returns each field of a schema with `null` in it, including those of nested objects.
fn nulled(document: &Value, schema: &Value) -> Vec<Nulled> {
    let mut found = Vec::new();
    let Some(reference) = schema["$ref"].as_str() else {
        for part in ["oneOf", "allOf"] {
            for part in schema[part].as_array().into_iter().flatten() {
                found.extend(nulled(document, part));
            }
        }
        if schema["type"] == "array" {
            for inner in nulled(document, &schema["items"]) {
                found.push(Nulled {
                    body: json!([inner.body]),
                    ..inner
                });
            }
        }
        return found;
    };
    let name = reference.rsplit('/').next().unwrap();
    let target = &document["components"]["schemas"][name];
    // The variants of an action share the fields of the schema itself.
    for part in ["oneOf", "allOf"] {
        for part in target[part].as_array().into_iter().flatten() {
            for mut inner in nulled(document, part) {
                // The action has to be valid before anything else is parsed.
                inner.body["action"] = json!("suspend");
                found.push(inner);
            }
        }
    }
    for (field, schema) in target["properties"].as_object().into_iter().flatten() {
        let types = schema["type"].as_array();
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        found.push(Nulled {
            schema: name.to_owned(),
            field: field.clone(),
            nullable: types.is_some_and(|types| types.contains(&json!("null")))
                || choices.clone().any(|choice| choice["type"] == "null"),
            body: Value::Object(Map::from_iter([(field.clone(), Value::Null)])),
        });
        for inner in nulled(document, schema) {
            let body = Value::Object(Map::from_iter([(field.clone(), inner.body.clone())]));
            found.push(Nulled { body, ..inner });
        }
    }
    found
}

async fn send(app: &App, admin: &str, method: &str, path: &str, body: &Value) -> (u16, String) {
    let path = path
        .replace("{id}", "00000000-0000-7000-8000-000000000000")
        .replace("{key}", "00000000-0000-7000-8000-000000000000")
        .replace("{client}", "1");
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let answer = app.send(Ask::new(method, &path).json(body).by(admin)).await;
    (answer.status, answer.body)
}

#[testing::test]
async fn null_has_a_meaning_or_is_rejected(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "application", "user"]).await;
    let app = app(&pool).storing_keys();
    let admin = session(&pool, "ada").await;
    let document = app.send(Ask::get("/api/openapi.json")).await.json();
    let mut tried = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let (status, message) = send(&app, &admin, method, path, &Value::Null).await;
            assert_eq!(status, 400, "{method} {path}: {message}");
            for Nulled {
                schema,
                field,
                nullable,
                body,
            } in nulled(&document, schema)
            {
                let label = format!("{method} {path} {body}");
                let expected = NULLABLE.contains(&(schema.as_str(), field.as_str()));
                assert_eq!(nullable, expected, "{label} in the document of {schema}");
                if nullable {
                    continue;
                }
                let (status, message) = send(&app, &admin, method, path, &body).await;
                assert_eq!(status, 400, "{label}: {message}");
                assert!(message.contains("null"), "{label}: {message}");
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "{tried}");
}

#[testing::test]
async fn null_does_not_enable_a_key(pool: PgPool) {
    add_user(&pool, "ada", &["user"]).await;
    let app = app(&pool).storing_keys();
    let ada = session(&pool, "ada").await;
    let draft = json!({ "provider": "OPENAI", "keyName": "Work", "apiKey": "sk-12345678" });
    let created = app
        .send(Ask::post("/api/api-keys").json(&draft).by(&ada))
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    let path = format!("/api/api-keys/{}", created.json()["id"].as_str().unwrap());
    let off = Ask::new(Method::PUT, &path)
        .json(&json!({ "isActive": null }))
        .by(&ada);
    let message = app.send(off).await;
    assert_eq!(message.status, 400, "{}", message.body);
    assert!(message.message().contains("null"), "{}", message.body);
}
