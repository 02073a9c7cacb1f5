//! The feed: all durable events in one order, with the deltas that a reader asked for between
//! them. A delta with sequence number n comes after durable event n of its session and before
//! event n + 1.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    pin::pin,
    sync::Arc,
};

use async_trait::async_trait;
use futures::{StreamExt, stream::BoxStream};
use tokio::sync::Notify;
use tracing::warn;
use weald_domain::{
    access::{Access, WorkspaceRole},
    cursor::{Cursor, FEED_SESSIONS_MAX, FeedCursor},
    event::{EditEvent, Envelope, StreamOrigin, Topic, TopicFilter, topic::Addresses},
    id::{ConversationId, SessionId, StreamId, WorkspaceId},
    ports::{Feed, FeedFrame, FollowError, Frame, StoreError},
};

use super::reader::{Ready, SessionReader};
use crate::{
    bus::channel::Taken,
    sql::{
        Read, Row, Sql,
        column::{self, to_int},
        events::{self, stored},
        sql,
    },
    store::Store,
};

/// Events read from SQL at once.
const PAGE: i64 = 256;

/// A session whose deltas are wanted.
struct Followed {
    reader: SessionReader,
    /// The newest durable event that the feed has handed out.
    delivered: u64,
}

struct FeedReader {
    store: Store,
    access: Access,
    topics: Vec<TopicFilter>,
    /// Newest durable event handed out, or passed over.
    cursor: FeedCursor,
    /// Newest durable event read.
    read: u64,
    events: VecDeque<Frame>,
    followed: HashMap<SessionId, Followed>,
    listener: Arc<Notify>,
    /// Places of the reader's cursor in sessions that it does not follow yet.
    resumed: BTreeMap<SessionId, Cursor>,
}

/// What a step came to.
enum Step {
    Frame(FeedFrame),
    Again,
    Wait,
    Over,
}

impl FeedReader {
    async fn next(&mut self) -> Option<FeedFrame> {
        let bus = self.store.0.bus.clone();
        let listener = Arc::clone(&self.listener);
        loop {
            let mut events = pin!(bus.feed.wake().notified());
            events.as_mut().enable();
            match self.step().await {
                Step::Frame(frame) => return Some(frame),
                Step::Again => {}
                Step::Wait => {
                    tokio::select! {
                        () = events => {}
                        () = listener.notified() => {}
                    }
                }
                Step::Over => return None,
            }
        }
    }

    async fn step(&mut self) -> Step {
        if self.events.is_empty() {
            match self.load().await {
                Ok(true) => {}
                Ok(false) => return Step::Over,
                Err(e) => {
                    warn!(error = %e, "a reader of the feed ends: its history cannot be read");
                    return Step::Over;
                }
            }
        }
        let Some(event) = self.events.front().cloned() else {
            return match self.any_delta().await {
                Some(frame) => Step::Frame(frame),
                None => Step::Wait,
            };
        };
        if let Some(delta) = self.delta_before(event.envelope()).await {
            return Step::Frame(delta);
        }
        self.events.pop_front();
        self.deliver(event)
    }

    /// Reads the next durable events; `false` when the process stops.
    async fn load(&mut self) -> Result<bool, StoreError> {
        match self.store.0.bus.feed.take(self.read) {
            Taken::Frames(frames) => self.events.extend(frames),
            Taken::Nothing => {}
            Taken::Over => return Ok(false),
            Taken::Behind => {
                let page = self.store.feed_page(self.read).await?;
                self.events.extend(page);
            }
        }
        if let Some(pos) = self.events.back().and_then(|frame| frame.envelope().pos) {
            self.read = pos;
        }
        Ok(true)
    }

    /// A delta that stands before a durable event of its session.
    async fn delta_before(&mut self, event: &Envelope) -> Option<FeedFrame> {
        let session = event.session_id?;
        if !self.followed.contains_key(&session) && self.wants_deltas(event) {
            let from = self.resumed.remove(&session);
            let from = from.unwrap_or(Cursor::durable(event.seq.saturating_sub(1)));
            self.follow(&origin_of(event, session), from);
        }
        let followed = self.followed.get_mut(&session)?;
        loop {
            if !matches!(followed.reader.fill().await, Ready::Frame) {
                return None;
            }
            let at = followed.reader.peek()?.envelope().event_id;
            if at.seq >= event.seq {
                return None;
            }
            let frame = followed.reader.pop()?;
            if at.k > 0 {
                return Some(self.delta(session, frame));
            }
            // A durable event that the feed has handed out already.
        }
    }

