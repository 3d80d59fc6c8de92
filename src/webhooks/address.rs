//! The addresses to which webhooks may connect.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// The longest URL, in characters.
const LONGEST: usize = 500;

/// IPv4 networks that are not public: the IANA registry of special-purpose addresses, and multicast.
const SPECIAL_V4: [Ipv4Net; 16] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 31, 196, 0], 24),
    v4([192, 52, 193, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 3),
];
/// IPv6 addresses are public within this network,
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);
/// except in these: protocols, documentation, and tunnels whose addresses contain an IPv4 address.
const SPECIAL_V6: [Ipv6Net; 5] = [
    v6([0x2001, 0, 0], 23),
    v6([0x2001, 0xdb8, 0], 32),
    v6([0x2002, 0, 0], 16),
    v6([0x3fff, 0, 0], 20),
    v6([0x2620, 0x4f, 0x8000], 48),
];

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c]: [u16; 3], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// The hosts that may be called.
#[derive(Debug, Clone, Default)]
pub struct Receivers {
    /// Hosts that the operator of the server has named: also over http, and at private addresses.
    named: HashSet<String>,
}

/// What is wrong with a typed URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlFault {
    Missing,
    TooLong {
        max: usize,
    },
    NotAUrl,
    /// Neither https nor a named host.
    NotHttps,
    /// It contains a user name or a password, which pages and logs would show.
    Credentials,
    /// An address that is not public, and not named.
    Private,
}

impl Receivers {
    /// Public addresses, and these hosts: names or IP addresses, as URLs write them.
    pub fn new(named: &[String]) -> Self {
        Self { named: named.iter().cloned().collect() }
    }

    /// Parses a typed URL. The fragment is dropped.
    ///
    /// # Errors
    /// [`UrlFault`]
    pub fn parse(&self, typed: &str) -> Result<Url, UrlFault> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(UrlFault::Missing);
        }
        if typed.chars().count() > LONGEST {
            return Err(UrlFault::TooLong { max: LONGEST });
        }
        let mut url = Url::parse(typed).map_err(|_| UrlFault::NotAUrl)?;
        let host = url.host().ok_or(UrlFault::NotAUrl)?;
        let address = literal(&host);
        let is_named = self.name(&host.to_string());
        match url.scheme() {
            "https" => {}
            "http" if is_named => {}
            "http" => return Err(UrlFault::NotHttps),
            _ => return Err(UrlFault::NotAUrl),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlFault::Credentials);
        }
        if address.is_some_and(|address| !self.permit(&host.to_string(), address)) {
            return Err(UrlFault::Private);
        }
        url.set_fragment(None);
        // The written form can be longer: `é` is `%C3%A9`.
        if url.as_str().len() > LONGEST { Err(UrlFault::TooLong { max: LONGEST }) } else { Ok(url) }
    }

    /// Returns `true` if a connection to this address of the host is allowed.
    pub fn permit(&self, host: &str, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if self.name(host) { !is_never_a_receiver(address) } else { is_public(address) }
    }

    fn name(&self, host: &str) -> bool {
        self.named.contains(host)
    }
}

/// The address, if the host is one and not a name: then nobody resolves it.
fn literal<S>(host: &Host<S>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some((*address).into()),
        Host::Ipv6(address) => Some((*address).into()),
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|network| network.contains(&ip)) && !is_of_a_cloud(address),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|network| network.contains(&address))
        }
    }
}

/// The addresses of metadata services that are not link-local: one is public, one unique local, one shared.
fn is_of_a_cloud(address: IpAddr) -> bool {
    [
        IpAddr::from([168, 63, 129, 16]),
        IpAddr::from([100, 100, 100, 200]),
        IpAddr::from([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]),
    ]
    .contains(&address)
}

