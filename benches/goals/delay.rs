//! A network between the program and its database: a proxy that holds everything back for a while, each way.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// The most bytes that are forwarded at once.
const PIECE: usize = 64 * 1024;

/// Starts a proxy before the server of a database URL, until the bench ends. Returns the URL that leads through it.
///
/// # Errors
/// The URL has no address, or the proxy cannot listen.
pub fn far(url: &str, delay: Duration) -> anyhow::Result<String> {
    let (_, rest) = url.split_once('@').context("no address")?;
    let near: SocketAddr = rest.split(['/', '?']).next().unwrap_or_default().parse()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let far = listener.local_addr()?;
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // A connection that fails is closed, as a network would.
            let _ = join(client, near, delay);
        }
    });
    Ok(url.replace(&near.to_string(), &far.to_string()))
}

fn join(client: TcpStream, server: SocketAddr, delay: Duration) -> std::io::Result<()> {
    let server = TcpStream::connect(server)?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    forward(client.try_clone()?, server.try_clone()?, delay);
    forward(server, client, delay);
    Ok(())
}

/// Forwards in the background what comes, each piece after the delay, however many are on their way.
fn forward(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (sent, due) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut piece = vec![0; PIECE];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            if sent.send((Instant::now() + delay, piece[..length].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (at, piece) in due {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&piece).is_err() {
                break;
            }
        }
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
}
