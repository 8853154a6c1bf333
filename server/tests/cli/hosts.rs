//! Addresses of the database, and passwords in them.

use std::{
    fs, io,
    net::{Shutdown, TcpListener, TcpStream},
    process::Command,
    thread,
};

use sqlx::{ConnectOptions, PgPool};

use crate::{
    roles::{PASSWORD, Role},
    support::{ROLLCALL, cli, cli_at},
};

/// Forwards every connection to an address of this machine to PostgreSQL. Returns the port.
fn forward(from: &str, to: (String, u16)) -> u16 {
    let listener = TcpListener::bind((from, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            let server = TcpStream::connect((to.0.as_str(), to.1)).unwrap();
            copy(client.try_clone().unwrap(), server.try_clone().unwrap());
            copy(server, client);
        }
    });
    port
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        drop(io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    });
}

#[testing::test]
async fn ipv6_address_works(pool: PgPool) {
    let options = pool.connect_options();
    let port = forward("::1", (options.get_host().to_owned(), options.get_port()));
    let mut url = options.to_url_lossy();
    url.set_host(Some("[::1]")).unwrap();
    url.set_port(Some(port)).unwrap();
    assert!(url.as_str().contains(&format!("@[::1]:{port}/")), "{url}");
    let by_ipv6 = cli_at(&pool, url.as_str());
    by_ipv6.create("ada", "user");
    assert_eq!(cli(&pool).get("ada")["username"], "ada");
}

#[testing::test]
async fn socket_folder_works(pool: PgPool) {
    let folder: String =
        sqlx::query_scalar("select split_part(current_setting('unix_socket_directories'), ',', 1)")
            .fetch_one(&pool)
            .await
            .unwrap();
    let url = pool.connect_options().to_url_lossy();
    let (user, password) = (url.username(), url.password().unwrap_or_default());
    let (database, port) = (url.path(), url.port().unwrap_or(5432));
    let socket =
        format!("postgres://{database}?host={folder}&port={port}&user={user}&password={password}");
    cli_at(&pool, &socket).create("ada", "user");
    assert_eq!(cli(&pool).get("ada")["username"], "ada");
}

#[testing::test]
async fn dotenv_password_is_taken_literally(pool: PgPool) {
    let role = Role::create(&pool).await;
    role.run("grant all on all tables in schema public to ROLE")
        .await;
    let folder = std::env::temp_dir().join(format!("{}-dotenv", role.name));
    fs::create_dir(&folder).unwrap();
    let url = role.url("");
    assert!(url.contains("pa$$w0rd$1"), "{url}");
    for value in [url.clone(), format!("\"{url}\""), format!("'{url}' # why")] {
        fs::write(
            folder.join(".env"),
            format!("export DATABASE_URL={value}\n"),
        )
        .unwrap();
        let mut command = Command::new(ROLLCALL);
        command
            .args(["user", "list", "--json"])
            .current_dir(&folder);
        let output = command.env_remove("DATABASE_URL").output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{value}: {message}");
    }
    fs::remove_dir_all(folder).unwrap();
    role.remove().await;
}

#[testing::test]
async fn malformed_address_is_rejected_without_its_password(pool: PgPool) {
    for (url, says) in [
        (format!("postgres://ada:{PASSWORD}@127.0.0.1/db"), "%23"),
        (
            "postgres://ada:hunter2@127.0.0.1:port/db".to_owned(),
            "port",
        ),
        ("postgres://ada:hunter2/3@127.0.0.1/db".to_owned(), "%2F"),
        ("hunter2@127.0.0.1/db".to_owned(), "postgres://"),
    ] {
        let message = cli_at(&pool, &url).user(&["list"]).failure();
        assert!(
            message.starts_with("DATABASE_URL ") && message.contains(says),
            "{message}"
        );
        assert!(
            !message.contains("hunter2") && !message.contains("w0rd"),
            "{message}"
        );
    }
}
