//! Event rows: what is stored of an event, and how it is made whole again when it is read.
//!
//! Text is stored once, in `message.parts`. The members of [`TEXT`] are taken out of a payload
//! before it is stored and filled in from the message when it is read; the hash is of what is
//! stored.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use serde_json::{Map, Value, json, value::RawValue};
use sha2::{Digest, Sha256};
use weald_domain::{
    cursor::Cursor,
    event::{Envelope, NewEvent, StreamOrigin, Topic},
    id::{ConversationId, MessageId, SessionId, StreamId, UserId, WorkspaceId},
    limits::{EVENT_INLINE_MAX, EVENT_PAYLOAD_MAX},
    message::{Part, ToolState},
    ports::{Blobs, Frame, StoreError},
    time::UnixMillis,
    tool::ToolContent,
};

use super::{
    Read, Row, Sql, Statement,
    column::{self, to_int},
    sql,
    tx::Tx,
};
use crate::blobs::FolderBlobs;

/// Event type, the member that holds text, and the member that names its message.
const TEXT: [(&str, &str, &str); 3] = [
    ("run_started", "input", "input_message_id"),
    ("run_completed", "final_message", "message_id"),
    ("tool_call_result", "content", "message_id"),
];

fn text_of(kind: &str) -> Option<(&'static str, &'static str)> {
    TEXT.iter()
        .find(|(event, ..)| *event == kind)
        .map(|(_, member, message)| (*member, *message))
}

fn corrupt(source: serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        what: "an event payload",
        source: Box::new(source),
    }
}

/// An event made ready for its row: stripped, hashed, its payload inline or in a blob.
#[derive(Debug)]
pub(crate) struct Prepared {
    event: NewEvent,
    payload: Option<String>,
    blob_ref: Option<String>,
    hash: String,
}

impl Prepared {
    /// An event that is known to be small and without text of a message.
    pub(crate) fn small(event: NewEvent) -> Self {
        let payload = event.payload.get().to_owned();
        Self {
            hash: hex::encode(Sha256::digest(payload.as_bytes())),
            payload: Some(payload),
            blob_ref: None,
            event,
        }
    }
}

/// An event payload above the limit, or a failure of storage.
pub(crate) enum PrepareError {
    TooLarge,
    Store(StoreError),
}

impl From<StoreError> for PrepareError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Makes events ready; large payloads are written and synced before the append begins.
pub(crate) async fn prepare(
    blobs: &FolderBlobs,
    stream: StreamId,
    events: Vec<NewEvent>,
) -> Result<Vec<Prepared>, PrepareError> {
    let mut prepared = Vec::with_capacity(events.len());
    for event in events {
        let text = strip(&event)?;
        if text.len() > EVENT_PAYLOAD_MAX {
            return Err(PrepareError::TooLarge);
        }
        let hash = hex::encode(Sha256::digest(text.as_bytes()));
        let (payload, blob_ref) = if text.len() > EVENT_INLINE_MAX {
            let name = format!("{}/{hash}", blob_folder(stream));
            blobs.put(&name, Bytes::from(text)).await?;
            (None, Some(name))
        } else {
            (Some(text), None)
        };
        prepared.push(Prepared {
            event,
            payload,
            blob_ref,
            hash,
        });
    }
    Ok(prepared)
}

/// Where the large payloads of a stream are.
pub(crate) fn blob_folder(stream: StreamId) -> String {
    format!("blobs/{stream}")
}

fn strip(event: &NewEvent) -> Result<String, StoreError> {
    let Some((member, _)) = text_of(&event.event_type) else {
        return Ok(event.payload.get().to_owned());
    };
    let mut payload: Map<String, Value> =
        serde_json::from_str(event.payload.get()).map_err(corrupt)?;
    if payload.shift_remove(member).is_none() {
        return Ok(event.payload.get().to_owned());
    }
    serde_json::to_string(&payload).map_err(corrupt)
}

