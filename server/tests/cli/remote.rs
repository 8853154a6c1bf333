//! The command line on a server, which does the same as on a database, with the same output.

mod alike;
mod deletions;
mod errors;
mod fake;
mod streams;
mod tls;

use sqlx::PgPool;

use crate::{
    server::Server,
    support::{Cli, cli},
};

/// All scopes that the command line needs on a server.
const SCOPES: &str = "users:read,users:write,tokens:read,tokens:write,audit:read,roles:read,roles:write,groups:read,groups:write,\
    features:read,features:write,clients:read,clients:write,resources:read,resources:write,access:read,\
    conversations:read,conversations:write,limits:read,limits:write,usage:read,usage:write";

/// Returns a database with an admin who can sign in and has a token.
async fn with_admin(pool: &PgPool) -> (Cli, String) {
    let cli = cli(pool);
    cli.create_admin("root");
    // A role that a token can assign: one without permissions.
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
    let token = cli.create_token("root", SCOPES);
    (cli, token)
}

/// Returns the same with a server, and the command line that works on it.
async fn with_server(pool: &PgPool) -> (Cli, Server, Cli) {
    let (direct, token) = with_admin(pool).await;
    let server = Server::start(&direct);
    let remote = direct.over(&server.url, &token);
    (direct, server, remote)
}
