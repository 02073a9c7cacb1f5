//! Names to addresses, but never to one that is never called: whatever a base URL's name says when
//! it is entered, what counts is where it leads when it is dialled.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use weald_domain::network::{is_refused_address, is_refused_host};

/// A name leads to nothing but addresses that are never called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its name leads to a link-local address or a metadata service, which are never called")]
pub(super) struct NotAllowed;

/// The system's resolver without the addresses that are never called. The connection is made to
/// the very addresses that were looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct GuardedResolver;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            if is_refused_host(name.as_str()) {
                return Err(NotAllowed.into());
            }
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Addrs = Box::new(allowed(found.collect())?.into_iter());
            Ok(allowed)
        })
    }
}

fn allowed(mut found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NotAllowed> {
    let before = found.len();
    found.retain(|address| !is_refused_address(address.ip()));
    if found.is_empty() && before > 0 {
        return Err(NotAllowed);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        let parse = |text: &&str| text.parse().expect("an address");
        texts.iter().map(parse).collect()
    }

    #[test]
    fn a_name_that_leads_to_a_metadata_service_leads_nowhere() {
        let metadata = addresses(&["169.254.169.254:0", "[fd00:ec2::254]:0"]);
        assert_eq!(allowed(metadata), Err(NotAllowed));
        let lan = addresses(&["192.168.1.4:0", "[fe80::1]:0"]);
        assert_eq!(allowed(lan), Ok(addresses(&["192.168.1.4:0"])));
    }

    #[tokio::test]
    async fn the_resolver_refuses_the_name_itself() {
        let name = "metadata.google.internal".parse().expect("a name");
        let refused = GuardedResolver.resolve(name).await.err().expect("refused");
        assert!(refused.is::<NotAllowed>(), "{refused}");
        let name = "localhost".parse().expect("a name");
        let mut found = GuardedResolver.resolve(name).await.expect("resolves");
        assert!(found.next().expect("an address").ip().is_loopback());
    }
}
