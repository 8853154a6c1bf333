//! Servers that the command line trusts.

use std::{
    env, fs,
    io::{self, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::Command,
    sync::Arc,
};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};
use sqlx::PgPool;
use uuid::Uuid;

use super::fake::{Fake, fake_over, json};
use crate::support::{ROLLCALL, Ran, cli};

/// A self-signed certificate for `localhost`, and a file with it, which is removed when the value is dropped.
struct Certificate {
    certified: CertifiedKey<rcgen::KeyPair>,
    file: PathBuf,
}

impl Certificate {
    fn new() -> Self {
        let certified = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let file = env::temp_dir().join(format!("rollcall-{}.pem", Uuid::now_v7()));
        fs::write(&file, certified.cert.pem()).unwrap();
        Self { certified, file }
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        fs::remove_file(&self.file).unwrap();
    }
}

/// Starts a server with that certificate.
fn encrypted(certificate: &Certificate) -> Fake {
    let CertifiedKey { cert, signing_key } = &certificate.certified;
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    fake_over(&[json("200 OK", "[]")], move |stream: TcpStream| {
        let connection = ServerConnection::new(Arc::clone(&config));
        Ok(StreamOwned::new(connection.unwrap(), stream))
    })
}

fn list(pool: &PgPool, url: &str, believed: Option<&Certificate>) -> Ran {
    let mut command = Command::new(ROLLCALL);
    command
        .args(["user", "list", "--json"])
        .env_remove("SSL_CERT_DIR");
    match believed {
        Some(certificate) => command.env("SSL_CERT_FILE", &certificate.file),
        None => command.env_remove("SSL_CERT_FILE"),
    };
    cli(pool).over(url, "rc_x").run(&mut command, "")
}

#[sqlx::test(migrations = false)]
async fn certificate_must_be_trusted_and_match(pool: PgPool) {
    let certificate = Certificate::new();
    let server = encrypted(&certificate);
    let url = format!("https://localhost:{}", server.port);
    assert_eq!(list(&pool, &url, Some(&certificate)).text(), "[]\n");
    assert_eq!(server.asked().len(), 1);

    let server = encrypted(&certificate);
    let url = format!("https://127.0.0.1:{}", server.port);
    let message = list(&pool, &url, Some(&certificate)).failure();
    assert!(
        message.starts_with(&format!("Cannot connect securely to {url}: ")),
        "{message}"
    );
    assert_eq!(server.asked(), [""; 0], "nothing is sent without trust");

    let server = encrypted(&certificate);
    let url = format!("https://localhost:{}", server.port);
    let message = list(&pool, &url, None).failure();
    let unsafe_way = message.starts_with(&format!("Cannot connect securely to {url}: "));
    assert!(
        unsafe_way || message.starts_with("No CA certificates found"),
        "{message}"
    );
    assert_eq!(server.asked(), [""; 0], "nothing is sent without trust");
}

#[sqlx::test(migrations = false)]
async fn https_is_not_downgraded(pool: PgPool) {
    let certificate = Certificate::new();
    // Response of an http server to a TLS handshake.
    let plain = fake_over(&[String::new()], |mut stream: TcpStream| {
        stream.write_all(json("400 Bad Request", "{}").as_bytes())?;
        Err::<TcpStream, _>(io::Error::other("no request"))
    });
    let url = format!("https://localhost:{}", plain.port);
    let message = list(&pool, &url, Some(&certificate)).failure();
    assert!(
        message.starts_with(&format!("Cannot connect securely to {url}: ")),
        "{message}"
    );
}
