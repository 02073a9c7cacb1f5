//! The first append of a session: everything of it in one transaction.

use weald_domain::{
    event::{
        EditEvent, StreamOrigin,
        edit::{Change, Thing},
    },
    id::{ConversationId, MessageId, SessionId, StreamId},
    limits::IDEMPOTENCY_KEY_MS,
    ports::{BeginError, Begun, Lease, NewRun, RunConversation, RunKey, StoreError},
    session::{ActiveSession, Session, SessionType},
    time::UnixMillis,
    tool::EffectClass,
};

use super::{Owner, format, project, session_origin};
use crate::{
    bus::Outgoing,
    fail_points,
    sql::{
        Read, Row, Sql, column, conversations, edits,
        events::{self, Place, PrepareError, Prepared},
        lock::Lock,
        messages, sessions, sql,
        tx::Tx,
    },
    store::Store,
};

/// Epoch of a stream that begins.
const FIRST_EPOCH: u64 = 1;

impl Store {
    pub(super) async fn begin_session(&self, mut run: NewRun) -> Result<Begun, BeginError> {
        let session = run.session.id;
        let events = std::mem::take(&mut run.events);
        let events = events::prepare(&self.0.blobs, StreamId::from(session), events)
            .await
            .map_err(|e| match e {
                PrepareError::TooLarge => StoreError::Corrupt {
                    what: "the first events of a session",
                    source: "a payload is too large".into(),
                },
                PrepareError::Store(e) => e,
            })?;
        let owner = self.as_owner();
        self.0
            .writer
            .write(fail_points::BEGIN, move |tx| {
                Box::pin(begin(tx, run, events, owner))
            })
            .await
    }
}

async fn begin(
    tx: &mut Tx,
    run: NewRun,
    events: Vec<Prepared>,
    owner: Owner,
) -> Result<Begun, BeginError> {
    tx.lock(Lock::Workspace(run.session.workspace_id)).await?;
    if let Some(key) = &run.key
        && let Some(session) = known_key(tx, &run.session, key, run.at).await?
    {
        return Ok(Begun::Repeated(session));
    }
    let session = &run.session;
    open_conversation(tx, &run).await?;
    sessions::insert(tx, session).await?;
    if let Some(input) = &run.input {
        messages::insert(tx, input, session.workspace_id, session.owner_id).await?;
    }
    messages::insert(tx, &run.reply, session.workspace_id, session.owner_id).await?;
    conversations::select_leaf(tx, session.conversation_id, run.reply.id, run.at).await?;
    let origin = session_origin(
        session.id,
        session.workspace_id,
        session.conversation_id,
        Some(run.agent_id.clone()),
    );
    let head_seq = events.len() as u64;
    insert_stream(tx, &run, &origin, head_seq, &owner).await?;
    tx.publish(Outgoing::Began(origin.clone()));
    for (seq, event) in (1..).zip(events) {
        let place = Place {
            seq,
            epoch: FIRST_EPOCH,
            at: run.at,
            user_id: None,
            conversation_id: None,
        };
        events::append(tx, &origin, place, event);
    }
    project::step_intent(
        tx,
        session.id,
        &run.step_key,
        EffectClass::Pure,
        "",
        head_seq,
    )
    .await?;
    Ok(Begun::Started(Lease {
        session_id: session.id,
        epoch: FIRST_EPOCH,
        head_seq,
    }))
}

struct KeyRow {
    request_hash: String,
    session_id: Option<SessionId>,
}

impl Read for KeyRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            request_hash: column::text(row, "request_hash")?,
            session_id: column::opt_id(row, "session_id")?,
        })
    }
}

