//! Requests that no HTTP client would send: plain bytes over a connection of their own.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The longest time for an answer, on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

pub struct Raw(TcpStream);

impl Raw {
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// Sends bytes; returns `false` if the server no longer takes them.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    /// The same connection, to read while this one sends.
    pub fn twin(&self) -> Self {
        Self(self.0.try_clone().unwrap())
    }

    /// Ends the sending direction.
    pub fn end(&self) {
        self.0.shutdown(std::net::Shutdown::Write).unwrap();
    }

    /// Everything that comes until the connection is closed, which must happen.
    pub fn read_to_end(&mut self) -> String {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        loop {
            match self.0.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => bytes.extend_from_slice(&piece[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
                Err(error) => panic!("the connection was left open: {error}"),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The beginning of an answer; empty if the connection was closed without one, `None` if nothing came in time.
    pub fn answer_within(&mut self, time: Duration) -> Option<String> {
        self.0.set_read_timeout(Some(time)).unwrap();
        let mut bytes = vec![0; 4096];
        let read = self.0.read(&mut bytes);
        self.0.set_read_timeout(Some(LIMIT)).unwrap();
        let length = match read {
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => 0,
            Err(_) => return None,
        };
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }

    /// One answer with its body; the connection stays open.
    pub fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\r\n\r\n") {
            match self.0.read(&mut byte) {
                Ok(1) => bytes.push(byte[0]),
                end => panic!("no answer: {end:?}, {:?}", String::from_utf8_lossy(&bytes)),
            }
        }
        let head = String::from_utf8(bytes).unwrap();
        let length = head
            .to_ascii_lowercase()
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
            .unwrap_or(0);
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        head + &String::from_utf8(body).unwrap()
    }
}

/// The status of the first answer.
pub fn status(answer: &str) -> Option<u16> {
    answer.split(' ').nth(1)?.parse().ok()
}

/// One whole exchange: sent at once, read to the end.
pub fn exchange(address: SocketAddr, request: &str) -> String {
    let mut raw = Raw::open(address);
    raw.send(request.as_bytes());
    raw.read_to_end()
}

/// A signed-in browser that sends its requests exactly as written.
pub struct Signed {
    pub address: SocketAddr,
    pub cookies: String,
    pub token: String,
}

impl Signed {
    /// A browser at the sign-in page.
    pub fn stranger(address: SocketAddr) -> Self {
        let mut signed = Self { address, cookies: String::new(), token: String::new() };
        let page = signed.get("/login");
        signed.keep_cookies(&page);
        let token = page.split("name=\"csrf\" value=\"").nth(1).unwrap();
        token.split('"').next().unwrap().clone_into(&mut signed.token);
        signed
    }

    pub fn sign_in(address: SocketAddr, name: &str, password: &str) -> Self {
        let mut signed = Self::stranger(address);
        let fields = format!("username={name}&password={}", password.replace(' ', "+"));
        let answer = exchange(address, &signed.post("/login", &fields));
        assert_eq!(status(&answer), Some(303), "{answer}");
        signed.keep_cookies(&answer);
        signed
    }

    pub fn get(&self, path: &str) -> String {
        let head = self.head("GET", path);
        exchange(self.address, &format!("{head}Connection: close\r\n\r\n"))
    }

    /// A whole form, as one of our pages sends it.
    pub fn post(&self, path: &str, fields: &str) -> String {
        let body = format!("csrf={}&{fields}", self.token);
        let length = body.len();
        format!("{}Connection: close\r\n\r\n{body}", self.form_head(path, length))
    }

    /// The head of a form, without its last line.
    pub fn form_head(&self, path: &str, length: usize) -> String {
        let head = self.head("POST", path);
        format!("{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n")
    }

    /// A request head, without its last line.
    pub fn head(&self, method: &str, path: &str) -> String {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept-Language: fr\r\nCookie: {}\r\n",
            self.address, self.cookies
        )
    }

    fn keep_cookies(&mut self, answer: &str) {
        let set = answer.lines().filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("set-cookie").then_some(value)
        });
        for cookie in set.filter_map(|value| value.split(';').next()) {
            if !self.cookies.is_empty() {
                self.cookies.push_str("; ");
            }
            self.cookies.push_str(cookie);
        }
    }
}
