//! Limits the connections, in total and per network, and the bytes that are read from them.
//!
//! One network has at most half of the connections, so that a client with many leaves the rest to others. When a network has its
//! half, its oldest idle connection is closed in favour of the next one, for example one with half a request's head: 950 of those
//! made everybody wait for 7 s. Trusted proxies have no such limit, because they forward the requests of everybody.
//!
//! A body is read only when the program asks for it. Otherwise the framework would keep 128 KiB of each, and after the answer
//! read everything that arrives within a second (3 GiB on a fast network), without other work on this thread in the meantime.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use futures_util::task::AtomicWaker;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::client;

/// The largest number of open connections. Further ones wait in the system until one ends, which an idle one does after five
/// seconds. It is below the usual limit of 1 024 open files per process.
pub const MOST: usize = 896;
/// The largest number of connections of one network.
const OF_A_NETWORK: usize = MOST / 2;
/// The number of connections that are kept free by closing idle ones.
const SPARE: usize = 32;
/// After this time without a write, a connection can be closed in favour of another.
const QUIET: Duration = Duration::from_secs(1);
/// After this time without a write, an idle connection is closed when another arrives, even if there is room: its client does not
/// read, or does not finish a request.
const STALE: Duration = Duration::from_secs(120);
/// The bytes that are read after an answer until the next request begins: the next request's head, or the rest of a body, so that
/// its sender gets to reading the answer.
const AFTER: u64 = 512 * 1024;
/// The bytes of a body that are read before the program asks for it.
const BEFORE: u64 = 16 * 1024;
/// The bytes that are read before the framework handles them.
const AT_ONCE: usize = 16 * 1024;
/// How long the rest of a request is read after its answer.
pub const LINGER: Duration = Duration::from_secs(1);

