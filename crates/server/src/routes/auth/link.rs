//! `POST /api/auth/link` (D-26): the code of a login link becomes a login cookie.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use weald_api::auth::{LinkRequest, MeResponse};
use weald_domain::ports::NewLogin;

use super::me::describe;
use crate::{
    Fault, ServerState,
    auth::{
        Caller, Credential, HostKind, LOGIN_MS, PeerAddress, Token, check_origin, host_kind,
        login_cookie, unauthenticated,
    },
    extract::Body,
    fault::Answer,
};

/// Log in with the code of a login link
///
/// The code stands in the link's fragment, works once and for five minutes. The answer sets the
/// login cookie, which works on loopback http only. As every change with a cookie, it needs the
/// same origin and the header `Weald-Client: 1`: no other page can log a browser in.
#[utoipa::path(
    post, path = "/api/auth/link", tag = "auth", request_body = LinkRequest,
    responses(
        (status = 200, body = MeResponse, description = "Logged in; the cookie is set."),
        (status = 401, description = "`bad_code`: unknown, used or too old."),
        (status = 403, description = "`no_cookie_login`: plain http from another machine; `cross_site`."),
        (status = 429, description = "`too_many_logins`: 20 failures of this address within a minute."),
    ),
)]
pub(super) async fn link_login(
    State(state): State<ServerState>,
    uri: Uri,
    headers: HeaderMap,
    from: Option<Extension<PeerAddress>>,
    Body(request): Body<LinkRequest>,
) -> Answer<Response> {
    check_origin(&headers)?;
    if host_kind(&uri, &headers, &[]) != HostKind::Loopback {
        let detail = "Over plain http the login cookie works on this computer only.";
        return Err(Fault::forbidden("no_cookie_login", detail));
    }
    let now = state.now();
    let from = from.map(|Extension(from)| from);
    state.attempts().check(from, now)?;
    if !state.links().redeem(&request.code, now) {
        state.attempts().failed(from, now);
        let detail = "The login link is unknown, used or too old.";
        return Err(Fault::new(StatusCode::UNAUTHORIZED, "bad_code", detail));
    }
    let services = state.services();
    let owner = services.identity.owner().await?;
    let access = services
        .identity
        .access(owner)
        .await?
        .ok_or_else(unauthenticated)?;
    let token = Token::draw(services.ids.as_ref());
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    let login = NewLogin {
        id: state.id(now),
        owner_id: owner,
        token_hash: token.hash(),
        expires_at: now.plus_millis(LOGIN_MS),
        user_agent: agent.map(|agent| agent.chars().take(256).collect()),
        at: now,
    };
    services.identity.create_login(login).await?;
    let cookie = login_cookie(state.config().address, &token);
    let caller = Caller {
        access,
        credential: Credential::Login(token.hash()),
    };
    let mut response = Json(describe(&caller)).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
