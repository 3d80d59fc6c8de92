//! Sends a message over HTTP, with limits of time and size, to allowed addresses only.

use std::error::Error;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use tokio::sync::OnceCell;

use super::address::Receivers;
use super::message::Message;
use crate::base::clock;

/// The time limit for a whole exchange.
const LIMIT: Duration = Duration::from_secs(10);
/// How much of an answer is read, in bytes. Only its status counts.
const ANSWER: usize = 64 * 1024;

/// Why a message was not confirmed. Stored by its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The URL or an address of its host is not allowed.
    Address,
    /// The host's name has no address.
    Name,
    /// No connection, or an untrusted certificate.
    Connection,
    /// No answer within the limit.
    Time,
    /// The answer has another status than one of success.
    Status(u16),
    /// The place in the feed is one of another book, or is not kept.
    Place,
}

impl Trouble {
    pub fn text(self) -> String {
        match self {
            Self::Address => "address".to_owned(),
            Self::Name => "name".to_owned(),
            Self::Connection => "connection".to_owned(),
            Self::Time => "time".to_owned(),
            Self::Status(status) => format!("status {status}"),
            Self::Place => "place".to_owned(),
        }
    }

    /// Reads [`Trouble::text`]; `None` for an empty text, or one of a newer version.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "address" => Self::Address,
            "name" => Self::Name,
            "connection" => Self::Connection,
            "time" => Self::Time,
            "place" => Self::Place,
            text => Self::Status(text.strip_prefix("status ")?.parse().ok()?),
        })
    }

    /// Returns `true` if a repetition is useless.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Place | Self::Status(410))
    }
}

type Found = Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;
/// Finds the addresses of a host.
type Lookup = fn(String) -> Found;

fn lookup(host: String) -> Found {
    Box::pin(async move { Ok(tokio::net::lookup_host((host.as_str(), 0)).await?.collect()) })
}

/// Sends messages. Clones share the client.
#[derive(Clone)]
pub struct Sender {
    /// Made for the first message: it reads all certificate authorities of the system, for which a start should not wait.
    client: Arc<OnceCell<Client>>,
    receivers: Receivers,
}

impl Sender {
    pub fn new(receivers: Receivers) -> Self {
        Self { client: Arc::default(), receivers }
    }

    async fn client(&self) -> Result<&Client, Trouble> {
        let connect = async || {
            let resolver = Checked { receivers: self.receivers.clone(), lookup };
            let client = Client::builder()
                .dns_resolver(Arc::new(resolver))
                .redirect(Policy::none())
                .no_proxy()
                .timeout(LIMIT)
                .pool_max_idle_per_host(0);
            let built = tokio::task::spawn_blocking(|| client.build()).await;
            built.map_err(|_| Trouble::Connection)?.map_err(|error| {
                tracing::error!(%error, "the client for webhooks cannot be made");
                Trouble::Connection
            })
        };
        self.client.get_or_try_init(connect).await
    }

    pub fn receivers(&self) -> &Receivers {
        &self.receivers
    }

    /// Sends a message, and waits for its confirmation: an answer with a status of success.
    ///
    /// # Errors
    /// [`Trouble`]
    pub async fn send(&self, url: &str, secret: &str, message: &Message) -> Result<StatusCode, Trouble> {
        // The options may have changed since the URL was stored. A literal address is not resolved, so it is checked here only.
        let url = self.receivers.parse(url).map_err(|_| Trouble::Address)?;
        let seconds = clock::now().and_utc().timestamp();
        let client = self.client().await?;
        let request = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("Carnet/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", message.signature(secret, seconds))
            .body(message.body.clone());
        let mut answer = request.send().await.map_err(|error| trouble(&error))?;
        let status = answer.status();
        let mut read = 0;
        while read <= ANSWER
            && let Ok(Some(piece)) = answer.chunk().await
        {
            read += piece.len();
        }
        if status.is_success() { Ok(status) } else { Err(Trouble::Status(status.as_u16())) }
    }
}

/// Resolves names, and returns only allowed addresses. The connection goes to one of these, so a name that has other addresses a
/// moment later is no way around the check.
struct Checked {
    receivers: Receivers,
    lookup: Lookup,
}

#[derive(Debug, thiserror::Error)]
#[error("an address of the host is not allowed")]
struct NotAllowed;

#[derive(Debug, thiserror::Error)]
#[error("the host has no address")]
struct NotFound;

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let (receivers, found) = (self.receivers.clone(), (self.lookup)(host.clone()));
        Box::pin(async move {
            let addresses = found.await.map_err(|_| NotFound)?;
            if addresses.is_empty() {
                return Err(NotFound.into());
            }
            if addresses.iter().any(|address| !receivers.permit(&host, address.ip())) {
                return Err(NotAllowed.into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn trouble(error: &reqwest::Error) -> Trouble {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(found) = cause {
        if found.is::<NotAllowed>() {
            return Trouble::Address;
        }
        if found.is::<NotFound>() {
            return Trouble::Name;
        }
        cause = found.source();
    }
    if error.is_timeout() { Trouble::Time } else { Trouble::Connection }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A name that has other addresses at each look.
    fn rebinding(_: String) -> Found {
        static LOOK: AtomicUsize = AtomicUsize::new(0);
        let addresses: &[&str] = match LOOK.fetch_add(1, Ordering::Relaxed) {
            0 => &["8.8.8.8:0", "[2606:4700::1111]:0"],
            1 => &["8.8.8.8:0", "127.0.0.1:0"],
            2 => &["[::ffff:169.254.169.254]:0"],
            _ => &[],
        };
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Box::pin(async move { Ok(addresses) })
    }

    #[actix_web::test]
    async fn each_look_at_a_name_is_checked_and_the_checked_addresses_are_the_ones_to_connect_to() {
        let checked = Checked { receivers: Receivers::default(), lookup: rebinding };
        let look = || checked.resolve("rebinding.example".parse().unwrap());
        let found: Vec<String> = look().await.unwrap().map(|address| address.to_string()).collect();
        assert_eq!(found, ["8.8.8.8:0", "[2606:4700::1111]:0"]);
        for _ in 0..2 {
            assert!(look().await.err().unwrap().is::<NotAllowed>());
        }
        assert!(look().await.err().unwrap().is::<NotFound>());
    }

    #[test]
    fn every_trouble_can_be_read_back() {
        for trouble in [
            Trouble::Address,
            Trouble::Name,
            Trouble::Connection,
            Trouble::Time,
            Trouble::Status(503),
            Trouble::Place,
        ] {
            assert_eq!(Trouble::parse(&trouble.text()), Some(trouble));
        }
        assert_eq!(Trouble::parse(""), None);
    }
}