    /// A delta of any followed session whose durable event was handed out.
    async fn any_delta(&mut self) -> Option<FeedFrame> {
        let mut found = None;
        for (session, followed) in &mut self.followed {
            loop {
                if !matches!(followed.reader.fill().await, Ready::Frame) {
                    break;
                }
                let at = followed.reader.peek()?.envelope().event_id;
                if at.seq > followed.delivered {
                    break;
                }
                let frame = followed.reader.pop()?;
                if at.k > 0 {
                    found = Some((*session, frame));
                    break;
                }
            }
            if found.is_some() {
                break;
            }
        }
        found.map(|(session, frame)| self.delta(session, frame))
    }

    fn delta(&mut self, session: SessionId, frame: Frame) -> FeedFrame {
        let at = frame.envelope().event_id;
        self.cursor.sessions.insert(session, at);
        FeedFrame {
            frame,
            cursor: self.cursor.clone(),
        }
    }

    fn deliver(&mut self, frame: Frame) -> Step {
        let event = frame.envelope();
        self.cursor.pos = event.pos.unwrap_or(self.cursor.pos);
        if let Some(session) = event.session_id {
            self.cursor.sessions.remove(&session);
            if event.is_terminal() {
                self.followed.remove(&session);
            } else if let Some(followed) = self.followed.get_mut(&session) {
                followed.delivered = event.seq;
            }
        }
        self.join_new_workspace(event);
        if self.may_see(event) && self.matches(event) {
            Step::Frame(FeedFrame {
                frame,
                cursor: self.cursor.clone(),
            })
        } else {
            Step::Again
        }
    }

    /// Joins the deltas of a session; beyond what a cursor can name, only its events are told.
    fn follow(&mut self, origin: &StreamOrigin, from: Cursor) {
        let Some(session) = origin.session_id else {
            return;
        };
        if self.followed.len() >= FEED_SESSIONS_MAX {
            return;
        }
        let listener = Some(&self.listener);
        if let Some(reader) = SessionReader::join(self.store.clone(), origin, from, listener) {
            let followed = Followed {
                reader,
                delivered: from.seq,
            };
            self.followed.insert(session, followed);
            if from.k > 0 {
                self.cursor.sessions.insert(session, from);
            }
        }
    }

    fn may_see(&self, event: &Envelope) -> bool {
        match (event.topic, event.workspace_id) {
            (Topic::User(user), _) => user == self.access.user_id,
            (_, Some(workspace)) => self.access.may_read(workspace),
            (_, None) => event.topic == Topic::System,
        }
    }

    fn matches(&self, event: &Envelope) -> bool {
        let at = Addresses {
            topic: event.topic,
            workspace_id: event.workspace_id,
            conversation_id: event.conversation_id,
        };
        self.topics.iter().any(|topic| topic.matches(&at))
    }

    fn wants_deltas(&self, event: &Envelope) -> bool {
        let (Some(session), Some(conversation)) = (event.session_id, event.conversation_id) else {
            return false;
        };
        self.may_see(event)
            && self
                .topics
                .iter()
                .any(|topic| topic.matches_delta(session, conversation))
    }

    /// A workspace that the reader just made is theirs from its first event on.
    fn join_new_workspace(&mut self, event: &Envelope) {
        if event.event_type != "workspace.created" {
            return;
        }
        let edit: Option<EditEvent> = serde_json::from_str(event.payload.get()).ok();
        let is_mine = edit.is_some_and(|edit| edit.by == Some(self.access.user_id));
        if let (true, Some(workspace)) = (is_mine, event.workspace_id) {
            let workspaces = &mut self.access.workspaces;
            workspaces.entry(workspace).or_insert(WorkspaceRole::Owner);
        }
    }
}

