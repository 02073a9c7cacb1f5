//! A host that starts a worker, lets it hang and waits to be killed, for the tests of the host.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;
use weald_domain::{
    access::Access,
    approval::{Approval, ApprovalState},
    id::{ApprovalId, ConversationId, SessionId, UserId, WorkspaceId},
    permission::Grant,
    ports::{
        AnswerError, Approvals, CallContext, NewAnswer, Page, PageRequest, StoreError, ToolCall,
        ToolHost,
    },
};
use weald_worker_host::{Config, Registry, WorkerCommand, WorkerHost};

struct NoGrants;

#[async_trait]
impl Approvals for NoGrants {
    async fn list(
        &self,
        _: &Access,
        _: Option<ApprovalState>,
        _: Option<ConversationId>,
        _: PageRequest,
    ) -> Result<Page<Approval>, StoreError> {
        Ok(Page {
            items: vec![],
            next: None,
        })
    }

    async fn get(&self, _: &Access, _: ApprovalId) -> Result<Option<Approval>, StoreError> {
        Ok(None)
    }

    async fn answer(
        &self,
        _: &Access,
        _: ApprovalId,
        _: NewAnswer,
    ) -> Result<Option<Approval>, AnswerError> {
        Ok(None)
    }

    async fn of_session(&self, _: SessionId) -> Result<Vec<Approval>, StoreError> {
        Ok(vec![])
    }

    async fn grants(&self, _: WorkspaceId) -> Result<Vec<Grant>, StoreError> {
        Ok(vec![])
    }
}

/// Arguments: the odd worker, what it shall do, the file for its process id.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args_os().skip(1);
    let program = PathBuf::from(args.next().ok_or("no program")?);
    let what = args
        .next()
        .ok_or("no deed")?
        .into_string()
        .map_err(|_| "not UTF-8")?;
    let note = args
        .next()
        .ok_or("no file")?
        .into_string()
        .map_err(|_| "not UTF-8")?;
    let version = semver::Version::new(0, 1, 0);
    let manifest = include_str!("odd_worker/manifest.json");
    let host = WorkerHost::new(
        Config::new(
            WorkerCommand {
                program,
                args: vec![],
                env: vec![],
            },
            version.clone(),
        ),
        Registry::builtin(&[manifest], &version)?,
        Arc::new(NoGrants),
        TaskTracker::new(),
        &CancellationToken::new(),
    );
    let context = CallContext {
        workspace_id: WorkspaceId(Uuid::nil()),
        owner_id: UserId(Uuid::nil()),
        conversation_id: ConversationId(Uuid::nil()),
        session_id: SessionId(Uuid::nil()),
        projects: vec![],
    };
    let call = ToolCall {
        call_id: "c".into(),
        tool: "odd_do".into(),
        args: serde_json::json!({ "what": what, "note": note }),
    };
    host.call(&context, &call, &[]).await?;
    Ok(())
}
