//! The example program that meters a chat service, `docs/examples/meter.py`.

use std::{env, fs, process::Command};

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    server::Server,
    support::{Cli, cli, root},
};

/// Runs the example with lines of input. Returns its lines.
fn meter(direct: &Cli, server: &Server, token: &str, input: &str) -> Vec<Value> {
    let outbox = env::temp_dir().join(format!("rollcall-meter-{}", std::process::id()));
    let mut python = Command::new("python3");
    let python = python
        .arg(root().join("docs/examples/meter.py"))
        .env("ROLLCALL_URL", &server.url)
        .env("ROLLCALL_TOKEN", token)
        .env("METER_OUTBOX", &outbox);
    // What an earlier run has left is reported first, once.
    let user = direct.get("ada")["id"].clone();
    let left = json!({ "user": user, "eventId": "left", "requests": 0, "cost": "0.000000001" });
    fs::write(&outbox, format!("{left}\n")).unwrap();
    let text = direct.run(python, input).text();
    assert!(!outbox.exists(), "the outbox is not sent");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[testing::test]
async fn example_meters_a_chat_under_limits(pool: PgPool) {
    let direct = cli(&pool);
    direct.create_admin("root");
    direct.create("ada", "user");
    direct.create("bob", "user");
    direct.create("host", "application");
    direct
        .prepare("update users set must_change_password = false")
        .await;
    for words in [
        "limit set requests 3 --default --period calendar:month",
        "limit set requests unlimited --user bob --period 1d",
        "limit set cost 1 --default --period 1mo --time-zone Europe/Berlin",
        "limit set parallel 2 --default",
    ] {
        direct
            .rollcall(&words.split(' ').collect::<Vec<_>>())
            .text();
    }
    let token = direct.create_token("host", "limits:consume");
    let server = Server::start(&direct);
    let (ada, bob) = (direct.get("ada"), direct.get("bob"));
    let id = |user: &Value| user["id"].as_str().unwrap().to_owned();
    let lines: String = [&ada, &ada, &ada, &ada, &bob, &bob, &bob, &bob]
        .iter()
        .map(|user| format!("{} hello there\n", id(user)))
        .collect();
    let results = meter(&direct, &server, &token, &lines);
    let denied: Vec<bool> = results
        .iter()
        .map(|result| result.get("denied").is_some())
        .collect();
    let expected = [false, false, false, true, false, false, false, false];
    assert_eq!(denied, expected, "{results:?}");
    assert_eq!(results[3]["metric"], "requests");
    assert!(results[3]["retryAfter"].is_u64(), "{:?}", results[3]);

    // The program and the panel agree to the last nano-dollar.
    let again = meter(&direct, &server, &token, &format!("{} bye\n", id(&bob)));
    assert_eq!(again.len(), 1);
    let all = results
        .iter()
        .chain(&again)
        .filter(|result| result.get("cost").is_some());
    let nanos = |cost: &str| {
        let places = cost.strip_prefix("0.").unwrap();
        format!("{places:0<9}").parse::<i64>().unwrap()
    };
    let answered: i64 = all
        .map(|result| nanos(result["cost"].as_str().unwrap()))
        .sum();
    let stored = "select sum(cost_nanos)::bigint from usage_daily";
    assert_eq!(direct.count(stored).await, answered + 1);
    let left = direct.rollcall(&["limit", "show", "ada", "--json"]).json();
    let requests = left
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["metric"] == "requests")
        .unwrap();
    assert_eq!(
        (&requests["used"], &requests["left"]),
        (&json!(3), &json!(0))
    );
    let leases = "select count(*) from leases where ended_at is null";
    assert_eq!(direct.count(leases).await, 0);
    let usage = direct.rollcall(&["usage", "--json"]).json();
    assert_eq!(usage["total"]["requests"], 8);

    direct
        .rollcall(&["limit", "models", "bob", "--allow", "large"])
        .text();
    let denied = meter(&direct, &server, &token, &format!("{} bye\n", id(&bob)));
    assert!(denied[0]["denied"].is_string(), "{denied:?}");
    assert!(denied[0]["metric"].is_null(), "{denied:?}");
}
