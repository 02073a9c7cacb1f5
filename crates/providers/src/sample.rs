//! Small contexts for the tests of this crate.

use futures::StreamExt as _;
use serde_json::{Value, json};
use weald_domain::{
    id::{DEPLOYMENT_STREAM, SessionId},
    message::{Outcome, Part, Role, TextState, ToolPart, ToolState, Trust},
    model::{ContextMessage, ModelError, ModelEvent, ModelRequest},
    ports::models::ModelStream,
    provider::{AuthKind, Provider, ProviderKind},
    time::UnixMillis,
};

use crate::body_in;

pub(crate) fn request(model: &str, messages: Vec<ContextMessage>) -> ModelRequest {
    ModelRequest {
        session_id: SessionId(DEPLOYMENT_STREAM.uuid()),
        model: model.into(),
        system: None,
        messages,
        tools: vec![],
        temperature: None,
        max_tokens: None,
        context_window: None,
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
        asset_ids: Vec::new(),
    }
}

/// A call that listed a folder, as a codec reads it back: without its time.
pub(crate) fn listed(call_id: &str, output: &str) -> Part {
    let state = ToolState::Ended {
        input: json!({"path": "."}),
        outcome: Outcome::Ok,
        output: json!(output),
        duration_ms: 0,
        truncated: false,
        asset_ids: Vec::new(),
    };
    tool(call_id, "fs_list", state)
}

/// A request with every setting, for round trips.
pub(crate) fn full_request(model: &str, messages: Vec<ContextMessage>) -> ModelRequest {
    let schema = json!({"name": "fs_list", "description": "Lists", "s": {"type": "object"}});
    let list = body_in::tool(&schema, "s", "tools".into()).expect("a tool");
    ModelRequest {
        system: Some("be brief".into()),
        tools: vec![list],
        temperature: Some(0.5),
        max_tokens: Some(100),
        context_window: None,
        ..request(model, messages)
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
