//! Where a request comes from, as far as throttling needs to know.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The network of the peer: `/24` of IPv4, `/64` of IPv6, in which one person changes address at will.
pub fn network(request: &HttpRequest) -> String {
    match request.peer_addr().map(|peer| peer.ip().to_canonical()) {
        Some(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Some(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        None => "unknown".to_owned(),
    }
}
