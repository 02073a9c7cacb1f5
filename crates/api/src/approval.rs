//! Approvals (WK-013).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use weald_domain::{
    approval::{ApprovalKind, ApprovalState, Subject},
    id::{ApprovalId, ConversationId, SessionId, UserId, WorkspaceId},
    permission::{Decision, Lifetime},
    time::UnixMillis,
};

use crate::schema;

wire! {
    /// A durable question to a person.
    Approval of weald_domain::approval::Approval {
        /// Id.
        #[schema(value_type = Uuid)]
        id: ApprovalId,
        /// Where it belongs.
        #[schema(value_type = Uuid)]
        workspace_id: WorkspaceId,
        /// Whose session asks.
        #[schema(value_type = Uuid)]
        owner_id: UserId,
        /// The conversation that asks.
        #[schema(value_type = Uuid)]
        conversation_id: ConversationId,
        /// The session that asks.
        #[schema(value_type = Uuid)]
        session_id: SessionId,
        /// What is asked.
        #[schema(value_type = schema::ApprovalKind)]
        kind: ApprovalKind,
        /// About what.
        #[schema(value_type = schema::Subject)]
        subject: Subject,
        /// What an answer is bound to.
        args_hash: String,
        /// The question for a person.
        question: String,
        /// The lifetimes a person may choose.
        #[schema(value_type = Vec<schema::Lifetime>)]
        options: Vec<Lifetime>,
        /// Where it stands.
        #[schema(value_type = schema::ApprovalState)]
        state: ApprovalState,
        /// When it expires; never by default.
        #[schema(value_type = Option<DateTime<Utc>>)]
        expires_at: Option<UnixMillis>,
        /// Who answered.
        #[schema(value_type = Option<Uuid>)]
        answered_by: Option<UserId>,
        /// When.
        #[schema(value_type = Option<DateTime<Utc>>)]
        answered_at: Option<UnixMillis>,
        /// For how long, when approved.
        #[schema(value_type = Option<schema::Lifetime>)]
        lifetime: Option<Lifetime>,
        /// Why, when denied.
        reason: Option<String>,
        /// When it was asked.
        #[schema(value_type = DateTime<Utc>)]
        created_at: UnixMillis,
    }
}

/// Which approvals.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApprovalListQuery {
    /// In one state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::ApprovalState>)]
    pub state: Option<ApprovalState>,
    /// Of one conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<Uuid>)]
    pub conversation_id: Option<ConversationId>,
    /// `next` of the page before; without it the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Most items: 50 by default, at most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What a person says to an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalDecision {
    /// The call may run.
    Approve,
    /// The call may not run.
    Deny,
}

impl From<ApprovalDecision> for Decision {
    fn from(decision: ApprovalDecision) -> Self {
        match decision {
            ApprovalDecision::Approve => Self::Allow,
            ApprovalDecision::Deny => Self::Deny,
        }
    }
}

/// An answer; the first one wins.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApprovalAnswerRequest {
    /// Approve or deny.
    pub decision: ApprovalDecision,
    /// For how long, with `approve`; `once` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Lifetime>)]
    pub lifetime: Option<Lifetime>,
    /// Not available in this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub edited_args: Option<Value>,
    /// Why, with `deny`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
