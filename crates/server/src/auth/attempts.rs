//! Failed logins, counted per address: who guesses has to wait.

use std::{collections::HashMap, net::IpAddr, sync::Mutex};

use axum::http::{HeaderValue, StatusCode, header};
use weald_domain::time::UnixMillis;

use crate::{Fault, fault::Answer};

/// Failures of one address within [`WINDOW_MS`] that are answered as what they are.
const FAILURES_MAX: u32 = 20;
/// How long a failure counts, from the first of its window.
const WINDOW_MS: i64 = 60 * 1000;
/// Most addresses that are remembered; the oldest go first.
const ADDRESSES_MAX: usize = 4096;

/// Where a TCP connection comes from; stands in the extensions of each of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerAddress(pub(crate) IpAddr);

/// The failures of one address since a moment.
#[derive(Debug, Clone, Copy)]
struct Failures {
    since: UnixMillis,
    count: u32,
}

/// The failed logins of the last minute, in memory only.
#[derive(Debug, Default)]
pub(crate) struct LoginAttempts(Mutex<HashMap<Network, Failures>>);

/// What counts as one place: an IPv4 address, or the /64 that one IPv6 host usually has whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Network(u64);

impl From<PeerAddress> for Network {
    fn from(PeerAddress(address): PeerAddress) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(u32::from(v4).into()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments().map(u64::from);
                Self(a << 48 | b << 32 | c << 16 | d)
            }
        }
    }
}

impl LoginAttempts {
    /// Refuses an address with too many failures (429 `too_many_logins`), whatever it shows.
    pub(crate) fn check(&self, from: Option<PeerAddress>, now: UnixMillis) -> Answer<()> {
        let (Some(from), Ok(failures)) = (from, self.0.lock()) else {
            return Ok(());
        };
        match failures.get(&from.into()) {
            Some(failures) if failures.count >= FAILURES_MAX => match failures.left(now) {
                0 => Ok(()),
                left => Err(too_many(left)),
            },
            Some(_) | None => Ok(()),
        }
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, from: Option<PeerAddress>, now: UnixMillis) {
        let (Some(from), Ok(mut failures)) = (from, self.0.lock()) else {
            return;
        };
        let from = Network::from(from);
        if failures.len() >= ADDRESSES_MAX && !failures.contains_key(&from) {
            failures.retain(|_, failures| failures.left(now) > 0);
            if failures.len() >= ADDRESSES_MAX {
                let oldest = failures.iter().min_by_key(|(_, failures)| failures.since);
                let oldest = oldest.map(|(network, _)| *network);
                oldest.and_then(|oldest| failures.remove(&oldest));
            }
        }
        let fresh = Failures {
            since: now,
            count: 0,
        };
        let entry = failures.entry(from).or_insert(fresh);
        if entry.left(now) == 0 {
            *entry = fresh;
        }
        entry.count = entry.count.saturating_add(1);
    }
}

impl Failures {
    /// Milliseconds until they are forgotten. A clock that was set back forgets them.
    fn left(self, now: UnixMillis) -> i64 {
        let age = now.0 - self.since.0;
        if (0..WINDOW_MS).contains(&age) {
            WINDOW_MS - age
        } else {
            0
        }
    }
}

fn too_many(left_ms: i64) -> Fault {
    let seconds = left_ms.div_euclid(1000) + 1;
    let detail = format!("Too many failed logins from this address; try again in {seconds} s.");
    let fault = Fault::new(StatusCode::TOO_MANY_REQUESTS, "too_many_logins", detail);
    fault.header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Option<PeerAddress> {
        Some(PeerAddress(address.parse().expect("an address")))
    }

    #[test]
    fn one_address_waits_a_minute_and_the_others_do_not() {
        let attempts = LoginAttempts::default();
        for n in 0..20 {
            attempts
                .check(from("192.0.2.1"), UnixMillis(n))
                .expect("passes");
            attempts.failed(from("192.0.2.1"), UnixMillis(n));
        }
        let refused = attempts.check(from("192.0.2.1"), UnixMillis(30_000));
        assert_eq!(
            refused.expect_err("refused").problem().code,
            "too_many_logins"
        );
        attempts
            .check(from("192.0.2.2"), UnixMillis(30_000))
            .expect("passes");
        attempts
            .check(None, UnixMillis(30_000))
            .expect("the runtime socket passes");
        attempts
            .check(from("192.0.2.1"), UnixMillis(60_000))
            .expect("passes again");
        attempts.failed(from("192.0.2.1"), UnixMillis(60_000));
        attempts
            .check(from("192.0.2.1"), UnixMillis(60_001))
            .expect("counts anew");
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one() {
        let attempts = LoginAttempts::default();
        for n in 0..20 {
            attempts.failed(from(&format!("2001:db8:1:2::{n}")), UnixMillis(0));
        }
        assert!(
            attempts
                .check(from("2001:db8:1:2:ffff::1"), UnixMillis(1))
                .is_err()
        );
        assert!(
            attempts
                .check(from("2001:db8:1:3::1"), UnixMillis(1))
                .is_ok()
        );
    }

    #[test]
    fn what_is_remembered_has_a_limit() {
        let attempts = LoginAttempts::default();
        for n in 0..5000_u32 {
            let address = std::net::Ipv4Addr::from(n);
            attempts.failed(Some(PeerAddress(address.into())), UnixMillis(n.into()));
        }
        assert_eq!(attempts.0.lock().expect("a lock").len(), ADDRESSES_MAX);
    }
}