fn origin_of(event: &Envelope, session: SessionId) -> StreamOrigin {
    StreamOrigin {
        stream_id: StreamId::from(session),
        topic: event.topic,
        workspace_id: event.workspace_id,
        conversation_id: event.conversation_id,
        session_id: Some(session),
        agent_id: event.agent_id.clone(),
    }
}

/// A session that may have deltas now, with its newest durable event at a place of the feed.
struct Candidate {
    session: SessionId,
    workspace: WorkspaceId,
    seq: u64,
}

impl Read for Candidate {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            session: column::id(row, "id")?,
            workspace: column::id(row, "workspace_id")?,
            seq: column::count(row, "seq")?,
        })
    }
}

impl Store {
    async fn feed_page(&self, after: u64) -> Result<Vec<Frame>, StoreError> {
        let head = self.0.bus.feed.head();
        let mut reader = self.reader().await?;
        let rows = reader
            .all(
                sql(stored!(
                    "WHERE e.pos > ? AND e.pos <= ? ORDER BY e.pos LIMIT ?"
                ))
                .bind(to_int(after))
                .bind(to_int(head))
                .bind(PAGE),
            )
            .await?;
        let events = events::complete(&self.0.blobs, &mut reader, rows).await?;
        Ok(events.into_iter().map(Frame::new).collect())
    }

    /// The active sessions of a conversation, or one session, as they stood at a place.
    async fn candidates(
        &self,
        session: Option<SessionId>,
        conversation: Option<ConversationId>,
        pos: u64,
    ) -> Result<Vec<Candidate>, StoreError> {
        self.reader()
            .await?
            .all(
                sql(
                    "SELECT s.id, s.workspace_id, coalesce((SELECT max(e.seq) FROM event e
                        WHERE e.stream_id = s.id AND e.pos <= ?3), 0) AS seq
                     FROM session s
                     WHERE s.status = 'created' AND (s.id = ?1 OR s.conversation_id = ?2)",
                )
                .bind(session)
                .bind(conversation)
                .bind(to_int(pos)),
            )
            .await
    }
}

#[async_trait]
impl Feed for Store {
    async fn follow(
        &self,
        access: &Access,
        topics: Vec<TopicFilter>,
        after: FeedCursor,
    ) -> Result<BoxStream<'static, FeedFrame>, FollowError> {
        if after.pos > self.0.bus.feed.head() {
            return Err(FollowError::Ahead);
        }
        let mut reader = FeedReader {
            store: self.clone(),
            access: access.clone(),
            cursor: FeedCursor {
                pos: after.pos,
                sessions: BTreeMap::new(),
            },
            read: after.pos,
            events: VecDeque::new(),
            followed: HashMap::new(),
            listener: Arc::new(Notify::new()),
            resumed: after.sessions,
            topics: topics.clone(),
        };
        for topic in topics {
            let (session, conversation) = match topic {
                TopicFilter::One(Topic::Session(id)) => (Some(id), None),
                TopicFilter::One(Topic::Conversation(id)) => (None, Some(id)),
                TopicFilter::One(Topic::Workspace(_) | Topic::User(_) | Topic::System)
                | TopicFilter::All
                | TopicFilter::Workspaces
                | TopicFilter::Conversations
                | TopicFilter::Sessions => continue,
            };
            for found in self.candidates(session, conversation, after.pos).await? {
                // Before its first event it is not yet known to this reader.
                if !access.may_read(found.workspace) || found.seq == 0 {
                    continue;
                }
                let Some(origin) = self.origin_of(found.session).await? else {
                    continue;
                };
                let resumed = reader.resumed.remove(&found.session);
                let from = resumed.unwrap_or(Cursor::durable(found.seq));
                reader.follow(&origin, from);
            }
        }
        let frames = futures::stream::unfold(reader, async |mut reader| {
            let frame = reader.next().await?;
            Some((frame, reader))
        });
        Ok(frames.boxed())
    }

    async fn head(&self) -> Result<FeedCursor, StoreError> {
        Ok(FeedCursor {
            pos: self.0.bus.feed.head(),
            sessions: BTreeMap::new(),
        })
    }
}
