//! Checks the host of a request. Only our own hosts are answered: with another name that was made to resolve to this server (DNS
//! rebinding), a page of that name could read our answers.

use std::net::{IpAddr, SocketAddr};

use actix_web::body::MessageBody;
use actix_web::dev::{RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::uri::Authority;
use actix_web::http::{Version, header};
use actix_web::middleware::Next;
use actix_web::web;
use url::Url;

use crate::error::AppError;

/// The hosts that this server answers for: the host of its public address, every IP address and `localhost`. IP addresses cannot
/// be made to resolve elsewhere, and load balancers use them.
#[derive(Debug, Clone)]
pub struct Hosts {
    public: Option<String>,
    /// Without a public address, the names of a server on the network are unknown, so all are accepted.
    any: bool,
}

impl Hosts {
    pub fn new(public_url: Option<&Url>, listen: SocketAddr) -> Self {
        let public = public_url.and_then(Url::host_str).map(str::to_ascii_lowercase);
        Self { any: public.is_none() && !listen.ip().to_canonical().is_loopback(), public }
    }

    /// The host of the public address; empty without one.
    pub fn public(&self) -> &str {
        self.public.as_deref().unwrap_or_default()
    }

    fn answer_for(&self, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<Authority>() else {
            return false;
        };
        if authority.as_str().contains('@') {
            return false;
        }
        let host = authority.host().to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let address = host.trim_start_matches('[').trim_end_matches(']');
        self.any
            || self.public.as_deref() == Some(host)
            || host == "localhost"
            || address.parse::<IpAddr>().is_ok()
    }
}

/// The host of a request, from its target or else its `Host` header; `None` if the request names two.
pub fn of(head: &RequestHead) -> Option<&str> {
    let mut named = head.headers().get_all(header::HOST);
    let host = named.next().and_then(|host| host.to_str().ok());
    match (head.uri.authority(), host) {
        _ if named.next().is_some() => None,
        (Some(target), Some(host)) if target.as_str() != host => None,
        (Some(target), _) => Some(target.as_str()),
        (None, host) => host,
    }
}

/// A middleware that answers requests for other hosts with 421.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let is_ours = match of(request.head()) {
        Some(host) => request.app_data::<web::Data<Hosts>>().is_some_and(|hosts| hosts.answer_for(host)),
        // Only old programs name no host, and they are not browsers with a page of another name.
        None => request.version() < Version::HTTP_11 && !request.headers().contains_key(header::HOST),
    };
    if !is_ours {
        return Ok(request.error_response(AppError::OtherHost).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(public: Option<&str>, listen: &str) -> Hosts {
        let public = public.map(|url| Url::parse(url).unwrap());
        Hosts::new(public.as_ref(), listen.parse().unwrap())
    }

    #[test]
    fn a_server_answers_for_its_own_hosts_alone() {
        let named = hosts(Some("https://Carnet.example.org"), "0.0.0.0:8080");
        let local = hosts(None, "127.0.0.1:8080");
        for host in ["localhost", "localhost:8080", "127.0.0.1:9", "[::1]:8080", "10.0.0.7"] {
            assert!(named.answer_for(host) && local.answer_for(host), "{host}");
        }
        for host in ["carnet.example.org", "CARNET.example.org:443", "carnet.example.org."] {
            assert!(named.answer_for(host), "{host}");
            assert!(!local.answer_for(host), "{host}");
        }
        for host in [
            "evil.example",
            "carnet.example.org.evil.example",
            "evil.example:8080",
            "carnet.example.org@evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
            "a b",
            "evil.example/carnet.example.org",
        ] {
            assert!(!named.answer_for(host), "{host}");
            assert!(!local.answer_for(host), "{host}");
        }
        assert!(hosts(None, "0.0.0.0:8080").answer_for("intranet"));
    }
}
