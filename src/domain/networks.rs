use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::Fault;

/// The networks from which something is allowed; none of them means from everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// The largest number of networks.
    pub const MOST: usize = 20;

    /// Parses addresses and networks in CIDR notation, separated by line breaks, spaces or commas.
    ///
    /// # Errors
    /// [`Fault::NotANetwork`], [`Fault::TooManyNetworks`]
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        let words = typed.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
        let mut networks = Vec::new();
        for word in words.filter(|word| !word.is_empty()) {
            let network = match word.parse::<IpNet>() {
                Ok(network) => network,
                Err(_) => word.parse::<IpAddr>().map(IpNet::from).map_err(|_| Fault::NotANetwork)?,
            };
            if networks.len() == Self::MOST {
                return Err(Fault::TooManyNetworks { max: Self::MOST });
            }
            networks.push(network.trunc());
        }
        Ok(Self(networks))
    }

    /// Returns `true` if a request from this address is allowed. A request whose address is unknown is allowed from everywhere only.
    pub fn include(&self, address: Option<IpAddr>) -> bool {
        self.0.is_empty()
            || address.is_some_and(|address| self.0.iter().any(|network| network.contains(&address)))
    }
}

/// One per line; an address alone without its length.
impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, network) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            if network.prefix_len() == network.max_prefix_len() {
                write!(f, "{}", network.addr())?;
            } else {
                write!(f, "{network}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_read_in_any_list() {
        let networks = Networks::parse("10.1.2.3\n192.168.7.9/24, 2001:db8::/32;::1").unwrap();
        assert_eq!(networks.to_string(), "10.1.2.3\n192.168.7.0/24\n2001:db8::/32\n::1");
        assert_eq!(Networks::parse(&networks.to_string()).unwrap(), networks);
        for (address, is_included) in [
            ("10.1.2.3", true),
            ("10.1.2.4", false),
            ("192.168.7.200", true),
            ("192.168.8.1", false),
            ("2001:db8:1::1", true),
            ("::1", true),
            ("::2", false),
        ] {
            assert_eq!(networks.include(Some(address.parse().unwrap())), is_included, "{address}");
        }
        assert!(!networks.include(None));
        assert!(Networks::parse(" \n").unwrap().include(None));
        for wrong in ["10.1.2", "10.0.0.0/33", "example.org", "10.0.0.1-10.0.0.9", "*"] {
            assert_eq!(Networks::parse(wrong), Err(Fault::NotANetwork), "{wrong}");
        }
        let many = "10.0.0.1 ".repeat(Networks::MOST + 1);
        assert_eq!(Networks::parse(&many), Err(Fault::TooManyNetworks { max: Networks::MOST }));
    }
}