/// Link-local addresses, where clouds serve their secrets, and those that are no address of one host.
fn is_never_a_receiver(address: IpAddr) -> bool {
    let networks = [
        IpNet::from(v4([0, 0, 0, 0], 8)),
        IpNet::from(v4([169, 254, 0, 0], 16)),
        IpNet::from(v4([224, 0, 0, 0], 3)),
        IpNet::from(v6([0, 0, 0], 128)),
        IpNet::from(v6([0xfe80, 0, 0], 10)),
        IpNet::from(v6([0xff00, 0, 0], 8)),
    ];
    networks.iter().any(|network| network.contains(&address)) || is_of_a_cloud(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_called() {
        let receivers = Receivers::default();
        for (address, is_allowed) in [
            ("8.8.8.8", true),
            ("100.63.255.255", true),
            ("100.64.0.1", false),
            ("172.15.0.1", true),
            ("172.31.255.255", false),
            ("169.254.169.254", false),
            ("168.63.129.16", false),
            ("127.0.0.2", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("224.0.0.1", false),
            ("::1", false),
            ("::", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("::127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2001:0:7f00:1::", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("ff02::1", false),
            ("2606:4700::1111", true),
            ("2a00:1450:4007::1", true),
        ] {
            assert_eq!(receivers.permit("any.example", address.parse().unwrap()), is_allowed, "{address}");
        }
    }

    #[test]
    fn named_hosts_may_be_private_but_never_link_local() {
        let receivers = Receivers::new(&["crm.intern", "127.0.0.1", "[::1]"].map(str::to_owned));
        for (host, address, is_allowed) in [
            ("crm.intern", "10.1.2.3", true),
            ("crm.intern", "127.0.0.1", true),
            ("crm.intern", "169.254.169.254", false),
            ("crm.intern", "::ffff:169.254.169.254", false),
            ("crm.intern", "fd00:ec2::254", false),
            ("crm.intern", "fe80::1", false),
            ("crm.intern", "0.0.0.0", false),
            ("other.intern", "10.1.2.3", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("[::1]", "::1", true),
        ] {
            assert_eq!(receivers.permit(host, address.parse().unwrap()), is_allowed, "{host} {address}");
        }
    }

    #[test]
    fn a_typed_url_is_https_or_named_and_shows_no_secret() {
        let receivers = Receivers::new(&["crm.intern".to_owned(), "127.0.0.1".to_owned()]);
        for (typed, read) in [
            (" https://hooks.example.org/carnet?x=1#part ", "https://hooks.example.org/carnet?x=1"),
            ("https://8.8.8.8/", "https://8.8.8.8/"),
            ("http://crm.intern:8080/in", "http://crm.intern:8080/in"),
            ("HTTP://CRM.intern", "http://crm.intern/"),
            ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x"),
            ("http://2130706433:9/x", "http://127.0.0.1:9/x"),
        ] {
            assert_eq!(receivers.parse(typed).unwrap().as_str(), read, "{typed}");
        }
        let long = format!("https://hooks.example.org/{}", "é".repeat(160));
        for (typed, fault) in [
            ("", UrlFault::Missing),
            ("hooks.example.org/carnet", UrlFault::NotAUrl),
            ("ftp://hooks.example.org/", UrlFault::NotAUrl),
            ("javascript:alert(1)", UrlFault::NotAUrl),
            ("file:///etc/passwd", UrlFault::NotAUrl),
            ("http://hooks.example.org/", UrlFault::NotHttps),
            ("http://crm.intern.example.org/", UrlFault::NotHttps),
            ("https://me:secret@hooks.example.org/", UrlFault::Credentials),
            ("https://me@hooks.example.org/", UrlFault::Credentials),
            ("https://10.0.0.1/", UrlFault::Private),
            ("https://2852039166/", UrlFault::Private),
            ("https://[::ffff:127.0.0.1]/", UrlFault::Private),
            ("https://[fe80::1]/", UrlFault::Private),
            (&long, UrlFault::TooLong { max: LONGEST }),
        ] {
            assert_eq!(receivers.parse(typed), Err(fault), "{typed}");
        }
        // Other spellings of 127.0.0.1.
        for typed in ["https://127.1/", "https://0x7f.1/", "https://2130706433/", "https://[::ffff:7f00:1]/"]
        {
            assert_eq!(Receivers::default().parse(typed), Err(UrlFault::Private), "{typed}");
        }
    }
}
