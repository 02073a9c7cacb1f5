//! What a turn is told while it works: interrupts, answers, and that Weald stops.

use weald_domain::{
    approval::ApprovalState,
    event::{SessionEvent, session::ApprovalAnswered},
    ports::{InboxKind, Write},
};

use super::{Halt, Turn};
use crate::registry::Nudge;

impl Turn {
    /// Deals with a nudge; `Ok` when the turn goes on as it was.
    pub(super) async fn heed(&mut self, nudge: Nudge) -> Result<(), Halt> {
        match nudge {
            Nudge::Lost => Err(Halt::Lost),
            Nudge::HandBack => Err(Halt::HandBack),
            Nudge::Inbox => self.read_inbox().await,
        }
    }

    /// Reads the inbox: an interrupt stops the turn, answers become events.
    pub(super) async fn read_inbox(&mut self) -> Result<(), Halt> {
        self.control.inbox_read();
        let ports = self.engine.ports();
        let rows = ports
            .inbox
            .unread(self.session.id)
            .await
            .map_err(Halt::Storage)?;
        let mut answered = Vec::new();
        let mut interrupt = None;
        for row in &rows {
            match &row.kind {
                InboxKind::Interrupt { by, reason } => {
                    interrupt.get_or_insert((*by, reason.clone()));
                }
                InboxKind::ApprovalAnswered { approval_id } => {
                    answered.push((row.id, *approval_id))
                }
            }
        }
        if let Some((by, reason)) = interrupt {
            let rows = rows.into_iter().map(|row| row.id).collect();
            return Err(Halt::Interrupt { rows, by, reason });
        }
        if answered.is_empty() {
            return Ok(());
        }
        let approvals = ports
            .approvals
            .of_session(self.session.id)
            .await
            .map_err(Halt::Storage)?;
        let mut events = Vec::new();
        for (_, id) in &answered {
            let approval = approvals.iter().find(|approval| approval.id == *id);
            if let Some(approval) = approval.filter(|a| a.state != ApprovalState::Pending) {
                events.push(SessionEvent::from(ApprovalAnswered {
                    approval_id: approval.id,
                    state: approval.state,
                    answered_by: approval.answered_by,
                    lifetime: approval.lifetime,
                    reason: approval.reason.clone(),
                }));
            }
        }
        let ids = answered.into_iter().map(|(row, _)| row).collect();
        self.commit(events, vec![Write::Consumed { ids }])
            .await
            .map(drop)
    }
}