/// Where an event stands in its stream, and whom a topic stream's event is about.
pub(crate) struct Place {
    pub(crate) seq: u64,
    pub(crate) epoch: u64,
    pub(crate) at: UnixMillis,
    /// Set when only this user may see it.
    pub(crate) user_id: Option<UserId>,
    /// The conversation that a topic stream's event is about.
    pub(crate) conversation_id: Option<ConversationId>,
}

/// An event on its way to its place in the feed.
pub(crate) struct NewRow {
    origin: StreamOrigin,
    place: Place,
    prepared: Prepared,
}

/// Appends an event, which is published, whole, once the transaction is committed.
pub(crate) fn append(tx: &mut Tx, origin: &StreamOrigin, place: Place, prepared: Prepared) {
    tx.leave_event(NewRow {
        origin: origin.clone(),
        place,
        prepared,
    });
}

/// The columns of an event, in the order in which [`NewRow::bind`] binds them.
macro_rules! columns {
    () => {
        "pos, stream_id, seq, epoch, kind, version, step_key, user_id, conversation_id, payload, \
         blob_ref, hash, at"
    };
}

/// An event whose place is known.
const ONE: &str = concat!(
    "INSERT INTO event (",
    columns!(),
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
);
/// Two of them.
const TWO: &str = concat!(
    "INSERT INTO event (",
    columns!(),
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
);
/// On PostgreSQL: draws the places of a job and fills the first one, in one round trip.
const FIRST: &str = concat!(
    "WITH head AS (UPDATE feed SET head_pos = head_pos + ?1 RETURNING head_pos)
     INSERT INTO event (",
    columns!(),
    ") SELECT head_pos - ?1 + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM head
     RETURNING pos"
);
/// The same with the first two.
const FIRST_TWO: &str = concat!(
    "WITH head AS (UPDATE feed SET head_pos = head_pos + ?1 RETURNING head_pos)
     INSERT INTO event (",
    columns!(),
    ") SELECT head_pos - ?1 + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM head
     UNION ALL SELECT head_pos - ?1 + 2, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25
        FROM head
     RETURNING pos"
);

struct Pos(u64);

impl Read for Pos {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::count(row, "pos").map(Self)
    }
}

/// Inserts the events of a job at the next places of the feed; what readers get.
pub(super) async fn insert(tx: &mut Tx, rows: Vec<NewRow>) -> Result<Vec<Frame>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let count = rows.len() as u64;
    let (first, done) = match tx.draw(count) {
        Some(first) => (first, 0),
        None => draw_and_insert(tx, &rows).await?,
    };
    let mut pos = first + done as u64;
    for pair in rows[done..].chunks(2) {
        let text = if pair.len() == 2 { TWO } else { ONE };
        let mut statement = sql(text);
        for row in pair {
            statement = row.bind(statement.bind(to_int(pos)));
            pos += 1;
        }
        tx.execute(statement).await?;
    }
    let frames = (first..).zip(rows).map(|(pos, row)| row.frame(pos));
    Ok(frames.collect())
}

/// Draws all places on PostgreSQL and fills one or two; the first place, and how many are filled.
async fn draw_and_insert(tx: &mut Tx, rows: &[NewRow]) -> Result<(u64, usize), StoreError> {
    let filled = rows.len().min(2);
    let text = if filled == 2 { FIRST_TWO } else { FIRST };
    let statement = sql(text).bind(to_int(rows.len() as u64));
    let statement = rows[..filled]
        .iter()
        .fold(statement, |all, row| row.bind(all));
    let places: Vec<Pos> = tx.all(statement).await?;
    let first = places.into_iter().map(|Pos(pos)| pos).min();
    first
        .map(|first| (first, filled))
        .ok_or_else(|| StoreError::Corrupt {
            what: "the head of the feed",
            source: "there is none".into(),
        })
}

