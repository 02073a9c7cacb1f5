//! Which host names the server answers to: a name that somebody else's DNS points at this machine
//! (rebinding) is refused.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, Uri, header};

use crate::{Fault, fault::Answer};

/// What a `Host` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostKind {
    /// This machine.
    Loopback,
    /// An address, which no DNS answer can fake.
    Address,
    /// A name of the configuration.
    Configured,
    /// Anything else.
    Unknown,
}

/// Refuses a host that is not ours (403 `host_not_allowed`).
pub(crate) fn check_host(uri: &Uri, headers: &HeaderMap, configured: &[String]) -> Answer<()> {
    match host_kind(uri, headers, configured) {
        HostKind::Loopback | HostKind::Address | HostKind::Configured => Ok(()),
        HostKind::Unknown => {
            let detail = "This server does not answer to that host name.";
            Err(Fault::forbidden("host_not_allowed", detail))
        }
    }
}

/// What the host of a request names.
pub(crate) fn host_kind(uri: &Uri, headers: &HeaderMap, configured: &[String]) -> HostKind {
    let mut hosts = headers.get_all(header::HOST).iter();
    let header = hosts.next().and_then(|host| host.to_str().ok());
    if hosts.next().is_some() {
        // Whoever stands in between may have gone by the other one.
        return HostKind::Unknown;
    }
    let Some(host) = uri.authority().map(|a| a.as_str()).or(header) else {
        return HostKind::Unknown;
    };
    let name = name_of(host);
    if let Some(address) = address_of(name) {
        return if address.is_loopback() {
            HostKind::Loopback
        } else {
            HostKind::Address
        };
    }
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        HostKind::Loopback
    } else if configured
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&name))
    {
        HostKind::Configured
    } else {
        HostKind::Unknown
    }
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    if host.starts_with('[') {
        return host.split_once(']').map_or(host, |(name, _)| name);
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn address_of(name: &str) -> Option<IpAddr> {
    let v6 = name.strip_prefix('[').map(|name| name.parse::<Ipv6Addr>());
    match v6 {
        Some(address) => address.ok().map(IpAddr::V6),
        None => name.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(host: &str) -> HostKind {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header"));
        host_kind(
            &Uri::from_static("/api/health"),
            &headers,
            &["weald.example".into()],
        )
    }

    #[test]
    fn rebound_names_are_refused() {
        assert_eq!(kind("evil.example:7420"), HostKind::Unknown);
        assert_eq!(kind("localhost.evil.example"), HostKind::Unknown);
        assert_eq!(kind(""), HostKind::Unknown);
        assert_eq!(kind("127.0.0.1.evil.example:7420"), HostKind::Unknown);
    }

    #[test]
    fn loopback_addresses_and_configured_names_are_answered() {
        for host in [
            "localhost:7420",
            "127.0.0.1",
            "[::1]:7420",
            "LOCALHOST",
            "a.localhost:1",
        ] {
            assert_eq!(kind(host), HostKind::Loopback, "{host}");
        }
        assert_eq!(kind("192.168.1.2:7420"), HostKind::Address);
        assert_eq!(kind("Weald.example"), HostKind::Configured);
        assert!(check_host(&Uri::from_static("/"), &HeaderMap::new(), &[]).is_err());
    }

    #[test]
    fn two_hosts_are_none() {
        let mut headers = HeaderMap::new();
        for host in ["127.0.0.1:7420", "127.0.0.1:7420"] {
            headers.append(header::HOST, host.parse().expect("a header"));
        }
        assert!(check_host(&Uri::from_static("/"), &headers, &[]).is_err());
    }
}