static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds since [`BEGINNING`].
fn now() -> u64 {
    u64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The connections of the process. All clones share them.
#[derive(Clone)]
pub struct Connections(Arc<All>);

struct All {
    trusted_proxies: Vec<IpNet>,
    /// By number, the oldest first.
    open: Mutex<BTreeMap<u64, Arc<State>>>,
    numbers: AtomicU64,
}

impl Connections {
    pub fn new(trusted_proxies: Vec<IpNet>) -> Self {
        Self(Arc::new(All { trusted_proxies, open: Mutex::default(), numbers: AtomicU64::default() }))
    }

    /// Admits a connection, or returns `None` to close it if its network has too many.
    pub fn admit<T>(&self, stream: T, peer: Option<IpAddr>) -> Option<Connection<T>> {
        let network = peer.map(|ip| ip.to_canonical()).and_then(|ip| {
            let mut proxies = self.0.trusted_proxies.iter();
            let is_proxy = proxies.any(|network| network.contains(&ip));
            (!is_proxy).then(|| client::network_of(ip))
        });
        let mut open = self.open();
        close_first(&mut open, |state| state.is_quiet_for(STALE));
        let is_full = |open: &BTreeMap<u64, Arc<State>>| {
            let of_it = open.values().filter(|state| state.network == network);
            network.is_some() && of_it.count() >= OF_A_NETWORK
        };
        if is_full(&open) {
            close_first(&mut open, |state| state.network == network && state.is_idle());
        } else if open.len() + SPARE >= MOST {
            close_first(&mut open, State::is_idle);
        }
        if is_full(&open) {
            return None;
        }
        let number = self.0.numbers.fetch_add(1, Ordering::Relaxed);
        let state = Arc::new(State::new(network));
        open.insert(number, Arc::clone(&state));
        drop(open);
        Some(Connection { stream, state, number, all: self.clone(), read: 0 })
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<State>>> {
        let open = self.0.open.lock();
        open.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes the oldest connection for which `holds` returns `true`.
fn close_first(open: &mut BTreeMap<u64, Arc<State>>, holds: impl Fn(&State) -> bool) {
    let found = open.iter().find(|(_, state)| holds(state));
    let Some((&number, _)) = found else {
        return;
    };
    if let Some(state) = open.remove(&number) {
        state.is_closed.store(true, Ordering::Relaxed);
        state.waker.wake();
    }
}

/// The current phase of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    /// The first request has not begun.
    New,
    Working,
    /// The program is reading the body of a request.
    Receiving,
    /// A request was answered; the answer may still be on its way.
    Answered,
}

pub struct State {
    /// `None` for a trusted proxy, which has no limit.
    network: Option<IpNet>,
    phase: AtomicU8,
    /// The time of its beginning, or of the last write.
    written_at: AtomicU64,
    /// The bytes that may still be read in this phase.
    left: AtomicU64,
    is_closed: AtomicBool,
    waker: AtomicWaker,
}

impl State {
    fn new(network: Option<IpNet>) -> Self {
        Self {
            network,
            phase: AtomicU8::new(Phase::New as u8),
            written_at: AtomicU64::new(now()),
            left: AtomicU64::new(u64::MAX),
            is_closed: AtomicBool::default(),
            waker: AtomicWaker::new(),
        }
    }

    fn is_in(&self, phase: Phase) -> bool {
        self.phase.load(Ordering::Relaxed) == phase as u8
    }

    fn enter(&self, phase: Phase) {
        let left = match phase {
            Phase::New | Phase::Receiving => u64::MAX,
            Phase::Working => BEFORE,
            Phase::Answered => AFTER,
        };
        self.note_written();
        self.phase.store(phase as u8, Ordering::Relaxed);
        if self.left.swap(left, Ordering::Relaxed) == 0 {
            self.waker.wake();
        }
    }

    fn note_written(&self) {
        self.written_at.store(now(), Ordering::Relaxed);
    }

    fn is_quiet_for(&self, time: Duration) -> bool {
        let quiet = now().saturating_sub(self.written_at.load(Ordering::Relaxed));
        let is_worked_on = self.is_in(Phase::Working) || self.is_in(Phase::Receiving);
        !is_worked_on && Duration::from_millis(quiet) >= time
    }

    /// Returns `true` if the program does nothing for the connection.
    fn is_idle(&self) -> bool {
        self.is_in(Phase::New) || self.is_quiet_for(QUIET)
    }
}

/// A connection. It counts as open until it is dropped.
pub struct Connection<T> {
    stream: T,
    state: Arc<State>,
    number: u64,
    all: Connections,
    /// The bytes that were read since the framework last handled them.
    read: usize,
}

impl<T> Drop for Connection<T> {
    fn drop(&mut self) {
        self.all.open().remove(&self.number);
    }
}

/// Makes the state of a connection available to its requests.
pub fn introduce<T: 'static>(connection: &Connection<T>, data: &mut Extensions) {
    data.insert(Arc::clone(&connection.state));
}

/// Until it is dropped, the program reads the body of a request.
pub struct Receiving(Option<Arc<State>>);

impl Receiving {
    pub fn begin(request: &HttpRequest) -> Self {
        let state = request.conn_data::<Arc<State>>().cloned();
        if let Some(state) = &state {
            state.enter(Phase::Receiving);
        }
        Self(state)
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        if let Some(state) = &self.0 {
            state.enter(Phase::Working);
        }
    }
}

/// A middleware that records for each request whether the program works for its connection.
pub async fn watch(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let state = request.request().conn_data::<Arc<State>>().cloned();
    if let Some(state) = &state {
        state.enter(Phase::Working);
    }
    let response = next.call(request).await;
    if let Some(state) = &state {
        state.enter(Phase::Answered);
    }
    response
}

impl<T: AsyncRead + Unpin> AsyncRead for Connection<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.state.waker.register(cx.waker());
        if self.state.is_closed.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        let left = self.state.left.load(Ordering::Relaxed);
        if left == 0 {
            // Reading continues in the next phase. After an answer, the framework ends the connection within a second.
            return Poll::Pending;
        }
        if self.read >= AT_ONCE {
            self.read = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        // Only what the framework handles at once: it doubles the size of a full buffer.
        let left_now = usize::try_from(left).unwrap_or(usize::MAX);
        let most = left_now.min(AT_ONCE - self.read).min(buffer.remaining());
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
        let read = Pin::new(&mut self.stream).poll_read(cx, &mut part);
        let bytes = part.filled().len();
        buffer.advance(bytes);
        self.read = if read.is_ready() { self.read + bytes } else { 0 };
        if left != u64::MAX {
            let left = left.saturating_sub(bytes as u64);
            self.state.left.store(left, Ordering::Relaxed);
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.state.is_closed.load(Ordering::Relaxed) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if written.is_ready() {
            self.state.note_written();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Open = Vec<Connection<()>>;

    fn open(connections: &Connections, peer: &str, count: usize) -> Open {
        let peer = peer.parse().ok();
        let admitted = (0..count).filter_map(|_| connections.admit((), peer));
        admitted.collect()
    }

    fn closed(open: &Open) -> usize {
        let is_closed = |one: &&Connection<()>| one.state.is_closed.load(Ordering::Relaxed);
        open.iter().filter(is_closed).count()
    }

    #[test]
    fn a_network_has_half_and_closes_its_oldest_for_the_next() {
        let connections = Connections::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let flood = open(&connections, "192.0.2.7", 700);
        let next = open(&connections, "192.0.2.200", 1);
        assert_eq!((flood.len(), next.len(), closed(&next)), (700, 1, 0));
        assert_eq!(closed(&flood), 700 + 1 - OF_A_NETWORK);
        assert!(flood[0].state.is_closed.load(Ordering::Relaxed));
        assert_eq!(connections.open().len(), OF_A_NETWORK);
        // Other networks lose no connection, and a trusted proxy does not count as a network.
        let others = open(&connections, "198.51.100.1", 1);
        let mapped = open(&connections, "::ffff:198.51.100.2", 1);
        let proxied = open(&connections, "10.1.2.3", 350);
        assert_eq!((others.len(), mapped.len(), proxied.len()), (1, 1, 350));
        let networks: std::collections::HashSet<_> =
            connections.open().values().map(|state| state.network).collect();
        assert_eq!(networks.len(), 3);
        drop((flood, next));
        assert_eq!(connections.open().len(), 352);
    }

    #[test]
    fn a_busy_connection_is_never_closed_for_another() {
        let connections = Connections::new(Vec::new());
        let busy = open(&connections, "2001:db8::1", OF_A_NETWORK);
        for one in &busy {
            one.state.enter(Phase::Working);
        }
        assert!(open(&connections, "2001:db8::ffff:1", 1).is_empty());
        assert_eq!(open(&connections, "2001:db8:0:1::1", 1).len(), 1);
        // The answer may still be on its way.
        busy[3].state.enter(Phase::Answered);
        assert!(open(&connections, "2001:db8::2", 1).is_empty());
        busy[3].state.written_at.store(0, Ordering::Relaxed);
        std::thread::sleep(QUIET);
        assert_eq!(open(&connections, "2001:db8::2", 1).len(), 1);
        assert_eq!(closed(&busy), 1);
    }

    #[test]
    fn idle_connections_are_closed_when_few_are_free() {
        let connections = Connections::new(Vec::new());
        let mut all = Vec::new();
        for network in 0..4 {
            all.push(open(&connections, &format!("192.0.{network}.1"), 300));
        }
        assert_eq!(connections.open().len(), MOST - SPARE);
        assert_eq!(closed(&all[0]), 300);
        assert_eq!(closed(&all[3]), 0);
    }
}