impl NewRow {
    /// Binds all but the place in the feed.
    fn bind(&self, statement: Statement) -> Statement {
        let (place, prepared) = (&self.place, &self.prepared);
        let event = &prepared.event;
        statement
            .bind(self.origin.stream_id)
            .bind(to_int(place.seq))
            .bind(to_int(place.epoch))
            .bind(event.event_type.clone())
            .bind(i64::from(event.version))
            .bind(event.step_key.clone())
            .bind(place.user_id)
            .bind(place.conversation_id)
            .bind(prepared.payload.clone())
            .bind(prepared.blob_ref.clone())
            .bind(prepared.hash.clone())
            .bind(place.at.0)
    }

    /// What readers get.
    fn frame(self, pos: u64) -> Frame {
        let Self {
            origin,
            place,
            prepared,
        } = self;
        let event = prepared.event;
        Frame::new(Envelope {
            event_id: Cursor::durable(place.seq),
            seq: place.seq,
            pos: Some(pos),
            topic: place.user_id.map_or(origin.topic, Topic::User),
            event_type: event.event_type,
            version: event.version,
            timestamp: place.at,
            workspace_id: origin.workspace_id,
            conversation_id: origin.conversation_id.or(place.conversation_id),
            session_id: origin.session_id,
            agent_id: origin.agent_id,
            payload: event.payload,
        })
    }
}

/// The columns of [`Stored`].
macro_rules! stored {
    ($rest:literal) => {
        concat!(
            "SELECT e.stream_id, e.seq, e.pos, e.kind, e.version, e.user_id,
                e.conversation_id AS about_id, e.payload, e.blob_ref, e.at,
                s.kind AS stream_kind, s.workspace_id, s.conversation_id, s.agent_id
             FROM event e JOIN stream s ON s.id = e.stream_id ",
            $rest
        )
    };
}
pub(crate) use stored;

/// An event as it is stored.
pub(crate) struct Stored {
    envelope: Envelope,
    blob_ref: Option<String>,
}

impl Read for Stored {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let stream: StreamId = column::id(row, "stream_id")?;
        let is_session = column::text(row, "stream_kind")? == "session";
        let session_id = is_session.then_some(SessionId(stream.0));
        let workspace_id: Option<WorkspaceId> = column::opt_id(row, "workspace_id")?;
        let user_id: Option<UserId> = column::opt_id(row, "user_id")?;
        let topic = match (session_id, user_id, workspace_id) {
            (Some(session), _, _) => Topic::Session(session),
            (None, Some(user), _) => Topic::User(user),
            (None, None, Some(workspace)) => Topic::Workspace(workspace),
            (None, None, None) => Topic::System,
        };
        let seq = column::count(row, "seq")?;
        let conversation_id: Option<ConversationId> = column::opt_id(row, "conversation_id")?;
        let payload = column::opt_text(row, "payload")?.unwrap_or_else(|| "null".to_owned());
        Ok(Self {
            envelope: Envelope {
                event_id: Cursor::durable(seq),
                seq,
                pos: Some(column::count(row, "pos")?),
                topic,
                event_type: column::text(row, "kind")?,
                version: u32::try_from(column::int(row, "version")?).unwrap_or(0),
                timestamp: column::millis(row, "at")?,
                workspace_id,
                conversation_id: conversation_id.or(column::opt_id(row, "about_id")?),
                session_id,
                agent_id: column::opt_text(row, "agent_id")?,
                payload: RawValue::from_string(payload).map_err(corrupt)?,
            },
            blob_ref: column::opt_text(row, "blob_ref")?,
        })
    }
}

struct PartsRow {
    id: MessageId,
    parts: Vec<Part>,
}

impl Read for PartsRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: column::id(row, "id")?,
            parts: column::json(row, "parts")?,
        })
    }
}

