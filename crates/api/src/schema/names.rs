//! Closed sets of names.

use weald_domain::{
    access, approval, conversation, event, message, permission, preset, project, provider, session,
    tool,
};

schema_enum! {
    /// Role of a user in the deployment.
    DeploymentRole of access::DeploymentRole { Admin, Member, }
    /// Role of a user in a workspace.
    WorkspaceRole of access::WorkspaceRole { Viewer, Editor, Owner, }
    /// What is asked.
    ApprovalKind of approval::ApprovalKind { Permission, Budget, Plan, Step, }
    /// Where an approval stands.
    ApprovalState of approval::ApprovalState { Pending, Approved, Denied, Expired, }
    /// Whether a conversation is in daily use.
    ConversationStatus of conversation::ConversationStatus { Active, Archived, }
    /// In which form a conversation answers.
    OutputMode of conversation::OutputMode { Text, Json, }
    /// Why a session failed.
    FailReason of event::session::FailReason { Error, Interrupted, Budget, Orphaned, }
    /// Who speaks.
    Role of message::Role { System, User, Assistant, Tool, }
    /// Why a model stopped; `interrupted` and `error` when it did not stop by itself.
    FinishReason of message::FinishReason {
        Stop, ToolCalls, Length, ContentFilter, Interrupted, Error,
    }
    /// Why a partial message was checkpointed.
    CheckpointReason of message::CheckpointReason {
        Interval, ToolBoundary, Failure, Shutdown, Interrupt,
    }
    /// The kind of a streamed part.
    PartKind of message::PartKind { Text, Reasoning, }
    /// How a tool call ended.
    Outcome of message::Outcome { Ok, Error, Denied, Unknown, }
    /// Whether a text is still being written.
    TextState of message::TextState { Streaming, Done, }
    /// How long an answer holds.
    Lifetime of permission::Lifetime { Once, Conversation, Task, Workspace, Always, }
    /// What a person may do without being asked again.
    Permission of permission::Permission {
        #[serde(rename = "fs.read")] FsRead,
        #[serde(rename = "fs.write")] FsWrite,
        #[serde(rename = "net")] Net,
        #[serde(rename = "shell")] Shell,
        #[serde(rename = "browser")] Browser,
        #[serde(rename = "env/secret")] Secret,
        #[serde(rename = "git")] HostGit,
        #[serde(rename = "process")] HostProcess,
        #[serde(rename = "tcp")] HostTcp,
    }
    /// What happens to a session whose owner died.
    OnCrash of preset::OnCrash { Fail, Resume, }
    /// Whose directory a project is.
    ProjectKind of project::ProjectKind { Managed, Repository, }
    /// Whether work goes on in a project.
    ProjectStatus of project::ProjectStatus { Active, Paused, Completed, Archived, }
    /// Which dialect a provider speaks.
    ProviderKind of provider::ProviderKind {
        Builtin, Openai, Openrouter, OpenaiCompatible, Anthropic, OpenaiResponses, Gemini,
        Ollama,
    }
    /// How a provider wants to be authenticated.
    AuthKind of provider::AuthKind { ApiKey, ApiKeyPair, ServiceAccountJson, None, IamRole, }
    /// What kind of session.
    SessionType of session::SessionType { Agent, AsyncSubagent, }
    /// How the caller of a run reads its stream.
    Transport of session::Transport { Sse, Stream, }
    /// Why a session ended.
    EndReason of session::EndReason { Completed, Interrupted, Error, Budget, Orphaned, }
    /// The stored status of a session.
    SessionStatus of session::SessionStatus {
        Created, Committed, AwaitingToolResults, Failed, Archived,
    }
    /// The live view of a session that has not ended.
    LiveStatus of session::LiveStatus { Executing, WaitingApproval, }
    /// What a crash does to a tool call.
    EffectClass of tool::EffectClass { Pure, Idempotent, Probe, Once, }
}
