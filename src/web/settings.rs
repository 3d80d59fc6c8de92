//! The part of the configuration that requests use.

use ipnet::IpNet;

#[derive(Debug, Clone)]
pub struct Settings {
    /// `true` if browsers use https.
    pub secure_cookies: bool,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The largest file that can be imported, in bytes.
    pub max_upload: u64,
}
