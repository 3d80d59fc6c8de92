//! The network of a request's client, for throttling.

use std::net::IpAddr;

use actix_web::{HttpRequest, web};
use ipnet::IpNet;

use crate::web::settings::Settings;

/// The network of the client: `/24` for IPv4, `/64` for IPv6, within which one person can change addresses at will.
pub fn network(request: &HttpRequest) -> String {
    match address(request) {
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

/// The network of an address, of the same size as for [`network`].
pub fn network_of(ip: IpAddr) -> IpNet {
    let length = if ip.is_ipv4() { 24 } else { 64 };
    IpNet::new(ip, length).map_or_else(|_| ip.into(), |network| network.trunc())
}

/// The peer's address. If the peer is a trusted proxy, the last address in `X-Forwarded-For` that is not a trusted proxy: clients
/// can write anything before it.
pub fn address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let settings = request.app_data::<web::Data<Settings>>()?;
    let is_trusted = |ip: &IpAddr| {
        let mut proxies = settings.trusted_proxies.iter();
        proxies.any(|network| network.contains(ip))
    };
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let lines = request.headers().get_all("x-forwarded-for");
    let named: Vec<&str> =
        lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).collect();
    let mut client = peer;
    for name in named.iter().rev() {
        let Ok(ip) = name.trim().parse::<IpAddr>() else {
            break;
        };
        client = ip.to_canonical();
        if !is_trusted(&client) {
            break;
        }
    }
    Some(client)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn network_of(peer: &str, forwarded: &[&str]) -> String {
        let settings = Settings {
            secure_cookies: false,
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap(), "fd00::1/128".parse().unwrap()],
            max_upload: 0,
        };
        let mut request =
            TestRequest::default().peer_addr(peer.parse().unwrap()).app_data(web::Data::new(settings));
        for line in forwarded {
            request = request.append_header(("X-Forwarded-For", *line));
        }
        network(&request.to_http_request())
    }

    #[test]
    fn a_trusted_proxy_says_who_asks_and_nobody_else_does() {
        assert_eq!(network_of("192.0.2.7:1", &["198.51.100.9"]), "192.0.2.0/24");
        assert_eq!(network_of("10.1.2.3:1", &["198.51.100.9"]), "198.51.100.0/24");
        assert_eq!(network_of("[::ffff:10.1.2.3]:1", &["198.51.100.9"]), "198.51.100.0/24");
        assert_eq!(network_of("10.1.2.3:1", &["203.0.113.1, 198.51.100.9", "10.9.9.9"]), "198.51.100.0/24");
        assert_eq!(network_of("[fd00::1]:1", &["2001:db8:1:2:3::4"]), "2001:db8:1:2::/64");
        assert_eq!(network_of("10.1.2.3:1", &["nobody"]), "10.1.2.0/24");
        assert_eq!(network_of("10.1.2.3:1", &[]), "10.1.2.0/24");
    }
}
