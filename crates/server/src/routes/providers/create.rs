//! `POST /api/providers/create`.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::Map;
use weald_api::provider::{Provider, ProviderCreateRequest};
use weald_domain::{
    ports::ProviderWriteError,
    provider::{AuthKind, Provider as NewProvider, ProviderKind},
    secret::{Secret, SecretRef},
    slug::Slug,
};

use super::{NAME_MAX, check_url, key, offered, write_fault};
use crate::{
    Fault, ServerState, checks,
    extract::{Admin, Body},
    fault::Answer,
};

/// Names tried when the id was not given and is taken.
const TRIES: u32 = 20;

/// Connect a model source
///
/// The key goes to the secret store as `secret://provider/<id>` and is never shown again. With
/// `key_variable` there is none to store: the provider refers to the environment.
#[utoipa::path(
    post, path = "/api/providers/create", tag = "providers",
    request_body = ProviderCreateRequest,
    responses(
        (status = 201, body = Provider, description = "The new provider."),
        (status = 400, description = "`bad_name`, `bad_id`, `bad_base_url`, `address_not_allowed`, `bad_api_key`, `unknown_variable` or `bad_model`."),
        (status = 403, description = "`admin_only`."),
        (status = 409, description = "`slug_taken`, `builtin` or `secrets_read_only`."),
    ),
)]
pub(super) async fn create_provider(
    State(state): State<ServerState>,
    Admin(access): Admin,
    Body(request): Body<ProviderCreateRequest>,
) -> Answer<(StatusCode, Json<Provider>)> {
    let key = request.api_key.as_deref().map(key::check).transpose()?;
    let named = request.id.is_some();
    // A deletion of the same id that is under way forgets its key last.
    let _edit = state.provider_edits().lock().await;
    let place = key_place(&state, &request, key.is_some())?;
    let provider = new_provider(&state, &request, place)?;
    let models = offered::named(&state, &provider.id, &request.models)?;
    let provider = store(&state, provider, named, access.user_id).await?;
    let services = state.services();
    if let Some(key) = key
        && let Err(fault) = keep_key(&state, &provider, key).await
    {
        // Without its key the provider is of no use: as if nothing had been asked.
        let _ = services
            .providers
            .delete(&provider.id, access.user_id, state.now())
            .await;
        return Err(fault);
    }
    if !models.is_empty() {
        let of = |mut model: weald_domain::provider::Model| {
            model.provider_id = provider.id.clone();
            model
        };
        let models = models.into_iter().map(of).collect();
        services
            .providers
            .put_models(&provider.id, models, access.user_id)
            .await?;
    }
    Ok((StatusCode::CREATED, Json(provider.into())))
}

/// Where the key of a new provider is.
enum KeyPlace {
    /// Nowhere: it needs none.
    Nowhere,
    /// In the entry of the provider itself.
    Own,
    /// In the environment.
    Environment(SecretRef),
}

fn key_place(
    state: &ServerState,
    request: &ProviderCreateRequest,
    has_key: bool,
) -> Answer<KeyPlace> {
    let Some(name) = request.key_variable.as_deref() else {
        return Ok(if has_key {
            KeyPlace::Own
        } else {
            KeyPlace::Nowhere
        });
    };
    if has_key {
        let detail = "api_key: either a key or `key_variable` was expected";
        return Err(Fault::bad("bad_api_key", detail));
    }
    let variable = state.config().sources.variable(name);
    let reference = variable.and_then(|variable| variable.reference());
    reference.map(KeyPlace::Environment).ok_or_else(|| {
        let detail = "key_variable: one that `/api/providers/found` names as present was expected";
        Fault::bad("unknown_variable", detail)
    })
}

fn new_provider(
    state: &ServerState,
    request: &ProviderCreateRequest,
    place: KeyPlace,
) -> Answer<NewProvider> {
    let display_name = checks::name("display_name", &request.display_name, NAME_MAX)?;
    let base_url = request.base_url.as_deref().map(check_url).transpose()?;
    match request.kind {
        ProviderKind::Builtin => {
            return Err(Fault::conflict(
                "builtin",
                "The built-in provider is there already.",
            ));
        }
        ProviderKind::OpenaiCompatible if base_url.is_none() => {
            return Err(Fault::bad("bad_base_url", "base_url: this kind needs one"));
        }
        ProviderKind::Openai
        | ProviderKind::Openrouter
        | ProviderKind::OpenaiCompatible
        | ProviderKind::Anthropic
        | ProviderKind::OpenaiResponses
        | ProviderKind::Gemini
        | ProviderKind::Ollama => {}
    }
    let id = checks::slug(request.id.clone(), &display_name)?;
    let at = state.now();
    let secret_ref = match place {
        KeyPlace::Nowhere => None,
        KeyPlace::Own => Some(key::reference(&id)?),
        KeyPlace::Environment(reference) => Some(reference),
    };
    Ok(NewProvider {
        auth_kind: if secret_ref.is_some() {
            AuthKind::ApiKey
        } else {
            AuthKind::None
        },
        secret_ref,
        id,
        kind: request.kind,
        display_name,
        base_url,
        config: Map::new(),
        is_enabled: true,
        created_at: at,
        updated_at: at,
    })
}

/// Stores the row; a taken id that nobody asked for gets a number.
async fn store(
    state: &ServerState,
    mut provider: NewProvider,
    named: bool,
    by: weald_domain::id::UserId,
) -> Answer<NewProvider> {
    let base = provider.id.clone();
    let seeks_key = provider.secret_ref.is_none();
    for n in 2..TRIES {
        if seeks_key {
            find_key(state, &mut provider).await?;
        }
        match state
            .services()
            .providers
            .create(provider.clone(), by)
            .await
        {
            Ok(()) => return Ok(provider),
            Err(ProviderWriteError::Taken) if !named => {
                let own = key::reference(&provider.id)?;
                provider.id = numbered(&base, n)?;
                if provider.secret_ref == Some(own) {
                    provider.secret_ref = Some(key::reference(&provider.id)?);
                }
            }
            Err(error) => return Err(write_fault(error)),
        }
    }
    Err(write_fault(ProviderWriteError::Taken))
}

/// Refers to the provider's own key when there is one already: where secrets are the environment,
/// that is the only way to give one.
async fn find_key(state: &ServerState, provider: &mut NewProvider) -> Answer<()> {
    let reference = key::reference(&provider.id)?;
    let key = state.services().secrets.get(&reference).await;
    (provider.secret_ref, provider.auth_kind) = match key.map_err(key::secret_fault)? {
        Some(_) => (Some(reference), AuthKind::ApiKey),
        None => (None, AuthKind::None),
    };
    Ok(())
}

fn numbered(base: &Slug, n: u32) -> Answer<Slug> {
    let cut: String = base.as_str().chars().take(60).collect();
    let cut = cut.trim_end_matches('-');
    format!("{cut}-{n}")
        .parse()
        .map_err(|_| Fault::bad("bad_id", "No id can be made of that name."))
}

async fn keep_key(state: &ServerState, provider: &NewProvider, key: Secret) -> Answer<()> {
    let reference = key::reference(&provider.id)?;
    state
        .services()
        .secrets
        .set(&reference, key)
        .await
        .map_err(key::secret_fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number_and_stays_a_slug() {
        let base: Slug = "a".repeat(64).parse().expect("a slug");
        assert_eq!(numbered(&base, 12).expect("a slug").as_str().len(), 63);
        let base: Slug = "ollama".parse().expect("a slug");
        assert_eq!(numbered(&base, 2).expect("a slug").as_str(), "ollama-2");
    }
}
