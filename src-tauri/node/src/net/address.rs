//! Where a peer listens.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Characters of a name (RFC 1035, 2.3.4).
const NAME: usize = 253;

/// A name or address, and a port: `validator.example:4747`, `192.0.2.1:4747`, `[2001:db8::1]:4747`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Host {
    Name(String),
    Number(IpAddr),
}

/// Not a name or address and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not host:port")]
pub struct AddressError;

impl Address {
    /// It is this machine itself: no proxy leads there.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Name(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Number(address) => address.to_canonical().is_loopback(),
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self {
            host: Host::Number(address.ip()),
            port: address.port(),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (host, port) = text.rsplit_once(':').ok_or(AddressError)?;
        if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AddressError);
        }
        let port: u16 = port.parse().map_err(|_| AddressError)?;
        if port == 0 {
            return Err(AddressError);
        }
        let host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(six) => Host::Number(IpAddr::V6(six.parse::<Ipv6Addr>().map_err(|_| AddressError)?)),
            None => match host.parse() {
                Ok(four) => Host::Number(IpAddr::V4(four)),
                Err(_) => Host::Name(name(host)?),
            },
        };
        Ok(Self { host, port })
    }
}

/// A name of letters, digits and hyphens (RFC 1123, 2.1), in lower case; a last part of digits would be an address.
fn name(text: &str) -> Result<String, AddressError> {
    let part = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    if text.len() > NAME || !text.split('.').all(part) || last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AddressError);
    }
    Ok(text.to_ascii_lowercase())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Name(name) => write!(f, "{name}:{}", self.port),
            Host::Number(address) => SocketAddr::new(*address, self.port).fmt(f),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
