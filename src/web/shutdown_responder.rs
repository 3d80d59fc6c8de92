//! Answers new connections with 503 while the process ends: the kernel accepts connections for as long as the listener is open,
//! and resets them when it closes.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::problem;
use crate::base::stop::Stop;

const ANSWER: &str = "HTTP/1.1 503 Service Unavailable\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 64\r\n\
    Retry-After: 1\r\n\
    Cache-Control: no-store\r\n\
    Connection: close\r\n\r\n\
    Carnet redémarre, réessayez.\nCarnet is restarting, try again.\n";
/// For programs: a telephone would show any text as a name.
const EMPTY: &str = "HTTP/1.1 503 Service Unavailable\r\n\
    Content-Length: 0\r\n\
    Retry-After: 1\r\n\
    Cache-Control: no-store\r\n\
    Connection: close\r\n\r\n";
/// The time limit for a client to send a request, and to read the answer.
const PATIENCE: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(2);
/// How long connections are answered at the very end, if more and more arrive.
const LATEST: Duration = Duration::from_secs(1);
/// The time limit for one connection in total.
const WHOLE: Duration = Duration::from_secs(1);
/// The most bytes of a request that are read before the answer. Unread bytes would make the kernel discard the answer.
const REQUEST: usize = 64 * 1024;

/// Answers connections one after the other, until `closing` is requested and no connection waits, or [`LATEST`] has passed since.
pub fn turn_away(listener: &TcpListener, closing: &Stop) {
    let mut latest = None;
    loop {
        if closing.is_asked() && Instant::now() > *latest.get_or_insert(Instant::now() + LATEST) {
            break;
        }
        match listener.accept() {
            // A client that has gone needs no answer.
            Ok((stream, _)) => drop(answer(stream)),
            Err(error) if error.kind() == ErrorKind::WouldBlock && !closing.is_asked() => {
                std::thread::sleep(PAUSE);
            }
            Err(_) => break,
        }
    }
    // The server has this listener too, so the kernel would accept connections until the process ends.
    let _ = SockRef::from(listener).shutdown(Shutdown::Both);
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let begun = Instant::now();
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut request = vec![0; REQUEST];
    let read = stream.read(&mut request)?;
    stream.write_all(answer_to(&request[..read]).as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    // The rest of a long request.
    while begun.elapsed() < WHOLE && stream.read(&mut request)? > 0 {}
    Ok(())
}

fn answer_to(request: &[u8]) -> &'static str {
    let target = request.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    if target.starts_with(problem::API.as_bytes()) { EMPTY } else { ANSWER }
}

#[cfg(test)]
mod tests {
    use super::{ANSWER, EMPTY, answer_to};

    #[test]
    fn a_program_gets_no_text() {
        assert_eq!(answer_to(b"GET /api/v1/lookup?number=1 HTTP/1.1\r\n"), EMPTY);
        for other in [&b"GET /contacts HTTP/1.1\r\n"[..], b"GET", b""] {
            assert_eq!(answer_to(other), ANSWER);
        }
    }

    #[test]
    fn the_length_is_that_of_the_text() {
        let (head, body) = ANSWER.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
    }
}
