//! A receiver of webhooks on loopback, which behaves as the test wants.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::waiting::wait_until;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    Confirm,
    Status(u16),
    /// An answer with the status 302 and this location.
    Redirect(String),
    /// Reads the message and never answers.
    Hang,
    /// Confirms, with a body that never ends.
    Endless,
}

/// A message as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn items(&self) -> Vec<Value> {
        self.json()["data"]["items"].as_array().unwrap().clone()
    }

    /// Whether the signature is the one that the standard describes.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        self.signature == format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    behaviour: Arc<Mutex<Behaviour>>,
    /// Bytes of endless answers that were taken.
    pub taken: Arc<AtomicUsize>,
}

impl Receiver {
    /// A receiver that confirms.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            port: listener.local_addr().unwrap().port(),
            received: Arc::default(),
            behaviour: Arc::new(Mutex::new(Behaviour::Confirm)),
            taken: Arc::default(),
        };
        let shared = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = shared.clone();
                std::thread::spawn(move || shared.answer(stream.unwrap()));
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/carnet", self.port)
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The items of all messages, in the order of their arrival.
    pub fn items(&self) -> Vec<Value> {
        self.received().iter().flat_map(Received::items).collect()
    }

    /// The contacts of all items.
    pub fn contacts(&self) -> Vec<i64> {
        self.items().iter().map(|item| item["contact"].as_i64().unwrap()).collect()
    }

    /// Waits for this number of messages, and returns the last one.
    pub async fn message(&self, number: usize) -> Received {
        wait_until(&format!("message {number} has arrived"), async || self.received().len() >= number).await;
        self.received().remove(number - 1)
    }

    fn answer(&self, mut stream: TcpStream) {
        let Some(message) = read(&mut stream) else { return };
        let behaviour = self.behaviour.lock().unwrap().clone();
        self.received.lock().unwrap().push(message);
        let head = |status: &str| format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n");
        let text = match behaviour {
            Behaviour::Confirm => head("204 No Content"),
            Behaviour::Status(status) => head(&format!("{status} Status")),
            Behaviour::Redirect(to) => format!("{}location: {to}\r\n", head("302 Found")),
            Behaviour::Hang => {
                // Until Carnet gives up.
                let _ = stream.read(&mut [0]);
                return;
            }
            Behaviour::Endless => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
                while stream.write_all(&[b'x'; 1024]).is_ok() {
                    self.taken.fetch_add(1024, Ordering::Relaxed);
                }
                return;
            }
        };
        let _ = stream.write_all(format!("{text}\r\n").as_bytes());
    }
}

fn read(stream: &mut TcpStream) -> Option<Received> {
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        assert!(head.starts_with("POST /carnet HTTP/1.1\r\n"), "{head}");
        let header = |name: &str| {
            let found =
                head.lines().find_map(|line| line.split_once(": ").filter(|(known, _)| *known == name));
            found.map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        if body.len() >= header("content-length").parse::<usize>().unwrap() {
            return Some(Received {
                id: header("webhook-id"),
                timestamp: header("webhook-timestamp"),
                signature: header("webhook-signature"),
                body: body.to_owned(),
            });
        }
    }
}
