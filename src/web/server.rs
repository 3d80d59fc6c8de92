//! Runs the framework's server with our own [`Connections`], because the framework's builder accepts every connection.

use std::fmt;
use std::future::ready;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol, Request, Response};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use socket2::{Domain, Socket, Type};

use super::connections::{self, Connections};

/// The time limit for a request's head.
const HEAD: Duration = Duration::from_secs(10);

/// The queue of new connections. With the standard library's 128, a burst made the next connection wait for a second.
const WAITING: i32 = 1024;

/// Opens the listener.
///
/// # Errors
/// The address is in use, or does not belong to this machine.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // On other systems the option has another meaning.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(WAITING)?;
    Ok(socket.into())
}

/// Serves the applications that `factory` makes, one per worker.
///
/// # Errors
/// The listener cannot be used.
pub fn serve<F, I, S, B>(
    listener: TcpListener,
    connections: &Connections,
    (workers, last_requests): (usize, u64),
    factory: F,
) -> std::io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let address = listener.local_addr()?;
    let connections = connections.clone();
    let builder = Server::build()
        .workers(workers)
        .max_concurrent_connections((connections::MOST / workers).max(1))
        .shutdown_timeout(last_requests)
        .disable_signals();
    let ending = builder.graceful_shutdown_signal();
    let server = builder.listen("carnet", listener, move || {
        let (connections, ending) = (connections.clone(), ending.clone());
        let application = factory().into_factory().map_err(|error| error.into().error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let ending = ending.clone();
                async move { ending.notified().await }
            })
            .client_request_timeout(HEAD)
            .client_disconnect_timeout(connections::LINGER)
            .local_addr(address)
            .on_connect_ext(connections::introduce::<TcpStream>)
            .finish(map_config(application, |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| {
            let peer: Option<SocketAddr> = stream.peer_addr().ok();
            // A compressed page leaves in several pieces. The kernel would hold the last one back until the client has
            // acknowledged the others, which some clients do after 40 ms.
            stream.set_nodelay(true).ok();
            let admitted = connections.admit(stream, peer.map(|peer| peer.ip()));
            ready(match admitted {
                Some(connection) => Ok((connection, Protocol::Http1, peer)),
                None => Err(DispatchError::Io(ErrorKind::ConnectionAborted.into())),
            })
        })
        .and_then(http)
    })?;
    Ok(server.run())
}
