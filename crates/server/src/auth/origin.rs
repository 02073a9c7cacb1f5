//! State changes with a cookie come from our own page: the browser says so, and a header that no
//! form can send says so too.

use axum::http::{HeaderMap, header};
use weald_api::auth::CLIENT_HEADER;

use crate::{Fault, fault::Answer};

/// Refuses a state change that another site may have caused (403 `cross_site`).
pub(crate) fn check_origin(headers: &HeaderMap) -> Answer<()> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let same_site = text("sec-fetch-site").map(|site| site == "same-origin");
    let same_origin = text(header::ORIGIN.as_str()).map(|origin| {
        let host = text(header::HOST.as_str()).unwrap_or("");
        let bare = origin.split_once("://").map_or("", |(_, rest)| rest);
        !host.is_empty() && bare.eq_ignore_ascii_case(host)
    });
    let ours = match (same_site, same_origin) {
        (None, None) => false,
        (site, origin) => site.unwrap_or(true) && origin.unwrap_or(true),
    };
    if ours && text(CLIENT_HEADER) == Some("1") {
        Ok(())
    } else {
        let detail =
            "A change with a cookie needs the same origin and the header `Weald-Client: 1`.";
        Err(Fault::forbidden("cross_site", detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "127.0.0.1:7420".parse().expect("a header"));
        for (name, value) in pairs {
            headers.insert(*name, value.parse().expect("a header"));
        }
        check_origin(&headers).is_ok()
    }

    #[test]
    fn our_own_page_may_change_things() {
        assert!(check(&[
            ("sec-fetch-site", "same-origin"),
            ("weald-client", "1")
        ]));
        assert!(check(&[
            ("origin", "http://127.0.0.1:7420"),
            ("weald-client", "1")
        ]));
    }

    #[test]
    fn other_sites_forms_and_silent_clients_may_not() {
        assert!(!check(&[("weald-client", "1")]));
        assert!(!check(&[("sec-fetch-site", "same-origin")]));
        assert!(!check(&[
            ("sec-fetch-site", "cross-site"),
            ("weald-client", "1")
        ]));
        assert!(!check(&[
            ("origin", "http://127.0.0.1:9999"),
            ("weald-client", "1")
        ]));
        assert!(!check(&[("origin", "null"), ("weald-client", "1")]));
        assert!(!check(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "http://127.0.0.1:7420"),
            ("weald-client", "1"),
        ]));
    }
}
