//! Session rows: the read side. Their writes are journal appends.

use async_trait::async_trait;
use weald_domain::{
    access::Access,
    id::{ConversationId, SessionId, WorkspaceId},
    message::Message,
    ports::{Page, PageRequest, SessionFilter, Sessions, StoreError},
    session::{ActiveSession, LiveStatus, Session},
};

use super::{
    Read, Row, Sql,
    column::{self, to_json, to_name},
    page, sql,
    statement::Bind,
    tx::Tx,
};
use crate::store::Store;

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace_id, owner_id, conversation_id, parent_session_id,
                parent_message_id, session_type, preset_id, model_id, agent, project_ids,
                transport, status, end_reason, input_message_id, final_message_id, run_summary,
                error, created_at, ended_at
             FROM session ",
            $rest
        )
    };
}

/// Lists sessions, oldest first, of any conversation.
const LIST: &str = columns!(
    "WHERE workspace_id IN (SELECT value FROM json_each(?1))
        AND (?2 IS NULL OR conversation_id = ?2)
        AND (?3 IS NULL OR status = ?3)
        AND (?4 IS NULL OR session_type = ?4)
        AND (?5 IS NULL OR id > ?5)
     ORDER BY id LIMIT ?6"
);
/// Lists the sessions of one conversation, by its index.
const LIST_OF_CONVERSATION: &str = columns!(
    "WHERE workspace_id IN (SELECT value FROM json_each(?1))
        AND conversation_id = ?2
        AND (?3 IS NULL OR status = ?3)
        AND (?4 IS NULL OR session_type = ?4)
        AND (?5 IS NULL OR id > ?5)
     ORDER BY id LIMIT ?6"
);

/// Reads one session by its id.
pub(crate) const BY_ID: &str = columns!("WHERE id = ?");

impl Read for Session {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            workspace_id: column::id(row, "workspace_id")?,
            owner_id: column::id(row, "owner_id")?,
            conversation_id: column::id(row, "conversation_id")?,
            parent_session_id: column::opt_id(row, "parent_session_id")?,
            parent_message_id: column::opt_id(row, "parent_message_id")?,
            session_type: column::named(row, "session_type")?,
            preset_id: column::parsed(row, "preset_id")?,
            model_id: column::text(row, "model_id")?,
            agent: column::json(row, "agent")?,
            project_ids: column::json(row, "project_ids")?,
            transport: column::named(row, "transport")?,
            status: column::named(row, "status")?,
            end_reason: column::opt_named(row, "end_reason")?,
            input_message_id: column::id(row, "input_message_id")?,
            final_message_id: column::opt_id(row, "final_message_id")?,
            run_summary: column::opt_json(row, "run_summary")?,
            error: column::opt_json(row, "error")?,
            created_at: column::millis(row, "created_at")?,
            ended_at: column::opt_millis(row, "ended_at")?,
        })
    }
}

/// Inserts the row of a session that begins.
pub(crate) async fn insert(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO session (id, workspace_id, owner_id, conversation_id, parent_session_id,
                parent_message_id, session_type, preset_id, model_id, agent, project_ids,
                transport, status, end_reason, input_message_id, final_message_id, run_summary,
                error, created_at, ended_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(session.id)
        .bind(session.workspace_id)
        .bind(session.owner_id)
        .bind(session.conversation_id)
        .bind(session.parent_session_id)
        .bind(session.parent_message_id)
        .bind(to_name(&session.session_type)?)
        .bind(session.preset_id.to_string())
        .bind(session.model_id.clone())
        .bind(to_json(&session.agent)?)
        .bind(to_json(&session.project_ids)?)
        .bind(to_name(&session.transport)?)
        .bind(to_name(&session.status)?)
        .bind(session.end_reason.as_ref().map(to_name).transpose()?)
        .bind(session.input_message_id)
        .bind(session.final_message_id)
        .bind(session.run_summary.as_ref().map(to_json).transpose()?)
        .bind(session.error.as_ref().map(to_json).transpose()?)
        .bind(session.created_at.0)
        .bind(session.ended_at.map(|at| at.0)),
    )
    .await?;
    Ok(())
}

struct ActiveRow(ActiveSession);

impl Read for ActiveRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let id = column::id(row, "id")?;
        Ok(Self(ActiveSession::new(
            id,
            column::named(row, "transport")?,
        )))
    }
}

