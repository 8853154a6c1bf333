//! The command line on a server: what it does on a database it does there too, in the same words.

mod alike;
mod fake;
mod faults;
mod streams;
mod tls;

use sqlx::PgPool;

use crate::{
    server::Server,
    support::{Cli, cli},
};

/// All that the command line needs on a server.
const SCOPES: &str = "users:read,users:write,tokens:read,tokens:write,audit:read";

/// A database with an admin who can sign in and has a token.
async fn with_admin(pool: &PgPool) -> (Cli, String) {
    let cli = cli(pool);
    cli.make_admin("root");
    // What a token may give: a role without rights.
    cli.user(&[
        "create",
        "--name",
        "Mia",
        "--username",
        "mia",
        "--roles",
        "manager",
    ]);
    cli.prepare("update users set must_change_password = false")
        .await;
    let token = cli.make_token("root", SCOPES);
    (cli, token)
}

/// The same with a server, and the command line by way of it.
async fn with_server(pool: &PgPool) -> (Cli, Server, Cli) {
    let (direct, token) = with_admin(pool).await;
    let server = Server::start(&direct);
    let remote = direct.over(&server.url, &token);
    (direct, server, remote)
}
