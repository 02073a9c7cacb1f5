//! The login cookie: `weald_<port>`, host-only, `HttpOnly`, `SameSite=Strict`, on loopback http.

use std::net::SocketAddr;

use axum::http::{HeaderMap, header};

use super::token::{LOGIN_MS, Token};

/// Name of the cookie of the server at an address.
pub(crate) fn cookie_name(address: SocketAddr) -> String {
    format!("weald_{}", address.port())
}

/// Sets the cookie.
pub(crate) fn login_cookie(address: SocketAddr, token: &Token) -> String {
    let (name, age) = (cookie_name(address), LOGIN_MS / 1000);
    format!(
        "{name}={}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict",
        token.expose()
    )
}

/// Removes the cookie.
pub(crate) fn clearing_cookie(address: SocketAddr) -> String {
    format!(
        "{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
        cookie_name(address)
    )
}

/// The value of a cookie of a request.
pub(super) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            "a=1; weald_7420=token; b=2".parse().expect("a header"),
        );
        assert_eq!(cookie_of(&headers, "weald_7420"), Some("token".into()));
        assert_eq!(cookie_of(&headers, "weald_1"), None);
    }

    #[test]
    fn scripts_and_other_sites_never_see_it() {
        let address = ([127, 0, 0, 1], 7420).into();
        let cookie = login_cookie(address, &Token::shown("t".into()));
        assert_eq!(
            cookie,
            "weald_7420=t; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict"
        );
    }
}