/// The active agent session of a conversation.
pub(crate) async fn active(
    conn: &mut impl Sql,
    conversation: ConversationId,
) -> Result<Option<ActiveSession>, StoreError> {
    let row: Option<ActiveRow> = conn
        .one(
            sql("SELECT id, transport FROM session
                 WHERE conversation_id = ? AND status = 'created' AND session_type = 'agent'")
            .bind(conversation),
        )
        .await?;
    Ok(row.map(|ActiveRow(active)| active))
}

/// Any active session below a condition on its row: of a conversation or of a workspace.
pub(crate) async fn any_active(
    conn: &mut impl Sql,
    condition: &'static str,
    id: impl Bind,
) -> Result<Option<ActiveSession>, StoreError> {
    let row: Option<ActiveRow> = conn.one(sql(condition).bind(id)).await?;
    Ok(row.map(|ActiveRow(active)| active))
}

/// Any active session of a conversation.
pub(crate) const ACTIVE_IN_CONVERSATION: &str =
    "SELECT id, transport FROM session WHERE conversation_id = ? AND status = 'created' LIMIT 1";
/// Any active session of a workspace.
pub(crate) const ACTIVE_IN_WORKSPACE: &str =
    "SELECT id, transport FROM session WHERE workspace_id = ? AND status = 'created' LIMIT 1";

struct Id(SessionId);

impl Read for Id {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::id(row, "id").map(Self)
    }
}

struct Live(LiveStatus);

impl Read for Live {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self(live_status(&column::text(row, "status")?)))
    }
}

/// The live view of a stream's status.
pub(crate) fn live_status(stream: &str) -> LiveStatus {
    if stream == "waiting" {
        LiveStatus::WaitingApproval
    } else {
        LiveStatus::Executing
    }
}

/// The workspaces of a reader.
pub(crate) fn readable(access: &Access) -> Vec<WorkspaceId> {
    access.workspaces.keys().copied().collect()
}

#[async_trait]
impl Sessions for Store {
    async fn list(
        &self,
        access: &Access,
        filter: SessionFilter,
        request: PageRequest,
    ) -> Result<Page<Session>, StoreError> {
        let after: Option<SessionId> = page::after(&request)?;
        let list = match filter.conversation_id {
            Some(_) => LIST_OF_CONVERSATION,
            None => LIST,
        };
        let sessions = self
            .reader()
            .await?
            .all(
                sql(list)
                    .bind(readable(access))
                    .bind(filter.conversation_id)
                    .bind(filter.status.as_ref().map(to_name).transpose()?)
                    .bind(filter.session_type.as_ref().map(to_name).transpose()?)
                    .bind(after)
                    .bind(page::fetch(&request)),
            )
            .await?;
        Ok(page::page(sessions, &request, |session: &Session| {
            session.id
        }))
    }

    async fn get(
        &self,
        access: &Access,
        id: SessionId,
    ) -> Result<Option<(Session, Option<LiveStatus>)>, StoreError> {
        let mut reader = self.reader().await?;
        let session: Option<Session> = reader.one(sql(BY_ID).bind(id)).await?;
        let Some(session) = session.filter(|s| access.may_read(s.workspace_id)) else {
            return Ok(None);
        };
        if session.ended_at.is_some() {
            return Ok(Some((session, None)));
        }
        let live: Option<Live> = reader
            .one(sql("SELECT status FROM stream WHERE id = ?").bind(id))
            .await?;
        Ok(Some((session, live.map(|Live(status)| status))))
    }

    async fn messages(&self, access: &Access, id: SessionId) -> Result<Vec<Message>, StoreError> {
        let mut reader = self.reader().await?;
        let session: Option<Session> = reader.one(sql(BY_ID).bind(id)).await?;
        let Some(session) = session.filter(|s| access.may_read(s.workspace_id)) else {
            return Ok(Vec::new());
        };
        reader
            .all(
                sql(
                    "SELECT id, conversation_id, parent_id, session_id, role, parts, metadata,
                        created_at, updated_at
                     FROM message WHERE session_id = ?1 OR id = ?2
                     ORDER BY id = ?2 DESC, id",
                )
                .bind(id)
                .bind(session.input_message_id),
            )
            .await
    }

    async fn active(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<ActiveSession>, StoreError> {
        active(&mut self.reader().await?, conversation).await
    }

    async fn latest(&self, conversation: ConversationId) -> Result<Option<SessionId>, StoreError> {
        let row: Option<Id> = self
            .reader()
            .await?
            .one(
                sql("SELECT id FROM session
                     WHERE conversation_id = ? AND session_type = 'agent' AND status = 'committed'
                     ORDER BY id DESC LIMIT 1")
                .bind(conversation),
            )
            .await?;
        Ok(row.map(|Id(id)| id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::migrate::plan;

    #[tokio::test]
    async fn the_sessions_of_a_conversation_are_found_by_their_index() {
        let steps = plan(LIST_OF_CONVERSATION).await;
        assert!(
            steps.contains("session_of_conversation (conversation_id=?"),
            "{steps}"
        );
        assert!(!steps.contains("TEMP B-TREE"), "{steps}");
    }
}
