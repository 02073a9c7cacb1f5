//! `POST /api/auth/logout`: the login ends, and its streams with it.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    ServerState,
    auth::{Caller, Credential, clearing_cookie},
    fault::Answer,
};

/// Log out
///
/// Ends the login of this request and its streams. With another credential there is nothing to end.
#[utoipa::path(
    post, path = "/api/auth/logout", tag = "auth",
    responses((status = 204, description = "Logged out; the cookie is removed.")),
)]
pub(super) async fn logout(State(state): State<ServerState>, caller: Caller) -> Answer<Response> {
    if let Credential::Login(hash) = &caller.credential {
        state
            .services()
            .identity
            .delete_login(hash, state.now())
            .await?;
        state.slots().revoke(&caller.credential);
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(cookie) = HeaderValue::from_str(&clearing_cookie(state.config().address)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