/// The parts of messages by id.
pub(crate) async fn parts_of(
    reader: &mut impl Sql,
    messages: &HashSet<MessageId>,
) -> Result<HashMap<MessageId, Vec<Part>>, StoreError> {
    if messages.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<PartsRow> = reader
        .all(
            sql("SELECT id, parts FROM message WHERE id IN (SELECT value FROM json_each(?))")
                .bind(messages.iter().copied().collect::<Vec<_>>()),
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.parts)).collect())
}

/// Makes stored events whole: payloads out of blobs, text out of messages.
pub(crate) async fn complete(
    blobs: &FolderBlobs,
    reader: &mut impl Sql,
    stored: Vec<Stored>,
) -> Result<Vec<Envelope>, StoreError> {
    let mut envelopes = Vec::with_capacity(stored.len());
    let mut gaps: Vec<(usize, MessageId, Map<String, Value>)> = Vec::new();
    for Stored {
        mut envelope,
        blob_ref,
    } in stored
    {
        if let Some(name) = blob_ref
            && let Some(bytes) = blobs.get(&name).await?
        {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            envelope.payload = RawValue::from_string(text).map_err(corrupt)?;
        }
        if let Some((_, message)) = text_of(&envelope.event_type)
            && let Ok(payload) = serde_json::from_str::<Map<String, Value>>(envelope.payload.get())
            && let Some(message) = payload.get(message).and_then(Value::as_str)
            && let Ok(message) = message.parse()
        {
            gaps.push((envelopes.len(), message, payload));
        }
        envelopes.push(envelope);
    }
    let wanted = gaps.iter().map(|(_, message, _)| *message).collect();
    let parts = parts_of(reader, &wanted).await?;
    for (n, message, mut payload) in gaps {
        let envelope = &mut envelopes[n];
        let Some((member, _)) = text_of(&envelope.event_type) else {
            continue;
        };
        if let Some(text) = parts
            .get(&message)
            .and_then(|parts| text_for(member, &payload, parts))
        {
            payload.insert(member.to_owned(), text);
            envelope.payload = serde_json::value::to_raw_value(&payload).map_err(corrupt)?;
        }
    }
    Ok(envelopes)
}

fn text_for(member: &str, payload: &Map<String, Value>, parts: &[Part]) -> Option<Value> {
    match member {
        "input" => serde_json::to_value(parts).ok(),
        "final_message" => {
            let text: String = parts.iter().filter_map(Part::text).collect();
            Some(Value::String(text))
        }
        _ => {
            let call = payload.get("tool_call_id")?.as_str()?;
            parts.iter().find_map(|part| match part {
                Part::Tool(tool) if tool.call_id == call => match &tool.state {
                    ToolState::Ended { output, .. } => Some(content(output)),
                    ToolState::InputStreaming { .. }
                    | ToolState::InputAvailable { .. }
                    | ToolState::ApprovalRequested { .. } => None,
                },
                Part::Tool(_) | Part::Text { .. } | Part::Reasoning { .. } | Part::Other(_) => None,
            })
        }
    }
}

/// A stored tool output as the pieces it was answered in.
fn content(output: &Value) -> Value {
    let pieces = output.get("content").unwrap_or(output);
    if serde_json::from_value::<Vec<ToolContent>>(pieces.clone()).is_ok() {
        return pieces.clone();
    }
    match output {
        Value::String(text) => json!([ToolContent::Text { text: text.clone() }]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            json!([ToolContent::Json {
                value: output.clone()
            }])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replayed_result_has_the_pieces_it_was_answered_in() {
        let pieces = json!([{"type": "text", "text": "a"}, {"type": "json", "value": {"b": 1}}]);
        assert_eq!(content(&json!({"content": pieces})), pieces);
        assert_eq!(content(&pieces), pieces);
        let text = json!([{"type": "text", "text": "refused"}]);
        assert_eq!(content(&json!("refused")), text);
        let foreign = json!({"rows": 3});
        assert_eq!(
            content(&foreign),
            json!([{"type": "json", "value": foreign}])
        );
    }
}
