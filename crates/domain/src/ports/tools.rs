//! Tools: what workers offer, checked by the permission broker and run in their processes.

use std::path::PathBuf;

use async_trait::async_trait;
use serde_json::Value;

use crate::{
    approval::Need,
    id::{ConversationId, GrantId, SessionId, UserId, WorkspaceId},
    preset::Toolset,
    slug::Slug,
    tool::{ToolContent, ToolSpec},
};

/// Where a call comes from and what it may touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallContext {
    /// Workspace of the conversation.
    pub workspace_id: WorkspaceId,
    /// Whose session it is.
    pub owner_id: UserId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The session.
    pub session_id: SessionId,
    /// Its projects: slug and canonical root; the first is the cwd, none is a pure chat.
    pub projects: Vec<(Slug, PathBuf)>,
}

/// A call that a model made.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// The call in its message.
    pub call_id: String,
    /// Tool name.
    pub tool: String,
    /// Parsed arguments.
    pub args: Value,
}

/// What the permission broker says of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// It may run, under these grants.
    Allow {
        /// The worker that would run it.
        worker: String,
        /// The grants that allow it; empty when it needs no permission.
        grants: Vec<GrantId>,
    },
    /// A person must be asked.
    Ask {
        /// The worker that would run it.
        worker: String,
        /// What it needs beyond the grants.
        needs: Vec<Need>,
        /// The question for a person, built from parsed arguments.
        question: String,
    },
    /// It may not run: a deny grant, an unknown tool, bad arguments, a path outside the projects.
    Deny {
        /// The worker, when the tool is known.
        worker: Option<String>,
        /// One sentence for the model and the person.
        reason: String,
        /// Stable code: `unknown_tool`, `bad_arguments`, `outside_projects`, `denied_by_grant`, …
        code: String,
    },
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolAnswer {
    /// What it said.
    pub content: Vec<ToolContent>,
    /// Whether the tool says that it failed.
    pub is_error: bool,
    /// Whether the content was cut at a limit.
    pub truncated: bool,
}

/// A tool could not be run to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ToolError {
    /// Stable code: `worker_crashed`, `worker_start_failed`, `timeout`, …
    pub code: String,
    /// One sentence for a person.
    pub message: String,
}

/// The workers, behind the permission broker.
#[async_trait]
pub trait ToolHost: Send + Sync + 'static {
    /// The tools of the enabled toolsets; none of them when the context has no project and the
    /// tool needs one.
    fn tools(&self, toolsets: &[Toolset], context: &CallContext) -> Vec<ToolSpec>;

    /// What the broker says of a call, without running it.
    async fn check(&self, context: &CallContext, call: &ToolCall) -> Result<Check, ToolError>;

    /// Runs a call that [`ToolHost::check`] allowed or a person approved. What the person approved
    /// (`approved`) is what the worker may touch. Dropping the future cancels the call.
    async fn call(
        &self,
        context: &CallContext,
        call: &ToolCall,
        approved: &[Need],
    ) -> Result<ToolAnswer, ToolError>;
}
