//! Timeouts of requests. Tests of the other errors are in `tests/cli/remote`.

use std::net::TcpListener;

use super::*;

const SOON: Duration = Duration::from_millis(50);

fn silent(patience: Duration) -> (TcpListener, Remote) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let address = Address::parse(&url, false).unwrap();
    let remote = Remote::with_patience(address, &"rc_x".into(), patience).unwrap();
    (listener, remote)
}

#[test]
fn silent_server_times_out() {
    let (_listener, remote) = silent(SOON);
    let message = remote.get::<()>("/api/admin/users", &[]).unwrap_err();
    assert!(
        message
            .to_string()
            .ends_with("did not respond in time. Try again."),
        "{message}"
    );
    let message = remote.act::<()>("/api/admin/users").unwrap_err();
    assert!(
        message
            .to_string()
            .contains("The change may have been applied"),
        "{message}"
    );
}
