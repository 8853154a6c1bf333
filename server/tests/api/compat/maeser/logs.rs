//! The chat logs of the Maeser dialect.

use sqlx::PgPool;
use testing::{conversations::conversation, users::id_of};

use super::{assert_page, both};

#[testing::test]
async fn logs_are_listed_and_filtered(pool: PgPool) {
    let worlds = both(&pool).await;
    let [alice, bob] = [id_of(&pool, "alice").await, id_of(&pool, "bob").await];
    let light = conversation(&pool, alice, "physics", "chat-1").await;
    let odd = conversation(&pool, bob, "a/b <i>", "chat-2").await;
    for world in worlds {
        let mount = world.at.path;
        let both = [light.to_string(), odd.to_string()];
        for (query, shown) in [
            ("", [true, true]),
            ("?branch=PHYS", [true, false]),
            ("?branch=chemistry", [false, false]),
            ("?user=alice", [true, false]),
            ("?user=github.alice123", [true, false]),
            ("?user=rollcall.bob", [false, true]),
            ("?user=old.b.1", [false, true]),
            ("?user=lice", [false, false]),
            ("?feedback=true", [false, false]),
            ("?feedback=false&sort_by=created&order=asc", [true, true]),
            ("?sort_by=size&order=up&feedback=maybe", [true, true]),
        ] {
            let page = world.get(&world.root, &format!("/logs{query}")).await;
            assert_eq!(page.status, 200, "{query}");
            let found = both.each_ref().map(|id| page.body.contains(id));
            assert_eq!(found, shown, "{query}");
            assert!(page.body.contains("<p>Total Tokens: "), "{}", page.body);
        }
        let page = world.get(&world.root, "/logs").await;
        let link = format!("href=\"{mount}/logs/a%2Fb%20%3Ci%3E/{odd}.json\"");
        assert!(page.body.contains(&link), "{}", page.body);
        assert!(!page.body.contains("<i>"), "{}", page.body);
        let wrong = world.get(&world.root, "/logs?after=x").await;
        assert_eq!(wrong.status, 400, "{}", wrong.body);
    }
}

#[testing::test]
async fn log_is_shown_by_either_id_and_each_look_is_audited(pool: PgPool) {
    let worlds = both(&pool).await;
    let alice = id_of(&pool, "alice").await;
    let id = conversation(&pool, alice, "physics", "chat-1").await;
    sqlx::query("update conversation_messages set content = '<b>light</b>' where seq = 1")
        .execute(&pool)
        .await
        .unwrap();
    for world in &worlds {
        for name in [
            format!("{id}.json"),
            id.to_string(),
            "chat-1.json".into(),
            "chat-1".into(),
        ] {
            let path = format!("/logs/physics/{name}");
            let page = world.get(&world.root, &path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            assert!(
                page.body.contains("&lt;b&gt;light&lt;/b&gt;"),
                "{}",
                page.body
            );
            assert!(page.body.contains("A wave."), "{}", page.body);
            assert!(page.body.contains("<p>Total Cost: $"), "{}", page.body);
        }
        for path in [
            format!("/logs/chemistry/{id}.json"),
            "/logs/chemistry/chat-1.json".into(),
            "/logs/physics/chat-2.json".into(),
            "/logs/physics/.json".into(),
            "/logs/physics/%00".into(),
            "/logs/%20/%20".into(),
        ] {
            let page = world.get(&world.root, &path).await;
            assert_page(&page, 404, "Log file not found");
        }
    }
    let looks = "select count(*) from audit_events where action = 'conversation.viewed' and actor_label = 'root'";
    // A look at the right id in another branch is a look as well.
    assert_eq!(worlds[0].at.app.count(looks).await, 10);
}
