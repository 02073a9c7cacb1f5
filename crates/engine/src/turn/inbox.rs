//! What a turn is told while it works: interrupts, answers, and that Weald stops.

use weald_domain::{
    approval::ApprovalState,
    event::{SessionEvent, session::ApprovalAnswered},
    id::{ApprovalId, InboxId},
    ports::{InboxKind, InboxRow, Write},
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

    /// Looks whether somebody asks the turn to stop, and at nothing else; an inbox that cannot be
    /// read now is looked at later.
    pub(super) async fn look_for_interrupt(&mut self) -> Result<(), Halt> {
        let inbox = &self.engine.ports().inbox;
        let Ok(rows) = inbox.unread(self.session.id).await else {
            return Ok(());
        };
        match interrupt_in(&rows) {
            Some(halt) => {
                self.control.inbox_read();
                Err(halt)
            }
            None => Ok(()),
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
        if let Some(halt) = interrupt_in(&rows) {
            return Err(halt);
        }
        let answered: Vec<_> = rows.iter().filter_map(answered_by).collect();
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

/// The first interrupt of an inbox; it takes everything else with it.
fn interrupt_in(rows: &[InboxRow]) -> Option<Halt> {
    let first = rows.iter().find_map(|row| match &row.kind {
        InboxKind::Interrupt { by, reason } => Some((*by, reason.clone())),
        InboxKind::ApprovalAnswered { .. } => None,
    });
    first.map(|(by, reason)| Halt::Interrupt {
        rows: rows.iter().map(|row| row.id).collect(),
        by,
        reason,
    })
}

/// The approval whose answer a row tells of.
fn answered_by(row: &InboxRow) -> Option<(InboxId, ApprovalId)> {
    match &row.kind {
        InboxKind::ApprovalAnswered { approval_id } => Some((row.id, *approval_id)),
        InboxKind::Interrupt { .. } => None,
    }
}
