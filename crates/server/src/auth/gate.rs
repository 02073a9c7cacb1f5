//! The gate before every route under `/api`.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use weald_domain::access::Access;

use super::{
    Caller, Credential, Peer, PeerAddress, Token, check_origin, cookie::cookie_of, cookie_name,
    token::same_hash,
};
use crate::{Fault, ServerState, fault::Answer};

/// The routes under `/api` that need no credential; a test walks all others.
pub(crate) const OPEN_ROUTES: [(Method, &str); 3] = [
    (Method::POST, "/api/auth/link"),
    (Method::GET, "/api/health"),
    (Method::GET, "/api/openapi.json"),
];

/// Lets a request pass once its caller is known.
pub(crate) async fn gate(
    State(state): State<ServerState>,
    mut request: Request,
    next: Next,
) -> Response {
    if !needs_credential(&request) {
        return next.run(request).await;
    }
    let shown = Shown::of(&request);
    match recognise(&state, &shown).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(fault) => fault.into_response(),
    }
}

fn needs_credential(request: &Request) -> bool {
    let path = request.uri().path();
    let api = path == "/api" || path.starts_with("/api/");
    let method = if request.method() == Method::HEAD {
        Method::GET
    } else {
        request.method().clone()
    };
    api && !OPEN_ROUTES
        .iter()
        .any(|(open, at)| *open == method && *at == path)
}

/// No valid credential (401).
pub(crate) fn unauthenticated() -> Fault {
    Fault::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "A valid credential is needed.",
    )
    .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

/// What a request shows of its caller.
struct Shown {
    method: Method,
    headers: HeaderMap,
    peer: Option<Peer>,
    from: Option<PeerAddress>,
}

impl Shown {
    fn of(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            headers: request.headers().clone(),
            peer: request.extensions().get().copied(),
            from: request.extensions().get().copied(),
        }
    }
}

/// Finds out who calls.
async fn recognise(state: &ServerState, shown: &Shown) -> Answer<Caller> {
    let headers = &shown.headers;
    if shown.peer == Some(Peer::OwnUid) {
        let access = access_of(state, state.owner().await?).await?;
        return Ok(Caller {
            access,
            credential: Credential::Socket,
        });
    }
    if headers.contains_key(header::AUTHORIZATION) {
        let caller = by_bearer(state, headers).await;
        let is_bad = |fault: &Fault| fault.problem().status == StatusCode::UNAUTHORIZED.as_u16();
        if caller.as_ref().is_err_and(is_bad) {
            // A good token passes whatever others of the same address try; a bad one is told to
            // wait once there were too many.
            let (from, now) = (shown.from, state.now());
            state.attempts().check(from, now)?;
            state.attempts().failed(from, now);
        }
        return caller;
    }
    let name = cookie_name(state.config().address);
    let token = cookie_of(headers, &name)
        .map(Token::shown)
        .ok_or_else(unauthenticated)?;
    let caller = by_login(state, &token).await?;
    if !shown.method.is_safe() {
        check_origin(headers)?;
    }
    Ok(caller)
}

async fn by_bearer(state: &ServerState, headers: &HeaderMap) -> Answer<Caller> {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let (scheme, token) = value
        .and_then(|v| v.split_once(' '))
        .ok_or_else(unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthenticated());
    }
    let token = Token::shown(token.trim().to_owned());
    let identity = state.services().identity.as_ref();
    let (root, shown) = (state.root().hash(identity).await?, token.hash());
    if root.is_some_and(|root| same_hash(&root, &shown)) {
        let access = access_of(state, state.owner().await?).await?;
        return Ok(Caller {
            access,
            credential: Credential::Root(shown),
        });
    }
    by_login(state, &token).await
}

async fn by_login(state: &ServerState, token: &Token) -> Answer<Caller> {
    let hash = token.hash();
    let user = state.services().identity.login(&hash, state.now()).await?;
    let access = access_of(state, user.ok_or_else(unauthenticated)?).await?;
    Ok(Caller {
        access,
        credential: Credential::Login(hash),
    })
}

async fn access_of(state: &ServerState, user: weald_domain::id::UserId) -> Answer<Access> {
    state
        .services()
        .identity
        .access(user)
        .await?
        .ok_or_else(unauthenticated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn needs(method: &str, path: &str) -> bool {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty());
        needs_credential(&request.expect("a request"))
    }

    #[test]
    fn every_api_route_needs_a_credential_but_the_listed_ones() {
        assert!(!needs("GET", "/api/health"));
        assert!(!needs("HEAD", "/api/health"));
        assert!(!needs("POST", "/api/auth/link"));
        assert!(!needs("GET", "/"));
        assert!(needs("POST", "/api/health"));
        assert!(needs("GET", "/api/health/"));
        assert!(needs("GET", "/api"));
        assert!(needs("GET", "/api/no/such/route"));
    }
}