/// The session that a request key began before; else the key is kept for this session.
async fn known_key(
    tx: &mut Tx,
    session: &Session,
    key: &RunKey,
    at: UnixMillis,
) -> Result<Option<SessionId>, BeginError> {
    let kept = tx
        .execute(
            sql(
                "INSERT INTO request_key (owner_id, key, request_hash, session_id, expires_at,
                    created_at)
                 VALUES (?, ?, ?, ?, ?, ?)
                 ON CONFLICT (owner_id, key) DO UPDATE SET request_hash = excluded.request_hash,
                    session_id = excluded.session_id, response_status = NULL,
                    response_body = NULL, expires_at = excluded.expires_at,
                    created_at = excluded.created_at
                 WHERE request_key.expires_at <= excluded.created_at
                    OR (request_key.session_id IS NULL
                        AND request_key.request_hash = excluded.request_hash)",
            )
            .bind(session.owner_id)
            .bind(key.key.clone())
            .bind(key.request_hash.clone())
            .bind(session.id)
            .bind(at.plus_millis(IDEMPOTENCY_KEY_MS).0)
            .bind(at.0),
        )
        .await?;
    if kept == 1 {
        return Ok(None);
    }
    let row: Option<KeyRow> = tx
        .one(
            sql("SELECT request_hash, session_id FROM request_key WHERE owner_id = ? AND key = ?")
                .bind(session.owner_id)
                .bind(key.key.clone()),
        )
        .await?;
    match row {
        Some(row) if row.request_hash == key.request_hash => Ok(row.session_id),
        Some(_) | None => Err(BeginError::KeyReused),
    }
}

/// Makes the conversation, or makes sure that it is there, holds the parent, and is not busy.
async fn open_conversation(tx: &mut Tx, run: &NewRun) -> Result<(), BeginError> {
    let session = &run.session;
    match &run.conversation {
        RunConversation::New(conversation) => {
            conversations::insert(tx, conversation).await?;
            let event = EditEvent {
                thing: Thing::Conversation,
                change: Change::Created,
                id: conversation.id.to_string(),
                fields: Vec::new(),
                by: Some(session.owner_id),
            };
            let home = edits::Home::Conversation(conversation.workspace_id, conversation.id);
            edits::append(tx, home, event, run.at).await?;
        }
        RunConversation::Existing(id) => {
            if !conversations::exists(tx, *id, session.workspace_id).await? {
                return Err(BeginError::Gone);
            }
            if session.session_type == SessionType::Agent
                && let Some(active) = active(tx, *id).await?
            {
                return Err(BeginError::Busy(active));
            }
        }
    }
    let made_here = run.input.as_ref().map(|input| input.id);
    let parents = [
        run.input.as_ref().and_then(|input| input.parent_id),
        run.reply.parent_id.filter(|id| Some(*id) != made_here),
    ];
    for parent in parents.into_iter().flatten() {
        if !is_in(tx, parent, session.conversation_id).await? {
            return Err(BeginError::Gone);
        }
    }
    Ok(())
}

async fn active(
    tx: &mut Tx,
    conversation: ConversationId,
) -> Result<Option<ActiveSession>, StoreError> {
    sessions::active(tx, conversation).await
}

struct Found;

impl Read for Found {
    fn read(_: &Row) -> Result<Self, StoreError> {
        Ok(Self)
    }
}

async fn is_in(
    tx: &mut Tx,
    message: MessageId,
    conversation: ConversationId,
) -> Result<bool, StoreError> {
    let found: Option<Found> = tx
        .one(
            sql("SELECT id FROM message WHERE id = ? AND conversation_id = ?")
                .bind(message)
                .bind(conversation),
        )
        .await?;
    Ok(found.is_some())
}

async fn insert_stream(
    tx: &mut Tx,
    run: &NewRun,
    origin: &StreamOrigin,
    head_seq: u64,
    owner: &Owner,
) -> Result<(), StoreError> {
    tx.execute(
        sql(
            "INSERT INTO stream (id, workspace_id, owner_id, conversation_id, agent_id, kind,
                status, format, head_seq, epoch, owner_node, owner_incarnation, lease_until,
                created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, 'session', 'running', ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(origin.stream_id)
        .bind(run.session.workspace_id)
        .bind(run.session.owner_id)
        .bind(run.session.conversation_id)
        .bind(run.agent_id.clone())
        .bind(format())
        .bind(column::to_int(head_seq))
        .bind(column::to_int(FIRST_EPOCH))
        .bind(owner.node.clone())
        .bind(owner.incarnation.clone())
        .bind(owner.lease_until.0)
        .bind(run.at.0)
        .bind(run.at.0),
    )
    .await?;
    Ok(())
}
