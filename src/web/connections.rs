//! Connections: how many there are, in all and of one network, and what is read from them.
//!
//! One network has half of them at most, so that whoever opens many leaves others theirs. Where it has them all, the oldest of
//! its connections that nothing is done for is closed in favour of the next, for instance one with half a request's head:
//! 950 of them made everybody wait for 7 s. A trusted proxy brings everybody's requests, and is excepted.
//!
//! A body is read where somebody wants it. Otherwise the framework keeps 128 KiB of each, and after the answer reads all that comes
//! within a second, 3 GiB on a fast network, and does nothing else on this thread meanwhile.

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

/// Connections that are open at once; further ones wait in the system until one ends, which an idle one does after five
/// seconds. Below the 1 024 files that a process usually may have open.
pub const MOST: usize = 896;
/// Of one network.
const OF_A_NETWORK: usize = MOST / 2;
/// How many of the last ones are kept free by closing those that nothing is done for.
const SPARE: usize = 32;
/// Since something was last written to a connection that may be closed for another.
const QUIET: Duration = Duration::from_secs(1);
/// Nothing is done for longer on a connection but for a client that does not read, or that begins a request and does not end it.
const STALE: Duration = Duration::from_secs(120);
/// Bytes that are read after an answer, until the next request begins: its head, or the rest of a body, so that its sender
/// comes to reading the answer.
const AFTER: u64 = 512 * 1024;
/// Bytes that are read of a body before somebody wants it.
const BEFORE: u64 = 16 * 1024;
/// Bytes that are read before what came is looked at.
const AT_ONCE: usize = 16 * 1024;
/// How long what remains of a request is read after its answer.
pub const LINGER: Duration = Duration::from_secs(1);

static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds.
fn now() -> u64 {
    u64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The connections of the process; clones share them.
#[derive(Clone)]
pub struct Connections(Arc<All>);

struct All {
    trusted_proxies: Vec<IpNet>,
    /// By their number, the oldest first.
    open: Mutex<BTreeMap<u64, Arc<State>>>,
    numbers: AtomicU64,
}

impl Connections {
    pub fn new(trusted_proxies: Vec<IpNet>) -> Self {
        Self(Arc::new(All {
            trusted_proxies,
            open: Mutex::default(),
            numbers: AtomicU64::default(),
        }))
    }

    /// Takes a connection in, or closes it where its network has too many.
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
            close_first(&mut open, |state| {
                state.network == network && state.is_idle()
            });
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
        Some(Connection {
            stream,
            state,
            number,
            all: self.clone(),
            read: 0,
        })
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<State>>> {
        let open = self.0.open.lock();
        open.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes the oldest of which this holds.
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

/// What is done for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    /// Its first request has not begun.
    New,
    Working,
    /// The body of a request is wanted.
    Receiving,
    /// A request was answered; the answer may still be on its way.
    Answered,
}

pub struct State {
    /// None where it may have as many as it likes.
    network: Option<IpNet>,
    phase: AtomicU8,
    /// When it began, or when something was last written.
    written_at: AtomicU64,
    /// Bytes that are still read in this phase.
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

    /// Whether nothing is done for it.
    fn is_idle(&self) -> bool {
        self.is_in(Phase::New) || self.is_quiet_for(QUIET)
    }
}

/// A connection that counts as open until it is dropped.
pub struct Connection<T> {
    stream: T,
    state: Arc<State>,
    number: u64,
    all: Connections,
    /// Bytes that were read since what came was looked at.
    read: usize,
}

impl<T> Drop for Connection<T> {
    fn drop(&mut self) {
        self.all.open().remove(&self.number);
    }
}

/// Hands the state of a connection to its requests.
pub fn introduce<T: 'static>(connection: &Connection<T>, data: &mut Extensions) {
    data.insert(Arc::clone(&connection.state));
}

/// While it lasts, the body of a request is read.
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

/// Around each request: says when something is done for its connection.
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
            // It goes on with the next phase; after an answer the framework ends the connection within a second.
            return Poll::Pending;
        }
        if self.read >= AT_ONCE {
            self.read = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        // Not more than is looked at: the framework makes a buffer that is full twice as large.
        let left_now = usize::try_from(left).unwrap_or(usize::MAX);
        let most = left_now.min(AT_ONCE - self.read).min(buffer.remaining());
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
        let read = Pin::new(&mut self.stream).poll_read(cx, &mut part);
        let bytes = part.filled().len();
        buffer.advance(bytes);
        self.read = if read.is_ready() {
            self.read + bytes
        } else {
            0
        };
        if left != u64::MAX {
            let left = left.saturating_sub(bytes as u64);
            self.state.left.store(left, Ordering::Relaxed);
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
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
    fn a_network_has_half_and_its_own_oldest_make_room_for_the_next() {
        let connections = Connections::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let flood = open(&connections, "192.0.2.7", 700);
        let next = open(&connections, "192.0.2.200", 1);
        assert_eq!((flood.len(), next.len(), closed(&next)), (700, 1, 0));
        assert_eq!(closed(&flood), 700 + 1 - OF_A_NETWORK);
        assert!(flood[0].state.is_closed.load(Ordering::Relaxed));
        assert_eq!(connections.open().len(), OF_A_NETWORK);
        // Others lose nothing by it, and a trusted proxy is no network.
        let others = open(&connections, "198.51.100.1", 1);
        let mapped = open(&connections, "::ffff:198.51.100.2", 1);
        let proxied = open(&connections, "10.1.2.3", 350);
        assert_eq!((others.len(), mapped.len(), proxied.len()), (1, 1, 350));
        let networks: std::collections::HashSet<_> = connections
            .open()
            .values()
            .map(|state| state.network)
            .collect();
        assert_eq!(networks.len(), 3);
        drop((flood, next));
        assert_eq!(connections.open().len(), 352);
    }

    #[test]
    fn a_connection_that_something_is_done_for_is_never_closed_for_another() {
        let connections = Connections::new(Vec::new());
        let busy = open(&connections, "2001:db8::1", OF_A_NETWORK);
        for one in &busy {
            one.state.enter(Phase::Working);
        }
        assert!(open(&connections, "2001:db8::ffff:1", 1).is_empty());
        assert_eq!(open(&connections, "2001:db8:0:1::1", 1).len(), 1);
        // An answer may still be on its way.
        busy[3].state.enter(Phase::Answered);
        assert!(open(&connections, "2001:db8::2", 1).is_empty());
        busy[3].state.written_at.store(0, Ordering::Relaxed);
        std::thread::sleep(QUIET);
        assert_eq!(open(&connections, "2001:db8::2", 1).len(), 1);
        assert_eq!(closed(&busy), 1);
    }

    #[test]
    fn of_the_last_connections_of_all_the_idle_ones_make_room() {
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
