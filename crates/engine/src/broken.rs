//! Sessions that nobody can drive: after a panic, or because what is stored of them is damaged.
//! They are settled at once, so that their conversations are free and somebody can see why.

use std::{error::Error, panic::AssertUnwindSafe};

use futures::FutureExt;
use tracing::error;
use weald_domain::{
    event::{
        NewEvent, SessionEvent,
        session::{FailReason, RunFailed},
    },
    id::SessionId,
    message::MessageError,
    ports::{Append, AppendError, StoreError, Write},
    session::{EndReason, RunSummary, SessionStatus},
};

use crate::{Engine, turn::Turn};

impl Engine {
    /// Ends a session whose turn panicked. A turn made only for that reads it anew, so that the
    /// text is kept; should that fail as well, the session ends as it is stored.
    pub(crate) async fn settle_broken(&self, id: SessionId) {
        error!(session.id = %id, "the turn of session {id} panicked");
        let settled = AssertUnwindSafe(self.settle_anew(id)).catch_unwind().await;
        match settled {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                error!(session.id = %id, error = &error as &dyn Error,
                    "session {id} ends without its newest text");
                self.end_unread(id, broken()).await;
            }
            Err(_) => {
                error!(session.id = %id, "session {id} panicked again and ends without its newest text");
                self.end_unread(id, broken()).await;
            }
        }
    }

    async fn settle_anew(&self, id: SessionId) -> Result<(), StoreError> {
        let control = self.inner.registry.reseat(id);
        let journal = &self.ports().journal;
        journal.abandon(id).await?;
        if let Some(claimed) = journal.claim(id).await? {
            let (seed, open_steps) = self.seat(claimed, control).await?;
            Turn::broken(self.clone(), seed, open_steps, broken())
                .drive()
                .await;
        }
        Ok(())
    }

    /// Ends a session as it is stored, without reading its history; whether that was possible.
    pub(crate) async fn end_unread(&self, id: SessionId, error: MessageError) -> bool {
        match self.try_end_unread(id, error).await {
            Ok(ended) => ended,
            Err(error) => {
                let error = &error as &dyn Error;
                error!(session.id = %id, error, "session {id} cannot be ended now");
                false
            }
        }
    }

    async fn try_end_unread(
        &self,
        id: SessionId,
        error: MessageError,
    ) -> Result<bool, AppendError> {
        let ports = self.ports();
        ports.journal.abandon(id).await?;
        let Some(lease) = ports.journal.seize(id).await? else {
            return Ok(false);
        };
        let at = self.now();
        let failed: SessionEvent = RunFailed {
            status: SessionStatus::Failed,
            reason: FailReason::Error,
            error: error.clone(),
            partial: false,
            message_id: None,
            run_summary: RunSummary::default(),
        }
        .into();
        let failed = NewEvent::session(&failed).map_err(|source| StoreError::Corrupt {
            what: "a terminal event",
            source: Box::new(source),
        })?;
        let end = Write::End {
            status: SessionStatus::Failed,
            end_reason: EndReason::Error,
            final_message_id: None,
            run_summary: RunSummary::default(),
            error: Some(error),
            at,
        };
        let append = Append {
            lease,
            events: vec![failed],
            writes: vec![Write::ExpireApprovals { at }, end],
            at,
        };
        if let Err(error) = ports.journal.append(append).await {
            // The next tick tries again.
            ports.journal.abandon(id).await?;
            return Err(error);
        }
        ports.live.close(id, at).await;
        Ok(true)
    }
}

/// What a person reads of a session whose turn panicked.
fn broken() -> MessageError {
    MessageError {
        code: "internal".into(),
        message: "a fault inside Weald ended the answer; the log says which".into(),
        retryable: true,
    }
}

/// What a person reads of a session that is damaged in storage.
pub(crate) fn damaged(error: &StoreError) -> MessageError {
    MessageError {
        code: "storage_corrupt".into(),
        message: error.to_string(),
        retryable: false,
    }
}
