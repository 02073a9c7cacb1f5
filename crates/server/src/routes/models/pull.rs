//! `POST /api/providers/{id}/models/pull`: a model comes to the provider's own machine.

use axum::{extract::State, http::StatusCode, response::Response};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use weald_api::provider::{ModelPullEvent, ModelPullFrame, ModelPullRequest};
use weald_domain::{
    id::UserId, model::ModelError, plain::is_plain, ports::models::PullStream, provider::Provider,
    secret::Secret, slug::Slug,
};

use super::sync;
use crate::{
    Fault, ServerState,
    auth::Caller,
    extract::{Admin, Body, Id},
    fault::Answer,
    routes::providers::{found, key_of},
    sse::{EventBody, encode_event, event_stream},
};

/// Longest name of a model, characters.
const NAME_MAX: usize = 256;

/// Download a model
///
/// To the machine of a provider that can, which is Ollama by its own wire. The download belongs to
/// this connection: closing it stops the download, and the same again goes on where it stood. Once
/// the model is there the provider is asked for its models.
#[utoipa::path(
    post, path = "/api/providers/{id}/models/pull", tag = "providers",
    params(("id" = String, Path, pattern = "^[a-z0-9-]{1,64}$", description = "Slug of the provider.")),
    request_body = ModelPullRequest,
    responses(
        (status = 200, body = ModelPullFrame, content_type = "text/event-stream",
            description = "A `ModelPullEvent` in each frame's `data`. Codes of `failed`: `model_not_found`, `provider_disk_full`, `provider_outdated`, `library_unreachable`, `cut_stream`, `idle_timeout`, `provider_failed`, and those of any call of a provider."),
        (status = 400, description = "`bad_model`."),
        (status = 403, description = "`admin_only`."),
        (status = 404, description = "`not_found`."),
        (status = 422, description = "`not_available`: this provider downloads nothing."),
        (status = 424, description = "`provider_failed`, with `reason`: it did not begin."),
        (status = 429, description = "`too_many_streams`."),
    ),
)]
pub(super) async fn pull_model(
    State(state): State<ServerState>,
    Admin(access): Admin,
    caller: Caller,
    Id(id): Id<Slug>,
    Body(request): Body<ModelPullRequest>,
) -> Answer<Response> {
    let name = checked(&request.model)?;
    let provider = found(&state, &id).await?;
    let key = key_of(&state, &provider).await?;
    let slot = state.slots().take(&caller)?;
    let models = &state.services().models;
    let told = models.pull(&provider, key.clone(), &name).await;
    let download = Download {
        told: told.map_err(fault)?,
        provider,
        key,
        by: access.user_id,
        state,
        ended: false,
    };
    let frames = frames(download).boxed();
    Ok(event_stream(EventBody::encoded(frames, slot)))
}

fn checked(name: &str) -> Answer<String> {
    let name = name.trim();
    if (1..=NAME_MAX).contains(&name.chars().count()) && name.chars().all(is_plain) {
        return Ok(name.to_owned());
    }
    let detail = "model: a name of 1 to 256 characters, without control characters, was expected";
    Err(Fault::bad("bad_model", detail))
}

/// Why a download did not begin.
fn fault(error: ModelError) -> Fault {
    if error.code != "pull_not_available" {
        return sync::model_fault(error);
    }
    let detail = format!("{}; only Ollama by its own wire can.", error.message);
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "not_available", detail)
        .with("member", "models/pull")
}

/// A download that goes on; dropping it stops it.
struct Download {
    told: PullStream,
    provider: Provider,
    key: Option<Secret>,
    by: UserId,
    state: ServerState,
    ended: bool,
}

fn frames(download: Download) -> impl Stream<Item = Bytes> {
    stream::unfold(download, |mut download| async move {
        let event = download.next().await?;
        Some((encode_event(event.kind(), &event), download))
    })
}

impl Download {
    async fn next(&mut self) -> Option<ModelPullEvent> {
        if self.ended {
            return None;
        }
        let event = match self.told.next().await {
            Some(Ok(told)) => ModelPullEvent::Progress {
                status: told.status,
                completed: told.completed,
                total: told.total,
            },
            Some(Err(error)) => ModelPullEvent::Failed {
                code: error.code,
                message: error.message,
                retryable: error.retryable,
            },
            None => self.listed().await,
        };
        self.ended = event.is_last();
        Some(event)
    }

    /// The model is there, and becomes one of the provider's.
    async fn listed(&mut self) -> ModelPullEvent {
        let synced = sync::synced(&self.state, &self.provider, self.key.clone(), self.by).await;
        match synced {
            Ok(synced) => ModelPullEvent::Done {
                added: synced.added,
            },
            Err(fault) => {
                let problem = fault.problem();
                let what = "the model is there, and the provider could not be asked for its models";
                ModelPullEvent::Failed {
                    code: problem.code.clone(),
                    message: format!("{what}: {}", problem.detail),
                    retryable: true,
                }
            }
        }
    }
}
