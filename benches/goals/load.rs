//! Many requests at once over kept connections, sent as cheaply as possible, so that the server has the machine.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use socket2::{Domain, Socket, Type};

/// The usual number of connections.
pub const CONNECTIONS: usize = 32;

/// The server to ask, and the session to ask with.
#[derive(Clone, Default)]
pub struct Target {
    /// Host and port.
    pub address: String,
    /// Cookies of a signed-in session; may be empty.
    pub cookies: String,
    /// The key of a program; may be empty.
    pub key: String,
    /// A loopback address and port 0 to connect from, as the program limits the connections of one network. Empty: the default.
    pub from: String,
    /// Allowed compressions, as in `Accept-Encoding`; empty for none.
    pub encodings: &'static str,
}

/// The durations of the requests, sorted.
pub struct Load {
    times: Vec<Duration>,
    lasted: Duration,
    /// Bytes of one answer's body.
    pub bytes: usize,
}

impl Load {
    pub fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "for showing")]
        let count = self.times.len() as f64;
        count / self.lasted.as_secs_f64()
    }

    pub fn milliseconds(&self, percent: usize) -> f64 {
        percentile(&self.times, percent)
    }
}

/// Asks for `paths` in turn on some connections during the time `lasting`.
///
/// # Errors
/// No answer, or one that is not 200.
pub fn run(
    target: &Target,
    paths: &[String],
    (connections, lasting): (usize, Duration),
) -> anyhow::Result<Load> {
    let begun = Instant::now();
    let asked: Vec<anyhow::Result<(Vec<Duration>, usize)>> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..connections)
            .map(|first| scope.spawn(move || ask(target, paths, first, begun + lasting)))
            .collect();
        asking
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a connection's thread ended"))))
            .collect()
    });
    let lasted = begun.elapsed();
    let (mut times, mut bytes) = (Vec::new(), 0);
    for one in asked {
        let (mut taken, size) = one?;
        times.append(&mut taken);
        bytes = size;
    }
    times.sort_unstable();
    Ok(Load { times, lasted, bytes })
}

fn ask(
    target: &Target,
    paths: &[String],
    first: usize,
    until: Instant,
) -> anyhow::Result<(Vec<Duration>, usize)> {
    let mut connection = Connection::open(target)?;
    let (mut times, mut bytes) = (Vec::new(), 0);
    for path in paths.iter().cycle().skip(first) {
        let begun = Instant::now();
        bytes = connection.get(target, path)?;
        times.push(begun.elapsed());
        if Instant::now() > until {
            break;
        }
    }
    Ok((times, bytes))
}

/// A connection that is kept open.
pub struct Connection {
    answers: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    /// # Errors
    /// The server does not listen.
    pub fn open(target: &Target) -> anyhow::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        if !target.from.is_empty() {
            socket.bind(&target.from.parse::<SocketAddr>()?.into())?;
        }
        socket.connect(&target.address.parse::<SocketAddr>()?.into())?;
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true)?;
        Ok(Self {
            answers: BufReader::with_capacity(64 * 1024, stream),
            line: String::new(),
            body: Vec::new(),
        })
    }

    /// Returns the number of bytes of the answer's body.
    ///
    /// # Errors
    /// No answer, or one that is not 200.
    pub fn get(&mut self, target: &Target, path: &str) -> anyhow::Result<usize> {
        let (status, length) = self.ask(target, path)?;
        anyhow::ensure!(status == 200, "{path}: {status}");
        Ok(length)
    }

    /// Returns the answer's status, and the number of bytes of its body.
    ///
    /// # Errors
    /// No answer.
    pub fn ask(&mut self, target: &Target, path: &str) -> anyhow::Result<(u16, usize)> {
        let Target { address, cookies, key, encodings, .. } = target;
        let key = if key.is_empty() { String::new() } else { format!("Authorization: Bearer {key}\r\n") };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept-Language: fr\r\nAccept-Encoding: {encodings}\r\n\
             Cookie: {cookies}\r\n{key}\r\n"
        );
        self.answers.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut length, mut is_chunked) = (0, 0, false);
        for number in 0.. {
            self.line.clear();
            self.answers.read_line(&mut self.line)?;
            let line = self.line.trim_end().to_ascii_lowercase();
            if number == 0 {
                let word = line.split(' ').nth(1).unwrap_or_default();
                status = word.parse().with_context(|| format!("{path}: {line}"))?;
            } else if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            } else if line == "transfer-encoding: chunked" {
                is_chunked = true;
            } else if line.is_empty() {
                break;
            }
        }
        if is_chunked {
            return Ok((status, self.read_chunks()?));
        }
        anyhow::ensure!(length > 0, "{path}: an answer without length");
        self.read(length)?;
        Ok((status, length))
    }

    /// Returns the number of bytes in all chunks.
    fn read_chunks(&mut self) -> anyhow::Result<usize> {
        let mut bytes = 0;
        loop {
            self.line.clear();
            self.answers.read_line(&mut self.line)?;
            let length = usize::from_str_radix(self.line.trim_end(), 16)?;
            self.read(length + "\r\n".len())?;
            if length == 0 {
                return Ok(bytes);
            }
            bytes += length;
        }
    }

    fn read(&mut self, length: usize) -> anyhow::Result<()> {
        self.body.resize(length, 0);
        self.answers.read_exact(&mut self.body).context("half an answer")
    }
}

/// The percentile in milliseconds; the times are sorted.
pub fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}
