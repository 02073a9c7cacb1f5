//! The journal: append-only streams of executions, fenced by epoch and head (design/orchestration).
//!
//! An append is one transaction: the fence, the events, and the [`Write`]s that project them into
//! tables. 0 rows hit by the fence = [`AppendError::Fenced`]: the holder drops its state and stops.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    approval::Approval,
    asset::Asset,
    audit::NewAudit,
    conversation::Conversation,
    event::{Envelope, NewEvent, StreamOrigin},
    id::{ConversationId, InboxId, MessageId, SessionId, UserId},
    message::{Message, MessageError, MessageMetadata, Part},
    session::{ActiveSession, EndReason, RunSummary, Session, SessionStatus},
    time::UnixMillis,
    tool::EffectClass,
};

/// The right to append to a stream: who holds the newest epoch and knows the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The session whose stream it is.
    pub session_id: SessionId,
    /// Grows with every claim.
    pub epoch: u64,
    /// Newest sequence number.
    pub head_seq: u64,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepStatus {
    /// It may have begun.
    Intent,
    /// It has a result.
    Done,
    /// It failed.
    Failed,
    /// A crash hid what became of it.
    Unknown,
}

/// A projection that an append writes in its transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// A new node of the tree, which becomes the selected leaf of its conversation.
    Message(Message),
    /// New parts and metadata of a message of this session: a checkpoint, an end, a tool result.
    Parts {
        /// The message.
        message_id: MessageId,
        /// All its parts.
        parts: Vec<Part>,
        /// Its metadata.
        metadata: MessageMetadata,
        /// When.
        at: UnixMillis,
    },
    /// A step that may begin once this is committed. A second intent of a key is a new attempt.
    StepIntent {
        /// `t1/m1`, `t1/c…`
        key: String,
        /// What a crash does to it.
        effect: EffectClass,
        /// SHA-256 of its input.
        input_hash: String,
    },
    /// What became of a step.
    StepEnd {
        /// `t1/m1`, `t1/c…`
        key: String,
        /// Where it stands now.
        status: StepStatus,
    },
    /// A question to a person.
    Approval(Approval),
    /// All pending approvals of this session expire.
    ExpireApprovals {
        /// When.
        at: UnixMillis,
    },
    /// Inbox rows that these events consumed.
    Consumed {
        /// The rows.
        ids: Vec<InboxId>,
    },
    /// A stored file; its bytes were stored before.
    Asset(Asset),
    /// An audit entry, in the chain of its workspace.
    Audit(NewAudit),
    /// The session ended: its row is settled, its stream terminal and without an owner.
    End {
        /// `committed`, `awaiting_tool_results` or `failed`.
        status: SessionStatus,
        /// Why.
        end_reason: EndReason,
        /// The last assistant message.
        final_message_id: Option<MessageId>,
        /// Usage and duration.
        run_summary: RunSummary,
        /// What went wrong.
        error: Option<MessageError>,
        /// When.
        at: UnixMillis,
    },
    /// The session parks: its stream `waiting`, without an owner. When unconsumed inbox rows wait
    /// at this moment it becomes `runnable` instead, so that no answer is missed.
    Park,
    /// The session is handed back: its stream `runnable`, without an owner.
    HandBack,
}

/// One append.
#[derive(Debug, Clone)]
pub struct Append {
    /// The fence.
    pub lease: Lease,
    /// Events in order; none for a checkpoint.
    pub events: Vec<NewEvent>,
    /// Projections.
    pub writes: Vec<Write>,
    /// Stamp of the events.
    pub at: UnixMillis,
}

/// What an append wrote. The frames were published to readers before it returned.
#[derive(Debug, Clone)]
pub struct Appended {
    /// The lease with its new head.
    pub lease: Lease,
    /// Whether a [`Write::Park`] found waiting inbox rows and made the stream `runnable`.
    pub runnable: bool,
}

/// Why an append wrote nothing.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else holds the stream: drop all state and stop.
    #[error("the stream has another owner")]
    Fenced,
    /// An event payload above 8 MiB.
    #[error("an event payload is too large")]
    TooLarge,
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The conversation of a new run.
#[derive(Debug, Clone, PartialEq)]
pub enum RunConversation {
    /// It exists.
    Existing(ConversationId),
    /// It is made in the same transaction.
    New(Box<Conversation>),
}

