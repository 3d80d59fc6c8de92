//! The part of the configuration that requests need.

use ipnet::IpNet;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether browsers reach the program by https.
    pub secure_cookies: bool,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The most bytes of a file that can be imported.
    pub max_upload: u64,
}
