//! Structs inside others.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;
use weald_domain::{approval, conversation, event, message, model, preset, session, workspace};

use super::names::{CheckpointReason, FinishReason, OnCrash, OutputMode, Permission, Transport};

schema_struct! {
    /// One permission a call needs, with what it would touch.
    Need of approval::Need {
        permission: Permission,
        resources: Vec<String>,
        scope: Vec<String>,
    }
}

schema_struct! {
    /// What an approval is about, built from parsed arguments.
    Subject of approval::Subject {
        worker: String,
        tool: String,
        tool_call_id: String,
        args: Value,
        needs: Vec<Need>,
    }
}

schema_struct! {
    /// Settings of a conversation.
    ConversationSettings of conversation::ConversationSettings {
        model_id: Option<String>,
        system_prompt: Option<String>,
        output_mode: OutputMode,
        output_schema: Option<Value>,
    }
}

schema_struct! {
    /// How far a part had come at a checkpoint.
    PartOffset of event::session::PartOffset {
        part: u32,
        offset: u64,
    }
}

schema_struct! {
    /// What is known about how a message was made.
    MessageMetadata of message::MessageMetadata {
        provider_id: Option<String>,
        model_id: Option<String>,
        tokens_prompt: Option<u64>,
        tokens_completion: Option<u64>,
        tokens_total: Option<u64>,
        latency_ms: Option<u64>,
        finish_reason: Option<FinishReason>,
        error: Option<MessageError>,
        checkpoint_at: Option<DateTime<Utc>>,
        checkpoint_reason: Option<CheckpointReason>,
    }
}

schema_struct! {
    /// An error shown with a message or a failed session.
    MessageError of message::MessageError {
        code: String,
        message: String,
        retryable: bool,
    }
}

schema_struct! {
    /// Tokens of calls, as a cumulative snapshot.
    Usage of model::Usage {
        input: u64,
        output: u64,
        cache_read: u64,
        cache_write: u64,
        reasoning: u64,
        total: u64,
        requests: u64,
    }
}

schema_struct! {
    /// A model that a provider offers.
    OfferedModel of model::OfferedModel {
        id: String,
        display_name: Option<String>,
        context_window: Option<u64>,
    }
}

schema_struct! {
    /// The model of a preset and how it is called.
    PresetModel of preset::PresetModel {
        #[schema(example = "builtin/planner")]
        name: String,
        temperature: Option<f64>,
        max_tokens: Option<u32>,
        context_window: Option<u64>,
    }
}

schema_struct! {
    /// A group of tools, named after its worker without `-worker`.
    Toolset of preset::Toolset {
        name: String,
        #[schema(required = false, default = true)]
        enabled: bool,
        #[schema(required = false)]
        exclude_tools: Vec<String>,
    }
}

schema_struct! {
    /// A per-request override of a preset: any subset, the override wins.
    ConfigOverride of preset::ConfigOverride {
        model: Option<PresetModel>,
        system_prompt: Option<String>,
        toolsets: Option<Vec<Toolset>>,
        on_crash: Option<OnCrash>,
    }
}

schema_struct! {
    /// Usage and duration of a session.
    RunSummary of session::RunSummary {
        duration_ms: u64,
        usage: BTreeMap<String, Usage>,
    }
}

schema_struct! {
    /// The session that keeps a conversation busy.
    ActiveSession of session::ActiveSession {
        session_id: Uuid,
        stream_key: String,
        transport: Transport,
    }
}

schema_struct! {
    /// A project of a workspace, in its place.
    WorkspaceProject of workspace::WorkspaceProject {
        id: String,
        description: Option<String>,
    }
}
