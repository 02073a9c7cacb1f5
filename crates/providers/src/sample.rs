//! Small contexts for the tests of this crate.

use futures::StreamExt as _;
use serde_json::Value;
use weald_domain::{
    id::{DEPLOYMENT_STREAM, SessionId},
    message::{Outcome, Part, Role, TextState, ToolPart, ToolState, Trust},
    model::{ContextMessage, ModelError, ModelEvent, ModelRequest},
    ports::models::ModelStream,
    provider::{AuthKind, Provider, ProviderKind},
    time::UnixMillis,
};

pub(crate) fn request(model: &str, messages: Vec<ContextMessage>) -> ModelRequest {
    ModelRequest {
        session_id: SessionId(DEPLOYMENT_STREAM.uuid()),
        model: model.into(),
        system: None,
        messages,
        tools: vec![],
        temperature: None,
        max_tokens: None,
    }
}

pub(crate) fn user(text: &str) -> ContextMessage {
    ContextMessage {
        role: Role::User,
        parts: vec![Part::user_text(text.into())],
    }
}

pub(crate) fn assistant(parts: Vec<Part>) -> ContextMessage {
    ContextMessage {
        role: Role::Assistant,
        parts,
    }
}

pub(crate) fn said(text: &str) -> Part {
    Part::Text {
        text: text.into(),
        state: TextState::Done,
        trust: Trust::Model,
    }
}

pub(crate) fn tool(call_id: &str, name: &str, state: ToolState) -> Part {
    Part::Tool(ToolPart {
        call_id: call_id.into(),
        tool: name.into(),
        worker: None,
        title: None,
        state,
    })
}

pub(crate) fn ended(input: Value, outcome: Outcome, output: Value) -> ToolState {
    ToolState::Ended {
        input,
        outcome,
        output,
        duration_ms: 1,
        truncated: false,
    }
}

pub(crate) async fn collect(stream: ModelStream) -> Vec<Result<ModelEvent, ModelError>> {
    stream.collect().await
}

pub(crate) fn provider(kind: ProviderKind, base_url: Option<&str>) -> Provider {
    Provider {
        id: "stand-in".parse().expect("a slug"),
        kind,
        display_name: "Stand-in".into(),
        auth_kind: AuthKind::None,
        base_url: base_url.map(str::to_owned),
        secret_ref: None,
        config: serde_json::Map::new(),
        is_enabled: true,
        created_at: UnixMillis(0),
        updated_at: UnixMillis(0),
    }
}