/// The request key of a run, kept with its session in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunKey {
    /// The `Idempotency-Key`.
    pub key: String,
    /// SHA-256 of the request.
    pub request_hash: String,
}

/// The first append of a session: conversation, messages, session, stream and events at once.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The conversation.
    pub conversation: RunConversation,
    /// The session row.
    pub session: Session,
    /// The input message, when it is new (a regenerate has none).
    pub input: Option<Message>,
    /// The open assistant message of the first model call; becomes the selected leaf.
    pub reply: Message,
    /// Preset slug, stamped on the events.
    pub agent_id: String,
    /// `run_started`, `message_start`.
    pub events: Vec<NewEvent>,
    /// The intent of the first model call.
    pub step_key: String,
    /// Set when the caller sent an `Idempotency-Key`.
    pub key: Option<RunKey>,
    /// When.
    pub at: UnixMillis,
}

/// What became of a new run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It runs; the caller holds its lease.
    Started(Lease),
    /// The same request key began this session before.
    Repeated(SessionId),
}

/// Why a run did not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The conversation has an active agent session (409 `conversation_busy`).
    #[error("the conversation is busy")]
    Busy(ActiveSession),
    /// The request key was used with another request (422 `key_reused`).
    #[error("the request key was used with another request")]
    KeyReused,
    /// The conversation, or the parent message in it, is gone (404).
    #[error("the conversation or its parent message is gone")]
    Gone,
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What waits in a session's inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboxKind {
    /// Stop.
    Interrupt {
        /// Who.
        by: Option<UserId>,
        /// Why.
        reason: Option<String>,
    },
    /// An approval of this session was answered; its row says how.
    ApprovalAnswered {
        /// Which.
        approval_id: crate::id::ApprovalId,
    },
}

/// A row of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// Id of the row.
    pub id: InboxId,
    /// What it says.
    pub kind: InboxKind,
}

/// What became of a posted row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Posted {
    /// The owner that runs the session will read it.
    ToOwner,
    /// The session was parked; its stream is `runnable` now: claim it.
    Runnable,
    /// The session has ended.
    Ended,
}

/// The inbox of a session: durable, so that any process may write to it.
#[async_trait]
pub trait Inbox: Send + Sync + 'static {
    /// Posts a row; wakes a parked stream in the same transaction.
    async fn post(
        &self,
        session: SessionId,
        row: InboxRow,
        at: UnixMillis,
    ) -> Result<Posted, StoreError>;
    /// The rows not yet consumed, oldest first.
    async fn unread(&self, session: SessionId) -> Result<Vec<InboxRow>, StoreError>;
}

/// A stream that waits for an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The session.
    pub session_id: SessionId,
    /// Its owner died without handing it back (NB-21); else it was handed back or woken.
    pub orphaned: bool,
}

/// A claimed stream with all that its new owner needs.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The lease, with a higher epoch than ever before.
    pub lease: Lease,
    /// The session row.
    pub session: Session,
    /// Its origin.
    pub origin: StreamOrigin,
    /// Its events, oldest first.
    pub events: Vec<Envelope>,
    /// The keys of steps with an intent and no result.
    pub open_steps: Vec<(String, EffectClass)>,
}

/// The streams of executions.
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Begins a session: see [`NewRun`].
    async fn begin(&self, run: NewRun) -> Result<Begun, BeginError>;
    /// Appends under the fence and publishes the events to readers.
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;
    /// Claims a `runnable` or orphaned stream; `None` when somebody else was faster or it ended.
    async fn claim(&self, session: SessionId) -> Result<Option<Claimed>, StoreError>;
    /// Claims one whose history cannot be read: only to end it.
    async fn seize(&self, session: SessionId) -> Result<Option<Lease>, StoreError>;
    /// Lets go of a stream that this process owns and cannot drive: it is an orphan from now on,
    /// as if its owner had died. Harmless when somebody else owns it.
    async fn abandon(&self, session: SessionId) -> Result<(), StoreError>;
    /// The streams that wait for an owner: `runnable` ones, and running ones whose owner is gone.
    async fn waiting(&self) -> Result<Vec<Waiting>, StoreError>;
    /// Renews the leases of this process; the sessions it no longer owns.
    async fn renew(&self) -> Result<Vec<SessionId>, StoreError>;
}
