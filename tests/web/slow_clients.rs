//! Requests that are cut off, slow, smuggled or invalid: never a fault of the server, never a connection without end.

use std::net::SocketAddr;
use std::time::Duration;

use crate::support::process::{Served, add_coordinator};
use crate::support::raw::{Raw, Signed, exchange, status};
use crate::support::{Backend, PASSWORD, database};

/// Pause between two bytes of a slow request.
const DRIP: Duration = Duration::from_millis(200);

fn with_server(test: impl FnOnce(SocketAddr)) {
    let Some((url, _folder)) = database(Backend::Sqlite) else {
        return;
    };
    add_coordinator("alice", &url);
    let served = Served::on(&url, "127.0.0.1:0");
    test(served.address);
    let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(status(&exchange(served.address, health)), Some(200));
}

/// Sends the beginning, then one byte at a time until the server stops reading, and returns the answer.
fn drip(address: SocketAddr, beginning: &str) -> String {
    let mut raw = Raw::open(address);
    raw.send(beginning.as_bytes());
    let mut listening = raw.twin();
    let answer = std::thread::spawn(move || listening.read_to_end());
    while !answer.is_finished() && raw.send(b"a") {
        std::thread::sleep(DRIP);
    }
    answer.join().unwrap()
}

#[test]
fn a_stopped_or_dripping_request_is_answered_with_408() {
    with_server(|address| {
        let alice = Signed::sign_in(address, "alice", PASSWORD);
        let head = "GET /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".to_owned();
        let form = format!("{}\r\ncsrf=", alice.form_head("/account/language", 5_000));
        let upload = format!(
            "{}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000\r\n\r\n--x\r\n\
             Content-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--x\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n",
            alice.head("POST", "/imports"),
            alice.token
        );
        std::thread::scope(|scope| {
            let mut cases = Vec::new();
            for (what, beginning) in [("head", head), ("form", form), ("upload", upload)] {
                let stops = beginning.clone();
                cases.push((what, "stops", scope.spawn(move || exchange(address, &stops))));
                cases.push((what, "drips", scope.spawn(move || drip(address, &beginning))));
            }
            for (what, how, answer) in cases {
                let answer = answer.join().unwrap();
                assert_eq!(status(&answer), Some(408), "{what} {how}: {answer}");
                if what != "head" {
                    assert!(
                        answer.contains("<h1><bdi>Envoi interrompu</bdi></h1>"),
                        "{what} {how}: {answer}"
                    );
                }
            }
        });
    });
}

#[test]
fn a_body_in_chunks_is_refused_and_its_connection_closed() {
    with_server(|address| {
        for (method, path) in [("POST", "/login"), ("POST", "/nowhere"), ("GET", "/healthz")] {
            let answer = exchange(
                address,
                &format!(
                    "{method} {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ncsrf=\r\nf"
                ),
            );
            assert_eq!(status(&answer), Some(411), "{method} {path}: {answer}");
            assert!(answer.contains("<h1>"), "{answer}");
        }
    });
}

#[test]
fn a_connection_without_a_request_is_closed() {
    with_server(|address| {
        let answer = exchange(address, "");
        assert!(matches!(status(&answer), None | Some(408)), "{answer}");
    });
}

/// Each request is refused, and nothing behind it is answered.
fn all_refused(address: SocketAddr, cases: &[(String, &[u16])]) {
    for (request, allowed) in cases {
        let shown: String = request.chars().take(220).collect();
        let answer = exchange(address, request);
        let told = status(&answer);
        assert!(told.is_some_and(|status| allowed.contains(&status)), "{shown:?}: {answer:?}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{shown:?}: {answer:?}");
    }
}

#[test]
fn a_body_whose_end_is_unclear_is_refused_and_its_rest_is_not_taken_for_a_request() {
    let post =
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    with_server(|address| {
        all_refused(
            address,
            &[
                (format!("{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde{smuggled}"), &[400]),
                (format!("{post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde{smuggled}"), &[400]),
                (format!("{post}Content-Length: 5, 6\r\n\r\nabcde{smuggled}"), &[400]),
                (format!("{post}Content-Length: -1\r\n\r\n{smuggled}"), &[400]),
                (format!("{post}Content-Length: +5\r\n\r\nabcde{smuggled}"), &[400]),
                (format!("{post}Content-Length: 99999999999999999999\r\n\r\n{smuggled}"), &[400]),
                (
                    format!(
                        "{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"
                    ),
                    &[400],
                ),
                (
                    format!(
                        "{post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{smuggled}"
                    ),
                    &[400],
                ),
                (format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{smuggled}"), &[400]),
                (format!("{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{smuggled}"), &[400]),
                (format!("{post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{smuggled}"), &[400]),
                (
                    format!("{post}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{smuggled}"),
                    &[400, 411],
                ),
                (format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{smuggled}"), &[400, 411]),
                (
                    "POST /login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
                    &[400, 411],
                ),
            ],
        );
    });
}

#[test]
fn invalid_or_too_long_requests_are_refused() {
    let long = "a".repeat(200_000);
    let many = "X-A: b\r\n".repeat(500);
    with_server(|address| {
        all_refused(
            address,
            &[
                (
                    format!("GET /login HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n"),
                    &[431, 400][..],
                ),
                (format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"), &[431, 414, 400]),
                (format!("GET /login HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"), &[431, 400]),
                ("GET /login HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n".to_owned(), &[400]),
                ("GET /login HTTP/9.9\r\nHost: localhost\r\n\r\n".to_owned(), &[400, 505]),
                ("GET  /login HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), &[400]),
                ("GET /login\r\n\r\n".to_owned(), &[400]),
                ("\0\u{1}\u{2}\r\n\r\n".to_owned(), &[400]),
                ("\u{16}\u{3}\u{1}\0\u{5}hello\r\n\r\n".to_owned(), &[400]),
            ],
        );
    });
}

#[test]
fn unusual_but_valid_requests_are_answered() {
    with_server(|address| {
        let close = "Host: localhost\r\nConnection: close\r\n\r\n";
        let old = exchange(address, "GET /login HTTP/1.0\r\n\r\n");
        assert_eq!(status(&old), Some(200), "{old}");
        for (method, allowed) in [
            ("BREW", 405),
            ("TRACE", 405),
            ("CONNECT", 405),
            ("OPTIONS", 405),
            ("DELETE", 405),
            ("HEAD", 200),
        ] {
            let answer = exchange(address, &format!("{method} /login HTTP/1.1\r\n{close}"));
            assert_eq!(status(&answer), Some(allowed), "{method}: {answer}");
        }
        let mut raw = Raw::open(address);
        raw.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(3).as_bytes());
        for _ in 0..3 {
            assert_eq!(status(&raw.answer()), Some(200), "one after the other");
        }
        let cut_off = format!("{}\r\ncsrf=", Signed::stranger(address).form_head("/login", 100));
        let mut raw = Raw::open(address);
        raw.send(cut_off.as_bytes());
        raw.end();
        let answer = raw.read_to_end();
        assert!(matches!(status(&answer), None | Some(408)), "{answer}");
    });
}
