//! `POST /api/config/update` (MY-04, WK-048).

use axum::{Json, extract::State};
use serde_json::{Map, Value};
use weald_api::config::{ConfigResponse, ConfigUpdateRequest};

use super::{
    config_fault,
    user::{flattened, is_own, laid_over},
};
use crate::{
    Fault, ServerState,
    extract::{Body, Reader},
    fault::Answer,
};

/// Longest text of a user's setting, bytes.
const OWN_TEXT_MAX: usize = 1024;

/// Change settings
///
/// `app.*` and `chat.*` are stored for the user; the rest goes to the deployment's file and needs
/// an administrator. Every value is checked before anything is written.
#[utoipa::path(
    post, path = "/api/config/update", tag = "config", request_body = ConfigUpdateRequest,
    responses(
        (status = 200, body = ConfigResponse, description = "The settings in force now."),
        (status = 400, description = "`unknown_setting` or `bad_setting`, with `key`."),
        (status = 403, description = "`admin_only`."),
    ),
)]
pub(super) async fn update_config(
    State(state): State<ServerState>,
    Reader(access): Reader,
    Body(request): Body<ConfigUpdateRequest>,
) -> Answer<Json<ConfigResponse>> {
    let services = state.services();
    let (own, rest): (Map<_, _>, Map<_, _>) = flattened(request.patch)
        .into_iter()
        .partition(|(key, _)| is_own(key));
    if !rest.is_empty() && !access.is_admin() {
        return Err(Fault::forbidden(
            "admin_only",
            "Only an administrator may change these settings.",
        ));
    }
    for (key, value) in &own {
        check_own(&state, key, value)?;
    }
    if !rest.is_empty() {
        services
            .config_file
            .patch(&access, rest)
            .await
            .map_err(config_fault)?;
    }
    let own = if own.is_empty() {
        services.settings.get(access.user_id).await?
    } else {
        services
            .settings
            .update(access.user_id, own, state.now())
            .await?
    };
    Ok(Json(laid_over(
        services.config_file.entries(),
        &own,
        access.is_admin(),
    )))
}

/// A user's setting exists and has the type of its default.
fn check_own(state: &ServerState, key: &str, value: &Value) -> Answer<()> {
    let layers = state.services().config_file.layers(key);
    let default = layers.and_then(|layers| layers.into_iter().next_back());
    let Some(default) = default else {
        let detail = format!("There is no setting `{key}`.");
        return Err(Fault::bad("unknown_setting", detail).with("key", key));
    };
    if value.is_null() || same_type(&default.value, value) {
        return Ok(());
    }
    let detail = format!("{key}: a value like `{}` was expected", default.value);
    Err(Fault::bad("bad_setting", detail).with("key", key))
}

fn same_type(default: &Value, value: &Value) -> bool {
    match (default, value) {
        (Value::Bool(_), Value::Bool(_)) | (Value::Null, _) => true,
        (Value::Number(_), Value::Number(number)) => number
            .as_f64()
            .is_some_and(|n| (0.0..=1_000_000.0).contains(&n)),
        (Value::String(_), Value::String(text)) => text.len() <= OWN_TEXT_MAX,
        (
            Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_),
            _,
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_has_the_type_of_its_default() {
        assert!(same_type(&json!(14), &json!(18)));
        assert!(!same_type(&json!(14), &json!("18")));
        assert!(!same_type(&json!(14), &json!(-1)));
        assert!(!same_type(&json!("system"), &json!("x".repeat(2000))));
    }
}
