//! Whom the command line believes to be the server.

use std::{
    io::{self, Write as _},
    net::TcpStream,
    process::Command,
    sync::Arc,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use sqlx::PgPool;

use super::fake::{Fake, fake_over, json};
use crate::support::{ROLLCALL, Ran, cli};

/// A certificate for `localhost`, by nobody but itself.
const CERTIFICATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/cli/remote/certificate/certificate.pem"
);
const KEY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/cli/remote/certificate/key.pem"
);

/// A server with that certificate.
fn encrypted() -> Fake {
    let certificate = CertificateDer::from_pem_file(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_file(KEY).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    fake_over(&[json("200 OK", "[]")], move |stream: TcpStream| {
        let connection = ServerConnection::new(Arc::clone(&config));
        Ok(StreamOwned::new(connection.unwrap(), stream))
    })
}

fn list(pool: &PgPool, url: &str, believed: Option<&str>) -> Ran {
    let mut command = Command::new(ROLLCALL);
    command
        .args(["user", "list", "--json"])
        .env_remove("SSL_CERT_DIR");
    match believed {
        Some(file) => command.env("SSL_CERT_FILE", file),
        None => command.env_remove("SSL_CERT_FILE"),
    };
    cli(pool).over(url, "rc_x").run(&mut command, "")
}

#[sqlx::test(migrations = false)]
async fn a_certificate_has_to_be_believed_and_of_this_name(pool: PgPool) {
    let server = encrypted();
    let url = format!("https://localhost:{}", server.port);
    assert_eq!(list(&pool, &url, Some(CERTIFICATE)).text(), "[]\n");
    assert_eq!(server.asked().len(), 1);

    let server = encrypted();
    let url = format!("https://127.0.0.1:{}", server.port);
    let told = list(&pool, &url, Some(CERTIFICATE)).failure();
    assert!(
        told.starts_with(&format!("There is no safe connection to {url}: ")),
        "{told}"
    );
    assert_eq!(server.asked(), [""; 0], "nothing is sent to a stranger");

    let server = encrypted();
    let url = format!("https://localhost:{}", server.port);
    let told = list(&pool, &url, None).failure();
    let unsafe_way = told.starts_with(&format!("There is no safe connection to {url}: "));
    assert!(
        unsafe_way || told.starts_with("No certificates of authorities"),
        "{told}"
    );
    assert_eq!(server.asked(), [""; 0], "nothing is sent to a stranger");
}

#[sqlx::test(migrations = false)]
async fn https_is_not_given_up_for_http(pool: PgPool) {
    // What a server for http says to whoever greets it for https.
    let plain = fake_over(&[String::new()], |mut stream: TcpStream| {
        stream.write_all(json("400 Bad Request", "{}").as_bytes())?;
        Err::<TcpStream, _>(io::Error::other("no request"))
    });
    let url = format!("https://localhost:{}", plain.port);
    let told = list(&pool, &url, Some(CERTIFICATE)).failure();
    assert!(
        told.starts_with(&format!("There is no safe connection to {url}: ")),
        "{told}"
    );
}
