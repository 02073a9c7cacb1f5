//! Where nothing of a deployment may call, whoever asks for it.
//!
//! The metadata service of a cloud hands the machine's own credentials to whoever can reach it,
//! mostly at a link-local address, which no model lives at.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Metadata services outside the link-local range: Alibaba's, Oracle's older one, Azure's.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// Metadata services by IPv6, which are unique-local addresses: Amazon's, Google's.
const METADATA_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254),
];

/// Names of metadata services.
const METADATA_NAMES: [&str; 5] = [
    "metadata.google.internal",
    "metadata.goog",
    "metadata",
    "instance-data",
    "instance-data.ec2.internal",
];

/// Whether the host of an address, a name or an IP address, with or without brackets, is one that
/// is never called.
#[must_use]
pub fn is_refused_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse() {
        return is_refused_address(address);
    }
    let name = bare.trim_end_matches('.').to_ascii_lowercase();
    METADATA_NAMES.contains(&name.as_str())
}

/// Whether an IP address is one that is never called.
#[must_use]
pub fn is_refused_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_refused_v4(v4),
        IpAddr::V6(v6) => {
            v6.is_unicast_link_local()
                || METADATA_V6.contains(&v6)
                || within(v6).is_some_and(is_refused_v4)
        }
    }
}

fn is_refused_v4(address: Ipv4Addr) -> bool {
    address.is_link_local() || METADATA_V4.contains(&address)
}

/// The IPv4 address that an IPv6 address leads to: mapped, compatible, or through NAT64.
const fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, high, low] = address.segments();
    let is_nat64 = matches!((a, b, c, d, e, f), (0x64, 0xff9b, 0, 0, 0, 0));
    let is_zero = matches!((a, b, c, d, e, f), (0, 0, 0, 0, 0, 0 | 0xffff));
    if is_nat64 || is_zero {
        let ([h1, h2], [l1, l2]) = (high.to_be_bytes(), low.to_be_bytes());
        return Some(Ipv4Addr::new(h1, h2, l1, l2));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_services_and_link_local_addresses_are_refused_however_they_are_written() {
        for host in [
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "[fd00:ec2::254]",
            "fd20:ce::254",
            "[fe80::1]",
            "[::ffff:169.254.169.254]",
            "[::169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "metadata.google.internal",
            "Metadata.Google.Internal.",
            "metadata",
        ] {
            assert!(is_refused_host(host), "{host}");
        }
    }

    #[test]
    fn a_model_of_ones_own_is_reached() {
        for host in [
            "127.0.0.1",
            "[::1]",
            "localhost",
            "192.168.1.20",
            "10.0.0.5",
            "100.100.100.201",
            "[fd00::1]",
            "metadata.example.com",
            "api.openai.com",
        ] {
            assert!(!is_refused_host(host), "{host}");
        }
    }
}
