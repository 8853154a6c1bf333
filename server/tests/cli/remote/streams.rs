//! Responses that may be larger than memory.

use std::process::Command;

use sqlx::PgPool;

use super::{
    fake::{answer, fake, json},
    with_server,
};
use crate::{
    list::crowd,
    support::{ROLLCALL, cli},
};

#[testing::test]
async fn list_is_streamed_page_by_page(pool: PgPool) {
    let (direct, _server, remote) = with_server(&pool).await;
    crowd(&direct).await;
    for words in [
        &["--limit", "5000"][..],
        &["--limit", "5000", "--json"],
        &["--skip", "990", "--limit", "1020"],
        &["--skip", "2190", "--json"],
        &["--skip", "3000"],
        &["--limit", "2000", "--sort", "-name", "--query", "user-1"],
    ] {
        let words = [&["list"], words].concat();
        let (there, here) = (remote.user(&words), direct.user(&words));
        assert_eq!(
            (there.code, there.out, there.err),
            (here.code, here.out, here.err),
            "{words:?}"
        );
    }
}

#[testing::test]
async fn page_is_printed_before_the_next_arrives(pool: PgPool) {
    let (_, _server, remote) = with_server(&pool).await;
    let page = remote.user(&["list", "--json"]).text();
    let next = "link: </api/admin/users?after=x>; rel=\"next\"";
    let first = answer(
        "200 OK",
        &["content-type: application/json", next],
        page.trim(),
    );
    let fake = fake(&[first, json("500 Internal Server Error", "{}")]);
    let ran = cli(&pool).over(&fake.url(), "rc_x").user(&["list"]);
    assert!(ran.code == 1 && ran.out.contains("root"), "{ran:?}");
    assert!(ran.err.contains("500 Internal Server Error"), "{ran:?}");
}

#[sqlx::test(migrations = false)]
async fn truncated_file_is_an_error(pool: PgPool) {
    let cli = cli(&pool);
    let export = |fake: &super::fake::Fake| {
        let mut command = Command::new(ROLLCALL);
        cli.over(&fake.url(), "rc_x")
            .run(command.args(["audit", "export"]), "")
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/csv; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
    let whole = fake(&[format!("{head}5\r\nid,at\r\n0\r\n\r\n")]);
    assert_eq!(export(&whole).text(), "id,at");
    for broken in ["5\r\nid,at\r\n", "9\r\nid,at", "5\r\nid,at\r\nx"] {
        let fake = fake(&[format!("{head}{broken}")]);
        let ran = export(&fake);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (1, "id,at"),
            "{broken:?}: {ran:?}"
        );
        assert!(ran.err.contains("is incomplete: "), "{broken:?}: {ran:?}");
        assert_eq!(fake.asked().len(), 1);
    }
    let html = fake(&[answer("200 OK", &["content-type: text/html"], "<html>")]);
    assert!(
        export(&html)
            .failure()
            .contains("did not return a Rollcall response")
    );
    let cut = fake(&[String::new(), format!("{head}0\r\n\r\n")]);
    assert_eq!(export(&cut).text(), "");
}
